//! The content of a checkpoint, as text and tensors.

use std::collections::BTreeMap;
use std::path::Path;

use tensor::Float;

use super::conditions::Rates;
use crate::error::{Error, Result, quoted};
use crate::file::{Content, load_all, load_all_bytes, save_all};
use crate::metric::Metrics;
use crate::parameters::NamedTensor;
use crate::train::goal::Course;
use crate::train::report::Epoch;
use crate::train::state::{NamedBuffer, TrainerState};

/// Value of `format` in the metadata.
const FORMAT: &str = "nn-run-1";
/// Keys of the metadata.
const KEYS: [&str; 10] = [
    "format",
    "network",
    "architecture",
    "conditions",
    "trainer",
    "rates",
    "place",
    "course",
    "history",
    "observers",
];
const ADVICE: &str = "the file is damaged, or not a checkpoint: remove it";

/// Position of a training in its epochs and batches.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Place {
    /// Completed epochs.
    pub(crate) epochs: usize,
    /// Completed batches of the next epoch.
    pub(crate) batches: usize,
    /// Rows in these batches, and the sum of their losses.
    pub(crate) rows: usize,
    pub(crate) loss_sum: f64,
}

/// Parameters, one part per tensor.
type Parts<T> = Vec<Vec<T>>;

/// Everything that a training needs to resume.
#[derive(Debug)]
pub(crate) struct Snapshot<T> {
    pub(crate) model: Parts<T>,
    pub(crate) best: Option<Parts<T>>,
    /// The average, and the number of parameter vectors in it.
    pub(crate) average: Option<(Parts<T>, u64)>,
    pub(crate) trainer: TrainerState<T>,
    pub(crate) rates: Rates,
    pub(crate) place: Place,
    pub(crate) course: Course,
    pub(crate) history: Vec<Epoch>,
    /// Names and states of the observers.
    pub(crate) observers: Vec<(String, String)>,
    pub(crate) conditions: String,
}

/// The same, borrowed for writing.
#[derive(Debug)]
pub(crate) struct Written<'w, T> {
    pub(crate) network: &'w str,
    pub(crate) architecture: &'w str,
    pub(crate) conditions: &'w str,
    pub(crate) tensors: &'w [NamedTensor],
    pub(crate) model: &'w [T],
    pub(crate) best: Option<&'w [T]>,
    pub(crate) average: Option<(&'w [T], u64)>,
    pub(crate) trainer: TrainerState<T>,
    pub(crate) rates: Rates,
    pub(crate) place: Place,
    pub(crate) course: &'w Course,
    pub(crate) history: &'w [Epoch],
    pub(crate) observers: Vec<(String, String)>,
}

impl<T: Float> Written<'_, T> {
    pub(crate) fn save(&self, path: &Path) -> Result<()> {
        let Written { place, course, trainer, .. } = self;
        let average_count = self.average.map_or(0, |(_, count)| count);
        let trainer_text = format!(
            "optimizer: {}\nsteps: {}\nseed: {}\nrate: {:?}\naverage: {average_count}\n",
            trainer.optimizer, trainer.steps, trainer.seed, trainer.rate
        );
        let Place { epochs, batches, rows, loss_sum } = place;
        let place =
            format!("epochs: {epochs}\nbatches: {batches}\nrows: {rows}\nloss: {loss_sum:?}\n");
        let best = course.best.map_or("none".into(), |(epoch, value)| format!("{epoch} {value:?}"));
        let course = format!(
            "best: {best}\nsince: {}\nplateau: {}\nfactor: {:?}\nover: {}\n",
            course.since_best, course.on_plateau, course.factor, course.is_over
        );
        let history: String = self.history.iter().map(epoch_line).collect();
        let observers = self.observers.iter();
        let observers: String =
            observers.map(|(name, state)| format!("{name:?} {state:?}\n")).collect();
        let rates = self.rates.text();
        let texts = [
            FORMAT,
            self.network,
            self.architecture,
            self.conditions,
            &trainer_text,
            &rates,
            &place,
            &course,
            &history,
            &observers,
        ];
        let texts: Vec<(&str, &str)> = KEYS.into_iter().zip(texts).collect();
        let mut parts = Vec::new();
        let parameters = [("model", Some(self.model)), ("best", self.best)];
        let average = ("average", self.average.map(|(flat, _)| flat));
        for (what, flat) in parameters.into_iter().chain([average]) {
            let Some(flat) = flat else { continue };
            parts.extend(self.tensors.iter().map(|tensor| {
                let name = format!("{what}/{}", tensor.name);
                (name, tensor.shape.clone(), &flat[tensor.range()])
            }));
        }
        parts.extend(trainer.memory.iter().map(|buffer| {
            (format!("optimizer/{}", buffer.name), buffer.shape.clone(), &buffer.values[..])
        }));
        save_all(path, &texts, &parts)
    }
}

