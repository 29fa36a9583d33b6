//! JSON, as far as the header of a safetensors file needs it, and no laxer than JSON is.

use super::Fault;
use super::quoted::{Quoted, escape};

/// Lists and objects inside of each other in a value that is skipped; the safetensors library takes 125.
pub(crate) const MOST_NESTED: usize = 100;

/// Digits that a number may have before its point when it is skipped, the exponent counted: `f64`, which the
/// safetensors library reads it as, ends at 309.
const MOST_DIGITS: usize = 300;

/// Reads JSON from left to right.
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

    /// The next character that is no blank; 0 at the end.
    const fn peek(&mut self) -> u8 {
        while matches!(self.here(), b' ' | b'\n' | b'\r' | b'\t') {
            self.at += 1;
        }
        self.here()
    }

    /// Is there nothing left but blanks?
    pub(super) const fn is_at_end(&mut self) -> bool {
        self.peek() == 0 && self.at == self.json.len()
    }

    /// Goes on if `c` follows.
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

    /// Goes into a list or an object, which begins with `c`.
    pub(super) const fn open(&mut self, c: u8) -> Result<(), Fault> {
        if self.takes(c) { Ok(()) } else { Err(self.other()) }
    }

    /// Does a list or an object have one more item, or does it end with `close`?
    pub(super) const fn has_item(&mut self, first: bool, close: u8) -> Result<bool, Fault> {
        if self.takes(close) {
            return Ok(false);
        }
        if !first {
            ok!(self.expect(b','));
        }
        Ok(true)
    }

    /// The key of an object's item, up to its value.
    pub(super) const fn key(&mut self) -> Result<Quoted<'a>, Fault> {
        if self.peek() != b'"' {
            return Err(Fault::Json);
        }
        let key = ok!(self.string());
        ok!(self.expect(b':'));
        Ok(key)
    }

    /// What is wrong where a value of another kind was expected.
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
                // The end, too.
                0..b' ' => return Err(Fault::Json),
                _ => self.at += 1,
            }
        }
        let end = self.at;
        self.at += 1;
        Ok(Quoted(self.json.split_at(end).0.split_at(start).1))
    }

    /// A whole number from 0.
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

    /// Goes behind a number; whether it has neither sign nor fraction nor exponent.
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

    /// Goes behind digits, of which there must be one; how many there are.
    const fn digits(&mut self) -> Result<usize, Fault> {
        let start = self.at;
        while self.here().is_ascii_digit() {
            self.at += 1;
        }
        if self.at == start { Err(Fault::Json) } else { Ok(self.at - start) }
    }

    /// Goes behind this word.
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

    /// Goes behind a value of any kind.
    pub(super) const fn skip(&mut self) -> Result<(), Fault> {
        // Of the lists and objects that we are in: which are objects, the innermost in the lowest bit.
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
            // Behind a value: the next one, or the end of what it is in.
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
