//! Candle on the CPU.

use std::ops::Range;

use benches::protocol::{Activation, Task, Training, Workload};
use candle_core::{DType, Device, Result, Tensor, Var};
use candle_nn::{AdamW, Linear, Module, Optimizer, ParamsAdamW, SGD, loss};

use crate::{Framework, made_targets, weights_transposed};

struct Candle {
    layers: Vec<Linear>,
    activation: Activation,
    optimizer: Rule,
    inputs: Tensor,
    /// Classes, or numbers where there is one output.
    targets: Tensor,
    loss: Option<Tensor>,
}

enum Rule {
    Sgd(SGD),
    Adam(AdamW),
    None,
}

pub(crate) fn open(workload: &Workload, inputs: Vec<f32>, classes: Vec<u32>) -> Box<dyn Framework> {
    Box::new(Candle::new(workload, inputs, classes).expect("Candle takes the network"))
}

impl Candle {
    fn new(workload: &Workload, inputs: Vec<f32>, classes: Vec<u32>) -> Result<Self> {
        let device = &Device::Cpu;
        let trained = workload.task != Task::Predict;
        let (mut layers, mut variables) = (Vec::new(), Vec::new());
        for (index, widths @ [width, outputs]) in workload.layers().enumerate() {
            let weight = weights_transposed(index, widths);
            let weight = Var::from_vec(weight, (outputs, width), device)?;
            let bias = Var::zeros(outputs, DType::F32, device)?;
            let [w, b] = [&weight, &bias].map(|variable| {
                if trained { variable.as_tensor().clone() } else { variable.as_detached_tensor() }
            });
            layers.push(Linear::new(w, Some(b)));
            variables.extend([weight, bias]);
        }
        let optimizer = match workload.task {
            Task::Sgd(rate) => Rule::Sgd(SGD::new(variables, rate)?),
            Task::Adam(lr) => {
                let parameters = ParamsAdamW { lr, weight_decay: 0.0, ..ParamsAdamW::default() };
                Rule::Adam(AdamW::new(variables, parameters)?)
            }
            Task::Predict => Rule::None,
        };
        let width = workload.widths[0];
        let rows = inputs.len() / width;
        let targets = if !workload.has_classes() {
            let targets = made_targets(workload, &inputs);
            let width = targets.len() / rows;
            Tensor::from_vec(targets, (rows, width), device)?
        } else {
            let count = classes.len();
            Tensor::from_vec(classes, count, device)?
        };
        let inputs = Tensor::from_vec(inputs, (rows, width), device)?;
        let activation = workload.activation;
        Ok(Candle { layers, activation, optimizer, inputs, targets, loss: None })
    }

    fn forward(&self, rows: &Range<usize>) -> Result<Tensor> {
        let mut x = self.inputs.narrow(0, rows.start, rows.len())?;
        for (index, layer) in self.layers.iter().enumerate() {
            if index > 0 {
                x = match self.activation {
                    Activation::Relu => x.relu()?,
                    Activation::Tanh => x.tanh()?,
                };
            }
            x = layer.forward(&x)?;
        }
        Ok(x)
    }

    fn train(&mut self, rows: Range<usize>) -> Result<Tensor> {
        let output = self.forward(&rows)?;
        let targets = self.targets.narrow(0, rows.start, rows.len())?;
        let loss = match self.targets.dtype() {
            DType::U32 => loss::cross_entropy(&output, &targets)?,
            _ => loss::mse(&output, &targets)?,
        };
        match &mut self.optimizer {
            Rule::Sgd(rule) => rule.backward_step(&loss)?,
            Rule::Adam(rule) => rule.backward_step(&loss)?,
            Rule::None => {}
        }
        Ok(loss)
    }
}

impl Training for Candle {
    fn step(&mut self, rows: Range<usize>) {
        self.loss = Some(self.train(rows).expect("Candle trains"));
    }

    fn loss(&self) -> f32 {
        let loss = self.loss.as_ref().expect("a step was taken");
        loss.to_scalar().expect("one number")
    }
}

impl Framework for Candle {
    fn predict(&mut self, rows: Range<usize>) -> f32 {
        let output = self.forward(&rows).and_then(|output| output.flatten_all()?.to_vec1::<f32>());
        output.expect("Candle predicts")[0]
    }
}
