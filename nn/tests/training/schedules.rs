//! Schedules of settings other than the learning rate.

use std::ops::ControlFlow::{Break, Continue};

use nn::data::FlatDataset;
use nn::loss::{binary_cross_entropy, cross_entropy, mse, weighted};
use nn::prelude::*;
use nn::{
    Adam, AdamW, Decay, Dynamic, Elastic, Event, Fit, Lion, Model, Muon, NAdam, Optimizer, RmsProp,
    Sam, Sgd, Show, TapeModel, Tensors, Trainer, init, schedule,
};

use crate::shards::{Rows, bits, rows};

network! {
    struct Plain(dense(6 -> 20, tanh), dense(3, softmax));
    struct Dropping(
        dense(6 -> 20, tanh),
        dropout(0.4),
        residual(dense(20, tanh), stochastic_depth(0.2)),
        gaussian_dropout(0.2),
        alpha_dropout(0.4),
        dense(3, softmax),
    );
    /// The model with half of all dropout rates.
    struct Less(
        dense(6 -> 20, tanh),
        dropout(0.2),
        residual(dense(20, tanh), stochastic_depth(0.1)),
        gaussian_dropout(0.1),
        alpha_dropout(0.2),
        dense(3, softmax),
    );
}

const DROPPING: &str = "dense(6 -> 20, tanh), dropout(0.4), residual(dense(20, tanh), \
                        stochastic_depth(0.2)), gaussian_dropout(0.2), alpha_dropout(0.4), \
                        dense(3, softmax)";

/// Four epochs of four steps.
fn four<'a, M: Model>(
    model: &'a mut M,
    data: &'a dyn nn::data::Source<M::Input, M::Target>,
) -> Fit<'a, M, Adam> {
    fit(model, data).epochs(4).batch_size(16).show(Show::Nothing)
}

