//! Failures in training are reported, and the network is in the state that the message says.

use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use nn::data::{Class, Dataset};
use nn::metric::Accuracy;
use nn::model::{Batch, Model, Run};
use nn::prelude::*;
use nn::{
    Adam, AdamW, ErrorKind, Event, NamedTensor, Optimizer, Sgd, Show, Step, Stretch, Threads,
    Trainer,
};

network! {
    struct Line(dense(1 -> 1));
    struct Wide(dense(20 -> 300, relu), dense(40, tanh), dense(3));
    struct Normed(batch_norm, dense(1 -> 1));
    struct Classes(dense(2 -> 3, softmax));
    struct Questions(dense(2 -> 3, sigmoid));
}

fn line_data() -> Dataset<[f32; 1], [f32; 1]> {
    Dataset::new(vec![[0.0], [1.0], [2.0], [3.0]], vec![[1.0], [3.0], [5.0], [7.0]]).unwrap()
}

fn wide_data() -> Dataset<[f32; 20], [f32; 3]> {
    let rows = (0..64).map(|row| ([row as f32 / 64.0; 20], [row as f32; 3]));
    let (inputs, targets) = rows.unzip();
    Dataset::new(inputs, targets).unwrap()
}

fn quiet<'a, N: Network>(
    network: &'a mut N,
    data: &'a Dataset<N::Input, N::Target>,
) -> nn::Fit<'a, N, Adam> {
    fit(network, data).show(Show::Nothing).epochs(1)
}

#[track_caller]
fn starts<T: std::fmt::Debug>(result: nn::Result<T>, text: &str) -> nn::Error {
    let error = result.expect_err("this must be an error");
    assert!(error.to_string().starts_with(text), "{error}");
    error
}

#[test]
fn a_setting_out_of_its_range_is_refused_before_anything_is_trained() {
    let data = line_data();
    let first = Line::init(1);
    let mut line = first.clone();
    for rate in [0.0, -0.1, f64::NAN, f64::INFINITY, 1e39] {
        let text = format!("learning rate of sgd: found {rate}, expected a finite number above 0");
        starts(quiet(&mut line, &data).optimizer(Sgd::new(rate)).run(), &text);
        starts(Trainer::new(Sgd::new(rate)).step(&mut line, data.inputs(), data.targets()), &text);
        starts(quiet(&mut line, &data).learning_rate(rate).run(), "learning rate of adam: found");
        let later = quiet(&mut line, &data).optimizer(Sgd::new(0.1)).learning_rate(rate).run();
        starts(later, &text);
    }
    let adam = Adam { beta2: 1.0, ..Adam::new(0.1) };
    starts(quiet(&mut line, &data).optimizer(adam).run(), "beta2 of adam: found 1");
    let decay = AdamW::new(0.1).weight_decay(-1.0);
    starts(quiet(&mut line, &data).optimizer(decay).run(), "weight decay of adamw: found -1");
    assert_eq!(line.parameters(), first.parameters());
}

#[test]
fn a_schedule_that_gives_no_factor_is_refused_before_anything_is_trained() {
    let data = line_data();
    let first = Line::init(1);
    let mut line = first.clone();
    starts(
        quiet(&mut line, &data).schedule(|_| f64::NAN).run(),
        "schedule: found NaN after 0 of the training, before step 1, expected a finite factor from \
         0",
    );
    starts(
        quiet(&mut line, &data).schedule(|done| 1.0 / done).run(),
        "schedule: found inf after 0",
    );
    // Only at the end
    let late = |done: f64| if done > 0.98 { -1.0 } else { 1.0 };
    let run = quiet(&mut line, &data).batch_size(1).epochs(25).schedule(late).run();
    starts(run, "schedule: found -1 after 0.99 of the training, before step 100");
    assert_eq!(line.parameters(), first.parameters());
    // A custom loop
    let mut trainer = Trainer::new(Sgd::new(0.1));
    trainer.set_rate(f64::NAN);
    starts(
        trainer.step(&mut line, data.inputs(), data.targets()),
        "factor on the learning rate: found NaN at step 1",
    );
    assert_eq!(line.parameters(), first.parameters());
    trainer.set_rate(1.0);
    trainer.step(&mut line, data.inputs(), data.targets()).unwrap();
}

#[test]
fn more_epochs_than_can_be_counted_are_refused() {
    let data = line_data();
    for epochs in [0, usize::MAX, usize::MAX / 2] {
        starts(
            quiet(&mut Line::init(1), &data).epochs(epochs).run(),
            &format!("epochs: found {epochs}"),
        );
    }
}

