//! dfdx on the CPU, whose widths are types.

use std::ops::Range;

use benches::protocol::{Task, Training, Workload};
use dfdx::nn::modules;
use dfdx::optim::{Adam, AdamConfig, Sgd, SgdConfig};
use dfdx::prelude::*;

use crate::{Framework, made_targets, weights_transposed};

type Digits = (Linear<784, 128>, ReLU, Linear<128, 10>);
type Wide = (Linear<784, 512>, ReLU, Linear<512, 512>, ReLU, Linear<512, 10>);
type Deep = (Linear<784, 64>, Tanh, Repeated<(Linear<64, 64>, Tanh), 15>, Linear<64, 10>);
type Large = (Linear<1024, 4096>, ReLU, Linear<4096, 4096>, ReLU, Linear<4096, 1000>);
type WideTanh = (Linear<28, 300>, Tanh, Repeated<(Linear<300, 300>, Tanh), 4>, Linear<300, 1>);
type Chain = (Linear<4, 32>, Tanh, Linear<32, 16>, Tanh, Linear<16, 4>);
type Tiny = (Linear<2, 16>, Tanh, Linear<16, 16>, Tanh, Linear<16, 1>);

/// Some rows of numbers, and the same with the tape on which they are computed.
type Rows<const N: usize, Tape = NoneTape> = Tensor<(usize, Const<N>), f32, Cpu, Tape>;
type OnTape<const N: usize> = Rows<N, OwnedTape<f32, Cpu>>;

pub(crate) fn open(workload: &Workload, inputs: Vec<f32>, classes: Vec<u32>) -> Box<dyn Framework> {
    let device = Cpu::default();
    let name = format!("{:?}", workload.widths);
    match workload.widths {
        [784, 128, 10] => {
            let mut network = device.build_module::<Digits, f32>();
            set(&mut network.0, 0);
            set(&mut network.2, 1);
            boxed::<784, 10, _>(workload, network, inputs, classes)
        }
        [784, 512, 512, 10] => {
            let mut network = device.build_module::<Wide, f32>();
            set(&mut network.0, 0);
            set(&mut network.2, 1);
            set(&mut network.4, 2);
            boxed::<784, 10, _>(workload, network, inputs, classes)
        }
        [784, 64, .., 64, 10] => {
            let mut network = device.build_module::<Deep, f32>();
            set(&mut network.0, 0);
            for (index, layer) in network.2.modules.iter_mut().enumerate() {
                set(&mut layer.0, 1 + index);
            }
            set(&mut network.3, 16);
            boxed::<784, 10, _>(workload, network, inputs, classes)
        }
        [1024, 4096, 4096, 1000] => {
            let mut network = device.build_module::<Large, f32>();
            set(&mut network.0, 0);
            set(&mut network.2, 1);
            set(&mut network.4, 2);
            boxed::<1024, 1000, _>(workload, network, inputs, classes)
        }
        [2, 16, 16, 1] => {
            let mut network = device.build_module::<Tiny, f32>();
            set(&mut network.0, 0);
            set(&mut network.2, 1);
            set(&mut network.4, 2);
            boxed::<2, 1, _>(workload, network, inputs, classes)
        }
        [28, 300, .., 300, 1] => {
            let mut network = device.build_module::<WideTanh, f32>();
            set(&mut network.0, 0);
            for (index, layer) in network.2.modules.iter_mut().enumerate() {
                set(&mut layer.0, 1 + index);
            }
            set(&mut network.3, 5);
            boxed::<28, 1, _>(workload, network, inputs, classes)
        }
        [4, 32, 16, 4] => {
            let mut network = device.build_module::<Chain, f32>();
            set(&mut network.0, 0);
            set(&mut network.2, 1);
            set(&mut network.4, 2);
            boxed::<4, 4, _>(workload, network, inputs, classes)
        }
        _ => panic!("no dfdx network has the widths {name}"),
    }
}

/// Gives a layer its first weights.
fn set<const I: usize, const O: usize>(layer: &mut modules::Linear<I, O, f32, Cpu>, index: usize) {
    layer.weight.copy_from(&weights_transposed(index, [I, O]));
    layer.bias.copy_from(&[0.0; O]);
}

