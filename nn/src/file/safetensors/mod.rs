//! The header of a safetensors file. A file has eight bytes with the length of a JSON object, the
//! object, and the elements (<https://github.com/huggingface/safetensors>).
//!
//! The functions are `const`, because the compiler reads the weights of a `static` with them. This
//! is also why the `safetensors` crate is not used; the tests compare with it. Both readers of this
//! crate use this module, and they accept nothing that the `safetensors` crate refuses.

#[macro_use]
mod fault;
mod dtype;
mod json;
mod quoted;
mod tiling;

pub(crate) use dtype::{Real, from_bf16, from_f16};
pub(crate) use fault::Fault;
use json::Scanner;
pub(crate) use quoted::{Quoted, Said};
#[cfg(feature = "std")]
pub(crate) use tiling::described;
pub(crate) use tiling::{Misplaced, check, sort};

/// Longer headers are refused before they are read. Those of the largest models have a few MiB.
pub(crate) const MOST_HEADER: usize = 16 << 20;

/// Most axes of a tensor; parameters have fewer.
const MOST_AXES: usize = 8;

/// Most texts in the metadata; files have fewer.
const MOST_TEXTS: usize = 1024;

const METADATA: &[u8] = b"__metadata__";

/// A header in UTF-8. Everything else is checked while it is read.
#[derive(Clone, Copy)]
pub(crate) struct Header<'a> {
    json: &'a [u8],
}

/// The header's entry of one tensor.
#[derive(Clone, Copy)]
pub(crate) struct Entry<'a> {
    pub(crate) name: Quoted<'a>,
    pub(crate) dtype: Quoted<'a>,
    shape: [usize; MOST_AXES],
    axes: usize,
    /// Position of its bytes after the header.
    pub(crate) begin: usize,
    pub(crate) end: usize,
}

impl Entry<'_> {
    pub(crate) const NONE: Self = Entry {
        name: Quoted(b""),
        dtype: Quoted(b""),
        shape: [0; MOST_AXES],
        axes: 0,
        begin: 0,
        end: 0,
    };

    pub(crate) const fn shape(&self) -> &[usize] {
        self.shape.split_at(self.axes).0
    }

    /// Number of bytes of its shape and type.
    pub(crate) const fn bytes(&self) -> Result<usize, Fault> {
        let Some(bits) = dtype::bits(self.dtype) else { return Err(Fault::Dtype) };
        let (mut elements, mut axis) = (1_usize, 0);
        while axis < self.axes {
            elements = match elements.checked_mul(self.shape[axis]) {
                Some(elements) => elements,
                None => return Err(Fault::Number),
            };
            axis += 1;
        }
        match elements.checked_mul(bits) {
            Some(bits) if bits % 8 == 0 => Ok(bits / 8),
            Some(_) => Err(Fault::Size),
            None => Err(Fault::Number),
        }
    }
}

/// Splits a file into the JSON of its header and the bytes after it.
pub(crate) const fn split(file: &[u8]) -> Result<(&[u8], &[u8]), Fault> {
    let Some((length, rest)) = file.split_first_chunk() else { return Err(Fault::Start) };
    let length = u64::from_le_bytes(*length);
    if length > rest.len() as u64 {
        return Err(Fault::Start);
    }
    if length > MOST_HEADER as u64 {
        return Err(Fault::Long);
    }
    Ok(rest.split_at(length as usize))
}

impl<'a> Header<'a> {
    pub(crate) const fn of(json: &'a [u8]) -> Result<Self, Fault> {
        match str::from_utf8(json) {
            Ok(_) => Ok(Self { json }),
            Err(_) => Err(Fault::Utf8),
        }
    }

    /// The entries of the tensors, in order.
    pub(crate) const fn entries(self) -> Result<Entries<'a>, Fault> {
        let mut scanner = Scanner { json: self.json, at: 0 };
        ok!(scanner.open(b'{'));
        Ok(Entries { scanner, first: true, has_metadata: false })
    }

    /// The metadata text under `key`. After all [entries](Self::entries) have been read, this
    /// cannot fail.
    pub(crate) const fn metadata(self, key: &[u8]) -> Result<Option<Quoted<'a>>, Fault> {
        let mut scanner = Scanner { json: self.json, at: 0 };
        if !ok!(enter(&mut scanner, METADATA)) || !ok!(enter(&mut scanner, key)) {
            return Ok(None);
        }
        Ok(Some(ok!(scanner.string())))
    }
}

