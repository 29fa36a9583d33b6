//! Rust source as words and signs with their lines: without comments, documentation and tests.

/// A word, a sign or a literal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Token<'a> {
    /// As written. A string includes its quotes, so that it is never confused with a name.
    pub(crate) text: &'a str,
    pub(crate) line: usize,
}

impl Token<'_> {
    pub(crate) fn is_name(&self) -> bool {
        self.text.starts_with(|c: char| c.is_alphabetic() || c == '_')
    }
}

pub(crate) fn tokens(source: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let (mut rest, mut line) = (source, 1);
    while !rest.is_empty() {
        let (text, after) = rest.split_at(length(rest));
        let is_comment = text.starts_with("//") || text.starts_with("/*");
        if !is_comment && !text.trim().is_empty() {
            let name = text.strip_prefix("r#").filter(|name| !name.contains('"'));
            tokens.push(Token { text: name.unwrap_or(text), line });
        }
        line += text.matches('\n').count();
        rest = after;
    }
    tokens
}

/// The bytes of the first token of `rest`; white space and comments are tokens here.
fn length(rest: &str) -> usize {
    let ends = |position: Option<usize>| position.unwrap_or(rest.len());
    let first = rest.chars().next().map_or(0, char::len_utf8);
    let word = |from: usize| {
        let end = rest[from..].find(|c: char| !(c.is_alphanumeric() || c == '_'));
        end.map_or(rest.len(), |end| from + end)
    };
    match rest.as_bytes() {
        [b'/', b'/', ..] => ends(rest.find('\n')),
        [b'/', b'*', ..] => block_comment(rest),
        [b':', b':', ..] => 2,
        [b'"', ..] => string(rest, 0),
        [b'\'', b'\\', ..] => {
            ends(rest[2..].char_indices().skip(1).find(|c| c.1 == '\'').map(|c| c.0 + 3))
        }
        [b'\'', ..] => character_or_lifetime(rest, word(1)),
        [b'r', b'#', c, ..] if c.is_ascii_alphabetic() => word(2),
        _ if rest.starts_with(char::is_whitespace) => ends(rest.find(|c: char| !c.is_whitespace())),
        _ => match word(0) {
            0 => first,
            len if matches!(&rest[..len], "b" | "c" | "r" | "br" | "cr") => string_after(rest, len),
            len => len,
        },
    }
}

/// Block comments nest.
fn block_comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        match &rest.as_bytes()[at..] {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at
}

