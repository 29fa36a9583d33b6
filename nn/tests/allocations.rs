//! A training step and a prediction do not allocate: counted by the allocator itself, on all
//! threads.

use std::alloc::System;
use std::sync::Barrier;

use nn::data::Class;
use nn::layer::RowLayer;
use nn::{
    Adafactor, Adam, Dynamic, Elastic, Float, GradientNoise, Lamb, MaxNorm, Model, Network,
    Optimizer, Sam, Sgd, Threads, Trainer, network,
};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

network! {
    struct Digits(dense(784 -> 128, relu), dense(10, softmax));
    struct Deep(dense(20 -> 64, gelu), dense(64, tanh), dense(48, silu), dense(10, softmax));
    struct Narrow(dense(3 -> 7, elu), dense(10, softmax));
    struct Regular(
        batch_norm,
        dense(9 -> 33, relu, l2 = 1e-4),
        dropout(0.2),
        residual(dense(33 -> 33, tanh), layer_norm),
        dense(10, softmax),
    );
    struct Several(
        concat(dense(9 -> 33, relu), input(4)),
        Narrowed(37 -> 3),
        dense(10, softmax),
    );
}

/// The first `O` of `I` numbers, each times a factor.
struct Narrowed<const I: usize, const O: usize>;

impl<const I: usize, const O: usize> RowLayer for Narrowed<I, O> {
    const NAME: &'static str = "narrowed";
    const INPUTS: usize = I;
    const OUTPUTS: usize = O;
    const PARAMS: usize = O;
    type Outputs<T: Float> = [T; O];

    fn forward<T: Float>(p: &[T], x: &[T], y: &mut [T]) {
        y.iter_mut().zip(x).zip(p).for_each(|((y, &x), &p)| *y = x * p);
    }

    fn backward<T: Float>(p: &[T], _x: &[T], _y: &[T], dy: &[T], dx: &mut [T]) {
        dx.fill(T::zero());
        dx.iter_mut().zip(dy).zip(p).for_each(|((dx, &dy), &p)| *dx = dy * p);
    }

    fn gradient<T: Float>(_p: &[T], x: &[T], _y: &[T], dy: &[T], gradient: &mut [T]) {
        gradient.iter_mut().zip(dy).zip(x).for_each(|((g, &dy), &x)| *g = *g + dy * x);
    }
}

/// The allocations of the steps after the first.
fn allocations<N: Network<Target = Class<10>>>(
    threads: usize,
    optimizer: impl Optimizer<N::Float>,
) -> usize {
    of_network::<N>(threads, Trainer::new(optimizer))
}

/// The same with any trainer.
fn of_network<N: Network<Target = Class<10>>>(
    threads: usize,
    trainer: Trainer<N, impl Optimizer<N::Float>>,
) -> usize {
    let inputs = vec![<N::Input as nn::Row<N::Float>>::zeroed(); ROWS];
    let labels: Vec<u8> = (0..ROWS).map(|row| (row % 10) as u8).collect();
    let targets = Class::from_labels(&labels).unwrap();
    of_model(N::init(1), (&inputs, 1), (&targets, 1), threads, trainer)
}

/// The same for a network that is read at run time.
fn at_run_time(text: &str, threads: usize, optimizer: impl Optimizer<f32>) -> usize {
    let network: Dynamic = Dynamic::parse(text).unwrap();
    let (inputs, targets) = (vec![0.0; ROWS * network.inputs()], [3.0; ROWS]);
    let width = network.inputs();
    of_model(network, (&inputs, width), (&targets, 1), threads, Trainer::new(optimizer))
}

/// Rows of a batch.
const ROWS: usize = 130;

/// Warm-up steps and counted steps: fewer if a step takes long.
const FIRST: usize = if cfg!(debug_assertions) { 10 } else { 100 };
const STEPS: usize = 10 * FIRST;

