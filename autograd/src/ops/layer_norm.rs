//! Layer norm: mean 0 and standard deviation 1 along the last axes, then a gain and a shift for
//! each element.
//!
//! y  = n∘g + s, n = (x − m)/√(v + ε), m and v mean and biased variance along the last axes
//! dx = (h − mean h − n ∘ mean (h∘n))/√(v + ε), h = dy∘g
//! dg = Σ dy∘n
//! ds = Σ dy
//!
//! shapes: g and s have the last axes of x, along which means are taken; y as x; Σ over the others

use tensor::{Float, Tensor};

use super::standardize::Moments;
use crate::error::{Error, Result};
use crate::op::{Call, Op};
use crate::var::Var;

/// y = n∘g + s, where n is x with mean 0 and variance 1 along its last axes, those of g and s;
/// dg = Σ dy∘n, ds = Σ dy, and dx is that of [`Standardize`](super::Standardize) for dy∘g.
///
/// PyTorch's `layer_norm(x, g.shape, g, s, eps)`.
#[derive(Clone, Debug)]
pub struct LayerNorm<T: Float> {
    eps: T,
    /// Saved by forward for backward.
    moments: Option<Moments<T>>,
}

impl<T: Float> LayerNorm<T> {
    /// `eps` is added to the variance, so that constant inputs do not cause a division by 0.
    pub fn new(eps: T) -> Self {
        LayerNorm { eps, moments: None }
    }

    /// Returns the number that is added to the variance.
    pub fn eps(&self) -> T {
        self.eps
    }
}

/// The axes of x that g has, too: the last ones.
fn last_axes<T: Float>(x: &Tensor<T>, g: &Tensor<T>) -> Vec<usize> {
    (x.rank() - g.rank()..x.rank()).collect()
}

impl<T: Float> Op<T, 3> for LayerNorm<T> {
    fn name(&self) -> &'static str {
        "layer_norm"
    }

    fn forward(&mut self, [x, g, s]: [&Tensor<T>; 3]) -> Result<Tensor<T>> {
        if g.rank() == 0 || !x.shape().ends_with(g.shape()) || s.shape() != g.shape() {
            return Err(Error::invalid(
                "layer_norm",
                format!(
                    "inputs {:?}, gain {:?}, shift {:?}: gain and shift must have the shape of the \
                    inputs' last axes, at least one",
                    x.shape(),
                    g.shape(),
                    s.shape()
                ),
            ));
        }
        let moments = self.moments.insert(Moments::of("layer_norm", x, &last_axes(x, g))?);
        let n = moments.standardized(x, self.eps)?;
        Ok(n.zip(g, |n, g| n * g)?.zip(s, |y, s| y + s)?)
    }

    fn backward(&self, call: &Call<'_, T, 3>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 3]> {
        let Some(moments) = &self.moments else { unreachable!("forward comes before backward") };
        let [x, g, _] = call.inputs;
        let n = moments.standardized(x, self.eps)?;
        // The tape sums these to the shape of g and s.
        Ok([
            call.wanted(0, || {
                let h = dy.zip(g, |dy, g| dy * g)?;
                moments.gradient(&last_axes(x, g), self.eps, &n, &h)
            })?,
            call.wanted(1, || Ok(dy.zip(&n, |dy, n| dy * n)?))?,
            call.wanted(2, || Ok(dy.clone()))?,
        ])
    }
}

impl<T: Float> Var<'_, T> {
    /// Self [standardized](Var::standardize) along the last axes, those of `gain` and `shift`, then
    /// times `gain` plus `shift`.
    ///
    /// # Errors
    ///
    /// If `gain` and `shift` do not have the shape of the last axes.
    pub fn layer_norm(self, gain: Self, shift: Self, eps: T) -> Result<Self> {
        self.tape().apply(LayerNorm::new(eps), [self, gain, shift])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::normal;
    fn op<T: Float>() -> LayerNorm<T> {
        LayerNorm::new(T::of(1e-5))
    }
    vec![
        grad_case!(op(), [normal([3, 4]), normal([4]), normal([4])]),
        grad_case!(op(), [normal([2, 3, 4]), normal([3, 4]), normal([3, 4])]).named("two axes"),
        grad_case!(op(), [normal([5]), normal([5]), normal([5])]).named("all axes"),
        grad_case!(LayerNorm::new(Float::of(1.0)), [normal([2, 1]), normal([1]), normal([1])])
            .named("of one element"),
    ]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("layer_norm", |given| {
        given.x(0).layer_norm(given.x(1), given.x(2), given.number("epsilon"))
    })]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn rows_of_two_become_plus_and_minus_the_gain() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([[1.0, 5.0], [7.0, 3.0]]));
        let [g, s] = [[2.0, 3.0], [10.0, 20.0]].map(|x| tape.parameter(Tensor::from(x)));
        let y = x.layer_norm(g, s, 0.0).unwrap();
        assert_eq!(y.value(), Tensor::from([[8.0, 23.0], [12.0, 17.0]]));
        let gradients = y.backward_with(Tensor::from([[1.0, 2.0], [4.0, 8.0]])).unwrap();
        assert_eq!(*gradients.of(g).unwrap(), Tensor::from([3.0, -6.0]));
        assert_eq!(*gradients.of(s).unwrap(), Tensor::from([5.0, 10.0]));
        assert_eq!(*gradients.of(x).unwrap(), Tensor::zeros([2, 2]));
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::<f32>::zeros([2, 3]));
        let g = tape.parameter(Tensor::<f32>::zeros([2]));
        assert_eq!(
            x.layer_norm(g, g, 1e-5).unwrap_err().to_string(),
            "layer_norm: inputs [2, 3], gain [2], shift [2]: gain and shift must have the shape of \
            the inputs' last axes, at least one"
        );
    }
}
