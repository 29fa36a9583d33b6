//! The C compiler of this machine.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Compiles these files to a program, without a warning. `None` if there is no C compiler; not on
/// Linux, where Rust itself links with it.
pub(crate) fn compile(program: &Path, files: &[PathBuf], flags: &[&str]) -> Option<PathBuf> {
    let compiler = std::env::var_os("CC").unwrap_or_else(|| "cc".into());
    let output = Command::new(&compiler)
        .args(["-Wall", "-Wextra", "-pedantic", "-Werror"])
        .args(flags)
        .args(files)
        .arg("-o")
        .arg(program)
        .arg("-lm")
        .output();
    let output = match output {
        Ok(output) => output,
        Err(error) if cfg!(target_os = "linux") => panic!("{compiler:?}: {error}"),
        Err(error) => {
            println!("not tested: there is no C compiler ({compiler:?}: {error})");
            return None;
        }
    };
    let says = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && says.is_empty(), "{compiler:?} {flags:?}:\n{says}");
    Some(program.to_owned())
}

/// The output of a program for this `input`.
pub(crate) fn run(program: &Path, input: &[u8]) -> Vec<u8> {
    let mut child = Command::new(program)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{}: {error}", program.display()));
    let mut stdin = child.stdin.take().expect("a pipe");
    std::thread::scope(|scope| {
        let writer = scope.spawn(move || stdin.write_all(input));
        let output = child.wait_with_output().expect("it ends");
        writer.join().expect("no panic").expect("all input is read");
        assert!(output.status.success(), "{}: {}", program.display(), output.status);
        output.stdout
    })
}
