//! The report, which collects all mistakes of a declaration, so that the user sees them at once.

use super::place::{Place, Quoted};
use super::shape::{Shape, expression, last_of_path};
use super::token::{Kind, Name, Token, sign};

/// The mistakes found so far, and the words that an editor may complete.
#[derive(Debug, Default)]
pub struct Report {
    /// Whether names denote numbers that are known when the text is read (at run time), instead of
    /// constants of a program.
    pub(crate) names_are_numbers: bool,
    mistakes: Vec<(Place, String)>,
    mentions: Vec<Mention>,
}

/// A word of the declaration for editors, even if it is unknown or incomplete.
///
/// To complete a word, an editor compares the expansion with that of a declaration in which the
/// word is longer. Both expansions must be equal up to that word. The macro therefore writes all
/// mentions first, including one for each missing word.
#[derive(Debug)]
pub enum Mention {
    /// A word of one of the lists; `None` where one is missing.
    Word(List, Option<Name>),
    /// A user-defined type.
    Type(Vec<Token>),
    /// A width that is not a literal; `None` where one is missing.
    Width(Option<Vec<Token>>),
}

/// A list of words.
#[derive(Clone, Copy, Debug)]
pub enum List {
    /// Layers.
    Layer,
    /// Activations.
    Activation,
    /// Initializers.
    Initializer,
}

impl Report {
    /// A report about a text that is read at run time.
    pub(crate) fn at_run_time() -> Self {
        Report { names_are_numbers: true, ..Report::default() }
    }

    /// Whether it is about such a text.
    pub(crate) fn is_at_run_time(&self) -> bool {
        self.names_are_numbers
    }

    /// Adds a mistake: a sentence that says what to write instead.
    pub fn error(&mut self, place: &Place, sentence: impl Into<String>) {
        self.mistakes.push((place.clone(), sentence.into()));
    }

    /// Adds a mention of a word of this list at `place`, or of a missing word. Texts are skipped,
    /// since editors do not read them.
    pub(crate) fn mention(&mut self, list: List, word: Option<Name>, place: &Place) {
        let is_word = word.as_ref().is_none_or(|word| super::is_name(&word.text));
        if place.quoted.is_none() && is_word {
            self.mentions.push(Mention::Word(list, word));
        }
    }

    /// Adds a mention of a user-defined type.
    pub(crate) fn mention_type(&mut self, tokens: &[Token], place: &Place) {
        let tokens = finished(tokens);
        if place.quoted.is_none() && last_of_path(&tokens).is_some() {
            self.mentions.push(Mention::Type(tokens));
        }
    }

    /// Adds a mention of a width, or of a missing width.
    pub(crate) fn mention_width(&mut self, tokens: Option<&[Token]>, place: &Place) {
        let tokens = tokens.map(finished);
        let is_expression = |tokens: &Vec<Token>| {
            expression(tokens).is_some_and(|shape| !matches!(shape, Shape::Opaque))
        };
        if place.quoted.is_none() && tokens.as_ref().is_none_or(is_expression) {
            self.mentions.push(Mention::Width(tokens));
        }
    }

    /// The number of mistakes.
    pub fn len(&self) -> usize {
        self.mistakes.len()
    }

    /// Whether there is no mistake.
    pub fn is_empty(&self) -> bool {
        self.mistakes.is_empty()
    }

    /// All mistakes: the place and the sentence, followed by the line and carets if the place is in
    /// a text.
    pub fn mistakes(&self) -> impl Iterator<Item = (&Place, String)> {
        self.mistakes.iter().map(|(place, sentence)| (place, message(place, sentence)))
    }

    /// The words of the declaration, in the order in which they are written.
    pub fn mentions(&self) -> &[Mention] {
        &self.mentions
    }
}

/// Completes `my::`, which is not a path, to `my::missing`.
fn finished(tokens: &[Token]) -> Vec<Token> {
    let mut tokens = tokens.to_vec();
    if tokens.last().and_then(sign) == Some(':') {
        tokens.push(Token::new(Kind::Word("missing".to_owned()), Place::default()));
    }
    tokens
}

/// The sentence. If the place is in a string literal or a file, the line follows, with carets under
/// the characters at fault.
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
    use super::super::place::Text;
    use super::*;

    fn at(text: &str, range: std::ops::Range<usize>, file: Option<&str>) -> Place {
        Place { quoted: Some(Quoted { text: Text::new(text, file), range }), ..Place::default() }
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
