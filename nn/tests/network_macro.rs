//! What `network!` accepts, and the text of every error: `ui/pass` compiles and runs, `ui/fail`
//! gives exactly the messages beside it.
//!
//! New messages are accepted by `TRYBUILD=overwrite cargo test -p nn --test network_macro`, and by
//! reading them.

use std::process::Command;

/// The compiler whose wording the `.stderr` files have.
const COMPILER: &str = "rustc 1.95.";

#[test]
fn network_macro() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/ui/pass/*.rs");

    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = Command::new(rustc).arg("--version").output().expect("rustc runs");
    let version = String::from_utf8_lossy(&version.stdout).into_owned();
    if version.starts_with(COMPILER) {
        cases.compile_fail("tests/ui/fail/*.rs");
    } else {
        eprintln!(
            "tests/ui/fail is SKIPPED: its messages are those of {COMPILER}x, this is {}",
            version.trim()
        );
    }
}
