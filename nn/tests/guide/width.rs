//! The width of the sources. The formatter breaks code at 100 columns, but neither comments nor
//! strings, nor the inside of macros.

use std::fmt::Write as _;
use std::path::Path;

use super::language::comment;
use super::{read, root, tree};

/// The `max_width` of `rustfmt.toml`.
const WIDTH: usize = 100;
/// The compiler's messages about these show their lines and columns.
const CASES: &str = "nn/tests/ui";

/// Is it longer than it has to be? A row of a table is a line, and a word, such as a link or a
/// string without blanks, cannot be broken.
fn is_too_long(line: &str) -> bool {
    let text = line.trim_start().trim_start_matches(['/', '!']).trim_start();
    let is_comment = line.trim_start().starts_with("//");
    let is_row = is_comment && text.starts_with('|');
    // `[name]: link` is two words, as is `- link`.
    let is_broken = text.split_whitespace().count() <= if is_comment { 2 } else { 1 };
    line.chars().count() > WIDTH && !is_row && !is_broken
}

#[test]
fn lines_that_can_be_broken_are_not_too_long() {
    let width = format!("max_width = {WIDTH}\n");
    assert!(read(root().join("rustfmt.toml")).contains(&width), "the width of the formatter");
    let long = |path: &Path, is_long: &dyn Fn(&str) -> bool| {
        let mut found = String::new();
        for (at, line) in read(path).lines().enumerate().filter(|(_, line)| is_long(line)) {
            let place = path.strip_prefix(root()).unwrap_or(path).display();
            let columns = line.chars().count();
            writeln!(found, "{place}:{}: {columns} columns: {}", at + 1, line.trim()).unwrap();
        }
        found
    };
    let sources = tree(&root(), "rs").into_iter().filter(|path| !path.starts_with(cases()));
    let sources: Vec<_> = sources.collect();
    assert!(sources.len() > 800, "where are the sources?");
    let mut found: String = sources.iter().map(|path| long(path, &is_too_long)).collect();
    // Lists of features are as long as they are.
    let has_long_comment = |line: &str| line.chars().count() > WIDTH && comment(line).is_some();
    found.extend(tree(&root(), "toml").iter().map(|path| long(path, &has_long_comment)));
    assert!(found.is_empty(), "break these at {WIDTH} columns:\n{found}");
}

fn cases() -> std::path::PathBuf {
    root().join(CASES)
}

#[test]
fn what_cannot_be_broken_may_be_longer() {
    let word = "x".repeat(WIDTH);
    for line in [
        format!("    /// | {word} | a row |"),
        format!("//! [name]: https://{word}"),
        format!("// <https://{word}>"),
        format!("        \"{word}\","),
        "ü ".repeat(WIDTH / 2),
    ] {
        assert!(!is_too_long(&line), "{line}");
    }
    let words = "word ".repeat(WIDTH / 5);
    for line in [format!("/// {words}"), format!("    \"{words}\","), format!("| {words}|")] {
        assert!(is_too_long(&line), "{line}");
    }
}