/// Parameters after a training with this optimizer, as configured by `set`.
fn trained<O: Optimizer<f32>>(
    rule: O,
    set: impl FnOnce(Fit<'_, Plain, O>) -> Fit<'_, Plain, O>,
) -> Vec<u32> {
    let (data, mut net) = (rows(3, 60), Plain::init(1));
    set(four(&mut net, &data).optimizer(rule)).run().unwrap();
    bits(net.flat())
}

/// The same with this factor on the decay.
fn decaying<O: Optimizer<f32>>(rule: O, factor: fn(f64) -> f64) -> Vec<u32> {
    trained(rule, |fit| fit.decay_schedule(factor))
}

#[test]
fn a_factor_on_decay_is_another_decay() {
    let decoupled = |amount| AdamW::new(0.01).weight_decay(amount);
    let coupled = |amount| Lion::new(0.01).decay(Decay::coupled(amount));
    // A power of two, so that no bit is lost.
    assert_eq!(decaying(decoupled(0.5), |_| 0.25), trained(decoupled(0.125), |fit| fit));
    assert_eq!(decaying(coupled(0.5), |_| 0.25), trained(coupled(0.125), |fit| fit));
    assert_eq!(decaying(decoupled(0.5), |_| 1.0), trained(decoupled(0.5), |fit| fit));
    assert_eq!(decaying(decoupled(0.5), |_| 0.0), trained(decoupled(0.0), |fit| fit));
    assert_ne!(decaying(decoupled(0.5), schedule::cosine), trained(decoupled(0.5), |fit| fit));
}

/// A quarter of the momentum of `rule` equals that of `other`.
fn check_momentum<O: Optimizer<f32> + Copy>(rule: O, other: O) {
    let scheduled = |factor: fn(f64) -> f64| trained(rule, |fit| fit.momentum_schedule(factor));
    let name = O::NAME;
    assert_eq!(scheduled(|_| 0.25), trained(other, |fit| fit), "{name}");
    assert_eq!(scheduled(|_| 1.0), trained(rule, |fit| fit), "{name}");
    assert_ne!(scheduled(schedule::cosine), trained(rule, |fit| fit), "{name}");
    // With a factor of 0 nothing is retained, and the next step still has what it needs.
    assert!(scheduled(|done| if done < 0.5 { 0.0 } else { 1.0 }).len() > 100);
}

#[test]
fn a_factor_on_momentum_is_another_momentum() {
    let adam = |beta1| Adam { beta1, ..Adam::new(0.01) };
    let sgd = |momentum| Sgd::new(0.1).momentum(momentum);
    check_momentum(sgd(0.5), sgd(0.125));
    check_momentum(sgd(0.5).nesterov(), sgd(0.125).nesterov());
    check_momentum(adam(0.5), adam(0.125));
    check_momentum(RmsProp::new(0.01).momentum(0.5), RmsProp::new(0.01).momentum(0.125));
    check_momentum(Lion::new(0.01).betas(0.5, 0.9), Lion::new(0.01).betas(0.125, 0.9));
    let with = |beta1| {
        let mut rule = AdamW::new(0.01);
        rule.adam = adam(beta1);
        rule
    };
    check_momentum(with(0.5), with(0.125));
    let muon = |momentum, beta1| Muon::new(0.02, with(beta1)).momentum(momentum);
    check_momentum(muon(0.5, 0.5), muon(0.125, 0.125));
    let around = |momentum| Sam::new(0.05, Elastic::l1(1e-4, sgd(momentum)));
    check_momentum(around(0.5), around(0.125));
}

/// A dropout schedule with each kind of model.
fn dropped<M: Model<Float = f32>>(
    mut model: M,
    data: &dyn nn::data::Source<M::Input, M::Target>,
    factor: Option<fn(f64) -> f64>,
) -> Vec<u32> {
    let fit = four(&mut model, data);
    match factor {
        Some(factor) => fit.dropout_schedule(factor),
        None => fit,
    }
    .run()
    .unwrap();
    bits(model.flat())
}

/// The same rows, as plain numbers.
fn flat(rows: &Rows) -> FlatDataset<f32> {
    let inputs = rows.inputs().as_flattened().to_vec();
    let targets = rows.targets().iter().map(|class| class.index() as f32).collect();
    FlatDataset::new(inputs, 6, targets, 1).unwrap()
}

#[test]
fn a_factor_on_dropout_is_another_rate() {
    let data = rows(3, 60);
    let of = |factor| dropped(Dropping::init(1), &data, factor);
    assert_eq!(of(Some(|_| 0.5)), dropped(Less::init(1), &data, None));
    assert_eq!(of(Some(|_| 1.0)), of(None));
    assert_ne!(of(Some(schedule::cosine)), of(None));
    // A network read at run time has the same bits.
    let (numbers, dynamic) = (flat(&data), Dynamic::<f32>::parse(DROPPING).unwrap().init(1));
    assert_eq!(of(Some(schedule::cosine)), dropped(dynamic, &numbers, Some(schedule::cosine)));
    // The same in parts.
    let parts = |shards: usize| {
        let mut net = Dropping::init(1);
        let fit = four(&mut net, &data).shards(shards).dropout_schedule(|_| 0.0);
        fit.run().unwrap();
        net
    };
    let close = |(a, b): (&f32, &f32)| (a - b).abs() < 1e-5;
    assert!(parts(1).flat().iter().zip(parts(4).flat()).all(close));
}

/// A model on the tape with this dropout rate.
fn on_tape(rate: f64) -> impl Model<Float = f32, Input = [f32; 6], Target = nn::data::Class<3>> {
    let tensors = Tensors::new(1).weight("weight", [6, 3], init::GlorotNormal).bias("bias", 3);
    TapeModel::new(
        tensors,
        move |p, x| {
            let x = if rate > 0.0 { p.dropout(x, rate, 0)? } else { x };
            x.matmul(p["weight"])?.add(p["bias"])
        },
        |y, t| y.soft_cross_entropy(t),
    )
}

#[test]
fn a_function_on_the_tape_drops_by_the_schedule() {
    let data = rows(3, 60);
    let of = |rate, factor| dropped(on_tape(rate), &data, factor);
    assert_eq!(of(0.5, Some(|_| 0.5)), of(0.25, None));
    assert_eq!(of(0.5, Some(|_| 0.0)), of(0.0, None));
    assert_ne!(of(0.5, Some(schedule::cosine)), of(0.5, None));
    let mut still = on_tape(0.0);
    let error =
        four(&mut still, &data).dropout_schedule(schedule::linear).run().unwrap_err().to_string();
    assert!(
        error.starts_with("factor on dropout of TapeModel: found a schedule, expected none"),
        "{error}"
    );
    let mut dropping = on_tape(0.5);
    let error = four(&mut dropping, &data)
        .smoothing_schedule(schedule::linear)
        .run()
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("factor on label smoothing of TapeModel: found a schedule"),
        "{error}"
    );
}

