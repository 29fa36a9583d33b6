//! The guide says what is true: its code is that of programs which are compiled, its output what
//! they printed, and its links, figures and commands are there.

mod language;
mod width;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: impl AsRef<Path>) -> String {
    let path = path.as_ref();
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// All files of this folder and of those in it with this ending.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(files(&path, ending)),
            false if path.extension().is_some_and(|extension| extension == ending) => {
                found.push(path);
            }
            false => {}
        }
    }
    found.sort();
    found
}

/// The files with this ending that belong to the repository: without what was built, and without
/// folders that begin with a dot.
fn tree(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() && name != "target" && !name.starts_with('.') {
            found.extend(tree(&path, ending));
        } else if path.is_file() && path.extension().is_some_and(|extension| extension == ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Each page with what it says.
fn pages() -> Vec<(PathBuf, String)> {
    let pages: Vec<_> = files(&root().join("guide/src"), "md");
    assert!(pages.len() >= 12, "where is the guide?");
    pages.into_iter().map(|path| (path.clone(), read(path))).collect()
}

/// The fenced blocks of this kind.
pub(crate) fn blocks(page: &str, kind: &str) -> Vec<String> {
    let opening = format!("```{kind}\n");
    page.split(&opening)
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .map(String::from)
        .collect()
}

/// Without what indents, so that a part of a program may begin at the margin.
fn lines(text: &str) -> Vec<&str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect()
}

fn contains(all: &[&str], part: &[&str]) -> bool {
    all.windows(part.len()).any(|window| window == part)
}

#[test]
fn code_is_a_part_of_a_program() {
    let examples = files(&root().join("nn/examples"), "rs");
    let programs: Vec<String> = examples.iter().map(read).collect();
    let mut count = 0;
    for (path, page) in pages() {
        for block in blocks(&page, "rust") {
            let is_part = programs.iter().any(|program| contains(&lines(program), &lines(&block)));
            assert!(is_part, "{}: no example has these lines:\n{block}", path.display());
            count += 1;
        }
        let known = ["rust", "text", "sh", "python", "toml", "c"];
        for fence in page.lines().filter_map(|line| line.strip_prefix("```")) {
            assert!(fence.is_empty() || known.contains(&fence), "{}: ```{fence}", path.display());
        }
    }
    assert!(count >= 20, "{count} blocks");
}

#[test]
fn output_is_what_a_program_printed() {
    let runs: Vec<String> = files(&root().join("guide/runs"), "txt").iter().map(read).collect();
    let printed: BTreeSet<&str> = runs.iter().flat_map(|run| lines(run)).collect();
    for (path, page) in pages() {
        for block in blocks(&page, "text") {
            for line in lines(&block) {
                assert!(printed.contains(line), "{}: no run printed:\n{line}", path.display());
            }
        }
    }
}

/// Lines that are neither empty nor a comment.
fn counted(path: &Path) -> usize {
    let text = read(path);
    let code = lines(&text).into_iter();
    code.filter(|line| {
        !line.starts_with("//") && !line.starts_with('#') && !line.starts_with("\"\"\"")
    })
    .count()
}

#[test]
fn the_same_task_has_as_many_lines_as_the_table_says() {
    let folder = root().join("nn/examples/guide/same_task");
    let page = read(root().join("guide/src/15_coming_from.md"));
    let rows: Vec<(&str, usize)> = page
        .lines()
        .filter_map(|line| {
            let (link, rest) = line.split_once("guide/same_task/")?.1.split_once(") | ")?;
            Some((link, rest.strip_suffix(" |")?.parse().ok()?))
        })
        .collect();
    let files: Vec<_> = [files(&folder, "rs"), files(&folder, "py")].concat();
    assert_eq!(rows.len(), files.len(), "{rows:?}");
    for file in files {
        let name = file.file_name().unwrap().to_str().unwrap();
        let said =
            rows.iter().find(|row| row.0 == name).unwrap_or_else(|| panic!("{name}: no row"));
        // An attribute of Rust is code.
        let attributes = read(&file).lines().filter(|line| line.starts_with("#[")).count();
        assert_eq!(said.1, counted(&file) + attributes, "{name}");
    }
}

/// The chapters' programs: their names begin with the numbers of their chapters.
fn programs() -> Vec<(String, String)> {
    let examples = root().join("nn/examples");
    let mut programs = Vec::new();
    for path in files(&examples, "rs").iter().filter(|path| path.parent() == Some(&examples)) {
        let name = path.file_stem().unwrap().to_str().unwrap();
        if name.starts_with(|c: char| c.is_ascii_digit()) {
            programs.push((name.to_owned(), read(path)));
        }
    }
    assert!(programs.len() >= 17, "where are the programs?");
    programs
}

/// Options are aside: `main`, which reads them, and what stands above, modules and imports. Neither
/// empty lines nor comments count, and a text over several lines counts as one.
#[test]
fn programs_of_chapters_have_at_most_60_lines() {
    for (name, program) in programs() {
        let below_imports = program.rsplit_once("\nuse ").unwrap().1.split_once(";\n").unwrap().1;
        let subject = below_imports.split_once("\nfn main() ").unwrap().0;
        let code = lines(subject).into_iter().filter(|line| !line.starts_with("//"));
        let code: Vec<_> = code.collect();
        let texts_that_go_on = code.iter().filter(|line| line.ends_with('\\')).count();
        let count = code.len() - texts_that_go_on;
        assert!((10..=60).contains(&count), "{name}: {count} lines");
    }
}

#[test]
fn links_and_pictures_are_there() {
    let mut shown = BTreeSet::new();
    for (path, page) in pages() {
        for (at, _) in page.match_indices("](") {
            let target = page[at + 2..].split(')').next().unwrap();
            if target.starts_with("http") {
                continue;
            }
            let file = path.parent().unwrap().join(target.split('#').next().unwrap());
            assert!(file.exists(), "{}: no file {target}", path.display());
            if target.ends_with(".svg") {
                let text = page[..at].rsplit('[').next().unwrap();
                assert!(text.chars().count() >= 10, "{}: {target} has no text", path.display());
                let picture = read(&file);
                assert!(picture.contains("<title>") && picture.contains("viewBox="), "{target}");
                shown.insert(file.file_name().unwrap().to_owned());
            }
        }
    }
    for picture in files(&root().join("guide/src/figures"), "svg") {
        let name = picture.file_name().unwrap();
        assert!(shown.contains(name), "no page shows {}", name.display());
        assert!(fs::metadata(&picture).unwrap().len() < 64 * 1024, "{} is large", name.display());
    }
}

#[test]
fn the_summary_lists_every_page() {
    let folder = root().join("guide/src");
    let summary = read(folder.join("SUMMARY.md"));
    for (path, _) in pages() {
        let name = path.strip_prefix(&folder).unwrap().display().to_string();
        assert!(name == "SUMMARY.md" || summary.contains(&format!("({name})")), "{name}");
    }
}

#[test]
fn every_program_has_a_chapter_and_every_command_a_program() {
    for (name, _) in programs() {
        let chapter = |path: &Path| path.file_name().unwrap().to_str().unwrap()[..2] == name[..2];
        let chapter = pages().into_iter().find(|(path, _)| chapter(path)).unwrap().1;
        assert!(chapter.contains(&format!("--example {name}")), "{name}");
    }
    let examples = root().join("nn/examples");
    for (path, page) in pages() {
        for after in page.split("--example ").skip(1) {
            let name = after.split(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap();
            let is_there = examples.join(format!("{name}.rs")).exists()
                || examples.join(name).join("main.rs").exists();
            assert!(is_there, "{}: no example {name}", path.display());
        }
    }
}
