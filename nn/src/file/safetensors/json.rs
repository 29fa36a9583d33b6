//! A JSON parser for the header of a safetensors file, as strict as JSON.

use super::Fault;
use super::quoted::{Quoted, escape};

/// Deepest nesting of arrays and objects in a skipped value; the safetensors library accepts 125.
pub(crate) const MOST_NESTED: usize = 100;

/// Most digits before the point of a skipped number, including the exponent. The safetensors
/// library reads it as `f64`, which ends at 309.
const MOST_DIGITS: usize = 300;

/// Parses JSON from left to right.
#[derive(Clone, Copy)]
pub(super) struct Scanner<'a> {
    pub(super) json: &'a [u8],
    pub(super) at: usize,
}

impl<'a> Scanner<'a> {
    /// The next character; 0 at the end.
    const fn here(&self) -> u8 {
        if self.at < self.json.len() { self.json[self.at] } else { 0 }
    }

    /// The next non-blank character; 0 at the end.
    const fn peek(&mut self) -> u8 {
        while matches!(self.here(), b' ' | b'\n' | b'\r' | b'\t') {
            self.at += 1;
        }
        self.here()
    }

    /// Returns whether only blanks remain.
    pub(super) const fn is_at_end(&mut self) -> bool {
        self.peek() == 0 && self.at == self.json.len()
    }

    /// Skips `c` if it is next.
    const fn takes(&mut self, c: u8) -> bool {
        let follows = self.peek() == c;
        if follows {
            self.at += 1;
        }
        follows
    }

    const fn expect(&mut self, c: u8) -> Result<(), Fault> {
        if self.takes(c) { Ok(()) } else { Err(Fault::Json) }
    }

    /// Enters an array or an object, which begins with `c`.
    pub(super) const fn open(&mut self, c: u8) -> Result<(), Fault> {
        if self.takes(c) { Ok(()) } else { Err(self.other()) }
    }

    /// Returns whether an array or an object has another item or ends with `close`.
    pub(super) const fn has_item(&mut self, first: bool, close: u8) -> Result<bool, Fault> {
        if self.takes(close) {
            return Ok(false);
        }
        if !first {
            ok!(self.expect(b','));
        }
        Ok(true)
    }

