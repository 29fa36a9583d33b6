//! Batches in shards: the gradient is summed as a tree over them, and the parts cover the batch.

use nn::data::{Class, Dataset};
use nn::prelude::*;
use nn::tensor::random::Random;
use nn::{
    Adam, Average, Checkpoints, Clip, Dynamic, Model, Sam, Sgd, Show, TapeModel, Tensors, Threads,
    Trainer,
};

network! {
    struct Plain(dense(6 -> 40, tanh), dense(3, softmax));
    struct Normed {
        first: batch_norm,
        hidden: dense(6 -> 40, relu),
        drop: dropout(0.2),
        output: dense(3, softmax),
    }
}

pub(crate) type Rows = Dataset<[f32; 6], Class<3>>;

pub(crate) fn rows(seed: u64, count: u64) -> Rows {
    let random = Random::new(seed, 1);
    let rows = (0..count).map(|row| {
        let input: [f32; 6] = std::array::from_fn(|i| random.normal(row * 6 + i as u64));
        (input, Class::new(usize::from(input[0] > 0.0) + usize::from(input[1] > 0.5)).unwrap())
    });
    rows.collect()
}

pub(crate) fn bits(numbers: &[f32]) -> Vec<u32> {
    numbers.iter().map(|number| number.to_bits()).collect()
}

/// The tree sum over leaves, written out.
fn tree(leaves: &[Vec<f32>]) -> Vec<f32> {
    match leaves {
        [leaf] => leaf.clone(),
        leaves => {
            let (left, right) = leaves.split_at(leaves.len() / 2);
            tree(left).iter().zip(tree(right)).map(|(a, b)| a + b).collect()
        }
    }
}

#[test]
fn the_gradient_is_a_tree_over_the_parts() {
    let net = Plain::init(1);
    for (count, shards) in [(64, 8), (11, 4), (3, 8), (100, 1), (1, 2)] {
        let data = rows(3, count);
        let (x, t) = (data.inputs(), data.targets());
        let leaf = |part: usize| {
            let rows = part * x.len() / shards..(part + 1) * x.len() / shards;
            let share = rows.len() as f32 / x.len() as f32;
            let mut trainer = Trainer::new(Sgd::new(0.1));
            if rows.is_empty() {
                return vec![0.0; net.flat().len() + 1];
            }
            let loss = trainer.differentiate(&net, &x[rows.clone()], &t[rows]).unwrap();
            trainer.gradient().iter().chain([&loss]).map(|g| g * share).collect()
        };
        let wanted = tree(&(0..shards).map(leaf).collect::<Vec<_>>());
        for threads in [1, 3] {
            let threads = Threads::new(threads).for_any_work();
            let mut trainer = Trainer::new(Sgd::new(0.1)).threads(&threads).shards(shards);
            let loss = trainer.differentiate(&net, x, t).unwrap();
            let found = [trainer.gradient(), &[loss]].concat();
            assert_eq!(bits(&found), bits(&wanted), "{count} rows in {shards}");
        }
    }
}

#[test]
fn one_part_is_the_batch() {
    let data = rows(4, 150);
    let train = |shards: Option<usize>, sam: bool| {
        let mut net = Normed::init(1);
        let run =
            fit(&mut net, &data).validation(&data).epochs(3).batch_size(32).show(Show::Nothing);
        let run = run.seed(5).clip(Clip::norm(0.3)).average(Average::exponential(0.9));
        let run = if let Some(shards) = shards { run.shards(shards) } else { run };
        let report = match sam {
            true => run.optimizer(Sam::new(0.05, Adam::new(0.01))).run(),
            false => run.run(),
        };
        (bits(net.flat()), report.unwrap().last().loss)
    };
    for sam in [false, true] {
        assert_eq!(train(None, sam), train(Some(1), sam));
        assert_ne!(train(None, sam), train(Some(4), sam), "running means are those of parts");
    }
}

