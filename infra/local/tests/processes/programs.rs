//! The functions' programs, which cargo does not build for another package's tests.

use crate::BINARY;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use tempfile::TempDir;

const FUNCTIONS: [&str; 4] = ["socket", "variant", "api", "sweep"];
/// Every program of the workspace, with the features that its tests have: what `cargo test --workspace` has built already is
/// used again. Chosen by package they would have fewer, and all of their dependencies would be built once more.
const BUILD: [&str; 6] = ["build", "--quiet", "--workspace", "--bins", "--test", "processes"];

/// Builds them once, and says where they are.
pub fn programs() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let folder = Path::new(BINARY).parent().unwrap().to_owned();
        let mut cargo = std::process::Command::new(env!("CARGO"));
        cargo.args(BUILD);
        if folder.ends_with("release") {
            cargo.arg("--release");
        }
        assert!(cargo.status().unwrap().success(), "the functions are built");
        folder
    })
}

/// A folder with all of them, one replaced by another program.
pub fn with(replaced: &str, by: &Path) -> TempDir {
    let folder = TempDir::new().unwrap();
    for name in FUNCTIONS {
        let program = if name == replaced { by.to_owned() } else { programs().join(name) };
        symlink(program, folder.path().join(name)).unwrap();
    }
    folder
}

/// A function that starts and never asks for an event. It ends when whoever started it has ended.
pub fn idle_program(folder: &Path) -> PathBuf {
    let program = folder.join("idle");
    std::fs::write(&program, "#!/bin/sh\nwhile kill -0 $PPID; do sleep 1; done\n").unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    program
}