/// Enters the next object, up to the value of `key`; `false` if there is no such key.
const fn enter(scanner: &mut Scanner<'_>, key: &[u8]) -> Result<bool, Fault> {
    ok!(scanner.open(b'{'));
    let mut first = true;
    while ok!(scanner.has_item(first, b'}')) {
        first = false;
        if ok!(scanner.key()).says(key) {
            return Ok(true);
        }
        ok!(scanner.skip());
    }
    Ok(false)
}

/// Skips an object of strings and checks that its keys are unique.
const fn texts(scanner: &mut Scanner<'_>) -> Result<(), Fault> {
    let mut keys = [Quoted(b""); MOST_TEXTS];
    let mut count = 0;
    match scanner.open(b'{') {
        Ok(()) => {}
        Err(Fault::Kind) => return Err(Fault::Metadata),
        Err(fault) => return Err(fault),
    }
    while ok!(scanner.has_item(count == 0, b'}')) {
        if count == MOST_TEXTS {
            return Err(Fault::Texts);
        }
        keys[count] = ok!(scanner.key());
        count += 1;
        match scanner.string() {
            Ok(_) => {}
            Err(Fault::Kind) => return Err(Fault::Metadata),
            Err(fault) => return Err(fault),
        }
    }
    if tiling::has_twice(keys.split_at_mut(count).0) { Err(Fault::Key) } else { Ok(()) }
}

/// See [`Header::entries`].
#[derive(Clone, Copy)]
pub(crate) struct Entries<'a> {
    scanner: Scanner<'a>,
    first: bool,
    has_metadata: bool,
}

impl<'a> Entries<'a> {
    pub(crate) const fn next(&mut self) -> Result<Option<Entry<'a>>, Fault> {
        while ok!(self.scanner.has_item(self.first, b'}')) {
            self.first = false;
            let name = ok!(self.scanner.key());
            if !name.says(METADATA) {
                return Ok(Some(ok!(entry(&mut self.scanner, name))));
            }
            if self.has_metadata {
                return Err(Fault::Key);
            }
            self.has_metadata = true;
            ok!(texts(&mut self.scanner));
        }
        if self.scanner.is_at_end() { Ok(None) } else { Err(Fault::Json) }
    }
}

