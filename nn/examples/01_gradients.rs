//! Chapter 1 of the guide: one derivative by hand, by the tape, by dual numbers and by differences.

#[path = "guide/mod.rs"]
mod guide;

use std::process::ExitCode;

use guide::{Options, Panel};
use nn::autograd::dual::derivative;
use nn::autograd::{Result, Tape, Var, gradcheck, ops};
use nn::tensor::{Float, Tensor};

/// y = x · tanh(x²), of any number: also of a dual one.
fn f<T: Float>(x: T) -> T {
    x * (x * x).tanh()
}

/// By hand: the product rule, and the chain rule with (tanh u)′ = 1 − tanh² u.
fn by_hand(x: f64) -> f64 {
    let t = (x * x).tanh();
    t + x * (1.0 - t * t) * 2.0 * x
}

/// The same operations on the tape, which records them.
fn f_on_tape<'t>(x: Var<'t, f64>) -> Result<Var<'t, f64>> {
    x.mul(x.mul(x)?.tanh()?)
}

/// By the tape: once forward, once back.
fn by_tape(x: f64) -> Result<f64> {
    let tape = Tape::new();
    let x = tape.parameter(Tensor::from(x));
    Ok(f_on_tape(x)?.backward()?.of(x)?.to_vec()[0])
}

/// By differences, which lose half of the digits.
fn by_differences(x: f64) -> f64 {
    let h = 6e-6;
    (f(x + h) - f(x - h)) / (2.0 * h)
}

fn chapter(options: &Options) -> guide::Result {
    println!(
        "{:>5} {:>18} {:>18} {:>18} {:>18}",
        "x", "by hand", "tape", "dual numbers", "differences"
    );
    for x in [-1.0, -0.5, 0.0, 0.8, 2.0] {
        let (hand, tape, dual) = (by_hand(x), by_tape(x)?, derivative(f, x));
        println!("{x:>5} {hand:>18.14} {tape:>18.14} {dual:>18.14} {:>18.14}", by_differences(x));
    }
    gradcheck(|| ops::MatMul, [[2, 3], [3, 1]])?; // in one line, for any operation
    println!("gradcheck of the matrix product: right");

    let places = || (-100..=100).map(|i| f64::from(i) / 50.0);
    Panel::new("A function and its derivative", "x", "y")
        .line("x · tanh(x²)", places().map(|x| (x, f(x))))
        .line("derivative by hand", places().map(|x| (x, by_hand(x))))
        .dots("by dual numbers", places().step_by(10).map(|x| (x, derivative(f, x))))
        .save(
            &options.out,
            "01_derivative",
            "A curve that rises from lower left to upper right, and its derivative by hand; the \
             dots computed by dual numbers lie on it.",
        )
}

fn main() -> ExitCode {
    guide::run("One derivative by hand, by the tape, by dual numbers and by differences.", chapter)
}
