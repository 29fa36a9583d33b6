//! Weights of rows: in every kind of model, loss and metric, and compared with scikit-learn.

use nn::data::{Class, Dataset, Source, View, WeightedRows, balanced_weights};
use nn::loss::{binary_cross_entropy, cross_entropy, focal, mse, weighted};
use nn::metric::{Accuracy, F1, LogLoss, Mae};
use nn::prelude::*;
use nn::tensor::random::Random;
use nn::{
    Adam, Dynamic, Model, NamedTensor, Result, Sgd, Show, TapeModel, Tensors, Threads, Trainer,
};

use crate::shards::{Rows, bits, rows};

network! {
    struct Classes(dense(3 -> 4, tanh), dense(3, softmax));
    struct Events(dense(3 -> 4, tanh), dense(2, sigmoid));
    struct Numbers(dense(3 -> 4, tanh), dense(1));
    struct Wide(dense(6 -> 40, tanh), dropout(0.2), dense(3, softmax));
    struct Two {
        trunk: dense(6 -> 8, tanh),
        answer: heads { class: dense(8 -> 3, softmax), number: dense(8 -> 1) },
    }
}

/// The numbers of a line of `sklearn/weights.txt`.
fn said(name: &str) -> Vec<f64> {
    let text = include_str!("../sklearn/weights.txt");
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    let line = line.unwrap_or_else(|| panic!("weights.txt has no line {name}"));
    line.split(' ').map(|number| number.parse().unwrap()).collect()
}

fn near(found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len());
    let far =
        found.iter().zip(expected).find(|(a, b)| (**a - **b).abs() > 1e-12 * b.abs().max(1.0));
    assert_eq!(far, None, "{found:?}\n{expected:?}");
}

fn trainer<M: Model>() -> Trainer<M, Sgd> {
    Trainer::new(Sgd::new(0.3)).threads(&Threads::new(1))
}

/// Takes the same steps as scikit-learn from the same start.
fn follow<M: Model<Float = f64, Input = [f64; 3]>>(
    name: &str,
    model: &mut M,
    mut trainer: Trainer<M, Sgd>,
    targets: &[M::Target],
    weights: &[f64],
) {
    let of = |what: &str| said(&format!("{name}.{what}"));
    let places: Vec<_> = model.tensors().iter().map(NamedTensor::range).collect();
    let places: Vec<usize> = places.into_iter().flatten().collect();
    let start = of("start");
    assert_eq!(places.len(), start.len());
    for (&place, start) in places.iter().zip(start) {
        model.flat_mut()[place] = start;
    }
    let inputs = of("inputs");
    let (inputs, _) = inputs.as_chunks::<3>();
    let losses: Vec<f64> =
        (0..6).map(|_| trainer.step_weighted(model, inputs, targets, weights).unwrap()).collect();
    near(&losses, &of("losses"));
    let end: Vec<f64> = places.iter().map(|&place| model.flat()[place]).collect();
    near(&end, &of("end"));
}

#[test]
fn steps_and_losses_are_those_of_scikit_learn() {
    let classes = |name: &str| -> Vec<Class<3>> {
        let labels = said(name);
        labels.iter().map(|&label| Class::new(label as usize).unwrap()).collect()
    };
    let t = classes("classes.targets");
    let mut net = Classes::<f64>::init(1);
    follow("classes", &mut net, trainer(), &t, &said("classes.weights"));

    // Weights of rows and of classes, which are multiplied in advance for scikit-learn.
    let by_class: [f64; 3] = said("both.classes").try_into().unwrap();
    let with_classes = trainer().loss(cross_entropy().class_weights(by_class));
    follow("both", &mut net, with_classes, &t, &said("both.rows"));
    follow("both", &mut net, trainer(), &t, &said("both.weights"));

    let numbers = said("numbers.targets");
    let half = trainer().loss(weighted(0.5, mse()));
    let (numbers, _) = numbers.as_chunks::<1>();
    follow("numbers", &mut Numbers::<f64>::init(1), half, numbers, &said("numbers.weights"));

    let events = said("events.targets");
    let (events, _) = events.as_chunks::<2>();
    let sum = trainer().loss(weighted(2.0, binary_cross_entropy()));
    follow("events", &mut Events::<f64>::init(1), sum, events, &said("events.weights"));
}

