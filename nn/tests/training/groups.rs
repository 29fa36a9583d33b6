//! Layers that are trained differently: frozen layers do not change, and rates and decay act as if
//! the network were several. Tested with every kind of model and any number of threads.

use std::collections::BTreeSet;

use nn::data::{Class, Dataset};
use nn::model::Model;
use nn::{
    Adam, AdamW, Clip, Dynamic, Groups, Layered, Muon, NamedTensor, Network, Optimizer, Sgd, Show,
    Threads, Trainer, fit, init, network,
};

network! {
    pub struct Encoder { first: dense(5 -> 7, tanh), second: dense(6) }

    pub struct Net {
        encoder: Encoder,
        norm: batch_norm,
        drop: dropout(0.1),
        block: residual(dense(6, relu), dense(6)) * 2,
        output: dense(3, softmax),
    }

    struct Joined {
        inputs: concat {
            wide: dense(6 -> 9, gelu), narrow: (dense(6 -> 3), layer_norm), more: input(2),
        },
        output: dense(3),
    }

    struct Sized<const H: usize> { encoder: Encoder, hidden: dense(6 -> H, relu), output: dense(2) }
    struct Odd {
        __: dense(2 -> 2), self_: dense(2), hidden_1: dense(2), hidden1: dense(2), _2: dense(2),
    }
}

fn data(seed: u64, rows: u64) -> Dataset<[f32; 5], Class<3>> {
    let random = init::Random::new(seed, 0);
    let row = |i: u64| {
        let x: [f32; 5] = std::array::from_fn(|k| random.normal(i * 5 + k as u64));
        (x, Class::new((x[0] > 0.0) as usize + (x[1] > 0.3) as usize).unwrap())
    };
    (0..rows).map(row).collect()
}

fn tensors<M: Model>(model: &M) -> impl Iterator<Item = (NamedTensor, Vec<M::Float>)> {
    let all = model.tensors().into_iter();
    all.map(|tensor| (tensor.clone(), model.flat()[tensor.range()].to_vec()))
}

/// The tensors that differ.
fn changed<M: Model>(before: &M, after: &M) -> BTreeSet<String> {
    let pairs = tensors(before).zip(tensors(after));
    pairs.filter(|((_, a), (_, b))| a != b).map(|((tensor, _), _)| tensor.name).collect()
}

#[test]
fn every_tensor_belongs_to_a_layer_and_has_its_index() {
    for (tensor, _) in tensors(&Net::init(1)) {
        assert!(<Net>::layer(&tensor.name).is_some(), "{}", tensor.name);
    }
    use NetBlockLayer as Block;
    let at = |name| <Net>::layer(name).unwrap();
    assert_eq!(at("encoder.second.bias"), NetLayer::Encoder(EncoderLayer::Second));
    assert_eq!(at("block.1.layer2.weight"), NetLayer::Block(1, Block::Layer2));
    let at = |name| <Joined>::layer(name).unwrap();
    assert_eq!(at("inputs.wide.bias"), JoinedLayer::Inputs(JoinedInputsLayer::Wide));
    let narrow = JoinedInputsLayer::Narrow(JoinedInputsNarrowLayer::Layer2);
    assert_eq!(at("inputs.narrow.layer2.scale"), JoinedLayer::Inputs(narrow));
    for wrong in ["", "block", "block.2.layer1.weight", "block.x.layer1", "drop", "outputs.weight"]
    {
        assert_eq!(<Net>::layer(wrong), None, "{wrong}");
    }
    assert_eq!(<Sized<4>>::layer("hidden.weight"), Some(SizedLayer::Hidden));
    assert_eq!(<Odd>::layer("self_.weight"), Some(OddLayer::Self_));
    assert_eq!(<Odd>::layer("hidden1.weight"), Some(OddLayer::Hidden1_));
    type Unnamed = network![dense(2 -> 3, tanh), dense(1)];
    assert_eq!(<Unnamed>::layer("layer2.bias"), Some(2));
}

/// Some steps with these layers frozen, by each way of taking a step.
fn frozen_stays<O: Optimizer<f32> + Clone>(optimizer: O) {
    let data = data(3, 70);
    let frozen =
        |layer| matches!(layer, NetLayer::Encoder(_) | NetLayer::Norm | NetLayer::Block(0, _));
    for clip in [None, Some(Clip::norm(0.1))] {
        let mut ends = Vec::new();
        for threads in [1, 3] {
            let before = Net::init(5);
            let mut net = before.clone();
            let mut training = fit(&mut net, &data).optimizer(optimizer.clone()).freeze(frozen);
            if let Some(clip) = clip {
                training = training.clip(clip);
            }
            let threads = Threads::new(threads);
            training.epochs(2).batch_size(16).threads(&threads).show(Show::Nothing).run().unwrap();
            let changed = changed(&before, &net);
            let expected = tensors(&net).map(|(tensor, _)| tensor.name);
            let expected: BTreeSet<String> =
                expected.filter(|name| !frozen(<Net>::layer(name).unwrap())).collect();
            assert_eq!(changed, expected);
            ends.push(net.parameters().as_slice().to_vec());
        }
        assert_eq!(ends[0], ends[1]);
    }
}