struct Dfdx<const I: usize, const O: usize, M> {
    device: Cpu,
    network: M,
    rule: Rule<M>,
    gradients: Option<Gradients<f32, Cpu>>,
    inputs: Vec<f32>,
    /// Numbers, or one in the place of the class, as its cross-entropy wants them.
    targets: Vec<f32>,
    has_classes: bool,
    loss: f32,
}

enum Rule<M> {
    Sgd(Sgd<M, f32, Cpu>),
    Adam(Adam<M, f32, Cpu>),
    None,
}

/// What all these networks can do.
trait Network<const I: usize, const O: usize>:
    ModuleMut<OnTape<I>, Output = OnTape<O>, Error = CpuError>
    + Module<Rows<I>, Output = Rows<O>, Error = CpuError>
    + TensorCollection<f32, Cpu>
    + 'static
{
}

impl<const I: usize, const O: usize, M> Network<I, O> for M where
    M: ModuleMut<OnTape<I>, Output = OnTape<O>, Error = CpuError>
        + Module<Rows<I>, Output = Rows<O>, Error = CpuError>
        + TensorCollection<f32, Cpu>
        + 'static
{
}

fn boxed<const I: usize, const O: usize, M: Network<I, O>>(
    workload: &Workload,
    network: M,
    inputs: Vec<f32>,
    classes: Vec<u32>,
) -> Box<dyn Framework> {
    let rule = match workload.task {
        Task::Sgd(lr) => {
            Rule::Sgd(Sgd::new(&network, SgdConfig { lr, momentum: None, weight_decay: None }))
        }
        Task::Adam(lr) => {
            let config = AdamConfig { lr, betas: [0.9, 0.999], eps: 1e-8, weight_decay: None };
            Rule::Adam(Adam::new(&network, config))
        }
        Task::Predict => Rule::None,
    };
    let targets = if !workload.has_classes() {
        made_targets(workload, &inputs)
    } else {
        let mut targets = vec![0.0; classes.len() * O];
        for (row, class) in classes.iter().enumerate() {
            targets[row * O + *class as usize] = 1.0;
        }
        targets
    };
    let device = Cpu::default();
    let (gradients, has_classes, loss) = (None, workload.has_classes(), f32::NAN);
    Box::new(Dfdx::<I, O, M> {
        device,
        network,
        rule,
        gradients,
        inputs,
        targets,
        has_classes,
        loss,
    })
}

impl<const I: usize, const O: usize, M: Network<I, O>> Dfdx<I, O, M> {
    fn rows<const N: usize>(&self, data: &[f32], rows: &Range<usize>) -> Rows<N> {
        let data = data[rows.start * N..rows.end * N].to_vec();
        self.device.tensor_from_vec(data, (rows.len(), Const::<N>))
    }
}

impl<const I: usize, const O: usize, M: Network<I, O>> Training for Dfdx<I, O, M> {
    fn step(&mut self, rows: Range<usize>) {
        let (x, t) = (self.rows::<I>(&self.inputs, &rows), self.rows::<O>(&self.targets, &rows));
        let gradients = self.gradients.take().unwrap_or_else(|| self.network.alloc_grads());
        let output = self.network.forward_mut(x.traced(gradients));
        let loss = if self.has_classes {
            cross_entropy_with_logits_loss(output, t)
        } else {
            mse_loss(output, t)
        };
        self.loss = loss.array();
        let mut gradients = loss.backward();
        match &mut self.rule {
            Rule::Sgd(rule) => rule.update(&mut self.network, &gradients),
            Rule::Adam(rule) => rule.update(&mut self.network, &gradients),
            Rule::None => Ok(()),
        }
        .expect("every parameter has a gradient");
        self.network.zero_grads(&mut gradients);
        self.gradients = Some(gradients);
    }

    fn loss(&self) -> f32 {
        self.loss
    }
}

impl<const I: usize, const O: usize, M: Network<I, O>> Framework for Dfdx<I, O, M> {
    fn predict(&mut self, rows: Range<usize>) -> f32 {
        self.network.forward(self.rows::<I>(&self.inputs, &rows)).as_vec()[0]
    }
}
