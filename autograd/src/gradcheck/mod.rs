//! Is a gradient right? Compares `backward` with differences of `forward`.
//!
//! For random inputs x and a random dy, the gradient of L = Σ dy ∘ f(x) must be what L changes by,
//! for each element of each input: (L(x + h) − L(x − h)) / 2h with h = 6·10⁻⁶·max(1, |x|), near the
//! cube root of the smallest step of an `f64`, where truncation and rounding are equally small.
//! Everything is computed in `f64`, whatever the operation is used with later.
//!
//! An operation can be right there and still wrong on a tape; so [`gradcheck`] also makes sure that
//!
//! - gradients that are not wanted are not computed, and change nothing in the others;
//! - a second call gives the same bits;
//! - views (inputs and dy whose elements do not lie one after the other) are read correctly;
//! - a variable that is used twice, or as several inputs, gets the sum.
//!
//! Everything that is wrong is reported at once, for each input the worst element with both
//! numbers.
//!
//! Differences leave half of the digits. An operation for every [`Float`](tensor::Float) is also
//! one for [dual numbers](crate::dual), and its `forward` computes the derivative itself then, to
//! the last digits. That is what [`gradcheck!`](crate::gradcheck!) compares with, besides all of
//! the above: what it finds equal is equal but for rounding.
//!
//! What is not generic here is marked `#[inline]`, so that it is compiled for those alone who check a gradient.

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

/// What a gradient may be off, relative to its size, if nothing else is said.
const TOLERANCE: f64 = 1e-6;

/// Checks the gradient of the operation that `op` makes, at normal inputs of these shapes.
///
/// Where the operation has a kink or a border, say by a [`Sample`] where the inputs shall lie:
/// `gradcheck(|| Ln, [positive([2, 3])])`.
///
/// # Errors
///
/// If anything is wrong, all of it: see the [module](self).
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

/// Checks the gradient of a function of variables, as [`gradcheck`] does that of an operation: a
/// loss, a layer, whatever was put together from several operations.
///
/// # Errors
///
/// If anything is wrong, all of it: see the [module](self).
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
/// If anything is wrong, all of it: see the [module](self).
pub fn list<O, const N: usize, S>(op: impl Fn() -> O, inputs: [S; N]) -> Result<()>
where
    O: ListOp<f64>,
    S: Into<Sample>,
{
    run(&|| list::Flat::new(op()), &inputs.map(S::into), "", TOLERANCE)
}

/// [`gradcheck`](mod@crate::gradcheck), and also exactly: against `forward` of dual numbers.
///
/// The first argument is an expression that makes the operation. It is written once and compiled
/// twice, for `f64` and for [`Dual<f64>`](crate::Dual); so a setting of type `T` is written
/// `T::of(2.0)` with `T` = [`tensor::Float`], as `Float::of(2.0)`.
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

/// A [`GradCase`](crate::gradcheck::GradCase) that also checks exactly, as
/// [`gradcheck!`](crate::gradcheck!) does.
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

/// The check, given its name and tolerance.
type Run = dyn Fn(&str, f64) -> Result<()>;

/// What is checked, not how.
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
    /// Checks the operation that `op` makes at such inputs.
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

    /// Checks the operation with lists of inputs and outputs that `op` makes at such inputs.
    pub fn list<O, const N: usize, S>(op: impl Fn() -> O + 'static, inputs: [S; N]) -> Self
    where
        O: ListOp<f64>,
        S: Into<Sample>,
    {
        GradCase::new(move || list::Flat::new(op()), inputs)
    }

    /// [`GradCase::new`], and exactly: `op` and `dual` make the same operation, for `f64` and for dual
    /// numbers. [`grad_case!`](crate::grad_case!) writes this from one expression.
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
            // One mistake need not be reported twice.
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

    /// What errors call the operation.
    pub fn operation(&self) -> &'static str {
        self.operation
    }

    /// Does it also check exactly, against dual numbers?
    pub fn is_exact(&self) -> bool {
        self.exact
    }

    /// What is special about the case, for the message.
    #[must_use]
    pub fn named(self, name: &str) -> Self {
        GradCase { name: name.into(), ..self }
    }

    /// What the gradient may be off, relative to its size, instead of 10⁻⁶.
    #[must_use]
    pub fn tolerance(self, tolerance: f64) -> Self {
        GradCase { tolerance, ..self }
    }

    /// Runs the check.
    ///
    /// # Errors
    ///
    /// If anything is wrong, all of it: see the [module](self).
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

/// The inputs; the same for the same samples.
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
