//! Adafactor: scaling as in Adam, with means over rows and columns instead of all squares.

use tensor::{Buffer, Float};

use super::decay::{Decay, rate_and_decay};
use super::norm::norm;
use super::pass::{Element, pass, running};
use super::{Optimizer, Step, Stretch, negligible, settings};
#[cfg(test)]
use super::{checks::Examples, onnx::Onnx, trajectories::Reference};
use crate::error::Result;
use crate::parameters::{NamedTensor, combine};

/// The Adafactor optimizer (Shazeer and Stern 2018), as in PyTorch.
///
/// w = t^−power at step t. For a matrix, with the means over the columns of a row and over the rows
/// of a column, R ← (1 − w) R + w · mean g²,  C ← (1 − w) C + w · mean g²,
/// v = R·C / max(mean R, ε); for any other tensor v ← (1 − w) v + w g².
/// u = g / √max(v, ε²),
/// p ← p − max(ε₂, rms p) · min(learning_rate, 1/√t) · u / max(1, rms u / threshold),
/// with root mean squares (rms) of whole tensors.
///
/// The size of a step is relative to the size of the parameters, and its bound falls with the
/// number of steps. ε is the precision of the network's numbers. Decay comes before the step.
/// State: R and C in the first numbers of `square`, or v.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Adafactor {
    /// Learning rate: the size of a step relative to a tensor's numbers, usually 1e-2.
    pub learning_rate: f64,
    /// How fast the mean of squares becomes a mean over all steps, usually 0.8.
    pub power: f64,
    /// ε₂, the smallest size assumed for a tensor's numbers, usually 1e-3.
    pub smallest: f64,
    /// Largest root mean square of u, usually 1.
    pub threshold: f64,
    /// Weight decay; none by default.
    pub decay: Decay,
}

impl Adafactor {
    /// Creates the optimizer with a power of 0.8, ε₂ = 1e-3, a threshold of 1, without decay.
    pub const fn new(learning_rate: f64) -> Self {
        let decay = Decay::NONE;
        Adafactor { learning_rate, power: 0.8, smallest: 1e-3, threshold: 1.0, decay }
    }

    /// Sets the power.
    #[must_use]
    pub const fn power(self, power: f64) -> Self {
        Adafactor { power, ..self }
    }

    /// Sets ε₂.
    #[must_use]
    pub const fn smallest(self, smallest: f64) -> Self {
        Adafactor { smallest, ..self }
    }

    /// Sets the threshold.
    #[must_use]
    pub const fn threshold(self, threshold: f64) -> Self {
        Adafactor { threshold, ..self }
    }
}

rate_and_decay!(Adafactor);

impl<T: Float> Optimizer<T> for Adafactor {
    const NAME: &'static str = "adafactor";
    const MEMORY: &'static [&'static str] = &["square"];
    const WHOLE_TENSORS: bool = true;
    const DECAYS: bool = true;

    fn check(&self) -> Result<()> {
        settings::learning_rate::<T>("adafactor", self.learning_rate)?;
        let is_power = self.power > 0.0 && self.power <= 1.0;
        let found = ("adafactor", "power", self.power);
        settings::refuse_unless(is_power, found, "above 0, at most 1", "0.8 is usual")?;
        settings::from_0("adafactor", "smallest", self.smallest, "1e-3 is usual")?;
        let is_bound = self.threshold > 0.0 && self.threshold.is_finite();
        let found = ("adafactor", "threshold", self.threshold);
        settings::refuse_unless(is_bound, found, "a finite number above 0", "1 is usual")?;
        self.decay.check("adafactor")
    }

    fn update(&self, step: Step, stretch: Stretch<'_, T>) {
        self.checked_update(step, stretch);
    }

    fn checked_update(&self, step: Step, stretch: Stretch<'_, T>) -> bool {
        let Stretch { parameters, gradient, memory: [square, ..], tensor } = stretch;
        let t = step.number as f64;
        let rate = self.learning_rate * step.rate;
        let weight = t.powf(-self.power);
        let mean =
            Mean { keep: T::of(1.0 - weight), share: T::of(weight), negligible: negligible() };
        let coupled = if self.decay.is_coupled { self.decay.amount_of(tensor) } else { 0.0 };
        let mut u = Buffer::from_slice(gradient);
        if coupled > 0.0 {
            let coupled = T::of(coupled);
            combine(&mut u, parameters, move |g, p| p.mul_add(coupled, g));
        }
        match tensor.and_then(matrix) {
            Some(columns) => mean.by_rows_and_columns(&mut u, square, columns),
            None => mean.by_elements(&mut u, square),
        }
        let size = T::of((parameters.len().max(1) as f64).sqrt());
        let of_parameters = (norm([&*parameters], |[p]| p) / size).as_f64();
        let of_step = (norm([&*u], |[u]| u) / size).as_f64();
        // Written so that a NaN is preserved.
        let scale = of_parameters.max(self.smallest) * rate.min(1.0 / t.sqrt());
        let bound = if of_step / self.threshold <= 1.0 { 1.0 } else { of_step / self.threshold };
        let decoupled = if self.decay.is_coupled { Decay::NONE } else { self.decay };
        let shares = decoupled.shares(rate, tensor);
        pass(Along(T::of(scale / bound)), shares, parameters, gradient, [&mut u])
    }
}

