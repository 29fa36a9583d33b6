//! Burn on its CPU backend, flex.

use std::ops::Range;

use benches::protocol::{Activation, Task, Training, Workload};
use burn::module::{Module, Param};
use burn::nn::loss::{CrossEntropyLossConfig, MseLoss, Reduction};
use burn::nn::{Linear, LinearConfig};
use burn::optim::{AdamConfig, GradientsParams, ModuleOptimizer, SgdConfig};
use burn::tensor::{Device, Int, Tensor, TensorData, activation};

use crate::{Framework, made_targets, weights};

#[derive(Module, Debug)]
struct Layers {
    layers: Vec<Linear>,
    relu: bool,
}

struct Burn {
    /// Taken out while the optimizer changes it.
    layers: Option<Layers>,
    rule: Option<(ModuleOptimizer, f64)>,
    device: Device,
    inputs: Tensor<2>,
    targets: Targets,
    loss: Option<Tensor<1>>,
}

enum Targets {
    Classes(Tensor<1, Int>),
    Numbers(Tensor<2>),
}

pub(crate) fn open(workload: &Workload, inputs: Vec<f32>, classes: Vec<u32>) -> Box<dyn Framework> {
    let device = match workload.task {
        Task::Predict => Device::flex(),
        _ => Device::flex().autodiff(),
    };
    let layers = workload.layers().enumerate().map(|(index, widths @ [width, outputs])| {
        let weight = TensorData::new(weights(index, widths), [width, outputs]);
        let mut weight = Tensor::<2>::from_data(weight, &device);
        let mut bias = Tensor::<1>::zeros([outputs], &device);
        if device.is_autodiff() {
            (weight, bias) = (weight.require_grad(), bias.require_grad());
        }
        let mut layer = LinearConfig::new(width, outputs).init(&device);
        layer.weight = Param::from_tensor(weight);
        layer.bias = Some(Param::from_tensor(bias));
        layer
    });
    let layers = Layers { layers: layers.collect(), relu: workload.activation == Activation::Relu };
    let rule = match workload.task {
        Task::Sgd(rate) => Some((SgdConfig::new().init(), rate)),
        Task::Adam(rate) => Some((AdamConfig::new().with_epsilon(1e-8).init(), rate)),
        Task::Predict => None,
    };
    let rows = inputs.len() / workload.widths[0];
    let targets = if !workload.has_classes() {
        let targets = made_targets(workload, &inputs);
        let width = targets.len() / rows;
        let data = TensorData::new(targets, [rows, width]);
        Targets::Numbers(Tensor::from_data(data, &device))
    } else {
        let classes: Vec<i32> = classes.iter().map(|&class| class as i32).collect();
        let count = classes.len();
        Targets::Classes(Tensor::from_ints(TensorData::new(classes, [count]), &device))
    };
    let inputs = Tensor::from_data(TensorData::new(inputs, [rows, workload.widths[0]]), &device);
    Box::new(Burn { layers: Some(layers), rule, device, inputs, targets, loss: None })
}

impl Layers {
    fn forward(&self, mut x: Tensor<2>) -> Tensor<2> {
        for (index, layer) in self.layers.iter().enumerate() {
            if index > 0 {
                x = if self.relu { activation::relu(x) } else { activation::tanh(x) };
            }
            x = layer.forward(x);
        }
        x
    }
}

impl Training for Burn {
    fn step(&mut self, rows: Range<usize>) {
        let layers = self.layers.take().expect("put back by every step");
        let output = layers.forward(self.inputs.clone().narrow(0, rows.start, rows.len()));
        let loss = match &self.targets {
            Targets::Classes(classes) => {
                let classes = classes.clone().narrow(0, rows.start, rows.len());
                CrossEntropyLossConfig::new().init(&self.device).forward(output, classes)
            }
            Targets::Numbers(numbers) => {
                let numbers = numbers.clone().narrow(0, rows.start, rows.len());
                MseLoss::new().forward(output, numbers, Reduction::Mean)
            }
        };
        let gradients = GradientsParams::from_grads(loss.backward(), &layers);
        let (rule, rate) = self.rule.as_mut().expect("a workload that trains");
        self.layers = Some(rule.step(*rate, layers, gradients));
        self.loss = Some(loss);
    }

    fn loss(&self) -> f32 {
        self.loss.clone().expect("a step was taken").into_scalar::<f32>()
    }
}

impl Framework for Burn {
    fn predict(&mut self, rows: Range<usize>) -> f32 {
        let layers = self.layers.as_ref().expect("put back by every step");
        let output = layers.forward(self.inputs.clone().narrow(0, rows.start, rows.len()));
        output.into_data().as_slice::<f32>().expect("f32 was asked for")[0]
    }
}
