//! The Brier score: the squared error of probabilities.

use super::gathered::Mean;
use super::{Metric, Observation};
use crate::error::Result;
use crate::head::Target;

/// The mean squared error of predicted probabilities; lower is better.
///
/// (p − t)² of the second of two classes or of an event, from 0 to 1, averaged over several events;
/// Σ (p − t)² over more classes, from 0 to 2 (G. W. Brier, 1950). `None` without rows.
///
/// As scikit-learn's `brier_score_loss`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Brier {
    mean: Mean,
}

impl Metric for Brier {
    type Value = Option<f64>;
    const NAME: &'static str = "Brier score";

    fn observe(&mut self, row: &Observation) -> Result<()> {
        let p = row.outputs()?;
        let score = match row.target() {
            Target::Class(class) if p.len() == 2 => (p[1] - class as f64).powi(2),
            Target::Class(class) => {
                let of = |(at, &p): (usize, &f64)| (p - f64::from(at == class)).powi(2);
                p.iter().enumerate().map(of).sum()
            }
            Target::Events(events) => {
                let each = p.iter().zip(events).map(|(p, t)| (p - t).powi(2));
                each.sum::<f64>() / events.len() as f64
            }
            _ => return Err(row.other_than("a class, or events that happen or not")),
        };
        self.mean.add(score, row.weight());
        Ok(())
    }

    fn finish(self) -> Option<f64> {
        self.mean.value()
    }
}

#[cfg(test)]
pub(super) fn examples() -> Vec<super::checks::Example> {
    use super::checks::{Example, class, events};

    let all = Brier::default;
    vec![
        Example::new(all, &[class(&[0.25, 0.75], 1), class(&[0.5, 0.5], 0)], Some(0.15625)),
        Example::new(all, &[class(&[0.5, 0.25, 0.25], 1)], Some(0.875)),
        Example::new(all, &[events(&[0.5], &[1.0])], Some(0.25)),
        Example::new(all, &[events(&[0.5, 1.0], &[1.0, 1.0])], Some(0.125)),
    ]
}
