//! Text built in constants: tables of layers, and compile-time messages.

/// A buffer of bytes and its filled length. Text that does not fit is truncated, between
/// characters.
#[derive(Debug)]
pub(crate) struct Text<const CAPACITY: usize> {
    bytes: [u8; CAPACITY],
    len: usize,
    /// Whether it only counts bytes and writes none.
    counts: bool,
    /// A hash of the text that did not fit; [`EMPTY`] if all did.
    beyond: u64,
}

/// The hash of no bytes (FNV-1a).
const EMPTY: u64 = 0xcbf2_9ce4_8422_2325;

/// Returns the hash extended by a byte.
const fn hash(before: u64, byte: u8) -> u64 {
    (before ^ byte as u64).wrapping_mul(0x100_0000_01b3)
}

/// A text with the capacity of an error message.
pub(crate) type Message = Text<1024>;

impl<const CAPACITY: usize> Text<CAPACITY> {
    pub(crate) const fn new() -> Self {
        Self { bytes: [0; CAPACITY], len: 0, counts: false, beyond: EMPTY }
    }

    /// Creates a text that only counts its length, at a fraction of the compile time.
    pub(crate) const fn counting() -> Self {
        Self { bytes: [0; CAPACITY], len: 0, counts: true, beyond: EMPTY }
    }

    pub(crate) const fn as_str(&self) -> &str {
        match str::from_utf8(self.bytes.split_at(self.len).0) {
            Ok(text) => text,
            Err(error) => match str::from_utf8(self.bytes.split_at(error.valid_up_to()).0) {
                Ok(text) => text,
                Err(_) => panic!("the bytes before the first error are valid UTF-8"),
            },
        }
    }

    /// Number of bytes that are filled.
    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    /// Truncates to the first `len` bytes.
    pub(crate) const fn cut(&mut self, len: usize) {
        if len < self.len {
            self.len = len;
        }
    }

    /// Appends blanks up to the position `end`, if the text is shorter.
    pub(crate) const fn push_blanks(&mut self, end: usize) {
        const BLANKS: &[u8] = &[b' '; 32];
        while self.len < end && self.len < CAPACITY {
            let missing = end - self.len;
            self.push_bytes(match BLANKS.split_at_checked(missing) {
                Some((blanks, _)) => blanks,
                None => BLANKS,
            });
        }
    }

    pub(crate) const fn push(&mut self, text: &str) {
        self.push_bytes(text.as_bytes());
    }

    /// Appends bytes that should be UTF-8. [`Text::as_str`] ends at the first invalid byte.
    pub(crate) const fn push_bytes(&mut self, bytes: &[u8]) {
        /// From this length on a copy takes the compiler less time than a loop.
        const LONG: usize = 24;
        let room = CAPACITY - self.len;
        let len = if bytes.len() < room { bytes.len() } else { room };
        if self.counts {
            self.len += len;
        } else if len < LONG {
            let mut at = 0;
            while at < len {
                self.bytes[self.len + at] = bytes[at];
                at += 1;
            }
            self.len += len;
        } else {
            let free = self.bytes.split_at_mut(self.len).1;
            free.split_at_mut(len).0.copy_from_slice(bytes.split_at(len).0);
            self.len += len;
        }
        let mut at = len;
        while at < bytes.len() {
            self.beyond = hash(self.beyond, bytes[at]);
            at += 1;
        }
    }

    /// Returns the text unchanged if all of it fits. Otherwise truncates it and appends a hash of
    /// the rest, so that texts with different rests differ. A few more words fit after it.
    pub(crate) const fn sealed(mut self) -> Self {
        /// Bytes for the hash and a few words.
        const SEAL: usize = 128;
        if self.beyond == EMPTY {
            return self;
        }
        // Between characters.
        let mut end = CAPACITY - SEAL;
        while end > 0 && self.bytes[end] & 0b1100_0000 == 0b1000_0000 {
            end -= 1;
        }
        let mut at = end;
        while at < self.len {
            self.beyond = hash(self.beyond, self.bytes[at]);
            at += 1;
        }
        self.len = end;
        self.push("…#");
        self.push_number((self.beyond >> 32) as usize, "");
        self.push("-");
        self.push_number((self.beyond & 0xffff_ffff) as usize, "");
        self
    }

