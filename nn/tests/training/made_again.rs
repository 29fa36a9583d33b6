//! A file with a record of its training, and trainings that reproduce it, or report why they
//! cannot.

use std::path::PathBuf;

use nn::data::Dataset;
use nn::prelude::*;
use nn::{AdamW, Average, Clip, Dynamic, Fit, Show, Threads, schedule};

network! {
    struct Curve {
        hidden: dense(1 -> 8, tanh),
        drop: dropout(0.1),
        norm: batch_norm,
        output: dense(1),
    }
}

struct File(PathBuf);

impl File {
    fn new(name: &str) -> Self {
        let name = format!("nn-made-{name}-{}.safetensors", std::process::id());
        File(std::env::temp_dir().join(name))
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn data(rows: usize) -> Dataset<[f32; 1], [f32; 1]> {
    (0..rows).map(|i| i as f32 / 20.0).map(|x| ([x], [x.sin()])).collect()
}

/// Everything that affects the bits.
fn training<'a>(
    curve: &'a mut Curve,
    data: &'a Dataset<[f32; 1], [f32; 1]>,
    seed: u64,
) -> Fit<'a, Curve, AdamW> {
    fit(curve, data)
        .validation(data)
        .optimizer(AdamW::new(0.01))
        .schedule(schedule::cosine)
        .clip(Clip::norm(0.5))
        .average(Average::exponential(0.9))
        .rate(|layer| if layer == CurveLayer::Output { 0.5 } else { 1.0 })
        .keep_best()
        .epochs(4)
        .batch_size(16)
        .seed(seed)
        .show(Show::Nothing)
}

#[test]
fn a_network_is_made_again_by_any_number_of_threads_and_loads_as_ever() {
    let (file, data) = (File::new("again"), data(70));
    let mut curve = Curve::init(3);
    training(&mut curve, &data, 5).save_to(&file.0).run().unwrap();
    assert_eq!(Curve::load(&file.0).unwrap().parameters(), curve.parameters());
    for threads in [1, 3] {
        let mut again = Curve::init(3);
        training(&mut again, &data, 5).threads(&Threads::new(threads)).verify(&file.0).unwrap();
        assert_eq!(again.parameters(), curve.parameters());
    }
}

#[test]
fn what_differs_is_named_before_anything_is_trained() {
    let (file, rows) = (File::new("differs"), data(70));
    training(&mut Curve::init(3), &rows, 5).save_to(&file.0).run().unwrap();
    let refused = |fit: Fit<'_, Curve, AdamW>, says: &[&str]| {
        let error = fit.verify(&file.0).unwrap_err().to_string();
        says.iter().for_each(|part| assert!(error.contains(part), "{part}: {error}"));
    };
    refused(training(&mut Curve::init(3), &rows, 6), &["seed 5", "seed 6"]);
    refused(training(&mut Curve::init(4), &rows, 5), &["first weights "]);
    refused(training(&mut Curve::init(3), &data(71), 5), &["70 rows", "71 rows"]);
    refused(training(&mut Curve::init(3), &rows, 5).epochs(5), &["epochs 4", "epochs 5"]);
    refused(training(&mut Curve::init(3), &rows, 5).schedule(schedule::linear), &["schedule "]);
    refused(training(&mut Curve::init(3), &rows, 5).optimizer(AdamW::new(0.02)), &["0.01", "0.02"]);
    let mut curve = Curve::init(3);
    refused(training(&mut curve, &rows, 5).freeze(|layer| layer == CurveLayer::Norm), &["groups "]);

    Curve::init(3).save(&file.0).unwrap();
    refused(training(&mut Curve::init(3), &rows, 5), &["no record of its training"]);
}

#[test]
fn a_file_that_was_changed_is_another_network() {
    let (file, data) = (File::new("changed"), data(70));
    training(&mut Curve::init(3), &data, 5).save_to(&file.0).run().unwrap();
    let mut bytes = std::fs::read(&file.0).unwrap();
    let last = bytes.len() - 4;
    bytes[last] ^= 1;
    std::fs::write(&file.0, bytes).unwrap();
    let error = training(&mut Curve::init(3), &data, 5).verify(&file.0).unwrap_err().to_string();
    assert!(error.contains("of tensor `output.bias`") && error.contains("was changed"), "{error}");
}

#[test]
fn a_network_read_at_run_time_and_an_observer_that_nothing_is_known_of() {
    let (file, data) = (File::new("read"), data(40));
    let flat = data.flat();
    let text = "dense(1 -> 4, tanh), dense(1)";
    let mut read: Dynamic = Dynamic::parse(text).unwrap().init(1);
    let slows = |share: f64| move |done: f64| 1.0 - share * done;
    let run = fit(&mut read, &flat).schedule(slows(0.5)).epochs(2).show(Show::Nothing);
    run.observe(|_: &nn::Event<'_, Dynamic>| std::ops::ControlFlow::Continue(()))
        .save_to(&file.0)
        .run()
        .unwrap();
    let mut again: Dynamic = Dynamic::parse(text).unwrap().init(1);
    let run = fit(&mut again, &flat).schedule(slows(0.5)).epochs(2).show(Show::Nothing);
    run.verify(&file.0).unwrap();
    let mut other: Dynamic = Dynamic::parse("dense(1 -> 5, tanh), dense(1)").unwrap().init(1);
    let error = fit(&mut other, &flat).epochs(2).verify(&file.0).unwrap_err().to_string();
    assert!(error.contains("network "), "{error}");
}
