//! The text forms of a network for tables: its target as a line in a file's metadata, and its
//! columns for people to read.

use std::fmt;

use nn_grammar::ast::column_text;

use super::form::{Front, Goal, Target};
use crate::labels::{quote, words};

impl Target {
    /// `"price" number`, or `"species" classes "setosa" "virginica"`.
    pub(in crate::dynamic) fn text(&self) -> String {
        let name = quote(&self.name);
        match &self.goal {
            Goal::Number => format!("{name} number"),
            Goal::Classes(names) => {
                let names: Vec<String> = names.iter().map(|name| quote(name)).collect();
                format!("{name} classes {}", names.join(" "))
            }
        }
    }

    /// Parses such a line.
    pub(in crate::dynamic) fn parse(line: &str) -> Option<Self> {
        let words = words(line)?;
        let [(true, name), (false, goal), rest @ ..] = &words[..] else { return None };
        let goal = match (&goal[..], rest) {
            ("number", []) => Goal::Number,
            ("classes", [_, ..]) => {
                let names = rest.iter().map(|(quoted, name)| quoted.then(|| name.clone()));
                let names: Vec<String> = names.collect::<Option<_>>()?;
                let mut seen = std::collections::BTreeSet::new();
                Goal::Classes(names.iter().all(|name| seen.insert(name)).then_some(names.clone())?)
            }
            _ => return None,
        };
        Some(Target { name: name.clone(), goal })
    }
}

/// `columns { area: number(log), city: category(12), … } -> price: number`, a column in a line.
impl fmt::Display for Front {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("columns {\n")?;
        for (name, &form) in self.names.iter().zip(self.forms) {
            writeln!(f, "    {},", column_text(name, form))?;
        }
        f.write_str("}")?;
        match &self.target {
            None => Ok(()),
            Some(Target { name, goal: Goal::Number }) => write!(f, " -> {name}: number"),
            Some(Target { name, goal: Goal::Classes(names) }) => {
                write!(f, " -> {name}: {} classes", names.len())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read_as_it_was_written() {
        let words = ["", "a b", "\"quoted\"", "back\\slash", "line\nbreak", "ümlaut"];
        let words = words.map(String::from).to_vec();
        for goal in [Goal::Number, Goal::Classes(words)] {
            let target = Target { name: "price\r\n (€)".into(), goal };
            let text = target.text();
            assert_eq!(Target::parse(&text), Some(target));
            // Every prefix, and every text with one byte changed, parses or is rejected.
            for end in 0..text.len() {
                if let Some(shorter) = text.get(..end) {
                    let _any = Target::parse(shorter);
                }
                let mut other = text.clone().into_bytes();
                other[end] ^= 1;
                let _any = Target::parse(&String::from_utf8_lossy(&other));
            }
        }
        for wrong in
            ["", "price number", "\"a\" classes", "\"a\" classes \"b\" \"b\"", "\"a\" number 1"]
        {
            assert_eq!(Target::parse(wrong), None, "{wrong}");
        }
    }
}
