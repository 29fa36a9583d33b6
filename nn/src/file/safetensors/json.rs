//! JSON, as far as the header of a safetensors file needs it.

use super::Fault;
use crate::text::equal;

/// Reads JSON from left to right.
#[derive(Clone, Copy)]
pub(super) struct Scanner<'a> {
    pub(super) json: &'a [u8],
    pub(super) at: usize,
}

impl<'a> Scanner<'a> {
    /// The next character that is no blank; 0 at the end.
    const fn peek(&mut self) -> u8 {
        while self.at < self.json.len()
            && matches!(self.json[self.at], b' ' | b'\n' | b'\r' | b'\t')
        {
            self.at += 1;
        }
        if self.at < self.json.len() { self.json[self.at] } else { 0 }
    }

    /// Is there nothing left but blanks?
    pub(super) const fn is_at_end(&mut self) -> bool {
        self.peek() == 0 && self.at == self.json.len()
    }

    /// Goes on if `c` follows.
    pub(super) const fn takes(&mut self, c: u8) -> bool {
        let follows = self.peek() == c;
        if follows {
            self.at += 1;
        }
        follows
    }

    pub(super) const fn expect(&mut self, c: u8) -> Result<(), Fault> {
        if self.takes(c) { Ok(()) } else { Err(Fault::Json) }
    }

    /// What stands between the quotes, escapes as they are.
    pub(super) const fn string(&mut self) -> Result<&'a [u8], Fault> {
        ok!(self.expect(b'"'));
        let start = self.at;
        while self.at < self.json.len() && self.json[self.at] != b'"' {
            if self.json[self.at] < b' ' {
                return Err(Fault::Json);
            }
            self.at += if self.json[self.at] == b'\\' { 2 } else { 1 };
        }
        if self.at >= self.json.len() {
            return Err(Fault::Json);
        }
        let end = self.at;
        self.at += 1;
        Ok(self.json.split_at(end).0.split_at(start).1)
    }

    pub(super) const fn number(&mut self) -> Result<usize, Fault> {
        let mut number: usize = 0;
        let mut digits = 0;
        let mut c = self.peek();
        while c.is_ascii_digit() {
            let next = match number.checked_mul(10) {
                Some(tens) => tens.checked_add((c - b'0') as usize),
                None => None,
            };
            number = match next {
                Some(number) => number,
                None => return Err(Fault::Number),
            };
            digits += 1;
            self.at += 1;
            c = if self.at < self.json.len() { self.json[self.at] } else { 0 };
        }
        if digits == 0 { Err(Fault::Json) } else { Ok(number) }
    }

    /// Goes behind a value of any kind.
    pub(super) const fn skip(&mut self) -> Result<(), Fault> {
        let mut depth: usize = 0;
        loop {
            match self.peek() {
                b'"' => {
                    ok!(self.string());
                }
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                }
                b'}' | b']' if depth > 0 => {
                    depth -= 1;
                    self.at += 1;
                }
                b',' | b':' if depth > 0 => self.at += 1,
                0 | b',' | b':' | b'}' | b']' => return Err(Fault::Json),
                _ => {
                    while !matches!(self.peek(), 0 | b',' | b']' | b'}') {
                        self.at += 1;
                    }
                }
            }
            if depth == 0 {
                return Ok(());
            }
        }
    }

    /// Goes behind an object of texts.
    pub(super) const fn texts(&mut self) -> Result<(), Fault> {
        ok!(self.expect(b'{'));
        let mut first = true;
        while !self.takes(b'}') {
            if !first {
                ok!(self.expect(b','));
            }
            first = false;
            ok!(self.string());
            ok!(self.expect(b':'));
            ok!(self.string());
        }
        Ok(())
    }

    /// Goes into the object that follows, up to the value of `key`; false if there is none.
    pub(super) const fn enter(&mut self, key: &[u8]) -> Result<bool, Fault> {
        ok!(self.expect(b'{'));
        let mut first = true;
        while !self.takes(b'}') {
            if !first {
                ok!(self.expect(b','));
            }
            first = false;
            let found = ok!(self.string());
            ok!(self.expect(b':'));
            if equal(found, key) {
                return Ok(true);
            }
            ok!(self.skip());
        }
        Ok(false)
    }
}

/// What a JSON string says, given what stands between its quotes.
#[cfg(feature = "std")]
pub(crate) fn unescaped(text: &[u8]) -> Result<String, Fault> {
    let text = str::from_utf8(text).map_err(|_| Fault::Json)?;
    let (mut string, mut rest) = (String::new(), text.chars());
    while let Some(character) = rest.next() {
        string.push(match character {
            '\\' => escaped(&mut rest).ok_or(Fault::Json)?,
            _ => character,
        });
    }
    Ok(string)
}

/// The character that an escape stands for, given what follows its backslash.
#[cfg(feature = "std")]
fn escaped(rest: &mut core::str::Chars<'_>) -> Option<char> {
    let unit = |rest: &mut core::str::Chars<'_>| -> Option<u32> {
        let digits = rest.as_str().get(..4)?;
        *rest = rest.as_str()[4..].chars();
        digits.chars().try_fold(0, |unit, digit| Some(16 * unit + digit.to_digit(16)?))
    };
    match rest.next()? {
        character @ ('"' | '\\' | '/') => Some(character),
        'b' => Some('\x08'),
        'f' => Some('\x0c'),
        'n' => Some('\n'),
        'r' => Some('\r'),
        't' => Some('\t'),
        'u' => match unit(rest)? {
            // The first half of a character beyond the first 65,536, whose other half follows.
            high @ 0xd800..0xdc00 => {
                *rest = rest.as_str().strip_prefix("\\u")?.chars();
                let low = unit(rest)?.checked_sub(0xdc00).filter(|low| *low < 0x400)?;
                char::from_u32(0x1_0000 + ((high - 0xd800) << 10) + low)
            }
            unit => char::from_u32(unit),
        },
        _ => None,
    }
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use super::*;

    #[test]
    fn escapes_say_what_json_says() {
        let text = |bytes: &str| unescaped(bytes.as_bytes());
        let all = r#"a\"\\\/\b\f\n\r\t\u00e9\u2192\ud83d\ude00→"#;
        assert_eq!(text(all).unwrap(), "a\"\\/\u{8}\u{c}\n\r\té→😀→");
        for wrong in [r"\x", r"\u12", r"\u12g4", r"\ud83d", r"\ud83d\u0041", r"\ude00", "\\"] {
            assert_eq!(text(wrong), Err(Fault::Json), "{wrong}");
        }
        assert_eq!(unescaped(&[0xff]), Err(Fault::Json));
    }
}