#[test]
fn balanced_weights_are_those_of_scikit_learn() {
    let labels: Vec<usize> = said("classes.targets").iter().map(|&label| label as usize).collect();
    let data =
        Dataset::new(vec![[0.0_f32]; 11], Class::<3>::from_labels(&labels).unwrap()).unwrap();
    near(&balanced_weights(&data).unwrap(), &said("classes.balanced"));
    // Rows with weights are equivalent to repeated rows.
    let thrice = WeightedRows::new(&data, vec![3.0; 11]).unwrap();
    near(&balanced_weights(&thrice).unwrap(), &said("classes.balanced"));
}

/// How often each row is repeated in data where weights are repetitions.
fn times(row: usize) -> usize {
    [2, 0, 1, 3, 1][row % 5]
}

/// The rows, each repeated according to its weight.
fn repeated<X, Y>(data: &dyn Source<X, Y>) -> View<'_, X, Y> {
    let rows = (0..data.len()).flat_map(|row| std::iter::repeat_n(row, times(row)));
    View::new(data, rows.collect()).unwrap()
}

fn weights(rows: usize) -> Vec<f64> {
    (0..rows).map(|row| times(row) as f64).collect()
}

/// A model on the tape whose loss is one number per row.
fn on_the_tape(by_row: bool) -> impl Model<Float = f32, Input = [f32; 6], Target = Class<3>> {
    let tensors = Tensors::new(1).weight("weight", [6, 3], nn::init::GlorotNormal).bias("bias", 3);
    TapeModel::new(
        tensors,
        |p, x| x.matmul(p["weight"])?.add(p["bias"]),
        move |outputs, targets| {
            let losses = outputs.log_softmax(1)?.mul(targets)?.sum_axes(&[1], false)?.neg()?;
            if by_row { Ok(losses) } else { losses.mean() }
        },
    )
}

fn dynamic() -> Dynamic {
    Dynamic::parse("struct Wide(dense(6 -> 40, tanh), dropout(0.2), dense(3, softmax));").unwrap()
}

/// Parameters after a training, and the losses that it reports.
fn trained<M: Model<Float = f32>>(
    mut model: M,
    data: &dyn Source<M::Input, M::Target>,
    shards: Option<usize>,
    threads: usize,
) -> (Vec<u32>, Vec<u64>) {
    let threads = Threads::new(threads).for_any_work();
    let mut run = fit(&mut model, data).validation(data).epochs(3).batch_size(16).seed(4);
    if let Some(shards) = shards {
        run = run.shards(shards);
    }
    let report = run.threads(&threads).show(Show::Nothing).run().unwrap();
    let losses = report.epochs.iter().flat_map(|epoch| {
        let validation = epoch.validation.unwrap();
        [epoch.loss, validation.loss, validation.accuracy.unwrap_or(9.0)].map(f64::to_bits)
    });
    (bits(model.flat()), losses.collect())
}

#[test]
fn all_ones_have_the_bits_of_no_weights() {
    let data = rows(3, 50);
    let ones = WeightedRows::new(&data, vec![1.0; 50]).unwrap();
    let flat = data.flat();
    let flat_ones = WeightedRows::new(&flat, vec![1.0; 50]).unwrap();
    for (shards, threads) in [(None, 1), (None, 3), (Some(4), 2)] {
        let wide = |data: &dyn Source<_, _>| trained(Wide::init(1), data, shards, threads);
        assert!(wide(&data) == wide(&ones), "{shards:?} {threads}");
        let run_time = |data: &dyn Source<_, _>| trained(dynamic(), data, shards, threads);
        assert!(run_time(&flat) == run_time(&flat_ones), "{shards:?} {threads}");
        let tape = |data: &dyn Source<_, _>| trained(on_the_tape(true), data, shards, threads);
        assert!(tape(&data) == tape(&ones), "{shards:?} {threads}");
    }
}

#[test]
fn threads_do_not_change_weighted_bits() {
    let data = rows(3, 200);
    let weighted = WeightedRows::new(&data, weights(200)).unwrap();
    let flat = data.flat();
    let flat_weighted = WeightedRows::new(&flat, weights(200)).unwrap();
    let declared = trained(Wide::init(1), &weighted, None, 1);
    assert!(declared == trained(Wide::init(1), &weighted, None, 3));
    assert!(declared.0 != trained(Wide::init(1), &data, None, 1).0);
    // The network with run-time widths gives the same.
    let mut same = dynamic();
    same.flat_mut().copy_from_slice(Wide::init(1).flat());
    assert!(declared == trained(same, &flat_weighted, None, 2));
}

