//! The log loss, or mean negative log-likelihood.

use super::gathered::Mean;
use super::{Metric, Observation};
use crate::error::Result;
use crate::head::Target;

/// The mean of −ln p of the true class over the rows, from 0; lower is better, and chance level is
/// ln(classes).
///
/// For events it is −t·ln p − (1 − t)·ln(1 − p), averaged over them. It is computed from the logits
/// where they are known, and so is exact where p has rounded to 0 or 1. Where only outputs are
/// known, they are taken as probabilities and clamped from 2⁻⁵² to 1 − 2⁻⁵², as in scikit-learn.
/// `None` without rows.
///
/// As scikit-learn's `log_loss`; for several events, the mean of theirs.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LogLoss {
    mean: Mean,
}

impl Metric for LogLoss {
    type Value = Option<f64>;
    const NAME: &'static str = "log loss";

    fn observe(&mut self, row: &Observation) -> Result<()> {
        let p = row.outputs()?;
        let ln = |p: f64| p.clamp(f64::EPSILON, 1.0 - f64::EPSILON).ln();
        let loss = match (row.target(), row.logits()) {
            (Target::Class(class), None) => -ln(p[class]),
            (Target::Class(class), Some(z)) => {
                let above = z.iter().map(|other| other - z[class]);
                let most = above.clone().fold(0.0, f64::max);
                most + above.map(|z| (z - most).exp()).sum::<f64>().ln()
            }
            (Target::Events(events), logits) => {
                let each = events.iter().enumerate().map(|(at, &t)| match logits {
                    None => -t * ln(p[at]) - (1.0 - t) * ln(1.0 - p[at]),
                    // ln(1 + eᶻ) − t·z
                    Some(z) => z[at].max(0.0) - t * z[at] + (-z[at].abs()).exp().ln_1p(),
                });
                each.sum::<f64>() / events.len() as f64
            }
            _ => return Err(row.other_than("a class, or events that happen or not")),
        };
        self.mean.add(loss, row.weight());
        Ok(())
    }

    fn finish(self) -> Option<f64> {
        self.mean.value()
    }
}

#[cfg(test)]
pub(super) fn examples() -> Vec<super::checks::Example> {
    use super::checks::{Example, class, events};

    let all = LogLoss::default;
    let ln = f64::ln;
    vec![
        Example::new(
            all,
            &[class(&[0.5, 0.25, 0.25], 0), class(&[0.5, 0.25, 0.25], 2)],
            Some(1.5 * ln(2.0)),
        ),
        Example::new(all, &[class(&[1.0, 0.0], 1)], Some(-ln(f64::EPSILON))),
        Example::new(
            all,
            &[class(&[1.0, 0.0], 1).with_logits(&[900.0, 0.0]).unwrap()],
            Some(900.0),
        ),
        Example::new(all, &[events(&[0.5, 0.25], &[1.0, 0.0])], Some((ln(2.0) - ln(0.75)) / 2.0)),
        Example::new(all, &[events(&[1.0], &[0.0]).with_logits(&[800.0]).unwrap()], Some(800.0)),
    ]
}
