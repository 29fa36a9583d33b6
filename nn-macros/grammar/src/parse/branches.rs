//! `concat` and `heads`: parallel branches of a network.

use super::list::{Naming, layers};
use crate::ast::{Branch, Layers};
use crate::tokens::{
    Cursor, Delimiter, Name, Report, Token, option, place, split_at_commas, written,
};
use crate::vocabulary::Layer;

/// Reads `{ name: branch, … }` or `(branch, …)`, where a branch is one layer, or several in
/// parentheses. Messages call a branch a `what`.
pub(super) fn branches(
    layer: &Layer,
    what: &str,
    group: &Token,
    report: &mut Report,
) -> Vec<Branch<Layers>> {
    let kind = layer.word;
    let named = group.delimiter() == Some(Delimiter::Brace);
    let mistakes = report.len();
    let mut list = Vec::new();
    for (at, tokens) in split_at_commas(&group.inner).into_iter().enumerate() {
        let mut cursor = Cursor::new(tokens, report);
        let start = cursor.place().unwrap_or_else(|| group.place.clone());
        let written_name = cursor.name().filter(|_| cursor.name_follows());
        if let Some(name) = &written_name {
            if !named {
                let advice = format!(
                    "only branches in braces have names: `{kind} {{ {}: …, … }}`; leave the name \
                     out",
                    name.text
                );
                cursor.unexpected(advice);
            }
            cursor.at += 2;
        } else if named && !tokens.is_empty() {
            let advice = format!(
                "give this {what} a name, {}, or write parentheses instead of braces",
                layer.example
            );
            cursor.unexpected(advice);
        }
        let name = written_name.filter(|_| named);
        let name = name.unwrap_or_else(|| Name::numbered(what, at + 1, &start));
        let rest = cursor.rest();
        if let Some((option, _)) = option(rest) {
            let advice =
                format!("`{kind}` has no option `{option}`; leave `{}` out", written(rest));
            report.error(&place(rest), advice);
            continue;
        }
        let place = if rest.is_empty() { name.place.clone() } else { place(rest) };
        let mut layers = layers(rest, place, Naming::Inside, Some(name.plain()), report);
        if let [only] = &mut layers.list[..] {
            // Messages refer to a branch with a single layer by the branch's name.
            only.title.text = format!("{what} `{}`", name.plain());
        }
        if layers.list.is_empty() && !layers.incomplete {
            let advice = format!("write the layers of this {what}, {}", layer.example);
            report.error(&layers.place, advice);
            layers.incomplete = true;
        }
        list.push(Branch { name, layers });
    }
    if list.len() < 2 && report.len() == mistakes {
        let advice = format!("`{kind}` joins two or more {what}s, {}", layer.example);
        report.error(&group.place, advice);
    }
    list
}
