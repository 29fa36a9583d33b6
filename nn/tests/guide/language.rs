//! The language of the documentation: words that were given up stay away, and the messages of
//! errors are seen together.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use super::{files, read, root, tree};

/// The folders with the sources of the libraries.
const SOURCES: [&str; 5] =
    ["tensor/src", "autograd/src", "nn/src", "nn-macros/src", "nn-macros/grammar/src"];
/// Their pages, besides those of the guide.
const PAGES: [&str; 4] = ["README.md", "CONTRIBUTING.md", "nn/README.md", "benches/README.md"];
/// Scripts whose name has no ending.
const SCRIPTS: [&str; 2] = [".ci/run", ".ci/example"];
/// The page with the words that were given up.
const GLOSSARY: &str = "guide/src/glossary.md";
/// The table of all messages.
const MESSAGES: &str = "nn/tests/MESSAGES.md";

/// The literals of a line of Rust or of several, without their quotes; of a raw one, what is
/// between its quotes.
fn literals(code: &str) -> Vec<String> {
    let (mut found, mut rest) = (Vec::new(), code);
    while let Some(begin) = rest.find(['"', '\'']) {
        let (quote, inside) = (rest.as_bytes()[begin], &rest[begin + 1..]);
        if quote == b'\'' {
            rest = behind_character(inside);
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

/// Reads a source line by line: a literal may go over several.
#[derive(Default)]
struct Prose {
    /// In a block of code in a comment.
    is_code: bool,
    /// In a literal, with the marks behind its last quote: none, or those of a raw one.
    literal: Option<String>,
}

impl Prose {
    /// The comments without their code, and the literals that are more than a word.
    fn of_line(&mut self, line: &str) -> String {
        if self.literal.is_none()
            && let Some(comment) = line.trim_start().strip_prefix("//")
        {
            self.is_code ^= comment.contains("```");
            return if self.is_code { String::new() } else { comment.to_owned() };
        }
        let (mut texts, mut rest) = (Vec::new(), line);
        while !rest.is_empty() {
            rest = match &self.literal {
                Some(marks) if !marks.is_empty() => {
                    let end = rest.find(&format!("\"{marks}"));
                    texts.push(rest[..end.unwrap_or(rest.len())].to_owned());
                    let behind = end.map(|end| &rest[end + 1 + marks.len()..]);
                    self.literal = self.literal.take().filter(|_| behind.is_none());
                    behind.unwrap_or_default()
                }
                Some(_) => {
                    let (text, behind) = text_of_literal(rest);
                    texts.push(text);
                    self.literal = self.literal.take().filter(|_| behind.is_none());
                    behind.unwrap_or_default()
                }
                None => self.code(rest, &mut texts),
            };
        }
        texts.retain(|text| text.contains(' '));
        texts.join(" · ")
    }

    /// Reads code up to the next literal, or a comment behind it.
    fn code<'c>(&mut self, code: &'c str, texts: &mut Vec<String>) -> &'c str {
        let Some(at) = code.find(['"', '\'', '/']) else { return "" };
        let inside = &code[at + 1..];
        match code.as_bytes()[at] {
            b'/' if inside.starts_with('/') => {
                texts.push(inside[1..].to_owned());
                ""
            }
            b'/' => inside,
            b'\'' => behind_character(inside),
            _ => {
                let before = code[..at].trim_end_matches('#');
                let is_prefix = |c: char| c.is_alphanumeric() || c == '_';
                let prefix = &before[before.trim_end_matches(is_prefix).len()..];
                let is_raw = ["r", "br", "cr"].contains(&prefix);
                self.literal = Some("#".repeat(if is_raw { at - before.len() } else { 0 }));
                inside
            }
        }
    }
}

/// Behind a character whose opening quote has been passed; a lifetime has no closing one.
fn behind_character(inside: &str) -> &str {
    let character = inside.strip_prefix('\\').unwrap_or(inside);
    let length = character.chars().next().map_or(0, char::len_utf8);
    character[length..].strip_prefix('\'').unwrap_or(inside)
}

/// The text up to the closing quote, or that of a line which does not have it, and what is behind.
fn text_of_literal(inside: &str) -> (String, Option<&str>) {
    let (mut text, mut characters) = (String::new(), inside.char_indices());
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return (text, Some(&inside[at + 1..])),
            '\\' => match characters.next() {
                Some((_, 'n')) => text.push(' '),
                Some((_, other)) => text.push(other),
                None => {}
            },
            other => text.push(other),
        }
    }
    (text, None)
}

/// What a reader of a source reads, with the number of its line.
fn prose(source: &str) -> Vec<(usize, String)> {
    let mut prose = Prose::default();
    let lines = without_tests(source).lines().enumerate();
    lines.map(|(at, line)| (at + 1, prose.of_line(line))).collect()
}

