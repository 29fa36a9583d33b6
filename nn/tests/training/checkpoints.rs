//! An interrupted training resumes with the same bits as one that was not interrupted.

use std::fs;
use std::ops::ControlFlow::{Break, Continue};
use std::path::{Path, PathBuf};

use nn::data::{Class, Dataset};
use nn::prelude::*;
use nn::tensor::random::Random;
use nn::{
    Adam, AdamW, Average, Checkpoints, Clip, Dynamic, Event, Fit, Goal, Model, Observer, Report,
    Show, TapeModel, Tensors, Threads, init, schedule,
};

network! {
    struct Deep {
        first: batch_norm,
        hidden: dense(6 -> 40, relu),
        drop: dropout(0.2),
        output: dense(3, softmax),
    }
    struct Other(dense(6 -> 3, softmax));
}

type Rows = Dataset<[f32; 6], Class<3>>;

fn rows(seed: u64, count: u64) -> Rows {
    let random = Random::new(seed, 1);
    let rows = (0..count).map(|row| {
        let input: [f32; 6] = std::array::from_fn(|i| random.normal(row * 6 + i as u64));
        let class = usize::from(input[0] > 0.0) + usize::from(input[1] * input[2] > 0.3);
        (input, Class::new(class).unwrap())
    });
    rows.collect()
}

/// A directory that is removed at the end of the test.
struct Directory(PathBuf);

impl Directory {
    fn new(name: &str) -> Self {
        let path =
            std::env::temp_dir().join(format!("nn-checkpoints-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        Directory(path)
    }

    /// The checkpoints in it, oldest first.
    fn steps(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(&self.0).unwrap().map(|entry| entry.unwrap().path());
        let is_step =
            |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().starts_with("step-");
        let mut steps: Vec<PathBuf> = entries.filter(is_step).collect();
        steps.sort();
        steps
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A training that uses everything whose state a checkpoint has to save.
fn everything<'a>(deep: &'a mut Deep, train: &'a Rows, test: &'a Rows) -> Fit<'a, Deep, AdamW> {
    fit(deep, train)
        .validation(test)
        .optimizer(AdamW::new(0.01).weight_decay(0.1))
        .schedule(schedule::cosine)
        .epochs(6)
        .batch_size(32)
        .seed(7)
        .goal(Goal::validation_accuracy().least_gain(0.01))
        .keep_best()
        .reduce_on_plateau(1, 0.5)
        .clip(Clip::norm(0.5))
        .average(Average::exponential(0.9))
        .show(Show::Nothing)
}

/// The report without times.
fn history(report: &Report) -> Vec<(f64, f64, Option<f64>)> {
    let epochs = report.epochs.iter();
    let epochs = epochs.map(|epoch| (epoch, epoch.validation.unwrap()));
    epochs.map(|(epoch, test)| (epoch.loss, test.loss, test.accuracy)).collect()
}

#[test]
fn wherever_it_is_interrupted_it_goes_on_to_the_same_bits() {
    let (train, test) = (rows(1, 300), rows(2, 100));
    let mut whole = Deep::init(3);
    let report = everything(&mut whole, &train, &test).run().unwrap();
    assert!(report.best.is_some());
    // 60 steps, 10 per epoch: stops within an epoch, at its end, and several times.
    for stops in [vec![1_u64], vec![10], vec![13, 14, 37], vec![9, 20, 59], vec![60]] {
        let directory = Directory::new(&format!("stops-{stops:?}"));
        let mut last = None;
        for (run, stop) in stops.iter().copied().chain([u64::MAX]).enumerate() {
            let threads = Threads::new(1 + run % 2);
            let mut deep = Deep::init(3);
            let run = everything(&mut deep, &train, &test).checkpoint(&directory.0);
            let run = run.threads(&threads).observe(move |event: &Event<'_, Deep>| match event {
                Event::Step { number, .. } if *number == stop => Break(()),
                _ => Continue(()),
            });
            let report = run.run().unwrap();
            last = Some((report, deep));
        }
        let (again, deep) = last.unwrap();
        assert_eq!(history(&again), history(&report), "{stops:?}");
        assert_eq!(again.best, report.best, "{stops:?}");
        assert_eq!(deep.parameters(), whole.parameters(), "{stops:?}");
        assert_eq!(directory.steps().len(), 2);
        let best = Deep::load(directory.0.join("best.safetensors")).unwrap();
        assert_eq!(best.parameters(), whole.parameters());
    }
}

#[test]
fn what_was_complete_is_not_trained_again() {
    let (train, test) = (rows(1, 300), rows(2, 100));
    let directory = Directory::new("complete");
    let train_it = |steps: &mut usize| {
        let mut deep = Deep::init(3);
        let run = everything(&mut deep, &train, &test).checkpoint(&directory.0);
        let count = |event: &Event<'_, Deep>| {
            *steps += usize::from(matches!(event, Event::Step { .. }));
            Continue(())
        };
        (run.observe(count).run().unwrap(), deep)
    };
    let (mut first, mut second) = (0, 0);
    let (report, deep) = train_it(&mut first);
    let (again, same) = train_it(&mut second);
    assert_eq!((first, second), (60, 0));
    assert_eq!(history(&again), history(&report));
    assert_eq!(deep.parameters(), same.parameters());
}

