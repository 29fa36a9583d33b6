//! Ranks that take local steps become equal again at each average.

use std::ops::ControlFlow::{Break, Continue};
use std::path::Path;

use nn::distributed::{World, threads};
use nn::prelude::*;
use nn::{
    AdamW, Average, Checkpoints, Clip, Dynamic, Event, Model, Report, Sgd, Show, Threads, schedule,
};

use super::distributed::{Seen, lose, temporary};
use super::shards::{bits, rows};

network! {
    struct Plain(dense(6 -> 40, relu), dropout(0.2), dense(3, softmax));
    struct Deep {
        first: batch_norm,
        hidden: dense(6 -> 40, relu),
        drop: dropout(0.2),
        output: dense(3, softmax),
    }
}

/// The values of all ranks, which must be equal.
fn same<R: PartialEq>(mut found: Vec<R>) -> R {
    let first = found.swap_remove(0);
    assert!(found.iter().all(|other| *other == first), "ranks differ");
    first
}

fn losses(report: &Report) -> Vec<u64> {
    report.epochs.iter().map(|epoch| epoch.loss.to_bits()).collect()
}

#[test]
fn a_mean_after_each_step_is_a_step_together() {
    let train = rows(1, 240);
    let trained = |world: Option<&World>| {
        let mut net = Plain::init(1);
        let run = fit(&mut net, &train).optimizer(Sgd::new(0.1).momentum(0.9)).batch_size(48);
        let run = run.epochs(3).show(Show::Nothing).average(Average::exponential(0.9));
        let run = if let Some(world) = world { run.distributed(world) } else { run.shards(8) };
        let report = run.run().unwrap();
        (net.flat().to_vec(), report.epochs.iter().map(|epoch| epoch.loss).collect::<Vec<_>>())
    };
    let together = trained(None);
    for ranks in [1, 2, 4, 8] {
        let (net, losses) =
            same(threads::run(ranks, |world| trained(Some(&world.local_steps(0.0, 1)))));
        for (a, b) in net.iter().zip(&together.0) {
            assert!((a - b).abs() < 1e-5, "{ranks} ranks: {a} and {b}");
        }
        for (a, b) in losses.iter().zip(&together.1) {
            assert!((a - b).abs() < 1e-5, "{ranks} ranks: a loss of {a} and {b}");
        }
        assert_eq!(ranks == 1, bits(&net) == bits(&together.0), "{ranks} ranks");
    }
}

#[test]
fn every_rank_has_the_same_for_any_number_of_threads() {
    // The last batch has two rows: four ranks process it together. (Batch norm would refuse parts
    // of one row.)
    let (train, uneven, test) = (rows(1, 240), rows(1, 242), rows(2, 77));
    let trained = |ranks: usize, from: f64, every: u64, count: usize| {
        let found = threads::run(ranks, |world| {
            let (mut declared, layers) = (Deep::init(1), "dense(6 -> 9, tanh), dense(3, softmax)");
            let mut dynamic: Dynamic = Dynamic::parse(layers).unwrap().init(1);
            let threads = Threads::new(count).for_any_work();
            let world = world.local_steps(from, every);
            let run = fit(&mut declared, &train).validation(&test).optimizer(AdamW::new(0.01));
            let run =
                run.clip(Clip::norm(0.5)).average(Average::exponential(0.9)).early_stopping(9);
            let run = run.epochs(6).batch_size(40).schedule(schedule::cosine).distributed(&world);
            let report = run.threads(&threads).show(Show::Nothing).run().unwrap();
            let (uneven, test) = (uneven.flat(), test.flat());
            let run = fit(&mut dynamic, &uneven).validation(&test).epochs(2).batch_size(40);
            run.distributed(&world).threads(&threads).show(Show::Nothing).run().unwrap();
            let loss = report.last().validation.unwrap().loss;
            (bits(declared.flat()), bits(dynamic.flat()), losses(&report), loss)
        });
        same(found)
    };
    let together = trained(4, 1.0, 3, 1);
    for (ranks, from, every) in [(2, 0.0, 4), (4, 0.5, 3), (8, 0.3, 1000)] {
        let found = trained(ranks, from, every, 1);
        assert!(found == trained(ranks, from, every, 3), "{ranks} ranks of three threads");
        assert!(found.0 != together.0 && found.1 != together.1, "{ranks} ranks");
        let (loss, other) = (found.3, together.3);
        assert!((loss - other).abs() < 0.15 * other, "{ranks} ranks: {loss} and {other}");
    }
}