#[test]
fn literals_over_several_lines_are_read() {
    let source = r####"
        let a = ("one word", "word", 'x', '"'); // the word
        let b = "begins \
                 and ends"; let c = r#"raw "words" and
        more"#;
        fn d<'a>(x: &'a str) -> f64 { 1 / 2 }
    "####;
    let read: Vec<String> = prose(source).into_iter().map(|(_, text)| text).collect();
    let expected =
        ["", "one word ·  the word", "begins ", "                 and ends · raw \"words\" and"];
    assert_eq!(read[..4], expected);
    assert_eq!(read[4..], ["        more", "", ""]);
}

/// What a reader of a script or a manifest reads: the comments, and in Python the texts between
/// three quotes.
fn remarks(source: &str) -> Vec<(usize, String)> {
    let mut is_text = false;
    let mut of_line = |line: &str| {
        let is_comment = comment(line);
        let quotes = line.matches("\"\"\"").count();
        let was_text = is_text;
        is_text ^= quotes % 2 == 1;
        match is_comment {
            _ if was_text || quotes > 0 => line.to_owned(),
            Some(at) => line[at + 1..].to_owned(),
            None => String::new(),
        }
    };
    source.lines().enumerate().map(|(at, line)| (at + 1, of_line(line))).collect()
}

