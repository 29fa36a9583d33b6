//! Several ranks, as threads of this process, train the same model as one rank, to the last bit.

use std::ops::ControlFlow::{Break, Continue};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use nn::data::row_file::{self, RowFile};
use nn::data::{Class, Source, Visit};
use nn::distributed::{World, threads};
use nn::prelude::*;
use nn::{
    AdamW, Average, Checkpoints, Clip, Dynamic, Event, Fit, Goal, Model, Report, Show, TapeModel,
    Tensors, Threads, schedule,
};

use super::shards::{Rows, bits, rows};

network! {
    struct Deep {
        first: batch_norm,
        hidden: dense(6 -> 40, relu),
        drop: dropout(0.2),
        output: dense(3, softmax),
    }
}

/// Everything else that the training loop supports.
fn with_all<M: Model>(
    run: Fit<'_, M, nn::Adam>,
    world: Option<&World>,
) -> nn::Result<(String, Report)> {
    let observed = Mutex::new(0);
    let run = run.epochs(6).batch_size(50).seed(3).show(Show::Nothing).schedule(schedule::cosine);
    let run =
        run.optimizer(AdamW::new(0.02)).clip(Clip::norm(0.5)).average(Average::exponential(0.9));
    let run = run.goal(Goal::lowest("sum", |epoch| epoch.measured("sum"))).early_stopping(4);
    let run = run.measure("sum", |model| {
        Ok(Some(model.flat().iter().map(|x| nn::Float::as_f64(*x).abs()).sum()))
    });
    let run = run.observe(|event: &Event<'_, M>| {
        *observed.lock().unwrap() += 1;
        match event {
            Event::Step { number, .. } if *number == 20 => Break(()),
            _ => Continue(()),
        }
    });
    let run = if let Some(world) = world { run.distributed(world) } else { run.shards(8) };
    let report = run.run()?;
    let is_watched = *observed.lock().unwrap() > 0;
    assert_eq!(is_watched, world.is_none_or(World::is_first), "rank 0 alone is watched");
    let epochs = report.epochs.iter().map(|epoch| {
        let value = epoch.measured("sum");
        format!("{:?} {:?} {value:?}\n", epoch.loss, epoch.validation)
    });
    Ok((epochs.collect(), report))
}

type Kind = fn(&Rows, &Rows, Option<&World>, &Threads) -> (Vec<u32>, String);

fn declared(
    train: &Rows,
    test: &Rows,
    world: Option<&World>,
    threads: &Threads,
) -> (Vec<u32>, String) {
    let mut net = Deep::init(1);
    let run = fit(&mut net, train).validation(test).threads(threads);
    let (epochs, _) = with_all(run, world).unwrap();
    (bits(net.flat()), epochs)
}

fn dynamic(
    train: &Rows,
    test: &Rows,
    world: Option<&World>,
    threads: &Threads,
) -> (Vec<u32>, String) {
    let layers = "batch_norm, dense(6 -> 30, relu), dropout(0.2), dense(3, softmax)";
    let mut net: Dynamic = Dynamic::parse(layers).unwrap().init(1);
    let (train, test) = (train.flat(), test.flat());
    let (epochs, _) =
        with_all(fit(&mut net, &train).validation(&test).threads(threads), world).unwrap();
    (bits(net.flat()), epochs)
}

fn on_tape(
    train: &Rows,
    test: &Rows,
    world: Option<&World>,
    threads: &Threads,
) -> (Vec<u32>, String) {
    let init = || nn::init::GlorotNormal;
    let tensors =
        Tensors::new(1).weight("a", [6, 20], init()).bias("b", 20).weight("c", [20, 3], init());
    let mut model = TapeModel::<_, [f32; 6], Class<3>>::new(
        tensors,
        |p, x| x.matmul(p["a"])?.add(p["b"])?.tanh()?.matmul(p["c"]),
        |logits, targets| logits.soft_cross_entropy(targets),
    );
    let (epochs, _) =
        with_all(fit(&mut model, train).validation(test).threads(threads), world).unwrap();
    (bits(model.flat()), epochs)
}

