//! What changes in the course of a training, beside the learning rate.

use nn::prelude::*;
use nn::{Adam, AdamW, Decay, Lion, Model, Optimizer, Show, Trainer, schedule};

use crate::shards::{bits, rows};

network! { struct Plain(dense(6 -> 20, tanh), dense(3, softmax)); }

/// Parameters after a training by this rule, with this factor on its decay.
fn trained<O: Optimizer<f32>>(rule: O, factor: Option<fn(f64) -> f64>) -> Vec<u32> {
    let data = rows(3, 60);
    let mut net = Plain::init(1);
    let mut run = fit(&mut net, &data).optimizer(rule).epochs(4).batch_size(16).show(Show::Nothing);
    if let Some(factor) = factor {
        run = run.decay_schedule(factor);
    }
    run.run().unwrap();
    bits(net.flat())
}

#[test]
fn a_factor_on_decay_is_another_decay() {
    let decoupled = |amount| AdamW::new(0.01).weight_decay(amount);
    let coupled = |amount| Lion::new(0.01).decay(Decay::coupled(amount));
    // A power of two, so that no bit is lost.
    assert_eq!(trained(decoupled(0.5), Some(|_| 0.25)), trained(decoupled(0.125), None));
    assert_eq!(trained(coupled(0.5), Some(|_| 0.25)), trained(coupled(0.125), None));
    assert_eq!(trained(decoupled(0.5), Some(|_| 1.0)), trained(decoupled(0.5), None));
    assert_eq!(trained(decoupled(0.5), Some(|_| 0.0)), trained(decoupled(0.0), None));
    assert_ne!(trained(decoupled(0.5), Some(schedule::cosine)), trained(decoupled(0.5), None));
}

/// The factor of a step is that of the share of the training that is over before it.
#[test]
fn steps_by_hand_are_those_of_fit() {
    let data = rows(3, 64);
    let (mut by_fit, mut by_hand) = (Plain::init(1), Plain::init(1));
    let rule = || AdamW::new(0.01).weight_decay(0.5);
    let falls = |done: f64| 1.0 - done;
    let run = fit(&mut by_fit, &data).optimizer(rule()).epochs(1).batch_size(16);
    run.decay_schedule(falls).show(Show::Nothing).run().unwrap();

    let mut trainer = Trainer::new(rule());
    let mut batches = nn::data::Batches::new(64, 16).unwrap();
    batches.order(1, 0);
    let mut batch = nn::data::Minibatch::new();
    for (step, rows) in batches.iter().enumerate() {
        batch.gather(&data, rows);
        trainer.set_decay(falls(step as f64 / 4.0));
        trainer.step(&mut by_hand, batch.inputs(), batch.targets()).unwrap();
    }
    assert_eq!(bits(by_fit.flat()), bits(by_hand.flat()));
}

#[test]
fn what_is_no_factor_on_decay_is_refused() {
    let data = rows(3, 16);
    let mut net = Plain::init(1);
    let run = |factor: fn(f64) -> f64, net: &mut Plain| {
        let run = fit(net, &data).optimizer(AdamW::new(0.01)).decay_schedule(factor);
        run.show(Show::Nothing).run().unwrap_err().to_string()
    };
    let error = run(|done| if done > 0.5 { -1.0 } else { 1.0 }, &mut net);
    assert!(error.starts_with("schedule of weight decay: found -1 after 0."), "{error}");
    let run = fit(&mut net, &data).optimizer(Adam::new(0.01)).decay_schedule(schedule::cosine);
    let error = run.show(Show::Nothing).run().unwrap_err().to_string();
    assert!(error.starts_with("factor on the weight decay of adam: found a schedule"), "{error}");
    assert_eq!(bits(net.flat()), bits(Plain::init(1).flat()));
    let mut trainer = Trainer::new(AdamW::new(0.01));
    trainer.set_decay(f64::NAN);
    let error = trainer.step(&mut net, data.inputs(), data.targets()).unwrap_err().to_string();
    assert!(error.starts_with("factor on the weight decay: found NaN at step 1"), "{error}");
}

#[test]
fn a_training_goes_on_with_the_same_schedule_alone() {
    let data = rows(3, 32);
    let directory = std::env::temp_dir().join(format!("decay-{}", std::process::id()));
    let run = |factor: fn(f64) -> f64| {
        let mut net = Plain::init(1);
        let run = fit(&mut net, &data).optimizer(AdamW::new(0.01)).decay_schedule(factor).epochs(2);
        run.checkpoint(&directory).show(Show::Nothing).run().map(|_| ())
    };
    run(schedule::cosine).unwrap();
    run(schedule::cosine).unwrap();
    let error = run(|_| 0.5).unwrap_err().to_string();
    std::fs::remove_dir_all(&directory).unwrap();
    assert!(error.contains("schedule of weight decay"), "{error}");
}
