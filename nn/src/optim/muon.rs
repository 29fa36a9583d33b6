//! Muon: orthogonalized momentum for matrices, AdamW for the rest.

use tensor::product::{Matrix, MatrixMut, Start, add_scaled_product, product};
use tensor::{Buffer, Float};

use super::decay::{Decay, Shares};
use super::norm::norm;
use super::pass::{Element, pass, running};
use super::{AdamW, LearningRate, Optimizer, Step, Stretch, negligible, settings};
#[cfg(test)]
use super::{checks::Examples, onnx::Onnx, trajectories::Reference};
use crate::error::Result;
use crate::parameters::{NamedTensor, TensorKind};

/// The Muon optimizer (Jordan et al. 2024) for weights that are matrices, with [`AdamW`] for all
/// other tensors.
///
/// m ← momentum · m + (1 − momentum) g,  X = (1 − momentum) g + momentum · m, divided by its norm.
/// Then five times X ← 3.4445 X − 4.7750 (XXᵀ)X + 2.0315 (XXᵀ)²X, which brings all singular values
/// near 1 (Newton and Schulz), and
/// p ← (1 − learning_rate · weight_decay) p − learning_rate · √max(1, outputs/inputs) · X.
///
/// Without [`nesterov`](Muon::nesterov), X = m. The products cost about as much as some rows of a
/// batch, as many as the smaller side of the matrix. The authors found that last layers and
/// embeddings train better with AdamW; here they are treated as matrices, too. State: m, and the
/// state of AdamW for all other tensors.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Muon {
    /// Learning rate of matrices, usually 0.02.
    pub learning_rate: f64,
    /// Decay rate of m, usually 0.95.
    pub momentum: f64,
    /// Whether the current gradient counts twice; true by default.
    pub nesterov: bool,
    /// Weight decay of matrices, as a multiple of the learning rate; 0 by default.
    pub weight_decay: f64,
    /// The optimizer of all tensors that are not matrices.
    pub rest: AdamW,
}

/// Number of applications of the polynomial, and its coefficients.
const TIMES: usize = 5;
const COEFFICIENTS: [f64; 3] = [3.4445, -4.7750, 2.0315];
/// The smallest norm that a matrix is divided by.
const SHORTEST: f64 = 1e-7;

impl Muon {
    /// Creates the optimizer with a momentum of 0.95 by Nesterov, no decay, and `rest` for all
    /// tensors that are not matrices.
    pub const fn new(learning_rate: f64, rest: AdamW) -> Self {
        Muon { learning_rate, momentum: 0.95, nesterov: true, weight_decay: 0.0, rest }
    }

    /// Sets the momentum.
    #[must_use]
    pub const fn momentum(self, momentum: f64) -> Self {
        Muon { momentum, ..self }
    }

    /// Turns Nesterov's momentum on or off.
    #[must_use]
    pub const fn nesterov(self, nesterov: bool) -> Self {
        Muon { nesterov, ..self }
    }

    /// Sets the weight decay of matrices.
    #[must_use]
    pub const fn weight_decay(self, weight_decay: f64) -> Self {
        Muon { weight_decay, ..self }
    }
}

/// The learning rate of matrices; that of the rest changes in proportion.
impl LearningRate for Muon {
    fn set_learning_rate(&mut self, learning_rate: f64) {
        let rest = self.rest.adam.learning_rate * learning_rate / self.learning_rate;
        self.rest.set_learning_rate(rest);
        self.learning_rate = learning_rate;
    }
}