#[test]
fn a_factor_on_smoothing_is_another_smoothing() {
    let data = rows(3, 60);
    let smoothed = |epsilon, factor: Option<fn(f64) -> f64>| {
        let mut net = Plain::init(1);
        let loss = cross_entropy().label_smoothing(epsilon);
        let fit = four(&mut net, &data).validation(&data).loss(loss);
        let fit = match factor {
            Some(factor) => fit.smoothing_schedule(factor),
            None => fit,
        };
        let report = fit.run().unwrap();
        // Validation uses the full ε, regardless of the factor.
        let evaluated = net.evaluation(&data).loss(loss).metrics().unwrap();
        assert_eq!(report.last().validation.unwrap(), evaluated);
        bits(net.flat())
    };
    assert_eq!(smoothed(0.25, Some(|_| 0.5)), smoothed(0.125, None));
    assert_eq!(smoothed(0.25, Some(|_| 0.0)), trained(Adam::new(1e-3), |fit| fit));
    assert_eq!(smoothed(0.25, Some(|_| 1.0)), smoothed(0.25, None));
    assert_eq!(smoothed(0.25, Some(|_| 4.0)), smoothed(1.0, None));
    assert_ne!(smoothed(0.25, Some(schedule::cosine)), smoothed(0.25, None));

    let weighed = |epsilon, factor: Option<fn(f64) -> f64>| {
        let loss =
            weighted(0.5, cross_entropy().label_smoothing(epsilon).class_weights([1.0, 2.0, 0.5]));
        trained(Sgd::new(0.1), |fit| {
            let fit = fit.loss(loss);
            if let Some(factor) = factor { fit.smoothing_schedule(factor) } else { fit }
        })
    };
    assert_eq!(weighed(0.25, Some(|_| 0.5)), weighed(0.125, None));

    // At run time, with the loss that was set.
    let numbers = flat(&data);
    let mut dynamic: Dynamic =
        Dynamic::parse("dense(6 -> 20, tanh), dense(3, softmax)").unwrap().init(1);
    let loss = cross_entropy().label_smoothing(0.25);
    let fit = four(&mut dynamic, &numbers).loss(loss).smoothing_schedule(schedule::cosine);
    fit.run().unwrap();
    assert_eq!(bits(dynamic.flat()), smoothed(0.25, Some(schedule::cosine)));
}

network! {
    struct Two {
        trunk: dense(6 -> 8, tanh),
        answers: heads { class: dense(8 -> 3, softmax), rest: dense(8 -> 1) },
    }
}

#[test]
fn the_loss_of_one_head_is_smoothed() {
    let data: nn::data::Dataset<_, _> =
        rows(3, 60).iter().map(|(x, t)| (*x, (*t, [x[0]]))).collect();
    let of = |epsilon, factor: f64| {
        let mut net = Two::init(1);
        let losses = (cross_entropy().label_smoothing(epsilon), mse());
        four(&mut net, &data).loss(losses).smoothing_schedule(move |_| factor).run().unwrap();
        bits(net.flat())
    };
    assert_eq!(of(0.25, 0.5), of(0.125, 1.0));
    assert_ne!(of(0.25, 0.5), of(0.25, 1.0));
}