#[test]
fn more_epochs_go_on_where_the_schedule_does() {
    let train = rows(1, 100);
    let run = |epochs, directory: &Path, falling: bool| {
        let mut other = Other::init(1);
        let fit = fit(&mut other, &train).epochs(epochs).checkpoint(directory).show(Show::Nothing);
        let report = if falling { fit.schedule(schedule::cosine).run() } else { fit.run() };
        report.map(|_| other)
    };
    let (short, long) = (Directory::new("short"), Directory::new("long"));
    run(2, &short.0, false).unwrap();
    let (went_on, whole) = (run(4, &short.0, false).unwrap(), run(4, &long.0, false).unwrap());
    assert_eq!(went_on.parameters(), whole.parameters());

    let falling = Directory::new("falling");
    run(2, &falling.0, true).unwrap();
    let error = run(4, &falling.0, true).unwrap_err().to_string();
    assert!(error.contains("schedule of the learning rate: found factor"), "{error}");
}

#[test]
fn another_training_is_refused_with_what_differs() {
    let (train, test) = (rows(1, 300), rows(2, 100));
    let directory = Directory::new("another");
    everything(&mut Deep::init(3), &train, &test).checkpoint(&directory.0).run().unwrap();

    let refused = |error: nn::Result<Report>, texts: &[&str]| {
        let error = error.unwrap_err().to_string();
        assert!(texts.iter().all(|text| error.contains(text)), "{error}");
    };
    let mut deep = Deep::init(3);
    let before = deep.clone();
    let run = everything(&mut deep, &train, &test).batch_size(30).seed(8).checkpoint(&directory.0);
    refused(run.run(), &["found batch size 32, seed 7, expected batch size 30, seed 8"]);
    assert_eq!(deep.parameters(), before.parameters());
    let others = rows(3, 300);
    let run = everything(&mut deep, &others, &test).checkpoint(&directory.0);
    refused(run.run(), &["found data 300 rows", "expected data 300 rows"]);
    let run = everything(&mut deep, &train, &test).optimizer(Adam::new(0.01));
    refused(
        run.checkpoint(&directory.0).run(),
        &["found optimizer AdamW", "expected optimizer Adam"],
    );
    let mut other = Other::init(1);
    let run = fit(&mut other, &train).checkpoint(&directory.0).show(Show::Nothing);
    refused(run.run(), &["step-000000060.safetensors: model: found `batch_norm", "dense(6"]);
}

#[test]
fn a_damaged_checkpoint_is_passed_over_and_said() {
    let (train, test) = (rows(1, 300), rows(2, 100));
    let mut whole = Deep::init(3);
    everything(&mut whole, &train, &test).run().unwrap();
    let directory = Directory::new("damaged");
    let stop = |number: u64| {
        move |event: &Event<'_, Deep>| match event {
            Event::Step { number: at, .. } if *at == number => Break(()),
            _ => Continue(()),
        }
    };
    let settings = || Checkpoints::in_directory(&directory.0).every_steps(4);
    let run = |stop_at| {
        let mut deep = Deep::init(3);
        let mut notes = Vec::new();
        let run =
            everything(&mut deep, &train, &test).checkpoint(settings()).observe(stop(stop_at));
        let watch = |event: &Event<'_, Deep>| {
            if let Event::Note { text, .. } = event {
                notes.push((*text).to_owned());
            }
            Continue(())
        };
        run.observe(watch).run().unwrap();
        (deep, notes)
    };
    run(45);
    let steps = directory.steps();
    let names: Vec<_> = steps.iter().map(|path| path.file_name().unwrap().to_owned()).collect();
    assert_eq!(names, ["step-000000044.safetensors", "step-000000045.safetensors"]);
    let bytes = fs::read(&steps[1]).unwrap();
    fs::write(&steps[1], &bytes[..bytes.len() - 3]).unwrap();
    let (deep, notes) = run(u64::MAX);
    assert_eq!(deep.parameters(), whole.parameters());
    assert!(
        notes[0].starts_with("passed over: ") && notes[0].contains("step-000000045"),
        "{notes:?}"
    );
    assert!(notes[1].contains("resumes from ") && notes[1].contains("after step 44 (epoch 5)"));
    assert!(
        notes[2].contains("not compared with the previous run: the state of 2 observers"),
        "{notes:?}"
    );

    for path in directory.steps() {
        fs::write(path, b"nothing").unwrap();
    }
    let mut deep = Deep::init(3);
    let error = everything(&mut deep, &train, &test).checkpoint(settings()).run().unwrap_err();
    assert!(
        error.to_string().contains("checkpoints: found 2, of which none can be used"),
        "{error}"
    );
}

/// Counts epochs across interruptions.
struct Counter(usize);

