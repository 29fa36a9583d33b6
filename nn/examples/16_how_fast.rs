//! Chapter 16 of the guide: how fast, and how to measure it.

#[path = "guide/mod.rs"]
mod guide;

use std::hint::black_box;
use std::process::ExitCode;
use std::time::Instant;

use guide::{Options, Panel};
use nn::data::Class;
use nn::prelude::*;
use nn::{Adam, Threads, Trainer};

network! { struct Net<const H: usize>(dense(784 -> H, relu), dense(10, softmax)); }

/// The shortest of many times: disturbances only make a measurement longer.
fn quickest(mut work: impl FnMut()) -> f64 {
    let mut shortest = f64::INFINITY;
    let begin = Instant::now();
    while begin.elapsed().as_secs_f64() < 0.2 {
        let began = Instant::now();
        work();
        shortest = shortest.min(began.elapsed().as_secs_f64());
    }
    shortest
}

/// Microseconds for a step on 64 rows and for a prediction, and the step's speed in billions of
/// operations a second.
fn measure<const H: usize>(threads: usize) -> nn::Result<[f64; 3]> {
    let (inputs, targets) = (vec![[0.5; 784]; 64], vec![Class::<10>::new(3)?; 64]);
    let mut net = Net::<H>::init(1);
    let mut trainer = Trainer::new(Adam::new(1e-3)).threads(&Threads::new(threads));
    let step = quickest(|| {
        black_box(trainer.step(&mut net, &inputs, &targets).unwrap_or(f32::NAN));
    });
    let predict = quickest(|| {
        black_box(net.predict(black_box(&inputs[0])));
    });
    Ok([1e6 * step, 1e6 * predict, 64.0 * Net::<H>::STEP_FLOPS as f64 / step / 1e9])
}

fn chapter(options: &Options) -> guide::Result {
    let mut panel = Panel::new("A step on 64 rows", "hidden units", "microseconds").log_x().log_y();
    for threads in [1, 2] {
        let rows = [
            (16, measure::<16>(threads)?),
            (64, measure::<64>(threads)?),
            (256, measure::<256>(threads)?),
            (1024, measure::<1024>(threads)?),
        ];
        for (width, [step, predict, rate]) in rows {
            println!(
                "{threads} threads, {width:>4} hidden units: step {step:>7.1} µs, prediction \
                 {predict:>6.1} µs, {rate:>5.1} GFLOP/s"
            );
        }
        let plural = if threads == 1 { "thread" } else { "threads" };
        panel = panel.line(
            &format!("{threads} {plural}"),
            rows.map(|(width, [step, ..])| (f64::from(width), step)),
        );
    }
    panel.save(
        &options.out,
        "16_steps",
        "Microseconds of a training step over the hidden units, with one thread and with two.",
    )
}

fn main() -> ExitCode {
    guide::run("How fast a step and a prediction are, and how to measure it.", chapter)
}
