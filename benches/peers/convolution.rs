//! Convolutions and max pooling, forward and with both gradients, in the other frameworks that have them with run-time
//! shapes.

use std::hint::black_box;

use benches::convolutions::Convolution;
use benches::numbers;

/// Computes one step of a network; with backward if asked.
pub type Step = Box<dyn FnMut(bool)>;

/// The frameworks.
pub fn all(step: &Convolution) -> [(&'static str, Step); 2] {
    [("candle", candle(step).expect("candle takes the shapes")), ("burn", burn(step))]
}

fn candle(step: &Convolution) -> candle_core::Result<Step> {
    use candle_core::{Device, Tensor, Var};
    let step = *step;
    let variable = |shape: [usize; 4]| {
        let shape = shape.to_vec();
        let numbers = numbers(shape.iter().product());
        Var::from_tensor(&Tensor::from_vec(numbers, shape, &Device::Cpu)?)
    };
    let images = variable(step.images)?;
    let weight = step.weight().map(variable).transpose()?;
    let compute = move |backward: bool| -> candle_core::Result<()> {
        let y = match &weight {
            Some(weight) => images.conv2d(weight, step.padding, 1, 1, 1)?,
            None => images.max_pool2d(step.window)?,
        };
        if backward {
            black_box(y.sum_all()?.backward()?);
        }
        black_box(y);
        Ok(())
    };
    Ok(Box::new(move |backward| compute(backward).expect("candle computes")))
}

fn burn(step: &Convolution) -> Step {
    use burn::tensor::module::{conv2d, max_pool2d};
    use burn::tensor::ops::ConvOptions;
    use burn::tensor::{Device, Tensor, TensorData};
    let step = *step;
    let device = Device::flex().autodiff();
    let variable = |shape: [usize; 4]| {
        let data = TensorData::new(numbers(shape.iter().product()), shape);
        Tensor::<4>::from_data(data, &device).require_grad()
    };
    let images = variable(step.images);
    let weight = step.weight().map(variable);
    Box::new(move |backward| {
        let y = match &weight {
            Some(weight) => {
                let options = ConvOptions::new([1; 2], [step.padding; 2], [1; 2], 1);
                conv2d(images.clone(), weight.clone(), None, options)
            }
            None => max_pool2d(
                images.clone(),
                [step.window; 2],
                [step.window; 2],
                [0; 2],
                [1; 2],
                false,
            ),
        };
        if backward {
            black_box(y.clone().sum().backward());
        }
        black_box(y);
    })
}