/// Loss and gradient of a batch with weights, and of one where each row is repeated according to
/// its weight.
fn as_repeated<M: Model<Float = f32>>(
    model: &M,
    mut trainer: Trainer<M, Sgd>,
    data: &dyn Source<M::Input, M::Target>,
) {
    let weighted = WeightedRows::new(data, weights(data.len())).unwrap();
    let (mut x, mut t) = (Vec::new(), Vec::new());
    let mut of = |trainer: &mut Trainer<M, Sgd>, data: &dyn Source<_, _>, weights: &[f64]| {
        let all: Vec<usize> = (0..data.len()).collect();
        data.fill(&all, &mut x, &mut t, &Threads::new(1));
        let loss = trainer.differentiate_weighted(model, &x, &t, weights).unwrap();
        (loss, trainer.gradient().to_vec())
    };
    let repeated = repeated(data);
    let few = of(&mut trainer, data, &weights(data.len()));
    let many = of(&mut trainer, &repeated, &[]);
    assert!((few.0 - many.0).abs() < 1e-5 * many.0.abs(), "{} and {}", few.0, many.0);
    let largest = many.1.iter().fold(0.0_f32, |most, g| most.max(g.abs()));
    assert!(largest > 0.0);
    for (a, b) in few.1.iter().zip(&many.1) {
        assert!((a - b).abs() < 1e-5 * largest, "{a} and {b}");
    }
    let judged = [&weighted as &dyn Source<_, _>, &repeated].map(|data| {
        let metrics = trainer.evaluate(model, data).unwrap();
        [metrics.loss, metrics.accuracy.unwrap_or(1.0)]
    });
    near_in_single(&judged[0], &judged[1]);
}

fn near_in_single(found: &[f64], expected: &[f64]) {
    let near = |(a, b): (&f64, &f64)| (a - b).abs() < 1e-5 * b.abs().max(1.0);
    assert!(found.iter().zip(expected).all(near), "{found:?}, {expected:?}");
}

#[test]
fn a_weight_is_a_number_of_rows() {
    network! { struct Plain(dense(6 -> 40, tanh), dense(3, softmax)); }
    let data = rows(5, 43);
    let flat = data.flat();
    let by_class = [0.5, 2.0, 7.0];
    for shards in [1, 4, 16] {
        let trainer = || Trainer::new(Sgd::new(0.1)).shards(shards);
        let net = Plain::init(1);
        as_repeated(&net, trainer(), &data);
        as_repeated(&net, trainer().loss(cross_entropy().class_weights(by_class)), &data);
        as_repeated(&net, trainer().loss(focal(2.0).class_weights(by_class)), &data);
        as_repeated(&on_the_tape(true), Trainer::new(Sgd::new(0.1)).shards(shards), &data);
        let run_time = Dynamic::parse("struct Plain(dense(6 -> 40, tanh), dense(3, softmax));");
        as_repeated(&run_time.unwrap(), Trainer::new(Sgd::new(0.1)).shards(shards), &flat);
        let both: Dataset<_, _> = data.iter().map(|(&x, &t)| (x, (t, [x[0]]))).collect();
        let losses = (cross_entropy().class_weights(by_class), weighted(0.3, mse()));
        if shards == 1 {
            as_repeated(&Two::init(1), Trainer::new(Sgd::new(0.1)).loss(losses), &both);
        }
    }
}

/// Class weights are divided by their sum over the whole batch, regardless of the parts.
#[test]
fn parts_of_a_batch_weigh_as_the_whole() {
    let data = rows(5, 43);
    let of = |shards: usize, weights: &[f64]| {
        let losses = (cross_entropy().class_weights([0.1, 5.0, 1.0]), mse());
        let mut trainer = Trainer::new(Sgd::new(0.1)).loss(losses).shards(shards);
        let targets: Vec<_> = data.iter().map(|(x, &t)| (t, [x[0]])).collect();
        let net = Two::init(1);
        let loss = trainer.differentiate_weighted(&net, data.inputs(), &targets, weights).unwrap();
        let numbers = trainer.gradient().iter().chain([&loss]);
        numbers.map(|&x| f64::from(x)).collect::<Vec<_>>()
    };
    for weights in [&[][..], &weights(43)] {
        for shards in [2, 8, 64] {
            near_in_single(&of(shards, weights), &of(1, weights));
        }
    }
}

