//! Fitting an encoder to the training rows before the first step.

use std::fmt;

use tensor::Float;
use tensor::threads::Threads;

use super::model::Model;
use crate::data::{Source, portions};
use crate::error::Result;
use crate::layer::columns::ColumnsInfo;
use crate::layer::{FoundColumn, Info, LayerInfo, Seen};
use crate::network::categories;
use crate::parameters::Parameters;
use crate::words::Words;

/// Fits the [encoder](crate::layer::encoder) at the front of a model explicitly.
/// [`fit`](crate::fit) does it before its first step, with its training rows only.
///
/// ```
/// use nn::data::Dataset;
/// use nn::prelude::*;
///
/// network! { struct Price(standardize, dense(2 -> 4, relu), dense(1)); }
///
/// let data = Dataset::new(vec![[80.0, 3.0], [120.0, 5.0]], vec![[1.0], [2.0]])?;
/// let mut price = Price::init(1);
/// println!("{}", price.adapt(&data)?);
/// assert!(price.predict(&[100.0, 4.0])[0].is_finite());
/// # Ok::<(), nn::Error>(())
/// ```
pub trait Adapt: Model {
    /// Fits the encoder to these rows, again if it is fitted already.
    ///
    /// # Errors
    ///
    /// If there are no rows, or the model does not allow one.
    fn adapt(&mut self, data: &dyn Source<Self::Input, Self::Target>) -> Result<Adapted> {
        self.find_encoding(data, &Threads::all())
    }
}

impl<M: Model> Adapt for M {}

/// The statistics of a fitted encoder, column by column. They print as a table, which is empty for
/// a model without an encoder.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Adapted {
    /// Number of rows that the encoder was fitted to.
    pub rows: usize,
    /// The columns in order, each with its name.
    pub columns: Vec<(String, FoundColumn)>,
    /// For columns of words, the known words in alphabetical order, if the rows came with their
    /// words.
    pub words: Vec<(String, Vec<String>)>,
}

impl Adapted {
    pub(crate) fn of<T: Float>(
        rows: usize,
        columns: Vec<FoundColumn>,
        layers: &Info,
        parameters: &Parameters<T>,
    ) -> Self {
        let encoders = (0..layers.count()).map(|at| layers.layer(at).0);
        let finds = |layer: &&LayerInfo| layer.encodes && !layer.tensors.is_empty();
        let names = encoders.filter(finds).flat_map(|layer| {
            let unnamed = if layer.columns == ColumnsInfo::NONE { layer.inputs } else { 0 };
            let named = layer.columns.names.iter().map(|&name| Some(name));
            named.chain(std::iter::repeat_n(None, unnamed))
        });
        let columns = columns.into_iter().zip(names).enumerate().map(|(at, (found, name))| {
            (name.map_or_else(|| format!("column {at}"), str::to_owned), found)
        });
        let by_print = parameters.words().by_fingerprint();
        let words = categories(layers, parameters.as_slice()).map(|(name, places)| {
            let words = places.iter().filter_map(|place| by_print.get(place)).copied();
            (name.to_owned(), Words::new(words).iter().map(str::to_owned).collect())
        });
        Adapted { rows, columns: columns.collect(), words: words.collect() }
    }

    /// `: Oslo, Rome and 12 others` for `count` words of a column; empty if none is known.
    fn some_words(&self, column: &str, count: usize) -> String {
        /// Maximum number of names listed.
        const NAMED: usize = 8;
        let known = self.words.iter().find(|(name, _)| name == column).map(|(_, words)| &words[..]);
        let named: Vec<&str> =
            known.into_iter().flatten().map(|word| &word[..]).take(NAMED).collect();
        match count.saturating_sub(named.len()) {
            _ if named.is_empty() => String::new(),
            0 => format!(": {}", named.join(", ")),
            1 => format!(": {} and one other", named.join(", ")),
            others => format!(": {} and {others} others", named.join(", ")),
        }
    }

    /// Notes on columns without information, or with the same values as another.
    pub(crate) fn notes(&self) -> Vec<String> {
        let named = |is: &dyn Fn(&FoundColumn) -> bool| {
            let names =
                self.columns.iter().filter(|(_, found)| is(found)).map(|(name, _)| &name[..]);
            names.collect::<Vec<_>>()
        };
        let missing = named(&|found| found.count == 0);
        let constant = named(&|found| found.count > 0 && found.is_constant());
        let note = |what: &str, names: Vec<&str>| {
            /// Maximum number of names listed.
            const NAMED: usize = 8;
            let more = names.len().saturating_sub(NAMED);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let names = names[..names.len().min(NAMED)].join(", ");
            (!names.is_empty())
                .then(|| format!("{what} in all {} training rows: {names}{more}", self.rows))
        };
        let mut notes: Vec<String> =
            [note("missing", missing), note("the same", constant)].into_iter().flatten().collect();
        let says = |found: &FoundColumn| found.count > 0 && !found.is_constant();
        let twice = self.columns.iter().enumerate().filter_map(|(at, (name, found))| {
            let is_same = |(_, first): &&(String, FoundColumn)| first.print == found.print;
            let (first, _) = self.columns[..at].iter().find(is_same).filter(|_| says(found))?;
            Some(format!("{name} as {first}"))
        });
        let twice: Vec<String> = twice.collect();
        if !twice.is_empty() {
            notes.push(format!("the same values in two columns: {}", twice.join(", ")));
        }
        notes
    }
}

/// One line per column: `area: 1,200 values, 3 missing, median 84`.
impl fmt::Display for Adapted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (name, found)) in self.columns.iter().enumerate() {
            let FoundColumn { count, missing, mean, least, most, median, words, .. } = *found;
            if at > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{name}: {count} values, {missing} missing")?;
            match count {
                0 => {}
                _ if words.is_some() => {
                    let words = words.unwrap_or(0);
                    let plural = if words == 1 { "" } else { "s" };
                    write!(f, ", {words} word{plural}{}", self.some_words(name, words))?;
                }
                _ if found.is_constant() => write!(f, ", all {}", figure(least))?,
                _ => {
                    let (word, middle) = median.map_or(("mean", mean), |median| ("median", median));
                    write!(
                        f,
                        ", {word} {}, from {} to {}",
                        figure(middle),
                        figure(least),
                        figure(most)
                    )?;
                }
            }
        }
        Ok(())
    }
}

/// A number with five significant digits.
fn figure(number: f64) -> String {
    let rounded: f64 = format!("{number:.4e}").parse().unwrap_or(number);
    rounded.to_string()
}

/// Passes the rows of `data` to `see`, each as a slice of numbers.
pub(crate) fn with_rows<X, Y, T: Float>(
    data: &dyn Source<X, Y>,
    width: usize,
    threads: &Threads,
    numbers: impl Fn(&[X]) -> &[T],
    see: impl FnOnce(&Seen<'_, T>),
) -> Result<()> {
    let failed = std::cell::RefCell::new(None);
    let visit = |see: &mut dyn FnMut(&[T])| {
        let shown = portions(data, threads, |_, inputs, _| {
            see(numbers(inputs));
            Ok(())
        });
        if let Err(error) = shown {
            failed.replace(Some(error));
        }
    };
    see(&Seen::new(&visit, data.len(), width));
    match failed.into_inner() {
        Some(error) => Err(error),
        None => Ok(()),
    }
}