#[test]
fn any_number_of_ranks_and_threads_has_the_bits_of_one() {
    let (train, test) = (rows(1, 230), rows(2, 77));
    let kinds: [(&str, Kind); 3] =
        [("declared", declared), ("dynamic", dynamic), ("tape", on_tape)];
    for (name, kind) in kinds {
        let alone = kind(&train, &test, None, &Threads::new(1));
        assert!(alone.1.lines().count() >= 4, "{}", alone.1);
        for (ranks, count) in [(1, 2), (2, 1), (2, 2), (4, 1), (8, 1)] {
            let all = threads::run(ranks, |world| {
                let threads = Threads::new(count).for_any_work();
                kind(&train, &test, Some(&world), &threads)
            });
            for (rank, found) in all.iter().enumerate() {
                assert_eq!(found.1, alone.1, "{name}, rank {rank} of {ranks}");
                assert!(found.0 == alone.0, "{name}, rank {rank} of {ranks}");
            }
        }
    }
}

#[test]
fn gradients_in_bf16_train_as_well_with_the_same_bits_on_each_rank() {
    let (train, test) = (rows(1, 230), rows(2, 77));
    let full = declared(&train, &test, None, &Threads::new(1));
    let trained = |ranks: usize, count: usize| {
        let mut all = threads::run(ranks, |world| {
            let mut net = Deep::init(1);
            let world = world.gradients_in_bf16();
            let threads = Threads::new(count).for_any_work();
            let run = fit(&mut net, &train).validation(&test).threads(&threads);
            let (epochs, report) = with_all(run, Some(&world)).unwrap();
            (bits(net.flat()), epochs, report.epochs.last().map(|epoch| epoch.loss).unwrap())
        });
        let first = all.swap_remove(0);
        assert!(all.iter().all(|other| *other == first), "{ranks} ranks");
        first
    };
    let mut net = Deep::init(1);
    let (_, report) = with_all(fit(&mut net, &train).validation(&test), None).unwrap();
    let loss = report.epochs.last().map(|epoch| epoch.loss).unwrap();
    assert_eq!(trained(1, 1).0, full.0, "one rank sends nothing");
    for ranks in [2, 4, 8] {
        let found = trained(ranks, 1);
        assert_eq!(found, trained(ranks, 3), "{ranks} ranks of three threads");
        assert_ne!(found.0, full.0, "{ranks} ranks");
        assert!((found.2 - loss).abs() < 0.01 * loss, "{ranks} ranks: {} and {loss}", found.2);
    }
    let errors = threads::run(2, |world| {
        let world = if world.is_first() { world } else { world.gradients_in_bf16() };
        let mut net = Deep::init(1);
        let run = fit(&mut net, &train).distributed(&world).show(Show::Nothing);
        run.run().unwrap_err().to_string()
    });
    for error in errors {
        assert!(error.contains("found rank 1 with sums in bf16, expected sums in full"), "{error}");
    }
}

#[test]
fn what_differs_between_ranks_is_refused_on_all() {
    /// A training that differs on the ranks for which `other` is true.
    fn refused(
        ranks: usize,
        shards: usize,
        set: impl Fn(&World) -> (u64, u64, u64, usize) + Sync,
    ) -> Vec<String> {
        threads::run(ranks, |world| {
            let (seed, data, weights, epochs) = set(&world);
            let data = rows(data, 40);
            let mut net = Deep::init(weights);
            let before = bits(net.flat());
            let run = fit(&mut net, &data).seed(seed).epochs(epochs).batch_size(40).shards(shards);
            let error = run.distributed(&world).show(Show::Nothing).run().unwrap_err();
            assert_eq!(bits(net.flat()), before, "nothing is trained");
            error.to_string()
        })
    }
    let check = |errors: Vec<String>, text: &str| {
        for error in errors {
            assert!(error.contains(text), "{error}");
        }
    };
    check(refused(3, 8, |_| (1, 1, 1, 2)), "ranks: found 3, expected 1, 2, 4, … up to 8");
    check(refused(8, 4, |_| (1, 1, 1, 2)), "ranks: found 8, expected 1, 2, 4, … up to 4");
    let last = |world: &World| world.rank() == 3;
    let errors = refused(4, 4, |w| (if last(w) { 9 } else { 1 }, 1, 1, 2));
    check(errors, "found rank 3 with seed 9, expected seed 1, as rank 0");
    let errors = refused(4, 4, |w| (1, if last(w) { 9 } else { 1 }, 1, 2));
    check(errors, "found rank 3 with data 40 rows ");
    let errors = refused(4, 4, |w| (1, 1, if last(w) { 9 } else { 1 }, 2));
    check(errors, "found rank 3 with first weights ");
    let errors = refused(4, 4, |w| (1, 1, 1, if last(w) { 5 } else { 2 }));
    check(errors, "rank 3 with epochs 5");
}