impl<T: Float> Optimizer<T> for Muon {
    const NAME: &'static str = "muon";
    const MEMORY: &'static [&'static str] = <AdamW as Optimizer<T>>::MEMORY;
    const DECAYS: bool = true;
    const WHOLE_TENSORS: bool = true;

    fn check(&self) -> Result<()> {
        settings::learning_rate::<T>("muon", self.learning_rate)?;
        settings::decay("muon", "momentum", self.momentum)?;
        settings::weight_decay("muon", self.weight_decay)?;
        Optimizer::<T>::check(&self.rest)
    }

    /// Scales the momentum of matrices and of the rest.
    fn scale_momentum(&self, factor: f64) -> Option<Self> {
        let momentum = settings::scaled_momentum(self.momentum, factor)?;
        let rest = Optimizer::<T>::scale_momentum(&self.rest, factor)?;
        Some(Muon { momentum, rest, ..*self })
    }

    fn update(&self, step: Step, stretch: Stretch<'_, T>) {
        self.checked_update(step, stretch);
    }

    fn checked_update(&self, step: Step, stretch: Stretch<'_, T>) -> bool {
        let Some((inputs, outputs)) = stretch.tensor.and_then(matrix) else {
            return self.rest.checked_update(step, stretch);
        };
        let Stretch { parameters, gradient, memory: [mean, ..], tensor } = stretch;
        let mut x = Buffer::from_slice(gradient);
        let ahead = Ahead {
            momentum: (T::of(self.momentum), T::of(1.0 - self.momentum)),
            nesterov: self.nesterov,
            negligible: negligible(),
        };
        let unchanged: Shares<T> = Decay::NONE.shares(0.0, None);
        pass(ahead, unchanged, &mut x, gradient, [mean]);
        orthogonalize(&mut x, inputs, outputs);
        let rate = self.learning_rate * step.rate;
        let wide = (outputs as f64 / inputs as f64).max(1.0).sqrt();
        let shares = Decay::decoupled(self.weight_decay).shares(rate, tensor);
        pass(Along(T::of(rate * wide)), shares, parameters, gradient, [&mut x])
    }
}

/// Inputs and outputs of a weight that is a matrix.
fn matrix(tensor: &NamedTensor) -> Option<(usize, usize)> {
    match tensor.shape[..] {
        [inputs, outputs] if tensor.kind == TensorKind::Weight => Some((inputs, outputs)),
        _ => None,
    }
}

/// Computes the matrix to orthogonalize, in place of the parameter.
#[derive(Clone, Copy)]
struct Ahead<T> {
    momentum: (T, T),
    nesterov: bool,
    negligible: T,
}

impl<T: Float> Element<T, 1> for Ahead<T> {
    #[inline(always)]
    fn step(self, _x: T, g: T, [m]: [T; 1]) -> (T, [T; 1]) {
        let (keep, share) = self.momentum;
        let m = running(m, keep, share * g, self.negligible);
        (if self.nesterov { m.mul_add(keep, share * g) } else { m }, [m])
    }
}

/// A step of this size along the stored direction.
#[derive(Clone, Copy)]
struct Along<T>(T);

impl<T: Float> Element<T, 1> for Along<T> {
    #[inline(always)]
    fn step(self, p: T, _g: T, [x]: [T; 1]) -> (T, [T; 1]) {
        (x.mul_add(-self.0, p), [x])
    }
}

/// Brings the singular values of `x` near 1.
fn orthogonalize<T: Float>(x: &mut Buffer<T>, rows: usize, cols: usize) {
    let shortest = T::of(SHORTEST);
    let length = norm([&**x], |[x]| x);
    // Written so that a NaN norm is preserved.
    let length = if length < shortest { shortest } else { length };
    x.iter_mut().for_each(|x| *x = *x / length);
    let [a, b, c] = COEFFICIENTS.map(T::of);
    // The smaller of the two products of X with itself, which have the same powers of the singular
    // values.
    let is_wide = rows <= cols;
    let side = rows.min(cols);
    let mut square = Buffer::stale(side * side);
    let mut sum = Buffer::stale(side * side);
    let mut next = Buffer::stale(rows * cols);
    for _ in 0..TIMES {
        let matrix = Matrix::new(x, rows, cols);
        let (left, right) = match is_wide {
            true => (matrix, matrix.transposed()),
            false => (matrix.transposed(), matrix),
        };
        product(left, right, Start::Zero, &mut square, None);
        sum.iter_mut().zip(&*square).for_each(|(sum, &square)| *sum = b * square);
        let of_square = Matrix::new(&square, side, side);
        add_scaled_product(of_square, of_square, c, MatrixMut::new(&mut sum, side, side));
        next.iter_mut().zip(&**x).for_each(|(next, &x)| *next = a * x);
        let of_sum = Matrix::new(&sum, side, side);
        let (left, right) = if is_wide { (of_sum, matrix) } else { (matrix, of_sum) };
        add_scaled_product(left, right, T::one(), MatrixMut::new(&mut next, rows, cols));
        std::mem::swap(x, &mut next);
    }
}