#[test]
fn metrics_see_the_weights() {
    let data = rows(6, 40);
    let weighted = WeightedRows::new(&data, weights(40)).unwrap();
    let repeated = repeated(&data);
    let net = Wide::init(2);
    let of = |data: &dyn Source<_, _>| {
        let metrics = (Accuracy::default(), F1::macro_mean(), LogLoss::default());
        let (accuracy, f1, loss) = net.evaluation(data).measure(metrics).unwrap();
        let metrics = net.evaluate(data).unwrap();
        let heads = net.evaluation(data).heads().unwrap();
        let all = [accuracy, f1, loss, Some(metrics.loss), metrics.accuracy, Some(heads[0].loss)];
        all.map(Option::unwrap)
    };
    near_in_single(&of(&weighted), &of(&repeated));
    let (flat, run_time) = (data.flat(), dynamic());
    let flat_weighted = WeightedRows::new(&flat, weights(40)).unwrap();
    let flat_repeated = View::new(&flat, repeated.rows().to_vec()).unwrap();
    let of = |data: &dyn Source<_, _>| {
        let loss = run_time.measure(data, LogLoss::default()).unwrap().unwrap();
        [loss, run_time.evaluate(data).unwrap().loss]
    };
    near_in_single(&of(&flat_weighted), &of(&flat_repeated));
}

#[test]
fn a_solver_weighs_rows() {
    // y = 2x + 1, and rows with weight 0.
    let data: Dataset<[f64; 1], [f64; 1]> = (0..20)
        .map(|i| ([f64::from(i)], [if i % 5 == 1 { 90.0 } else { 2.0 * f64::from(i) + 1.0 }]))
        .collect();
    let weighted = WeightedRows::new(&data, weights(20)).unwrap();
    network! { struct Line(dense(1 -> 1)); }
    let mut line = Line::<f64>::init(1);
    nn::solve::lbfgs(&mut line, &weighted).run().unwrap();
    assert!((line.predict(&[6.0])[0] - 13.0).abs() < 1e-6);
    let error = nn::solve::levenberg_marquardt(&mut line, &weighted).run().unwrap_err().to_string();
    assert!(error.starts_with("weights of rows for levenberg_marquardt: found some"), "{error}");
}

#[test]
fn what_cannot_be_weighed_is_refused() {
    let data: Rows = rows(1, 8);
    let some = WeightedRows::new(&data, weights(8)).unwrap();
    let run = fit(&mut on_the_tape(false), &some).show(Show::Nothing).run();
    let error = run.unwrap_err().to_string();
    assert!(error.contains("8 numbers, one for each row, since the rows have weights"), "{error}");

    let mut net = Wide::init(1);
    let mut trainer = Trainer::new(Sgd::new(0.1));
    for (weights, found) in [(&[1.0][..], "1 weights"), (&[1.0, f64::NAN], "NaN")] {
        let (x, t) = (&data.inputs()[..2], &data.targets()[..2]);
        let error = trainer.step_weighted(&mut net, x, t, weights).unwrap_err().to_string();
        assert!(error.starts_with(&format!("weights of a batch: found {found}")), "{error}");
    }

    /// Invalid weights.
    struct Wrong<'d>(&'d Rows);
    impl Source<[f32; 6], Class<3>> for Wrong<'_> {
        fn len(&self) -> usize {
            self.0.len()
        }
        fn fill(&self, rows: &[usize], x: &mut Vec<[f32; 6]>, t: &mut Vec<Class<3>>, on: &Threads) {
            self.0.fill(rows, x, t, on);
        }
        fn weight(&self, row: usize) -> Option<f64> {
            Some(1.0 - row as f64)
        }
    }
    for error in [
        fit(&mut net, &Wrong(&data)).show(Show::Nothing).run().map(|_| ()).unwrap_err(),
        net.evaluate(&Wrong(&data)).map(|_| ()).unwrap_err(),
    ] {
        assert!(error.to_string().starts_with("weights of rows 2, 3, 4"), "{error}");
    }
}

