//! The cosine of the angle between vectors.
//!
//! y  = Σ â∘b̂, â = a/max(|a|, ε), b̂ = b/max(|b|, ε)
//! da = dy ∘ (b̂ − y∘â)/|a|, where |a| < ε: dy ∘ b̂/ε
//! db = dy ∘ (â − y∘b̂)/|b|, where |b| < ε: dy ∘ â/ε
//!
//! shapes: a and b equal, y without the axis; Σ and the lengths |a| and |b| along the axis

use tensor::{Float, Tensor};

use super::mse::check_equal;
use super::units::unit_of_squares;
use crate::axis::Axis;
use crate::error::Result;
use crate::op::{Call, Op};
use crate::var::Var;

/// y = Σ a∘b / (|a|·|b|) along an axis, which is removed; da = dy ∘ (b/|b| − y∘a/|a|)/|a|, and so
/// for db. PyTorch's `cosine_similarity`.
///
/// Each vector is divided by its own length before the multiplication, to avoid needless overflow.
/// Lengths below ε count as ε.
#[derive(Clone, Debug)]
pub struct CosineSimilarity<T: Float> {
    axis: usize,
    eps: T,
    /// Unit vectors and lengths of a and b, saved by forward for backward.
    directions: Option<[Direction<T>; 2]>,
}

impl<T: Float> CosineSimilarity<T> {
    /// The similarity of vectors along `axis`; lengths below `eps` count as `eps` (PyTorch's
    /// default is 10⁻⁸).
    pub fn new(axis: usize, eps: T) -> Self {
        CosineSimilarity { axis, eps, directions: None }
    }
}

/// x/max(|x|, ε) and |x|, the axis retained.
#[derive(Clone, Debug)]
struct Direction<T: Float> {
    unit: Tensor<T>,
    length: Tensor<T>,
}

impl<T: Float> Direction<T> {
    fn of(x: &Tensor<T>, axis: usize, eps: T) -> Result<Self> {
        // Scaled so that no square overflows or vanishes.
        let largest = x.map(|x| x.abs()).max_axes_or(&[axis], true, T::zero())?;
        let size = largest.map(unit_of_squares);
        let shares = x.zip(&size, |x, size| x / size)?;
        let root = shares.map(|x| x * x).sum_axes(&[axis], true)?.map(|sum| sum.sqrt());
        let length = root.zip(&size, |root, size| root * size)?;
        let least = size.map(|size| eps / size);
        let root = root.zip(&least, |root, least| if root < least { least } else { root })?;
        let unit = shares.zip(&root, |x, root| x / root)?;
        Ok(Direction { unit, length })
    }

    /// (other − y∘unit)/|x|, or other/ε where |x| is below ε.
    fn gradient(&self, other: &Self, y: &Tensor<T>, eps: T) -> Result<Tensor<T>> {
        let counted = y.zip(&self.length, |y, length| if length < eps { T::zero() } else { y })?;
        let rest = self.unit.zip(&counted, |unit, y| unit * y)?;
        let rest = other.unit.zip(&rest, |other, part| other - part)?;
        Ok(rest.zip(&self.length, |rest, length| rest / if length < eps { eps } else { length })?)
    }
}

impl<T: Float> Op<T, 2> for CosineSimilarity<T> {
    fn name(&self) -> &'static str {
        "cosine_similarity"
    }

    fn forward(&mut self, [a, b]: [&Tensor<T>; 2]) -> Result<Tensor<T>> {
        check_equal("cosine_similarity", a, b)?;
        let [a, b] = self.directions.insert([
            Direction::of(a, self.axis, self.eps)?,
            Direction::of(b, self.axis, self.eps)?,
        ]);
        Ok(a.unit.zip(&b.unit, |a, b| a * b)?.sum_axes(&[self.axis], false)?)
    }

    fn backward(&self, call: &Call<'_, T, 2>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 2]> {
        let Some([a, b]) = &self.directions else { unreachable!("forward comes before backward") };
        // With the axis retained, as for the lengths.
        let [y, dy] = [call.output, dy].map(|t| t.reshape(a.length.shape()));
        let (y, dy) = (y?, dy?);
        let gradient = |of: &Direction<T>, other| {
            Ok(of.gradient(other, &y, self.eps)?.zip(&dy, |rest, dy| rest * dy)?)
        };
        Ok([call.wanted(0, || gradient(a, b))?, call.wanted(1, || gradient(b, a))?])
    }
}

impl<T: Float> Var<'_, T> {
    /// The cosines between the vectors of self and other along `axis`, which is removed; lengths
    /// below `eps` count as `eps`.
    ///
    /// # Errors
    ///
    /// If the shapes differ, or there is no such axis.
    pub fn cosine_similarity(self, other: Self, axis: impl Axis, eps: T) -> Result<Self> {
        let axis = self.axis("cosine_similarity", axis)?;
        self.tape().apply(CosineSimilarity::new(axis, eps), [self, other])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::normal;
    fn op<T: Float>(axis: usize, eps: f64) -> CosineSimilarity<T> {
        CosineSimilarity::new(axis, T::of(eps))
    }
    vec![
        grad_case!(op(1, 1e-8), [normal([2, 3]), normal([2, 3])]),
        grad_case!(op(0, 1e-8), [normal([4, 2]), normal([4, 2])]).named("axis 0"),
        grad_case!(op(1, 1e-8), [normal([2, 3, 2]), normal([2, 3, 2])]).named("middle axis"),
        grad_case!(op(0, 100.0), [normal([3]), normal([3])]).named("too short to count"),
    ]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("cosine_similarity", |given| {
        given.x(0).cosine_similarity(given.x(1), given.whole("axis"), Float::of(1e-8))
    })]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn along_across_and_against() {
        let tape = Tape::new();
        let a = tape.parameter(Tensor::from([[3.0, 4.0], [3.0, 4.0], [3.0, 4.0], [0.0, 0.0]]));
        let b = tape.constant(Tensor::from([[6.0, 8.0], [-4.0, 3.0], [-3.0, -4.0], [1.0, 0.0]]));
        let y = a.cosine_similarity(b, 1, 0.5).unwrap();
        let found = y.value().to_vec();
        for (found, expected) in found.iter().zip([1.0, 0.0, -1.0, 0.0]) {
            assert!(f64::abs(found - expected) < 1e-15, "{found} {expected}");
        }
        // Only the change in direction counts; a vector shorter than ε counts as ½ long.
        let gradients = y.sum().unwrap().backward().unwrap();
        let expected = [0.0, 0.0, -0.16, 0.12, 0.0, 0.0, 2.0, 0.0];
        for (found, expected) in gradients.of(a).unwrap().to_vec().iter().zip(expected) {
            assert!(f64::abs(found - expected) < 1e-15, "{found} {expected}");
        }
    }
}
