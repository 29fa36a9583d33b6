//! Collects every mistake of a call, so that the user sees all of them at once, and writes them
//! down as `compile_error!`s.

use proc_macro2::{TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use syn::{Expr, TypePath};

use crate::place::{Place, Quoted};

/// The mistakes found so far.
#[derive(Default)]
pub(crate) struct Report {
    mistakes: Vec<(Place, String)>,
    /// The words of the declaration as paths, in items of their own.
    anchors: Vec<TokenStream>,
}

impl Report {
    /// Notes a mistake: a sentence that says what to write instead.
    pub(crate) fn error(&mut self, place: &Place, sentence: impl Into<String>) {
        self.mistakes.push((place.clone(), sentence.into()));
    }

    /// Keeps the path that a word of the user's stands for where an editor finds it, whatever becomes of
    /// the word, known or not, finished or not; the compiler does not see it.
    ///
    /// To complete a word an editor compares the expansion with that of a declaration in which the word is
    /// longer. So the same must stand before it in both: all such paths stand first, and there is one for
    /// what is missing, too.
    pub(crate) fn anchor(&mut self, place: &Place, path: TokenStream) {
        let path = finished(path);
        if place.quoted.is_none() && syn::parse2::<TypePath>(path.clone()).is_ok() {
            self.anchors.push(quote! {
                #[cfg(rust_analyzer)]
                const _: ::core::option::Option<#path> = ::core::option::Option::None;
            });
        }
    }

    /// The same of the path of a number.
    pub(crate) fn anchor_width(&mut self, place: &Place, path: TokenStream) {
        let path = finished(path);
        if place.quoted.is_none() && syn::parse2::<Expr>(path.clone()).is_ok() {
            self.anchors.push(quote! {
                #[cfg(rust_analyzer)]
                const _: ::core::primitive::usize = #path;
            });
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
        quote!(#(#errors)*)
    }

    /// What only an editor sees: see [`anchor`](Self::anchor).
    pub(crate) fn anchors(&self) -> TokenStream {
        let anchors = &self.anchors;
        quote! {
            #[allow(unexpected_cfgs)]
            const _: () = {
                #(#anchors)*
            };
        }
    }
}

/// `my::missing` for `my::`, which is no path.
fn finished(mut path: TokenStream) -> TokenStream {
    let last = path.clone().into_iter().last();
    if matches!(last, Some(TokenTree::Punct(colon)) if colon.as_char() == ':') {
        path.extend(quote!(missing));
    }
    path
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
