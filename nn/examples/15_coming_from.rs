//! Chapter 15 of the guide: common tasks, for users of PyTorch, Keras, scikit-learn, burn or
//! candle.

#[path = "guide/mod.rs"]
mod guide;
#[path = "guide/same_task/ours.rs"]
mod ours;

use std::process::ExitCode;

use guide::Options;
use nn::prelude::*;
use nn::{AdamW, Clip, Dynamic, Show, Trainer, schedule};

// A model.
network! { struct Model(dense(784 -> 128, relu), dropout(0.1), dense(10, softmax)); }

fn chapter(options: &Options) -> guide::Result {
    let data = options.fashion_mnist()?;
    let (train, test) = (data.train.take(2000).pixels(), data.test.pixels());

    // Compile and fit.
    let mut model = Model::init(options.seed);
    fit(&mut model, &train)
        .validation(&test)
        .optimizer(AdamW::new(1e-3))
        .batch_size(64)
        .epochs(5)
        .early_stopping(3)
        .show(Show::Nothing)
        .run()?;

    // Evaluate and predict.
    println!("{}", model.evaluate(&test)?);
    let image = [0.5; 784];
    let probabilities: [f32; 10] = model.predict(&image);
    let many: Vec<[f32; 10]> = model.predict_batch(&[image; 3]);
    assert_eq!(many[0], probabilities);

    // A step by hand.
    let mut trainer = Trainer::new(AdamW::new(1e-3)).clip(Clip::norm(1.0));
    let targets = [test.bytes().targets()[0]];
    let loss: f32 = trainer.step(&mut model, &[image], &targets)?;
    println!("a step by hand: loss {loss:.3}");

    // A schedule.
    let fit = fit(&mut model, &train).schedule(schedule::warm_up(0.1, schedule::cosine)).epochs(1);
    fit.show(Show::Nothing).run()?;

    // The task whose lines the chapter counts.
    let run = options.out.join("15_run");
    let accuracy = ours::train(&train, &test, &test, &run)?;
    println!("the task: accuracy {:.3}", accuracy.unwrap_or(f64::NAN));
    std::fs::remove_dir_all(&run)?;

    // Weights to and from PyTorch: the `state_dict` of the same `nn.Sequential`, by safetensors.
    let path = options.out.join("15_model.safetensors");
    model.save_pytorch(&path)?;
    let back: Model = Model::load_pytorch(&path)?;
    assert_eq!(back.parameters(), model.parameters());
    std::fs::remove_file(&path)?;

    // Widths chosen at run time.
    let text = "dense(784 -> hidden, relu), dense(10, softmax)";
    let wide: Dynamic = Dynamic::parse_with(text, &[("hidden", 32)])?.init(1);
    println!("{} parameters", wide.params());
    Ok(())
}

fn main() -> ExitCode {
    guide::run("The same tasks as in other libraries.", chapter)
}
