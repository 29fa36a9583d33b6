//! Splits and folds in training and evaluation: views give the same bits as data sets with the same
//! rows.

use nn::data::{Class, Dataset, Source, View, folds, split};
use nn::metric::{Accuracy, LogLoss, cross_validate, cross_validate_with};
use nn::prelude::*;
use nn::{Show, Threads};

network! { struct Net(dense(2 -> 8, tanh), dense(2, softmax)); }

fn data(rows: usize) -> Dataset<[f32; 2], Class<2>> {
    let point = |i: usize| [(i * 37 % 101) as f32 / 50.0 - 1.0, (i * 53 % 89) as f32 / 44.0 - 1.0];
    let class = |[x, y]: [f32; 2]| Class::new(usize::from(x * x + y > 0.2)).unwrap();
    (0..rows).map(|i| (point(i), class(point(i)))).collect()
}

fn trained(source: &dyn Source<[f32; 2], Class<2>>, seed: u64) -> Net {
    let mut net = Net::init(seed);
    let training = fit(&mut net, source).epochs(5).batch_size(16).learning_rate(0.02).seed(seed);
    training.threads(&Threads::new(1)).show(Show::Nothing).run().unwrap();
    net
}

#[test]
fn a_view_trains_and_judges_as_a_copy_of_its_rows_does() {
    let data = data(300);
    let [train, test] = split(&data, [0.7, 0.3]).stratified().seed(4).views().unwrap();
    let copy = |view: &View<'_, [f32; 2], Class<2>>| -> Dataset<[f32; 2], Class<2>> {
        view.rows().iter().map(|&row| (data.inputs()[row], data.targets()[row])).collect()
    };
    let (by_view, by_copy) = (trained(&train, 1), trained(&copy(&train), 1));
    assert_eq!(by_view.parameters().as_slice(), by_copy.parameters().as_slice());
    assert_ne!(by_view.parameters().as_slice(), trained(&test, 1).parameters().as_slice());
    assert_eq!(by_view.evaluate(&test).unwrap(), by_view.evaluate(&copy(&test)).unwrap());
    let loss = |source| by_view.evaluation(source).measure(LogLoss::default()).unwrap();
    assert_eq!(loss(&test), loss(&copy(&test)));
    // A view of a view for training, and a view for validation.
    let [first, second] = split(&train, [0.5, 0.5]).views().unwrap();
    let mut net = Net::init(2);
    let training = fit(&mut net, &first).validation(&second).epochs(2).show(Show::Nothing);
    let report = training.run().unwrap();
    assert_eq!(report.last().validation, Some(net.evaluate(&copy_of(&train, &second)).unwrap()));
}

/// The rows of a view of a view.
fn copy_of<'d>(
    whole: &View<'d, [f32; 2], Class<2>>,
    part: &View<'d, [f32; 2], Class<2>>,
) -> Dataset<[f32; 2], Class<2>> {
    let all = data(300);
    let rows = part.rows().iter().map(|&row| whole.rows()[row]);
    rows.map(|row| (all.inputs()[row], all.targets()[row])).collect()
}

#[test]
fn cross_validation_has_the_bits_of_one_fold_after_the_other() {
    let data = data(120);
    let made = || folds(&data, 4).stratified().repeated(2).seed(6).views().unwrap();
    let by_hand: Vec<f64> = made()
        .map(|fold| {
            let net =
                trained(&fold.train, 10 * fold.number.repeat as u64 + fold.number.fold as u64);
            net.evaluation(&fold.test).measure(Accuracy::default()).unwrap().unwrap()
        })
        .collect();
    let score = |train: &View<'_, _, _>, test: &View<'_, _, _>, number: nn::data::FoldNumber| {
        let net = trained(train, 10 * number.repeat as u64 + number.fold as u64);
        net.evaluation(test).threads(&Threads::new(1)).measure(Accuracy::default())
    };
    for threads in [1, 2, 3] {
        let found = cross_validate_with(&Threads::new(threads), made(), score).unwrap();
        let values: Vec<f64> = found.scores.iter().map(|score| score.value).collect();
        assert_eq!(values, by_hand);
    }
    // The same threads inside and outside.
    let found = cross_validate(made(), |_, test, _| Net::init(1).evaluate(test).map(|m| m.loss));
    assert_eq!(found.unwrap().scores.len(), 8);
}

/// An empty view is refused where it is used, like an empty data set.
#[test]
fn an_empty_view_is_refused() {
    let data = data(4);
    let none = View::new(&data, Vec::new()).unwrap();
    let error = Net::init(1).evaluate(&none).unwrap_err().to_string();
    assert!(error.starts_with("number of rows: found 0"), "{error}");
    assert!(fit(&mut Net::init(1), &none).show(Show::Nothing).run().is_err());
}