/// Rows of which one rank has an invalid one.
#[test]
fn an_error_of_one_rank_is_one_of_all() {
    let errors = threads::run(2, |world| {
        let mut inputs = rows(1, 40).inputs().to_vec();
        let targets = rows(1, 40).targets().to_vec();
        if world.rank() == 1 {
            inputs[7][2] = f32::NAN;
        }
        let data = nn::data::Dataset::new(inputs, targets).unwrap();
        let mut net = Deep::init(1);
        fit(&mut net, &data).distributed(&world).show(Show::Nothing).run().unwrap_err().to_string()
    });
    assert!(errors.iter().all(|error| error.contains("rank 1 with data")), "{errors:?}");
}

#[test]
fn a_search_and_a_verification_are_for_one_machine() {
    let errors = threads::run(1, |world| {
        let (data, mut net) = (rows(1, 40), Deep::init(1));
        let run = fit(&mut net, &data).distributed(&world).show(Show::Nothing);
        let search = run.find_rate().err().map(|error| error.to_string());
        let run = fit(&mut net, &data).distributed(&world).show(Show::Nothing);
        (search, run.verify("nothing").unwrap_err().to_string())
    });
    let (search, verification) = &errors[0];
    assert!(
        search.as_ref().is_some_and(|text| text.starts_with("a search: found 1 ranks")),
        "{search:?}"
    );
    assert!(verification.starts_with("a verification: found 1 ranks"), "{verification}");
}

/// Rows that record which of them a step requests, and that may change their targets.
pub(super) struct Seen<'r, F>(pub(super) &'r Rows, pub(super) F);

impl<F: Fn(&[usize], &mut Vec<Class<3>>) + Send + Sync> Source<[f32; 6], Class<3>> for Seen<'_, F> {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn fill(
        &self,
        rows: &[usize],
        x: &mut Vec<[f32; 6]>,
        t: &mut Vec<Class<3>>,
        threads: &Threads,
    ) {
        self.0.fill(rows, x, t, threads);
    }

    fn fill_for_step(
        &self,
        _: Visit,
        rows: &[usize],
        x: &mut Vec<[f32; 6]>,
        t: &mut Vec<Class<3>>,
        threads: &Threads,
    ) {
        self.0.fill(rows, x, t, threads);
        (self.1)(rows, t);
    }
}

/// Truncates a rank's targets if it `is_broken`, as if it could not read them.
pub(super) fn lose(is_broken: bool) -> impl Fn(&[usize], &mut Vec<Class<3>>) + Send + Sync {
    move |_, targets| targets.truncate(if is_broken { 1 } else { targets.len() })
}

#[test]
fn who_cannot_compute_its_part_is_named() {
    let data = rows(1, 64);
    let errors = threads::run(4, |world| {
        let broken = Seen(&data, lose(world.rank() == 2));
        let mut net = Deep::init(1);
        fit(&mut net, &broken)
            .distributed(&world)
            .show(Show::Nothing)
            .run()
            .unwrap_err()
            .to_string()
    });
    assert!(errors[2].starts_with("batch: found 16 inputs and 1 targets"), "{}", errors[2]);
    for rank in [0, 1, 3] {
        assert!(
            errors[rank].starts_with("rank 2: found batch: found 16 inputs"),
            "{}",
            errors[rank]
        );
    }
}

#[test]
fn ranks_read_disjoint_parts_of_the_same_order() {
    let data = rows(1, 236);
    let order = |world: Option<World>| {
        let asked = Mutex::new(Vec::new());
        let watched = Seen(&data, |rows: &[usize], _: &mut Vec<Class<3>>| {
            asked.lock().unwrap().extend(rows);
        });
        let mut net = Deep::init(1);
        let run = fit(&mut net, &watched).epochs(1).batch_size(40).show(Show::Nothing);
        match &world {
            Some(world) => run.distributed(world).run().map(drop),
            None => run.run().map(drop),
        }
        .unwrap();
        asked.into_inner().unwrap()
    };
    let alone = order(None);
    let ranks = threads::run(4, |world| order(Some(world)));
    let mut together: Vec<usize> = Vec::new();
    for (batch, rows) in alone.chunks(40).enumerate() {
        // Each rank's rows of this batch, which begin after those of the previous batches.
        for rank in 0..4 {
            let part = |count: usize| 2 * rank * count / 8..(2 * rank + 2) * count / 8;
            let before =
                alone.chunks(40).take(batch).map(|rows| part(rows.len()).len()).sum::<usize>();
            together.extend(&ranks[rank][before..before + part(rows.len()).len()]);
        }
    }
    assert_eq!(together, alone);
}

