//! A network that is read at run time has the bits of the declared one.

use nn::data::{Class, Dataset, FlatDataset, FlatTarget};
use nn::head::Head as _;
use nn::init::Random;
use nn::layer::RowLayer;
use nn::loss::{
    FlatLoss, TrainedWith, binary_cross_entropy, cross_entropy, focal, huber, mae, mse, weighted,
};
use nn::prelude::*;
use nn::{
    Adam, AdamW, Dynamic, ErrorKind, Float, Model, Optimizer, Registry, Row, Sgd, Show, Threads,
    Trainer,
};

use nn_grammar::vocabulary::{ACTIVATIONS, LAYERS, LayerKind};

use crate::gallery::networks;
use crate::rule::Rule;

/// Declared networks and their run-time counterparts, parsed from the same text.
macro_rules! twins {
    ($($name:ident $body:tt)*) => {
        network! { $( struct $name $body )* }

        const TWINS: &[&str] = &[$(concat!("struct ", stringify!($name), stringify!($body))),*];

        /// Calls `$see` with each of them.
        fn all(see: &mut impl See) {
            $(
                let text = concat!("struct ", stringify!($name), stringify!($body));
                see.twin::<$name<f32>>(&|| Dynamic::parse(text).unwrap());
                see.twin::<$name<f64>>(&|| Dynamic::parse(text).unwrap());
            )*
        }
    };
}

twins! {
    Digits { hidden: dense(784 -> 128, relu), output: dense(10, softmax) }
    Tiny { a: dense(2 -> 16, relu), b: dense(16, relu), c: dense(1) }
    Narrow { first: dense(64 -> 48, tanh), deep: dense(48, tanh) * 9, last: dense(3, sigmoid) }
    Activations {
        a: dense(7 -> 9, leaky_relu), b: dense(8, leaky_relu(0.2)), c: dense(9, elu),
        d: dense(7, celu(0.5)), e: dense(6, selu), f: dense(9, gelu), g: dense(8, gelu_tanh),
        h: dense(7, silu), i: dense(9, mish), j: dense(8, hard_swish), k: dense(7, sigmoid),
        l: dense(6, hard_sigmoid), m: dense(5, log_sigmoid), n: dense(6, hard_tanh),
        o: dense(7, softplus), p: dense(8, softsign), q: dense(9, identity), r: dense(4, linear),
        s: dense(2),
    }
    Options {
        a: dense(20 -> 33, relu, bias = false), b: dense(17, tanh, l2 = 1e-3),
        c: dense(9, init = glorot_uniform),
        d: dense(8, gelu, init = zeros, bias = false, l2 = 0.25),
        e: dense(4, elu, init = he_uniform), f: dense(3, softmax, l2 = 1e-4),
    }
    Norms {
        first: batch_norm, wide: dense(30 -> 130, relu), norm: layer_norm, drop: dropout(0.3),
        deep: dense(31), last: batch_norm(momentum = 0.25, epsilon = 1e-3),
        activation: dense(31, relu), again: dropout(0.5), output: dense(5, sigmoid),
    }
    Skips {
        open: dense(12 -> 40, relu),
        block: residual(layer_norm, dense(70, gelu), dense(40)) * 3,
        nested: residual(dense(40, tanh), residual(dense(40))),
        close: dense(4, softmax),
    }
    Photo {
        inputs: concat {
            image: (dense(100 -> 32, relu), dense(16, relu)), meta: input(5),
            sound: dense(9 -> 7, tanh),
        },
        trunk: dense(24, relu),
        output: dense(3, softmax),
    }
    Pose {
        trunk: dense(20 -> 64, relu),
        answer: heads {
            class: dense(10, softmax), angle: (dense(16, relu), dense(2)), seen: dense(3, sigmoid),
        },
    }
    Both {
        inputs: concat(dense(6 -> 8, relu), dense(5 -> 4, tanh)),
        skip: residual(dropout(0.1), dense(12, relu)),
        answer: heads(dense(1), (layer_norm, dense(2, softmax))),
    }
    Gates {
        open: dense(20 -> 24, weight_norm = true), even: dense(24, tanh, spectral_norm = true),
        groups: group_norm(4), half: glu, deep: dense(32, selu, bias = false, weight_norm = true),
        drop: alpha_dropout(0.1), swish: swiglu, noise: gaussian_dropout(0.2), way: highway * 2,
        short: residual(dense(16, tanh), stochastic_depth(0.3)), output: dense(3, softmax),
    }
    Columns {
        open: dense(10 -> 12), norm: rms_norm, scale: layer_scale, slope: prelu, output: dense(2),
    }
    Wide { a: dense(300 -> 700, relu), b: dense(600, relu), c: dense(50, softmax) }
}

