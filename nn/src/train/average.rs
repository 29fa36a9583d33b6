//! Averages of the parameters over the steps of a training.

use std::ops::Range;

use tensor::Float;
use tensor::simd::vectorize;
use tensor::threads::Threads;

use crate::error::{Error, Result};

/// Numbers that are enough work for a thread.
const PIECE: usize = 8 * 1024;

/// An average of the parameters over many steps, which often predicts better than the last
/// parameters. It is validated and returned in their place.
///
/// State that is not trained by gradients, such as the running means of batch norm, is not
/// averaged; it is that of the last step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Average(Rule);

#[derive(Clone, Copy, Debug, PartialEq)]
enum Rule {
    Exponential(f64),
    Uniform(f64),
}

impl Average {
    /// Exponential moving average: after every step mean ← d·mean + (1 − d)·p, with d = min(decay,
    /// (1 + t)/(10 + t)) in step t, so that the influence of the first steps decays quickly (Polyak
    /// and Juditsky 1992; the warm-up as in TensorFlow).
    ///
    /// 0.999 is a mean over about 1,000 steps.
    pub const fn exponential(decay: f64) -> Self {
        Average(Rule::Exponential(decay))
    }

    /// Stochastic weight averaging (Izmailov et al. 2018): the plain mean of the parameters after
    /// each epoch, starting with the epoch that ends when the fraction `from` of the training is
    /// completed. 0.75 is usual. Before that, the current parameters are used.
    pub const fn uniform(from: f64) -> Self {
        Average(Rule::Uniform(from))
    }

    pub(super) fn check(&self) -> Result<()> {
        let refused = |what, value: f64, expected, advice| {
            Err(Error::value(what, value.to_string(), expected, advice))
        };
        match self.0 {
            Rule::Exponential(decay) if !(0.0..1.0).contains(&decay) => refused(
                "decay of the average",
                decay,
                "a number from 0 to below 1",
                "0.999 is usual; the more steps, the nearer to 1",
            ),
            Rule::Uniform(from) if !(0.0..=1.0).contains(&from) => refused(
                "start of the average",
                from,
                "a fraction of the training, from 0 to 1",
                "0.75 averages over the last quarter of the epochs",
            ),
            _ => Ok(()),
        }
    }
}

/// The running average of a training.
pub(super) struct Averaged<T> {
    pub(super) average: Average,
    /// As long as the flat parameters.
    pub(super) flat: Vec<T>,
    /// Number of parameter vectors in the mean.
    pub(super) count: u64,
    /// Ranges that are not averaged.
    state: Vec<Range<usize>>,
}

impl<T: Float> Averaged<T> {
    /// Starts before the first step, from these parameters.
    pub(super) fn new(average: Average, flat: &[T], state: Vec<Range<usize>>) -> Self {
        Averaged { average, flat: flat.to_vec(), count: 0, state }
    }

    /// Updates the average after a step.
    pub(super) fn step(&mut self, parameters: &[T], threads: &Threads) {
        if let Rule::Exponential(decay) = self.average.0 {
            let t = self.count as f64 + 1.0;
            self.add(parameters, 1.0 - decay.min((1.0 + t) / (10.0 + t)), threads);
        }
    }

    /// Updates the average after an epoch, when the fraction `done` of the training is completed.
    pub(super) fn epoch(&mut self, parameters: &[T], done: f64, threads: &Threads) {
        match self.average.0 {
            Rule::Uniform(from) if done >= from => {
                self.add(parameters, 1.0 / (self.count as f64 + 1.0), threads);
            }
            Rule::Uniform(_) => self.flat.copy_from_slice(parameters),
            Rule::Exponential(_) => {}
        }
    }

    /// mean ← mean + share·(p − mean)
    fn add(&mut self, parameters: &[T], share: f64, threads: &Threads) {
        self.count += 1;
        let share = T::of(share);
        let pieces = self.flat.chunks_mut(PIECE).zip(parameters.chunks(PIECE));
        threads.worth(parameters.len() > PIECE).for_each(pieces, |(mean, parameters)| {
            vectorize(move || {
                for (mean, &p) in mean.iter_mut().zip(parameters) {
                    *mean = (p - *mean).mul_add(share, *mean);
                }
            });
        });
        for state in &self.state {
            self.flat[state.clone()].copy_from_slice(&parameters[state.clone()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parameters::NamedTensor;

    #[test]
    fn the_exponential_mean_is_its_formula() {
        let state = NamedTensor::new("state", &[1], 1).range();
        let mut averaged = Averaged::new(Average::exponential(0.5), &[1.0_f64, 7.0], vec![state]);
        let threads = Threads::new(1);
        let mut mean = 1.0;
        for (t, p) in (1..).zip([2.0, 4.0, -3.0, 8.0, 1.0, 1.0, 5.0, 2.5, 0.0, 9.0]) {
            averaged.step(&[p, p * 2.0], &threads);
            averaged.epoch(&[p, p * 2.0], 1.0, &threads);
            let d = f64::min(0.5, (1.0 + f64::from(t)) / (10.0 + f64::from(t)));
            mean = d * mean + (1.0 - d) * p;
            assert!((averaged.flat[0] - mean).abs() < 1e-12);
            assert_eq!(averaged.flat[1], p * 2.0);
        }
    }

    #[test]
    fn the_uniform_mean_begins_where_it_is_told_to() {
        let mut averaged = Averaged::new(Average::uniform(0.5), &[1.0_f64], vec![]);
        let threads = Threads::new(1);
        let mut means = Vec::new();
        for (done, p) in [(0.25, 9.0), (0.5, 2.0), (0.75, 4.0), (1.0, 9.0)] {
            averaged.step(&[100.0], &threads);
            averaged.epoch(&[p], done, &threads);
            means.push(averaged.flat[0]);
        }
        assert_eq!(means, [9.0, 2.0, 3.0, 5.0]);
    }

    #[test]
    fn what_is_no_mean_is_refused() {
        for decay in [-0.1, 1.0, f64::NAN] {
            assert!(Average::exponential(decay).check().is_err(), "{decay}");
        }
        for from in [-0.1, 1.1, f64::NAN] {
            assert!(Average::uniform(from).check().is_err(), "{from}");
        }
        assert!(Average::exponential(0.0).check().is_ok() && Average::uniform(1.0).check().is_ok());
    }
}