/// A model that ignores weights must not be trained with them.
#[test]
fn a_model_that_does_not_weigh_is_refused() -> Result<()> {
    use nn::model::{Batch, Run};
    struct Point([f32; 1]);
    impl Model for Point {
        type Float = f32;
        type Input = [f32; 6];
        type Target = Class<3>;
        type Loss = ();
        type Workspace = ();
        fn tensors(&self) -> Vec<NamedTensor> {
            vec![NamedTensor::new("place", &[], 0)]
        }
        fn flat(&self) -> &[f32] {
            &self.0
        }
        fn flat_mut(&mut self) -> &mut [f32] {
            &mut self.0
        }
        fn outputs(&self, _: &[[f32; 6]], _: &Threads) -> Vec<f32> {
            Vec::new()
        }
        fn differentiate(
            &self,
            _: Batch<'_, Self>,
            (): &mut (),
            (): &mut (),
            _: &Run<'_>,
        ) -> Result<f32> {
            Ok(self.0[0])
        }
        fn gradient(&self, _: Batch<'_, Self>, (): &mut (), gradient: &mut [f32]) {
            gradient[0] = 1.0;
        }
    }
    let data = rows(1, 8);
    let some = WeightedRows::new(&data, weights(8))?;
    let error = fit(&mut Point([0.0]), &some).show(Show::Nothing).run().unwrap_err().to_string();
    assert!(error.starts_with("weights of rows for Point: found some"), "{error}");
    let error = Trainer::new(Sgd::new(0.1)).evaluate(&Point([0.0]), &some).unwrap_err().to_string();
    assert!(error.starts_with("weights of rows for Point: found some"), "{error}");
    fit(&mut Point([0.0]), &data).optimizer(Adam::new(0.1)).show(Show::Nothing).run()?;
    Ok(())
}

#[test]
fn other_weights_are_other_data() {
    let data = rows(1, 32);
    let directory = std::env::temp_dir().join(format!("weights-{}", std::process::id()));
    let run = |weight: f64, epochs| {
        let mut weights = weights(32);
        weights[0] = weight;
        let weighted = WeightedRows::new(&data, weights).unwrap();
        let mut net = Wide::init(1);
        let run = fit(&mut net, &weighted).epochs(epochs).checkpoint(&directory);
        run.show(Show::Nothing).run().map(|report| report.epochs.len())
    };
    assert_eq!(run(2.0, 1).unwrap(), 1);
    assert_eq!(run(2.0, 2).unwrap(), 2);
    let error = run(2.5, 3).unwrap_err().to_string();
    std::fs::remove_dir_all(&directory).unwrap();
    assert!(error.contains(", weights "), "{error}");
}

#[test]
fn numbers_have_weights_too() {
    let data: Dataset<[f32; 3], [f32; 1]> = {
        let random = Random::new(7, 1);
        (0..40)
            .map(|row| ([0, 1, 2].map(|i| random.normal(row * 3 + i)), [random.normal(200 + row)]))
            .collect()
    };
    let weighted = WeightedRows::new(&data, weights(40)).unwrap();
    let repeated = repeated(&data);
    let net = Numbers::init(3);
    let of =
        |data: &dyn Source<_, _>| net.evaluation(data).measure(Mae::default()).unwrap().unwrap();
    near_in_single(&[of(&weighted)], &[of(&repeated)]);
}

/// Weights of rows and classes are summed over the rows of all ranks, in the order of the parts.
#[test]
fn ranks_weigh_as_one() {
    let data = rows(8, 90);
    let weighted = WeightedRows::new(&data, weights(90)).unwrap();
    let train = |world: Option<&nn::distributed::World>| {
        let mut net = Wide::init(1);
        let run = fit(&mut net, &weighted).validation(&weighted).epochs(3).batch_size(32);
        let run = run.loss(cross_entropy().class_weights([0.2, 1.0, 5.0])).show(Show::Nothing);
        let run = match world {
            Some(world) => run.distributed(world),
            None => run.shards(8),
        };
        let report = run.threads(&Threads::new(1)).run().unwrap();
        let losses = report.epochs.iter().map(|epoch| epoch.validation.unwrap().loss.to_bits());
        (bits(net.flat()), losses.collect::<Vec<_>>())
    };
    let alone = train(None);
    for ranks in [1, 2, 4] {
        for of_rank in nn::distributed::threads::run(ranks, |world| train(Some(&world))) {
            assert!(of_rank == alone, "{ranks} ranks");
        }
    }
}
