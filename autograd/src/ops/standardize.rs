//! Standardization to mean 0 and standard deviation 1 along some axes: the core of layer, batch,
//! instance and group norm.
//!
//! y  = (x − m)·r, m the mean along the axes, r = 1/√(v + ε), v the mean of (x − m)²
//! dx = r ∘ (dy − mean dy − y ∘ mean (dy∘y))
//!
//! shapes: y as x; means along the axes

use tensor::{Float, Tensor};

use super::units::unit_of_squares;
use crate::axis::Axis;
use crate::error::{Error, Result};
use crate::op::{Call, Op};
use crate::var::Var;

/// y = (x − m)/√(v + ε), m and v being mean and variance along some axes;
/// dx = (dy − mean dy − y ∘ mean (dy∘y))/√(v + ε).
///
/// The variance is the biased one: the mean of the squares, as in PyTorch's norms.
#[derive(Clone, Debug)]
pub struct Standardize<T: Float> {
    axes: Vec<usize>,
    eps: T,
    /// Saved by forward for backward.
    moments: Option<Moments<T>>,
}

impl<T: Float> Standardize<T> {
    /// Standardizes along `axes`. `eps` is added to the variance, so that constant inputs do not
    /// cause a division by 0.
    pub fn over(axes: &[usize], eps: T) -> Self {
        Standardize { axes: axes.to_vec(), eps, moments: None }
    }
}

impl<T: Float> Op<T, 1> for Standardize<T> {
    fn name(&self) -> &'static str {
        "standardize"
    }

    fn forward(&mut self, [x]: [&Tensor<T>; 1]) -> Result<Tensor<T>> {
        let moments = self.moments.insert(Moments::of("standardize", x, &self.axes)?);
        moments.standardized(x, self.eps)
    }

    fn backward(&self, call: &Call<'_, T, 1>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 1]> {
        let Some(moments) = &self.moments else { unreachable!("forward comes before backward") };
        Ok([call.wanted(0, || moments.gradient(&self.axes, self.eps, call.output, dy))?])
    }
}

/// Mean and biased variance along axes, which are retained with length 1.
#[derive(Clone, Debug)]
pub(super) struct Moments<T: Float> {
    pub(super) mean: Tensor<T>,
    pub(super) variance: Tensor<T>,
    /// The unit of the mean and of the root of the variance, where they would be too large without.
    pub(super) unit: Option<Tensor<T>>,
}

impl<T: Float> Moments<T> {
    /// The moments of x along `axes`, in a unit in which they are finite if x is.
    pub(super) fn of(op: &'static str, x: &Tensor<T>, axes: &[usize]) -> Result<Self> {
        let plain = Self::plain(op, x, axes)?;
        if plain.variance.to_vec().iter().all(|variance| variance.is_finite()) {
            return Ok(plain);
        }
        let largest = x.map(|x| x.abs()).max_axes(axes, true)?;
        let unit = largest.map(unit_of_squares);
        let Moments { mean, variance, .. } =
            Self::plain(op, &x.zip(&unit, |x, unit| x / unit)?, axes)?;
        Ok(Moments { mean, variance, unit: Some(unit) })
    }

    /// The moments of x along `axes`, in two passes, so that a large mean costs no digits.
    pub(super) fn plain(op: &'static str, x: &Tensor<T>, axes: &[usize]) -> Result<Self> {
        if let Some(axis) = axes.iter().find(|&&axis| x.shape().get(axis) == Some(&0)) {
            let rule =
                format!("{:?} has no elements along axis {axis}; expected at least one", x.shape());
            return Err(Error::invalid(op, rule));
        }
        let mean = mean(x, axes)?;
        let variance = self::mean(&x.zip(&mean, |x, mean| (x - mean) * (x - mean))?, axes)?;
        Ok(Moments { mean, variance, unit: None })
    }

    /// (x − m)·r
    pub(super) fn standardized(&self, x: &Tensor<T>, eps: T) -> Result<Tensor<T>> {
        let centred = match &self.unit {
            None => x.zip(&self.mean, |x, mean| x - mean)?,
            Some(unit) => x.zip(unit, |x, unit| x / unit)?.zip(&self.mean, |x, mean| x - mean)?,
        };
        Ok(centred.zip(&self.rate_in_unit(eps)?, |x, rate| x * rate)?)
    }

