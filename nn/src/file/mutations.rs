//! Fuzz test with damaged files: nothing panics, both readers agree, and the `safetensors` crate
//! accepts every file that they accept, with the same numbers.
//!
//! `FILE_MUTATIONS=100000000 cargo test --release -p nn --lib mutations` tries more of them.

use std::path::Path;

use safetensors::SafeTensors;

use super::checkpoint::{LoadOptions, Loaded, load_bytes};
use super::safetensors::{Header, check, split};
use super::weights::Arranged;
use crate::error::{Error, Result};
use crate::network;
use crate::network::{Architecture as _, classes, declaration, tensors};

network! {
    struct Small {
        first: dense(2 -> 3, tanh),
        second: dense(2, softmax),
    }
}

/// Bytes that often leave a damaged header parsable.
const SIGNS: &[u8] = b"{}[]\",:\\u0 19.-eE_FB/\n\x00\x7f\x80\xff";

/// Inserted texts.
const PIECES: &[&str] = &[
    r#""__metadata__":{},"#,
    r#""\u005f_metadata__":{"a":"b"},"#,
    r#""format":"nn-1","#,
    r#""architecture":"","#,
    r#""words":"\"x\"","#,
    r#"\""#,
    r#"\\"#,
    r#""first.bias":{"dtype":"F32","shape":[3],"data_offsets":[24,36]},"#,
    r#""x":[1,{"y":null}],"#,
    r#"\u0066"#,
    r#"\ud83d\ude00"#,
    "1e300",
    "1e400",
    "00",
    "-0",
    "0,0",
    "F16",
    "BF16",
    "null",
    "é",
];

/// Deterministic numbers: SplitMix64 (Steele, Lea and Flood, 2014).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }
}