/// The entry of the tensor with this name, whose object comes next.
const fn entry<'a>(scanner: &mut Scanner<'a>, name: Quoted<'a>) -> Result<Entry<'a>, Fault> {
    let mut entry = Entry { name, ..Entry::NONE };
    ok!(scanner.open(b'{'));
    let mut first = true;
    let mut fields = [false; 3];
    while ok!(scanner.has_item(first, b'}')) {
        first = false;
        let key = ok!(scanner.key());
        let field = if key.says(b"dtype") {
            0
        } else if key.says(b"shape") {
            1
        } else if key.says(b"data_offsets") {
            2
        } else {
            ok!(scanner.skip());
            continue;
        };
        if fields[field] {
            return Err(Fault::Key);
        }
        fields[field] = true;
        match field {
            0 => entry.dtype = ok!(scanner.string()),
            1 => {
                ok!(scanner.open(b'['));
                while ok!(scanner.has_item(entry.axes == 0, b']')) {
                    let size = ok!(scanner.number());
                    if entry.axes == MOST_AXES {
                        return Err(Fault::Axes);
                    }
                    entry.shape[entry.axes] = size;
                    entry.axes += 1;
                }
            }
            _ => {
                let mut places = [0; 2];
                let mut count = 0;
                ok!(scanner.open(b'['));
                while ok!(scanner.has_item(count == 0, b']')) {
                    let place = ok!(scanner.number());
                    if count == 2 {
                        return Err(Fault::Kind);
                    }
                    places[count] = place;
                    count += 1;
                }
                if count != 2 {
                    return Err(Fault::Kind);
                }
                [entry.begin, entry.end] = places;
            }
        }
    }
    if !matches!(fields, [true, true, true]) {
        return Err(Fault::Field);
    }
    if entry.begin > entry.end { Err(Fault::Backwards) } else { Ok(entry) }
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
        let (json, data) = split(&file)?;
        let mut entries = Header::of(json)?.entries()?;
        let (mut all, mut names) = (Vec::new(), Vec::new());
        while let Some(e) = entries.next()? {
            let text = |text: Quoted<'_>| String::from_utf8_lossy(text.written()).into_owned();
            let (name, dtype) = (text(e.name), text(e.dtype));
            names.push(format!("{name} {dtype} {:?} {}..{}", e.shape(), e.begin, e.end));
            all.push(e);
        }
        check(&mut all, Some(data.len())).map_err(|wrong| wrong.fault)?;
        Ok(names)
    }

    #[test]
    fn tensors_and_metadata_are_found_among_blanks_and_unknown_keys() {
        let json = r#" { "a.weight" : {"shape":[2 , 3],"dtype":"F32",
            "more":[{"x":[]},-1.5e3,null,"]}"], "data_offsets":[ 4,28 ] },
            "__metadata__":{"y":"\"}","architecture":"dense(2 -> 3)"},
            "b":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}  "#;
        assert_eq!(names(json, 28).unwrap(), ["a.weight F32 [2, 3] 4..28", "b F32 [] 0..4"]);
        let file = file(json, 28);
        let header = Header::of(split(&file).unwrap().0).unwrap();
        assert_eq!(header.metadata(b"architecture"), Ok(Some(Quoted(b"dense(2 -> 3)"))));
        assert_eq!(header.metadata(b"y"), Ok(Some(Quoted(br#"\"}"#))));
        assert_eq!(header.metadata(b"none"), Ok(None));
        assert!(names("{}", 0).unwrap().is_empty());
    }

    #[test]
    fn what_is_no_header_is_refused() {
        let start = |file: &[u8]| split(file).map(|_| ()).unwrap_err();
        assert_eq!(start(&[1, 2, 3]), Fault::Start);
        assert_eq!(start(&u64::MAX.to_le_bytes()), Fault::Start);
        let mut long = (MOST_HEADER as u64 + 1).to_le_bytes().to_vec();
        long.resize(MOST_HEADER + 9, b' ');
        assert_eq!(start(&long), Fault::Long);
        assert_eq!(Header::of(b"{\"\xff\":1}").map(|_| ()).unwrap_err(), Fault::Utf8);
    }

    #[test]
    fn every_fault_is_found_and_named_for_what_it_is() {
        let tensor =
            |json: &str| names(&format!(r#"{{"a":{{"dtype":"F32",{json}"#), 4).unwrap_err();
        for (json, fault) in [
            (r#""shape":[2],"data_offsets":[0,8]}}"#, Fault::Outside),
            (r#""shape":[1],"data_offsets":[0,3]}}"#, Fault::Rest),
            (r#""shape":[2],"data_offsets":[0,4]}}"#, Fault::Size),
            (r#""shape":[0],"data_offsets":[4,4]}}"#, Fault::Place),
            (r#""shape":[1],"data_offsets":[2,1]}}"#, Fault::Backwards),
            (r#""shape":[1]}}"#, Fault::Field),
            (r#""shape":[1],"shape":[1],"data_offsets":[0,4]}}"#, Fault::Key),
            (r#""shape":[1],"sh\u0061pe":[1],"data_offsets":[0,4]}}"#, Fault::Key),
            (r#""shape":[1],"data_offsets":[0,x]}}"#, Fault::Json),
            (r#""shape":[1],"data_offsets":[0,04]}}"#, Fault::Json),
            (r#""shape":[1],"data_offsets":[00,4]}}"#, Fault::Json),
            (r#""shape":[1,],"data_offsets":[0,4]}}"#, Fault::Json),
            (r#""shape":[1.0],"data_offsets":[0,4]}}"#, Fault::Whole),
            (r#""shape":[1],"data_offsets":[0,4e0]}}"#, Fault::Whole),
            (r#""shape":[-1],"data_offsets":[0,4]}}"#, Fault::Whole),
            (r#""shape":["1"],"data_offsets":[0,4]}}"#, Fault::Kind),
            (r#""shape":1,"data_offsets":[0,4]}}"#, Fault::Kind),
            (r#""shape":null,"data_offsets":[0,4]}}"#, Fault::Kind),
            (r#""shape":[1],"data_offsets":[0]}}"#, Fault::Kind),
            (r#""shape":[1],"data_offsets":[0,4,4]}}"#, Fault::Kind),
            (r#""shape":[1"#, Fault::Json),
            (r#""shape":[1],"data_offsets":[0,4]}} more"#, Fault::Json),
            (r#""x":,"data_offsets":[0,3]}}"#, Fault::Json),
            (r#""x":}}"#, Fault::Json),
            (r#""x":"\"#, Fault::Json),
            (r#""x":bare,"shape":[1],"data_offsets":[0,4]}}"#, Fault::Json),
            (r#""x":1e999,"shape":[1],"data_offsets":[0,4]}}"#, Fault::Number),
            (r#""shape":[99999999999999999999]}}"#, Fault::Number),
            (r#""shape":[9999999999,9999999999],"data_offsets":[0,4]}}"#, Fault::Number),
            (r#""shape":[1,1,1,1,1,1,1,1,1]}}"#, Fault::Axes),
        ] {
            assert_eq!(tensor(json), fault, "{json}");
        }
        let one = r#""dtype":"F32","shape":[1],"data_offsets""#;
        let whole = |json: &str, data| names(json, data).unwrap_err();
        for (json, data, fault) in [
            ("hello".to_string(), 0, Fault::Json),
            ("[]".to_string(), 0, Fault::Kind),
            ("".to_string(), 0, Fault::Json),
            (r#"{"a":7}"#.to_string(), 0, Fault::Kind),
            (r#"{"__metadata__":{"format":3}}"#.to_string(), 0, Fault::Metadata),
            (r#"{"__metadata__":{"format":{"a":[]}}}"#.to_string(), 0, Fault::Metadata),
            (r#"{"__metadata__":["format"]}"#.to_string(), 0, Fault::Metadata),
            (r#"{"__metadata__":{"a":"","\u0061":""}}"#.to_string(), 0, Fault::Key),
            (r#"{"__metadata__":{},"\u005f_metadata__":{}}"#.to_string(), 0, Fault::Key),
            ("{\"__metadata__\":{\"a\":\"\n\"}}".to_string(), 0, Fault::Json),
            (
                r#"{"a":{"dtype":"F33","shape":[0],"data_offsets":[0,0]}}"#.to_string(),
                0,
                Fault::Dtype,
            ),
            (
                r#"{"a":{"dtype":"F4","shape":[1],"data_offsets":[0,0]}}"#.to_string(),
                0,
                Fault::Size,
            ),
            (format!(r#"{{"a":{{{one}:[0,4]}},"\u0061":{{{one}:[4,8]}}}}"#), 8, Fault::Twice),
            (format!(r#"{{"a":{{{one}:[0,4]}},"b":{{{one}:[0,4]}}}}"#), 4, Fault::Place),
            (format!(r#"{{"a":{{{one}:[0,4]}},"b":{{{one}:[8,12]}}}}"#), 12, Fault::Place),
        ] {
            assert_eq!(whole(&json, data), fault, "{json}");
        }
        let texts = |count: usize| {
            let texts: Vec<_> = (0..count).map(|i| format!(r#""{i}":"""#)).collect();
            names(&format!(r#"{{"__metadata__":{{{}}}}}"#, texts.join(",")), 0)
        };
        assert_eq!(texts(MOST_TEXTS), Ok(vec![]));
        assert_eq!(texts(MOST_TEXTS + 1), Err(Fault::Texts));
    }
}
