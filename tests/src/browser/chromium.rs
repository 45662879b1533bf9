//! One Chromium for all tests of a process.

use super::devtools::DevTools;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

/// Names the program. If it is set, a Chromium that cannot be found is a failure.
const PROGRAM: &str = "CHROMIUM";
/// What is looked for if nothing is named.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
/// How often a start is looked at, and for how long on a machine that is busy with other tests.
const LOOK_EVERY: Duration = Duration::from_millis(20);
const LOOKS: u32 = 3_000;

/// Runs Chromium until its standard input, which becomes the pipe of `--remote-debugging-pipe`, has ended: with the process
/// that holds the other end, whichever way that one ends. Then the profile is removed.
const KEEPER: &str = r#"
trap "" INT TERM HUP
exec 3<&0 4>/dev/null </dev/null
"$@" 2>"$0/stderr"
rm -rf "$0"
"#;

const ARGUMENTS: [&str; 19] = [
    "--headless",
    // Debian's Chromium does not start as root with its sandbox, and some containers do not allow one at all.
    "--no-sandbox",
    "--remote-debugging-pipe",
    "--remote-debugging-port=0",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--disable-sync",
    "--disable-extensions",
    "--disable-component-update",
    "--disable-background-networking",
    "--no-first-run",
    "--password-store=basic",
    "--mute-audio",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
    // Two tabs are compared, of which one is always behind the other.
    "--disable-renderer-backgrounding",
    "--disable-background-timer-throttling",
    // A page may want what it likes: nothing leaves this machine.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
];

/// A running Chromium. It ends with the process that started it, or when this is dropped.
pub struct Chromium {
    keeper: Child,
    profile: PathBuf,
    address: String,
}

impl Chromium {
    /// Connects to the Chromium of this process, which the first call starts. `None`, and one line that says so, if there is
    /// none on this machine.
    ///
    /// # Panics
    /// If `CHROMIUM` is set and cannot be started: then its absence is a failure.
    pub async fn connect() -> Option<DevTools> {
        static SHARED: OnceLock<Option<Chromium>> = OnceLock::new();
        let chromium = SHARED.get_or_init(|| {
            let program = find();
            if program.is_none() {
                skip();
            }
            program.map(|program| Self::start(&program))
        });
        Some(DevTools::connect(&chromium.as_ref()?.address).await)
    }

    /// Starts a Chromium with a profile of its own and waits until it answers.
    #[must_use]
    pub fn start(program: &Path) -> Self {
        let profile = tempfile::Builder::new().prefix("quartet-browser-").tempdir().unwrap().keep();
        let mut command = Command::new("/bin/sh");
        command.args(["-c", KEEPER]).arg(&profile).arg(program).args(ARGUMENTS);
        command.arg(format!("--user-data-dir={}", profile.display())).arg("about:blank");
        let keeper = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let mut chromium = Self { keeper, profile, address: String::new() };
        chromium.address = chromium.await_address();
        chromium
    }

    /// Chromium writes its port and path into its profile once it listens.
    fn await_address(&mut self) -> String {
        let profile = self.profile.clone();
        for _ in 0..LOOKS {
            let text = std::fs::read_to_string(profile.join("DevToolsActivePort")).unwrap_or_default();
            if let Some((port, path)) = text.split_once('\n').filter(|(_, path)| !path.is_empty()) {
                return format!("ws://127.0.0.1:{port}{}", path.trim());
            }
            let said = || std::fs::read_to_string(profile.join("stderr")).unwrap_or_default();
            assert!(self.keeper.try_wait().unwrap().is_none(), "Chromium ended before it answered: {}", said());
            std::thread::sleep(LOOK_EVERY);
        }
        panic!("Chromium does not answer within {:?}", LOOK_EVERY * LOOKS)
    }

    /// Where it keeps what it knows; gone once it has ended.
    #[must_use]
    pub fn profile(&self) -> &Path {
        &self.profile
    }

    /// Where the `DevTools` protocol is spoken.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

/// The program, if there is one on this machine.
///
/// # Panics
/// If `CHROMIUM` names one that is not there.
#[must_use]
pub fn find() -> Option<PathBuf> {
    let folders: Vec<PathBuf> = std::env::var_os("PATH").iter().flat_map(std::env::split_paths).collect();
    let in_path = |name: &str| folders.iter().map(|folder| folder.join(name)).find(|path| File::open(path).is_ok());
    if let Ok(name) = std::env::var(PROGRAM) {
        let program = in_path(&name);
        assert!(
            program.is_some(),
            "{PROGRAM} is {name}, which is not there: install it (Debian: apt-get install chromium)"
        );
        return program;
    }
    NAMES.into_iter().find_map(in_path)
}

/// Past the capture of the test harness, which would show it only if the test failed.
fn skip() {
    let names = NAMES.join(", ");
    let line = format!("\nSKIPPED: the browser tests, since no Chromium is installed (none of {names} in PATH)\n");
    let _ = std::io::stderr().write_all(line.as_bytes());
}