    /// r = 1/√(v + ε)
    pub(super) fn rate(&self, eps: T) -> Result<Tensor<T>> {
        let rate = self.rate_in_unit(eps)?;
        Ok(match &self.unit {
            None => rate,
            Some(unit) => rate.zip(unit, |rate, unit| rate / unit)?,
        })
    }

    /// r times the unit.
    fn rate_in_unit(&self, eps: T) -> Result<Tensor<T>> {
        let rate = |variance: T, eps: T| (variance + eps).sqrt().recip();
        Ok(match &self.unit {
            None => self.variance.map(|variance| rate(variance, eps)),
            Some(unit) => {
                self.variance.zip(unit, |variance, unit| rate(variance, eps / unit / unit))?
            }
        })
    }

    /// r ∘ (dy − mean dy − y ∘ mean (dy∘y)), y being the result of [`Moments::standardized`] and dy
    /// the gradient with respect to it.
    pub(super) fn gradient(
        &self,
        axes: &[usize],
        eps: T,
        y: &Tensor<T>,
        dy: &Tensor<T>,
    ) -> Result<Tensor<T>> {
        let along = mean(&dy.zip(y, |dy, y| dy * y)?, axes)?;
        let rest = dy.zip(&mean(dy, axes)?, |dy, mean| dy - mean)?;
        let rest = rest.zip(&y.zip(&along, |y, along| y * along)?, |rest, part| rest - part)?;
        Ok(rest.zip(&self.rate(eps)?, |rest, rate| rest * rate)?)
    }
}

/// The mean along `axes`, which are retained with length 1.
fn mean<T: Float>(x: &Tensor<T>, axes: &[usize]) -> Result<Tensor<T>> {
    let sum = x.sum_axes(axes, true)?;
    let count = T::of(axes.iter().map(|&axis| x.shape()[axis]).product::<usize>() as f64);
    Ok(sum.map(|sum| sum / count))
}

impl<T: Float> Var<'_, T> {
    /// (self − mean)/√(variance + `eps`), both along `axes`; the variance is the biased one.
    ///
    /// # Errors
    ///
    /// If there is no such axis, or there are no elements along the axes.
    pub fn standardize(self, axes: &[impl Axis], eps: T) -> Result<Self> {
        let axes = self.axes("standardize", axes)?;
        self.tape().apply(Standardize::over(&axes, eps), [self])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::normal;
    vec![
        grad_case!(Standardize::over(&[1], Float::of(1e-5)), [normal([2, 5])]),
        grad_case!(Standardize::over(&[0, 2], Float::of(0.1)), [normal([3, 2, 4])])
            .named("two axes"),
        grad_case!(Standardize::over(&[0, 1], Float::of(1.0)), [normal([3, 2])]).named("of all"),
    ]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("standardize", |given| {
        given.x(0).standardize(&given.case.indices("axes"), given.number("epsilon"))
    })]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn two_elements_become_minus_one_and_one() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([[1.0, 5.0], [1e9, 1e9 + 2.0]]));
        let y = x.standardize(&[1], 0.0).unwrap();
        assert_eq!(y.value(), Tensor::from([[-1.0, 1.0], [-1.0, 1.0]]));
        // With two elements and ε = 0, y depends only on the order of x.
        let gradients = y.backward_with(Tensor::from([[3.0, 4.0], [0.0, 1.0]])).unwrap();
        assert_eq!(*gradients.of(x).unwrap(), Tensor::zeros([2, 2]));
    }

    #[test]
    fn a_constant_becomes_zero() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([3.0, 3.0]));
        let y = x.standardize(&[0], 0.25).unwrap();
        assert_eq!(y.value(), Tensor::zeros([2]));
        let gradients = y.backward_with(Tensor::from([1.0, 3.0])).unwrap();
        assert_eq!(*gradients.of(x).unwrap(), Tensor::from([-2.0, 2.0])); // (dy − 2)/√¼
    }

    #[test]
    fn nothing_has_no_mean() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::<f32>::zeros([2, 0]));
        assert_eq!(
            x.standardize(&[1], 1e-5).unwrap_err().to_string(),
            "standardize: [2, 0] has no elements along axis 1; expected at least one"
        );
    }
}