/// The last step, after which no loss is checked.
#[test]
fn a_step_that_leads_to_infinity_is_an_error_and_the_network_has_its_first_weights() {
    let data = wide_data();
    for threads in [Threads::new(1), Threads::new(2).for_any_work()] {
        let first = Wide::init(1);
        let mut wide = first.clone();
        let run = quiet(&mut wide, &data).optimizer(Sgd::new(1e38)).threads(&threads).run();
        let error = starts(run, "layer");
        assert_eq!(error.kind(), ErrorKind::Diverged);
        let says = error.to_string();
        assert!(says.contains("after step 1, expected a finite number"), "{says}");
        assert!(says.contains("the network has its initial weights"), "{says}");
        assert_eq!(wide.parameters(), first.parameters());

        let mut trainer = Trainer::new(Sgd::new(1e38).momentum(0.5)).threads(&threads);
        let error = trainer.step(&mut wide, data.inputs(), data.targets()).unwrap_err();
        assert!(error.to_string().contains("the parameters are lost"), "{error}");
        // The trainer refuses further steps, although the network is restored.
        wide = first.clone();
        starts(
            trainer.step(&mut wide, data.inputs(), data.targets()),
            "trainer: found step 1, which was not completed",
        );
        let state = Trainer::<Wide, _>::new(Sgd::new(1e-3).momentum(0.5)).state();
        trainer.restore(&wide, &state).unwrap();
    }
}

#[test]
fn after_an_error_the_network_is_that_of_the_last_completed_epoch() {
    let data = line_data();
    let rise = |done: f64| if done < 0.5 { 1.0 } else { 1e36 };
    let mut line = Line::init(1);
    let run = quiet(&mut line, &data).optimizer(Sgd::new(0.01)).schedule(rise).epochs(4).run();
    let error = run.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Diverged);
    assert!(error.to_string().contains("the network is that of epoch 3;"), "{error}");
    let mut again = Line::init(1);
    let three = move |done: f64| rise(done * 3.0 / 4.0);
    quiet(&mut again, &data).optimizer(Sgd::new(0.01)).schedule(three).epochs(3).run().unwrap();
    assert_eq!(line.parameters(), again.parameters());
}

#[test]
fn running_state_that_is_not_finite_is_an_error() {
    let data = Dataset::new(vec![[0.0], [1e20]], vec![[0.0], [1.0]]).unwrap();
    let first = Normed::init(1);
    let mut normed = first.clone();
    let error = quiet(&mut normed, &data).run().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Diverged);
    assert!(error.to_string().contains("the network has its initial weights"), "{error}");
    assert_eq!(normed.parameters(), first.parameters());
}

/// A mean square that overflows silently makes every later step zero.
#[test]
fn memory_of_the_optimizer_that_is_not_finite_is_an_error() {
    let data = Dataset::new(vec![[1e6]], vec![[1e15]]).unwrap();
    let mut line = Line::init(1);
    let error = quiet(&mut line, &data).run().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Diverged);
    assert!(error.to_string().starts_with("layer1.weight"), "{error}");
}

#[test]
fn a_gradient_that_does_not_fit_is_refused() {
    let mut line = Line::init(1);
    let mut trainer = Trainer::new(Sgd::new(0.1));
    let len = line.parameters().as_slice().len();
    starts(trainer.apply(&mut line, &[1.0]), "gradient: found 1 numbers, expected 32");
    let mut gradient = vec![0.0; len];
    gradient[16] = f32::NAN;
    let before = line.clone();
    starts(trainer.apply(&mut line, &gradient), "gradient of parameter 16: found NaN");
    assert_eq!(line.parameters(), before.parameters());
}

#[derive(Debug)]
struct Explodes;

impl<T: nn::Float> Optimizer<T> for Explodes {
    const NAME: &'static str = "explodes";
    const MEMORY: &'static [&'static str] = &[];
    fn update(&self, step: Step, stretch: Stretch<'_, T>) {
        stretch.parameters.fill(T::of(9.0));
        assert!(step.number < 3, "as it must");
    }
}

