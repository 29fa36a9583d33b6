//! Chapter 9 of the guide: an operation, an activation, a layer, a loss and a model of one's own.

#[path = "guide/mod.rs"]
mod guide;

use std::process::ExitCode;

use guide::{Options, Panel};
use nn::autograd::{Call, Op, elementwise, gradcheck};
use nn::data::Dataset;
use nn::layer::{self, RowLayer};
use nn::loss::{LinearLoss, LossRows};
use nn::prelude::*;
use nn::tensor::{Tensor, math};
use nn::{Show, TapeModel, Tensors, init, schedule};

/// An operation: y = a·tanh(b).
struct Gate<T: Float>(Option<Tensor<T>>);

impl<T: Float> Op<T, 2> for Gate<T> {
    fn name(&self) -> &'static str {
        "gate"
    }
    fn forward(&mut self, [a, b]: [&Tensor<T>; 2]) -> nn::autograd::Result<Tensor<T>> {
        let open = self.0.insert(b.map(|b| b.tanh())); // kept for backward
        Ok(a.zip(open, |a, t| a * t)?)
    }
    fn backward(
        &self,
        call: &Call<'_, T, 2>,
        dy: &Tensor<T>,
    ) -> nn::autograd::Result<[Option<Tensor<T>>; 2]> {
        let t = self
            .0
            .as_ref()
            .ok_or(nn::autograd::Error::invalid("gate", "backward before forward"))?;
        let da = call.wanted(0, || Ok(dy * t))?;
        let db = call.wanted(1, || Ok(dy * call.inputs[0] * t.map(|t| T::one() - t * t)))?;
        Ok([da, db])
    }
}

// An activation: a function of single numbers. Its derivative comes from dual numbers.
elementwise!(Swish, "swish", |x: T| x * math::sigmoid(x));

/// A layer: y = x∘w, a factor for each feature.
struct Scale<const I: usize, const O: usize>;

impl<const I: usize, const O: usize> RowLayer for Scale<I, O> {
    const NAME: &'static str = "scale";
    const INPUTS: usize = I;
    const OUTPUTS: usize = O;
    const PARAMS: usize = I;
    type Outputs<T: Float> = [T; O];

    fn forward<T: Float>(w: &[T], x: &[T], y: &mut [T]) {
        (0..I).for_each(|i| y[i] = x[i] * w[i]);
    }
    fn backward<T: Float>(w: &[T], _x: &[T], _y: &[T], dy: &[T], dx: &mut [T]) {
        (0..I).for_each(|i| dx[i] = dy[i] * w[i]);
    }
    fn gradient<T: Float>(_w: &[T], x: &[T], _y: &[T], dy: &[T], dw: &mut [T]) {
        (0..I).for_each(|i| dw[i] = dw[i] + dy[i] * x[i]);
    }
}

/// A loss: ln cosh(y − t), whose gradient is tanh(y − t).
#[derive(Clone)]
struct LogCosh;

impl<T: Float, const N: usize> LinearLoss<T, N> for LogCosh {
    const NAME: &'static str = "log-cosh";
    fn evaluate(&self, rows: LossRows<'_, T, [T; N]>) {
        let LossRows { logits, targets, scale, losses, gradient, .. } = rows;
        let units = T::of(N as f64);
        losses.fill(T::zero());
        for (i, &z) in logits.iter().enumerate() {
            let d = z - targets[i / N][i % N];
            losses[i / N] = losses[i / N] + d.cosh().ln() / units;
            gradient[i] = d.tanh() * scale / units;
        }
    }
}

network! { struct Own(dense(1 -> 16, Swish), Scale(16 -> 16), dense(1)); }

fn chapter(options: &Options) -> guide::Result {
    gradcheck(|| Gate(None), [[2, 3], [2, 3]])?;
    layer::check::<Scale<5, 5>>(1)?;
    Own::init(options.seed).self_check(2)?;
    println!("operation, layer and network: their gradients are right");

    let places = (0..200).map(|i| i as f32 / 50.0 - 2.0);
    let data: Dataset<[f32; 1], [f32; 1]> = places.map(|x| ([x], [(2.0 * x).sin()])).collect();
    let mut own = Own::init(options.seed);
    fit(&mut own, &data)
        .loss(LogCosh)
        .epochs(1500)
        .learning_rate(0.01)
        .schedule(schedule::cosine)
        .show(Show::Nothing)
        .run()?;

    // A model of one's own: any function of named tensors, here with the operation above.
    let tensors = Tensors::new(options.seed)
        .weight("value", [1, 16], init::GlorotNormal)
        .weight("gate", [1, 16], init::GlorotNormal)
        .bias("shift", 16)
        .weight("output", [16, 1], init::GlorotNormal);
    let mut model = TapeModel::new(
        tensors,
        |p, x| {
            let open = x.matmul(p["gate"])?.add(p["shift"])?;
            x.tape().apply(Gate(None), [x.matmul(p["value"])?, open])?.matmul(p["output"])
        },
        |outputs, targets| outputs.sub(targets)?.cosh()?.ln()?.mean(),
    );
    fit(&mut model, &data)
        .epochs(1500)
        .learning_rate(0.01)
        .schedule(schedule::cosine)
        .show(Show::Nothing)
        .run()?;

    let drawn = |answers: Vec<f32>| {
        data.inputs()
            .iter()
            .zip(answers)
            .map(|(x, y)| (f64::from(x[0]), f64::from(y)))
            .collect::<Vec<_>>()
    };
    let truth = data.targets().iter().map(|y| y[0]).collect();
    Panel::new("Learnt with parts of one's own", "x", "y")
        .line("sin 2x", drawn(truth))
        .line("activation, layer, loss", drawn(data.inputs().iter().map(|x| own.predict(x)[0]).collect()))
        .line("operation, model", drawn(model.predict(data.inputs())?.to_vec()))
        .save(&options.out, "09_own_parts", "A wave, and the two curves that networks with parts of one's own have learnt: they lie on it but for small differences.")
}

fn main() -> ExitCode {
    guide::run("An operation, an activation, a layer, a loss and a model of one's own.", chapter)
}
