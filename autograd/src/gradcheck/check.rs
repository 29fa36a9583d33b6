//! The checks themselves.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tensor::{Shape, Tensor};

use super::erased::Erased;
use super::sample::normal_values;
use crate::error::Result;
use crate::op::{Call, Op};
use crate::ops::Add;
use crate::record::checked_backward;
use crate::tape::Tape;

/// Relative tolerance for two computations that differ only in the order of additions.
const ROUNDING: f64 = 1e-12;

/// All failures of the operation that `make` creates, at these inputs.
pub(super) fn findings<const N: usize>(
    make: &dyn Fn() -> Erased<N>,
    inputs: [Tensor<f64>; N],
    tolerance: f64,
) -> Vec<String> {
    let mut op = make();
    let output = match op.forward(inputs.each_ref()) {
        Ok(output) => output,
        Err(error) => return vec![format!("forward: {error}")],
    };
    if let Some(at) = output.to_vec().iter().position(|y| !y.is_finite()) {
        let at = index(at, output.shape());
        return vec![format!("forward: the output at {at:?} is not finite; choose other inputs")];
    }
    let dy = normal_values(output.shape().into(), 0);
    let call = Call { inputs: inputs.each_ref(), output: &output, wanted: [true; N] };
    let gradients = match checked_backward(&op, &call, &dy) {
        Ok(gradients) => gradients.map(|gradient| gradient.expect("every gradient was wanted")),
        Err(error) => return vec![format!("backward: {error}")],
    };
    let case = Case { make, inputs: &inputs, output: &output, dy: &dy, gradients: &gradients };
    let mut findings = Vec::new();
    for input in 0..N {
        findings.extend(case.differences(input, tolerance));
    }
    findings.extend(case.repeated());
    findings.extend(case.unwanted());
    findings.extend(case.views());
    findings.extend(case.used_twice().unwrap_or_else(|error| Some(format!("used twice: {error}"))));
    findings.extend(case.used_as_all_inputs());
    findings
}

/// An operation with its inputs, output, dy and gradients.
struct Case<'a, const N: usize> {
    make: &'a dyn Fn() -> Erased<N>,
    inputs: &'a [Tensor<f64>; N],
    output: &'a Tensor<f64>,
    dy: &'a Tensor<f64>,
    gradients: &'a [Tensor<f64>; N],
}

