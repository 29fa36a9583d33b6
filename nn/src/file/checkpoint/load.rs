//! Loads a checkpoint. The whole file is checked before any of it is used.

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
use crate::labels::Labels;
use crate::layer::Info;
use crate::network::read_words;
use crate::parameters::{NamedTensor, Parameters};
use crate::words::{CLASS_NAMES, WORDS, Words};

pub(super) const OTHER_NETWORK: &str =
    "the file belongs to another network, load it with the declaration that saved it";

const OTHER_MODULES: &str = "the declaration's modules are not those of the file: compare them, or name the module of \
                             each layer with `load_pytorch_with(path, &PyTorch::new().modules(…))`";

/// The program that wrote a file, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Origin {
    /// This crate, according to the metadata.
    Here,
    /// PyTorch, according to the caller.
    PyTorch,
    /// Another program.
    Elsewhere,
}

impl Origin {
    /// The shape of a tensor in the file.
    fn shape_of(self, tensor: &NamedTensor) -> Vec<usize> {
        let mut shape = tensor.shape.clone();
        if self == Origin::PyTorch && tensor.is_matrix() {
            shape.reverse();
        }
        shape
    }

    /// Advice if a tensor differs from the network's.
    fn advice(self) -> &'static str {
        if self == Origin::PyTorch { OTHER_MODULES } else { OTHER_NETWORK }
    }
}

/// The content of a file for a network.
pub(crate) struct Loaded<T> {
    /// Shaped and ordered as in the network.
    pub(crate) tensors: Vec<Vec<T>>,
    class_names: Option<String>,
    words: Option<String>,
}

impl<T: Float> Loaded<T> {
    /// Copies everything into the parameters of a network with these tensors, named in order, and
    /// this number of classes.
    pub(crate) fn copy_to(
        &self,
        path: &Path,
        (info, tensors): (&Info, &[NamedTensor]),
        classes: usize,
        parameters: &mut Parameters<T>,
    ) -> Result<()> {
        for (tensor, values) in tensors.iter().zip(&self.tensors) {
            parameters.as_mut_slice()[tensor.range()].copy_from_slice(values);
        }
        if let Some(names) = self.class_names(path, classes)? {
            parameters.name_classes(names);
        }
        parameters.set_words(self.words(path, info, parameters.as_slice())?);
        Ok(())
    }

    /// The names of `classes` classes, if the file has any.
    pub(crate) fn class_names(&self, path: &Path, classes: usize) -> Result<Option<Labels>> {
        let Some(text) = &self.class_names else { return Ok(None) };
        match Labels::parse(text).filter(|names| names.len() == classes) {
            Some(names) => Ok(Some(names)),
            None => Err(Error::file(
                path,
                "names of the classes",
                quoted(text),
                format!("{classes} different names, each in quotes"),
                DAMAGED,
            )),
        }
    }

    /// The words of the columns of a network with these parameters; empty if the file has none.
    pub(crate) fn words(&self, path: &Path, info: &Info, parameters: &[T]) -> Result<Words> {
        let text = self.words.as_deref().unwrap_or_default();
        read_words(info, parameters, text).map_err(|found| {
            let expected = "different words, each in quotes, that the network knows";
            Error::file(path, "words of the columns", found, expected, DAMAGED)
        })
    }
}

/// Reads these tensors from `path`, in this order, with the network's layout.
///
/// Everything is checked before anything is returned. An `architecture` in the file must be this
/// one. A file of other origin has none; it is checked by names and shapes.
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

