//! Collects every mistake of a call, so that the user sees all of them at once, and writes them
//! down as `compile_error!`s.

use proc_macro2::{TokenStream, TokenTree};
use quote::{quote, quote_spanned};

use crate::place::{Place, Quoted};

/// The mistakes found so far.
#[derive(Default)]
pub(crate) struct Report {
    mistakes: Vec<(Place, String)>,
    /// Words that are not known or not finished, as paths.
    unfinished: Vec<TokenStream>,
}

impl Report {
    /// Notes a mistake: a sentence that says what to write instead.
    pub(crate) fn error(&mut self, place: &Place, sentence: impl Into<String>) {
        self.mistakes.push((place.clone(), sentence.into()));
    }

    /// Keeps the path of a word that means nothing (yet) in the expansion, where an editor looks it
    /// up to complete it; the compiler does not see it.
    pub(crate) fn unfinished(&mut self, path: TokenStream) {
        let mut trees: Vec<TokenTree> = path.into_iter().collect();
        while matches!(trees.last(), Some(TokenTree::Punct(_))) {
            trees.pop(); // `my::` is no type, `my` is one
        }
        let path: TokenStream = trees.into_iter().collect();
        if syn::parse2::<syn::TypePath>(path.clone()).is_ok() {
            self.unfinished.push(path);
        }
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

    /// One `compile_error!` for every mistake, each at its place, in the order of the source.
    pub(crate) fn compile_errors(&mut self) -> TokenStream {
        self.mistakes.sort_by_key(|(place, _)| place.order());
        let errors = self.mistakes.iter().zip(self.messages()).map(|((place, _), message)| {
            // The compiler shows what lies between the spans of a macro's first and last token.
            let message = quote_spanned!(place.end=> { #message });
            quote_spanned!(place.span=> ::core::compile_error! #message)
        });
        let unfinished = self.unfinished.iter();
        let unfinished = (!self.unfinished.is_empty()).then(|| {
            quote! {
                #[allow(unexpected_cfgs)]
                const _: () = {
                    #(#[cfg(rust_analyzer)] const _: ::core::option::Option<#unfinished> =
                        ::core::option::Option::None;)*
                };
            }
        });
        quote!(#(#errors)* #unfinished)
    }
}

/// The sentence; below it, if the place is in a string literal or a file, the line with a caret
/// drawn under the characters that are meant.
fn message(place: &Place, sentence: &str) -> String {
    let Some(Quoted { text, range }) = &place.quoted else { return sentence.to_owned() };
    let chars = &text.chars;
    if range.len() == chars.len() && text.file.is_none() {
        return sentence.to_owned(); // the literal itself is shown
    }
    let start = range.start.min(chars.len());
    let line_start = chars[..start].iter().rposition(|&c| c == '\n').map_or(0, |at| at + 1);
    let line: Vec<char> = chars[line_start..].iter().copied().take_while(|&c| c != '\n').collect();
    let indent = match text.file {
        Some(_) => 0,
        None => line.iter().take_while(|c| c.is_whitespace()).count().min(start - line_start),
    };
    let shown: String = line[indent..].iter().map(|&c| if c == '\t' { ' ' } else { c }).collect();
    let shown = shown.trim_end();
    let before = start - line_start - indent;
    let carets = range.len().clamp(1, (line.len() + 1 - indent - before).max(1));
    let carets = format!("{}{}", " ".repeat(before), "^".repeat(carets));
    let Some(file) = &text.file else { return format!("{sentence}\n    {shown}\n    {carets}") };
    let number = chars[..start].iter().filter(|&&c| c == '\n').count() + 1;
    let column = start - line_start + 1;
    let margin = " ".repeat(number.to_string().len());
    let shown = format!("{number} | {shown}");
    format!(
        "{sentence}\n{margin}--> {file}:{number}:{column}\n{margin} |\n{}\n{margin} | {carets}",
        shown.trim_end()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place::Text;
    use proc_macro2::Span;
    use std::rc::Rc;

    fn at(text: &str, range: std::ops::Range<usize>, file: Option<&str>) -> Place {
        let text = Rc::new(Text { chars: text.chars().collect(), file: file.map(str::to_owned) });
        let span = Span::call_site();
        Place { span, end: span, quoted: Some(Quoted { text, range }) }
    }

    #[test]
    fn carets_count_characters_and_not_bytes() {
        let shown = message(&at("dense(4→2, rleu)", 11..15, None), "unknown");
        assert_eq!(shown, "unknown\n    dense(4→2, rleu)\n               ^^^^");
    }

    #[test]
    fn only_the_line_of_the_mistake_is_shown_without_its_indentation() {
        let shown = message(&at("dense(4→2),\n    dens(2→1),\n", 16..20, None), "unknown");
        assert_eq!(shown, "unknown\n    dens(2→1),\n    ^^^^");
    }

    #[test]
    fn a_place_behind_the_text_is_a_single_caret() {
        let shown = message(&at("ab", 2..2, None), "more");
        assert_eq!(shown, "more\n    ab\n      ^");
    }

    #[test]
    fn a_file_is_shown_with_its_name_and_the_line_as_it_is() {
        let shown = message(&at("dense(4→2),\n  dens(2→1),\n", 14..18, Some("a.net")), "unknown");
        assert_eq!(shown, "unknown\n --> a.net:2:3\n  |\n2 |   dens(2→1),\n  |   ^^^^");
    }
}
