//! A training step and a prediction allocate nothing: counted by the allocator itself, on all threads.

use std::alloc::System;

use nn::data::Class;
use nn::layer::RowLayer;
use nn::{Adam, Float, Lamb, Network, Optimizer, Sgd, Threads, Trainer, network};
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

/// The first `O` of `I` numbers, each with a factor.
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

/// Steps after the first, and the allocations they made.
fn allocations<N: Network<Target = Class<10>>>(
    threads: usize,
    optimizer: impl Optimizer<N::Float>,
    steps: usize,
) -> usize {
    let rows = 130;
    let inputs = vec![<N::Input as nn::Row<N::Float>>::zeroed(); rows];
    let labels: Vec<u8> = (0..rows).map(|row| (row % 10) as u8).collect();
    let targets = Class::from_labels(&labels).unwrap();
    let mut network = N::init(1);
    let mut trainer = Trainer::new(optimizer).threads(&Threads::new(threads));
    // The first steps make the memory, also that which each thread keeps for its own use; a thread that
    // has just been started allocates on its own, so give it the time.
    for _ in 0..100 {
        trainer.step(&mut network, &inputs, &targets).unwrap();
    }
    std::thread::sleep(std::time::Duration::from_millis(50));
    for _ in 0..100 {
        trainer.step(&mut network, &inputs, &targets).unwrap();
    }
    // So does the first small batch: small layers may go another way with it.
    trainer.step(&mut network, &inputs[..17], &targets[..17]).unwrap();
    let region = Region::new(ALLOCATOR);
    for _ in 0..steps {
        trainer.step(&mut network, &inputs, &targets).unwrap();
        trainer.step(&mut network, &inputs[..17], &targets[..17]).unwrap();
    }
    region.change().allocations
}

/// One test, since the allocator counts for the whole process.
#[test]
fn nothing_is_allocated_after_the_first_steps() {
    for threads in [1, 2] {
        let counts = [
            allocations::<Digits>(threads, Sgd::new(0.1), 1000),
            allocations::<Digits>(threads, Adam::new(1e-3), 1000),
            allocations::<Deep>(threads, Sgd::new(0.1).momentum(0.9), 1000),
            allocations::<Deep>(threads, Sgd::new(0.1), 1000),
            allocations::<Deep<f64>>(threads, Adam::new(1e-3), 1000),
            allocations::<Narrow>(threads, Sgd::new(0.1), 1000),
            allocations::<Narrow>(threads, Adam::new(1e-3), 1000),
            allocations::<Regular>(threads, Sgd::new(0.01), 1000),
            allocations::<Regular>(threads, Adam::new(1e-3), 1000),
            allocations::<Several>(threads, Adam::new(1e-3), 1000),
            allocations::<Deep>(threads, Lamb::new(1e-3), 1000),
        ];
        assert_eq!(counts, [0; 11], "{threads} threads");
    }
    let digits = Digits::init(1);
    let input = [0.5; 784];
    let region = Region::new(ALLOCATOR);
    let sum: f32 = (0..100).map(|_| digits.predict(&input).iter().sum::<f32>()).sum();
    assert_eq!(region.change().allocations, 0);
    assert!((sum - 100.0).abs() < 1e-3);
}
