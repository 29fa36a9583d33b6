//! Columns as text: a line for each, which a file has among its metadata, and the notation that people read.

use std::fmt::{self, Write as _};

use super::form::{Category, Columns, Form, FormKind, Goal};

/// What the first line says: a later form of the text counts it up.
const FIRST: &str = "columns 1";

/// A text between quotes.
fn quote(text: &str) -> String {
    let mut quoted = String::from('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            _ => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}

/// The words of a line, those between quotes marked.
fn words(line: &str) -> Option<Vec<(bool, String)>> {
    let (mut found, mut rest) = (Vec::new(), line.trim_start());
    while !rest.is_empty() {
        let Some(inside) = rest.strip_prefix('"') else {
            let end = rest.find(' ').unwrap_or(rest.len());
            found.push((false, rest[..end].to_owned()));
            rest = rest[end..].trim_start();
            continue;
        };
        let (mut text, mut characters) = (String::new(), inside.char_indices());
        let end = loop {
            match characters.next()? {
                (at, '"') => break at + 1,
                (_, '\\') => match characters.next()?.1 {
                    'n' => text.push('\n'),
                    'r' => text.push('\r'),
                    other => text.push(other),
                },
                (_, other) => text.push(other),
            }
        };
        found.push((true, text));
        rest = inside[end..].trim_start();
    }
    Some(found)
}

impl Columns {
    /// A line for each column, and one for the target.
    pub(in crate::dynamic) fn text(&self) -> String {
        let mut text = format!("{FIRST}\n");
        for Form { name, kind, missing } in &self.forms {
            let (word, of_kind) = match kind {
                FormKind::Number { log: true } => ("number", " log".to_owned()),
                FormKind::Number { log: false } => ("number", String::new()),
                FormKind::Flag => ("flag", String::new()),
                FormKind::Date => ("date", String::new()),
                FormKind::Category(Category { words, kept }) => {
                    let words = words.iter().map(|word| quote(word)).collect::<Vec<_>>().join(" ");
                    ("category", format!(" kept {kept} {words}"))
                }
            };
            let missing = if *missing { " missing" } else { "" };
            // A `String` takes whatever is written to it.
            let _ = writeln!(text, "{word} {}{missing}{of_kind}", quote(name));
        }
        let _ = match &self.goal {
            Goal::Number => writeln!(text, "target {} number", quote(&self.target)),
            Goal::Classes(names) => {
                let names = names.iter().map(|name| quote(name)).collect::<Vec<_>>().join(" ");
                writeln!(text, "target {} classes {names}", quote(&self.target))
            }
        };
        text
    }

    /// The columns that a text describes; the line that is none otherwise.
    pub(in crate::dynamic) fn parse(text: &str) -> Result<Self, String> {
        let mut lines = text.lines();
        let first = lines.next().unwrap_or_default();
        if first != FIRST {
            return Err(first.to_owned());
        }
        let (mut forms, mut target) = (Vec::new(), None);
        for line in lines {
            match item(line).ok_or_else(|| line.to_owned())? {
                Item::Form(form) if target.is_none() => forms.push(form),
                Item::Target(name, goal) if target.is_none() => target = Some((name, goal)),
                _ => return Err(line.to_owned()),
            }
        }
        let names = forms.iter().map(|form: &Form| &form.name);
        let (target, goal) = target.ok_or_else(|| "no target".to_owned())?;
        let mut seen = std::collections::BTreeSet::from([&target]);
        match names.into_iter().find(|name| !seen.insert(*name)) {
            _ if forms.is_empty() => Err("no column".to_owned()),
            Some(twice) => Err(format!("{twice} twice")),
            None => Ok(Columns { forms, target, goal }),
        }
    }
}

enum Item {
    Form(Form),
    Target(String, Goal),
}

/// What a line says.
fn item(line: &str) -> Option<Item> {
    let words = words(line)?;
    let [(false, word), (true, name), rest @ ..] = &words[..] else { return None };
    let is =
        |at: usize, text: &str| rest.get(at).is_some_and(|(quoted, word)| !quoted && word == text);
    if word == "target" {
        let names = || {
            let names = rest[1..].iter().map(|(quoted, name)| quoted.then(|| name.clone()));
            let names: Vec<String> = names.collect::<Option<_>>()?;
            let mut seen = std::collections::BTreeSet::new();
            (!names.is_empty() && names.iter().all(|name| seen.insert(name.clone())))
                .then_some(names)
        };
        let goal = match rest.len() {
            1 if is(0, "number") => Goal::Number,
            _ if is(0, "classes") => Goal::Classes(names()?),
            _ => return None,
        };
        return Some(Item::Target(name.clone(), goal));
    }
    let missing = is(0, "missing");
    let rest = &rest[usize::from(missing)..];
    let is =
        |at: usize, text: &str| rest.get(at).is_some_and(|(quoted, word)| !quoted && word == text);
    let kind = match (&word[..], rest.len()) {
        ("number", 0) => FormKind::Number { log: false },
        ("number", 1) if is(0, "log") => FormKind::Number { log: true },
        ("flag", 0) => FormKind::Flag,
        ("date", 0) => FormKind::Date,
        ("category", 2..) if is(0, "kept") => {
            let kept = rest[1].1.parse().ok()?;
            let words = rest[2..].iter().map(|(quoted, word)| quoted.then(|| word.clone()));
            let words: Vec<String> = words.collect::<Option<_>>()?;
            if kept > words.len() {
                return None;
            }
            FormKind::Category(Category { words, kept })
        }
        _ => return None,
    };
    Some(Item::Form(Form { name: name.clone(), kind, missing }))
}

/// `columns { area: number(log), city: category(12, missing), … } for price`, a column in a line.
impl fmt::Display for Columns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_plain = |name: &str| {
            name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
                && name.starts_with(|c: char| c.is_ascii_alphabetic())
        };
        let shown = |name: &str| if is_plain(name) { name.to_owned() } else { quote(name) };
        f.write_str("columns {\n")?;
        for form in &self.forms {
            let (word, option) = match &form.kind {
                FormKind::Number { log: true } => ("number", "log".to_owned()),
                FormKind::Number { log: false } => ("number", String::new()),
                FormKind::Flag => ("flag", String::new()),
                FormKind::Date => ("date", String::new()),
                FormKind::Category(category) => ("category", category.kept.to_string()),
            };
            let options = [&option[..], if form.missing { "missing" } else { "" }];
            let options: Vec<&str> =
                options.into_iter().filter(|option| !option.is_empty()).collect();
            let options = match options.is_empty() {
                true => String::new(),
                false => format!("({})", options.join(", ")),
            };
            writeln!(f, "    {}: {word}{options},", shown(&form.name))?;
        }
        let goal = match &self.goal {
            Goal::Number => "number".to_owned(),
            Goal::Classes(names) => format!("{} classes", names.len()),
        };
        write!(f, "}} -> {}: {goal}", shown(&self.target))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read_as_it_was_written() {
        let form = |name: &str, kind, missing| Form { name: name.into(), kind, missing };
        let words = ["", "a b", "\"quoted\"", "back\\slash", "line\nbreak", "ümlaut"]
            .map(String::from)
            .to_vec();
        let columns = Columns {
            forms: vec![
                form("area (m²)", FormKind::Number { log: true }, true),
                form("missing", FormKind::Number { log: false }, false),
                form("", FormKind::Flag, true),
                form("log", FormKind::Date, false),
                form("city", FormKind::Category(Category { words: words.clone(), kept: 4 }), true),
                form("none", FormKind::Category(Category { words: Vec::new(), kept: 0 }), false),
            ],
            target: "price\r\n".into(),
            goal: Goal::Classes(words),
        };
        assert_eq!(Columns::parse(&columns.text()), Ok(columns.clone()));
        let number = Columns { goal: Goal::Number, ..columns };
        let text = number.text();
        assert_eq!(Columns::parse(&text), Ok(number));
        for wrong in ["", "columns 2\n", "columns 1\n", "columns 1\ntarget \"a\" number\n"] {
            assert!(Columns::parse(wrong).is_err(), "{wrong}");
        }
        // Every shorter text, and every text with another byte, is read as something or refused.
        for end in 0..text.len() {
            if let Some(shorter) = text.get(..end) {
                let _any = Columns::parse(shorter);
            }
            let mut other = text.clone().into_bytes();
            other[end] ^= 1;
            let _any = Columns::parse(&String::from_utf8_lossy(&other));
        }
    }
}