pub(crate) trait See {
    fn twin<N: Network<Target: FlatTarget<N::Float>> + Picture + Checkpoint + Evaluate>(
        &mut self,
        parse: &dyn Fn() -> Dynamic<N::Float>,
    );
}

/// The networks of the gallery, each read from the example's source.
macro_rules! gallery {
    ($($name:ident)*) => {
        const GALLERY: &[&str] = &[$(stringify!($name)),*];

        /// Calls `$see` with each of them.
        fn all_of_gallery(see: &mut impl See) {
            $(
                see.twin::<networks::$name<f32>>(&|| of_gallery(stringify!($name)));
                see.twin::<networks::$name<f64>>(&|| of_gallery(stringify!($name)));
            )*
        }
    };
}

gallery! { Digits Deep ResidualMlp Regularised Encoder Autoencoder Pose Photo OwnParts }

const SOURCE: &str = include_str!("../../examples/networks.rs");

/// The text of a network's declaration in a source file, up to its closing bracket.
pub(crate) fn declaration(source: &'static str, name: &str) -> &'static str {
    let head = format!("struct {name}");
    let is_name = |rest: &str| rest[head.len()..].trim_start().starts_with(['{', '(']);
    let mut places = source.match_indices(&head).map(|(at, _)| &source[at..]);
    let rest = places.find(|rest| is_name(rest)).unwrap_or_else(|| panic!("no {head}"));
    let mut open = 0;
    let end = rest.find(|c| {
        open += match c {
            '{' | '(' => 1,
            '}' | ')' => -1,
            _ => return false,
        };
        open == 0
    });
    let end = end.unwrap_or_else(|| panic!("{head} does not end")) + 1;
    &rest[..if rest[end..].starts_with(';') { end + 1 } else { end }]
}

/// That network, with the declarations of the example that it uses.
fn of_gallery<T: Float>(name: &str) -> Dynamic<T> {
    let mut registry = Registry::new();
    registry.layer::<networks::Gate<12, 12>>("Gate").activation::<networks::Swish>("Swish");
    let encoder = registry.parse(declaration(SOURCE, "Encoder")).unwrap();
    registry.network("Encoder", encoder);
    registry.parse(declaration(SOURCE, name)).unwrap()
}

#[test]
fn every_network_of_the_gallery_has_its_twin() {
    let declared = SOURCE.split("network! {").nth(1).unwrap().split("\n}\n").next().unwrap();
    let names = declared.split("pub struct ").skip(1).map(|rest| {
        let end = rest.find(|c: char| !c.is_alphanumeric()).unwrap();
        &rest[..end]
    });
    assert_eq!(names.collect::<Vec<_>>(), GALLERY);
}

/// A word of the notation that no network here uses would not be compared.
#[test]
fn every_layer_and_activation_has_its_twin() {
    let mut texts: Vec<String> = TWINS.iter().map(|text| text.to_string()).collect();
    texts.extend(GALLERY.iter().map(|name| declaration(SOURCE, name).to_owned()));
    let texts = texts.join(" ");
    let words: Vec<&str> = texts.split(|c: char| !(c.is_alphanumeric() || c == '_')).collect();
    for layer in LAYERS {
        // These are fitted to data: `encoder.rs` and `columns.rs` compare them with their
        // counterparts.
        let finds = match &layer.kind {
            LayerKind::Simple(simple) => simple.encodes,
            LayerKind::Columns => true,
            _ => false,
        };
        assert!(finds || words.contains(&layer.word), "no twin has `{}`", layer.word);
    }
    for activation in ACTIVATIONS {
        assert!(words.contains(&activation.word), "no twin has `{}`", activation.word);
    }
}

type Data<N> = Dataset<<N as Architecture>::Input, <N as Architecture>::Target>;

/// The rows: as arrays, and as flat numbers.
pub(crate) fn rows<N: Network<Target: FlatTarget<N::Float>>>(
    count: usize,
) -> (Data<N>, FlatDataset<N::Float>) {
    let random = Random::new(9, 3);
    let mut index = 0;
    let mut next = || {
        index += 1;
        random.uniform::<f64>(index)
    };
    let mut inputs = N::Input::zeroed_rows(count);
    for x in N::Input::flatten_mut(&mut inputs) {
        *x = N::Float::of(2.0 * next() - 1.0);
    }
    let targets: Vec<N::Target> = (0..count).map(|_| N::Head::example_target(&mut next)).collect();
    let mut flat_targets = Vec::new();
    targets.iter().for_each(|target| target.append(&mut flat_targets));
    let target_width = flat_targets.len() / count;
    let flat = N::Input::flatten(&inputs).to_vec();
    let flat = FlatDataset::new(flat, N::INPUTS, flat_targets, target_width).unwrap();
    (Dataset::new(inputs, targets).unwrap(), flat)
}

fn bits<T: Float>(values: &[T]) -> Vec<u64> {
    values.iter().map(|value| value.as_f64().to_bits()).collect()
}

#[track_caller]
pub(crate) fn same<T: Float>(what: &str, found: &[T], expected: &[T]) {
    assert_eq!(found.len(), expected.len(), "{what}");
    let differs = bits(found).into_iter().zip(bits(expected)).position(|(a, b)| a != b);
    let show = |at: usize| (found[at], expected[at]);
    assert_eq!(differs, None, "{what}: {:?}", differs.map(show));
}

#[test]
fn weights_tables_pictures_predictions_and_files_are_the_same() {
    struct Looks;
    impl See for Looks {
        fn twin<N: Network<Target: FlatTarget<N::Float>> + Picture + Checkpoint + Evaluate>(
            &mut self,
            parse: &dyn Fn() -> Dynamic<N::Float>,
        ) {
            let declared = N::init(5);
            let dynamic = parse().init(5);
            same("weights", dynamic.parameters(), declared.parameters().as_slice());
            assert_eq!(dynamic.summary(), N::SUMMARY);
            assert_eq!(dynamic.svg(), <N as Picture>::svg());
            assert_eq!((dynamic.flops(), dynamic.params()), (N::FLOPS, N::PARAMS));
            assert_eq!((dynamic.inputs(), dynamic.outputs()), (N::INPUTS, N::OUTPUTS));
            let (data, flat) = rows::<N>(67);
            let expected = declared.predict_batch(data.inputs());
            for threads in [1, 2, 3].map(Threads::new) {
                let found = dynamic.predict_by(flat.inputs(), &threads).unwrap();
                same("predictions", &found, N::Output::flatten(&expected));
            }
            let one = dynamic.predict(&flat.inputs()[..N::INPUTS]).unwrap();
            same("one", &one, declared.predict(&data.inputs()[0]).as_slice());
            let (found, expected) =
                (dynamic.evaluate(&flat).unwrap(), declared.evaluate(&data).unwrap());
            assert_eq!(found, expected, "{}", N::NAME);

            let size = std::mem::size_of::<N::Float>();
            let name = format!("nn-dynamic-{}-{size}-{}.safetensors", N::NAME, std::process::id());
            let path = std::env::temp_dir().join(name);
            declared.save(&path).unwrap();
            let bytes = std::fs::read(&path).unwrap();
            let loaded = parse().load(&path).unwrap();
            same("loaded", loaded.parameters(), declared.parameters().as_slice());
            loaded.save(&path).unwrap();
            assert_eq!(std::fs::read(&path).unwrap(), bytes, "{}", N::NAME);
            std::fs::remove_file(&path).unwrap();
        }
    }
    all(&mut Looks);
    all_of_gallery(&mut Looks);
}

/// This many steps, on 1 to 3 threads.
pub(crate) fn steps<N: Network<Target: FlatTarget<N::Float>>>(
    parse: &dyn Fn() -> Dynamic<N::Float>,
    rule: impl Optimizer<N::Float> + Copy,
    steps: usize,
) {
    let (data, flat) = rows::<N>(83);
    let untrained = (N::init(1), parse().init(1));
    // With several threads only a few: a division of the work is the same in every step.
    for (count, steps) in [(1, steps), (2, steps.div_ceil(3)), (3, steps.div_ceil(3))] {
        let threads = Threads::new(count);
        let (mut declared, mut dynamic) = untrained.clone();
        let mut trainer = Trainer::new(rule).threads(&threads).seed(4);
        let mut other = Trainer::new(rule).threads(&threads).seed(4);
        for step in 0..steps {
            // Batches of several sizes.
            let end = if step % 3 == 2 { 83 } else { 64 };
            let targets = flat.targets().len() / 83;
            let expected =
                trainer.step(&mut declared, &data.inputs()[..end], &data.targets()[..end]);
            let found = other.step(
                &mut dynamic,
                &flat.inputs()[..end * N::INPUTS],
                &flat.targets()[..end * targets],
            );
            same(N::NAME, &[found.unwrap()], &[expected.unwrap()]);
        }
        same(N::NAME, dynamic.parameters(), declared.parameters().as_slice());
    }
}

/// Steps of the two compared trainings: fewer if a step takes long.
pub(super) const STEPS: usize = if cfg!(debug_assertions) { 10 } else { 50 };

#[test]
fn trainings_have_the_same_bits() {
    struct Trains;
    impl See for Trains {
        fn twin<N: Network<Target: FlatTarget<N::Float>> + Picture + Checkpoint + Evaluate>(
            &mut self,
            parse: &dyn Fn() -> Dynamic<N::Float>,
        ) {
            let count = if N::PARAMS > 100_000 { STEPS / 5 } else { STEPS };
            steps::<N>(parse, Rule::Sgd(Sgd::new(0.01)), count);
            steps::<N>(parse, Rule::Adam(Adam::new(0.003)), count);
        }
    }
    all(&mut Trains);
    all_of_gallery(&mut Trains);
}

/// Each sum continues from one micro-batch to the next, regardless of their sizes.
#[test]
fn micro_batches_have_the_bits_of_the_batch() {
    fn in_portions<M: Model>(
        rule: impl Optimizer<M::Float>,
        threads: usize,
        rows: usize,
    ) -> Trainer<M, impl Optimizer<M::Float>> {
        Trainer::new(rule).threads(&Threads::new(threads)).seed(4).micro_batches(rows)
    }
    struct Divides;
    impl See for Divides {
        fn twin<N: Network<Target: FlatTarget<N::Float>> + Picture + Checkpoint + Evaluate>(
            &mut self,
            parse: &dyn Fn() -> Dynamic<N::Float>,
        ) {
            let (data, flat) = rows::<N>(83);
            let rule = Rule::Adam(Adam::new(0.003));
            let mut whole = N::init(1);
            let mut plain = Trainer::new(rule).threads(&Threads::new(1)).seed(4);
            if let Err(error) = whole.check_micro_batches() {
                let error = error.to_string();
                assert!(error.contains("batch_norm") && error.contains("`shards`"), "{error}");
                let mut trainer = Trainer::new(rule).micro_batches(7);
                let refused = trainer.step(&mut whole, data.inputs(), data.targets());
                assert_eq!(refused.unwrap_err().to_string(), error);
                assert_eq!(parse().check_micro_batches().unwrap_err().to_string(), error);
                return;
            }
            let mut step = || plain.step(&mut whole, data.inputs(), data.targets()).unwrap();
            let losses: Vec<N::Float> = (0..2).map(|_| step()).collect();
            for (threads, portion) in [(1, 1), (2, 7), (3, 32), (1, 82)] {
                let mut declared = N::init(1);
                let mut trainer = in_portions(rule, threads, portion);
                let mut step =
                    || trainer.step(&mut declared, data.inputs(), data.targets()).unwrap();
                let found: Vec<N::Float> = (0..2).map(|_| step()).collect();
                same(N::NAME, &found, &losses);
                same(N::NAME, declared.parameters().as_slice(), whole.parameters().as_slice());
            }
            let mut dynamic = parse().init(1);
            let mut trainer = in_portions(rule, 2, 13);
            let mut step = || trainer.step(&mut dynamic, flat.inputs(), flat.targets()).unwrap();
            let found: Vec<N::Float> = (0..2).map(|_| step()).collect();
            same(N::NAME, &found, &losses);
            same(N::NAME, dynamic.parameters(), whole.parameters().as_slice());
        }
    }
    all(&mut Divides);
    all_of_gallery(&mut Divides);
}

/// An optimizer that treats tensors differently.
#[test]
fn a_rule_that_spares_biases_has_the_same_bits() {
    struct Trains;
    impl See for Trains {
        fn twin<N: Network<Target: FlatTarget<N::Float>> + Picture + Checkpoint + Evaluate>(
            &mut self,
            parse: &dyn Fn() -> Dynamic<N::Float>,
        ) {
            steps::<N>(parse, AdamW::new(0.003).weight_decay(0.1), 6);
        }
    }
    all(&mut Trains);
}

#[test]
fn every_loss_has_the_same_bits() {
    /// Some steps of both, and the validation loss.
    fn twins<N: Network<Target: FlatTarget<N::Float>> + Evaluate, L>(text: &str, loss: L)
    where
        L: FlatLoss<N::Float> + Copy,
        N::Head: TrainedWith<N::Float, L>,
    {
        let (data, flat) = rows::<N>(83);
        let mut declared = N::init(1);
        let mut dynamic: Dynamic<N::Float> = Dynamic::parse(text).unwrap().init(1);
        let expected = fit(&mut declared, &data).loss(loss).validation(&data);
        let expected = expected.epochs(3).batch_size(16).show(Show::Nothing).run().unwrap();
        let found = fit(&mut dynamic, &flat).loss(loss).validation(&flat);
        let found = found.epochs(3).batch_size(16).show(Show::Nothing).run().unwrap();
        same("weights", dynamic.parameters(), declared.parameters().as_slice());
        for (found, expected) in found.epochs.iter().zip(&expected.epochs) {
            assert_eq!((found.loss, found.validation), (expected.loss, expected.validation));
        }
    }
    fn both(text: [&str; 3]) {
        let [numbers, classes, events] = text;
        twins::<Numbers<f64>, _>(numbers, huber(0.3));
        twins::<Numbers<f32>, _>(numbers, huber(0.3));
        twins::<Numbers<f32>, _>(numbers, mae());
        twins::<Numbers<f32>, _>(numbers, mse());
        twins::<Several<f64>, _>(classes, cross_entropy().label_smoothing(0.2));
        twins::<Several<f32>, _>(classes, cross_entropy().label_smoothing(0.2));
        twins::<Several<f32>, _>(classes, cross_entropy());
        twins::<Several<f32>, _>(classes, focal(1.5));
        twins::<Events<f32>, _>(events, binary_cross_entropy());
        twins::<Events<f32>, _>(events, weighted(0.3, binary_cross_entropy()));
    }
    fn of_heads<T: Float>() {
        let text = "dense(5 -> 9, tanh), heads(dense(3, softmax), dense(2))";
        let smooth = cross_entropy().label_smoothing(0.2);
        twins::<TwoHeads<T>, _>(text, (smooth, weighted(0.3, huber(0.2))));
        twins::<TwoHeads<T>, _>(text, (weighted(2.0, focal(1.5)), mae()));
        let text = "dense(5 -> 9, tanh), heads(dense(1), dense(3, softmax), dense(2, sigmoid))";
        let losses = (mae(), (weighted(0.5, smooth), binary_cross_entropy()));
        twins::<ThreeHeads<T>, _>(text, losses);
    }
    of_heads::<f32>();
    of_heads::<f64>();
    both([
        "dense(5 -> 9, tanh), dense(3)",
        "dense(5 -> 9, tanh), dense(3, softmax)",
        "dense(5 -> 9, tanh), dense(3, sigmoid)",
    ]);
}

#[test]
fn a_loss_of_another_head_is_refused_by_name() {
    let mut dynamic: Dynamic = Dynamic::parse("struct Net(dense(4 -> 3, softmax));").unwrap();
    let data = FlatDataset::new(vec![0.0; 8], 4, vec![0.0, 1.0], 1).unwrap();
    refused(
        fit(&mut dynamic, &data).loss(huber(1.0)).show(Show::Nothing).run(),
        "loss of network Net, which ends in softmax: found Huber { delta: 1.0 }, expected \
         `cross_entropy` or `focal`;",
    );
    let mut trainer = Trainer::new(Sgd::new(0.1)).flat_loss(focal(2.0));
    trainer.step(&mut dynamic, &[0.0; 4], &[1.0]).unwrap();
    let mut trainer = Trainer::new(Sgd::new(0.1)).flat_loss(binary_cross_entropy());
    refused(trainer.step(&mut dynamic, &[0.0; 4], &[1.0]), "which ends in softmax");
    let mut heads: Dynamic = Dynamic::parse("heads(dense(4 -> 1), dense(4 -> 1))").unwrap();
    let mut trainer = Trainer::new(Sgd::new(0.1)).flat_loss(mse());
    refused(trainer.step(&mut heads, &[0.0; 4], &[1.0, 1.0]), "each head has its default");
    let mut trainer = Trainer::new(Sgd::new(0.1)).flat_loss((mse(), focal(2.0)));
    refused(trainer.step(&mut heads, &[0.0; 4], &[1.0, 1.0]), "ends in linear: found Focal");
    let mut trainer = Trainer::new(Sgd::new(0.1)).flat_loss((mse(), mse()));
    refused(trainer.step(&mut dynamic, &[0.0; 4], &[1.0]), "ends in softmax: found (Mse, Mse)");
}

#[test]
fn fit_and_its_checkpoints_are_the_same() {
    let (data, flat) = rows::<Norms>(200);
    let mut declared = Norms::init(3);
    let expected = fit(&mut declared, &data).validation(&data).epochs(3).show(Show::Nothing);
    let expected = expected.run().unwrap();
    let text = "struct Norms {
        first: batch_norm, wide: dense(30 -> 130, relu), norm: layer_norm, drop: dropout(0.3),
        deep: dense(31), last: batch_norm(momentum = 0.25, epsilon = 1e-3),
        activation: dense(31, relu), again: dropout(0.5), output: dense(5, sigmoid),
    }";
    let numbers = data.flat();
    for run in 0..2 {
        let mut dynamic: Dynamic = Dynamic::parse(text).unwrap().init(3);
        let found = match run {
            0 => fit(&mut dynamic, &flat).validation(&flat),
            _ => fit(&mut dynamic, &numbers).validation(&numbers),
        };
        let found = found.epochs(3).show(Show::Nothing).run().unwrap();
        same("weights", dynamic.parameters(), declared.parameters().as_slice());
        for (found, expected) in found.epochs.iter().zip(&expected.epochs) {
            assert_eq!((found.loss, found.validation), (expected.loss, expected.validation));
        }
    }
}

