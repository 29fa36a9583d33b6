//! The header of a safetensors file: eight bytes with the length of a JSON object, the object, then the
//! numbers (<https://github.com/huggingface/safetensors>).
//!
//! The functions are `const`, because the compiler reads the weights of a `static` with them; that is also
//! why this is not left to the `safetensors` crate, which the tests compare with.

#[macro_use]
mod fault;
mod json;

pub(crate) use fault::Fault;
use json::Scanner;
#[cfg(feature = "std")]
pub(crate) use json::unescaped;

use crate::text::equal;

/// A file whose header is an object; the rest is checked as it is read.
#[derive(Clone, Copy)]
pub(crate) struct Header<'a> {
    json: &'a [u8],
    /// What follows the header.
    pub(crate) data: &'a [u8],
}

/// What the header says of one tensor. Its texts are as JSON writes them, between the quotes.
pub(crate) struct Entry<'a> {
    pub(crate) name: &'a [u8],
    pub(crate) dtype: &'a [u8],
    shape: [usize; MOST_AXES],
    axes: usize,
    /// Where its bytes are in [`Header::data`].
    pub(crate) begin: usize,
    pub(crate) end: usize,
}

/// More axes than any parameter has.
const MOST_AXES: usize = 8;

impl Entry<'_> {
    pub(crate) const fn shape(&self) -> &[usize] {
        self.shape.split_at(self.axes).0
    }
}

impl<'a> Header<'a> {
    pub(crate) const fn of(file: &'a [u8]) -> Result<Self, Fault> {
        let Some((length, rest)) = file.split_first_chunk() else { return Err(Fault::Start) };
        let length = u64::from_le_bytes(*length);
        if length > rest.len() as u64 {
            return Err(Fault::Start);
        }
        let (json, data) = rest.split_at(length as usize);
        Ok(Self { json, data })
    }

    /// The tensors, one after the other.
    pub(crate) const fn entries(self) -> Result<Entries<'a>, Fault> {
        let mut scanner = Scanner { json: self.json, at: 0 };
        ok!(scanner.expect(b'{'));
        Ok(Entries { scanner, data: self.data.len(), first: true })
    }

    /// How many bytes of numbers there should be: where the last tensor ends.
    #[cfg(feature = "std")]
    pub(crate) fn described(self) -> Result<usize, Fault> {
        let mut entries = Entries { data: usize::MAX, ..self.entries()? };
        let mut end = 0;
        while let Some(entry) = entries.next()? {
            end = entry.end.max(end);
        }
        Ok(end)
    }

    /// The text that the file's metadata has under `key`, as JSON writes it.
    pub(crate) const fn metadata(self, key: &[u8]) -> Result<Option<&'a [u8]>, Fault> {
        let mut scanner = Scanner { json: self.json, at: 0 };
        if !ok!(scanner.enter(METADATA)) {
            return Ok(None);
        }
        if !ok!(scanner.enter(key)) {
            return Ok(None);
        }
        Ok(Some(ok!(scanner.string())))
    }
}

const METADATA: &[u8] = b"__metadata__";

/// See [`Header::entries`].
pub(crate) struct Entries<'a> {
    scanner: Scanner<'a>,
    /// Bytes that there may be of numbers.
    data: usize,
    first: bool,
}

