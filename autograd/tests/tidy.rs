//! The project's conventions beyond the compiler's checks, as tests over the whole workspace.

use std::fs;
use std::path::{Path, PathBuf};

/// Vague names of files and folders.
const NO_NAMES: [&str; 6] = ["util", "utils", "common", "helper", "helpers", "misc"];

/// Split, so that this file does not contain the strings that it searches for.
const LEFT_BEHIND: [&str; 3] = [concat!("dbg", "!("), concat!("todo", "!("), concat!("FIX", "ME")];

/// The macro that detects the instruction set, and the only file that may use it.
const DETECTION: (&str, &str) = (concat!("is_x86_", "feature_detected!"), "tensor/src/simd.rs");

struct Source {
    /// Relative to the workspace's root, with `/`.
    path: String,
    text: String,
}

impl Source {
    fn has_name(&self, name: &str) -> bool {
        self.path.split('/').any(|part| part.strip_suffix(".rs").unwrap_or(part) == name)
    }

    /// The lines without comments and documentation, with their numbers.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.text.lines().enumerate().map(|(at, line)| (at + 1, line.trim_start()));
        lines.filter(|(_, line)| !line.starts_with("//"))
    }

    /// Types that implement `Op` in this file: Y of every `impl<…> Op<…> for Y<…> {`.
    fn operations(&self) -> Vec<String> {
        let code: Vec<&str> = self.code().map(|(_, line)| line).collect();
        let starts = (0..code.len()).filter(|&at| code[at].starts_with("impl"));
        let headers = starts.map(|at| code[at..].join(" "));
        let operations = headers.filter_map(|header| {
            let header = header.split('{').next()?;
            let header = after_generics(header.strip_prefix("impl")?).trim_start();
            let (path, _) = header.split_once('<')?;
            let (_, name) = header.split_once(" for ")?;
            let end = name.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(name.len());
            (path.rsplit("::").next() == Some("Op")).then(|| name[..end].to_string())
        });
        operations.collect()
    }
}

/// The text after the `<…>` it begins with, if it does.
fn after_generics(text: &str) -> &str {
    let mut depth = 0;
    for (at, character) in text.char_indices() {
        match character {
            '<' => depth += 1,
            '>' if !text[..at].ends_with('-') => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return if at == 0 { text } else { &text[at + 1..] };
        }
    }
    text
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every Rust file of the workspace except build outputs and the macro's invalid programs.
fn sources() -> Vec<Source> {
    let mut sources = Vec::new();
    let mut folders = vec![root()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                let skipped =
                    name.starts_with('.') || name == "target" || path.ends_with("tests/ui");
                if !skipped {
                    folders.push(path);
                }
            } else if name.ends_with(".rs") {
                let relative = path.strip_prefix(root()).unwrap();
                let parts: Vec<_> = relative.iter().map(|part| part.to_string_lossy()).collect();
                sources.push(Source {
                    path: parts.join("/"),
                    text: fs::read_to_string(&path).unwrap(),
                });
            }
        }
    }
    assert!(sources.len() > 50, "only {} files found: is this the workspace?", sources.len());
    sources
}

fn report(rule: &str, mut broken: Vec<String>) {
    broken.sort();
    assert!(broken.is_empty(), "{rule}\n  {}", broken.join("\n  "));
}

#[test]
fn every_file_begins_with_what_it_is_for() {
    let silent = sources().into_iter().filter(|source| !source.text.starts_with("//! "));
    report(
        "begin the file with `//! ` and a sentence:",
        silent.map(|source| source.path).collect(),
    );
}

#[test]
fn nothing_is_left_behind() {
    let mut found = Vec::new();
    for source in sources() {
        for (line, text) in source.code() {
            if LEFT_BEHIND.iter().any(|left| text.contains(left)) {
                found.push(format!("{}:{line}: {text}", source.path));
            }
        }
    }
    report("remove what is left from development:", found);
}

#[test]
fn every_file_has_a_name_that_says_what_is_in_it() {
    let vague =
        sources().into_iter().filter(|source| NO_NAMES.iter().any(|name| source.has_name(name)));
    report("name the file after its content:", vague.map(|source| source.path).collect());
}

#[test]
fn one_file_asks_for_the_instruction_set() {
    let (detection, allowed) = DETECTION;
    let mut asking = Vec::new();
    for source in sources() {
        if source.path != allowed && source.code().any(|(_, line)| line.contains(detection)) {
            asking.push(source.path);
        }
    }
    report(&format!("only {allowed} detects instructions; ask it:"), asking);
}

#[test]
fn every_operation_is_checked_where_it_is_written() {
    let mut unchecked = Vec::new();
    let mut count = 0;
    for source in sources().iter().filter(|source| source.path.contains("src/")) {
        for operation in source.operations() {
            count += 1;
            // The checks, wherever they begin in the file, must name the operation.
            let checks =
                ["fn cases(", "gradcheck(", "gradcheck!(", "gradcheck::", "GradCase::new("];
            let begin = checks.iter().filter_map(|check| source.text.find(check)).min();
            if !begin.is_some_and(|begin| source.text[begin..].contains(&operation)) {
                unchecked.push(format!("{}: {operation}", source.path));
            }
        }
    }
    assert!(count > 20, "only {count} operations found: does this test still read the code?");
    report("give the operation `fn cases()` or a `gradcheck` in its file:", unchecked);
}

#[test]
fn every_built_in_operation_is_in_the_list() {
    let sources = sources();
    let mut missing = Vec::new();
    for folder in ["autograd/src/ops/", "autograd/src/composed/"] {
        let path = format!("{folder}mod.rs");
        let Some(list) = sources.iter().find(|source| source.path == path) else {
            panic!("{path} is missing");
        };
        let words: Vec<&str> =
            list.code().flat_map(|(_, line)| line.split([' ', ',', ';'])).collect();
        for source in &sources {
            let Some(file) = source.path.strip_prefix(folder) else { continue };
            let module = file.trim_end_matches(".rs");
            // `name::Type` in the lists of operations, `name` in that of composed methods.
            let is_it = |word: &&str| word.split("::").next() == Some(module);
            if module != "mod" && !words.iter().any(is_it) {
                missing.push(source.path.clone());
            }
        }
    }
    report("a file that is not listed in its folder's mod.rs is not compiled:", missing);
}