#[test]
fn every_layer_answers_by_its_name() {
    let dynamic: Dynamic = Dynamic::parse(
        "struct Skips { open: dense(12 -> 8, relu), block: residual(dense(8, tanh)) * 2, \
         close: dense(4, softmax) }",
    )
    .unwrap();
    let x = [0.1; 12];
    let answers = dynamic.activations(&x).unwrap();
    let names: Vec<(&str, usize)> = answers.iter().map(|(name, y)| (&name[..], y.len())).collect();
    assert_eq!(names, [("open", 8), ("block", 8), ("block", 8), ("close", 4)]);
    assert_eq!(answers[3].1, dynamic.predict(&x).unwrap());
    assert!(dynamic.activations(&[0.0; 24]).is_err());
}

struct Gate<const I: usize, const O: usize>;

impl<const I: usize, const O: usize> RowLayer for Gate<I, O> {
    const NAME: &'static str = "gate";
    const INPUTS: usize = I;
    const OUTPUTS: usize = O;
    const PARAMS: usize = O;
    type Outputs<T: Float> = [T; O];

    fn init<T: Float>(s: &mut [T], _: Random) {
        s.fill(T::of(0.5));
    }
    fn forward<T: Float>(s: &[T], x: &[T], y: &mut [T]) {
        (0..O).for_each(|i| y[i] = x[i] * s[i]);
    }
    fn backward<T: Float>(s: &[T], _: &[T], _: &[T], dy: &[T], dx: &mut [T]) {
        dx.fill(T::zero());
        (0..O).for_each(|i| dx[i] = dy[i] * s[i]);
    }
    fn gradient<T: Float>(_: &[T], x: &[T], _: &[T], dy: &[T], ds: &mut [T]) {
        (0..O).for_each(|i| ds[i] = ds[i] + dy[i] * x[i]);
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct Cube;

impl nn::activation::Activation for Cube {
    const NAME: &'static str = "cube";
    const KEEPS_INPUT: bool = true;
    fn value<T: Float>(&self, x: T) -> T {
        x * x * x
    }
    fn derivative<T: Float>(&self, x: T, _: T) -> T {
        T::of(3.0) * x * x
    }
}

const WIDE: usize = 11;

network! {
    struct Numbers(dense(5 -> 9, tanh), dense(3));
    struct Several(dense(5 -> 9, tanh), dense(3, softmax));
    struct Events(dense(5 -> 9, tanh), dense(3, sigmoid));
    struct TwoHeads(dense(5 -> 9, tanh), heads(dense(3, softmax), dense(2)));
    struct ThreeHeads(dense(5 -> 9, tanh), heads(dense(1), dense(3, softmax), dense(2, sigmoid)));
    struct Encoder(dense(6 -> WIDE, relu), dense(5, tanh));
    struct Whole {
        encoder: Encoder,
        gate: Gate(5 -> 4),
        cube: dense(WIDE, Cube, l2 = 0.125),
        drop: dropout(0.25),
        output: dense(2, softmax),
    }
}

#[test]
fn what_is_registered_serves_both_kinds() {
    let mut registry = Registry::new();
    registry.number("WIDE", WIDE as f64).number("RATE", 0.25);
    let encoder =
        registry.parse("struct Encoder(dense(6 -> WIDE, relu), dense(5, tanh));").unwrap();
    registry.network("Encoder", encoder).layer::<Gate<5, 4>>("Gate").activation::<Cube>("Cube");
    let text = "struct Whole {
        encoder: Encoder,
        gate: Gate(5 -> 4),
        cube: dense(WIDE, Cube, l2 = 0.125),
        drop: dropout(RATE),
        output: dense(2, softmax),
    }";
    let mut dynamic: Dynamic = registry.parse(text).unwrap().init(8);
    let mut declared = Whole::init(8);
    assert_eq!(dynamic.summary(), Whole::SUMMARY);
    assert_eq!(dynamic.declaration(), Model::architecture(&declared));
    let (data, flat) = rows::<Whole>(70);
    let (mut trainer, mut other) = (Trainer::new(Adam::new(0.01)), Trainer::new(Adam::new(0.01)));
    for _ in 0..20 {
        let expected = trainer.step(&mut declared, data.inputs(), data.targets()).unwrap();
        let found = other.step(&mut dynamic, flat.inputs(), flat.targets()).unwrap();
        assert_eq!(found, expected);
    }
    same("weights", dynamic.parameters(), declared.parameters().as_slice());
    let names = |tensors: Vec<nn::NamedTensor>| {
        tensors.into_iter().map(|tensor| tensor.name).collect::<Vec<_>>()
    };
    assert_eq!(names(Model::tensors(&dynamic)), names(Model::tensors(&declared)));
}

#[track_caller]
fn refused<R: std::fmt::Debug>(result: nn::Result<R>, text: &str) {
    let error = result.unwrap_err();
    assert!(error.to_string().contains(text), "{error}");
}

#[test]
fn mistakes_are_sentences_with_the_line() {
    let parse = |text: &str| Dynamic::<f32>::parse(text);
    let error = parse("dense(4 -> 3, relu),\n  dense(2, sofmax)").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Notation);
    let text = error.to_string();
    assert_eq!(
        text,
        "unknown activation `sofmax`; write `softmax`\n    dense(2, sofmax)\n             ^^^^^^"
    );

