//! A gradient penalty: a network is trained to match its targets and not to change too fast between
//! them.
//!
//! The loss is mean (f(x) − t)² + λ·mean |∂f/∂x|². Its gradient needs the derivatives, by the
//! weights, of derivatives by the inputs. With v = ∂f/∂x taken as a constant, that of ½|∂f/∂x|² is
//! d/dw (v·∂f/∂x), the change of df/dw when x moves along v: reverse mode over forward mode, by
//! running the tape on dual numbers.
//!
//! `cargo run --release -p autograd --example gradient_penalty`

use autograd::{Dual, Result, Tape, Var, dual};
use tensor::random::Random;
use tensor::{Float, Tensor};

/// f: one hidden layer of tanh units; x is `[rows, 1]`, and so is f(x).
fn network<'t, T: Float>(x: Var<'t, T>, [w1, b1, w2]: [Var<'t, T>; 3]) -> Result<Var<'t, T>> {
    x.matmul(w1)?.add(b1)?.tanh()?.matmul(w2)
}

/// The loss without the penalty, the penalty without λ, and the gradient of loss + λ·penalty.
fn differentiate(
    x: &Tensor<f64>,
    target: &Tensor<f64>,
    weights: &[Tensor<f64>; 3],
    lambda: f64,
) -> Result<(f64, f64, [Tensor<f64>; 3])> {
    // The loss and, from the same computation, v = ∂f/∂x.
    let tape = Tape::new();
    let at = tape.parameter(x.clone());
    let on_tape = weights.each_ref().map(|weight| tape.parameter(weight.clone()));
    let y = network(at, on_tape)?;
    let loss = y.mse(tape.constant(target.clone()))?;
    let gradients = loss.backward()?;
    let v = y.sum()?.backward()?.of(at)?.clone();
    let penalty = (&v * &v).mean();

    // d/dw of the mean of |∂f/∂x|², by dual numbers: x moves along 2v/rows.
    let moving = Tape::new();
    let at = moving.constant(dual::along(x, &(&v * (2.0 / v.len() as f64)))?);
    let dual_weights = weights.each_ref().map(|weight| moving.parameter(dual::constant(weight)));
    let change = network::<Dual<f64>>(at, dual_weights)?.sum()?.backward()?;

    let mut total = weights.clone();
    for (at, total) in total.iter_mut().enumerate() {
        let of_penalty = dual::derivatives(change.of(dual_weights[at])?);
        *total =
            gradients.of(on_tape[at])?.zip(&of_penalty, |loss, penalty| loss + lambda * penalty)?;
    }
    Ok((loss.value().item()?, penalty, total))
}

fn main() -> Result<()> {
    let x = Tensor::from_fn([16, 1], |at| at[0] as f64 / 7.5 - 1.0);
    let target = x.map(f64::signum); // a step function
    for lambda in [0.0, 0.01, 0.1] {
        let normal = |shape, stream| Tensor::normal(shape, 0.0, 0.5, Random::new(1, stream));
        let mut weights = [normal([1, 16], 0), normal([1, 16], 1), normal([16, 1], 2)];
        check_by_differences(&x, &target, &weights, lambda)?;
        for _ in 0..3000 {
            let (_, _, gradient) = differentiate(&x, &target, &weights, lambda)?;
            for (weight, gradient) in weights.iter_mut().zip(gradient) {
                *weight = weight.zip(&gradient, |w, dw| w - 0.05 * dw)?;
            }
        }
        let (loss, penalty, _) = differentiate(&x, &target, &weights, lambda)?;
        println!("λ = {lambda:4}: mean squared error {loss:.4}, mean |∂f/∂x|² {penalty:.4}");
    }
    Ok(())
}

/// The gradient with the penalty equals the finite difference of loss + λ·penalty.
fn check_by_differences(
    x: &Tensor<f64>,
    target: &Tensor<f64>,
    weights: &[Tensor<f64>; 3],
    lambda: f64,
) -> Result<()> {
    let (_, _, gradient) = differentiate(x, target, weights, lambda)?;
    let h = 1e-5;
    let total = |change: f64| {
        let mut moved = weights.clone();
        moved[0] = Tensor::from_fn([1, 16], |at| {
            weights[0].values()[at[1]] + if at[1] == 3 { change } else { 0.0 }
        });
        let (loss, penalty, _) = differentiate(x, target, &moved, lambda)?;
        Ok::<f64, autograd::Error>(loss + lambda * penalty)
    };
    let (found, expected) = (gradient[0].values()[3], (total(h)? - total(-h)?) / (2.0 * h));
    assert!((found - expected).abs() < 1e-8, "{found} is not {expected}");
    Ok(())
}