impl<'a> Entries<'a> {
    pub(crate) const fn next(&mut self) -> Result<Option<Entry<'a>>, Fault> {
        loop {
            if self.scanner.takes(b'}') {
                return if self.scanner.is_at_end() { Ok(None) } else { Err(Fault::Json) };
            }
            if !self.first {
                ok!(self.scanner.expect(b','));
            }
            self.first = false;
            let name = ok!(self.scanner.string());
            ok!(self.scanner.expect(b':'));
            if equal(name, METADATA) {
                ok!(self.scanner.texts());
            } else {
                return Ok(Some(ok!(self.entry(name))));
            }
        }
    }

    const fn entry(&mut self, name: &'a [u8]) -> Result<Entry<'a>, Fault> {
        let mut entry =
            Entry { name, dtype: b"", shape: [0; MOST_AXES], axes: 0, begin: 0, end: 0 };
        let scanner = &mut self.scanner;
        ok!(scanner.expect(b'{'));
        let mut first = true;
        let mut fields = [0; 3];
        while !scanner.takes(b'}') {
            if !first {
                ok!(scanner.expect(b','));
            }
            first = false;
            let key = ok!(scanner.string());
            ok!(scanner.expect(b':'));
            if equal(key, b"dtype") {
                fields[0] += 1;
                entry.dtype = ok!(scanner.string());
            } else if equal(key, b"shape") {
                fields[1] += 1;
                ok!(scanner.expect(b'['));
                entry.axes = 0;
                while !scanner.takes(b']') {
                    if entry.axes > 0 {
                        ok!(scanner.expect(b','));
                    }
                    if entry.axes == MOST_AXES {
                        return Err(Fault::Axes);
                    }
                    entry.shape[entry.axes] = ok!(scanner.number());
                    entry.axes += 1;
                }
            } else if equal(key, b"data_offsets") {
                fields[2] += 1;
                ok!(scanner.expect(b'['));
                entry.begin = ok!(scanner.number());
                ok!(scanner.expect(b','));
                entry.end = ok!(scanner.number());
                ok!(scanner.expect(b']'));
            } else {
                ok!(scanner.skip());
            }
        }
        if !matches!(fields, [1, 1, 1]) {
            return Err(Fault::Json);
        }
        if entry.begin > entry.end || entry.end > self.data {
            return Err(Fault::Outside);
        }
        Ok(entry)
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

    fn names(json: &str, data: usize) -> Result<Vec<String>, Fault> {
        let file = file(json, data);
        let mut entries = Header::of(&file)?.entries()?;
        let mut names = Vec::new();
        while let Some(e) = entries.next()? {
            let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
            let (name, dtype) = (text(e.name), text(e.dtype));
            names.push(format!("{name} {dtype} {:?} {}..{}", e.shape(), e.begin, e.end));
        }
        Ok(names)
    }

    #[test]
    fn tensors_and_metadata_are_found_among_blanks_and_unknown_keys() {
        let json = r#" { "a.weight" : {"shape":[2 , 3],"dtype":"F32", "more":[{"x":[]},-1.5e3,null,"]}"],
            "data_offsets":[ 4,28 ] }, "__metadata__":{"y":"\"}","architecture":"dense(2 -> 3)"},
            "b":{"dtype":"F64","shape":[],"data_offsets":[0,4]}}  "#;
        assert_eq!(names(json, 28).unwrap(), ["a.weight F32 [2, 3] 4..28", "b F64 [] 0..4"]);
        let file = file(json, 28);
        let header = Header::of(&file).unwrap();
        assert_eq!(header.metadata(b"architecture"), Ok(Some(&b"dense(2 -> 3)"[..])));
        assert_eq!(header.metadata(b"y"), Ok(Some(&br#"\"}"#[..])));
        assert_eq!(header.metadata(b"none"), Ok(None));
        assert!(names("{}", 0).unwrap().is_empty());
    }

    #[test]
    fn what_is_no_header_is_refused() {
        let start = |file| Header::of(file).map(|_| ()).unwrap_err();
        assert_eq!(start(&[1, 2, 3]), Fault::Start);
        assert_eq!(start(&u64::MAX.to_le_bytes()), Fault::Start);
    }

    #[test]
    fn every_fault_is_found() {
        let tensor =
            |json: &str| names(&format!(r#"{{"a":{{"dtype":"F32",{json}"#), 3).unwrap_err();
        assert_eq!(tensor(r#""shape":[1],"data_offsets":[0,4]}}"#), Fault::Outside);
        assert_eq!(tensor(r#""shape":[1],"data_offsets":[2,1]}}"#), Fault::Outside);
        assert_eq!(tensor(r#""shape":[1]}}"#), Fault::Json);
        assert_eq!(tensor(r#""shape":[1],"shape":[1],"data_offsets":[0,3]}}"#), Fault::Json);
        assert_eq!(tensor(r#""shape":[1],"data_offsets":[0,x]}}"#), Fault::Json);
        assert_eq!(tensor(r#""shape":[1"#), Fault::Json);
        assert_eq!(tensor(r#""shape":[1],"data_offsets":[0,3]}} more"#), Fault::Json);
        assert_eq!(tensor(r#""x":,"data_offsets":[0,3]}}"#), Fault::Json);
        assert_eq!(tensor(r#""x":}}"#), Fault::Json);
        assert_eq!(tensor(r#""x":"\"#), Fault::Json);
        assert_eq!(tensor(r#""shape":[99999999999999999999]}}"#), Fault::Number);
        assert_eq!(tensor(r#""shape":[1,1,1,1,1,1,1,1,1]}}"#), Fault::Axes);
        assert_eq!(names("hello", 0).unwrap_err(), Fault::Json);
        assert_eq!(names(r#"{"__metadata__":{"format":3}}"#, 0).unwrap_err(), Fault::Json);
        assert_eq!(names("{\"__metadata__\":{\"a\":\"\n\"}}", 0).unwrap_err(), Fault::Json);
    }
}
