//! Variables: tensors on a tape, and their operators.

use std::fmt;
use std::ops::{Add, Div, Mul, Neg, Sub};

use tensor::{Float, Shape, Tensor};

use crate::axis::{Axis, all_counted};
use crate::error::{Error, Result};
use crate::gradients::Gradients;
use crate::tape::Tape;

/// A variable: a copyable reference to a tensor on a [`Tape`].
///
/// Methods return a [`Result`]. The operators `+ - * /` cannot; they panic at the caller's line
/// with the same message. Both are short for [`Tape::apply`]. For custom operations, write a trait
/// with such methods.
///
/// ```
/// use autograd::Tape;
/// use tensor::Tensor;
///
/// let tape = Tape::new();
/// let x = tape.parameter(Tensor::scalar(3.0));
/// let y = x * x + x * 2.0 + 1.0; // (x + 1)²
/// assert_eq!(y.value().item()?, 16.0);
/// assert_eq!(y.backward()?.of(x)?.item()?, 8.0); // 2(x + 1)
/// # Ok::<(), autograd::Error>(())
/// ```
pub struct Var<'t, T: Float> {
    tape: &'t Tape<T>,
    node: usize,
}

// Not derived: a `Var` is copyable for every `T`.
impl<T: Float> Clone for Var<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Float> Copy for Var<'_, T> {}

impl<'t, T: Float> Var<'t, T> {
    pub(crate) fn new(tape: &'t Tape<T>, node: usize) -> Self {
        Var { tape, node }
    }

    /// The variable's number on the tape.
    pub(crate) fn node(self) -> usize {
        self.node
    }

    /// Describes the variable for messages.
    pub(crate) fn describe(self) -> String {
        let shape = self.shape();
        match self.tape.origin(self.node) {
            origin @ ("parameter" | "constant") => {
                format!("{origin} {shape:?} (variable {})", self.node)
            }
            op => format!("the {op} {shape:?} (variable {})", self.node),
        }
    }

    // ---- inspection ----

    /// Returns the variable's number on the tape, as in [`Tape::visit`] and the tape's `Debug`.
    pub fn number(self) -> usize {
        self.node
    }

    /// Returns the variable's tape.
    pub fn tape(self) -> &'t Tape<T> {
        self.tape
    }

    /// Returns the tensor (a cheap copy that shares its memory).
    pub fn value(self) -> Tensor<T> {
        self.tape.value(self.node)
    }

    /// Returns the lengths of the axes.
    pub fn shape(self) -> Shape {
        self.tape.shape(self.node)
    }

    /// Whether the variable requires a gradient: it is a parameter, or computed from one, on a tape
    /// that records.
    pub fn wants_gradient(self) -> bool {
        self.tape.wants_gradient(self.node)
    }

    /// Returns the same value as a constant: gradients do not flow through it. On a tape created by
    /// [`Tape::tracing`] it returns the variable itself, since nothing on it has a gradient.
    #[must_use]
    pub fn detach(self) -> Self {
        // Nothing has a gradient there, and the origin of the value is to be known.
        if self.tape.is_tracing() {
            return self;
        }
        self.tape.constant(self.value())
    }

    /// The number of an axis counted from 0.
    pub(crate) fn axis(self, op: &'static str, axis: impl Axis) -> Result<usize> {
        axis.counted(op, || self.shape())
    }

    /// The numbers of axes counted from 0.
    pub(crate) fn axes(self, op: &'static str, axes: &[impl Axis]) -> Result<Shape> {
        all_counted(axes, op, || self.shape())
    }

    // ---- differentiation ----

    /// Makes `backward` return the gradient with respect to this intermediate result as well.
    ///
    /// The gradient is computed anyway; without this call its memory is freed as soon as the
    /// gradients of the inputs are known.
    #[allow(clippy::return_self_not_must_use)] // the call itself changes the tape
    pub fn keep_gradient(self) -> Self {
        self.tape.keep_gradient(self.node);
        self
    }

    /// Computes the gradients of this scalar with respect to all parameters that it depends on.
    ///
    /// # Errors
    ///
    /// If it does not have exactly one element (see [`Var::backward_with`]), does not depend on a
    /// parameter, or an operation's `backward` fails.
    ///
    /// ```
    /// # use autograd::Tape;
    /// # use tensor::Tensor;
    /// let tape = Tape::new();
    /// let x = tape.parameter(Tensor::from([1.0, 2.0]));
    /// assert_eq!(
    ///     x.backward().unwrap_err().to_string(),
    ///     "backward from parameter [2] (variable 0): `backward` needs a single element; reduce \
    ///      it with `sum()` or `mean()`, or pass the gradient of each element to \
    ///      `backward_with(dy)`"
    /// );
    /// ```
    pub fn backward(self) -> Result<Gradients<T>> {
        let shape = self.shape();
        if shape.elements() != 1 {
            return Err(Error::Start {
                variable: self.describe(),
                reason: "`backward` needs a single element; reduce it with `sum()` or `mean()`, \
                         or pass the gradient of each element to `backward_with(dy)`"
                    .into(),
            });
        }
        self.tape.backward(self, Tensor::ones(shape))
    }

    /// Computes the gradients of Σ dy ∘ self, a vector–Jacobian product. `dy` has this variable's
    /// shape.
    ///
    /// # Errors
    ///
    /// As [`Var::backward`], and if `dy` has another shape.
    pub fn backward_with(self, dy: Tensor<T>) -> Result<Gradients<T>> {
        self.tape.backward(self, dy)
    }
}

