//! The mapping between the compiler's tokens and those of the grammar: a table indexed by token
//! number.

use nn_grammar::tokens::{
    Delimiter, Kind, MOST_NESTED, Name, Place, Token, is_expression, is_loose,
};
use proc_macro2::{Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};

/// The compiler's information about the tokens of one call. Number 0 is the call itself.
pub(crate) struct Source {
    /// The path of `nn`.
    root: TokenStream,
    entries: Vec<Entry>,
    /// The first brackets that are nested too deeply, which are skipped.
    too_nested: Option<Place>,
}

/// A token, or one of the brackets of a group.
struct Entry {
    span: Span,
    tree: Option<TokenTree>,
}

impl Source {
    /// Reads the tokens of a call into a table.
    pub(crate) fn read(root: TokenStream, stream: TokenStream) -> (Source, Vec<Token>) {
        let mut source = Source { root, entries: Vec::new(), too_nested: None };
        source.push(Span::call_site(), None);
        let tokens = source.tokens_of(stream, 0);
        (source, tokens)
    }

    /// The path of `nn` where the macro is called.
    pub(crate) fn root(&self) -> &TokenStream {
        &self.root
    }

    fn push(&mut self, span: Span, tree: Option<TokenTree>) -> usize {
        self.entries.push(Entry { span, tree });
        self.entries.len() - 1
    }

    /// Converts the tokens at nesting depth `depth`.
    fn tokens_of(&mut self, stream: TokenStream, depth: usize) -> Vec<Token> {
        stream.into_iter().flat_map(|tree| self.tokens_of_tree(tree, depth)).collect()
    }

    fn tokens_of_tree(&mut self, tree: TokenTree, depth: usize) -> Vec<Token> {
        let place = Place::of(self.push(tree.span(), Some(tree.clone())));
        let kind = match tree {
            TokenTree::Ident(ident) => Kind::Word(ident.to_string()),
            TokenTree::Literal(literal) => Kind::Literal(literal.to_string()),
            TokenTree::Punct(punct) => {
                Kind::Sign { sign: punct.as_char(), joint: punct.spacing() == Spacing::Joint }
            }
            TokenTree::Group(group) => {
                self.push(group.span_open(), None);
                self.push(group.span_close(), None);
                if depth == MOST_NESTED {
                    self.too_nested.get_or_insert_with(|| place.clone());
                    return vec![Token::new(Kind::Literal("1".to_owned()), place)]; // anything
                }
                let inner = self.tokens_of(group.stream(), depth + 1);
                let delimiter = match group.delimiter() {
                    proc_macro2::Delimiter::Parenthesis => Delimiter::Parenthesis,
                    proc_macro2::Delimiter::Bracket => Delimiter::Bracket,
                    proc_macro2::Delimiter::Brace => Delimiter::Brace,
                    // A macro's `$width` arrives in invisible brackets. They matter only where they
                    // hold an expression together.
                    proc_macro2::Delimiter::None if is_loose(&inner) => return inner,
                    proc_macro2::Delimiter::None => Delimiter::None,
                };
                return vec![Token { inner, ..Token::new(Kind::Group(delimiter), place) }];
            }
        };
        vec![Token::new(kind, place)]
    }

    /// The place of brackets that are nested too deeply, if any.
    pub(crate) fn too_nested(&self) -> Option<&Place> {
        self.too_nested.as_ref()
    }

    /// The start of a place.
    pub(crate) fn span(&self, place: &Place) -> Span {
        self.entries[place.first].span
    }

    /// The end of a place.
    pub(crate) fn end(&self, place: &Place) -> Span {
        self.entries[place.last].span
    }

    /// A sort key by the order in the source.
    pub(crate) fn order(&self, place: &Place) -> (usize, usize, usize) {
        // Outside the compiler, in tests, spans have no positions.
        let (line, column) = match proc_macro::is_available() {
            true => {
                let span = self.span(place).unwrap();
                (span.line(), span.column())
            }
            false => (0, 0),
        };
        (line, column, place.quoted.as_ref().map_or(0, |quoted| quoted.range.start))
    }

    /// A name as the compiler's identifier.
    pub(crate) fn ident(&self, name: &Name) -> Ident {
        let span = self.span(&name.place);
        let span = if name.made_up { Span::call_site().located_at(span) } else { span };
        ident(&name.text, span)
    }

    /// The compiler's tokens.
    pub(crate) fn tokens(&self, tokens: &[Token]) -> TokenStream {
        tokens.iter().map(|token| self.tree(token)).collect()
    }

    /// The compiler's own token, or a new one at the literal that holds the text.
    fn tree(&self, token: &Token) -> TokenTree {
        let entry = &self.entries[token.place.first];
        let bound = has_invisible(token);
        if let (None, Some(tree), false) = (&token.place.quoted, &entry.tree, bound) {
            return tree.clone();
        }
        let mut tree = match &token.kind {
            Kind::Word(word) => return ident(word, entry.span).into(),
            Kind::Literal(literal) => match literal.parse::<Literal>() {
                Ok(literal) => literal.into(),
                Err(_) => Literal::string(literal).into(),
            },
            Kind::Sign { sign, joint } => {
                let spacing = if *joint { Spacing::Joint } else { Spacing::Alone };
                Punct::new(*sign, spacing).into()
            }
            Kind::Group(delimiter) => {
                let delimiter = match delimiter {
                    Delimiter::Parenthesis => proc_macro2::Delimiter::Parenthesis,
                    Delimiter::Bracket => proc_macro2::Delimiter::Bracket,
                    Delimiter::Brace => proc_macro2::Delimiter::Brace,
                    // The compiler ignores invisible brackets in the output of a procedural macro,
                    // and would read `$a * 2` with `$a` = `1 + 1` as `1 + 1 * 2`. Parentheses
                    // without a place in the source do not trigger its lint for needless
                    // parentheses.
                    Delimiter::None if is_expression(&token.inner) => {
                        let inner = self.tokens(&token.inner);
                        return Group::new(proc_macro2::Delimiter::Parenthesis, inner).into();
                    }
                    Delimiter::None => proc_macro2::Delimiter::None,
                };
                TokenTree::Group(Group::new(delimiter, self.tokens(&token.inner)))
            }
        };
        tree.set_span(entry.span);
        tree
    }
}

/// Whether the token contains invisible brackets.
fn has_invisible(token: &Token) -> bool {
    token.kind == Kind::Group(Delimiter::None) || token.inner.iter().any(has_invisible)
}

fn ident(text: &str, span: Span) -> Ident {
    match text.strip_prefix("r#") {
        Some(raw) => Ident::new_raw(raw, span),
        None => Ident::new(text, span),
    }
}
