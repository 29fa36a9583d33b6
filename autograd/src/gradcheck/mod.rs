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

mod check;
mod sample;

use tensor::Shape;

use crate::error::{Error, Result};
use crate::op::Op;

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
    name: String,
    tolerance: f64,
    run: Box<Run>,
}

/// The check, given its name and tolerance.
type Run = dyn Fn(&str, f64) -> Result<()>;

impl GradCase {
    /// Checks the operation that `op` makes at such inputs.
    pub fn new<O, const N: usize, S>(op: impl Fn() -> O + 'static, inputs: [S; N]) -> Self
    where
        O: Op<f64, N>,
        S: Into<Sample>,
    {
        let inputs = inputs.map(S::into);
        GradCase {
            name: String::new(),
            tolerance: TOLERANCE,
            run: Box::new(move |name, tolerance| run(&op, &inputs, name, tolerance)),
        }
    }

    /// What is special about the case, for the message.
    pub fn named(self, name: &str) -> Self {
        GradCase { name: name.into(), ..self }
    }

    /// What the gradient may be off, relative to its size, instead of 10⁻⁶.
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
    let mut stream = 0;
    let inputs = samples.each_ref().map(|sample| {
        stream += 1;
        sample.draw(stream)
    });
    let shapes: Vec<Shape> = inputs.iter().map(|input| input.shape().into()).collect();
    let findings = check::findings(op, inputs, tolerance);
    if findings.is_empty() {
        return Ok(());
    }
    let case =
        format!("{}{}{name} / {shapes:?}", op().name(), if name.is_empty() { "" } else { ", " });
    Err(Error::Gradcheck { case, findings })
}

#[cfg(test)]
mod tests;