    let two = parse("dense(4 -> hidden, relu), dense(2, Own)").unwrap_err().to_string();
    assert!(two.contains("there is no number `hidden`: none is registered"), "{two}");
    let mut registry = Registry::<f32>::new();
    registry.number("hidden", 8).number("other", 1.5).activation::<Cube>("Cube");
    registry.layer::<Gate<5, 4>>("Gate");
    refused(registry.parse("dense(4 -> hidden, Own)"), "no activation `Own`: registered are Cube");
    refused(registry.parse("dense(4 -> other)"), "`other` is 1.5, and a width is an integer");
    refused(registry.parse("dense(4 -> 6), Gate(6 -> 4)"), "takes 5 inputs and gives 4 outputs");
    refused(registry.parse("Mine(4 -> 3), dense(2)"), "no layer `Mine`: registered are Gate");
    refused(registry.parse("a::Net, dense(2)"), "no network `a::Net`: none is registered");
    let text = "dense(4 -> hidden, relu), dense(9 -> 2)";
    refused(
        registry.parse(text),
        "layer `layer2` takes 9 inputs but layer `layer1` gives 8 outputs",
    );
    refused(
        registry.parse("struct A(dense(1 -> 1)); struct B(dense(1 -> 1));"),
        "a text must contain one network",
    );
    refused(registry.parse("struct A<const H: usize>(dense(1 -> H));"), "has no parameters");
    refused(registry.parse("dense(4 -> 2, init = mine::Rule)"), "custom ones are for declared");
    refused(registry.parse(""), "");

