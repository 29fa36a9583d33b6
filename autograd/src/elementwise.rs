//! Elementwise operations from one expression; dual numbers derive the gradient.

use tensor::{Float, Shape, Tensor};

use crate::dual::Dual;
use crate::error::Result;
use crate::op::Call;

/// Declares an elementwise operation by its formula alone. [Dual numbers](crate::dual) derive the
/// gradient from the formula, so that none has to be written.
///
/// ```
/// use autograd::{Tape, elementwise, gradcheck};
/// use tensor::{Tensor, math};
///
/// elementwise!(Swish, "swish", |x: T| x * math::sigmoid(T::of(1.5) * x));
///
/// gradcheck!(Swish, [[2, 3]])?;
/// let tape = Tape::new();
/// let x = tape.parameter(Tensor::from([0.0, 100.0]));
/// let y = x.activate(Swish)?; // the same as tape.apply(Swish, [x])
/// assert_eq!(y.sum()?.backward()?.of(x)?.to_vec(), [0.5, 1.0]);
/// # Ok::<(), autograd::Error>(())
/// ```
///
/// The name after `:` (any name) is the number type, a [`Float`](tensor::Float); `T::of(1.5)`
/// converts a constant. A function of one number is also an
/// [`Activation`](tensor::activation::Activation), which a network's declaration can use. A
/// hand-written [`Activation`](tensor::activation::Activation) may be faster, since its derivative
/// can use the value.
///
/// With two or more inputs, the shapes are broadcast together. `pub` and documentation come first,
/// as for a `struct`:
///
/// ```
/// use autograd::{elementwise, gradcheck};
///
/// elementwise!(
///     /// √(a² + b² + c²)
///     pub Length, "length", |a: T, b: T, c: T| (a * a + b * b + c * c).sqrt()
/// );
///
/// gradcheck!(Length, [[2, 3], [2, 3], [1, 3]])?;
/// # Ok::<(), autograd::Error>(())
/// ```
#[macro_export]
macro_rules! elementwise {
    ($(#[$attribute:meta])* $visible:vis $Name:ident, $name:literal,
        |$x:ident: $T:ident| $f:expr $(,)?) => {
        $crate::elementwise!(@op $(#[$attribute])* $visible $Name, $name, [$x] $T, $f);

        impl $crate::tensor::activation::Activation for $Name {
            const NAME: &'static str = $name;
            const KEEPS_INPUT: bool = true;

            #[inline(always)]
            fn value<$T: $crate::tensor::Float>(&self, x: $T) -> $T {
                Self::formula([x])
            }

            #[inline(always)]
            fn derivative<$T: $crate::tensor::Float>(&self, x: $T, _: $T) -> $T {
                $crate::dual::derivative(|x| Self::formula([x]), x)
            }
        }
    };
    ($(#[$attribute:meta])* $visible:vis $Name:ident, $name:literal,
        |$($x:ident: $T:ident),+ $(,)?| $f:expr $(,)?) => {
        $crate::elementwise!(@one_type $($T)+);
        $crate::elementwise!(@op $(#[$attribute])* $visible $Name, $name, [$($x),+] T, $f);
    };
    (@one_type $(T)+) => {};
    (@one_type $($T:ident)+) => {
        compile_error!("the inputs of a function of several numbers are declared `: T`");
    };
    (@op $(#[$attribute:meta])* $visible:vis $Name:ident, $name:literal,
        [$($x:ident),+] $T:ident, $f:expr) => {
        $(#[$attribute])*
        #[derive(Clone, Copy, Debug, Default)]
        $visible struct $Name;

        impl $Name {
            /// Returns the value for these numbers.
            #[inline(always)]
            fn formula<$T: $crate::tensor::Float>(
                [$($x),+]: [$T; $crate::elementwise!(@count $($x)+)],
            ) -> $T {
                $f
            }
        }

        impl<$T: $crate::tensor::Float> $crate::Op<$T, { $crate::elementwise!(@count $($x)+) }>
            for $Name
        {
            fn name(&self) -> &'static str {
                $name
            }

            fn forward(
                &mut self,
                inputs: [&$crate::tensor::Tensor<$T>; $crate::elementwise!(@count $($x)+)],
            ) -> $crate::Result<$crate::tensor::Tensor<$T>> {
                $crate::elementwise::forward(Self::formula, inputs)
            }

            fn backward(
                &self,
                call: &$crate::Call<'_, $T, { $crate::elementwise!(@count $($x)+) }>,
                dy: &$crate::tensor::Tensor<$T>,
            ) -> $crate::Result<
                [Option<$crate::tensor::Tensor<$T>>; $crate::elementwise!(@count $($x)+)],
            > {
                $crate::elementwise::backward(Self::formula, call, dy)
            }
        }
    };
    (@count $($x:ident)+) => { <[()]>::len(&[$($crate::elementwise!(@unit $x)),+]) };
    (@unit $x:ident) => { () };
}

/// f of the elements of all inputs, broadcast together.
#[doc(hidden)]
pub fn forward<T: Float, const N: usize>(
    f: impl Fn([T; N]) -> T,
    inputs: [&Tensor<T>; N],
) -> Result<Tensor<T>> {
    match inputs[..] {
        [x] => Ok(x.map(|x| f([x; N]))),
        [a, b] => Ok(a.zip(b, |a, b| f(std::array::from_fn(|i| if i == 0 { a } else { b })))?),
        _ => {
            let inputs = together(inputs)?;
            let values = inputs.each_ref().map(|input| input.values());
            let result = (0..inputs[0].len()).map(|at| f(values.map(|values| values[at])));
            Ok(Tensor::from_vec(result.collect(), inputs[0].shape())?)
        }
    }
}

/// For each required input, dy times the derivative of f with respect to it.
#[doc(hidden)]
pub fn backward<T: Float, const N: usize>(
    f: impl Fn([Dual<T>; N]) -> Dual<T>,
    call: &Call<'_, T, N>,
    dy: &Tensor<T>,
) -> Result<[Option<Tensor<T>>; N]> {
    let mut gradients = [const { None }; N];
    if let [x] = call.inputs[..] {
        gradients[0] =
            call.wanted(0, || Ok(dy.zip(x, |dy, x| dy * f([Dual::variable(x); N]).derivative)?))?;
        return Ok(gradients);
    }
    let (inputs, dy) = (together(call.inputs)?, dy.contiguous());
    let values = inputs.each_ref().map(|input| input.values());
    for (input, gradient) in gradients.iter_mut().enumerate() {
        *gradient = call.wanted(input, || {
            let slopes = dy.values().iter().enumerate().map(|(at, &dy)| {
                let mut numbers = values.map(|values| Dual::constant(values[at]));
                numbers[input].derivative = T::one();
                dy * f(numbers).derivative
            });
            Ok(Tensor::from_vec(slopes.collect(), dy.shape())?)
        })?;
    }
    Ok(gradients)
}

/// The inputs in their common shape, contiguous.
fn together<T: Float, const N: usize>(inputs: [&Tensor<T>; N]) -> Result<[Tensor<T>; N]> {
    // Any function of all inputs has their broadcast shape.
    let mut shape = Shape::from([]);
    for input in inputs {
        let stretched = Tensor::<T>::zeros([]).broadcast_to(shape)?;
        shape = stretched.zip(input, |a, _| a)?.shape().into();
    }
    let mut together = inputs.map(Tensor::clone);
    for input in &mut together {
        *input = input.broadcast_to(shape)?.contiguous();
    }
    Ok(together)
}

#[cfg(test)]
mod tests {
    use tensor::math;

    use crate::gradcheck::{away_from_zero, normal, positive};
    use crate::{Result, Tape, gradcheck};
    use tensor::Tensor;

    elementwise!(Swish, "swish", |x: T| x * math::sigmoid(x));
    elementwise!(Bump, "bump", |x: Number| {
        let square = x * x;
        (-square).exp() * Number::of(2.0)
    });
    elementwise!(Power, "power", |a: T, b: T| a.powf(b));
    elementwise!(
        /// √(a² + b² + c²)
        pub(crate) Length, "length", |a: T, b: T, c: T| (a * a + b * b + c * c).sqrt()
    );

    #[test]
    fn derivatives_are_right() -> Result<()> {
        gradcheck!(Swish, [[2, 3]])?;
        gradcheck!(Bump, [[5]])?;
        gradcheck!(Power, [positive([2, 3]), normal([3])])?;
        gradcheck!(Length, [away_from_zero([2, 3]), normal([3]), normal([2, 1])])
    }

    #[test]
    fn one_worked_by_hand() {
        let tape = Tape::new();
        let [a, b] = [2.0, 3.0].map(|x| tape.parameter(Tensor::scalar(x)));
        let y = tape.apply(Power, [a, b]).unwrap();
        assert_eq!(y.value().item(), Ok(8.0));
        let gradients = y.backward().unwrap();
        assert_eq!(gradients.of(a).unwrap().item(), Ok(12.0)); // b·aᵇ⁻¹
        let by_exponent = gradients.of(b).unwrap().item().unwrap();
        assert!((by_exponent - 8.0 * 2.0_f64.ln()).abs() < 1e-14); // aᵇ·ln a
    }

    #[test]
    fn shapes_that_do_not_fit_are_refused_by_name() {
        let tape = Tape::new();
        let inputs = [[2], [3]].map(|shape| tape.parameter(Tensor::<f32>::ones(shape)));
        let message = tape.apply(Power, inputs).unwrap_err().to_string();
        assert!(message.starts_with("power: [2] and [3]: they do not broadcast"), "{message}");
    }

    #[test]
    fn a_function_of_one_number_is_an_activation() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([0.0]));
        let y = x.activate(Swish).unwrap();
        assert_eq!(y.backward().unwrap().of(x).unwrap().to_vec(), [0.5]);
    }
}
