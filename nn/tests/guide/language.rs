//! The language of the documentation: words that were given up stay away, and the messages of errors are seen together.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use super::{files, read, root};

/// The folders with the sources of the libraries.
const SOURCES: [&str; 5] =
    ["tensor/src", "autograd/src", "nn/src", "nn-macros/src", "nn-macros/grammar/src"];
/// Their pages, besides those of the guide.
const PAGES: [&str; 4] = ["README.md", "CONTRIBUTING.md", "nn/README.md", "benches/README.md"];
/// The page with the words that were given up.
const GLOSSARY: &str = "guide/src/glossary.md";
/// The table of all messages.
const MESSAGES: &str = "nn/tests/MESSAGES.md";

/// The literals of a line of Rust or of several, without their quotes; of a raw one, what is between its quotes.
fn literals(code: &str) -> Vec<String> {
    let (mut found, mut rest) = (Vec::new(), code);
    while let Some(begin) = rest.find(['"', '\'']) {
        let (quote, inside) = (rest.as_bytes()[begin], &rest[begin + 1..]);
        if quote == b'\'' {
            // A character, or a lifetime.
            let character = inside.strip_prefix('\\').unwrap_or(inside);
            let length = character.chars().next().map_or(0, char::len_utf8);
            let is_character = character[length..].starts_with('\'');
            rest = if is_character { &character[length + 1..] } else { inside };
            continue;
        }
        let (mut text, mut characters) = (String::new(), inside.char_indices());
        let end = loop {
            match characters.next() {
                None => return found,
                Some((at, '"')) => break at + 1,
                Some((_, '\\')) => match characters.next() {
                    // A line that goes on without the blanks of the next one.
                    Some((_, '\n')) => {
                        let after = characters.as_str();
                        let blanks = after.len() - after.trim_start().len();
                        for _ in 0..blanks {
                            characters.next();
                        }
                    }
                    Some((_, 'n')) => text.push(' '),
                    Some((_, other)) => text.push(other),
                    None => return found,
                },
                Some((_, other)) => text.push(other),
            }
        };
        found.push(text);
        rest = &inside[end..];
    }
    found
}

/// What a reader of a source reads: comments without their code, and the literals of the other lines that are more than a word,
/// with the number of their line.
fn prose(source: &str) -> Vec<(usize, String)> {
    let mut is_code = false;
    let mut of_line = |line: &str| match line.trim_start().strip_prefix("//") {
        Some(comment) => {
            is_code ^= comment.contains("```");
            if is_code { String::new() } else { comment.to_owned() }
        }
        None => {
            let mut texts = literals(line);
            texts.retain(|text| text.contains(' '));
            texts.join(" · ")
        }
    };
    without_tests(source).lines().enumerate().map(|(at, line)| (at + 1, of_line(line))).collect()
}

/// A source without the module of its tests, which stands behind the rest.
fn without_tests(source: &str) -> &str {
    source.split("#[cfg(test)]\nmod ").next().unwrap_or_default()
}

/// What a reader of a page reads, without its blocks of code.
fn text(page: &str) -> Vec<(usize, String)> {
    let mut is_code = false;
    let lines = page.lines().enumerate().filter(|(_, line)| {
        is_code ^= line.trim_start().starts_with("```");
        !is_code && !line.starts_with("    ")
    });
    lines.map(|(at, line)| (at + 1, line.to_owned())).collect()
}

/// Is it there as a word or some, and not as a part of a longer one or between backticks?
fn has_words(line: &str, words: &str) -> bool {
    let is_part =
        |other: Option<char>| other.is_some_and(|c| c.is_alphanumeric() || "_`.-".contains(c));
    line.match_indices(words).any(|(at, _)| {
        let (before, after) = (&line[..at], &line[at + words.len()..]);
        let ends = after.starts_with(['.', '-']) && !after[1..].starts_with(char::is_alphanumeric);
        !is_part(before.chars().next_back()) && (ends || !is_part(after.chars().next()))
    })
}

#[test]
fn words_that_were_given_up_do_not_come_back() {
    let glossary = read(root().join(GLOSSARY));
    let table = glossary.split_once("| given up |").expect("the table").1;
    let rows = table.lines().skip(2).filter_map(|row| row.split('|').nth(1));
    let given_up: Vec<&str> = rows.flat_map(|words| words.trim().split(", ")).collect();
    assert!(given_up.len() >= 30 && given_up.contains(&"learnt"), "{given_up:?}");
    let mut read_lines = Vec::new();
    for path in SOURCES.iter().flat_map(|folder| files(&root().join(folder), "rs")) {
        read_lines.extend(prose(&read(&path)).into_iter().map(|line| (path.clone(), line)));
    }
    let pages = PAGES.map(|page| root().join(page)).into_iter();
    for path in pages.chain(files(&root().join("guide/src"), "md")) {
        if !path.ends_with(GLOSSARY) {
            read_lines.extend(text(&read(&path)).into_iter().map(|line| (path.clone(), line)));
        }
    }
    assert!(read_lines.len() > 50_000, "where are the sources?");
    let mut found = String::new();
    for (path, (number, line)) in &read_lines {
        let line = line.to_lowercase();
        for words in given_up.iter().filter(|words| has_words(&line, words)) {
            writeln!(found, "{}:{number}: `{words}`: {}", path.display(), line.trim()).unwrap();
        }
    }
    assert!(
        found.is_empty(),
        "words that {GLOSSARY} gives up, with what to write instead:\n{found}"
    );
}

