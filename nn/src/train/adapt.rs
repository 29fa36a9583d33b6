//! What an encoder finds from the training rows, before the first step.

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

/// Has the [encoder](crate::layer::encoder) in front of a model find what it needs, by hand: [`fit`](crate::fit) does it before
/// its first step, from its training rows alone.
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
    /// Finds it from these rows, anew if it has been found before.
    ///
    /// # Errors
    ///
    /// If there are no rows, or the model does not allow one.
    fn adapt(&mut self, data: &dyn Source<Self::Input, Self::Target>) -> Result<Adapted> {
        self.find_encoding(data, &Threads::all())
    }
}

impl<M: Model> Adapt for M {}

/// What an encoder has found, column by column. Printed it is a table; of a model without an encoder it is empty.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Adapted {
    /// How many rows it was found from.
    pub rows: usize,
    /// The columns in their order, each with its name.
    pub columns: Vec<(String, FoundColumn)>,
    /// Of the columns of words those that have a place, in alphabetic order, as far as the rows came with their words.
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

    /// `: Oslo, Rome and 12 others` of so many words of a column; nothing if none is known.
    fn some_words(&self, column: &str, count: usize) -> String {
        /// As many as are named.
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

    /// What there is to be said: which columns say nothing, or what another one says.
    pub(crate) fn notes(&self) -> Vec<String> {
        let named = |is: &dyn Fn(&FoundColumn) -> bool| {
            let names =
                self.columns.iter().filter(|(_, found)| is(found)).map(|(name, _)| &name[..]);
            names.collect::<Vec<_>>()
        };
        let missing = named(&|found| found.count == 0);
        let constant = named(&|found| found.count > 0 && found.is_constant());
        let note = |what: &str, names: Vec<&str>| {
            /// As many as are named.
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

/// Column by column: `area: 1,200 values, 3 missing, median 84`.
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

/// Five figures of a number.
fn figure(number: f64) -> String {
    let rounded: f64 = format!("{number:.4e}").parse().unwrap_or(number);
    rounded.to_string()
}

/// Shows `see` the rows of `data`, each of so many numbers.
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