/// `loss seconds`; with validation `loss seconds loss`, and with an accuracy `loss seconds loss
/// accuracy`. After a tab each, the name and value of every other measure.
fn epoch_line(epoch: &Epoch) -> String {
    let mut line = format!("{:?} {:?}", epoch.loss, epoch.seconds);
    if let Some(Metrics { loss, accuracy }) = epoch.validation {
        line += &format!(" {loss:?}");
        line += &accuracy.map_or(String::new(), |accuracy| format!(" {accuracy:?}"));
    }
    for (name, value) in &epoch.measured {
        line += &format!("\t{name:?} {value:?}");
    }
    line + "\n"
}

fn epoch_of(line: &str) -> Option<Epoch> {
    let mut parts = line.split('\t');
    let numbers: Vec<f64> =
        parts.next()?.split(' ').map(str::parse).collect::<std::result::Result<_, _>>().ok()?;
    let (loss, seconds, validation) = match numbers[..] {
        [loss, seconds] => (loss, seconds, None),
        [loss, seconds, of] => (loss, seconds, Some(Metrics { loss: of, accuracy: None })),
        [loss, seconds, of, accuracy] => {
            (loss, seconds, Some(Metrics { loss: of, accuracy: Some(accuracy) }))
        }
        _ => return None,
    };
    let measured = parts.map(|part| {
        let (name, value) = string(part)?;
        let value = match value.strip_prefix(' ')? {
            "None" => None,
            value => Some(value.strip_prefix("Some(")?.strip_suffix(')')?.parse().ok()?),
        };
        Some((name, value))
    });
    let measured = measured.collect::<Option<_>>()?;
    Some(Epoch { loss, validation, measured, seconds })
}

/// Why a training cannot resume from a checkpoint.
#[derive(Debug)]
pub(crate) enum Unusable {
    /// It cannot be read: another checkpoint may be readable.
    Damaged(Error),
    /// It is of another model: so are the other checkpoints.
    OfAnother(Error),
}

impl From<Error> for Unusable {
    fn from(error: Error) -> Self {
        Unusable::Damaged(error)
    }
}

impl<T: Float> Snapshot<T> {
    /// Reads a checkpoint that [`Written::save`] wrote, for a model of this architecture with these
    /// tensors.
    pub(crate) fn load(
        path: &Path,
        architecture: &str,
        tensors: &[NamedTensor],
    ) -> std::result::Result<Self, Unusable> {
        Self::of(path, load_all(path, &KEYS)?, architecture, tensors)
    }

    /// As `load`, from the bytes of a file.
    pub(crate) fn read(
        path: &Path,
        bytes: &[u8],
        architecture: &str,
        tensors: &[NamedTensor],
    ) -> Result<Self> {
        let content = load_all_bytes(path, bytes, &KEYS)?;
        Self::of(path, content, architecture, tensors).map_err(|unusable| match unusable {
            Unusable::Damaged(error) | Unusable::OfAnother(error) => error,
        })
    }