#[test]
fn ranks_read_a_file_of_rows_as_one_does_memory() {
    let (train, path) = (rows(1, 230), temporary("file-of-rows"));
    row_file::write(&path, &train).unwrap();
    let trained = |data: &dyn Source<[f32; 6], Class<3>>, world: Option<&World>| {
        let mut net = Deep::init(1);
        let run = fit(&mut net, data).epochs(2).batch_size(40).seed(3).show(Show::Nothing);
        let run = if let Some(world) = world { run.distributed(world) } else { run.shards(8) };
        run.run().unwrap();
        bits(net.flat())
    };
    let alone = trained(&train, None);
    for ranks in [1, 4] {
        let found = threads::run(ranks, |world| {
            let file = RowFile::<[f32; 6], Class<3>>::open(&path).unwrap();
            trained(&file, Some(&world))
        });
        assert!(found.iter().all(|found| *found == alone), "{ranks} ranks");
    }
    std::fs::remove_file(&path).unwrap();
}

pub(super) fn temporary(name: &str) -> PathBuf {
    let dir = std::env::temp_dir().join(format!("nn-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&dir);
    dir
}

#[test]
fn a_training_goes_on_with_another_number_of_ranks() {
    let (train, test) = (rows(1, 230), rows(2, 40));
    let dir = temporary("ranks");
    let run = |world: Option<&World>, dir: Option<&Path>, stop: u64| {
        let mut net = Deep::init(1);
        let run = fit(&mut net, &train).validation(&test).epochs(4).batch_size(30).shards(8);
        let run = run.keep_best().average(Average::exponential(0.9)).show(Show::Nothing);
        let run = run.observe(move |event: &Event<'_, Deep>| match event {
            Event::Step { number, .. } if *number == stop => Break(()),
            _ => Continue(()),
        });
        let run = if let Some(world) = world { run.distributed(world) } else { run };
        let checkpoints = |dir| Checkpoints::in_directory(dir).every_steps(3);
        let run = if let Some(dir) = dir { run.checkpoint(checkpoints(dir)) } else { run };
        let report = run.run().unwrap();
        (bits(net.flat()), report.epochs.iter().map(|epoch| epoch.loss).collect::<Vec<_>>())
    };
    let alone = run(None, None, 0);
    for (ranks, stop) in [(2, 5), (4, 12), (1, 20), (8, 0)] {
        // The directories of other ranks do not matter: these ranks write nothing, and need not
        // have access.
        let dirs: Vec<PathBuf> =
            (0..ranks).map(|rank| dir.with_extension(rank.to_string())).collect();
        let found = threads::run(ranks, |world| {
            let dir = if world.is_first() { &dir } else { &dirs[world.rank()] };
            run(Some(&world), Some(dir.as_path()), stop)
        });
        assert!(found.iter().all(|one| *one == found[0]));
        assert!(dirs.iter().all(|dir| !dir.exists()));
        if stop == 0 {
            assert!(found[0] == alone);
        }
    }
    std::fs::remove_dir_all(&dir).unwrap();
}

#[test]
fn an_error_while_it_goes_on_is_one_of_all() {
    let dir = temporary("damaged");
    std::fs::create_dir_all(&dir).unwrap();
    std::fs::write(dir.join("step-000000003.safetensors"), "no checkpoint").unwrap();
    let data = rows(1, 40);
    let errors = threads::run(2, |world| {
        let mut net = Deep::init(1);
        let run = fit(&mut net, &data).checkpoint(&dir).distributed(&world).show(Show::Nothing);
        run.run().unwrap_err().to_string()
    });
    assert!(
        errors.iter().all(|error| error.contains("1, of which none can be used")),
        "{errors:?}"
    );
    std::fs::remove_dir_all(&dir).unwrap();
}