/// How an error or a panic with a message begins.
const CALLS: [&str; 5] =
    ["Error::value(", "Error::file(", "Error::invalid(", "Error::diverged(", "panic!("];

/// The arguments of a call whose opening parenthesis has been passed.
fn arguments(code: &str) -> &str {
    let (mut depth, mut is_text, mut is_escaped) = (1, false, false);
    for (at, character) in code.char_indices() {
        match character {
            _ if is_escaped => is_escaped = false,
            '\\' if is_text => is_escaped = true,
            '"' if !code[..at].ends_with('\'') => is_text = !is_text,
            '(' if !is_text => depth += 1,
            ')' if !is_text => {
                depth -= 1;
                if depth == 0 {
                    return &code[..at];
                }
            }
            _ => {}
        }
    }
    code
}

/// Code without the lines that are comments.
fn comments_gone(code: &str) -> String {
    code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The messages of all errors and panics by the file that has them, each in its parts, with `{…}` where values are put in, and
/// whether the call has all of them: if not, those of its function are with it.
fn messages() -> BTreeMap<String, Vec<(String, bool)>> {
    let mut all = BTreeMap::new();
    for path in SOURCES.iter().flat_map(|folder| files(&root().join(folder), "rs")) {
        let source = read(&path);
        let code = without_tests(&source);
        let name = path.strip_prefix(root()).expect("a path below the root").display().to_string();
        let is_test = |part: &str| ["tests.rs", "tests", "checks.rs", "pytorch.rs"].contains(&part);
        if name.split('/').any(is_test) {
            continue;
        }
        let mut found: Vec<(usize, String, bool)> = Vec::new();
        for call in CALLS {
            for (at, _) in code.match_indices(call) {
                let line = code[..at].rsplit('\n').next().unwrap_or_default().trim_start();
                let inside = arguments(&code[at + call.len()..]);
                let mut said = literals(inside);
                let is_whole = said.iter().any(|text| text.contains(' '));
                if !is_whole {
                    // The sentence is written before the call, in the same function.
                    let function = code[..at].rfind("fn ").unwrap_or(at);
                    let before = comments_gone(&code[function..at]);
                    said.extend(literals(&before).into_iter().filter(|text| text.contains(' ')));
                }
                if !line.starts_with("//") && !said.is_empty() {
                    found.push((at, said.join(" · "), is_whole));
                }
            }
        }
        found.sort();
        if !found.is_empty() {
            all.insert(
                name,
                found.into_iter().map(|(_, message, is_whole)| (message, is_whole)).collect(),
            );
        }
    }
    all
}

#[test]
fn every_message_is_in_the_table_and_short() {
    /// Three lines of a terminal, and a line of parts among which a message chooses.
    const LONGEST: usize = 400;
    let mut table = String::from(
        "# Messages\n\nWritten by a test: `UPDATE_MESSAGES=1 cargo test -p nn --test readme every_message`. The messages of all errors and \
         panics of the libraries, in the order of the files: what, what was found, what was expected, what to do, with `{…}` where \
         values are put in. Those of `network!` are in `ui/fail/*.stderr`, as the compiler shows them.\n",
    );
    let (mut count, mut long) = (0, Vec::new());
    for (file, messages) in messages() {
        write!(table, "\n## {file}\n\n").unwrap();
        for (message, is_whole) in messages {
            count += 1;
            writeln!(table, "- {message}").unwrap();
            if is_whole && message.chars().count() > LONGEST {
                long.push(format!("{file}: {message}"));
            }
        }
    }
    let path = root().join(MESSAGES);
    if std::env::var_os("UPDATE_MESSAGES").is_some() {
        std::fs::write(&path, &table).expect("the table");
    }
    assert!(count > 300, "where are the messages?");
    assert!(long.is_empty(), "longer than three lines: {long:#?}");
    let is_up_to_date = Path::new(&path).exists() && read(&path) == table;
    assert!(
        is_up_to_date,
        "{MESSAGES} is out of date: run `UPDATE_MESSAGES=1 cargo test -p nn --test readme every_message`"
    );
}
