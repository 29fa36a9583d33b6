//! Programs as users write them, each built by its own `cargo` with no dependency but `nn`: those
//! of `crates`, some of which use `nn` under another name, and those of the README and of this
//! crate's page. No other test can detect a dependency that this crate has and a user's program
//! lacks.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Copies the packages of `crates` to the build output, so that `cargo` writes nothing to the
/// sources.
fn place() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("crates");
    copy(&root.join("tests/crates"), &place);
    let manifest = place.join("Cargo.toml");
    let here = format!("path = {:?}", root.to_str().expect("a path in UTF-8"));
    let text = fs::read_to_string(&manifest).expect("the manifest");
    fs::write(&manifest, text.replace("path = \"../..\"", &here)).expect("the manifest");
    // The same dependency versions as here, so that nothing has to be downloaded.
    fs::copy(root.join("../Cargo.lock"), place.join("Cargo.lock")).expect("the lock file");
    place
}

/// Makes a program of each block of the README and of this crate's page, in the package `readme`,
/// or in `readme_X` if the text before the block mentions the feature `X`. Returns their number,
/// and the packages.
fn write_readme(place: &Path) -> (usize, BTreeSet<String>) {
    let pages = concat!(include_str!("../../README.md"), include_str!("../README.md"));
    let mut parts = pages.split("```rust\n");
    let mut before = parts.next().expect("a README");
    let mut packages = BTreeSet::new();
    let mut count = 0;
    for part in parts {
        let (block, after) = part.split_once("```").expect("the end of a block");
        assert!(block.contains("fn main()"), "not a whole program:\n{block}");
        let section = before.rsplit("\n## ").next().unwrap_or(before);
        let feature =
            section.split_once("of the feature `").and_then(|(_, name)| name.split('`').next());
        let package = feature.map_or("readme".into(), |feature| format!("readme_{feature}"));
        if packages.insert(package.clone()) {
            write_package(place, &package, feature);
        }
        let program = format!("#![deny(warnings)]\n{block}");
        let path = place.join(package).join(format!("src/bin/block{count}.rs"));
        fs::write(path, program).expect("a program");
        before = after;
        count += 1;
    }
    (count, packages)
}

/// Writes a package without programs, and the files that they embed.
fn write_package(place: &Path, name: &str, feature: Option<&str>) {
    let package = place.join(name);
    if package.exists() {
        fs::remove_dir_all(&package).expect("what an earlier run has written");
    }
    fs::create_dir_all(package.join("src/bin")).expect("a folder");
    fs::create_dir_all(package.join("examples/embedded")).expect("a folder");
    let weights = "examples/embedded/digits.safetensors";
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join(weights);
    fs::copy(from, package.join(weights)).expect("the weights");
    let manifest = fs::read_to_string(place.join("user/Cargo.toml")).expect("a manifest");
    let mut manifest = manifest.replace("\"user\"", &format!("{name:?}"));
    if let Some(feature) = feature {
        let depends = format!("nn = {{ workspace = true, features = [{feature:?}] }}");
        manifest = manifest.replace("nn.workspace = true", &depends);
    }
    fs::write(package.join("Cargo.toml"), manifest).expect("the manifest");
}

#[test]
fn every_program_is_built_without_a_warning() {
    let place = place();
    let (blocks, packages) = write_readme(&place);
    assert!(blocks >= 8, "where are the README's blocks?");
    // Packages with a feature are checked separately: together with others, all would have it.
    let (plain, featured): (Vec<_>, Vec<_>) = packages.iter().partition(|name| *name == "readme");
    assert!(!plain.is_empty() && !featured.is_empty());
    let mut others = vec!["--workspace", "--lib"];
    featured.iter().for_each(|name| others.extend(["--exclude", name]));
    check(&place, &others);
    featured.iter().for_each(|name| check(&place, &["--package", name]));
}

/// `cargo check` of these packages, which must print nothing.
fn check(place: &Path, packages: &[&str]) {
    let checked = Command::new(env!("CARGO"))
        .args(["check", "--offline", "--quiet", "--bins"])
        .args(packages)
        .current_dir(place)
        .env("CARGO_TARGET_DIR", place.join("target"))
        .output()
        .expect("cargo runs");
    let says = String::from_utf8_lossy(&checked.stderr);
    assert!(checked.status.success() && says.is_empty(), "{packages:?}: {says}");
}

/// Copies a folder with all its contents.
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
