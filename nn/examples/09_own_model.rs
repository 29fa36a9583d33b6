//! Chapter 9 of the guide: a custom operation, and a custom model that uses it.

#[path = "guide/mod.rs"]
mod guide;

use std::process::ExitCode;

use guide::{Options, Panel};
use nn::autograd::{Call, Op, Result, gradcheck};
use nn::data::Dataset;
use nn::tensor::{Float, Tensor};
use nn::{Show, TapeModel, Tensors, fit, init, schedule};

/// An operation: y = a·tanh(b).
struct Gate;

impl<T: Float> Op<T, 2> for Gate {
    fn name(&self) -> &'static str {
        "gate"
    }
    fn forward(&mut self, [a, b]: [&Tensor<T>; 2]) -> Result<Tensor<T>> {
        Ok(a.zip(b, |a, b| a * b.tanh())?)
    }
    fn backward(&self, call: &Call<'_, T, 2>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 2]> {
        let [a, b] = call.inputs;
        let slope = |b: T| T::one() - b.tanh() * b.tanh();
        let da = call.wanted(0, || Ok(dy * b.map(T::tanh)))?;
        Ok([da, call.wanted(1, || Ok(dy * a * b.map(slope)))?])
    }
}

fn chapter(options: &Options) -> guide::Result {
    gradcheck(|| Gate, [[2, 3], [2, 3]])?;
    println!("operation: its gradient is right");

    let tensors = Tensors::new(options.seed)
        .weight("value", [1, 16], init::GlorotNormal)
        .weight("gate", [1, 16], init::GlorotNormal)
        .bias("shift", 16)
        .weight("output", [16, 1], init::GlorotNormal);
    let mut model = TapeModel::new(
        tensors,
        |p, x| {
            let open = x.matmul(p["gate"])?.add(p["shift"])?;
            x.tape().apply(Gate, [x.matmul(p["value"])?, open])?.matmul(p["output"])
        },
        |outputs, targets| outputs.sub(targets)?.cosh()?.ln()?.mean(),
    );

    let places = || (0..200).map(|i| i as f32 / 50.0 - 2.0);
    let data: Dataset<[f32; 1], [f32; 1]> = places().map(|x| ([x], [(2.0 * x).sin()])).collect();
    let training = fit(&mut model, &data).epochs(1500).learning_rate(0.01);
    println!("{}", training.schedule(schedule::cosine).show(Show::Nothing).run()?);

    let answers = model.predict(data.inputs())?.to_vec();
    Panel::new("Learned by a custom model", "x", "y")
        .line("sin 2x", places().map(|x| (x.into(), (2.0 * x).sin().into())))
        .line("operation and model", places().zip(answers).map(|(x, y)| (x.into(), y.into())))
        .save(
            &options.out,
            "09_own_model",
            "A wave, and the curve that a custom model has learned: they coincide except for small \
             differences.",
        )
}

fn main() -> ExitCode {
    guide::run("A custom operation, and a custom model that uses it.", chapter)
}