impl<const N: usize> Case<'_, N> {
    /// `backward` against central differences of `forward`, at every element of one input.
    fn differences(&self, input: usize, tolerance: f64) -> Option<String> {
        let (x, gradient) = (self.inputs[input].to_vec(), self.gradients[input].to_vec());
        let shape = self.inputs[input].shape();
        let size = gradient.iter().fold(0.0, |size: f64, g| size.max(g.abs()));
        // The scale of L's rounding error.
        let magnitude: f64 =
            self.dy.to_vec().iter().zip(self.output.to_vec()).map(|(dy, y)| (dy * y).abs()).sum();
        let mut worst: Option<(f64, usize, f64)> = None;
        let mut wrong = 0;
        for at in 0..x.len() {
            let h = 6e-6 * x[at].abs().max(1.0);
            let (above, below) = (x[at] + h, x[at] - h);
            let moved = |to: f64| {
                let mut values = x.clone();
                values[at] = to;
                self.output_with(input, Tensor::from_vec(values, shape)?)
            };
            let change = moved(above)
                .and_then(|above| Ok(above.zip(&moved(below)?, |above, below| above - below)?))
                .and_then(|change| Ok(change.zip(self.dy, |change, dy| change * dy)?.sum()));
            let difference = match change {
                Ok(change) => change / (above - below),
                Err(error) => {
                    return Some(format!(
                        "d input {input}: forward fails nearby, with {to} at {index:?}: {error}",
                        to = above,
                        index = index(at, shape)
                    ));
                }
            };
            let noise = 32.0 * f64::EPSILON * magnitude / h;
            let scale = gradient[at].abs().max(difference.abs()).max(1e-3 * size);
            let error = (gradient[at] - difference).abs();
            // An error of 0 is right, even where the tolerance is 0, too.
            let badness = if error == 0.0 { 0.0 } else { error / (tolerance * scale + noise) };
            // NaN is wrong, too.
            if badness.is_nan() || badness > 1.0 {
                wrong += 1;
                let badness = if badness.is_nan() { f64::INFINITY } else { badness };
                if worst.is_none_or(|(before, ..)| badness > before) {
                    worst = Some((badness, at, difference));
                }
            }
        }
        let (_, at, difference) = worst?;
        Some(format!(
            "d input {input} at {:?}: backward {}, differences {difference} ({wrong} of {} \
            elements are wrong)",
            index(at, shape),
            gradient[at],
            x.len()
        ))
    }

    fn output_with(&self, input: usize, value: Tensor<f64>) -> Result<Tensor<f64>> {
        let mut inputs = self.inputs.clone();
        inputs[input] = value;
        (self.make)().forward(inputs.each_ref())
    }

    /// A second instance of the operation returns the same bits, and so do repeated calls of
    /// `backward`.
    fn repeated(&self) -> Option<String> {
        let mut op = (self.make)();
        let again = op.forward(self.inputs.each_ref());
        if !again.is_ok_and(|again| same_bits(&again, self.output)) {
            return Some(
                "repeated: forward returns different values the second time; derive random \
                numbers from a seed"
                    .into(),
            );
        }
        for time in ["second", "third"] {
            let call =
                Call { inputs: self.inputs.each_ref(), output: self.output, wanted: [true; N] };
            let again = checked_backward(&op, &call, self.dy);
            let same = again.is_ok_and(|again| {
                again.iter().zip(self.gradients).all(|(again, gradient)| {
                    again.as_ref().is_some_and(|again| same_bits(again, gradient))
                })
            });
            if !same {
                return Some(format!(
                    "repeated: backward returns different values the {time} time"
                ));
            }
        }
        None
    }

    /// Requires one gradient only, and all gradients but one.
    fn unwanted(&self) -> Vec<String> {
        let alone = (0..N).map(|input| std::array::from_fn(|other| other == input));
        let all_but = (0..N).map(|input| std::array::from_fn(|other| other != input));
        let mut findings = Vec::new();
        for wanted in alone.chain(all_but) {
            let wanted: [bool; N] = wanted;
            let mut op = (self.make)();
            if op.forward(self.inputs.each_ref()).is_err() {
                continue; // `repeated` reports this
            }
            let call = Call { inputs: self.inputs.each_ref(), output: self.output, wanted };
            if let Ok(raw) = op.backward(&call, self.dy) {
                for input in (0..N).filter(|&input| !wanted[input] && raw[input].is_some()) {
                    findings.push(format!(
                        "unwanted: gradient {input} is computed though it is not required; \
                         write `call.wanted({input}, || …)?`"
                    ));
                }
            }
            match checked_backward(&op, &call, self.dy) {
                Err(error) => findings.push(format!("with only {wanted:?} wanted: {error}")),
                Ok(gradients) => {
                    for (input, gradient) in gradients.iter().enumerate() {
                        let changed = |gradient| !same_bits(gradient, &self.gradients[input]);
                        if gradient.as_ref().is_some_and(changed) {
                            findings.push(format!(
                                "with only {wanted:?} wanted: gradient {input} is different"
                            ));
                        }
                    }
                }
            }
        }
        findings.sort();
        findings.dedup();
        findings
    }

    /// Inputs, output and dy as views of larger tensors, in another order in memory.
    fn views(&self) -> Option<String> {
        let compute = || -> Result<Option<String>> {
            let mut inputs = self.inputs.clone();
            for input in &mut inputs {
                *input = as_view(input)?;
            }
            let mut op = (self.make)();
            let output = op.forward(inputs.each_ref())?;
            if !nearly(&output, self.output) {
                return Ok(Some(
                    "views: forward returns different values when the inputs are views".into(),
                ));
            }
            let output = as_view(&output)?;
            let call = Call { inputs: inputs.each_ref(), output: &output, wanted: [true; N] };
            let gradients = checked_backward(&op, &call, &as_view(self.dy)?)?;
            let wrong = (0..N).find(|&input| {
                let gradient = gradients[input].as_ref();
                !gradient.is_some_and(|gradient| nearly(gradient, &self.gradients[input]))
            });
            Ok(wrong.map(|input| {
                format!("views: gradient {input} is different when inputs, output and dy are views")
            }))
        };
        // `values()` of a view panics; the other findings must still be reported.
        match catch_unwind(AssertUnwindSafe(compute)) {
            Ok(Ok(finding)) => finding,
            Ok(Err(error)) => Some(format!("views: {error}")),
            Err(_) => Some("views: panicked; call `contiguous()` before `values()`".into()),
        }
    }

    /// f(x) + f(x) on a tape has twice the gradient.
    fn used_twice(&self) -> Result<Option<String>> {
        let tape = Tape::new();
        let inputs = self.inputs.clone().map(|input| tape.parameter(input));
        let [first, second] = [(self.make)(), (self.make)()];
        let sum = tape.apply(Add, [tape.apply(first, inputs)?, tape.apply(second, inputs)?])?;
        let gradients = sum.backward_with(self.dy.clone())?;
        for (input, &variable) in inputs.iter().enumerate() {
            let twice = self.gradients[input].map(|gradient| gradient + gradient);
            if !same_bits(gradients.of(variable)?, &twice) {
                return Ok(Some(format!(
                    "used twice: gradient {input} is not twice that of one use"
                )));
            }
        }
        Ok(None)
    }

    /// f(x, x, …) on a tape has the sum of the gradients, if the shapes let f be used so.
    fn used_as_all_inputs(&self) -> Option<String> {
        let x = self.inputs.last().filter(|_| N > 1)?;
        let (mut op, inputs) = ((self.make)(), [x; N]);
        let output = op.forward(inputs).ok().filter(|y| y.shape() == self.output.shape())?;
        let call = Call { inputs, output: &output, wanted: [true; N] };
        let [first, rest @ ..] = &checked_backward(&op, &call, self.dy).ok()?[..] else {
            return None;
        };
        let mut expected = first.clone()?;
        for gradient in rest {
            expected = expected.zip(gradient.as_ref()?, |a, b| a + b).ok()?;
        }
        let tape = Tape::new();
        let variable = tape.parameter(x.clone());
        let gradients = tape
            .apply((self.make)(), [variable; N])
            .and_then(|y| y.backward_with(self.dy.clone()))
            .and_then(|gradients| gradients.of(variable).cloned());
        match gradients {
            Ok(found) if same_bits(&found, &expected) => None,
            Ok(_) => Some("one variable as all inputs: the gradient is not the sum".into()),
            Err(error) => Some(format!("one variable as all inputs: {error}")),
        }
    }
}