impl<M: Model> Observer<M> for Counter {
    fn observe(&mut self, event: &Event<'_, M>) -> std::ops::ControlFlow<()> {
        if let Event::Epoch { number, .. } = event {
            self.0 += 1;
            assert_eq!(self.0, *number);
        }
        Continue(())
    }
    fn name(&self) -> Option<&str> {
        Some("counter \"of\"\nepochs")
    }
    fn state(&self) -> String {
        format!("{}\n", self.0)
    }
    fn restore(&mut self, state: &str) -> nn::Result<()> {
        self.0 = state.trim().parse().unwrap();
        Ok(())
    }
}

#[test]
fn an_observer_with_a_name_goes_on_with_what_it_has_seen() {
    let train = rows(1, 100);
    let directory = Directory::new("observer");
    for epochs in [2, 3, 5] {
        let mut other = Other::init(1);
        let run = fit(&mut other, &train).epochs(epochs).checkpoint(&directory.0);
        run.observe(Counter(0)).show(Show::Nothing).run().unwrap();
    }
}

#[test]
fn a_directory_that_cannot_be_written_stops_nothing_that_has_begun() {
    let train = rows(1, 100);
    let directory = Directory::new("gone");
    let mut other = Other::init(1);
    let mut notes = Vec::new();
    let path = directory.0.clone();
    let watch = |event: &Event<'_, Other>| {
        match event {
            Event::Epoch { number: 1, .. } => fs::remove_dir_all(&path).unwrap(),
            Event::Note { text, .. } => notes.push((*text).to_owned()),
            _ => {}
        }
        Continue(())
    };
    let run = fit(&mut other, &train).epochs(2).checkpoint(&directory.0).show(Show::Nothing);
    let report = run.observe(watch).run().unwrap();
    assert_eq!(report.epochs.len(), 2);
    assert!(notes[0].starts_with("no checkpoint was written, training continues: "), "{notes:?}");

    fs::create_dir_all(&directory.0).unwrap();
    let file = directory.0.join("file");
    fs::write(&file, b"").unwrap();
    let error = fit(&mut other, &train).checkpoint(&file).run().unwrap_err().to_string();
    assert!(error.contains("cannot make the directory"), "{error}");
}

#[test]
fn settings_that_mean_nothing_are_refused() {
    let train = rows(1, 100);
    let mut other = Other::init(1);
    let directory = Directory::new("settings");
    let in_directory = || Checkpoints::in_directory(&directory.0);
    for (settings, text) in [
        (in_directory().every_steps(0), "steps between checkpoints: found 0"),
        (in_directory().every_minutes(f64::NAN), "minutes between checkpoints: found NaN"),
        (in_directory().keep(0), "checkpoints to keep: found 0"),
    ] {
        let error = fit(&mut other, &train).checkpoint(settings).run().unwrap_err().to_string();
        assert!(error.starts_with(text), "{error}");
    }
}

/// The parameters of a model after a training that is stopped after each of these steps and then
/// resumed.
fn after_stops<M: Model<Float = f32>>(
    name: &str,
    stops: &[u64],
    data: &dyn nn::data::Source<M::Input, M::Target>,
    model: impl Fn() -> M,
) -> Vec<f32> {
    let directory = Directory::new(name);
    let mut parameters = Vec::new();
    for stop in stops.iter().copied().chain([u64::MAX]) {
        let mut model = model();
        let run = fit(&mut model, data).validation(data).epochs(4).batch_size(20).keep_best();
        let run = run.clip(Clip::tensor_norm(0.3)).average(Average::uniform(0.5));
        let run = run.checkpoint(&directory.0).show(Show::Nothing);
        let run = run.observe(move |event: &Event<'_, M>| match event {
            Event::Step { number, .. } if *number == stop => Break(()),
            _ => Continue(()),
        });
        run.run().unwrap();
        parameters = model.flat().to_vec();
    }
    parameters
}

#[test]
fn the_other_kinds_of_models_go_on_as_well() {
    let rows = rows(4, 77);
    let dynamic = || {
        let text =
            "batch_norm, dense(6 -> 9, gelu), dropout(0.3), residual(dense(9)), dense(3, softmax)";
        Dynamic::<f32>::parse(text).unwrap().init(5)
    };
    let whole = after_stops("dynamic", &[], &rows.flat(), dynamic);
    assert_eq!(after_stops("dynamic-stopped", &[3, 9], &rows.flat(), dynamic), whole);

    let tensors =
        Tensors::new(5).weight("a", [6, 8], init::HeNormal).weight("b", [8, 3], init::HeNormal);
    let on_tape = || {
        TapeModel::<_, [f32; 6], Class<3>>::new(
            tensors.clone(),
            |p, x| p.dropout(x.matmul(p["a"])?.relu()?, 0.2, 0)?.matmul(p["b"]),
            |outputs, targets| outputs.soft_cross_entropy(targets),
        )
    };
    let whole = after_stops("tape", &[], &rows, on_tape);
    assert_eq!(after_stops("tape-stopped", &[5, 12], &rows, on_tape), whole);
}
