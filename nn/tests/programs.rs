//! Programs as users write them, each built by a `cargo` of its own with no dependency but `nn`: those of `crates`, some of
//! which know `nn` under another name, and the README's. No other test can see what a program lacks that this crate has.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Puts the packages of `crates` beside the other products of the build, so that `cargo` writes nothing among the sources.
fn place() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("crates");
    copy(&root.join("tests/crates"), &place);
    let manifest = place.join("Cargo.toml");
    let here = format!("path = {:?}", root.to_str().expect("a path in UTF-8"));
    let text = fs::read_to_string(&manifest).expect("the manifest");
    fs::write(&manifest, text.replace("path = \"../..\"", &here)).expect("the manifest");
    // The same dependencies as here, so that nothing has to be downloaded.
    fs::copy(root.join("../Cargo.lock"), place.join("Cargo.lock")).expect("the lock file");
    place
}

/// Makes a program of each of the README's blocks, in the package `readme`: how many there are.
fn write_readme(place: &Path) -> usize {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let package = place.join("readme");
    let programs = package.join("src/bin");
    fs::create_dir_all(&programs).expect("a folder");
    fs::create_dir_all(package.join("examples/embedded")).expect("a folder");
    let weights = "examples/embedded/digits.safetensors"; // which one of the blocks embeds
    fs::copy(root.join(weights), package.join(weights)).expect("the weights");
    let manifest = fs::read_to_string(place.join("user/Cargo.toml")).expect("a manifest");
    fs::write(package.join("Cargo.toml"), manifest.replace("\"user\"", "\"readme\""))
        .expect("the manifest");
    let readme = include_str!("../../README.md");
    let blocks = readme.split("```rust\n").skip(1).filter_map(|rest| rest.split("```").next());
    let mut count = 0;
    for block in blocks {
        assert!(block.contains("fn main()"), "not a whole program:\n{block}");
        let program = format!("#![deny(warnings)]\n{block}");
        fs::write(programs.join(format!("block{count}.rs")), program).expect("a program");
        count += 1;
    }
    count
}

#[test]
fn every_program_is_built_without_a_warning() {
    let place = place();
    assert!(write_readme(&place) >= 8, "where are the README's blocks?");
    let checked = Command::new(env!("CARGO"))
        .args(["check", "--offline", "--quiet", "--workspace", "--bins", "--lib"])
        .current_dir(&place)
        .env("CARGO_TARGET_DIR", place.join("target"))
        .output()
        .expect("cargo runs");
    let says = String::from_utf8_lossy(&checked.stderr);
    assert!(checked.status.success() && says.is_empty(), "{says}");
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