/// The factor of a step is that of the fraction of the training completed before it.
#[test]
fn steps_by_hand_are_those_of_fit() {
    let data = rows(3, 64);
    let (mut by_fit, mut by_hand) = (Dropping::init(1), Dropping::init(1));
    let rule = || AdamW::new(0.01).weight_decay(0.5);
    let loss = || cross_entropy().label_smoothing(0.2);
    let falls = |done: f64| 1.0 - done;
    let half = |done: f64| 1.0 - done / 2.0;
    let run = fit(&mut by_fit, &data).optimizer(rule()).loss(loss()).epochs(1).batch_size(16);
    let run = run.decay_schedule(falls).momentum_schedule(half);
    run.dropout_schedule(falls).smoothing_schedule(half).show(Show::Nothing).run().unwrap();

    let mut trainer = Trainer::new(rule()).loss(loss());
    let mut batches = nn::data::Batches::new(64, 16).unwrap();
    batches.order(1, 0);
    let mut batch = nn::data::Minibatch::new();
    for (step, rows) in batches.iter().enumerate() {
        batch.gather(&data, rows);
        let done = step as f64 / 4.0;
        trainer.set_decay(falls(done));
        trainer.set_momentum(half(done));
        trainer.set_dropout(falls(done));
        trainer.set_smoothing(half(done));
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
fn what_cannot_be_scheduled_is_refused_before_training() {
    let data = rows(3, 16);
    let said = |refused: nn::Result<nn::Report>, begins: &str, has: &str| {
        let error = refused.unwrap_err().to_string();
        assert!(error.starts_with(begins) && error.contains(has), "{error}");
    };
    let (mut net, mut dropping) = (Plain::init(1), Dropping::init(1));
    let momentum = "factor on the momentum of";
    let run = four(&mut net, &data).optimizer(Sgd::new(0.1)).momentum_schedule(schedule::linear);
    said(
        run.run(),
        &format!("{momentum} sgd: found a schedule, expected none"),
        "Sgd::new(0.1).momentum(0.9)",
    );
    let run = four(&mut net, &data).optimizer(NAdam::new(0.1)).momentum_schedule(schedule::linear);
    said(run.run(), &format!("{momentum} nadam: found a schedule, expected none"), "Adam");
    let run = four(&mut net, &data).optimizer(Sgd::new(0.1).momentum(0.9));
    let run = run.momentum_schedule(|done| 1.0 + done);
    said(
        run.run(),
        "momentum of sgd: found 1.1",
        "nothing was trained: the schedule of momentum gives 1.25 after 0.25",
    );
    let run = four(&mut net, &data).dropout_schedule(schedule::linear);
    said(
        run.run(),
        "factor on dropout of Plain: found a schedule, expected none",
        "`dropout(0.2)`",
    );
    let run = four(&mut dropping, &data).dropout_schedule(|done| 4.0 * done);
    said(run.run(), "rate of dropout: found 1.2", "expected a rate from 0 to below 1");
    let run = four(&mut net, &data).smoothing_schedule(schedule::linear);
    said(run.run(), "factor on label smoothing of Plain: found a schedule", "label_smoothing(0.1)");
    let loss = cross_entropy().label_smoothing(0.4);
    let run = four(&mut net, &data).loss(loss).smoothing_schedule(|_| 3.0);
    said(run.run(), "label smoothing: found 1.2", "expected a number from 0 to 1");
    let run = four(&mut net, &data).loss(loss).smoothing_schedule(|_| f64::NAN);
    said(run.run(), "schedule of label smoothing: found NaN after 0", "a finite factor from 0");
    assert_eq!(bits(net.flat()), bits(Plain::init(1).flat()));

    // In a manual step.
    let mut trainer = Trainer::new(Sgd::new(0.1));
    for (set, begins) in [
        (
            Trainer::set_momentum as fn(&mut Trainer<Plain, Sgd>, f64),
            "factor on the momentum of sgd: found 0.5",
        ),
        (Trainer::set_dropout, "factor on dropout of Plain: found 0.5"),
        (Trainer::set_smoothing, "factor on label smoothing of Plain: found 0.5"),
    ] {
        set(&mut trainer, 0.5);
        let error = trainer.step(&mut net, data.inputs(), data.targets()).unwrap_err().to_string();
        assert!(error.starts_with(begins), "{error}");
        set(&mut trainer, 1.0);
        trainer.step(&mut net, data.inputs(), data.targets()).unwrap();
    }
    // Also at run time.
    let mut yes: Dynamic = Dynamic::parse("dense(6 -> 1, sigmoid)").unwrap();
    let numbers = FlatDataset::new(vec![0.5; 24], 6, vec![1.0; 4], 1).unwrap();
    let run =
        fit(&mut yes, &numbers).loss(binary_cross_entropy()).smoothing_schedule(schedule::linear);
    said(run.show(Show::Nothing).run(), "factor on label smoothing of", "found a schedule");
}

/// All settings change at once.
fn all<'a, M: Model<Float = f32>>(fit: Fit<'a, M, Adam>) -> Fit<'a, M, AdamW> {
    fit.optimizer(AdamW::new(0.01))
        .schedule(schedule::one_cycle(0.3, 0.1, 0.01))
        .decay_schedule(schedule::cosine)
        .momentum_schedule(|done| 1.0 - 0.2 * done)
        .dropout_schedule(|done| (2.0 * done).min(1.0))
}