    /// The key of an object's item; stops at its value.
    pub(super) const fn key(&mut self) -> Result<Quoted<'a>, Fault> {
        if self.peek() != b'"' {
            return Err(Fault::Json);
        }
        let key = ok!(self.string());
        ok!(self.expect(b':'));
        Ok(key)
    }

    /// The error for a value of an unexpected type.
    const fn other(&mut self) -> Fault {
        match self.skip() {
            Ok(()) => Fault::Kind,
            Err(fault) => fault,
        }
    }

    /// A string.
    pub(super) const fn string(&mut self) -> Result<Quoted<'a>, Fault> {
        if !self.takes(b'"') {
            return Err(self.other());
        }
        let start = self.at;
        loop {
            match self.here() {
                b'"' => break,
                b'\\' => match escape(self.json, self.at) {
                    Some((_, length)) => self.at += length,
                    None => return Err(Fault::Json),
                },
                // Also the end of the text.
                0..b' ' => return Err(Fault::Json),
                _ => self.at += 1,
            }
        }
        let end = self.at;
        self.at += 1;
        Ok(Quoted(self.json.split_at(end).0.split_at(start).1))
    }

    /// A nonnegative integer.
    pub(super) const fn number(&mut self) -> Result<usize, Fault> {
        if !matches!(self.peek(), b'-' | b'0'..=b'9') {
            return Err(self.other());
        }
        let start = self.at;
        if !ok!(self.numeral()) {
            return Err(Fault::Whole);
        }
        let (mut number, mut place): (usize, usize) = (0, start);
        while place < self.at {
            let next = match number.checked_mul(10) {
                Some(tens) => tens.checked_add((self.json[place] - b'0') as usize),
                None => None,
            };
            number = match next {
                Some(number) => number,
                None => return Err(Fault::Number),
            };
            place += 1;
        }
        Ok(number)
    }

    /// Skips a number. Returns whether it has no sign, fraction or exponent.
    const fn numeral(&mut self) -> Result<bool, Fault> {
        let mut plain = true;
        if self.here() == b'-' {
            plain = false;
            self.at += 1;
        }
        let zero = self.here() == b'0';
        let mut digits = ok!(self.digits());
        if zero && digits > 1 {
            return Err(Fault::Json);
        }
        if self.here() == b'.' {
            plain = false;
            self.at += 1;
            ok!(self.digits());
        }
        if matches!(self.here(), b'e' | b'E') {
            plain = false;
            self.at += 1;
            let negative = self.here() == b'-';
            if matches!(self.here(), b'-' | b'+') {
                self.at += 1;
            }
            let start = self.at;
            ok!(self.digits());
            let (mut exponent, mut place): (usize, usize) = (0, start);
            while place < self.at {
                exponent =
                    exponent.saturating_mul(10).saturating_add((self.json[place] - b'0') as usize);
                place += 1;
            }
            if !negative {
                digits = digits.saturating_add(exponent);
            }
        }
        if digits > MOST_DIGITS { Err(Fault::Number) } else { Ok(plain) }
    }

    /// Skips at least one digit and returns their number.
    const fn digits(&mut self) -> Result<usize, Fault> {
        let start = self.at;
        while self.here().is_ascii_digit() {
            self.at += 1;
        }
        if self.at == start { Err(Fault::Json) } else { Ok(self.at - start) }
    }

    /// Skips this word.
    const fn word(&mut self, word: &[u8]) -> Result<(), Fault> {
        let mut place = 0;
        while place < word.len() {
            if self.here() != word[place] {
                return Err(Fault::Json);
            }
            self.at += 1;
            place += 1;
        }
        Ok(())
    }

    /// Skips a value of any type.
    pub(super) const fn skip(&mut self) -> Result<(), Fault> {
        // One bit for each enclosing array or object, 1 for objects, the innermost lowest.
        let (mut objects, mut depth): (u128, usize) = (0, 0);
        loop {
            match self.peek() {
                b'"' => {
                    ok!(self.string());
                }
                b'-' | b'0'..=b'9' => {
                    ok!(self.numeral());
                }
                b't' => ok!(self.word(b"true")),
                b'f' => ok!(self.word(b"false")),
                b'n' => ok!(self.word(b"null")),
                open @ (b'{' | b'[') => {
                    if depth == MOST_NESTED {
                        return Err(Fault::Nested);
                    }
                    self.at += 1;
                    let is_object = open == b'{';
                    if !self.takes(if is_object { b'}' } else { b']' }) {
                        objects = objects << 1 | is_object as u128;
                        depth += 1;
                        if is_object {
                            ok!(self.key());
                        }
                        continue;
                    }
                }
                _ => return Err(Fault::Json),
            }
            // After a value: the next one, or the end of the enclosing array or object.
            loop {
                if depth == 0 {
                    return Ok(());
                }
                let is_object = objects & 1 == 1;
                if ok!(self.has_item(false, if is_object { b'}' } else { b']' })) {
                    if is_object {
                        ok!(self.key());
                    }
                    break;
                }
                objects >>= 1;
                depth -= 1;
            }
        }
    }
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use super::*;

    fn skipped(json: &str) -> Result<bool, Fault> {
        let mut scanner = Scanner { json: json.as_bytes(), at: 0 };
        scanner.skip()?;
        Ok(scanner.is_at_end())
    }

    #[test]
    fn values_are_skipped_as_json_has_them() {
        for json in [
            "0",
            "-0",
            "-1.5e3",
            "1E+2",
            "10.25",
            "true",
            "false",
            "null",
            "\"]}\"",
            "[]",
            "{}",
            "[ ]",
            r#"{"a":[1,{"b":{}},[[]]],"c":null}"#,
            "1e300000".get(..4).unwrap(),
            "1e-99999999999999999999",
        ] {
            assert_eq!(skipped(json), Ok(true), "{json}");
        }
        for json in [
            "",
            "00",
            "01",
            "+1",
            ".5",
            "1.",
            "1e",
            "1e+",
            "-",
            "tru",
            "nul",
            "abc",
            "[",
            "{",
            "[1,]",
            "[,1]",
            "[1 2]",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{1:2}",
            "[1}",
            "{\"a\":1]",
            "}",
            ",",
            "\"a",
            "\u{1}",
            "\"\u{1}\"",
        ] {
            assert_eq!(skipped(json), Err(Fault::Json), "{json}");
        }
        assert_eq!(skipped("truex"), Ok(false));
        assert_eq!(skipped("1e301"), Err(Fault::Number));
        assert_eq!(skipped(&"9".repeat(301)), Err(Fault::Number));
        let nested = |depth| "[".repeat(depth) + &"]".repeat(depth);
        assert_eq!(skipped(&nested(MOST_NESTED)), Ok(true));
        assert_eq!(skipped(&nested(MOST_NESTED + 1)), Err(Fault::Nested));
    }

    #[test]
    fn numbers_are_whole() {
        let number = |json: &str| Scanner { json: json.as_bytes(), at: 0 }.number();
        assert_eq!(number("0"), Ok(0));
        assert_eq!(number(&usize::MAX.to_string()), Ok(usize::MAX));
        for (json, fault) in [
            ("-0", Fault::Whole),
            ("1.0", Fault::Whole),
            ("1e2", Fault::Whole),
            ("00", Fault::Json),
            ("18446744073709551616", Fault::Number),
            ("\"1\"", Fault::Kind),
            ("null", Fault::Kind),
            ("x", Fault::Json),
        ] {
            assert_eq!(number(json), Err(fault), "{json}");
        }
    }
}
