//! The rules for names: they are valid in Rust, not taken, and unique. Any other name is replaced.

use std::collections::HashMap;

use crate::ast::{Branch, Column, Layer, Unit};
use crate::tokens::{Name, Report, is_name};

/// Names that no layer can have, because every network already has a method or a constant of this
/// name.
#[derive(Clone, Debug, Default)]
pub struct Taken {
    /// Names of methods.
    pub methods: Vec<&'static str>,
    /// Names of methods of networks with columns of a table.
    pub of_tables: Vec<&'static str>,
    /// Names of constants.
    pub constants: Vec<&'static str>,
}

impl Taken {
    /// The kind of member that a network has under this name.
    fn kind(&self, name: &str) -> Option<&'static str> {
        if self.methods.contains(&name) {
            return Some("method");
        }
        self.constants.contains(&name).then_some("constant")
    }
}

/// Checks the names of layers, which become methods.
pub(super) fn layers(list: &mut [Layer], taken: &Taken, report: &mut Report) {
    let why = "a layer's name becomes a method";
    let mut of_table = taken.clone();
    if list.iter().any(|layer| matches!(layer.unit, Unit::Columns(_))) {
        of_table.methods.extend(&taken.of_tables);
    }
    let taken = &of_table;
    let mut names = Names { what: "layer", why, taken, seen: HashMap::new(), report };
    list.iter_mut().enumerate().for_each(|(at, layer)| names.next(at + 1, &mut layer.title.name));
}

/// Checks the names of branches, which become fields. Messages call a branch a `what`.
pub(super) fn branches<L>(branches: &mut [Branch<L>], what: &str, report: &mut Report) {
    let why = &format!("the name of this {what} becomes a field");
    let taken = &Taken::default();
    let mut names = Names { what, why, taken, seen: HashMap::new(), report };
    branches.iter_mut().enumerate().for_each(|(at, branch)| names.next(at + 1, &mut branch.name));
}

/// Checks the names of columns, which become fields. In a text that is read at run time a name may
/// be any unique text.
pub(super) fn columns(columns: &mut [Column], report: &mut Report) {
    let (taken, at_run_time) = (&Taken::default(), report.is_at_run_time());
    let why = "the name of a column becomes a field";
    let mut names = Names { what: "column", why, taken, seen: HashMap::new(), report };
    for (at, column) in columns.iter_mut().enumerate() {
        match at_run_time {
            true => names.is_free(at + 1, &column.name),
            false => names.next(at + 1, &mut column.name),
        }
    }
}

/// Checks names in the order in which they are written.
struct Names<'n> {
    /// The kind of the named things.
    what: &'n str,
    /// The reason for the rules.
    why: &'n str,
    taken: &'n Taken,
    /// The names so far, with the number of their first use.
    seen: HashMap<String, usize>,
    report: &'n mut Report,
}

impl Names<'_> {
    /// Checks the name with this number, counted from 1.
    fn next(&mut self, number: usize, name: &mut Name) {
        let mistakes = self.report.len();
        if self.is_possible(name) {
            self.is_free(number, name);
        }
        if self.report.len() > mistakes {
            name.text = format!("{}{number}_", self.what);
        }
    }

    /// Whether this is a valid name in Rust.
    fn is_possible(&mut self, name: &Name) -> bool {
        let (text, why) = (&name.text, self.why);
        if text == "_" {
            let advice = format!("{why}, so it cannot be `_`; write a name such as `hidden`");
            self.report.error(&name.place, advice);
        } else if !is_name(text) {
            let advice = format!("`{text}` is a Rust keyword; write `{text}_` or another name");
            self.report.error(&name.place, advice);
        }
        is_name(text)
    }

    /// Checks that this name is not taken.
    fn is_free(&mut self, number: usize, name: &Name) {
        let (plain, why, what) = (name.plain(), self.why, self.what);
        if let Some(kind) = self.taken.kind(plain) {
            let advice = format!(
                "{why}, but every network already has a {kind} `{plain}`; write another name, such \
                 as `{plain}_layer`"
            );
            self.report.error(&name.place, advice);
        }
        if let Some(first) = self.seen.insert(plain.to_owned(), number) {
            let advice = format!("{what} {first} is already called `{plain}`; choose another name");
            self.report.error(&name.place, advice);
        }
    }
}
