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
    use tensor::activation::*;

    macro_rules! cases {
        ($(
            $word:ident $(| $other:ident)*: $Type:ident
            $(, $With:ident($parameter:ident = $value:literal))?;
        )*) => {
            vec![$(grad_case!(Activate($Type $({ $parameter: $value })?), [points()])),*]
        };
    }
    tensor::for_each_activation!(cases)
}

/// On every piece of every activation, and off every kink by more than a step of the differences.
#[cfg(test)]
fn points() -> crate::gradcheck::Sample {
    Tensor::from([[-4.1, -2.3, -1.2, -0.7, -0.2], [0.3, 0.6, 1.4, 2.9, 3.7]]).into()
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
