//! Collects every mistake of a call, so that the user sees all of them at once, and writes them
//! down as `compile_error!`s.

use proc_macro2::TokenStream;
use quote::quote_spanned;

use crate::ast::{Place, Quoted};

/// The mistakes found so far.
#[derive(Default)]
pub(crate) struct Report {
    mistakes: Vec<(Place, String)>,
}

impl Report {
    /// Notes a mistake: a sentence that says what to write instead.
    pub(crate) fn error(&mut self, place: &Place, sentence: impl Into<String>) {
        self.mistakes.push((place.clone(), sentence.into()));
    }

    pub(crate) fn len(&self) -> usize {
        self.mistakes.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.mistakes.is_empty()
    }

    /// The message of every mistake.
    pub(crate) fn messages(&self) -> impl Iterator<Item = String> {
        self.mistakes.iter().map(|(place, sentence)| message(place, sentence))
    }

    /// One `compile_error!` for every mistake, each at its place.
    pub(crate) fn compile_errors(&self) -> TokenStream {
        (self.mistakes.iter().zip(self.messages()))
            .map(|((place, _), message)| {
                quote_spanned!(place.span=> ::core::compile_error! { #message })
            })
            .collect()
    }
}

/// The sentence; below it, if the place is in a string literal, the line with a caret drawn under
/// the characters that are meant.
fn message(place: &Place, sentence: &str) -> String {
    let Some(Quoted { text, range }) = &place.quoted else { return sentence.to_owned() };
    if range.len() == text.len() {
        return sentence.to_owned(); // the literal itself is shown
    }
    let line_start = text[..range.start].iter().rposition(|&c| c == '\n').map_or(0, |at| at + 1);
    let line: Vec<char> = text[line_start..].iter().copied().take_while(|&c| c != '\n').collect();
    let indent = line.iter().take_while(|c| c.is_whitespace()).count();
    let indent = indent.min(range.start - line_start);
    let shown: String = line[indent..].iter().map(|&c| if c == '\t' { ' ' } else { c }).collect();
    let before = range.start - line_start - indent;
    let carets = range.len().clamp(1, (line.len() + 1 - indent - before).max(1));
    format!(
        "{sentence}\n    {}\n    {}{}",
        shown.trim_end(),
        " ".repeat(before),
        "^".repeat(carets)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proc_macro2::Span;

    fn at(text: &str, range: std::ops::Range<usize>) -> Place {
        let text = text.chars().collect();
        Place { span: Span::call_site(), quoted: Some(Quoted { text, range }) }
    }

    #[test]
    fn carets_count_characters_and_not_bytes() {
        let shown = message(&at("dense(4→2, rleu)", 11..15), "unknown");
        assert_eq!(shown, "unknown\n    dense(4→2, rleu)\n               ^^^^");
    }

    #[test]
    fn only_the_line_of_the_mistake_is_shown_without_its_indentation() {
        let shown = message(&at("dense(4→2),\n    dens(2→1),\n", 16..20), "unknown");
        assert_eq!(shown, "unknown\n    dens(2→1),\n    ^^^^");
    }

    #[test]
    fn a_place_behind_the_text_is_a_single_caret() {
        let shown = message(&at("ab", 2..2), "more");
        assert_eq!(shown, "more\n    ab\n      ^");
    }
}