#[test]
fn a_panic_in_a_step_does_not_lose_the_network_in_silence() {
    let data = line_data();
    let first = Line::init(1);
    let mut line = first.clone();
    let run = catch_unwind(AssertUnwindSafe(|| {
        quiet(&mut line, &data).optimizer(Explodes).batch_size(1).run()
    }));
    assert!(run.is_err());
    assert_eq!(line.parameters(), first.parameters());

    let mut trainer = Trainer::new(Explodes);
    let mut step = || trainer.step(&mut line, data.inputs(), data.targets());
    step().unwrap();
    step().unwrap();
    assert!(catch_unwind(AssertUnwindSafe(&mut step)).is_err());
    starts(step(), "trainer: found step 3, which was not completed");
}

#[test]
fn a_panic_of_an_observer_does_not_lose_the_network() {
    let data = line_data();
    let first = Line::init(1);
    let mut line = first.clone();
    let run = catch_unwind(AssertUnwindSafe(|| {
        let watch = |event: &Event<'_, Line>| match event {
            Event::Step { .. } => panic!("as it must"),
            _ => ControlFlow::Continue(()),
        };
        quiet(&mut line, &data).observe(watch).run()
    }));
    assert!(run.is_err());
    assert_eq!(line.parameters(), first.parameters());
}

#[test]
fn an_observer_sees_everything_in_order_and_may_stop() {
    let data = line_data();
    let mut seen = Vec::new();
    let mut line = Line::init(1);
    let watch = |event: &Event<'_, Line>| {
        seen.push(match event {
            Event::Begin { epochs, rows, steps, .. } => format!("begin {epochs} {rows} {steps}"),
            Event::Step { number, epoch, rows, rate, .. } => {
                format!("step {number} of {epoch}: {rows} at {rate}")
            }
            Event::Epoch { number, .. } => format!("epoch {number}"),
            Event::End { report, .. } => format!("end {}", report.epochs.len()),
            _ => unreachable!(),
        });
        match event {
            Event::Step { number: 3, .. } => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        }
    };
    let report = quiet(&mut line, &data)
        .epochs(5)
        .batch_size(3)
        .schedule(|done| 1.0 - done / 2.0)
        .observe(watch)
        .run()
        .unwrap();
    assert_eq!(report.epochs.len(), 2);
    assert_eq!(
        seen,
        [
            "begin 5 4 10",
            "step 1 of 1: 3 at 1",
            "step 2 of 1: 1 at 0.95",
            "epoch 1",
            "step 3 of 2: 3 at 0.9",
            "epoch 2",
            "end 2"
        ]
    );
}

/// With NaN in the network, no prediction is right.
#[test]
fn an_output_of_nan_is_no_right_one() {
    fn spoiled<N: Network<Float = f32>>() -> N {
        let mut network = N::init(1);
        network.parameters_mut().as_mut_slice().fill(f32::NAN);
        network
    }
    let inputs = || vec![[0.5, 1.0]; 4];
    let classes = Dataset::new(inputs(), Class::from_labels(&[0; 4]).unwrap()).unwrap();
    let network = spoiled::<Classes>();
    let accuracy = network.evaluation(&classes).measure(Accuracy::default());
    assert_eq!(accuracy.unwrap(), Some(0.0));
    let error = starts(network.evaluate(&classes), "loss: found NaN, expected a finite number");
    assert_eq!(error.kind(), ErrorKind::Diverged);
    let questions = Dataset::new(inputs(), vec![[0.0; 3]; 4]).unwrap();
    let accuracy = spoiled::<Questions>().evaluation(&questions).measure(Accuracy::default());
    assert_eq!(accuracy.unwrap(), Some(0.0));
}

#[test]
fn rows_that_are_not_finite_are_named_before_anything_is_trained() {
    let rows = |wrong: [f32; 2]| {
        let targets = Class::from_labels(&[0, 1, 2]).unwrap();
        Dataset::new(vec![[0.0, 1.0], wrong, [1.0, 2.0]], targets).unwrap()
    };
    let sound = rows([0.0; 2]);
    let first = Classes::init(1);
    let mut network = first.clone();
    let found = "input of row 1 (counted from 0): found NaN in column 1 (1 of 3 inputs is \
                 invalid), expected finite numbers; Classes takes numbers: fill the gaps or leave \
                 these rows out";
    starts(quiet(&mut network, &rows([0.0, f32::NAN])).run(), found);
    starts(network.evaluate(&rows([0.0, f32::NAN])), found);
    let validation = rows([f32::INFINITY, 0.0]);
    starts(
        quiet(&mut network, &sound).validation(&validation).run(),
        "validation input of row 1 (counted from 0): found inf in column 0",
    );
    let empty = Dataset::new(vec![], vec![]).unwrap();
    starts(
        quiet(&mut network, &sound).validation(&empty).run(),
        "number of validation rows: found 0, expected at least 1",
    );
    starts(network.evaluate(&empty), "number of rows: found 0, expected at least 1");
    assert_eq!(network.parameters(), first.parameters());
}

