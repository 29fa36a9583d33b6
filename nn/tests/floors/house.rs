//! The rooms of a crate and the arrows between them, read from its sources.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::paths::{Contents, own_name, read};

/// The rooms of a crate: the modules of its root, without `lib.rs`, which is their map.
#[derive(Debug, Default)]
pub(crate) struct House {
    pub(crate) rooms: BTreeSet<String>,
    pub(crate) arrows: Vec<Arrow>,
    /// Paths whose room is not known.
    pub(crate) lost: Vec<String>,
}

/// Code of one room that names another.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Arrow {
    pub(crate) from: String,
    pub(crate) to: String,
    /// The file and the line.
    pub(crate) place: String,
}

/// The kind of a name at the root of the crate.
#[derive(Clone, Debug, PartialEq)]
enum Root {
    Room(String),
    /// Of another crate, or of `lib.rs` itself.
    Elsewhere,
}

/// One file of a crate.
struct File {
    /// Seen from `src`, with `/`.
    path: String,
    text: String,
}

impl File {
    /// `layer/dense/mod.rs` is `["layer", "dense"]`; the map is `[]`.
    fn module(&self) -> Vec<String> {
        let path = self.path.trim_end_matches(".rs");
        let path = path.strip_suffix("/mod").unwrap_or(path);
        let names = path.split('/').filter(|_| path != "lib");
        names.map(String::from).collect()
    }
}

impl House {
    /// Of the crate in `folder`; places are written from `root` on.
    pub(crate) fn read(root: &Path, folder: &str) -> Self {
        let source = root.join(folder).join("src");
        let mut files = Vec::new();
        collect(&source, "", &mut files);
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Self::of(&files, &format!("{folder}/src"))
    }

    fn of(files: &[File], folder: &str) -> Self {
        let map = files.iter().find(|file| file.module().is_empty());
        let own_name = map.and_then(|map| own_name(&map.text));
        let read = |file: &File| read(&file.text, &file.module(), own_name.as_deref());
        let contents: Vec<(&File, Contents)> =
            files.iter().map(|file| (file, read(file))).collect();
        let is_for_tests = |file: &File| {
            let module = file.module();
            contents.iter().any(|(parent, contents)| {
                let parent = parent.module();
                let names = module.strip_prefix(parent.as_slice()).unwrap_or_default();
                names.first().is_some_and(|name| contents.test_modules.contains(name))
            })
        };
        let contents: Vec<_> = contents.iter().filter(|(file, _)| !is_for_tests(file)).collect();

        let mut house = Self::default();
        for (file, _) in &contents {
            house.rooms.extend(file.module().first().cloned());
        }
        let names = house.names(&contents);
        for (file, contents) in &contents {
            let Some(from) = file.module().first().cloned() else { continue };
            for path in &contents.paths {
                let place = format!("{folder}/{}:{}", file.path, path.line);
                match path.names.first().and_then(|first| names.get(first)) {
                    Some(Root::Room(to)) if *to != from => {
                        house.arrows.push(Arrow { from: from.clone(), to: to.clone(), place });
                    }
                    Some(_) => {}
                    None => house.lost.push(format!("{place}: crate::{}", path.names.join("::"))),
                }
            }
        }
        house
    }

    /// The names at the root of the crate.
    fn names(&self, contents: &[&(&File, Contents)]) -> BTreeMap<String, Root> {
        let mut names = BTreeMap::new();
        // Names of several things, as of a module and a function, are first those of the module.
        for room in &self.rooms {
            names.insert(room.clone(), Root::Room(room.clone()));
        }
        let Some((_, map)) = contents.iter().find(|(file, _)| file.module().is_empty()) else {
            return names;
        };
        for (name, file) in &map.items {
            let room = file.as_deref().and_then(|file| file.split(['/', '.']).next());
            let is = room.map_or(Root::Elsewhere, |room| Root::Room(room.to_string()));
            names.entry(name.clone()).or_insert(is);
        }
        for path in &map.paths {
            let (Some(first), Some(alias)) = (path.names.first(), &path.alias) else { continue };
            let is = match self.rooms.contains(first) {
                true => Root::Room(first.clone()),
                false => Root::Elsewhere,
            };
            names.entry(alias.clone()).or_insert(is);
        }
        for (file, contents) in contents {
            let room = file.module().first().cloned();
            let is = room.map_or(Root::Elsewhere, Root::Room);
            for name in &contents.macros {
                names.entry(name.clone()).or_insert_with(|| is.clone());
            }
        }
        names
    }

