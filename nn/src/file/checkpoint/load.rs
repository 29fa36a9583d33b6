//! Reading a checkpoint: everything in the file is checked before anything of it is used.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use tensor::Float;

use super::elements::Elements;
use super::source::{DAMAGED, Source};
use super::{FORMAT, Layout, LoadOptions, dtype};
use crate::error::quoted;
use crate::error::{Error, Result};
use crate::file::safetensors::{Entry, Fault, Header, Misplaced, check, described};
use crate::file::{CLASS_NAMES, WORDS};
use crate::labels::Labels;
use crate::layer::Info;
use crate::network::read_words;
use crate::parameters::NamedTensor;
use crate::words::Words;

pub(super) const OTHER_NETWORK: &str =
    "the file belongs to another network, load it with the declaration that saved it";

const OTHER_MODULES: &str = "the declaration's modules are not those of the file: compare them, or say what each layer is \
                             called by `load_pytorch_with(path, &PyTorch::new().modules(…))`";

/// Who wrote a file, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Origin {
    /// This crate, as the metadata say.
    Here,
    /// PyTorch, as the caller says.
    PyTorch,
    /// Somebody else.
    Elsewhere,
}

impl Origin {
    /// The shape that a tensor has in the file.
    fn shape_of(self, tensor: &NamedTensor) -> Vec<usize> {
        let mut shape = tensor.shape.clone();
        if self == Origin::PyTorch && tensor.is_matrix() {
            shape.reverse();
        }
        shape
    }

    /// What to do about a tensor that is not as the network has it.
    fn advice(self) -> &'static str {
        if self == Origin::PyTorch { OTHER_MODULES } else { OTHER_NETWORK }
    }
}

/// What was read for a network.
pub(crate) struct Loaded<T> {
    /// As the network has them.
    pub(crate) tensors: Vec<Vec<T>>,
    class_names: Option<String>,
    words: Option<String>,
}

impl<T: Float> Loaded<T> {
    /// The names of so many classes, if the file has some.
    pub(crate) fn class_names(&self, path: &Path, classes: usize) -> Result<Option<Labels>> {
        let Some(text) = &self.class_names else { return Ok(None) };
        match Labels::parse(text).filter(|names| names.len() == classes) {
            Some(names) => Ok(Some(names)),
            None => Err(Error::file(
                path,
                "names of the classes",
                quoted(text),
                format!("{classes} different names, each between quotes"),
                DAMAGED,
            )),
        }
    }

    /// The words of the columns of a network with these parameters; none if the file has none.
    pub(crate) fn words(&self, path: &Path, info: &Info, parameters: &[T]) -> Result<Words> {
        let text = self.words.as_deref().unwrap_or_default();
        read_words(info, parameters, text).map_err(|found| {
            let expected = "different words, each between quotes, that have a place in the network";
            Error::file(path, "words of the columns", found, expected, DAMAGED)
        })
    }
}

/// Reads these tensors from `path`, in this order, each as the network has it.
///
/// Everything is checked before anything is returned. An `architecture` in the file must be this
/// one; a file of other origin has none, and then names and shapes decide.
pub(crate) fn load<T: Float>(
    path: &Path,
    architecture: &str,
    expected: &[NamedTensor],
    options: LoadOptions,
) -> Result<Loaded<T>> {
    dtype::<T>()?;
    let (source, header) = Source::open(path)?;
    read(path, source, &header, architecture, expected, options)
}