#[test]
fn a_training_goes_on_as_if_it_had_not_been_interrupted() {
    let (train, dir) = (rows(1, 240), temporary("local"));
    let run = |world: &World, dir: Option<&Path>, stop: u64| {
        let mut net = Deep::init(1);
        let run = fit(&mut net, &train).optimizer(AdamW::new(0.01)).epochs(4).batch_size(20);
        let run = run.average(Average::exponential(0.9)).show(Show::Nothing);
        let run = run.observe(move |event: &Event<'_, Deep>| match event {
            Event::Step { number, .. } if *number == stop => Break(()),
            _ => Continue(()),
        });
        let checkpoints = |dir| Checkpoints::in_directory(dir).every_steps(3);
        let run = if let Some(dir) = dir { run.checkpoint(checkpoints(dir)) } else { run };
        let report = run.distributed(&world.clone().local_steps(0.25, 5)).run().unwrap();
        (bits(net.flat()), losses(&report), report.epochs.len())
    };
    let undisturbed = same(threads::run(4, |world| run(&world, None, 0)));
    // In an epoch of 12 steps, 3 of them together, an observer stops at step 17; the stop takes
    // effect at the average after step 20.
    for stop in [5, 17, 24, 0] {
        let found = same(threads::run(4, |world| run(&world, Some(&dir), stop)));
        assert_eq!(found == undisturbed, stop == 0, "stopped at {stop}");
        if stop == 17 {
            assert!(dir.join("step-000000020.safetensors").exists());
        }
    }
    std::fs::remove_dir_all(&dir).unwrap();
}

#[test]
fn who_cannot_take_a_step_is_named() {
    let data = rows(1, 64);
    let errors = threads::run(4, |world| {
        let broken = Seen(&data, lose(world.rank() == 2));
        let mut net = Deep::init(1);
        let run = fit(&mut net, &broken).batch_size(32).distributed(&world.local_steps(0.0, 3));
        run.show(Show::Nothing).run().unwrap_err().to_string()
    });
    assert!(errors[2].starts_with("batch: found 8 inputs and 1 targets"), "{}", errors[2]);
    for rank in [0, 1, 3] {
        let text = &errors[rank];
        assert!(text.starts_with("rank 2: found batch: found 8 inputs"), "{text}");
    }
}

#[test]
fn steps_that_never_come_or_never_end_are_refused() {
    let data = rows(1, 40);
    for (from, every, text) in [
        (1.5, 4, "fraction of the training before local steps: found 1.5"),
        (f64::NAN, 4, "fraction of the training before local steps: found NaN"),
        (0.5, 0, "local steps: found 0, expected at least 1"),
    ] {
        for error in threads::run(2, |world| {
            let mut net = Plain::init(1);
            let run = fit(&mut net, &data).distributed(&world.local_steps(from, every));
            run.show(Show::Nothing).run().unwrap_err().to_string()
        }) {
            assert!(error.contains(text), "{error}");
        }
    }
    let errors = threads::run(2, |world| {
        let every = 4 + world.rank() as u64;
        let mut net = Plain::init(1);
        let run = fit(&mut net, &data).distributed(&world.local_steps(0.0, every));
        run.show(Show::Nothing).run().unwrap_err().to_string()
    });
    assert!(
        errors.iter().all(|error| error.contains("found rank 1 with local steps")),
        "{errors:?}"
    );
}