/// The place of the comment in a line of a script or a manifest.
pub(super) fn comment(line: &str) -> Option<usize> {
    let mut quote = None;
    for (at, character) in line.char_indices() {
        match (quote, character) {
            (None, '#') if at == 0 || line[..at].ends_with(' ') => return Some(at),
            (None, '"' | '\'') => quote = Some(character),
            (Some(open), close) if open == close => quote = None,
            _ => {}
        }
    }
    None
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
    for path in ["sh", "py", "toml"].iter().flat_map(|ending| tree(&root(), ending)) {
        read_lines.extend(remarks(&read(&path)).into_iter().map(|line| (path.clone(), line)));
    }
    for path in SCRIPTS.map(|script| root().join(script)) {
        read_lines.extend(remarks(&read(&path)).into_iter().map(|line| (path.clone(), line)));
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
const CALLS: [&str; 7] = [
    "Error::value(",
    "Error::file(",
    "Error::invalid(",
    "Error::diverged(",
    "Error::shape(",
    "Error::shapes(",
    "panic!(",
];

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

/// The sentences that have a name, such as advice that several messages give, with the files that
/// define them.
type Named<'s> = BTreeMap<&'s str, Vec<(&'s str, String)>>;

fn named_sentences(sources: &[(String, String)]) -> Named<'_> {
    let mut named = Named::new();
    for (file, code) in sources {
        for (at, _) in code.match_indices("const ") {
            let Some((name, value)) = code[at + 6..].split_once(": &str =") else { continue };
            let is_name = name.chars().all(|c| c.is_ascii_uppercase() || c == '_');
            let text = value.split_once(';').and_then(|_| literals(value).into_iter().next());
            if let Some(text) = text.filter(|text| is_name && text.contains(' ')) {
                named.entry(name).or_default().push((file, text));
            }
        }
    }
    named
}

/// The sentences that these arguments name, each as the nearest file defines it.
fn sentences_named_in(arguments: &str, file: &str, named: &Named<'_>) -> Vec<String> {
    let nearness =
        |other: &str| file.bytes().zip(other.bytes()).take_while(|(a, b)| a == b).count();
    let words = arguments.split(|c: char| !c.is_alphanumeric() && c != '_');
    let all = words.filter_map(|word| named.get(word));
    let nearest = all.filter_map(|all| all.iter().max_by_key(|(other, _)| nearness(other)));
    nearest.map(|(_, text)| text.clone()).collect()
}

fn has_sentence(said: &[String]) -> bool {
    said.iter().any(|text| text.contains(' '))
}

/// The place of the function that contains the place `at`.
fn function(code: &str, at: usize) -> usize {
    code[..at].rfind("fn ").unwrap_or(at)
}

/// The place of what makes the message at `at`, the closure of which it is the body, or else the
/// function, and the calls of that with their arguments.
fn calls_of_the_maker(code: &str, at: usize) -> (usize, Vec<(usize, &str)>) {
    let begin = function(code, at);
    let statement = code[begin..at].rfind("let ").map(|place| begin + place);
    let closure = statement.and_then(|place| {
        let (name, rest) = code[place + 4..at].split_once(" =")?;
        let body = rest.trim_start().trim_start_matches("move ");
        // Before the end of a statement, or in a block that is still open.
        let is_open = body.matches('{').count() > body.matches('}').count();
        (body.starts_with('|') && (is_open || !body.contains(';'))).then_some((place, name))
    });
    let (begin, to, name) = match closure {
        Some((place, name)) => {
            let ends = ["\nfn ", " fn "].map(|next| code[at..].find(next));
            (place, at + ends.into_iter().flatten().min().unwrap_or(code.len() - at), name)
        }
        None => {
            let name = code[begin..].strip_prefix("fn ").unwrap_or_default();
            let end = name.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(0);
            (begin, code.len(), &name[..end])
        }
    };
    if name.is_empty() {
        return (begin, Vec::new());
    }
    let opening = format!("{name}(");
    let from = if closure.is_some() { at } else { 0 };
    let places = code[from..to].match_indices(&opening).map(|(place, _)| from + place);
    let is_call = |&place: &usize| {
        let before = &code[..place];
        let is_longer = before.ends_with(|c: char| c.is_alphanumeric() || c == '_');
        !is_longer && !before.ends_with("fn ") && !is_comment(code, place)
    };
    let calls = places.filter(is_call);
    (begin, calls.map(|at| (at, arguments(&code[at + opening.len()..]))).collect())
}

fn is_comment(code: &str, at: usize) -> bool {
    code[..at].rsplit('\n').next().unwrap_or_default().trim_start().starts_with("//")
}

/// The messages of all errors and panics by the file that has them, each in its parts, with `{…}`
/// where values are put in, and whether the call has all of them: if not, those of its function are
/// with it. An error that is passed on as it is has its row where it is made.
fn messages() -> BTreeMap<String, Vec<(String, bool)>> {
    let mut sources = Vec::new();
    for path in SOURCES.iter().flat_map(|folder| files(&root().join(folder), "rs")) {
        let name = path.strip_prefix(root()).expect("a path below the root").display().to_string();
        let is_test = |part: &str| ["tests.rs", "tests", "checks.rs", "pytorch.rs"].contains(&part);
        if !name.split('/').any(is_test) {
            sources.push((name, without_tests(&read(&path)).to_owned()));
        }
    }
    let named = named_sentences(&sources);
    let mut all = BTreeMap::new();
    for (name, code) in &sources {
        let mut found: BTreeSet<(usize, String, bool)> = BTreeSet::new();
        for (at, call) in CALLS.iter().flat_map(|&call| code.match_indices(call)) {
            if is_comment(code, at) {
                continue;
            }
            let inside = arguments(&code[at + call.len()..]);
            let (mut parts, advice) = (literals(inside), sentences_named_in(inside, name, &named));
            if has_sentence(&parts) || parts.len() > 1 && !advice.is_empty() {
                found.insert((at, [parts, advice].concat().join(" · "), true));
                continue;
            }
            // The rest is before the call, in the same closure or function, …
            let (begin, calls) = calls_of_the_maker(code, at);
            let before = literals(&comments_gone(&code[begin..at]));
            parts.extend(before.into_iter().filter(|text| text.contains(' ')));
            // … or in the calls of these.
            let calls: Vec<_> = calls
                .into_iter()
                .map(|(at, inside)| {
                    let advice = sentences_named_in(inside, name, &named);
                    (at, [literals(inside), advice].concat())
                })
                .filter(|(_, more)| has_sentence(more))
                .collect();
            let is_whole = parts.len() <= 1;
            for (at, more) in &calls {
                let message = [&parts[..], &more[..], &advice[..]].concat().join(" · ");
                found.insert((*at, message, is_whole));
            }
            parts.extend(advice);
            let is_passed_on = parts
                .iter()
                .all(|text| text.starts_with('{') && text.ends_with('}') && !text.contains(' '));
            if calls.is_empty() && !is_passed_on {
                found.insert((at, parts.join(" · "), false));
            }
        }
        if !found.is_empty() {
            let rows = found.into_iter().map(|(_, message, is_whole)| (message, is_whole));
            all.insert(name.clone(), rows.collect());
        }
    }
    all
}

#[test]
fn every_message_is_in_the_table_and_short() {
    /// Three lines of a terminal, and a line of parts among which a message chooses.
    const LONGEST: usize = 400;
    let mut table = String::from(
        "# Messages\n\n\
         Written by a test: `UPDATE_MESSAGES=1 cargo test -p nn --test readme message`. The \
         messages of all\nerrors and panics of the libraries, in the order of the files: what, \
         what was found, what was\nexpected, what to do, with `{…}` where values are put in. \
         Those of `network!` are in\n`ui/fail/*.stderr`, as the compiler shows them.\n",
    );
    let (mut count, mut long, mut mute) = (0, Vec::new(), Vec::new());
    for (file, messages) in messages() {
        write!(table, "\n## {file}\n\n").unwrap();
        for (message, is_whole) in messages {
            count += 1;
            writeln!(table, "- {message}").unwrap();
            if is_whole && message.chars().count() > LONGEST {
                long.push(format!("{file}: {message}"));
            }
            if !message.contains(' ') {
                mute.push(format!("{file}: {message}"));
            }
        }
    }
    let path = root().join(MESSAGES);
    if std::env::var_os("UPDATE_MESSAGES").is_some() {
        std::fs::write(&path, &table).expect("the table");
    }
    assert!(count > 300, "where are the messages?");
    assert!(long.is_empty(), "longer than three lines: {long:#?}");
    assert!(mute.is_empty(), "a name without a sentence that this test finds: {mute:#?}");
    let is_up_to_date = Path::new(&path).exists() && read(&path) == table;
    assert!(
        is_up_to_date,
        "{MESSAGES} is out of date: run `UPDATE_MESSAGES=1 cargo test -p nn --test readme message`"
    );
}
