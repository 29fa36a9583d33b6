//! Sharpness-aware minimization, compared with PyTorch and the authors' formulas; and failures in a
//! step.

use nn::data::Dataset;
use nn::prelude::*;
use nn::{
    Adam, Clip, ErrorKind, Groups, Lamb, LearningRate, NamedTensor, Optimizer, Sam, Sgd, Show,
    Threads, Trainer,
};

network! { struct Six(dense(1 -> 6, tanh), dense(1)); }
network! { struct Odd(dense(2 -> 9, relu), batch_norm, dropout(0.3), dense(1)); }

/// y = sin(3x) + 0.2·x² at 24 points.
fn wave() -> (Vec<[f64; 1]>, Vec<[f64; 1]>) {
    let places = (0..24).map(|i| f64::from(i) / 12.0 - 1.0);
    places.map(|x| ([x], [(3.0 * x).sin() + 0.2 * x * x])).unzip()
}

fn places(network: &Six<f64>) -> Vec<usize> {
    nn::Model::tensors(network).iter().flat_map(NamedTensor::range).collect()
}

/// The largest relative error of losses and parameters.
fn follow<O: Optimizer<f64>>(case: &crate::fixture::Case, rule: O) -> f64 {
    let mut six = Six::<f64>::init(0);
    let flat = six.parameters_mut().as_mut_slice();
    let all = places(&Six::<f64>::init(0));
    all.iter().zip(&case.input(0).values).for_each(|(&at, &number)| flat[at] = number);
    let (x, y) = wave();
    let (expected, losses) = (&case.outputs[0], &case.outputs[1].values);
    let mut trainer = Trainer::new(rule);
    let mut worst = 0.0_f64;
    let mut see = |found: f64, expected: f64| {
        let error = (found - expected).abs() / expected.abs();
        worst = if error <= worst { worst } else { error };
    };
    for (step, &loss) in losses.iter().enumerate() {
        let rows = 8 * (step % 3)..8 * (step % 3) + 8;
        see(trainer.step(&mut six, &x[rows.clone()], &y[rows]).unwrap(), loss);
        if (step + 1) % 10 == 0 {
            let row = &expected.values[step / 10 * all.len()..][..all.len()];
            let flat = six.parameters().as_slice();
            all.iter().zip(row).for_each(|(&at, &expected)| see(flat[at], expected));
        }
    }
    println!("{:<16} {worst:.1e}", case.name);
    worst
}

#[test]
fn sam_goes_where_the_authors_formulas_go() {
    let cases = crate::fixture::read_each("../../nn/tests/sam").remove("sam").unwrap();
    assert_eq!(cases.len(), 3);
    for case in &cases {
        let radius = case.number("radius", 0.0);
        let worst = match case.op.as_str() {
            "sgd" => follow(case, Sam::new(radius, Sgd::new(0.1).momentum(0.9))),
            "adam" => follow(case, Sam::new(radius, Adam::new(0.01))),
            _ => follow(case, Sam::new(radius, Adam::new(0.01)).adaptive()),
        };
        assert!(worst < 1e-10, "{}: off by {worst:e}", case.name);
    }
}

/// Both passes use the same dropout masks, running means are updated once, and the number of
/// threads does not matter.
#[test]
fn a_step_is_the_same_for_any_number_of_threads() {
    let x: Vec<[f32; 2]> = (0..300).map(|i| i as f32 / 100.0).map(|x| [x.sin(), x.cos()]).collect();
    let y: Vec<[f32; 1]> = x.iter().map(|x| [x[0] * x[1]]).collect();
    let data = Dataset::new(x, y).unwrap();
    let trained = |threads: usize| {
        let mut odd = Odd::<f32>::init(1);
        let threads = Threads::new(threads).for_any_work();
        let rule = Sam::new(0.1, Lamb::new(0.01));
        let fit = fit(&mut odd, &data).optimizer(rule).clip(Clip::norm(1.0)).threads(&threads);
        let report = fit.epochs(2).show(Show::Nothing).run().unwrap();
        (odd.parameters().clone(), report.last().loss)
    };
    let (one, loss) = trained(1);
    assert!(loss.is_finite());
    assert_eq!(trained(3), (one, loss));
}

/// Running means equal those of plain training after one step from the same weights.
#[test]
fn running_means_follow_the_parameters_themselves() {
    let (x, y) = ([[0.1, 0.9], [0.4, -0.3], [1.0, 0.2]], [[1.0], [0.0], [0.5]]);
    let state = |sam: bool| {
        let mut odd = Odd::<f32>::init(1);
        match sam {
            true => Trainer::new(Sam::new(0.5, Sgd::new(0.1))).step(&mut odd, &x, &y),
            false => Trainer::new(Sgd::new(0.1)).step(&mut odd, &x, &y),
        }
        .unwrap();
        let tensors = nn::Model::tensors(&odd);
        let kept = tensors.iter().filter(|tensor| !tensor.trained);
        let flat = odd.parameters().as_slice();
        kept.flat_map(|tensor| flat[tensor.range()].to_vec()).collect::<Vec<f32>>()
    };
    let with = state(true);
    assert!(!with.is_empty() && with.iter().any(|&x| x != 0.0));
    assert_eq!(with, state(false));
}

#[test]
fn a_place_without_a_loss_leaves_the_parameters_as_they_were() {
    let (x, y) = wave();
    let mut six = Six::<f64>::init(1);
    let before = six.clone();
    let mut trainer = Trainer::new(Sam::new(1e200, Sgd::new(0.1)));
    let error = trainer.step(&mut six, &x, &y).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Diverged);
    let text = error.to_string();
    assert!(text.starts_with("loss for sam: found ") && text.contains("are unchanged"), "{text}");
    assert_eq!(six.parameters(), before.parameters());
    let error = Trainer::new(Sam::new(-1.0, Sgd::new(0.1))).step(&mut six, &x, &y).unwrap_err();
    assert!(error.to_string().starts_with("radius of sam: found -1"), "{error}");
    let mut rule = Sam::new(0.1, Adam::new(0.1));
    rule.set_learning_rate(0.5);
    assert_eq!(rule.rule.learning_rate, 0.5);
}

/// Frozen parameters neither move nor count in the norm of the gradient.
#[test]
fn frozen_layers_stay_where_they_are() {
    network! { struct Named { hidden: dense(1 -> 6, tanh), output: dense(1) } }
    let (x, y) = wave();
    let first = Named::<f64>::init(1);
    let mut named = first.clone();
    let rule = Sam::new(0.5, Sgd::new(0.1));
    let mut trainer = Trainer::new(rule).groups(Groups::new().freeze("hidden"));
    (0..5).for_each(|_| assert!(trainer.step(&mut named, &x, &y).is_ok()));
    for tensor in nn::Model::tensors(&named) {
        let [now, before] = [&named, &first].map(|it| &it.parameters().as_slice()[tensor.range()]);
        assert_eq!(now == before, tensor.name.starts_with("hidden"), "{}", tensor.name);
    }
}