    fn of(
        path: &Path,
        (texts, content): Content<T>,
        architecture: &str,
        tensors: &[NamedTensor],
    ) -> std::result::Result<Self, Unusable> {
        let texts = Texts { path, texts };
        if texts.of("format")? != FORMAT {
            return Err(texts.wrong("format", texts.of("format")?, FORMAT).into());
        }
        let found = texts.of("architecture")?;
        if found != architecture {
            let advice = "resume with the model it began with, or train into another directory";
            let (found, expected) = (quoted(found), quoted(architecture));
            return Err(Unusable::OfAnother(Error::file(path, "model", found, expected, advice)));
        }
        let mut content = content.into_iter().peekable();
        // One part after another, in the order in which they were written.
        let mut parts = |what: &str| -> Result<Option<Parts<T>>> {
            let is_next = content.peek().is_some_and(|(name, ..)| {
                name.strip_prefix(what).is_some_and(|rest| rest.starts_with('/'))
            });
            if !is_next {
                return Ok(None);
            }
            let mut parts = Vec::with_capacity(tensors.len());
            for tensor in tensors {
                let expected = format!("{what}/{} {:?}", tensor.name, tensor.shape);
                let (found, values) = match content.next() {
                    Some((name, shape, values)) => (format!("{name} {shape:?}"), values),
                    None => ("its end".into(), Vec::new()),
                };
                if found != expected {
                    return Err(Error::file(path, "tensor", quoted(&found), expected, ADVICE));
                }
                parts.push(values);
            }
            Ok(Some(parts))
        };
        let model = parts("model")?;
        let Some(model) = model.or_else(|| tensors.is_empty().then(Vec::new)) else {
            return Err(Error::file(path, "tensors", "none of the model", "some", ADVICE).into());
        };
        let best = parts("best")?;
        let average = match parts("average")? {
            Some(parts) => Some((parts, texts.number("trainer", "average")?)),
            None => None,
        };
        let mut memory = Vec::new();
        for (name, shape, values) in content {
            match name.strip_prefix("optimizer/") {
                Some(name) => memory.push(NamedBuffer { name: name.into(), shape, values }),
                None => {
                    return Err(Error::file(path, "tensor", quoted(&name), "none", ADVICE).into());
                }
            }
        }
        let trainer = TrainerState {
            optimizer: texts.field("trainer", "optimizer")?.to_owned(),
            steps: texts.number("trainer", "steps")?,
            seed: texts.number("trainer", "seed")?,
            rate: texts.number("trainer", "rate")?,
            memory,
        };
        let rates = texts.of("rates")?;
        let place = Place {
            epochs: texts.number("place", "epochs")?,
            batches: texts.number("place", "batches")?,
            rows: texts.number("place", "rows")?,
            loss_sum: texts.number("place", "loss")?,
        };
        let best_text = texts.field("course", "best")?;
        let course = Course {
            best: match best_text {
                "none" => None,
                text => {
                    let parts = text.split_once(' ');
                    let parts = parts.and_then(|(a, b)| a.parse().ok().zip(b.parse().ok()));
                    Some(parts.ok_or_else(|| texts.wrong("course", text, "an epoch and a value"))?)
                }
            },
            since_best: texts.number("course", "since")?,
            on_plateau: texts.number("course", "plateau")?,
            factor: texts.number("course", "factor")?,
            is_over: texts.number("course", "over")?,
        };
        let history = texts.of("history")?.lines().map(|line| {
            epoch_of(line).ok_or_else(|| texts.wrong("history", line, "the numbers of an epoch"))
        });
        let observers = texts.of("observers")?.lines().map(|line| {
            two_strings(line).ok_or_else(|| texts.wrong("observers", line, "a name and a state"))
        });
        let snapshot = Snapshot {
            model,
            best,
            average,
            trainer,
            rates: Rates::parse(rates).ok_or_else(|| texts.wrong("rates", rates, "factors"))?,
            place,
            course,
            history: history.collect::<Result<_>>()?,
            observers: observers.collect::<Result<_>>()?,
            conditions: texts.of("conditions")?.to_owned(),
        };
        if snapshot.history.len() != place.epochs {
            let found = format!("{} epochs", snapshot.history.len());
            return Err(texts.wrong("history", &found, &place.epochs.to_string()).into());
        }
        Ok(snapshot)
    }
}

