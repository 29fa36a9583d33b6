//! `concat` and `heads`: several ways through a network, side by side.

use proc_macro2::{Delimiter, TokenTree};
use syn::ext::IdentExt;

use crate::ast::{Branch, Layers};
use crate::cursor::Cursor;
use crate::layers::{Naming, layers, numbered};
use crate::report::Report;
use crate::token::{Token, place, punct, split_at_commas, written};
use crate::unit::example;

/// `{ name: branch, … }` or `(branch, …)`, where a branch is a layer or several in parentheses.
pub(crate) fn branches(kind: &str, what: &str, group: &Token, report: &mut Report) -> Vec<Branch> {
    let named = matches!(&group.tree, TokenTree::Group(g) if g.delimiter() == Delimiter::Brace);
    let mistakes = report.len();
    let mut list: Vec<Branch> = Vec::new();
    for (at, tokens) in split_at_commas(&group.inner).into_iter().enumerate() {
        let mut cursor = Cursor::new(tokens, report);
        let start = cursor.place().unwrap_or_else(|| group.place.clone());
        let (name, name_place) = match cursor.word(0) {
            Some(name) if cursor.name_follows() => {
                if !named {
                    let advice = format!(
                        "only what stands in braces has names: `{kind} {{ {name}: …, … }}`; leave \
                         the name out"
                    );
                    cursor.unexpected(advice);
                }
                cursor.at += 2;
                if named { (name.clone(), start) } else { (numbered(what, at + 1, &start), start) }
            }
            _ => {
                if named && !tokens.is_empty() {
                    let advice = format!(
                        "give this {what} a name, {}, or write parentheses in place of the braces",
                        example(kind)
                    );
                    cursor.unexpected(advice);
                }
                (numbered(what, at + 1, &start), start)
            }
        };
        let rest = cursor.rest();
        let owner = name.unraw().to_string();
        if rest.is_empty() {
            let advice = format!("write the layers of this {what}, {}", example(kind));
            report.error(&name_place, advice);
        }
        if let [Token { tree: TokenTree::Ident(option), .. }, equals, ..] = rest
            && punct(equals) == Some('=')
        {
            let advice =
                format!("`{kind}` has no option `{option}`; leave `{}` out", written(rest));
            report.error(&place(rest), advice);
            continue;
        }
        let place = if rest.is_empty() { name_place.clone() } else { place(rest) };
        let layers = layers(rest, place, Naming::Inside, Some(&owner), report);
        list.push(Branch { name, name_place, layers: titled(layers, &owner, what) });
    }
    if list.len() < 2 && report.len() == mistakes {
        let advice = format!("`{kind}` joins two or more {what}s, {}", example(kind));
        report.error(&group.place, advice);
    }
    list
}

/// A branch that is a single layer is called by the branch's name.
fn titled(mut layers: Layers, owner: &str, what: &str) -> Layers {
    if let [only] = &mut layers.list[..] {
        only.title = format!("{what} `{owner}`");
    }
    layers
}
