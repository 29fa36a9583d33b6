//! `network!` works under whatever name a program knows `nn`: the packages in `crates` are checked by a `cargo` of their
//! own, since no other test can see `nn` under another name.

use std::fs;
use std::path::Path;
use std::process::Command;

#[test]
fn a_renamed_dependency_and_a_crate_that_re_exports_work() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    // Beside the other products of the build, so that `cargo` writes no lock file among the sources.
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("crates");
    copy(&root.join("tests/crates"), &place);
    let manifest = place.join("Cargo.toml");
    let here = format!("path = {:?}", root.to_str().expect("a path in UTF-8"));
    let text = fs::read_to_string(&manifest).expect("the manifest");
    fs::write(&manifest, text.replace("path = \"../..\"", &here)).expect("the manifest");
    // The same dependencies as here, so that nothing has to be downloaded.
    fs::copy(root.join("../Cargo.lock"), place.join("Cargo.lock")).expect("the lock file");

    let checked = Command::new(env!("CARGO"))
        .args(["check", "--offline", "--quiet", "--workspace"])
        .current_dir(&place)
        .env("CARGO_TARGET_DIR", place.join("target"))
        .output()
        .expect("cargo runs");
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
}

/// Copies a folder with all that is in it.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("a file");
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            copy(&from, &to);
        } else {
            fs::copy(from, to).expect("a file");
        }
    }
}
