//! Searches for learning rates and batch sizes: the model is unchanged, and the result is useful.

use nn::data::{Class, Dataset, fashion_mnist};
use nn::{
    Adam, AdamW, Dynamic, Muon, Network, Sgd, Show, TapeModel, Tensors, Threads, fit, init, network,
};

network! { struct Digits(dense(784 -> 32, relu), batch_norm, dense(10, softmax)); }

#[test]
fn the_rate_that_is_found_learns_more_than_one_a_hundred_times_smaller() {
    let data = fashion_mnist::sample().unwrap().train;
    let start = Digits::init(3);
    let mut digits = start.clone();
    let found = fit(&mut digits, &data).optimizer(Adam::new(7.0)).find_rate().unwrap();
    assert_eq!(
        digits.parameters(),
        start.parameters(),
        "the search changes nothing, running means included"
    );
    assert!(found.trials.len() > 30 && found.trials[0].rate == 1e-7, "{found}");
    assert!((1e-4..1.0).contains(&found.steepest), "{found}");
    let loss_at = |rate: f64| {
        let mut digits = start.clone();
        let fit = fit(&mut digits, &data).optimizer(Adam::new(rate)).epochs(2);
        fit.show(Show::Nothing).run().unwrap().last().loss
    };
    assert!(loss_at(found.steepest) < loss_at(found.steepest / 100.0));

    // The same for any number of threads, and for the same network read at run time.
    let with = |threads| {
        let threads = Threads::new(threads);
        fit(&mut start.clone(), &data).threads(&threads).find_rate().unwrap()
    };
    assert_eq!(with(1), with(3));
    let text = "dense(784 -> 32, relu), batch_norm, dense(10, softmax)";
    let mut read: Dynamic = Dynamic::parse(text).unwrap().init(3);
    assert_eq!(fit(&mut read, &data.flat()).find_rate().unwrap().trials, with(1).trials);
    let shown = found.to_string();
    assert!(shown.lines().all(|line| line.chars().count() <= 80), "{shown}");
}

#[test]
fn a_search_that_finds_nothing_says_so_and_leaves_the_network() {
    network! { struct Line(dense(1 -> 1)); }
    // Targets equal to the network's outputs: every step increases the loss.
    let mut line = Line::init(1);
    let answers = [0.5, 1.0].map(|x| line.predict(&[x]));
    let data = Dataset::new(vec![[0.5], [1.0]], answers.to_vec()).unwrap();
    let start = line.clone();
    let error = fit(&mut line, &data).optimizer(Sgd::new(1.0)).find_rate().unwrap_err();
    assert!(error.to_string().contains("at which the loss falls"), "{error}");
    assert_eq!(line.parameters(), start.parameters());
    let none: Dataset<[f32; 1], [f32; 1]> = std::iter::empty().collect();
    assert!(fit(&mut line, &none).find_rate().is_err());
    assert!(fit(&mut line, &none).find_batch_size().is_err());
}

#[test]
fn a_loss_may_be_negative() {
    let data: Dataset<[f32; 1], [f32; 1]> =
        (0..64).map(|i| i as f32 / 32.0).map(|x| ([x], [x.sin()])).collect();
    let found = |shift: f32| {
        let tensors =
            Tensors::new(1).weight("weight", [1, 16], init::GlorotNormal).bias("bias", 16);
        let mut model = TapeModel::new(
            tensors,
            |p, x| x.matmul(p["weight"])?.add(p["bias"])?.sin()?.sum_axes(&[1], true),
            move |outputs, targets| outputs.mse(targets)?.add_scalar(shift),
        );
        fit(&mut model, &data).find_rate().unwrap()
    };
    let [plain, below] = [found(0.0), found(-5.0)];
    assert!(
        below.trials.len() > 50 && below.trials.iter().any(|trial| trial.loss < 0.0),
        "{below}"
    );
    assert!((below.steepest / plain.steepest).ln().abs() < 1.0, "{plain}\n{below}");
}

#[test]
fn batch_sizes_are_measured_up_to_all_rows_and_the_network_stays() {
    network! { struct Two(dense(2 -> 4, tanh), dense(2, softmax)); }
    for rows in [1, 5, 8, 100] {
        let row = |i: usize| ([i as f32, 1.0], Class::new(i % 2).unwrap());
        let data: Dataset<[f32; 2], Class<2>> = (0..rows).map(row).collect();
        let start = Two::init(1);
        let mut two = start.clone();
        let muon = Muon::new(0.1, AdamW::new(0.1));
        let found = fit(&mut two, &data).optimizer(muon).find_batch_size().unwrap();
        assert_eq!(two.parameters(), start.parameters());
        let sizes: Vec<usize> = found.speeds.iter().map(|speed| speed.size).collect();
        let expected: &[usize] = if rows == 100 { &[8, 16, 32, 64] } else { &[rows] };
        assert_eq!(sizes, expected);
        assert!(found.speeds.iter().all(|speed| speed.rows_per_second > 0.0));
        assert!(sizes.contains(&found.suggestion));
        assert!(found.to_string().lines().all(|line| line.chars().count() <= 80));
    }
}
