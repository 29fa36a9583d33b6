//! JSON strings in their escaped form, and their decoded text.

use core::cmp::Ordering;

/// A JSON string without its quotes, in escaped form. The scanner has checked it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Quoted<'a>(pub(super) &'a [u8]);

impl<'a> Quoted<'a> {
    /// Returns whether the decoded text is `plain`: `"\u0061"` is `a`.
    pub(crate) const fn says(self, plain: &[u8]) -> bool {
        let (mut a, mut at) = (Said::by(self), 0);
        while let Some(byte) = a.next() {
            if at == plain.len() || plain[at] != byte {
                return false;
            }
            at += 1;
        }
        at == plain.len()
    }

    /// Returns whether the decoded text begins with `plain`.
    pub(crate) const fn begins(self, plain: &[u8]) -> bool {
        let (mut a, mut at) = (Said::by(self), 0);
        while at < plain.len() {
            match a.next() {
                Some(byte) if byte == plain[at] => at += 1,
                _ => return false,
            }
        }
        true
    }

    /// Compares two decoded texts.
    pub(crate) const fn order(self, other: Self) -> Ordering {
        let (mut a, mut b) = (Said::by(self), Said::by(other));
        loop {
            match (a.next(), b.next()) {
                (None, None) => return Ordering::Equal,
                (None, _) => return Ordering::Less,
                (_, None) => return Ordering::Greater,
                (Some(a), Some(b)) if a < b => return Ordering::Less,
                (Some(a), Some(b)) if a > b => return Ordering::Greater,
                _ => {}
            }
        }
    }

    /// The escaped form, as in the file.
    pub(crate) const fn written(self) -> &'a [u8] {
        self.0
    }

    /// The decoded text.
    #[cfg(feature = "std")]
    pub(crate) fn text(self) -> String {
        let (mut said, mut bytes) = (Said::by(self), Vec::with_capacity(self.0.len()));
        while let Some(byte) = said.next() {
            bytes.push(byte);
        }
        // The header is UTF-8, and so are decoded escapes.
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

/// The decoded text of a string, byte by byte.
pub(crate) struct Said<'a> {
    text: &'a [u8],
    at: usize,
    /// The last escape's character in UTF-8; its remaining bytes are at the end.
    escaped: [u8; 4],
    from: usize,
    to: usize,
}

impl<'a> Said<'a> {
    pub(crate) const fn by(text: Quoted<'a>) -> Self {
        Said { text: text.0, at: 0, escaped: [0; 4], from: 0, to: 0 }
    }

    pub(crate) const fn next(&mut self) -> Option<u8> {
        if self.from == self.to {
            if self.at == self.text.len() {
                return None;
            }
            let byte = self.text[self.at];
            if byte != b'\\' {
                self.at += 1;
                return Some(byte);
            }
            match escape(self.text, self.at) {
                Some((character, length)) => {
                    self.at += length;
                    self.from = 0;
                    self.to = character.encode_utf8(&mut self.escaped).len();
                }
                None => panic!("the scanner has checked all escapes"),
            }
        }
        self.from += 1;
        Some(self.escaped[self.from - 1])
    }
}

/// The character of the escape at `at`, and the number of bytes of the escape.
pub(super) const fn escape(text: &[u8], at: usize) -> Option<(char, usize)> {
    if at + 1 >= text.len() {
        return None;
    }
    let character = match text[at + 1] {
        b'"' => '"',
        b'\\' => '\\',
        b'/' => '/',
        b'b' => '\x08',
        b'f' => '\x0c',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => return code(text, at),
        _ => return None,
    };
    Some((character, 2))
}

/// The same for `\u00e9`, and for two of them if the character is beyond the first 65,536.
const fn code(text: &[u8], at: usize) -> Option<(char, usize)> {
    let Some(unit) = unit(text, at) else { return None };
    if unit < 0xd800 || unit >= 0xdc00 {
        return match char::from_u32(unit) {
            Some(character) => Some((character, 6)),
            None => None,
        };
    }
    match self::unit(text, at + 6) {
        Some(low @ 0xdc00..0xe000) => {
            match char::from_u32(0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00)) {
                Some(character) => Some((character, 12)),
                None => None,
            }
        }
        _ => None,
    }
}

/// The number in `\u00e9`.
const fn unit(text: &[u8], at: usize) -> Option<u32> {
    if at + 6 > text.len() || text[at] != b'\\' || text[at + 1] != b'u' {
        return None;
    }
    let (mut unit, mut place) = (0, at + 2);
    while place < at + 6 {
        let digit = match text[place] {
            c @ b'0'..=b'9' => c - b'0',
            c @ b'a'..=b'f' => c - b'a' + 10,
            c @ b'A'..=b'F' => c - b'A' + 10,
            _ => return None,
        };
        unit = 16 * unit + digit as u32;
        place += 1;
    }
    Some(unit)
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use super::super::Fault;
    use super::super::json::Scanner;
    use super::*;

    fn text(between: &str) -> Result<String, Fault> {
        let json = format!("\"{between}\"");
        let mut scanner = Scanner { json: json.as_bytes(), at: 0 };
        let quoted = scanner.string()?;
        assert_eq!(scanner.at, json.len(), "{between}");
        let text = quoted.text();
        assert!(quoted.says(text.as_bytes()));
        assert!(!quoted.says(format!("{text}x").as_bytes()));
        assert!(text.is_empty() || !quoted.says(&text.as_bytes()[..text.len() - 1]));
        Ok(text)
    }

    #[test]
    fn escapes_say_what_json_says() {
        let all = r#"a\"\\\/\b\f\n\r\t\u00e9\u2192\ud83d\ude00→"#;
        assert_eq!(text(all).unwrap(), "a\"\\/\u{8}\u{c}\n\r\té→😀→");
        for wrong in [r"\x", r"\u12", r"\u12g4", r"\u+123", r"\ud83d", r"\ud83d\u0041", r"\ude00"] {
            assert_eq!(text(wrong), Err(Fault::Json), "{wrong}");
        }
    }

    #[test]
    fn strings_have_the_order_of_what_they_say() {
        let order =
            |a: &'static str, b: &'static str| Quoted(a.as_bytes()).order(Quoted(b.as_bytes()));
        assert_eq!(order(r"\u0061b", "ab"), Ordering::Equal);
        assert_eq!(order("a", "ab"), Ordering::Less);
        assert_eq!(order("b", "ab"), Ordering::Greater);
        assert_eq!(order(r"\u00e9", "z"), Ordering::Greater);
        assert_eq!(order("", ""), Ordering::Equal);
    }
}