/// Metadata texts by their keys, and the tensors in the order of the file: name, shape and
/// elements.
pub(crate) type Content<T> = (BTreeMap<&'static str, String>, Vec<(String, Vec<usize>, Vec<T>)>);

/// Reads all tensors of the file at `path`, with any names, and the metadata with these `keys`.
pub(crate) fn load_all<T: Float>(path: &Path, keys: &[&'static str]) -> Result<Content<T>> {
    let (source, header) = Source::open(path)?;
    content(path, source, &header, keys)
}

/// The same for the bytes of a file; errors call it `path`.
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

/// The same for any bytes, whose number may be known.
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
    let file = File::parse(path, header, source.data, &keys)?;
    let origin = file.check_metadata(architecture, options.layout)?;
    file.check_names(expected, origin)?;
    let elements: Vec<Elements<'_>> = expected
        .iter()
        .map(|tensor| file.elements::<T>(tensor, origin, options))
        .collect::<Result<_>>()?;
    let tensors = read_all(path, source, file.length, &elements)?;
    Ok(file.loaded(tensors, origin == Origin::Here))
}

/// The values of these tensors. The network needs all of the file, so no more than that is read.
pub(super) fn read_all<T: Float>(
    path: &Path,
    source: Source<'_, impl Read>,
    length: usize,
    elements: &[Elements<'_>],
) -> Result<Vec<Vec<T>>> {
    let data = source.elements(length)?;
    elements.iter().map(|elements| elements.read(path, &data)).collect()
}

/// A parsed file. Its tensors are contiguous, from the first byte after the header to the last byte
/// of the file.
pub(super) struct File<'a> {
    pub(super) path: &'a Path,
    /// By their keys.
    pub(super) texts: BTreeMap<&'static str, String>,
    /// The bytes of all tensors.
    pub(super) length: usize,
    pub(super) tensors: BTreeMap<String, Entry<'a>>,
}

impl<'a> File<'a> {
    /// Parses the file and checks everything that does not depend on the network. Retains the
    /// metadata with these `keys`.
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

    /// The tensors with the texts of the metadata, if this crate wrote those: other programs may use
    /// the keys for something else.
    pub(super) fn loaded<T>(mut self, tensors: Vec<Vec<T>>, ours: bool) -> Loaded<T> {
        let mut text = |key| self.texts.remove(key).filter(|_| ours);
        Loaded { tensors, class_names: text(CLASS_NAMES), words: text(WORDS) }
    }

    /// The program that saved the file. It is an error if this was another network of this crate.
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
                "the file was saved by another version of this crate; use that version",
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
            // All files of this format have an architecture; without it the check would be
            // disabled.
            None => {
                let found = format!("none in a file of format {}", quoted(FORMAT));
                return wrong("architecture".into(), found, quoted(architecture), DAMAGED);
            }
        }
        match layout {
            None | Some(Layout::InOut) => Ok(Origin::Here),
            Some(Layout::OutIn) => wrong(
                "layout of the weights".into(),
                "[in, out], as stated by its metadata".into(),
                "[out, in], as requested".into(),
                "load it with `load`, which follows the metadata",
            ),
        }
    }

    /// Checks that the file and the network have tensors of the same names.
    pub(super) fn check_names(&self, expected: &[NamedTensor], origin: Origin) -> Result<()> {
        // `2.weight`: an item of an `nn.Sequential`, where this crate has names.
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

    /// The position and type of a tensor's elements.
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
                    "PyTorch's weights are [out, in] and this one is not: if the names are those of the network, load \
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
                "a square weight in a file without metadata of this crate, so that the order of its axes is unknown".into(),
                "a file that states the layout".into(),
                "pass the layout: load it with `load_as(path, Layout::OutIn)` if it comes from PyTorch, whose weights \
                 are [out, in], or with `load_as(path, Layout::InOut)` if its weights are [in, out]",
            );
        }
        Ok(elements)
    }
}

/// The error of the header, and the expected content.
fn said(fault: Fault) -> (&'static str, &'static str) {
    match fault {
        Fault::Utf8 => ("bytes that are not UTF-8", "a safetensors header"),
        Fault::Nested => ("values nested more than 100 deep", "a safetensors header"),
        Fault::Kind => (
            "JSON with a value of another type instead of a string, an array or an object",
            "a safetensors header",
        ),
        Fault::Metadata => (
            "a value in `__metadata__` that is not a string",
            "an object of strings as `__metadata__`",
        ),
        Fault::Texts => ("more than 1024 strings in `__metadata__`", "at most 1024"),
        Fault::Key => {
            ("`__metadata__`, a key in it, or a field of a tensor twice", "each of them once")
        }
        Fault::Field => (
            "a tensor without `dtype`, `shape` or `data_offsets`",
            "all three of them for each tensor",
        ),
        Fault::Number => ("too large a number", "sizes and offsets inside the file"),
        Fault::Whole => (
            "a size or an offset with a sign, a fraction or an exponent",
            "integers from 0, written in digits",
        ),
        Fault::Axes => ("a tensor with more than eight axes", "tensors with at most eight axes"),
        Fault::Backwards => (
            "a tensor that ends before it begins",
            "`data_offsets` [begin, end] with begin up to end",
        ),
        // The others are reported elsewhere.
        _ => ("`invalid JSON`", "a safetensors header"),
    }
}

/// The error of a tensor's position, type or size.
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
            tensor("offset of "),
            format!("byte {}", entry().begin),
            format!("byte {}, where the previous tensor ends", wrong.expected),
        ),
        Fault::Dtype => says(
            tensor("element type of "),
            quoted(&entry().dtype.text()),
            "a type of the format, such as F32".into(),
        ),
        Fault::Size => says(
            tensor("elements of "),
            format!("{} bytes", entry().end - entry().begin),
            match entry().bytes() {
                Ok(bytes) => bytes.to_string(),
                Err(_) => "an integer number of bytes".into(),
            },
        ),
        fault => {
            let (found, expected) = said(fault);
            says("header".into(), found.into(), expected.into())
        }
    }
}

/// The first names, and the number of all.
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