/// The same values as a view that neither begins at the start of its memory nor has them in order
/// (as far as the shape allows).
#[inline]
fn as_view(values: &Tensor<f64>) -> Result<Tensor<f64>> {
    let order: Vec<usize> = (0..values.rank()).rev().collect();
    let reversed = values.permute(&order)?;
    let longer: Vec<usize> = reversed.shape().iter().map(|length| length + 1).collect();
    let mut view = Tensor::from_fn(Shape::from(&longer[..]), |index| {
        let index: Option<Vec<usize>> = index.iter().map(|at| at.checked_sub(1)).collect();
        // NaN around the view, which must not be read.
        index.and_then(|index| reversed.get(&index)).unwrap_or(f64::NAN)
    });
    for axis in 0..values.rank() {
        view = view.slice(axis, 1..longer[axis])?;
    }
    Ok(view.permute(&order)?)
}

#[inline]
fn same_bits(a: &Tensor<f64>, b: &Tensor<f64>) -> bool {
    let mut pairs = a.to_vec().into_iter().zip(b.to_vec());
    a.shape() == b.shape()
        && pairs.all(|(a, b)| a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan()))
}

/// Equal up to rounding, relative to the greatest element.
#[inline]
fn nearly(a: &Tensor<f64>, b: &Tensor<f64>) -> bool {
    let (left, right) = (a.to_vec(), b.to_vec());
    let size = right.iter().fold(0.0, |size: f64, x| size.max(x.abs()));
    a.shape() == b.shape() && left.iter().zip(&right).all(|(a, b)| (a - b).abs() <= ROUNDING * size)
}

/// The index of the element at this position in row-major order.
pub(super) fn index(mut position: usize, shape: &[usize]) -> Vec<usize> {
    let mut index = vec![0; shape.len()];
    for (at, &length) in index.iter_mut().zip(shape).rev() {
        *at = position % length;
        position /= length;
    }
    index
}