    /// Appends an integer, with `separator` between groups of three digits.
    pub(crate) const fn push_number(&mut self, number: usize, separator: &str) {
        // Digits from last to first, written backward from the end of this buffer.
        let mut reversed = [0; 20];
        let (mut rest, mut first) = (number, reversed.len());
        loop {
            first -= 1;
            reversed[first] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        if separator.is_empty() || number < 1000 {
            self.push_bytes(reversed.split_at(first).1);
            return;
        }
        while first < reversed.len() {
            self.push_bytes(&[reversed[first]]);
            first += 1;
            let left = reversed.len() - first;
            if left > 0 && left.is_multiple_of(3) {
                self.push(separator);
            }
        }
    }

    /// Returns the text with `text` appended, or dots if it does not fit.
    pub(crate) const fn text(mut self, text: &str) -> Self {
        self.push(if self.len + text.len() + 3 > CAPACITY { "..." } else { text });
        self
    }

    /// Returns the text with bytes appended that should be UTF-8.
    pub(crate) const fn bytes(mut self, bytes: &[u8]) -> Self {
        self.push_bytes(bytes);
        self
    }

    /// Returns the text with a number appended.
    pub(crate) const fn number(mut self, number: usize) -> Self {
        self.push_number(number, "");
        self
    }

    /// Returns the text with a shape such as `[784, 128]` appended.
    pub(crate) const fn shape(mut self, shape: &[usize]) -> Self {
        self.push("[");
        let mut axis = 0;
        while axis < shape.len() {
            if axis > 0 {
                self.push(", ");
            }
            self.push_number(shape[axis], "");
            axis += 1;
        }
        self.push("]");
        self
    }
}

/// Whether two texts are equal.
pub(crate) const fn equal(a: &[u8], b: &[u8]) -> bool {
    let mut at = 0;
    while at < a.len() && at < b.len() && a[at] == b[at] {
        at += 1;
    }
    at == a.len() && at == b.len()
}

/// Number of decimal digits.
pub(crate) const fn digits(number: usize) -> usize {
    match number.checked_ilog10() {
        Some(log) => log as usize + 1,
        None => 1,
    }
}

/// Returns the first characters of a text, with `…` for the rest.
#[cfg(feature = "std")]
pub(crate) fn cut(text: &str, longest: usize) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if line.chars().count() <= longest {
        return line;
    }
    line.chars().take(longest.saturating_sub(1)).chain(['…']).collect()
}

/// Returns a bar that fills the fraction `share` of `width` characters, in steps of an eighth.
#[cfg(feature = "std")]
pub(crate) fn bar(share: f64, width: usize) -> String {
    const PARTS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let eighths = (share.clamp(0.0, 1.0) * width as f64 * 8.0).round() as usize;
    "█".repeat(eighths / 8) + PARTS[eighths % 8]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_put_together() {
        const TEXT: Message =
            Message::new().text("é ").number(0).text(" ").shape(&[784, 10]).shape(&[]);
        assert_eq!(TEXT.as_str(), "é 0 [784, 10][]");
        let mut text = Message::new();
        text.push_number(usize::MAX, "");
        assert_eq!(text.as_str(), usize::MAX.to_string());
        let mut text = Message::new();
        text.push_number(1_234_567, ",");
        text.push_number(999, ",");
        assert_eq!((text.as_str(), text.len()), ("1,234,567999", 12));
    }

    #[test]
    fn sealed_texts_differ_where_what_did_not_fit_does() {
        let sealed =
            |text: &str| Text::<256>::new().bytes(text.as_bytes()).sealed().as_str().to_owned();
        let (fits, long) = ("é".repeat(128), "é".repeat(129));
        assert_eq!(sealed(&fits), fits);
        let seen = [
            sealed(&long),
            sealed(&(long.clone() + "a")),
            sealed(&(long.clone() + "b")),
            sealed(&(fits.clone() + "ab")),
            sealed(&(fits.replacen("éé", "ab", 1) + "éa")),
            sealed(&(fits[..250].to_owned() + "xéé" + "ab")),
        ];
        for (i, one) in seen.iter().enumerate() {
            assert!(one.len() < 192 && one.contains("…#"), "{one}");
            assert!(seen[..i].iter().all(|other| other != one), "{one}");
        }
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        let cut = |bytes: &[u8]| Text::<5>::new().bytes(bytes).as_str().to_owned();
        assert_eq!(cut("aé€xyz".as_bytes()), "aé");
        assert_eq!(cut(b"ab\xffc"), "ab");
        assert_eq!(Text::<9>::new().text("aé").text("long").number(7).as_str(), "aé...7");
    }
}