#[test]
fn all_three_kinds_train_in_parts() {
    let data = rows(5, 90);
    let mut declared = Plain::init(1);
    let mut dynamic: Dynamic =
        Dynamic::parse("dense(6 -> 40, tanh), dense(3, softmax)").unwrap().init(1);
    let tensors = declared.tensors();
    let flat = declared.flat().to_vec();
    let tensors = tensors.iter().fold(Tensors::new(1), |all, tensor| {
        all.values(&tensor.name, &tensor.shape, &flat[tensor.range()])
    });
    let mut tape = TapeModel::<_, [f32; 6], Class<3>>::new(
        tensors,
        |p, x| {
            let hidden = x.matmul(p["layer1.weight"])?.add(p["layer1.bias"])?.tanh()?;
            hidden.matmul(p["layer2.weight"])?.add(p["layer2.bias"])
        },
        |logits, targets| logits.soft_cross_entropy(targets),
    );
    let (a, b, c) = (
        fit(&mut declared, &data)
            .shards(8)
            .epochs(2)
            .batch_size(20)
            .show(Show::Nothing)
            .run()
            .unwrap(),
        fit(&mut dynamic, &data.flat())
            .shards(8)
            .epochs(2)
            .batch_size(20)
            .show(Show::Nothing)
            .run()
            .unwrap(),
        fit(&mut tape, &data).shards(8).epochs(2).batch_size(20).show(Show::Nothing).run().unwrap(),
    );
    assert_eq!(bits(declared.flat()), bits(dynamic.flat()));
    assert_eq!(a.last().loss, b.last().loss);
    assert!((a.last().loss - c.last().loss).abs() < 1e-5, "{a} {c}");
}

#[test]
fn what_batch_norm_keeps_is_the_mean_of_the_parts() {
    let data = rows(6, 48);
    let (x, t) = (data.inputs(), data.targets());
    let start = Normed::init(2);
    let still = |trainer: Trainer<Normed, Sgd>, x: &[_], t: &[_]| {
        let (mut net, mut trainer) = (start.clone(), trainer);
        trainer.differentiate(&net, x, t).unwrap();
        let nothing = vec![0.0; net.flat().len()];
        trainer.apply(&mut net, &nothing).unwrap();
        net.flat().to_vec()
    };
    let leaf = |part: usize| {
        let rows = part * 12..(part + 1) * 12;
        let flat = still(Trainer::new(Sgd::new(0.1)), &x[rows.clone()], &t[rows]);
        flat.iter().map(|x| x * 0.25).collect()
    };
    let wanted = tree(&(0..4).map(leaf).collect::<Vec<_>>());
    let found = still(Trainer::new(Sgd::new(0.1)).shards(4), x, t);
    for tensor in start.tensors().iter().filter(|tensor| tensor.kind == nn::TensorKind::State) {
        let range = tensor.range();
        assert_eq!(bits(&found[range.clone()]), bits(&wanted[range.clone()]), "{}", tensor.name);
        assert_ne!(bits(&found[range.clone()]), bits(&start.flat()[range]), "{}", tensor.name);
    }
}

#[test]
fn a_training_in_parts_goes_on_from_a_checkpoint() {
    let data = rows(7, 70);
    let dir = std::env::temp_dir().join(format!("nn-shards-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&dir);
    let train = |epochs, shards, dir: Option<&std::path::Path>| {
        let mut net = Normed::init(1);
        let run =
            fit(&mut net, &data).epochs(epochs).batch_size(20).shards(shards).show(Show::Nothing);
        let run =
            if let Some(dir) = dir { run.checkpoint(Checkpoints::in_directory(dir)) } else { run };
        run.run().map(|_| bits(net.flat()))
    };
    train(2, 4, Some(&dir)).unwrap();
    assert_eq!(train(4, 4, Some(&dir)).unwrap(), train(4, 4, None).unwrap());
    let error = train(5, 2, Some(&dir)).unwrap_err().to_string();
    assert!(error.contains("found shards 4, expected shards 2"), "{error}");
    std::fs::remove_dir_all(&dir).unwrap();
}

#[test]
fn what_makes_no_tree_is_refused() {
    let data = rows(8, 21);
    let refused = |shards, batch_size| {
        let mut net = Normed::init(1);
        let run = fit(&mut net, &data).batch_size(batch_size).shards(shards).show(Show::Nothing);
        run.run().unwrap_err().to_string()
    };
    assert!(refused(3, 7).starts_with("shards: found 3, expected a power of two"));
    let error = refused(4, 7);
    assert!(error.starts_with("batch size: found 1") && error.contains("in 4 shards"), "{error}");
    let mut trainer = Trainer::new(Sgd::new(0.1)).shards(6);
    let error = trainer.step(&mut Plain::init(1), data.inputs(), data.targets()).unwrap_err();
    assert!(error.to_string().starts_with("shards: found 6"), "{error}");
    let mut trainer = Trainer::new(Sgd::new(0.1)).shards(2);
    for (x, t) in
        [(&data.inputs()[..0], &data.targets()[..0]), (data.inputs(), &data.targets()[1..])]
    {
        let error = trainer.step(&mut Plain::init(1), x, t).unwrap_err().to_string();
        assert!(error.starts_with("batch: found"), "{error}");
    }
}