/// A string with escapes whose opening quote is at `quote`.
fn string(rest: &str, quote: usize) -> usize {
    let mut escaped = false;
    for (at, byte) in rest.bytes().enumerate().skip(quote + 1) {
        match byte {
            b'"' if !escaped => return at + 1,
            b'\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    rest.len()
}

/// A literal or a name that begins with `b`, `c`, `r`, `br` or `cr`, `prefix` bytes long.
fn string_after(rest: &str, prefix: usize) -> usize {
    let after = &rest[prefix..];
    let hashes = after.bytes().take_while(|&byte| byte == b'#').count();
    if after[hashes..].starts_with('"') && rest[..prefix].ends_with('r') {
        let end = format!("\"{}", "#".repeat(hashes));
        let from = prefix + hashes + 1;
        return rest[from..].find(&end).map_or(rest.len(), |at| from + at + end.len());
    }
    if after.starts_with('"') { string(rest, prefix) } else { prefix }
}

/// `'x'` or `'a`, a name that ends at `name`.
fn character_or_lifetime(rest: &str, name: usize) -> usize {
    let character = rest[1..].chars().next().map_or(1, |c| 1 + c.len_utf8());
    if rest[character..].starts_with('\'') { character + 1 } else { name.max(1) }
}

/// The tokens without code that is compiled for tests only, and the names of modules in separate
/// files that are.
pub(crate) fn without_tests(tokens: Vec<Token<'_>>) -> (Vec<Token<'_>>, Vec<&str>) {
    let (mut kept, mut modules) = (Vec::new(), Vec::new());
    let mut rest = tokens.as_slice();
    while !rest.is_empty() {
        let attribute = attribute(rest);
        if is_for_tests(&rest[..attribute]) {
            if rest[1].text == "!" {
                return (Vec::new(), modules); // the whole file
            }
            let mut begin = attribute;
            while rest[begin..].first().is_some_and(|token| token.text == "#") {
                begin += self::attribute(&rest[begin..]);
            }
            let item = &rest[begin..begin + item(&rest[begin..])];
            if let [.., word, name, end] = item
                && word.text == "mod"
                && end.text == ";"
            {
                modules.push(name.text);
            }
            rest = &rest[begin + item.len()..];
        } else {
            let len = attribute.max(1);
            kept.extend_from_slice(&rest[..len]);
            rest = &rest[len..];
        }
    }
    (kept, modules)
}

/// How many tokens the attribute has that `rest` begins with, if any.
fn attribute(rest: &[Token<'_>]) -> usize {
    match rest {
        [hash, open, ..] if hash.text == "#" && open.text == "[" => 1 + group(&rest[1..]),
        [hash, not, open, ..] if hash.text == "#" && not.text == "!" && open.text == "[" => {
            2 + group(&rest[2..])
        }
        _ => 0,
    }
}

fn is_for_tests(attribute: &[Token<'_>]) -> bool {
    let has = |word| attribute.iter().any(|token| token.text == word);
    has("cfg") && has("test") && !has("not") && !has("any")
}

/// The tokens from an opening bracket to the closing one.
fn group(rest: &[Token<'_>]) -> usize {
    let mut depth = 0;
    for (at, token) in rest.iter().enumerate() {
        match token.text {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at + 1;
        }
    }
    rest.len()
}

/// The tokens of the item, statement or field that `rest` begins with.
fn item(rest: &[Token<'_>]) -> usize {
    let words: Vec<_> = rest.iter().take(8).map(|token| token.text).collect();
    let is = |word| words.contains(&word);
    let ends_at_brace = !(is("use") || is("let") || is("static") || is("const") && !is("fn"));
    let mut at = 0;
    while at < rest.len() {
        match rest[at].text {
            ";" | "," => return at + 1,
            ")" | "]" | "}" => return at, // the end of what the item is in
            "{" if ends_at_brace => return at + group(&rest[at..]),
            "(" | "[" | "{" => at += group(&rest[at..]),
            _ => at += 1,
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(source: &str) -> Vec<&str> {
        tokens(source).iter().map(|token| token.text).collect()
    }

    #[test]
    fn comments_and_documentation_are_no_tokens() {
        let source = "a // crate::b\n/* crate::c /* d */ e */ f\n/// crate::g\n//! h\ni";
        assert_eq!(texts(source), ["a", "f", "i"]);
        assert_eq!(tokens(source).last().map(|token| token.line), Some(5));
    }

    #[test]
    fn strings_and_characters_hide_no_code() {
        assert_eq!(texts(r##"a "// \" b" c"##), ["a", r##""// \" b""##, "c"]);
        assert_eq!(texts(r###"r#"crate::a "b"# c"###), [r###"r#"crate::a "b"#"###, "c"]);
        assert_eq!(
            texts(r#"'"' 'a b'\'' '\\' c br"\" d"#),
            [r#"'"'"#, "'a", "b", r"'\''", r"'\\'", "c", r#"br"\""#, "d"]
        );
        assert_eq!(texts("r#type::x"), ["type", "::", "x"]);
    }

    #[test]
    fn what_is_for_tests_is_left_out() {
        let source = "
            #[cfg(test)] use a::{b, c};
            #[cfg(test)] #[path = \"x.rs\"] pub(crate) mod tests;
            #[cfg(all(test, feature = \"std\"))] mod more { fn x() { d } }
            #[cfg(test)] pub(super) const fn e<const N: usize>() -> [u8; 3] { f }
            #[cfg(not(test))] fn g() {}
            struct H { #[cfg(test)] i: I, j: J }";
        let (kept, modules) = without_tests(tokens(source));
        let kept: Vec<_> = kept.iter().map(|token| token.text).collect();
        assert_eq!(kept.join(" "), "# [ cfg ( not ( test ) ) ] fn g ( ) { } struct H { j : J }");
        assert_eq!(modules, ["tests"]);
        assert_eq!(without_tests(tokens("#![cfg(test)] a")), (vec![], vec![]));
    }
}