/// Valid headers, each with the number of `data` bytes that follow.
fn headers() -> Vec<(String, usize)> {
    let tensor = |dtype: &str, shape: &str, begin: usize, end: usize| {
        format!(r#"{{"dtype":"{dtype}","shape":{shape},"data_offsets":[{begin},{end}]}}"#)
    };
    let all = |dtype: &str, bytes: usize| {
        let (w, b, v) = (6 * bytes, 9 * bytes, 15 * bytes);
        format!(
            r#""first.weight":{},"first.bias":{},"second.weight":{},"second.bias":{}"#,
            tensor(dtype, "[2,3]", 0, w),
            tensor(dtype, "[3]", w, b),
            tensor(dtype, "[3,2]", b, v),
            tensor(dtype, "[2]", v, v + 2 * bytes),
        )
    };
    let architecture = declaration::<Small>();
    let classes = r#""classes":"\"a \\\"b\\\"\" \"é\"""#;
    let ours = format!(
        r#""__metadata__":{{"architecture":"{}",{classes},"format":"nn-1","network":"Small"}},"#,
        architecture.as_str()
    );
    vec![
        (format!("{{{ours}{}}}  ", all("F32", 4)), 68),
        (format!("{{{}}}", all("F32", 4)), 68),
        (format!("{{{ours}{}}}", all("F16", 2)), 34),
        (format!(r#"{{"__metadata__":{{"format":"pt","classes":"x"}},{}}}"#, all("BF16", 2)), 34),
        (
            format!(
                r#"{{"second.bias":{},"first\u002eweight":{},"second.weight":{},"first.bias":{}}}"#,
                concat!(
                    r#"{"data_offsets":[0,8],"more":[{"x":[]},-1.5e3,null,"]}"],"#,
                    r#""shape":[2],"dtype":"F\u00332"}"#,
                ),
                tensor("F32", "[ 2 , 3 ]", 32, 56),
                tensor("F32", "[3,2]", 8, 32),
                tensor("F32", "[3]", 56, 68),
            ),
            68,
        ),
        (
            concat!(
                r#"{"a":{"dtype":"F4","shape":[2,1],"data_offsets":[0,1]},"#,
                r#""b":{"dtype":"U8","shape":[0],"data_offsets":[1,1]}}"#,
            )
            .into(),
            1,
        ),
        ("{}".into(), 0),
    ]
}

/// Changes a file in a few places, mostly in its header, whose length is then usually corrected.
fn mutate(file: &mut Vec<u8>, others: &[Vec<u8>], random: &mut Random) {
    let mut header = u64::from_le_bytes(file[..8].try_into().expect("eight bytes")) as usize + 8;
    for _ in 0..1 + random.below(3) {
        let before = file.len();
        let at = 8 + random.below(header - 8);
        let length = 1 + random.below(12);
        let end = (at + length).min(header);
        match random.below(12) {
            0 if at < file.len() => file[at] ^= 1 << random.below(8),
            1 if at < file.len() => file[at] = SIGNS[random.below(SIGNS.len())],
            2 | 3 => file.insert(at, SIGNS[random.below(SIGNS.len())]),
            4 => drop(file.drain(at..end.max(at))),
            5 if header > 9 => file.swap(at.min(header - 1), 8 + random.below(header - 8)),
            6 => {
                let piece = PIECES[random.below(PIECES.len())].bytes();
                drop(file.splice(at..at, piece));
            }
            7 => {
                let other = &others[random.below(others.len())];
                let from = random.below(other.len());
                let to = (from + random.below(100)).min(other.len());
                drop(file.splice(at..end.max(at), other[from..to].iter().copied()));
            }
            8 => {
                // A copy of the same piece in another place.
                let piece = file[at..(at + random.below(90)).min(header).max(at)].to_vec();
                let to = 8 + random.below(header - 8);
                drop(file.splice(to..to, piece));
            }
            9 => {
                // Another digit.
                let digits: Vec<usize> =
                    (8..header).filter(|&i| file[i].is_ascii_digit()).collect();
                if !digits.is_empty() {
                    file[digits[random.below(digits.len())]] = b'0' + random.below(10) as u8;
                }
            }
            10 => {
                // Another number of bytes after the header.
                let data = file.len() - header;
                file.resize(header + (data + random.below(9)).saturating_sub(4), 7);
                continue;
            }
            _ => {
                let flag = random.below(16);
                if flag == 0 && file.len() > 8 {
                    file[random.below(8)] ^= 1 << random.below(8);
                    return;
                }
            }
        }
        header = header + file.len() - before;
        file[..8].copy_from_slice(&(header as u64 - 8).to_le_bytes());
    }
}

/// Name, type, shape and bytes of each tensor, sorted by name; `None` if the file is refused.
type Tensors = Vec<(String, String, Vec<usize>, Vec<u8>)>;

fn ours(file: &[u8]) -> Option<Tensors> {
    let (json, data) = split(file).ok()?;
    let mut entries = Header::of(json).ok()?.entries().ok()?;
    let mut all = Vec::new();
    while let Some(entry) = entries.next().ok()? {
        all.push(entry);
    }
    check(&mut all, Some(data.len())).ok()?;
    let mut tensors: Tensors = all
        .iter()
        .map(|e| {
            let bytes = data[e.begin..e.end].to_vec();
            (e.name.text(), e.dtype.text(), e.shape().to_vec(), bytes)
        })
        .collect();
    tensors.sort();
    Some(tensors)
}

fn reference(file: &[u8]) -> Option<Tensors> {
    let file = SafeTensors::deserialize(file).ok()?;
    let mut tensors: Tensors = file
        .tensors()
        .into_iter()
        .map(|(name, t)| (name, t.dtype().to_string(), t.shape().to_vec(), t.data().to_vec()))
        .collect();
    tensors.sort();
    Some(tensors)
}

#[test]
fn damaged_files_are_taken_by_both_readers_and_the_reference_or_by_none() {
    let cases = std::env::var("FILE_MUTATIONS").ok().map_or(300_000, |count| {
        count.parse::<u64>().expect("FILE_MUTATIONS is a number of cases")
    });
    let files: Vec<Vec<u8>> = headers()
        .into_iter()
        .map(|(header, data)| {
            let mut file = (header.len() as u64).to_le_bytes().to_vec();
            file.extend(header.bytes());
            // Finite numbers in each of the types.
            file.extend((0..data).map(|i| if i % 2 == 0 { i as u8 } else { 0x3c }));
            file
        })
        .collect();
    let expected = tensors::<Small>();
    let architecture = declaration::<Small>();
    let named = |loaded: Result<Loaded<f32>>| {
        let (path, loaded) = (Path::new("bytes"), loaded?);
        let names = loaded.class_names(path, classes::<Small>())?;
        loaded.words(path, Small::<f32>::INFO, &[])?;
        Ok::<_, Error>((loaded.tensors, names))
    };
    let (mut taken, mut loaded, mut refused) = (0_u64, 0_u64, 0_u64);
    for case in 0..cases + files.len() as u64 {
        let mut file = files[(case % files.len() as u64) as usize].clone();
        if case >= files.len() as u64 {
            mutate(&mut file, &files, &mut Random(case));
        }
        let shown = || format!("case {case}: {:?}", String::from_utf8_lossy(&file));
        let (found, theirs) = (ours(&file), reference(&file));
        if let Some(found) = &found {
            assert_eq!(Some(found), theirs.as_ref(), "{}", shown());
            taken += 1;
        } else if theirs.is_some() {
            refused += 1;
        }
        let length = Some(file.len() as u64);
        let by_load = named(load_bytes::<f32>(
            &file[..],
            length,
            architecture.as_str(),
            &expected,
            LoadOptions::new(),
        ));
        // A pipe gives the same result.
        let by_pipe = named(load_bytes::<f32>(
            &file[..],
            None,
            architecture.as_str(),
            &expected,
            LoadOptions::new(),
        ));
        assert_eq!(by_load.as_ref().ok(), by_pipe.as_ref().ok(), "{}", shown());
        let by_compiler = Arranged::<Small, 8192, 64, 1024>::read::<64>(&file);
        match (&by_load, &by_compiler) {
            (Ok((values, names)), Ok(arranged)) => {
                assert!(found.is_some(), "{}", shown());
                loaded += 1;
                let names = names.iter().flat_map(|names| names.names());
                assert!(arranged.class_names().iter().eq(names), "{}", shown());
                for (tensor, values) in expected.iter().zip(values) {
                    assert_eq!(&arranged.parameters()[tensor.range()], values, "{}", shown());
                }
            }
            (Err(_), Err(_)) => {}
            // Only `load` checks the numbers.
            (Err(error), Ok(_)) if error.to_string().contains("expected a finite number") => {}
            (load, compiler) => {
                let compiler = compiler.as_ref().map(|_| ()).map_err(|message| message.as_str());
                panic!("{}: {load:?}, but {compiler:?}", shown());
            }
        }
    }
    println!(
        "{cases} cases: {taken} taken, {loaded} loaded, {refused} refused that the reference takes"
    );
    // The mutations are neither all harmless nor all fatal.
    assert!(taken > cases / 100 && taken < cases / 2, "{taken} of {cases} taken");
    assert!(loaded > cases / 200, "{loaded} of {cases} loaded");
}
