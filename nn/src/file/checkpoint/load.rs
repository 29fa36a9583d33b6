//! Reading a checkpoint: everything in the file is checked before anything of it is used.

use std::any::Any;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use tensor::Float;

use super::{FORMAT, dtype};
use crate::error::quoted;
use crate::error::{Error, Result};
use crate::file::safetensors::{Entry, Fault, Header, unescaped};

const OTHER_NETWORK: &str =
    "the file belongs to another network, load it with the declaration that saved it";
const DAMAGED: &str =
    "the file is truncated or damaged or not in the safetensors format, get it or save it again";

/// Reads the tensors of these names and shapes from `path`, in this order.
///
/// Everything is checked before anything is returned. An `architecture` in the file must be this
/// one; a file of other origin has none, and then names and shapes decide.
pub(crate) fn load<T: Float>(
    path: &Path,
    architecture: &str,
    expected: &[(String, Vec<usize>)],
) -> Result<Vec<Vec<T>>> {
    let dtype = dtype::<T>()?;
    let bytes = fs::read(path).map_err(|error| Error::io("read", path, error))?;
    let file = File::parse(path, &bytes)?;
    file.check_metadata(architecture)?;
    file.check_names(expected)?;
    expected.iter().map(|tensor| file.read_tensor(dtype, tensor)).collect()
}

/// A file whose tensors lie one after the other, from the first byte after the header to the last of the file.
struct File<'a> {
    path: &'a Path,
    /// By their keys.
    texts: BTreeMap<&'static str, String>,
    data: &'a [u8],
    tensors: BTreeMap<String, Entry<'a>>,
}

impl<'a> File<'a> {
    /// Everything is checked that needs no expectation.
    fn parse(path: &'a Path, bytes: &'a [u8]) -> Result<Self> {
        let wrong = |field: &str, found: String, expected: String| {
            Error::file(path, field, found, expected, DAMAGED)
        };
        let Some((length, rest)) = bytes.split_first_chunk::<8>() else {
            let found = format!("{} bytes", bytes.len());
            return Err(wrong("length of the file", found, "8 or more".into()));
        };
        let header = Header::of(bytes).map_err(|_| {
            wrong(
                "length of the header in the first 8 bytes",
                u64::from_le_bytes(*length).to_string(),
                format!("at most {}, as many bytes as follow", rest.len()),
            )
        })?;
        let fault = |fault| match fault {
            Fault::Start | Fault::Json => {
                wrong("header", "`invalid JSON`".into(), "a header of safetensors".into())
            }
            Fault::Number => wrong(
                "header",
                "too large a number".into(),
                "sizes and places inside the file".into(),
            ),
            Fault::Axes => wrong(
                "header",
                "a tensor of more axes".into(),
                "tensors of up to eight axes".into(),
            ),
            Fault::Outside => wrong(
                "header",
                "a tensor that ends before it begins".into(),
                "a first byte and the one after the last".into(),
            ),
        };
        let described = header.described().map_err(fault)?;
        if described != header.data.len() {
            let found = format!("{} bytes", header.data.len());
            return Err(wrong("elements", found, format!("{described}, as the header says")));
        }
        let mut tensors = BTreeMap::new();
        let mut entries = header.entries().map_err(fault)?;
        while let Some(entry) = entries.next().map_err(fault)? {
            let name = unescaped(entry.name).map_err(fault)?;
            let field = format!("tensor {}", quoted(&name));
            if tensors.insert(name, entry).is_some() {
                return Err(wrong(&field, "two of this name".into(), "one".into()));
            }
        }
        let mut places: Vec<_> = tensors.iter().map(|(name, e)| (e.begin, e.end, name)).collect();
        places.sort_unstable();
        let mut end = 0;
        for (begin, next, name) in places {
            if begin != end {
                let field = format!("place of tensor {}", quoted(name));
                let expected = format!("byte {end}, where the tensor before it ends");
                return Err(wrong(&field, format!("byte {begin}"), expected));
            }
            end = next;
        }
        let mut texts = BTreeMap::new();
        for key in ["architecture", "format", "network"] {
            if let Some(text) = header.metadata(key.as_bytes()).map_err(fault)? {
                texts.insert(key, unescaped(text).map_err(fault)?);
            }
        }
        Ok(Self { path, texts, data: header.data, tensors })
    }

