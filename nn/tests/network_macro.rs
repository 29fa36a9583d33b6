//! The accepted forms of `network!`, and the text of every error: the cases of `ui/pass` are
//! modules here and run, `ui/fail` gives exactly the messages in the `.stderr` files.
//!
//! New messages are accepted with `TRYBUILD=overwrite cargo test -p nn --test network_macro`, and
//! by reading them.

// A user's crate does not have the lints of this workspace. A case that tests lints names them.
#![allow(missing_docs, missing_debug_implementations, unnameable_types, unreachable_pub)]
#![allow(rust_2018_idioms)]

use std::fs;
use std::path::Path;
use std::process::{Command, Termination};

/// The compiler version of the `.stderr` files.
const COMPILER: &str = "rustc 1.95.";

/// The cases that compile: each is a module, whose `main` runs.
macro_rules! accepted {
    ($($case:ident)*) => {
        #[path = "ui/pass"]
        pub mod pass {
            $(pub mod $case;)*
        }

        const ACCEPTED: &[&str] = &[$(stringify!($case)),*];

        mod accepted {
            $(#[test]
            fn $case() {
                super::run(super::pass::$case::main);
            })*
        }
    };
}

accepted! {
    activation_parameters activations activations_of_layers attributes
    attributes_everywhere budget comments constants constants_of_networks deep deepest
    doubles dropout_and_norms fields file files gates_and_groups heads hygiene inputs
    lints lints_of_layers local macro_fragments macro_rules names network_inside options
    own_activation own_layer parameters repetition residual several several_heads tape
    text tuple types types_of_users
}

/// Runs a `main` with the stack of a main thread.
fn run<T: Termination + 'static>(main: fn() -> T) {
    let thread = std::thread::Builder::new().stack_size(8 << 20);
    let ended = thread.spawn(move || main().report()).expect("a thread").join();
    assert!(ended.is_ok_and(|code| code == std::process::ExitCode::SUCCESS));
}

#[test]
fn every_file_is_a_case() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ui/pass");
    let stem =
        |file: std::io::Result<fs::DirEntry>| file.expect("a file").path().with_extension("");
    let files = fs::read_dir(folder).expect("a folder").map(stem);
    let mut files: Vec<_> =
        files.map(|path| path.file_name().expect("a name").to_owned()).collect();
    files.sort();
    assert_eq!(files, ACCEPTED);
}

#[test]
fn messages() {
    network_files();
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = Command::new(rustc).arg("--version").output().expect("rustc runs");
    let version = String::from_utf8_lossy(&version.stdout).into_owned();
    if version.starts_with(COMPILER) {
        // All of these go through one `cargo check`.
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
