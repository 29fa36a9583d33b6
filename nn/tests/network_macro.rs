//! The accepted forms of `network!`, and the text of every error: `ui/pass` compiles and runs,
//! `ui/fail` gives exactly the messages in the `.stderr` files.
//!
//! New messages are accepted with `TRYBUILD=overwrite cargo test -p nn --test network_macro`, and
//! by reading them.

use std::fs;
use std::path::Path;
use std::process::Command;

/// The compiler version of the `.stderr` files.
const COMPILER: &str = "rustc 1.95.";

#[test]
fn network_macro() {
    network_files();
    trybuild::TestCases::new().pass("tests/ui/pass/*.rs");

    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = Command::new(rustc).arg("--version").output().expect("rustc runs");
    let version = String::from_utf8_lossy(&version.stdout).into_owned();
    if version.starts_with(COMPILER) {
        // Apart from those that run, all of these go through one `cargo check`, which is quicker.
        trybuild::TestCases::new().compile_fail("tests/ui/fail/*.rs");
    } else {
        eprintln!(
            "tests/ui/fail is SKIPPED: its messages are those of {COMPILER}x, this is {}",
            version.trim()
        );
    }
}

/// Copies the files that cases read by `network_file!` next to the manifest that `trybuild` writes
/// for them, wherever the build output is.
fn network_files() {
    let project =
        Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("tests/trybuild/nn/networks");
    fs::create_dir_all(&project).expect("a folder");
    for folder in ["networks", "tests/ui/networks"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        for file in fs::read_dir(folder).expect("a folder") {
            let file = file.expect("a file");
            fs::copy(file.path(), project.join(file.file_name())).expect("a file");
        }
    }
}