    fn check_metadata(&self, architecture: &str) -> Result<()> {
        if let Some(format) = self.texts.get("format")
            && format.starts_with("nn-")
            && format != FORMAT
        {
            return Err(Error::file(
                self.path,
                "format",
                quoted(format),
                quoted(FORMAT),
                "the file was saved by another version of this crate, use that one",
            ));
        }
        match self.texts.get("architecture") {
            Some(found) if found != architecture => {
                let field = match self.texts.get("network") {
                    Some(network) => format!("architecture of network {}", quoted(network)),
                    None => "architecture".to_string(),
                };
                let expected = quoted(architecture);
                Err(Error::file(self.path, field, quoted(found), expected, OTHER_NETWORK))
            }
            _ => Ok(()),
        }
    }

    fn check_names(&self, expected: &[(String, Vec<usize>)]) -> Result<()> {
        if let Some((name, shape)) =
            expected.iter().find(|(name, _)| !self.tensors.contains_key(name))
        {
            return Err(Error::file(
                self.path,
                format!("tensor {}", quoted(name)),
                format!("no such tensor among {}", listed(self.tensors.keys().collect())),
                format!("one of shape {shape:?}"),
                OTHER_NETWORK,
            ));
        }
        let mut extra: Vec<_> = self.tensors.keys().collect();
        extra.retain(|name| expected.iter().all(|(wanted, _)| wanted != *name));
        if extra.is_empty() {
            return Ok(());
        }
        Err(Error::file(
            self.path,
            "tensors",
            format!("{}, which the network does not have", listed(extra)),
            format!("only {}", listed(expected.iter().map(|(name, _)| name).collect())),
            OTHER_NETWORK,
        ))
    }

    fn read_tensor<T: Float>(
        &self,
        dtype: &str,
        (name, shape): &(String, Vec<usize>),
    ) -> Result<Vec<T>> {
        let wrong = |field: &str, found: String, expected: String, advice: &str| {
            let field = format!("{field} of tensor {}", quoted(name));
            Err(Error::file(self.path, field, found, expected, advice))
        };
        let tensor = self.tensors.get(name).expect("`check_names` has found it");
        let found = String::from_utf8_lossy(tensor.dtype);
        if found != dtype {
            // As it is if it is one of the format's names, and else not to be trusted.
            let known = found.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
            return wrong(
                "element type",
                if known { found.into_owned() } else { quoted(&found) },
                dtype.to_string(),
                "load it into a network of that float type (`f32` is F32, `f64` is F64) or convert the \
                 file",
            );
        }
        if tensor.shape() != *shape {
            let (found, expected) = (format!("{:?}", tensor.shape()), format!("{shape:?}"));
            return wrong("shape", found, expected, OTHER_NETWORK);
        }
        let bytes = &self.data[tensor.begin..tensor.end];
        let expected = shape.iter().product::<usize>() * size_of::<T>();
        if bytes.len() != expected {
            let (found, expected) = (format!("{} bytes", bytes.len()), expected.to_string());
            return wrong("elements", found, expected, DAMAGED);
        }
        let values: Vec<T> = bytes.chunks_exact(size_of::<T>()).map(read_element).collect();
        match values.iter().position(|value| !value.is_finite()) {
            None => Ok(values),
            Some(place) => wrong(
                &format!("element {place}"),
                values[place].to_string(),
                "a finite number".to_string(),
                "the file is damaged or its training diverged, take an earlier one",
            ),
        }
    }
}

fn read_element<T: Float>(bytes: &[u8]) -> T {
    let single = bytes.try_into().ok().map(f32::from_le_bytes);
    let double = bytes.try_into().ok().map(f64::from_le_bytes);
    let value: &dyn Any = match (&single, &double) {
        (Some(value), _) => value,
        (_, Some(value)) => value,
        _ => unreachable!("`dtype` has refused all other types"),
    };
    *value.downcast_ref::<T>().expect("`dtype` has fixed the number of bytes")
}

/// The first of these names and how many there are in all.
fn listed(names: Vec<&String>) -> String {
    const SHOWN: usize = 8;
    match names.len() {
        0 => "no tensor".to_string(),
        count => {
            let first: Vec<_> = names.iter().take(SHOWN).map(|name| quoted(name)).collect();
            let dots =
                if count > SHOWN { format!(", … ({count} in all)") } else { String::new() };
            first.join(", ") + &dots
        }
    }
}
