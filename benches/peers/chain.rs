//! What recording one operation costs: a chain of 1000 products of scalars, forward, and forward with
//! backward, in this project's tape, Candle, Burn and dfdx. `chain.py` measures the same in PyTorch.
//!
//! The frameworks take turns, and each number is the median of its turns, in nanoseconds an operation.

use std::hint::black_box;
use std::time::Instant;

const LENGTH: usize = 1000;
const TURNS: usize = 31;
/// Chains in one turn.
const CHAINS: u32 = 5;

fn ours(backward: bool) {
    let tape = autograd::Tape::new();
    let x = tape.parameter(tensor::Tensor::scalar(0.999_f32));
    let y = (0..LENGTH).fold(x, |y, _| y * x);
    if backward {
        black_box(y.backward().expect("a gradient"));
    }
    black_box(y.value());
}

/// The same on one tape that is cleared, as a training loop would use it.
fn ours_on_one_tape(tape: &mut autograd::Tape<f32>, backward: bool) {
    tape.clear();
    let x = tape.parameter(tensor::Tensor::scalar(0.999_f32));
    let y = (0..LENGTH).fold(x, |y, _| y * x);
    if backward {
        black_box(y.backward().expect("a gradient"));
    }
    black_box(y.value());
}

fn candle(backward: bool) -> candle_core::Result<()> {
    let x = candle_core::Var::new(0.999_f32, &candle_core::Device::Cpu)?;
    let mut y = x.as_tensor().clone();
    for _ in 0..LENGTH {
        y = (&y * x.as_tensor())?;
    }
    if backward {
        black_box(y.backward()?);
    }
    black_box(y);
    Ok(())
}

fn burn(device: &burn::tensor::Device, backward: bool) {
    let x = burn::tensor::Tensor::<1>::from_data([0.999_f32], device).require_grad();
    let y = (0..LENGTH).fold(x.clone(), |y, _| y * x.clone());
    if backward {
        black_box(y.backward());
    }
    black_box(y);
}

fn dfdx(device: &dfdx::tensor::Cpu, backward: bool) {
    use dfdx::prelude::*;
    let x: Tensor<Rank0, f32, _> = device.tensor(0.999);
    // The tape moves along with y. Its chain begins with another scalar than x, since dfdx 0.13 panics in
    // the backward pass of x·x.
    let first: Tensor<Rank0, f32, _> = device.tensor(0.999);
    let mut y = first.leaky_trace();
    for _ in 0..LENGTH {
        y = y * x.clone();
    }
    if backward {
        black_box(y.backward());
    } else {
        black_box(y);
    }
}

fn main() {
    let burn_device = burn::tensor::Device::flex().autodiff();
    let dfdx_device = dfdx::tensor::Cpu::default();
    let mut tape = autograd::Tape::new();
    let names = ["this project", "this project, one tape", "candle", "burn", "dfdx"];
    let mut times = [const { [const { Vec::new() }; 2] }; 5];
    for turn in 0..=TURNS {
        for (framework, times) in times.iter_mut().enumerate() {
            for (backward, times) in [false, true].into_iter().zip(times) {
                let start = Instant::now();
                for _ in 0..CHAINS {
                    match framework {
                        0 => ours(backward),
                        1 => ours_on_one_tape(&mut tape, backward),
                        2 => candle(backward).expect("candle computes"),
                        3 => burn(&burn_device, backward),
                        _ => dfdx(&dfdx_device, backward),
                    }
                }
                let time = start.elapsed().as_secs_f64() / f64::from(CHAINS);
                // The first turn warms up.
                if turn > 0 {
                    times.push(time * 1e9 / LENGTH as f64);
                }
            }
        }
    }
    println!("{:24} {:>12} {:>22}", "ns per operation", "forward", "forward and backward");
    for (name, times) in names.iter().zip(&mut times) {
        let [forward, both] = times.each_mut().map(|times| {
            times.sort_by(f64::total_cmp);
            times[TURNS / 2]
        });
        println!("{name:24} {forward:12.0} {both:22.0}");
    }
}
