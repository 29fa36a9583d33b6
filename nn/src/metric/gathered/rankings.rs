//! Rows in the order of a score, from which curves are computed.

use super::columns::same_width;
use crate::error::Result;
use crate::head::{Observation, Target};

/// One row of a ranking.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::metric) struct Scored {
    pub(in crate::metric) score: f64,
    pub(in crate::metric) is_positive: bool,
    pub(in crate::metric) weight: f64,
}

/// With two classes, one ranking by the probability of the second. Otherwise one for each class
/// against all others, or for each event.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::metric) struct Rankings(Vec<Vec<Scored>>);

impl Rankings {
    pub(in crate::metric) fn observe(&mut self, row: &Observation) -> Result<()> {
        let outputs = row.outputs()?;
        let (outputs, first) = match row.target() {
            Target::Class(_) if outputs.len() == 2 => (&outputs[1..], 1),
            Target::Class(_) | Target::Events(_) => (outputs, 0),
            _ => return Err(row.other_than("a class, or events that happen or not")),
        };
        if self.0.is_empty() {
            self.0.resize(outputs.len(), Vec::new());
        }
        same_width(self.0.len(), outputs.len())?;
        for (at, (ranking, &score)) in self.0.iter_mut().zip(outputs).enumerate() {
            let is_positive = match row.target() {
                Target::Class(class) => class == first + at,
                Target::Events(events) => events[at] > 0.5,
                _ => false,
            };
            ranking.push(Scored { score, is_positive, weight: row.weight() });
        }
        Ok(())
    }

    /// The mean of `value` over the rankings, each with its rows by falling score: `None` if a
    /// ranking has no value, or there is no ranking.
    pub(in crate::metric) fn mean(self, value: impl Fn(&[Scored]) -> Option<f64>) -> Option<f64> {
        let count = self.0.len();
        let mut sum = 0.0;
        for ranking in self.sorted() {
            sum += value(&ranking)?;
        }
        (count > 0).then(|| sum / count as f64)
    }

    /// Each ranking's rows by falling score.
    pub(in crate::metric) fn sorted(self) -> impl Iterator<Item = Vec<Scored>> {
        self.0.into_iter().map(|mut ranking| {
            ranking.sort_by(|a, b| b.score.total_cmp(&a.score));
            ranking
        })
    }
}

/// The weights of positive and negative rows at each distinct score, by falling score.
pub(in crate::metric) fn steps(ranking: &[Scored]) -> impl Iterator<Item = (f64, f64, f64)> {
    ranking.chunk_by(|a, b| a.score == b.score).map(|rows| {
        let weight = |positive| {
            let of_kind = rows.iter().filter(move |row| row.is_positive == positive);
            of_kind.map(|row| row.weight).sum::<f64>()
        };
        (rows[0].score, weight(true), weight(false))
    })
}