    /// The arrows from room to room, each once.
    pub(crate) fn pairs(&self) -> BTreeSet<(&str, &str)> {
        self.arrows.iter().map(|arrow| (arrow.from.as_str(), arrow.to.as_str())).collect()
    }

    /// Rooms that can each be reached from each other.
    pub(crate) fn circles(&self) -> Vec<Vec<&str>> {
        let reached: BTreeMap<&str, BTreeSet<&str>> =
            self.rooms.iter().map(|room| (room.as_str(), self.reached(room))).collect();
        let mut circles: Vec<Vec<&str>> = Vec::new();
        for room in self.rooms.iter().map(String::as_str) {
            let both =
                |other: &&str| reached[room].contains(other) && reached[other].contains(room);
            let circle: Vec<_> = self.rooms.iter().map(String::as_str).filter(both).collect();
            if circle.len() > 1 && !circles.contains(&circle) {
                circles.push(circle);
            }
        }
        circles
    }

    fn reached<'a>(&'a self, room: &'a str) -> BTreeSet<&'a str> {
        let pairs = self.pairs();
        let mut reached = BTreeSet::new();
        let mut waiting = vec![room];
        while let Some(from) = waiting.pop() {
            for &(_, to) in pairs.iter().filter(|pair| pair.0 == from) {
                if reached.insert(to) {
                    waiting.push(to);
                }
            }
        }
        reached
    }
}

