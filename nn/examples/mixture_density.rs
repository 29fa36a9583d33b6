//! A model on the tape: a mixture density network (Bishop 1994), for targets with several likely
//! values.
//!
//! The data are x = y + 0.3·sin(2πy) + noise, so some x have three y. The network outputs a mixture
//! of three normal distributions and is trained by the likelihood of y.
//! `cargo run --release --example mixture_density`

use nn::data::Dataset;
use nn::init::{GlorotNormal, Random};
use nn::{TapeModel, Tensors, fit};

const KINDS: usize = 3;

fn main() -> nn::Result<()> {
    let random = Random::new(1, 0);
    let data: Dataset<[f32; 1], [f32; 1]> = (0..1000)
        .map(|i| (random.uniform::<f32>(2 * i), random.normal::<f32>(2 * i + 1)))
        .map(|(y, noise)| ([y + 0.3 * (std::f32::consts::TAU * y).sin() + 0.05 * noise], [y]))
        .collect();

    let tensors = Tensors::new(1)
        .weight("hidden.weight", [1, 32], GlorotNormal)
        .bias("hidden.bias", 32)
        .weight("output.weight", [32, 3 * KINDS], GlorotNormal)
        .bias("output.bias", 3 * KINDS);
    let mut model = TapeModel::new(
        tensors,
        |p, x| {
            let hidden = x.matmul(p["hidden.weight"])?.add(p["hidden.bias"])?.tanh()?;
            hidden.matmul(p["output.weight"])?.add(p["output.bias"])
        },
        |outputs, y| {
            let part = |kind: usize| outputs.slice(1, kind * KINDS..(kind + 1) * KINDS);
            let (share, mean, log_deviation) = (part(0)?.log_softmax(1)?, part(1)?, part(2)?);
            let distance = mean.sub(y)?.div(log_deviation.exp()?)?.square()?.scale(-0.5)?;
            // −ln Σ weight · N(y; mean, standard deviation), without the constant ln √2π
            let densities = share.sub(log_deviation)?.add(distance)?;
            densities.logsumexp_axes(&[1], false)?.mean()?.neg()
        },
    );
    println!("{}", fit(&mut model, &data).epochs(200).learning_rate(5e-3).run()?);

    let outputs = model.predict(&[[0.5]])?.to_vec(); // here three y are possible
    println!("y for x = 0.5: near {:.2?}", &outputs[KINDS..2 * KINDS]);
    Ok(())
}
