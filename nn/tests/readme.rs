//! The contents of texts: the README and this crate's page show the library's actual output (their
//! code blocks are doctests of `nn`), and the guide describes its programs correctly.

#[path = "guide/mod.rs"]
mod guide;

use std::fs;
use std::path::Path;

use nn::network;

network! { pub struct Digits(dense(784 -> 128, relu), dense(128 -> 10, softmax)); }

const README: &str = include_str!("../../README.md");
const TOUR: &str = include_str!("../README.md");

#[test]
fn the_summary_is_shown_as_it_is() {
    assert!(guide::blocks(README, "text").contains(&Digits::SUMMARY.to_string()));
}

#[test]
fn the_compile_errors_are_shown_as_they_are() {
    let [few, many] = [
        (README, include_str!("ui/fail/readme.rs"), include_str!("ui/fail/readme.stderr")),
        (TOUR, include_str!("ui/fail/mistakes.rs"), include_str!("ui/fail/mistakes.stderr")),
    ];
    for (page, source, error) in [few, many] {
        let printed = guide::blocks(page, "text");
        assert!(printed.iter().any(|block| block.trim_end() == error.trim_end()), "{error}");
        let shown = &guide::blocks(page, "compile_fail")[0];
        let declaration = shown.split_once("network! {").expect("a declaration").1;
        assert!(source.contains(declaration.trim_end()), "{shown}");
    }
}

/// The anchor of a heading.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

#[test]
fn links_of_the_pages_outside_the_guide_lead_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let pages = [
        "README.md",
        "CONTRIBUTING.md",
        "nn/README.md",
        "nn/mpi/README.md",
        "nn/examples/tables/README.md",
    ];
    let of_crates =
        ["tensor/README.md", "autograd/README.md", "nn-macros/README.md", "benches/README.md"];
    let mut count = 0;
    for page in pages.into_iter().chain(of_crates) {
        let path = root.join(page);
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{page}: {error}"));
        for (at, _) in text.match_indices("](") {
            let link = text[at + 2..].split(')').next().unwrap();
            if link.starts_with("http") {
                continue;
            }
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let target =
                if file.is_empty() { path.clone() } else { path.parent().unwrap().join(file) };
            assert!(target.exists(), "{page}: no file {file}");
            if !heading.is_empty() {
                let text = fs::read_to_string(&target).unwrap();
                let mut headings = text
                    .lines()
                    .filter_map(|line| line.split_once("# "))
                    .map(|(_, words)| anchor(words));
                assert!(headings.any(|name| name == heading), "{page}: no heading {link}");
            }
            count += 1;
        }
    }
    assert!(count >= 40, "{count} links");
}