/// The Rust files in `folder` and below; their paths begin with `prefix`.
fn collect(folder: &Path, prefix: &str, files: &mut Vec<File>) {
    let entries = fs::read_dir(folder);
    for entry in entries.unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.expect("an entry of the folder").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            collect(&path, &format!("{prefix}{name}/"), files);
        } else if name.ends_with(".rs") {
            let text = fs::read_to_string(&path).expect("a source in UTF-8");
            files.push(File { path: format!("{prefix}{name}"), text });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A crate of these files.
    fn house(files: &[(&str, &str)]) -> House {
        let file = |&(path, text): &(&str, &str)| File { path: path.into(), text: text.into() };
        House::of(&files.iter().map(file).collect::<Vec<_>>(), "src")
    }

    /// The arrows of a crate with the rooms `a`, `b` and `c`, of which `a` holds this code in
    /// `a/deep.rs`.
    fn arrows(code: &str) -> Vec<String> {
        let map = "extern crate self as home; mod a; mod b; #[path = \"c.rs\"] pub mod __c;
                   pub use b::{Bed, deep::Lamp as Light}; pub use other::Tree; pub struct Roof;
                   pub mod all { pub use crate::b::Bed; }";
        let house = house(&[
            ("lib.rs", map),
            ("a/mod.rs", "mod deep;"),
            ("a/deep.rs", code),
            ("b.rs", "#[macro_export] macro_rules! paint { () => { $crate::a::Y } }"),
            ("c.rs", ""),
        ]);
        assert_eq!(house.rooms.iter().collect::<Vec<_>>(), ["a", "b", "c"]);
        let of_a = house.arrows.iter().filter(|arrow| arrow.from == "a");
        let line = |place: &str| place.rsplit(':').next().unwrap_or_default().to_string();
        let arrows = of_a.map(|arrow| format!("{} {}", line(&arrow.place), arrow.to));
        arrows.chain(house.lost.iter().map(|lost| format!("lost {lost}"))).collect()
    }

    #[test]
    fn a_use_tree_has_an_arrow_for_each_leaf() {
        assert_eq!(
            arrows("use crate::{a::X,\n b::{self, Y, z::*},\n c};"),
            ["2 b", "2 b", "2 b", "3 c"]
        );
        assert_eq!(
            arrows("pub(crate) use crate::b;\npub use super::super::c::{X, Y};"),
            ["1 b", "2 c", "2 c"]
        );
        assert_eq!(arrows("use home::b;\nuse ::home::c::X;"), ["1 b", "2 c"]);
    }

    #[test]
    fn a_renamed_import_is_an_arrow() {
        assert_eq!(
            arrows("use crate::b::Y as Z;\nuse crate::{c as d, a::W as V};"),
            ["1 b", "2 c"]
        );
    }

    #[test]
    fn a_path_in_the_code_is_an_arrow() {
        assert_eq!(
            arrows("fn f() -> crate::b::Y<u8> {\n super::super::c::g::<u8>()\n}"),
            ["1 b", "2 c"]
        );
        assert_eq!(
            arrows("mod inside {\n fn f() { super::super::g(); super::super::super::b::h() } }"),
            ["2 b"]
        );
        assert_eq!(arrows("macro_rules! m { () => { $crate::c::X } }"), ["1 c"]);
    }

    #[test]
    fn a_name_at_the_root_belongs_to_the_room_that_it_comes_from() {
        assert_eq!(arrows("use crate::{Bed, Light,\n Tree, Roof};"), ["1 b", "1 b"]);
        assert_eq!(arrows("use crate::__c::X;\nfn f() { crate::paint!() }"), ["1 c", "2 b"]);
    }

    #[test]
    fn what_cannot_be_followed_is_lost() {
        assert_eq!(arrows("use crate::Nothing;"), ["lost src/a/deep.rs:1: crate::Nothing"]);
        assert_eq!(arrows("use crate::all::*;"), ["lost src/a/deep.rs:1: crate::all::*"]);
        assert_eq!(arrows("use super::super::*;"), ["lost src/a/deep.rs:1: crate::*"]);
        assert_eq!(arrows("use crate as c;"), ["lost src/a/deep.rs:1: crate::"]);
    }

    #[test]
    fn what_names_no_other_room_is_no_arrow() {
        assert_eq!(arrows("macro_rules! m { ($b:ident) => { $crate::$b! {} } }"), [""; 0]);
        assert_eq!(arrows("// use crate::b;\n/// [`X`](crate::b::X)\n/* crate::b */"), [""; 0]);
        assert_eq!(
            arrows("const A: &str = \"crate::b::X\"; #[doc = r#\"crate::b\"#] struct B;"),
            [""; 0]
        );
        assert_eq!(
            arrows("use other::b::X; use ::b::Y; use super::b::Z; use self::b::V;"),
            [""; 0]
        );
        assert_eq!(
            arrows("use other::{crate_b, home::b}; other::home::b::X; pub(super) fn b() {}"),
            [""; 0]
        );
        assert_eq!(
            arrows("#[cfg(test)] mod tests { use crate::b; } #[cfg(test)] use crate::c;"),
            [""; 0]
        );
    }

    #[test]
    fn a_file_that_is_for_tests_is_no_room() {
        let map = "mod a; #[cfg(test)] mod tests;";
        let files =
            [("lib.rs", map), ("a.rs", ""), ("tests/mod.rs", ""), ("tests/x.rs", "use crate::a;")];
        let house = house(&files);
        assert_eq!((house.rooms.len(), house.arrows.len()), (1, 0));
    }

    #[test]
    fn circles_are_the_rooms_that_reach_each_other() {
        let house = house(&[
            ("a.rs", "use crate::b;"),
            ("b.rs", "use crate::c;"),
            ("c.rs", "use crate::{b, d};"),
            ("d.rs", ""),
        ]);
        assert_eq!(house.circles(), [["b", "c"]]);
        assert_eq!(house.pairs().len(), 4);
    }
}
