//! A chain of products of scalars, forward, and forward with backward: what recording one operation
//! costs. `chain.py` measures the same in PyTorch.

use std::hint::black_box;

/// Computes a chain of so many products; with backward if asked.
pub type Chain = Box<dyn FnMut(usize, bool)>;

/// The frameworks with a tape.
pub fn all() -> [(&'static str, Chain); 3] {
    let burn_device = burn::tensor::Device::flex().autodiff();
    let dfdx_device = dfdx::tensor::Cpu::default();
    [
        ("candle", Box::new(|length, backward| candle(length, backward).expect("candle computes"))),
        ("burn", Box::new(move |length, backward| burn(&burn_device, length, backward))),
        ("dfdx", Box::new(move |length, backward| dfdx(&dfdx_device, length, backward))),
    ]
}

fn candle(length: usize, backward: bool) -> candle_core::Result<()> {
    let x = candle_core::Var::new(0.999_f32, &candle_core::Device::Cpu)?;
    let mut y = x.as_tensor().clone();
    for _ in 0..length {
        y = (&y * x.as_tensor())?;
    }
    if backward {
        black_box(y.backward()?);
    }
    black_box(y);
    Ok(())
}

fn burn(device: &burn::tensor::Device, length: usize, backward: bool) {
    let x = burn::tensor::Tensor::<1>::from_data([0.999_f32], device).require_grad();
    let y = (0..length).fold(x.clone(), |y, _| y * x.clone());
    if backward {
        black_box(y.backward());
    }
    black_box(y);
}

fn dfdx(device: &dfdx::tensor::Cpu, length: usize, backward: bool) {
    use dfdx::prelude::*;
    let x: Tensor<Rank0, f32, _> = device.tensor(0.999);
    // The tape moves along with y. Its chain begins with another scalar than x, since dfdx 0.13
    // panics in the backward pass of x·x.
    let first: Tensor<Rank0, f32, _> = device.tensor(0.999);
    let mut y = first.leaky_trace();
    for _ in 0..length {
        y = y * x.clone();
    }
    if backward {
        black_box(y.backward());
    } else {
        black_box(y);
    }
}