/// The allocations with these inputs and targets, each with its width.
fn of_model<M: Model>(
    mut model: M,
    (inputs, width): (&[M::Input], usize),
    (targets, target_width): (&[M::Target], usize),
    threads: usize,
    trainer: Trainer<M, impl Optimizer<M::Float>>,
) -> usize {
    let all = Threads::new(threads);
    let mut trainer = trainer.threads(&all);
    // The first steps allocate the buffers, including those of each thread. All threads are awake
    // before each of them, so that none has its first step later, where other work takes its core.
    let all_awake = Barrier::new(all.count());
    for _ in 0..FIRST {
        all.for_each(0..all.count(), |_| {
            all_awake.wait();
        });
        trainer.step(&mut model, inputs, targets).unwrap();
    }
    // A thread that has just started allocates by itself, so give it time.
    std::thread::sleep(std::time::Duration::from_millis(50));
    for _ in 0..FIRST {
        trainer.step(&mut model, inputs, targets).unwrap();
    }
    // So does the first small batch: small layers may take another path with it.
    let (few, few_targets) = (&inputs[..17 * width], &targets[..17 * target_width]);
    trainer.step(&mut model, few, few_targets).unwrap();
    let mut counted = || {
        let region = Region::new(ALLOCATOR);
        for _ in 0..STEPS {
            trainer.step(&mut model, inputs, targets).unwrap();
            trainer.step(&mut model, few, few_targets).unwrap();
        }
        region.change().allocations
    };
    // A thread may still have had no step, and allocates its buffers now. It does so once.
    match counted() {
        0 => 0,
        _ => counted(),
    }
}

const DIGITS: &str = "dense(784 -> 128, relu), dense(10, softmax)";
const JOINED: &str = "concat(dense(9 -> 33, relu), input(4)), \
                      residual(dense(37, tanh), batch_norm), dropout(0.2), dense(10, softmax)";

/// One test, since the allocator counts for the whole process.
#[test]
fn nothing_is_allocated_after_the_first_steps() {
    for threads in [1, 2] {
        let counts = [
            allocations::<Digits>(threads, Sgd::new(0.1)),
            allocations::<Digits>(threads, Adam::new(1e-3)),
            allocations::<Deep>(threads, Sgd::new(0.1).momentum(0.9)),
            allocations::<Deep>(threads, Sgd::new(0.1)),
            allocations::<Deep<f64>>(threads, Adam::new(1e-3)),
            allocations::<Narrow>(threads, Sgd::new(0.1)),
            allocations::<Narrow>(threads, Adam::new(1e-3)),
            allocations::<Regular>(threads, Sgd::new(0.01)),
            allocations::<Regular>(threads, Adam::new(1e-3)),
            allocations::<Several>(threads, Adam::new(1e-3)),
            allocations::<Deep>(threads, Lamb::new(1e-3)),
            allocations::<Deep>(threads, Sam::new(0.05, Elastic::l1(1e-5, Adam::new(1e-3)))),
            allocations::<Deep>(threads, MaxNorm::new(3.0, Adafactor::new(1e-3))),
            allocations::<Deep>(threads, GradientNoise::new(1e-3, 1, Sgd::new(0.1))),
            of_network::<Several>(threads, Trainer::new(Adam::new(1e-3)).micro_batches(40)),
            at_run_time(DIGITS, threads, Adam::new(1e-3)),
            at_run_time(JOINED, threads, Sgd::new(0.01)),
        ];
        assert_eq!(counts, [0; 17], "{threads} threads");
    }
    // Nor after a schedule has prefetched something.
    let (mut regular, x) = (<Regular>::init(1), [[0.5; 9]; ROWS]);
    let t = [Class::new(3).unwrap(); ROWS];
    let loss = nn::loss::cross_entropy().label_smoothing(0.1);
    let mut trainer =
        Trainer::new(Sgd::new(0.01).momentum(0.9)).threads(&Threads::new(1)).loss(loss);
    let mut steps = |count: usize| {
        for step in 0..count {
            let factor = step as f64 / count as f64;
            trainer.set_momentum(factor);
            trainer.set_dropout(factor);
            trainer.set_smoothing(factor);
            trainer.step(&mut regular, &x, &t).unwrap();
        }
    };
    steps(20);
    let region = Region::new(ALLOCATOR);
    steps(100);
    assert_eq!(region.change().allocations, 0);
    let digits = Digits::init(1);
    let input = [0.5; 784];
    let region = Region::new(ALLOCATOR);
    let sum: f32 = (0..100).map(|_| digits.predict(&input).iter().sum::<f32>()).sum();
    assert_eq!(region.change().allocations, 0);
    assert!((sum - 100.0).abs() < 1e-3);
}
