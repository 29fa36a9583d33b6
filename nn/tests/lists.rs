//! Parts of this crate that can be added by a file and a line are in a list, which tests them.
//! Here: no file bypasses its list.

use std::fs;
use std::path::Path;

/// A folder, its list, and the files of the folder that are not entries of the list.
const LISTS: [(&str, &str, &[&str]); 5] = [
    (
        "optim",
        "optimizers!",
        &["changed", "checks", "decay", "norm", "onnx", "pass", "settings", "trajectories"],
    ),
    ("optim/schedule", "schedules!", &[]),
    (
        "loss",
        "losses!",
        &[
            "both",
            "boxed",
            "checks",
            "default",
            "flat",
            "flush",
            "row_weights",
            "weighted",
            "weights",
        ],
    ),
    (
        "metric",
        "metrics!",
        &["checks", "cross_validation", "evaluation", "picture", "rows", "several"],
    ),
    ("data/read", "readers!", &["checks"]),
];

/// The words between the braces of the list.
fn listed(source: &str, list: &str) -> Vec<String> {
    let after = source.rsplit(&format!("{list} {{")).next().unwrap_or_default();
    let inside = after.split('}').next().unwrap_or_default();
    inside.split(|c: char| !c.is_alphanumeric() && c != '_').map(String::from).collect()
}

#[test]
fn every_file_is_in_its_list() {
    for (folder, list, others) in LISTS {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(folder);
        let listed = listed(&fs::read_to_string(path.join("mod.rs")).unwrap(), list);
        let mut count = 0;
        for entry in fs::read_dir(&path).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let Some(file) = name.strip_suffix(".rs").filter(|file| *file != "mod") else {
                continue;
            };
            let known = others.contains(&file);
            count += usize::from(!known);
            assert!(
                known || listed.iter().any(|word| word == file),
                "{folder}/{name} is not in `{list}` of {folder}/mod.rs"
            );
        }
        assert!(count > 0, "{folder} has nothing in its list");
    }
}

/// Lines of the function's body after this signature, as formatted by rustfmt; comments do not
/// count.
fn lines_of_body(source: &str, signature: &str) -> usize {
    let body = source.split_once(signature).unwrap().1.split_once("\n}\n").unwrap().0;
    body.lines().filter(|line| !line.trim_start().starts_with("//")).count()
}

/// A custom training loop with micro-batches, clipping, AdamW that spares biases, and resuming.
/// `--test programs` runs it.
#[test]
fn a_loop_of_ones_own_takes_25_lines() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/crates/user/src/own_loop.rs");
    let source = fs::read_to_string(path).unwrap();
    let lines = lines_of_body(&source, ") -> nn::Result<N> {\n");
    assert!((15..=25).contains(&lines), "{lines} lines");
    assert!(source.contains("AdamW") && source.contains("restore") && source.contains("norm"));
}

/// From a file to test scores in twelve lines of `main`, as formatted by rustfmt; comments do not
/// count.
#[test]
fn programs_for_tables_take_twelve_lines() {
    for name in ["breast_cancer", "wine", "digits", "diabetes", "diamonds"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("examples/{name}.rs"));
        let source = fs::read_to_string(path).unwrap();
        let lines = lines_of_body(&source, "fn main() -> nn::Result<()> {\n");
        assert!((8..=12).contains(&lines), "{name}: {lines} lines");
    }
}