    refused(parse("dense(4294967295 -> 4294967295)"), "more than any memory holds");
    refused(parse("dense(4000000000 -> 4000000)"), "which do not fit in memory");
    refused(parse("dense(4 -> 18446744073709551615), dense(2)"), "4294967295 at most");
    refused(parse("dense(4 -> 184467440737095516150), dense(2)"), "184467440737095516150");

    let path = std::env::temp_dir().join(format!("nn-dynamic-{}.net", std::process::id()));
    std::fs::write(&path, "# nothing\ndense(4 -> 2, softmx)").unwrap();
    let error = Dynamic::<f32>::read(&path).unwrap_err().to_string();
    assert!(error.contains(&path.display().to_string()), "{error}");
    std::fs::write(&path, "dense(4 -> 2, softmax)\n").unwrap();
    assert_eq!(Dynamic::<f32>::read(&path).unwrap().inputs(), 4);
    std::fs::remove_file(&path).unwrap();
    refused(Dynamic::<f32>::read(&path), "cannot read");
}

#[test]
fn rows_of_other_widths_are_refused() {
    let mut dynamic: Dynamic = Dynamic::parse("struct Net(dense(4 -> 3, softmax));").unwrap();
    refused(dynamic.predict(&[0.0; 6]), "inputs of Net: found 6 numbers, expected 4 for each row");
    let data = FlatDataset::new(vec![0.0; 6], 3, vec![0.0, 1.0], 1).unwrap();
    refused(
        fit(&mut dynamic, &data).run(),
        "rows for Net: found 3 numbers as inputs and 1 as target of each, expected 4 and 1 (a \
         class from 0 to 2)",
    );
    let data = FlatDataset::new(vec![0.0; 8], 4, vec![0.0, 3.0], 1).unwrap();
    refused(fit(&mut dynamic, &data).run(), "target of row 1 (counted from 0): found 3");
    let data = FlatDataset::new(vec![0.0; 8], 4, vec![0.0, 1.5], 1).unwrap();
    refused(dynamic.evaluate(&data), "target of row 1 (counted from 0): found 1.5");
    let data = FlatDataset::new(vec![0.0, f32::NAN, 0.0, 0.0], 4, vec![0.0], 1).unwrap();
    refused(
        fit(&mut dynamic, &data).run(),
        "input of row 0 (counted from 0): found NaN in column 1",
    );
    let mut trainer = Trainer::new(Sgd::new(0.1));
    refused(trainer.step(&mut dynamic, &[0.0; 5], &[1.0]), "batch of Net: found 5 numbers");
    let classes = vec![Class::<3>::new(2).unwrap(); 2];
    let data = Dataset::new(vec![[0.0_f32; 4]; 2], classes).unwrap();
    assert!(dynamic.evaluate(&data.flat()).is_ok());
}
