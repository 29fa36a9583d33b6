//! The exact check: `backward` against `forward` on dual numbers.

use tensor::Tensor;

use super::check::index;
use super::erased::Erased;
use super::sample::normal_values;
use crate::dual::{self, Dual};
use crate::error::Result;
use crate::op::{Call, Op};
use crate::record::checked_backward;

/// Tolerance relative to the sum of the terms' absolute values: orders of addition may differ.
const ROUNDING: f64 = 1e-12;

/// `forward` of an operation for dual numbers.
type DualForward<'a, const N: usize> =
    dyn Fn([&Tensor<Dual<f64>>; N]) -> Result<Tensor<Dual<f64>>> + 'a;

/// The gradients that differ from those of `forward` on dual numbers.
pub(super) fn findings<const N: usize>(
    make: &dyn Fn() -> Erased<N>,
    dual: &DualForward<'_, N>,
    inputs: &[Tensor<f64>; N],
) -> Vec<String> {
    let compare = || -> Result<Vec<String>> {
        let mut op = make();
        let output = op.forward(inputs.each_ref())?;
        let dy = normal_values(output.shape().into(), 0);
        let call = Call { inputs: inputs.each_ref(), output: &output, wanted: [true; N] };
        let gradients = checked_backward(&op, &call, &dy)?;
        let mut findings = Vec::new();
        for (input, gradient) in gradients.iter().enumerate() {
            let Some(gradient) = gradient else { continue };
            findings.extend(compare_input(dual, inputs, input, &dy.to_vec(), gradient)?);
        }
        Ok(findings)
    };
    compare().unwrap_or_else(|error| vec![format!("with dual numbers: {error}")])
}

/// One input's gradient, element by element.
fn compare_input<const N: usize>(
    dual: &DualForward<'_, N>,
    inputs: &[Tensor<f64>; N],
    input: usize,
    dy: &[f64],
    gradient: &Tensor<f64>,
) -> Result<Option<String>> {
    let found = gradient.to_vec();
    let size = found.iter().fold(0.0, |size: f64, g| size.max(g.abs()));
    let mut worst: Option<(f64, usize, f64)> = None;
    let mut wrong = 0;
    let constants = inputs.each_ref().map(dual::constant);
    for at in 0..found.len() {
        let mut moving = constants.clone();
        moving[input] = dual::moving(&inputs[input], at)?;
        let y = dual(moving.each_ref())?;
        let terms = y.to_vec().into_iter().zip(dy).map(|(y, dy)| y.derivative * dy);
        let (exact, terms) =
            terms.fold((0.0, 0.0_f64), |(sum, size), term| (sum + term, size + term.abs()));
        let error = (found[at] - exact).abs() / size.max(terms).max(f64::MIN_POSITIVE);
        // NaN is wrong, too.
        if error.is_nan() || error > ROUNDING {
            wrong += 1;
            let error = if error.is_nan() { f64::INFINITY } else { error };
            if worst.is_none_or(|(before, ..)| error > before) {
                worst = Some((error, at, exact));
            }
        }
    }
    Ok(worst.map(|(_, at, exact)| {
        format!(
            "d input {input} at {:?}: backward {}, dual numbers {exact} ({wrong} of {} elements \
            are wrong)",
            index(at, gradient.shape()),
            found[at],
            found.len()
        )
    }))
}
