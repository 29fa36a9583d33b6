//! Names: they can be names in Rust, are free, and are there once.

use std::collections::HashMap;

use crate::ast::{Branch, Layer};
use crate::tokens::{Name, Report, is_name};

/// Names that no layer can have, because a network has a method or a constant of this name already.
#[derive(Clone, Copy, Debug, Default)]
pub struct Taken<'n> {
    /// Names of methods.
    pub methods: &'n [&'n str],
    /// Names of constants.
    pub constants: &'n [&'n str],
}

impl Taken<'_> {
    /// What a network has under this name.
    fn kind(&self, name: &str) -> Option<&'static str> {
        if self.methods.contains(&name) {
            return Some("method");
        }
        self.constants.contains(&name).then_some("constant")
    }
}

/// A layer's name becomes a method, so it must be free, and there once; any other is replaced.
pub(super) fn layers(list: &mut [Layer], taken: &Taken<'_>, report: &mut Report) {
    let mut seen = HashMap::new();
    for (at, layer) in list.iter_mut().enumerate() {
        let name = &mut layer.title.name;
        let mut usable = is_possible(name, "a layer's name becomes a method", report);
        if usable {
            let plain = name.plain();
            if let Some(kind) = taken.kind(plain) {
                let advice = format!(
                    "a layer's name becomes a method, and every network has a {kind} `{plain}` \
                     already; write another name, such as `{plain}_layer`"
                );
                report.error(&name.place, advice);
                usable = false;
            }
            if let Some(first) = seen.insert(plain.to_owned(), at + 1) {
                let advice = format!(
                    "layer {first} is called `{plain}` already; give this one another name"
                );
                report.error(&name.place, advice);
                usable = false;
            }
        }
        if !usable {
            name.text = format!("layer{}_", at + 1);
        }
    }
}

/// The name of a branch becomes a field.
pub(super) fn branches<L>(branches: &mut [Branch<L>], what: &str, report: &mut Report) {
    let mut seen = HashMap::new();
    for (at, Branch { name, .. }) in branches.iter_mut().enumerate() {
        let mut usable =
            is_possible(name, &format!("the name of this {what} becomes a field"), report);
        if usable {
            let plain = name.plain();
            if let Some(first) = seen.insert(plain.to_owned(), at + 1) {
                let advice = format!(
                    "{what} {first} is called `{plain}` already; give this one another name"
                );
                report.error(&name.place, advice);
                usable = false;
            }
        }
        if !usable {
            name.text = format!("branch{}_", at + 1);
        }
    }
}

/// Whether this can be a name in Rust.
fn is_possible(name: &Name, why: &str, report: &mut Report) -> bool {
    let text = &name.text;
    if text == "_" {
        let advice = format!("{why}, so it cannot be `_`; write a name such as `hidden`");
        report.error(&name.place, advice);
    } else if !is_name(text) {
        let advice = format!("`{text}` is a word of the language; write `{text}_` or another name");
        report.error(&name.place, advice);
    }
    is_name(text)
}