/// The columns of a matrix for which the row and column means are fewer numbers than the matrix.
fn matrix(tensor: &NamedTensor) -> Option<usize> {
    match tensor.shape[..] {
        [rows, columns] if rows > 1 && columns > 1 => Some(columns),
        _ => None,
    }
}

/// A running mean of squares.
#[derive(Clone, Copy)]
struct Mean<T> {
    keep: T,
    share: T,
    negligible: T,
}

impl<T: Float> Mean<T> {
    /// Replaces g with u, and v with the mean that includes g².
    fn by_elements(self, g: &mut [T], v: &mut [T]) {
        let least = T::epsilon() * T::epsilon();
        combine(v, g, move |v, g| running(v, self.keep, self.share * g * g, self.negligible));
        combine(g, v, move |g, v| over_root(g, v, least));
    }

    /// The same for a matrix; `memory` begins with the means of the rows, followed by those of the
    /// columns.
    fn by_rows_and_columns(self, g: &mut [T], memory: &mut [T], columns: usize) {
        let rows = g.len() / columns;
        let (of_rows, rest) = memory.split_at_mut(rows);
        let of_columns = &mut rest[..columns];
        let mut sums = Buffer::zeroed(columns);
        let [per_row, per_column] = [columns, rows].map(|count| self.share / T::of(count as f64));
        for (mean, row) in of_rows.iter_mut().zip(g.chunks_exact(columns)) {
            let length = norm([row], |[g]| g);
            *mean = running(*mean, self.keep, per_row * length * length, self.negligible);
            combine(&mut sums, row, |sum, g| g.mul_add(g, sum));
        }
        combine(of_columns, &sums, move |mean, sum| {
            running(mean, self.keep, per_column * sum, self.negligible)
        });
        let all = of_rows.iter().fold(T::zero(), |all, &mean| all + mean) / T::of(rows as f64);
        let (all, least) = (at_least(all, T::epsilon()), T::epsilon() * T::epsilon());
        for (&mean, row) in of_rows.iter().zip(g.chunks_exact_mut(columns)) {
            combine(row, of_columns, move |g, of_column| {
                over_root(g, mean * of_column / all, least)
            });
        }
    }
}

/// g / √max(v, least)
#[inline(always)]
fn over_root<T: Float>(g: T, v: T, least: T) -> T {
    g / at_least(v, least).sqrt()
}

/// The larger one; a NaN is preserved.
#[inline(always)]
fn at_least<T: Float>(x: T, least: T) -> T {
    if x < least { least } else { x }
}

/// A step of this size along the stored direction.
#[derive(Clone, Copy)]
struct Along<T>(T);

impl<T: Float> Element<T, 1> for Along<T> {
    #[inline(always)]
    fn step(self, p: T, _g: T, [u]: [T; 1]) -> (T, [T; 1]) {
        (u.mul_add(-self.0, p), [u])
    }
}

#[cfg(test)]
pub(super) fn examples() -> Examples<Adafactor> {
    Examples {
        instances: vec![
            // With the usual power of 0.8, old squares would remain longer than a test has steps.
            Adafactor::new(0.05).power(0.5),
            Adafactor::new(0.1)
                .power(0.4)
                .threshold(0.5)
                .smallest(0.2)
                .decay(Decay::decoupled(0.3)),
        ],
        // Algorithm 2 of the paper for a vector, with PyTorch's bound on the learning rate
        formula: |rule, mut p, steps| {
            let mut v = 0.0;
            for (t, step) in (1..).map(f64::from).zip(steps) {
                let (g, w) = (step.gradient, t.powf(-rule.power));
                let rate = rule.learning_rate * step.factor;
                v = (1.0 - w) * v + w * g * g;
                let u = g / f64::max(v, f64::EPSILON.powi(2)).sqrt();
                let size = p.abs().max(rule.smallest) * rate.min(1.0 / t.sqrt());
                p *= 1.0 - rate * rule.decay.amount;
                p -= size * u / f64::max(1.0, u.abs() / rule.threshold);
            }
            p
        },
        moves_without_gradient: true,
        refused: vec![
            (Adafactor::new(0.0), "learning rate of adafactor"),
            (Adafactor::new(0.1).power(0.0), "power of adafactor"),
            (Adafactor::new(0.1).power(1.5), "power of adafactor"),
            (Adafactor::new(0.1).smallest(-1.0), "smallest of adafactor"),
            (Adafactor::new(0.1).threshold(0.0), "threshold of adafactor"),
            (Adafactor::new(0.1).decay(Decay::decoupled(-1.0)), "weight decay of adafactor"),
        ],
        onnx: Onnx::None("ONNX has no operator for it"),
        reference: Reference::Decaying(|case, decay| {
            Adafactor::new(case.number("learning_rate", 0.0))
                .power(case.number("power", 0.8))
                .smallest(case.number("smallest", 1e-3))
                .threshold(case.number("threshold", 1.0))
                .decay(decay)
        }),
    }
}
