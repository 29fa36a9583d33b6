//! What texts say: the README shows as output what the library prints (its code blocks are doctests of `nn`), and the guide
//! what its programs are and do.

#[path = "guide/mod.rs"]
mod guide;

use nn::network;

network! { pub struct Digits(dense(784 -> 128, relu), dense(128 -> 10, softmax)); }

/// The README's fenced blocks of this kind.
fn blocks(kind: &str) -> Vec<String> {
    let readme = include_str!("../../README.md");
    let opening = format!("```{kind}\n");
    let after = readme.split(&opening).skip(1);
    after.filter_map(|rest| rest.split("```").next()).map(String::from).collect()
}

#[test]
fn the_summary_is_shown_as_it_is() {
    assert!(blocks("text").contains(&Digits::SUMMARY.to_string()));
}

#[test]
fn the_compile_errors_are_shown_as_they_are() {
    let error = include_str!("ui/fail/readme.stderr");
    assert!(blocks("text").iter().any(|block| block.trim_end() == error.trim_end()), "{error}");
    let source = include_str!("ui/fail/readme.rs");
    let shown = &blocks("compile_fail")[0];
    let declaration = shown.split_once("network! {").expect("a declaration").1;
    assert!(source.contains(declaration.trim_end()), "{shown}");
}
