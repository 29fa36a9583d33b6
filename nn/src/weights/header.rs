//! The header of a safetensors file, read by the compiler: eight bytes with the length of a JSON object,
//! the object, then the numbers (<https://github.com/huggingface/safetensors>).
//!
//! The `safetensors` crate reads such a file at run time; constants need functions that are `const`.

use crate::text::equal;

/// A file whose header is an object; the rest is checked as it is read.
#[derive(Clone, Copy)]
pub(super) struct Header<'a> {
    json: &'a [u8],
    /// What follows the header.
    pub(super) data: &'a [u8],
}

/// What the header says of one tensor.
pub(super) struct Entry<'a> {
    pub(super) name: &'a [u8],
    pub(super) dtype: &'a [u8],
    shape: [usize; MOST_AXES],
    axes: usize,
    /// Where its bytes are in [`Header::data`].
    pub(super) begin: usize,
    pub(super) end: usize,
}

/// More axes than any parameter has.
const MOST_AXES: usize = 8;

impl Entry<'_> {
    pub(super) const fn shape(&self) -> &[usize] {
        self.shape.split_at(self.axes).0
    }
}

impl<'a> Header<'a> {
    /// # Panics
    ///
    /// If `file` does not begin as a safetensors file does.
    #[track_caller]
    pub(super) const fn of(file: &'a [u8]) -> Self {
        let Some((length, rest)) = file.split_first_chunk() else { panic!("{}", NO_SAFETENSORS) };
        let length = u64::from_le_bytes(*length);
        if length > rest.len() as u64 {
            panic!("{}", NO_SAFETENSORS);
        }
        let (json, data) = rest.split_at(length as usize);
        Self { json, data }
    }

    /// The tensors, one after the other.
    #[track_caller]
    pub(super) const fn entries(self) -> Entries<'a> {
        let mut scanner = Scanner { json: self.json, at: 0 };
        scanner.expect(b'{');
        Entries { scanner, data: self.data.len(), first: true }
    }

    /// The text that the file's metadata has under `key`, as JSON writes it.
    #[track_caller]
    pub(super) const fn metadata(self, key: &[u8]) -> Option<&'a [u8]> {
        let mut scanner = Scanner { json: self.json, at: 0 };
        if !scanner.enter(METADATA) {
            return None;
        }
        if scanner.enter(key) { Some(scanner.string()) } else { None }
    }
}

const NO_SAFETENSORS: &str = "the file is no safetensors file: it does not begin with a header as long as its \
                              first eight bytes say; write it with `save`, or with the safetensors library";
const METADATA: &[u8] = b"__metadata__";

/// See [`Header::entries`].
pub(super) struct Entries<'a> {
    scanner: Scanner<'a>,
    /// Bytes that there are for numbers.
    data: usize,
    first: bool,
}

impl<'a> Entries<'a> {
    #[track_caller]
    pub(super) const fn next(&mut self) -> Option<Entry<'a>> {
        loop {
            if self.scanner.takes(b'}') {
                return None;
            }
            if !self.first {
                self.scanner.expect(b',');
            }
            self.first = false;
            let name = self.scanner.string();
            self.scanner.expect(b':');
            if equal(name, METADATA) {
                self.scanner.skip();
            } else {
                return Some(self.entry(name));
            }
        }
    }

    #[track_caller]
    const fn entry(&mut self, name: &'a [u8]) -> Entry<'a> {
        let mut entry =
            Entry { name, dtype: b"", shape: [0; MOST_AXES], axes: 0, begin: 0, end: usize::MAX };
        let scanner = &mut self.scanner;
        scanner.expect(b'{');
        let mut first = true;
        while !scanner.takes(b'}') {
            if !first {
                scanner.expect(b',');
            }
            first = false;
            let key = scanner.string();
            scanner.expect(b':');
            if equal(key, b"dtype") {
                entry.dtype = scanner.string();
            } else if equal(key, b"shape") {
                scanner.expect(b'[');
                while !scanner.takes(b']') {
                    if entry.axes > 0 {
                        scanner.expect(b',');
                    }
                    assert!(
                        entry.axes < MOST_AXES,
                        "a tensor of the file has more than eight axes"
                    );
                    entry.shape[entry.axes] = scanner.number();
                    entry.axes += 1;
                }
            } else if equal(key, b"data_offsets") {
                scanner.expect(b'[');
                entry.begin = scanner.number();
                scanner.expect(b',');
                entry.end = scanner.number();
                scanner.expect(b']');
            } else {
                scanner.skip();
            }
        }
        assert!(
            entry.begin <= entry.end && entry.end <= self.data,
            "a tensor of the file lies outside of it: the file was cut or changed; copy or save it again"
        );
        entry
    }
}

