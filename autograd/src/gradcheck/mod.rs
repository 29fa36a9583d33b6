//! Gradient checks: compare `backward` with finite differences of `forward`.
//!
//! For random inputs x and a random dy, the gradient of L = Σ dy ∘ f(x) is compared with central
//! differences for each element of each input: (L(x + h) − L(x − h)) / 2h with h = 6·10⁻⁶·max(1,
//! |x|), near the cube root of the machine epsilon of `f64`, where truncation and rounding errors
//! are equally small. All computations are in `f64`, regardless of the type used in training.
//!
//! An operation can pass this and still be wrong on a tape. So [`gradcheck`] also checks that
//!
//! - gradients that are not required are not computed, and do not change the others;
//! - a second call returns the same bits;
//! - views (inputs and dy that are not contiguous) are read correctly;
//! - a variable that is used twice, or as several inputs, gets the sum.
//!
//! All errors are reported at once, for each input the worst element with both numbers.
//!
//! Finite differences lose half of the digits. An operation that is generic over
//! [`Float`](tensor::Float) also runs on [dual numbers](crate::dual), and its `forward` then
//! computes the exact derivative. [`gradcheck!`](crate::gradcheck!) also compares with that, up to
//! rounding.
//!
//! Non-generic functions of this module are marked `#[inline]`, so that only the users of gradient
//! checks compile them.

mod check;
mod erased;
mod exact;
mod list;
mod sample;

use std::fmt;

use erased::Erased;
use tensor::{Shape, Tensor};

use crate::dual::Dual;
use crate::error::{Error, Result};
use crate::list::ListOp;
use crate::op::Op;
use crate::section::Section;
use crate::var::Var;

pub use sample::{Sample, away_from_zero, distinct, normal, positive};

/// Default relative tolerance of a gradient.
const TOLERANCE: f64 = 1e-6;

/// Checks the gradient of the operation that `op` creates, at standard normal inputs of these
/// shapes.
///
/// If the operation has a kink or a limited domain, choose suitable inputs with a [`Sample`]:
/// `gradcheck(|| Ln, [positive([2, 3])])`.
///
/// # Errors
///
/// If a check fails; the error lists all failures: see the [module](self).
///
/// ```
/// use autograd::{gradcheck, ops};
///
/// gradcheck(|| ops::MatMul, [[2, 3], [3, 1]])?;
/// # Ok::<(), autograd::Error>(())
/// ```
pub fn gradcheck<O, const N: usize, S>(op: impl Fn() -> O, inputs: [S; N]) -> Result<()>
where
    O: Op<f64, N>,
    S: Into<Sample>,
{
    run(&op, &inputs.map(S::into), "", TOLERANCE)
}

/// Checks the gradient of a function of variables, as [`gradcheck`] does for an operation: a loss,
/// a layer, any composition of operations.
///
/// # Errors
///
/// If a check fails; the error lists all failures: see the [module](self).
///
/// ```
/// use autograd::gradcheck;
///
/// gradcheck::function(|[x, w]| x.matmul(w)?.tanh()?.square()?.mean(), [[4, 3], [3, 2]])?;
/// # Ok::<(), autograd::Error>(())
/// ```
pub fn function<F, const N: usize, S>(f: F, inputs: [S; N]) -> Result<()>
where
    F: for<'t> Fn([Var<'t, f64>; N]) -> Result<Var<'t, f64>> + Clone + 'static,
    S: Into<Sample>,
{
    run(&|| Section::new(f.clone()), &inputs.map(S::into), "", TOLERANCE)
}

/// [`gradcheck`] for an operation with lists of inputs and outputs.
///
/// # Errors
///
/// If a check fails; the error lists all failures: see the [module](self).
pub fn list<O, const N: usize, S>(op: impl Fn() -> O, inputs: [S; N]) -> Result<()>
where
    O: ListOp<f64>,
    S: Into<Sample>,
{
    run(&|| list::Flat::new(op()), &inputs.map(S::into), "", TOLERANCE)
}

/// [`gradcheck`](mod@crate::gradcheck) with an additional exact check: against `forward` on dual
/// numbers.
///
/// The first argument is an expression that creates the operation. It is compiled twice, for `f64`
/// and for [`Dual<f64>`](crate::Dual). A setting of type `T` is therefore written
/// `Float::of(2.0)`, with [`tensor::Float`].
///
/// ```
/// use autograd::{gradcheck, ops};
/// use tensor::Float;
///
/// gradcheck!(ops::MatMul, [[2, 3], [3, 1]])?;
/// gradcheck!(ops::Scale { by: Float::of(0.1) }, [[2, 3]])?;
/// # Ok::<(), autograd::Error>(())
/// ```
#[macro_export]
macro_rules! gradcheck {
    ($op:expr, $inputs:expr $(,)?) => {
        $crate::gradcheck::GradCase::exact(|| $op, || $op, $inputs).check()
    };
}

/// Creates a [`GradCase`](crate::gradcheck::GradCase) with the exact check of
/// [`gradcheck!`](crate::gradcheck!).
///
/// ```
/// use autograd::gradcheck::positive;
/// use autograd::{grad_case, ops};
///
/// let cases = [grad_case!(ops::Ln, [positive([3])]), grad_case!(ops::Softmax { axis: 0 }, [[4]])];
/// assert!(cases.iter().all(|case| case.check().is_ok()));
/// ```
#[macro_export]
macro_rules! grad_case {
    ($op:expr, $inputs:expr $(,)?) => {
        $crate::gradcheck::GradCase::exact(|| $op, || $op, $inputs)
    };
}