#[cfg(test)]
pub(super) fn examples() -> Examples<Muon> {
    Examples {
        instances: vec![Muon::new(0.02, AdamW::new(0.01).weight_decay(0.3))],
        // For a tensor that is not a matrix: Algorithm 2 of AdamW's paper. The trajectories have
        // matrices.
        formula: |rule, p, steps| (super::adamw::examples().formula)(&rule.rest, p, steps),
        moves_without_gradient: true,
        refused: vec![
            (Muon::new(0.0, AdamW::new(0.1)), "learning rate of muon"),
            (Muon::new(0.1, AdamW::new(0.0)), "learning rate of adamw"),
            (Muon::new(0.1, AdamW::new(0.1)).momentum(1.0), "momentum of muon"),
            (Muon::new(0.1, AdamW::new(0.1)).weight_decay(-1.0), "weight decay of muon"),
        ],
        onnx: Onnx::None("ONNX has no operator for it"),
        reference: Reference::Decaying(|case, decay| {
            let learning_rate = case.number("learning_rate", 0.0);
            let rest = AdamW::new(case.number("rest", 0.0)).weight_decay(decay.amount);
            Muon::new(learning_rate, rest)
                .momentum(case.number("momentum", 0.95))
                .nesterov(case.flag("nesterov", true))
                .weight_decay(decay.amount)
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// XXᵀ, or XᵀX, is near 1 for a matrix that is not orthogonal itself.
    #[test]
    fn singular_values_come_near_1() {
        for (rows, cols) in [(1, 1), (1, 5), (3, 8), (8, 3), (17, 17), (40, 9)] {
            let element = |i: usize| (((i * i * 37 + i * 11) % 101) as f64 - 50.0) / 3.0;
            let numbers: Vec<f64> = (0..rows * cols).map(element).collect();
            let mut x = Buffer::from_slice(&numbers);
            orthogonalize(&mut x, rows, cols);
            let squares: f64 = x.iter().map(|x| x * x).sum();
            let mean = squares / rows.min(cols) as f64;
            assert!((0.3..1.5).contains(&mean), "{rows}, {cols}: {mean}");
        }
    }

    /// More outputs than inputs take longer steps.
    #[test]
    fn steps_know_inputs_from_outputs() {
        let gradient: Vec<f64> = (0..8).map(|i| f64::from(i * i % 5) - 1.5).collect();
        let length = |shape: [usize; 2]| {
            let tensor = NamedTensor::new("x", &shape, 0);
            let (mut p, mut m, mut v) = ([0.0; 8], [0.0; 8], [0.0; 8]);
            let mut stretch = Stretch::new(&mut p, &gradient, [&mut m, &mut v]);
            stretch.tensor = Some(&tensor);
            Muon::new(0.1, AdamW::new(0.1)).update(Step::new(1), stretch);
            p.iter().map(|p| p * p).sum::<f64>().sqrt()
        };
        let (narrow, wide) = (length([4, 2]), length([2, 4]));
        assert!((0.05..0.25).contains(&narrow), "{narrow}");
        assert!(wide > 1.1 * narrow, "{wide} {narrow}");
    }
}