/// Implements an operator for two variables, and for a variable and a number.
macro_rules! operator {
    ($Operator:ident :: $method:ident, |$x:ident, $number:ident| $with_number:expr) => {
        impl<'t, T: Float> $Operator for Var<'t, T> {
            type Output = Var<'t, T>;

            #[track_caller]
            fn $method(self, other: Self) -> Self::Output {
                or_panic(Var::$method(self, other))
            }
        }

        impl<'t, T: Float> $Operator<T> for Var<'t, T> {
            type Output = Var<'t, T>;

            #[track_caller]
            fn $method(self, $number: T) -> Self::Output {
                let $x = self;
                or_panic($with_number)
            }
        }
    };
}

operator!(Add::add, |x, number| x.add_scalar(number));
operator!(Sub::sub, |x, number| x.add_scalar(-number));
operator!(Mul::mul, |x, number| x.scale(number));
// Not x.scale(1/number): that would round twice.
operator!(Div::div, |x, number| Var::div(x, x.tape.constant(Tensor::scalar(number))));

/// Operators with a number on the left. (Rust allows these impls for concrete types only.)
macro_rules! number_first {
    ($($Float:ident)*) => {
        $(
            number_first!($Float Add::add Sub::sub Mul::mul Div::div);
        )*
    };
    ($Float:ident $($Operator:ident::$method:ident)*) => {
        $(
            impl<'t> $Operator<Var<'t, $Float>> for $Float {
                type Output = Var<'t, $Float>;

                // Compiled where it is used, like a generic function, so that other users do not
                // pay compile time for it.
                #[inline]
                #[track_caller]
                fn $method(self, x: Var<'t, $Float>) -> Self::Output {
                    or_panic(Var::$method(x.tape.constant(Tensor::scalar(self)), x))
                }
            }
        )*
    };
}

number_first!(f32 f64);

impl<T: Float> Neg for Var<'_, T> {
    type Output = Self;

    #[track_caller]
    fn neg(self) -> Self {
        or_panic(Var::neg(self))
    }
}

#[track_caller]
fn or_panic<V>(result: Result<V>) -> V {
    match result {
        Ok(value) => value,
        Err(error) => panic!("{error}"),
    }
}

impl<T: Float> fmt::Debug for Var<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.describe())
    }
}
