//! How a function's program is linked for AWS, part of each function's build script.

/// Links it to a fixed address, so that it needs no table of what to adjust when it starts, and without the tables for
/// unwinding, which nothing reads where a panic ends the process. Together they are a sixth of a program.
pub fn tightly() {
    println!("cargo:rerun-if-changed=../.cargo");
    // Only `config.toml`, next to this file, asks for the smallest program.
    if std::env::var("OPT_LEVEL").as_deref() == Ok("z") {
        println!("cargo:rustc-link-arg-bins=-no-pie");
        if let Ok(script) = std::path::absolute("../.cargo/no-unwinding.ld") {
            println!("cargo:rustc-link-arg-bins=-Wl,-T,{}", script.display());
        }
    }
}
