//! Convolutions and max pooling by other frameworks, forward, and forward with backward.

use std::hint::black_box;

use benches::convolutions::Convolution;
use benches::numbers;

/// Computes one step; with its gradients if asked.
pub type Step = Box<dyn FnMut(bool)>;

/// The frameworks that have convolutions with gradients.
pub fn all(step: &Convolution) -> [(&'static str, Step); 2] {
    [("candle", candle(*step).expect("Candle computes")), ("burn", burn(*step))]
}

fn candle(step: Convolution) -> candle_core::Result<Step> {
    let variable = |shape: [usize; 4]| {
        let numbers = numbers(shape.iter().product());
        candle_core::Var::from_vec(numbers, shape.as_slice(), &candle_core::Device::Cpu)
    };
    let images = variable(step.images)?;
    let weight = step.weight().map(variable).transpose()?;
    let compute = move |backward: bool| {
        let y = match &weight {
            Some(weight) => images.conv2d(weight, step.padding, 1, 1, 1)?,
            None => images.max_pool2d(step.window)?,
        };
        if backward {
            black_box(y.sum_all()?.backward()?);
        }
        black_box(y);
        candle_core::Result::Ok(())
    };
    Ok(Box::new(move |backward| compute(backward).expect("Candle computes")))
}

fn burn(step: Convolution) -> Step {
    use burn::tensor::module::{conv2d, max_pool2d};
    use burn::tensor::ops::{ConvOptions, MaxPoolOptions};
    use burn::tensor::{Device, Tensor, TensorData};

    let device = Device::flex().autodiff();
    let variable = |shape: [usize; 4]| {
        let numbers = numbers(shape.iter().product());
        Tensor::<4>::from_data(TensorData::new(numbers, shape), &device).require_grad()
    };
    let images = variable(step.images);
    let weight = step.weight().map(variable);
    Box::new(move |backward| {
        let y = match &weight {
            Some(weight) => {
                let options = ConvOptions::new([1; 2], [step.padding; 2], [1; 2], 1);
                conv2d(images.clone(), weight.clone(), None, options)
            }
            None => max_pool2d(images.clone(), MaxPoolOptions::new([step.window; 2])),
        };
        if backward {
            black_box(y.clone().sum().backward());
        }
        black_box(y);
    })
}