/// Texts of a file by their keys, and its tensors: name, shape and elements, in their order in the file.
pub(crate) type Content<T> = (BTreeMap<&'static str, String>, Vec<(String, Vec<usize>, Vec<T>)>);

/// Reads all that is in the file at `path`, whatever it is called, and the metadata with these `keys`.
pub(crate) fn load_all<T: Float>(path: &Path, keys: &[&'static str]) -> Result<Content<T>> {
    let (source, header) = Source::open(path)?;
    content(path, source, &header, keys)
}

/// The same of the bytes of a file that lies at `path` elsewhere.
pub(crate) fn load_all_bytes<T: Float>(
    path: &Path,
    bytes: &[u8],
    keys: &[&'static str],
) -> Result<Content<T>> {
    let (source, header) = Source::of(path, bytes, Some(bytes.len() as u64))?;
    content(path, source, &header, keys)
}

fn content<T: Float, R: Read>(
    path: &Path,
    source: Source<'_, R>,
    header: &[u8],
    keys: &[&'static str],
) -> Result<Content<T>> {
    let file = File::parse(path, header, source.data, keys)?;
    let mut entries: Vec<_> = file.tensors.iter().collect();
    entries.sort_by_key(|(_, entry)| (entry.begin, entry.end));
    let mut tensors = Vec::with_capacity(entries.len());
    for (name, entry) in entries {
        tensors.push((name, entry.shape(), Elements::of::<T>(path, name, entry, false)?));
    }
    let data = source.elements(file.length)?;
    let tensors = tensors.into_iter().map(|(name, shape, elements)| {
        Ok((name.clone(), shape.to_vec(), elements.read(path, &data)?))
    });
    let tensors = tensors.collect::<Result<_>>()?;
    Ok((file.texts, tensors))
}

/// The same of any bytes, whose number may be known.
#[cfg(test)]
pub(crate) fn load_bytes<T: Float>(
    bytes: impl Read,
    length: Option<u64>,
    architecture: &str,
    expected: &[NamedTensor],
    options: LoadOptions,
) -> Result<Loaded<T>> {
    let path = Path::new("bytes");
    let (source, header) = Source::of(path, bytes, length)?;
    read(path, source, &header, architecture, expected, options)
}

fn read<T: Float>(
    path: &Path,
    source: Source<'_, impl Read>,
    header: &[u8],
    architecture: &str,
    expected: &[NamedTensor],
    options: LoadOptions,
) -> Result<Loaded<T>> {
    let keys = ["architecture", CLASS_NAMES, "format", "network", WORDS];
    let mut file = File::parse(path, header, source.data, &keys)?;
    let origin = file.check_metadata(architecture, options.layout)?;
    file.check_names(expected, origin)?;
    let elements: Vec<Elements<'_>> = expected
        .iter()
        .map(|tensor| file.elements::<T>(tensor, origin, options))
        .collect::<Result<_>>()?;
    // All of the file is what the network needs: no more than that is read.
    let data = source.elements(file.length)?;
    let tensors =
        elements.iter().map(|elements| elements.read(path, &data)).collect::<Result<_>>()?;
    // What others call so is theirs.
    let mut text = |key| file.texts.remove(key).filter(|_| origin == Origin::Here);
    let (class_names, words) = (text(CLASS_NAMES), text(WORDS));
    Ok(Loaded { tensors, class_names, words })
}

/// A file whose tensors lie one after the other, from the first byte after the header to the last of the file.
pub(super) struct File<'a> {
    pub(super) path: &'a Path,
    /// By their keys.
    pub(super) texts: BTreeMap<&'static str, String>,
    /// Bytes of all tensors.
    pub(super) length: usize,
    pub(super) tensors: BTreeMap<String, Entry<'a>>,
}

impl<'a> File<'a> {
    /// Everything is checked that needs no expectation. Of the metadata those with these `keys` are kept.
    pub(super) fn parse(
        path: &'a Path,
        header: &'a [u8],
        data: Option<usize>,
        keys: &[&'static str],
    ) -> Result<Self> {
        let fault = |fault: Fault| {
            let (found, expected) = said(fault);
            Error::file(path, "header", found, expected, DAMAGED)
        };
        let header = Header::of(header).map_err(fault)?;
        let mut tensors = Vec::new();
        let mut entries = header.entries().map_err(fault)?;
        while let Some(entry) = entries.next().map_err(fault)? {
            tensors.push(entry);
        }
        if let Err(wrong) = check(&mut tensors, data) {
            return Err(misplaced(path, &tensors, data, wrong));
        }
        let mut texts = BTreeMap::new();
        for &key in keys {
            if let Some(text) = header.metadata(key.as_bytes()).map_err(fault)? {
                texts.insert(key, text.text());
            }
        }
        let length = described(&tensors);
        let tensors = tensors.into_iter().map(|entry| (entry.name.text(), entry)).collect();
        Ok(Self { path, texts, length, tensors })
    }

    /// Who saved the file; an error if that was another network of this crate.
    fn check_metadata(&self, architecture: &str, layout: Option<Layout>) -> Result<Origin> {
        let wrong = |field: String, found: String, expected: String, advice: &str| {
            Err(Error::file(self.path, field, found, expected, advice))
        };
        let format = self.texts.get("format").filter(|format| format.starts_with("nn-"));
        if let Some(format) = format
            && format != FORMAT
        {
            return wrong(
                "format".into(),
                quoted(format),
                quoted(FORMAT),
                "the file was saved by another version of this crate, use that one",
            );
        }
        match self.texts.get("architecture") {
            Some(found) if found != architecture => {
                let field = match self.texts.get("network") {
                    Some(network) => format!("architecture of network {}", quoted(network)),
                    None => "architecture".to_string(),
                };
                return wrong(field, quoted(found), quoted(architecture), OTHER_NETWORK);
            }
            Some(_) => {}
            None if format.is_none() => return Ok(Origin::Elsewhere),
            // All files of this format have one: without it, the check would be off.
            None => {
                let found = format!("none in a file of format {}", quoted(FORMAT));
                return wrong("architecture".into(), found, quoted(architecture), DAMAGED);
            }
        }
        match layout {
            None | Some(Layout::InOut) => Ok(Origin::Here),
            Some(Layout::OutIn) => wrong(
                "layout of the weights".into(),
                "[in, out], as its metadata say".into(),
                "[out, in], as was asked for".into(),
                "load it with `load`, the metadata decide",
            ),
        }
    }

    /// Whether all that has a name here has one there, and the other way.
    pub(super) fn check_names(&self, expected: &[NamedTensor], origin: Origin) -> Result<()> {
        // `2.weight`: the items of an `nn.Sequential`, where this crate has names.
        let is_numbered =
            || self.tensors.keys().all(|name| name.starts_with(|c: char| c.is_ascii_digit()));
        let advice = match origin {
            Origin::Elsewhere if !self.tensors.is_empty() && is_numbered() => {
                "the names are those of PyTorch's `nn.Sequential`: load it with `load_pytorch`"
            }
            _ => origin.advice(),
        };
        if let Some(tensor) = expected.iter().find(|one| !self.tensors.contains_key(&one.name)) {
            return Err(Error::file(
                self.path,
                format!("tensor {}", quoted(&tensor.name)),
                format!("no such tensor among {}", listed(self.tensors.keys().collect())),
                format!("one of shape {:?}", origin.shape_of(tensor)),
                advice,
            ));
        }
        if self.tensors.len() == expected.len() {
            return Ok(());
        }
        let wanted: Vec<_> = expected.iter().map(|tensor| &tensor.name).collect();
        let mut extra: Vec<_> = self.tensors.keys().collect();
        extra.retain(|name| !wanted.contains(name));
        Err(Error::file(
            self.path,
            "tensors",
            format!("{}, which the network does not have", listed(extra)),
            format!("only {}", listed(wanted)),
            advice,
        ))
    }

    /// Where the numbers of a tensor are and how they are read.
    pub(super) fn elements<T: Float>(
        &self,
        tensor: &NamedTensor,
        origin: Origin,
        options: LoadOptions,
    ) -> Result<Elements<'_>> {
        let name = &tensor.name;
        let wrong = |field: &str, found: String, expected: String, advice: &str| {
            let field = format!("{field} of tensor {}", quoted(name));
            Err(Error::file(self.path, field, found, expected, advice))
        };
        let (name, entry) = self.tensors.get_key_value(name).expect("`check_names` has found it");
        let mut elements = Elements::of::<T>(self.path, name, entry, options.narrow)?;
        let is_matrix = tensor.is_matrix();
        let mut shape = tensor.shape.clone();
        if is_matrix && options.layout == Some(Layout::OutIn) {
            elements.transpose = Some([shape[0], shape[1]]);
            shape.reverse();
        }
        let found = entry.shape();
        if found != shape {
            let expected = format!("{shape:?}");
            let is_transposed = is_matrix && found == [shape[1], shape[0]];
            if !is_transposed {
                return wrong("shape", format!("{found:?}"), expected, origin.advice());
            }
            let advice = match (origin, options.layout) {
                (Origin::Here, _) => OTHER_NETWORK,
                (Origin::PyTorch, _) => {
                    "PyTorch's weights are [out, in] and this one is not: if the names are the network's own, too, load \
                     it with `load_as(path, Layout::InOut)`"
                }
                (_, Some(Layout::OutIn)) => {
                    "the weights of the file are [in, out], load it with `load_as(path, Layout::InOut)`"
                }
                _ => {
                    "the weights of the file are [out, in], as PyTorch has them, load it with \
                     `load_as(path, Layout::OutIn)`"
                }
            };
            return wrong("shape", format!("{found:?}, which is transposed"), expected, advice);
        }
        let is_known = origin == Origin::Here || options.layout.is_some();
        if is_matrix && shape[0] == shape[1] && shape[0] > 1 && !is_known {
            return wrong(
                "layout",
                "a square weight in a file without metadata of this crate, whose axes can be either way".into(),
                "a file that says which is which".into(),
                "say it: load it with `load_as(path, Layout::OutIn)` if it comes from PyTorch, whose weights \
                 are [out, in], or with `load_as(path, Layout::InOut)` if its weights are [in, out]",
            );
        }
        Ok(elements)
    }
}

/// What is wrong with the header, and what it should be.
fn said(fault: Fault) -> (&'static str, &'static str) {
    match fault {
        Fault::Utf8 => ("bytes that are not UTF-8", "a header of safetensors"),
        Fault::Nested => ("values inside of values, more than 100 deep", "a header of safetensors"),
        Fault::Kind => (
            "JSON with a value of another kind where a text, a list or an object belongs",
            "a header of safetensors",
        ),
        Fault::Metadata => {
            ("a value in `__metadata__` that is no text", "an object of texts as `__metadata__`")
        }
        Fault::Texts => ("more than 1024 texts in `__metadata__`", "at most 1024"),
        Fault::Key => (
            "`__metadata__`, a key in it, or a field of a tensor that stands twice",
            "each of them once",
        ),
        Fault::Field => (
            "a tensor without `dtype`, `shape` or `data_offsets`",
            "all three of them for each tensor",
        ),
        Fault::Number => ("too large a number", "sizes and places inside the file"),
        Fault::Whole => (
            "a size or a place with a sign, a fraction or an exponent",
            "integers from 0, written in digits",
        ),
        Fault::Axes => ("a tensor of more axes", "tensors of up to eight axes"),
        Fault::Backwards => {
            ("a tensor that ends before it begins", "a first byte and the one after the last")
        }
        // The others are found elsewhere.
        _ => ("`invalid JSON`", "a header of safetensors"),
    }
}

/// What is wrong with a tensor among the others.
fn misplaced(path: &Path, entries: &[Entry<'_>], data: Option<usize>, wrong: Misplaced) -> Error {
    let says = |field: String, found: String, expected: String| {
        Error::file(path, field, found, expected, DAMAGED)
    };
    let tensor = |what: &str| {
        let name = entries.get(wrong.index).map(|entry| quoted(&entry.name.text()));
        format!("{what}tensor {}", name.unwrap_or_default())
    };
    let entry = || entries[wrong.index];
    match wrong.fault {
        Fault::Outside | Fault::Rest => says(
            "elements".into(),
            format!("{} bytes", data.unwrap_or_default()),
            format!("{}, as the header says", described(entries)),
        ),
        Fault::Twice => says(tensor(""), "two of this name".into(), "one".into()),
        Fault::Place => says(
            tensor("place of "),
            format!("byte {}", entry().begin),
            format!("byte {}, where the tensor before it ends", wrong.expected),
        ),
        Fault::Dtype => says(
            tensor("element type of "),
            quoted(&entry().dtype.text()),
            "one of the format's, such as F32".into(),
        ),
        Fault::Size => says(
            tensor("elements of "),
            format!("{} bytes", entry().end - entry().begin),
            match entry().bytes() {
                Ok(bytes) => bytes.to_string(),
                Err(_) => "a whole number of bytes".into(),
            },
        ),
        fault => {
            let (found, expected) = said(fault);
            says("header".into(), found.into(), expected.into())
        }
    }
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