#[test]
fn what_is_frozen_stays_running_means_included() {
    frozen_stays(Sgd::new(0.1));
    frozen_stays(Adam::new(0.01));
    frozen_stays(AdamW::new(0.01));
    frozen_stays(Muon::new(0.01, AdamW::new(0.01)));
}

#[test]
fn a_factor_of_a_layer_is_one_on_the_rate_of_its_tensors() {
    network! { struct Two { hidden: dense(5 -> 8, tanh), output: dense(3, softmax) } }
    let data = data(8, 64);
    let (inputs, targets) = (data.inputs(), data.targets());
    // One step of plain gradient descent: p − rate·factor·g.
    let mut trainer = Trainer::new(Sgd::new(0.5));
    let start = Two::init(2);
    trainer.differentiate(&start, inputs, targets).unwrap();
    let gradient = trainer.gradient().to_vec();
    let mut net = start.clone();
    let rates = |layer| match layer {
        TwoLayer::Hidden => 0.25,
        TwoLayer::Output => 2.0,
    };
    let one = fit(&mut net, &data).optimizer(Sgd::new(0.5)).rate(rates).epochs(1).batch_size(64);
    one.seed(0).show(Show::Nothing).run().unwrap();
    for ((tensor, before), (_, after)) in tensors(&start).zip(tensors(&net)) {
        let factor = if tensor.name.starts_with("hidden") { 0.25 } else { 2.0 };
        for ((p, g), after) in before.iter().zip(&gradient[tensor.range()]).zip(after) {
            assert!((p - 0.5 * factor * g - after).abs() < 1e-6, "{}", tensor.name);
        }
    }
    // Factors of 1, with a learning rate that is smaller by as much, give the same training, to the
    // bit.
    let run = |rate: f64, groups: Groups| {
        let mut net = start.clone();
        let fit = fit(&mut net, &data).optimizer(Adam::new(rate)).groups(groups).epochs(3);
        fit.batch_size(16).show(Show::Nothing).run().unwrap();
        net.parameters().as_slice().to_vec()
    };
    let halves = Groups::new().rate("hidden", 0.5).rate("output", 0.5);
    assert_eq!(run(0.125, Groups::new()), run(0.25, halves));
    assert_eq!(run(0.125, Groups::new()), run(0.125, Groups::new().rate("hidden", 1.0)));
}

#[test]
fn decay_by_layer_is_the_rule_s_own_where_it_is_one() {
    network! { struct Two { hidden: dense(5 -> 8, tanh), output: dense(3, softmax) } }
    let data = data(9, 48);
    let run = |amount: f64, factor: Option<f64>| {
        let mut net = Two::init(4);
        let mut training = fit(&mut net, &data).optimizer(AdamW::new(0.01).weight_decay(amount));
        if let Some(factor) = factor {
            training = training.decay(|layer| if layer == TwoLayer::Hidden { factor } else { 1.0 });
        }
        training.epochs(2).batch_size(16).show(Show::Nothing).run().unwrap();
        tensors(&net).map(|(_, values)| values).collect::<Vec<_>>()
    };
    assert_eq!(run(0.5, None), run(0.5, Some(1.0)));
    assert_ne!(run(0.5, None)[0], run(0.5, Some(0.0))[0]);
    let mut net = Two::init(4);
    let refused = fit(&mut net, &data).decay(|_| 0.5).show(Show::Nothing).run();
    assert!(refused.unwrap_err().to_string().contains("adam, which has no weight decay"));
}

#[test]
fn the_same_by_names_with_the_same_bits_in_a_network_read_at_run_time() {
    network! { struct Two(batch_norm, dense(5 -> 8, tanh), dense(3, softmax)); }
    let data = data(10, 50);
    let groups = Groups::new().freeze("layer1").rate("layer2.bias", 3.0).rate("layer3", 0.5);
    let mut declared = Two::init(6);
    let fit_declared = fit(&mut declared, &data).groups(groups.clone()).epochs(2).batch_size(16);
    fit_declared.show(Show::Nothing).run().unwrap();
    let mut read: Dynamic =
        Dynamic::parse("batch_norm, dense(5 -> 8, tanh), dense(3, softmax)").unwrap().init(6);
    let flat = data.flat();
    let fit_read = fit(&mut read, &flat).groups(groups).epochs(2).batch_size(16);
    fit_read.show(Show::Nothing).run().unwrap();
    assert_eq!(declared.parameters().as_slice(), read.parameters());

    let refused = fit(&mut read, &flat).groups(Groups::new().freeze("layer4")).run().unwrap_err();
    let says = refused.to_string();
    assert!(says.contains("`layer4`") && says.contains("`layer1`, `layer2`, `layer3`"), "{says}");
}