/// The metadata of a file.
struct Texts<'t> {
    path: &'t Path,
    texts: BTreeMap<&'static str, String>,
}

impl Texts<'_> {
    fn wrong(&self, key: &str, found: &str, expected: &str) -> Error {
        let what = format!("{key} in the metadata");
        Error::file(self.path, what, quoted(found), expected, ADVICE)
    }

    fn of(&self, key: &str) -> Result<&str> {
        self.texts.get(key).map(String::as_str).ok_or_else(|| self.wrong(key, "none", "a text"))
    }

    /// The text after `name: ` in the value of this key.
    fn field(&self, key: &str, name: &str) -> Result<&str> {
        let text = self.of(key)?;
        let mut fields = text.lines().filter_map(|line| line.split_once(": "));
        let field = fields.find(|(found, _)| *found == name);
        field.map(|(_, value)| value).ok_or_else(|| self.wrong(key, text, name))
    }

    fn number<N: std::str::FromStr>(&self, key: &str, name: &str) -> Result<N> {
        let text = self.field(key, name)?;
        text.parse().map_err(|_| self.wrong(key, text, &format!("a value of {name}")))
    }
}

/// Two strings as `{:?}` writes them.
fn two_strings(line: &str) -> Option<(String, String)> {
    let (first, rest) = string(line)?;
    let (second, rest) = string(rest.strip_prefix(' ')?)?;
    rest.is_empty().then_some((first, second))
}

/// The string in quotes at the start, and what follows it.
fn string(text: &str) -> Option<(String, &str)> {
    let mut string = String::new();
    let mut characters = text.strip_prefix('"')?.chars();
    loop {
        match characters.next()? {
            '"' => return Some((string, characters.as_str())),
            '\\' => match characters.next()? {
                'n' => string.push('\n'),
                'r' => string.push('\r'),
                't' => string.push('\t'),
                '0' => string.push('\0'),
                'u' => {
                    let rest = characters.as_str().strip_prefix('{')?;
                    let (digits, rest) = rest.split_once('}')?;
                    string.push(char::from_u32(u32::from_str_radix(digits, 16).ok()?)?);
                    characters = rest.chars();
                }
                other => string.push(other),
            },
            other => string.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_come_back_as_they_were() {
        for text in ["", "a b", "line\nline\r\t\0", "\"quoted\" \\ 'x'", "\u{1b}[2J é ∞ \u{7f}"]
        {
            let line = format!("{text:?} {text:?}");
            assert_eq!(two_strings(&line), Some((text.to_owned(), text.to_owned())), "{line}");
        }
        assert_eq!(two_strings("\"a\" b"), None);
        assert_eq!(two_strings("\"a\" \"b\" "), None);
    }

    #[test]
    fn epochs_come_back_as_they_were() {
        for validation in [None, Some((0.1, None)), Some((1e-300, Some(1.0 / 3.0)))] {
            let validation = validation.map(|(loss, accuracy)| Metrics { loss, accuracy });
            let measured = vec![("a \"b\"\t".into(), Some(1.0 / 3.0)), ("none".into(), None)];
            let epoch = Epoch { loss: 0.1 + 0.2, validation, measured, seconds: 1e-9 };
            assert_eq!(epoch_of(epoch_line(&epoch).trim_end()), Some(epoch));
        }
        assert_eq!(epoch_of("1"), None);
        assert_eq!(epoch_of("1 x"), None);
    }
}