/// One check of an operation, for lists of checks.
///
/// ```
/// use autograd::gradcheck::{GradCase, normal, positive};
/// use autograd::ops::{Div, Softmax};
///
/// let cases = [
///     GradCase::new(|| Softmax { axis: 0 }, [[4]]),
///     GradCase::new(|| Div, [normal([2, 3]), positive([3])]).named("by a row"),
/// ];
/// let failures: Vec<_> = cases.iter().filter_map(|case| case.check().err()).collect();
/// assert!(failures.is_empty(), "{failures:#?}");
/// ```
pub struct GradCase {
    operation: &'static str,
    exact: bool,
    name: String,
    tolerance: f64,
    run: Box<Run>,
}

/// The check; it takes the name of the case and the tolerance.
type Run = dyn Fn(&str, f64) -> Result<()>;

/// Shows the case without its closure.
impl fmt::Debug for GradCase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GradCase")
            .field("operation", &self.operation)
            .field("name", &self.name)
            .field("tolerance", &self.tolerance)
            .finish_non_exhaustive()
    }
}

impl GradCase {
    /// Creates a check of the operation that `op` creates, at these inputs.
    pub fn new<O, const N: usize, S>(op: impl Fn() -> O + 'static, inputs: [S; N]) -> Self
    where
        O: Op<f64, N>,
        S: Into<Sample>,
    {
        let inputs = inputs.map(S::into);
        GradCase {
            operation: op().name(),
            exact: false,
            name: String::new(),
            tolerance: TOLERANCE,
            run: Box::new(move |name, tolerance| run(&op, &inputs, name, tolerance)),
        }
    }

    /// Creates a check of an operation with lists of inputs and outputs, at these inputs. `op`
    /// creates the operation.
    pub fn list<O, const N: usize, S>(op: impl Fn() -> O + 'static, inputs: [S; N]) -> Self
    where
        O: ListOp<f64>,
        S: Into<Sample>,
    {
        GradCase::new(move || list::Flat::new(op()), inputs)
    }

    /// [`GradCase::new`] with the exact check: `op` and `dual` create the same operation, for `f64`
    /// and for dual numbers. [`grad_case!`](crate::grad_case!) expands to this from one expression.
    pub fn exact<O, D, const N: usize, S>(
        op: impl Fn() -> O + 'static,
        dual: impl Fn() -> D + 'static,
        inputs: [S; N],
    ) -> Self
    where
        O: Op<f64, N>,
        D: Op<Dual<f64>, N>,
        S: Into<Sample>,
    {
        let inputs = inputs.map(S::into);
        let operation = op().name();
        let run = move |name: &str, tolerance| {
            let inexact = findings(&op, &inputs, tolerance);
            // The exact check runs only if the others pass: no error is reported twice.
            let found = if inexact.is_empty() {
                exact::findings(&|| Erased::new(op()), &|x| dual().forward(x), &draw(&inputs))
            } else {
                inexact
            };
            report(op().name(), name, &inputs, found)
        };
        let (name, run) = (String::new(), Box::new(run));
        GradCase { operation, exact: true, name, tolerance: TOLERANCE, run }
    }

    /// Returns the operation's name.
    pub fn operation(&self) -> &'static str {
        self.operation
    }

    /// Whether the case also has the exact check against dual numbers.
    pub fn is_exact(&self) -> bool {
        self.exact
    }

    /// Sets the name of the case, for messages.
    #[must_use]
    pub fn named(self, name: &str) -> Self {
        GradCase { name: name.into(), ..self }
    }

    /// Sets the relative tolerance of the gradient, instead of 10⁻⁶.
    #[must_use]
    pub fn tolerance(self, tolerance: f64) -> Self {
        GradCase { tolerance, ..self }
    }

    /// Runs the check.
    ///
    /// # Errors
    ///
    /// If a check fails; the error lists all failures: see the [module](self).
    pub fn check(&self) -> Result<()> {
        (self.run)(&self.name, self.tolerance)
    }
}

fn run<O: Op<f64, N>, const N: usize>(
    op: &dyn Fn() -> O,
    samples: &[Sample; N],
    name: &str,
    tolerance: f64,
) -> Result<()> {
    report(op().name(), name, samples, findings(op, samples, tolerance))
}

fn findings<O: Op<f64, N>, const N: usize>(
    op: &dyn Fn() -> O,
    samples: &[Sample; N],
    tolerance: f64,
) -> Vec<String> {
    check::findings(&|| Erased::new(op()), draw(samples), tolerance)
}

/// Draws the inputs; the same samples give the same inputs.
fn draw<const N: usize>(samples: &[Sample; N]) -> [Tensor<f64>; N] {
    let mut stream = 0;
    samples.each_ref().map(|sample| {
        stream += 1;
        sample.draw(stream)
    })
}

#[inline]
fn report(op: &str, name: &str, samples: &[Sample], findings: Vec<String>) -> Result<()> {
    if findings.is_empty() {
        return Ok(());
    }
    let shapes: Vec<Shape> = samples.iter().map(Sample::shape).collect();
    let comma = if name.is_empty() { "" } else { ", " };
    Err(Error::Gradcheck { case: format!("{op}{comma}{name} / {shapes:?}"), findings })
}

#[cfg(test)]
mod tests;