/// Reads JSON from left to right.
#[derive(Clone, Copy)]
struct Scanner<'a> {
    json: &'a [u8],
    at: usize,
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

    /// Goes on if `c` follows.
    const fn takes(&mut self, c: u8) -> bool {
        let follows = self.peek() == c;
        if follows {
            self.at += 1;
        }
        follows
    }

    #[track_caller]
    const fn expect(&mut self, c: u8) {
        if !self.takes(c) {
            panic!(
                "the file's header is not the JSON that safetensors files have; save the file again"
            );
        }
    }

    /// What stands between the quotes, escapes as they are.
    #[track_caller]
    const fn string(&mut self) -> &'a [u8] {
        self.expect(b'"');
        let start = self.at;
        while self.at < self.json.len() && self.json[self.at] != b'"' {
            self.at += if self.json[self.at] == b'\\' { 2 } else { 1 };
        }
        let end = if self.at < self.json.len() { self.at } else { self.json.len() };
        self.expect(b'"');
        self.json.split_at(end).0.split_at(start).1
    }

    #[track_caller]
    const fn number(&mut self) -> usize {
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
                None => panic!("a number of the file's header is too large; save the file again"),
            };
            digits += 1;
            self.at += 1;
            c = if self.at < self.json.len() { self.json[self.at] } else { 0 };
        }
        if digits == 0 {
            self.expect(b'0'); // the message for what is not JSON
        }
        number
    }

    /// Goes behind a value of any kind.
    #[track_caller]
    const fn skip(&mut self) {
        let mut depth = 0;
        loop {
            match self.peek() {
                b'"' => {
                    self.string();
                }
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                }
                b'}' | b']' => {
                    depth -= 1;
                    self.at += 1;
                }
                0 => self.expect(b'}'),
                b',' | b':' if depth > 0 => self.at += 1,
                _ => {
                    while !matches!(self.peek(), 0 | b',' | b']' | b'}') {
                        self.at += 1;
                    }
                }
            }
            if depth == 0 {
                return;
            }
        }
    }

    /// Goes into the object that follows, up to the value of `key`; false if there is none.
    #[track_caller]
    const fn enter(&mut self, key: &[u8]) -> bool {
        self.expect(b'{');
        let mut first = true;
        while !self.takes(b'}') {
            if !first {
                self.expect(b',');
            }
            first = false;
            let found = self.string();
            self.expect(b':');
            if equal(found, key) {
                return true;
            }
            self.skip();
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(json: &str, data: usize) -> Vec<u8> {
        let mut file = (json.len() as u64).to_le_bytes().to_vec();
        file.extend_from_slice(json.as_bytes());
        file.resize(file.len() + data, 0);
        file
    }

    fn names(json: &str, data: usize) -> Vec<String> {
        let file = file(json, data);
        let mut entries = Header::of(&file).entries();
        std::iter::from_fn(|| {
            entries.next().map(|e| {
                let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
                format!("{} {} {:?} {}..{}", text(e.name), text(e.dtype), e.shape(), e.begin, e.end)
            })
        })
        .collect()
    }

    #[test]
    fn tensors_and_metadata_are_found_among_blanks_and_unknown_keys() {
        let json = r#" { "a.weight" : {"shape":[2 , 3],"dtype":"F32", "more":[{"x":[]},-1.5e3,null,"]}"],
            "data_offsets":[ 4,28 ] }, "__metadata__":{"y":"\"}","architecture":"dense(2 -> 3)"},
            "b":{"dtype":"F64","shape":[],"data_offsets":[0,4]}}"#;
        assert_eq!(names(json, 28), ["a.weight F32 [2, 3] 4..28", "b F64 [] 0..4"]);
        let file = file(json, 28);
        let header = Header::of(&file);
        assert_eq!(header.metadata(b"architecture"), Some(&b"dense(2 -> 3)"[..]));
        assert_eq!(header.metadata(b"y"), Some(&br#"\"}"#[..]));
        assert_eq!(header.metadata(b"none"), None);
        assert!(names("{}", 0).is_empty());
    }

    #[test]
    #[should_panic(expected = "is no safetensors file")]
    fn a_short_file_is_refused() {
        Header::of(&[1, 2, 3]);
    }

    #[test]
    #[should_panic(expected = "is no safetensors file")]
    fn a_header_beyond_the_end_is_refused() {
        Header::of(&u64::MAX.to_le_bytes());
    }

    #[test]
    #[should_panic(expected = "lies outside of it")]
    fn a_tensor_beyond_the_end_is_refused() {
        names(r#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 3);
    }

    #[test]
    #[should_panic(expected = "not the JSON")]
    fn what_is_no_json_is_refused() {
        names(r#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,x]}}"#, 3);
    }

    #[test]
    #[should_panic(expected = "not the JSON")]
    fn an_unfinished_header_is_refused() {
        names(r#"{"a":{"dtype":"F32","shape":[1"#, 3);
    }

    #[test]
    #[should_panic(expected = "too large")]
    fn a_number_that_overflows_is_refused() {
        names(r#"{"a":{"shape":[99999999999999999999]}}"#, 3);
    }
}
