//! An activation function of `tensor`, or one of your own, as an operation.
//!
//! y  = f(x)
//! dx = dy ∘ f'(x)
//!
//! shapes: y as x

use tensor::activation::Activation;
use tensor::{Buffer, Float, Tensor};

use crate::error::Result;
use crate::op::{Call, Op};

/// y = f(x); dx = dy ∘ f'(x). Value and derivative are the [`Activation`]'s own.
///
/// ```
/// use autograd::{Tape, ops::Activate};
/// use tensor::{Tensor, activation::Softsign};
///
/// let tape = Tape::new();
/// let x = tape.parameter(Tensor::scalar(1.0));
/// let y = tape.apply(Activate(Softsign), [x])?; // the same as x.activate(Softsign)
/// assert_eq!(y.value().item()?, 0.5);
/// assert_eq!(y.backward()?.of(x)?.item()?, 0.25);
/// # Ok::<(), autograd::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Activate<A>(
    /// f
    pub A,
);

impl<T: Float, A: Activation> Op<T, 1> for Activate<A> {
    fn name(&self) -> &'static str {
        A::NAME
    }

    fn forward(&mut self, [x]: [&Tensor<T>; 1]) -> Result<Tensor<T>> {
        let mut y = Buffer::from_slice(x.contiguous().values());
        self.0.forward(&mut y);
        Ok(Tensor::from_buffer(y, x.shape())?)
    }

    fn backward(&self, call: &Call<'_, T, 1>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 1]> {
        Ok([call.wanted(0, || {
            let y = call.output.contiguous();
            // What an activation does not read is not made contiguous for it.
            let x = if A::KEEPS_INPUT { call.inputs[0].contiguous() } else { y.clone() };
            let mut dx = Buffer::from_slice(dy.contiguous().values());
            self.0.backward(&mut dx, x.values(), y.values());
            Ok(Tensor::from_buffer(dx, dy.shape())?)
        })?])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::{away_from_zero, normal};
    use tensor::activation::*;
    vec![
        grad_case!(Activate(Identity), [normal([2, 3])]),
        grad_case!(Activate(Relu), [away_from_zero([2, 3])]),
        grad_case!(Activate(LeakyRelu { slope: 0.2 }), [away_from_zero([2, 3])]),
        grad_case!(Activate(Elu { alpha: 1.5 }), [away_from_zero([2, 3])]),
        grad_case!(Activate(Selu), [away_from_zero([2, 3])]),
        grad_case!(Activate(Celu { alpha: 1.5 }), [away_from_zero([2, 3])]),
        grad_case!(Activate(Sigmoid), [normal([2, 3])]),
        grad_case!(Activate(Tanh), [normal([2, 3])]),
        grad_case!(Activate(Gelu), [normal([2, 3])]),
        grad_case!(Activate(GeluTanh), [normal([2, 3])]),
        grad_case!(Activate(LogSigmoid), [normal([2, 3])]),
        grad_case!(Activate(HardSwish), [normal([2, 3])]),
        grad_case!(Activate(Silu), [normal([2, 3])]),
        grad_case!(Activate(Mish), [normal([2, 3])]),
        grad_case!(Activate(Softplus), [normal([2, 3])]),
        grad_case!(Activate(Softsign), [away_from_zero([2, 3])]),
        grad_case!(Activate(HardSigmoid), [normal([2, 3])]),
        // The samples of `normal` stay off ±1 by more than a step of the differences.
        grad_case!(Activate(HardTanh), [normal([2, 3])]),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn relu_stops_what_is_below_zero() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([-1.0, 2.0]));
        let y = x.relu().unwrap();
        assert_eq!(y.value(), Tensor::from([0.0, 2.0]));
        let gradients = y.sum().unwrap().backward().unwrap();
        assert_eq!(*gradients.of(x).unwrap(), Tensor::from([0.0, 1.0]));
    }
}