/// y = slope · x, with tensors at offsets chosen by the test.
struct ByHand {
    flat: [f32; 2],
    tensors: Vec<NamedTensor>,
}

impl Model for ByHand {
    type Float = f32;
    type Input = f32;
    type Target = f32;
    type Loss = ();
    type Workspace = f32;

    fn tensors(&self) -> Vec<NamedTensor> {
        self.tensors.clone()
    }
    fn flat(&self) -> &[f32] {
        &self.flat
    }
    fn flat_mut(&mut self) -> &mut [f32] {
        &mut self.flat
    }
    fn outputs(&self, inputs: &[f32], _: &Threads) -> Vec<f32> {
        inputs.iter().map(|x| self.flat[0] * x).collect()
    }
    fn differentiate(
        &self,
        batch: Batch<'_, Self>,
        _: &mut (),
        gradient: &mut f32,
        _: &Run<'_>,
    ) -> nn::Result<f32> {
        let rows = batch.inputs.len() as f32;
        let errors = batch.inputs.iter().zip(batch.targets);
        let errors = errors.map(|(x, t)| (x, self.flat[0] * x - t));
        *gradient = errors.clone().map(|(x, error)| 2.0 * error * x / rows).sum();
        Ok(errors.map(|(_, error)| error * error / rows).sum())
    }
    fn gradient(&self, _: Batch<'_, Self>, found: &mut f32, gradient: &mut [f32]) {
        gradient.copy_from_slice(&[*found, 0.0]);
    }
}

#[test]
fn fit_trains_a_model_of_ones_own() {
    let data = Dataset::new(vec![0.0, 1.0, 2.0], vec![0.0, 3.0, 6.0]).unwrap();
    let tensors = vec![NamedTensor::new("slope", &[], 0)];
    let mut model = ByHand { flat: [0.0; 2], tensors };
    let report = nn::fit(&mut model, &data).validation(&data).learning_rate(0.1).epochs(200);
    let report = report.show(nn::Show::Nothing).run().unwrap();
    assert!((model.flat[0] - 3.0).abs() < 1e-2 && model.flat[1] == 0.0, "{:?}", model.flat);
    assert_eq!(report.last().validation.unwrap().accuracy, None);
    assert!(report.last().validation.unwrap().loss < 1e-3);

    let none = Dataset::new(vec![], vec![]).unwrap();
    starts(nn::fit(&mut model, &none).run(), "number of rows: found 0");
}

#[test]
fn tensors_that_are_no_parts_of_the_parameters_are_refused() {
    let at = |name: &str, shape: &[usize], offset| NamedTensor::new(name, shape, offset);
    for (tensors, wrong) in [
        (vec![at("a", &[2], 0), at("b", &[1], 1)], "tensor `b`"),
        (vec![at("a", &[1], 1), at("b", &[1], 0)], "tensor `b`"),
        (vec![at("a", &[3], 0)], "tensor `a`"),
        (vec![at("a", &[1], usize::MAX)], "tensor `a`"),
    ] {
        let mut model = ByHand { flat: [0.0; 2], tensors };
        let step = Trainer::new(Adam::new(0.1)).step(&mut model, &[1.0], &[2.0]);
        starts(step, wrong);
    }
}

#[test]
fn a_schedule_that_is_wrong_in_between_leaves_the_last_epoch_and_says_so() {
    let data = line_data();
    let steps = 40_000.0;
    let mut line = Line::init(1);
    let run = quiet(&mut line, &data).batch_size(1).epochs(10_000);
    let schedule = move |done: f64| if done == 9.0 / steps { f64::NAN } else { 1.0 };
    let error = run.schedule(schedule).run().unwrap_err().to_string();
    assert!(error.starts_with("factor on the learning rate: found NaN at step 10"), "{error}");
    assert!(error.ends_with("the network is that of epoch 2"), "{error}");

    let mut two = Line::init(1);
    quiet(&mut two, &data).batch_size(1).epochs(2).run().unwrap();
    assert_eq!(line.parameters(), two.parameters());
}