/// A directory that does not exist yet.
fn directory(name: &str) -> std::path::PathBuf {
    let path = std::env::temp_dir().join(format!("nn-schedules-{name}-{}", std::process::id()));
    let _nothing_there = std::fs::remove_dir_all(&path);
    path
}

/// Stopped after these steps and resumed: the bits of an uninterrupted training.
fn check_resumed<M: Model<Float = f32>>(
    name: &str,
    make: impl Fn() -> M,
    run: impl Fn(&mut M, Option<(&std::path::Path, u64)>),
) {
    let mut whole = make();
    run(&mut whole, None);
    let directory = directory(name);
    let mut last = make();
    for stop in [3, 9, u64::MAX] {
        last = make();
        run(&mut last, Some((&directory, stop)));
    }
    std::fs::remove_dir_all(&directory).unwrap();
    assert_eq!(bits(last.flat()), bits(whole.flat()), "{name}");
}

/// Runs with all schedules, optionally from checkpoints and up to a step.
fn run_all<M: Model<Float = f32>>(fit: Fit<'_, M, AdamW>, at: Option<(&std::path::Path, u64)>) {
    let Some((directory, stop)) = at else {
        fit.run().unwrap();
        return;
    };
    let stopping = move |event: &Event<'_, M>| match event {
        Event::Step { number, .. } if *number == stop => Break(()),
        _ => Continue(()),
    };
    fit.checkpoint(directory).observe(stopping).run().unwrap();
}

#[test]
fn a_training_with_all_schedules_goes_on_to_the_same_bits() {
    let data = rows(3, 60);
    let numbers = flat(&data);
    let loss = || cross_entropy().label_smoothing(0.2);
    check_resumed(
        "declared",
        || Dropping::init(1),
        |net, at| {
            let fit = all(four(net, &data)).loss(loss()).smoothing_schedule(schedule::linear);
            run_all(fit, at);
        },
    );
    let dynamic = || Dynamic::<f32>::parse(DROPPING).unwrap().init(1);
    check_resumed("run-time", dynamic, |net, at| {
        let fit = all(four(net, &numbers)).loss(loss()).smoothing_schedule(schedule::linear);
        run_all(fit, at);
    });
    check_resumed("tape", || on_tape(0.3), |model, at| run_all(all(four(model, &data)), at));
}

#[test]
fn a_training_goes_on_with_the_same_schedules_alone() {
    let data = rows(3, 32);
    let directory = directory("conditions");
    type Set = fn(Fit<'_, Dropping, AdamW>) -> Fit<'_, Dropping, AdamW>;
    let run = |set: Set| {
        let mut net = Dropping::init(1);
        let loss = cross_entropy().label_smoothing(0.2);
        let fit = fit(&mut net, &data).optimizer(AdamW::new(0.01)).loss(loss).epochs(2);
        let fit = set(fit.decay_schedule(schedule::cosine).momentum_schedule(schedule::cosine));
        fit.checkpoint(&directory).show(Show::Nothing).run().map(|_| ())
    };
    run(|fit| fit).unwrap();
    run(|fit| fit).unwrap();
    let changed: [(Set, &str); 4] = [
        (|fit| fit.decay_schedule(|_| 0.5), "schedule of weight decay"),
        (|fit| fit.momentum_schedule(|_| 0.5), "schedule of momentum"),
        (|fit| fit.dropout_schedule(|_| 0.5), "schedule of dropout none"),
        (|fit| fit.smoothing_schedule(|_| 0.5), "schedule of label smoothing none"),
    ];
    for (set, named) in changed {
        let error = run(set).unwrap_err().to_string();
        assert!(error.contains(named), "{error}");
    }
    std::fs::remove_dir_all(&directory).unwrap();
}
