//! A section of a computation that is recomputed in the backward pass instead of stored.

use tensor::{Float, Tensor};

use crate::error::Result;
use crate::op::{Call, Op};
use crate::tape::Tape;
use crate::var::Var;

/// A function of variables as a single operation; see [`Tape::recompute`].
pub(crate) struct Section<F> {
    f: F,
}

impl<F> Section<F> {
    pub(crate) fn new(f: F) -> Self {
        Section { f }
    }
}

impl<T, F, const N: usize> Op<T, N> for Section<F>
where
    T: Float,
    F: for<'t> Fn([Var<'t, T>; N]) -> Result<Var<'t, T>> + 'static,
{
    fn name(&self) -> &'static str {
        "section"
    }

    fn forward(&mut self, inputs: [&Tensor<T>; N]) -> Result<Tensor<T>> {
        let tape = Tape::no_grad();
        let y = (self.f)(inputs.map(|input| tape.constant(input.clone())))?;
        Ok(y.value())
    }

    fn backward(&self, call: &Call<'_, T, N>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; N]> {
        let tape = Tape::new();
        let inputs: [Var<'_, T>; N] = std::array::from_fn(|input| {
            let value = call.inputs[input].clone();
            if call.wanted[input] { tape.parameter(value) } else { tape.constant(value) }
        });
        let y = (self.f)(inputs)?;
        let mut gradients = match y.wants_gradient() {
            true => Some(y.backward_with(dy.clone())?),
            false => None, // the result depends on no input
        };
        Ok(std::array::from_fn(|input| {
            let mut gradient = || gradients.as_mut()?.take(inputs[input]);
            call.wanted[input]
                .then(|| gradient().unwrap_or_else(|| Tensor::zeros(call.inputs[input].shape())))
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradcheck::{gradcheck, normal};

    fn layer<'t>([x, w]: [Var<'t, f64>; 2]) -> Result<Var<'t, f64>> {
        x.matmul(w)?.tanh()?.square()
    }

    fn without_the_second<'t>([x, _]: [Var<'t, f64>; 2]) -> Result<Var<'t, f64>> {
        x.mul(x)
    }

    fn curve<'t>([x]: [Var<'t, f64>; 1]) -> Result<Var<'t, f64>> {
        x.exp()?.tanh()?.square()
    }

    #[test]
    fn the_gradient_of_a_section_is_right() {
        gradcheck(|| Section::new(layer), [[2, 3], [3, 4]]).unwrap();
        gradcheck(|| Section::new(without_the_second), [normal([3]), normal([2])]).unwrap();
    }

    #[test]
    fn computed_twice_it_is_the_same() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([0.5, -0.5, 2.0]));
        let (kept, again) = (curve([x]).unwrap(), tape.recompute(curve, [x]).unwrap());
        assert_eq!(again.value(), kept.value());
        let dx = |y: Var<'_, f64>| y.sum().unwrap().backward().unwrap().take(x).unwrap();
        assert_eq!(dx(again), dx(kept));
    }
}
