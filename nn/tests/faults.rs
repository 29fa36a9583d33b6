//! Checks that the tests named in `FAULTS.md` exist.

use std::fs;
use std::path::Path;

#[test]
fn every_fault_has_its_test() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let rows = include_str!("FAULTS.md").lines().filter(|line| line.starts_with("| "));
    let mut tests = 0;
    for row in rows.skip(1) {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [fault, test] = cells[..] else { panic!("not a fault and a test: {row}") };
        if fault.starts_with("**") {
            continue;
        }
        let words: Vec<&str> = test.split('`').filter(|word| !word.trim().is_empty()).collect();
        let [file, name @ ..] = &words[..] else { panic!("not a file and a test: {row}") };
        let source =
            fs::read_to_string(root.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        match name {
            // A program that must compile, or must not.
            [] => assert!(file.starts_with("nn/tests/ui/"), "{file}: which test?"),
            [name] => {
                assert!(source.contains(&format!("fn {name}()")), "{file} has no test `{name}`")
            }
            _ => panic!("more than a test: {row}"),
        }
        tests += 1;
    }
    assert!(tests >= 40, "{tests} faults");
}
