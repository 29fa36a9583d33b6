//! The cost of each optimizer per parameter, and of those that see whole tensors, compared with
//! Adam in a training step.
//!
//! Throughput is in parameters per second. `cargo bench -p benches --bench rules -- 'rule'` shows
//! the first group alone.

use benches::measure::{Work, measure, quick};
use benches::protocol::Workload;
use benches::{Wide, numbers, samples};
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, BenchmarkId, Criterion, criterion_group, criterion_main};
use nn::data::Class;
use nn::{
    AdaGrad, Adadelta, Adafactor, Adam, AdamW, Adamax, Adan, AmsGrad, Elastic, GradientNoise, Lamb,
    Lars, Lion, MaxNorm, Muon, NAdam, NamedTensor, Optimizer, RAdam, RmsProp, Rprop, Sam,
    ScheduleFree, Sgd, Step, Stretch, Threads, Trainer,
};

/// As many as the trainer passes to an optimizer at a time, so that they are in the cache.
const SHAPE: [usize; 2] = [64, 128];

/// Too many for any cache of a core, so that the call overhead of PyTorch is small in comparison.
const LARGE: [usize; 2] = [1024, 1024];

/// Repeated steps on the same parameters, a matrix.
fn rule<O: Optimizer<f32>>(group: &mut BenchmarkGroup<'_, WallTime>, shape: [usize; 2], rule: O) {
    let len = shape.iter().product();
    let tensor = NamedTensor::new("weight", &shape, 0);
    let (mut parameters, gradient) = (numbers(len), numbers(len));
    let mut memory: [Vec<f32>; 4] = std::array::from_fn(|_| vec![0.0; len]);
    let mut number = 0;
    let bytes = 4 * len * (3 + 2 * O::MEMORY.len());
    let work = Work { elements: len, flops: len, bytes, threads: 1 };
    measure(group, BenchmarkId::from_parameter(O::NAME), work, || {
        number += 1;
        let memory = memory.each_mut().map(|slot| &mut slot[..]);
        let mut stretch = Stretch::new(&mut parameters, &gradient, memory);
        stretch.tensor = Some(&tensor);
        rule.checked_update(Step::new(number), stretch)
    });
}

/// A step of workload C by one thread.
fn step<O: Optimizer<f32>>(group: &mut BenchmarkGroup<'_, WallTime>, rule: O) {
    let workload = Workload::named("C").expect("one of the protocol's");
    let inputs = samples(workload.batch);
    let labels: Vec<u8> = (0..workload.batch).map(|row| (row * 7 % 10) as u8).collect();
    let targets = Class::from_labels(&labels).expect("labels below 10");
    let mut network = Wide::init(1);
    let mut trainer = Trainer::new(rule).threads(&Threads::new(1));
    let flops = workload.batch * Wide::STEP_FLOPS;
    let bytes = 2 * (1 + O::MEMORY.len()) * Wide::BYTES;
    let work = Work { elements: Wide::PARAMS, flops, bytes, threads: 1 };
    measure(group, BenchmarkId::from_parameter(O::NAME), work, || {
        trainer.step(&mut network, &inputs, &targets).expect("a finite loss")
    });
}

fn all(criterion: &mut Criterion) {
    // So small that the parameters hardly change, regardless of the number of steps.
    const RATE: f64 = 1e-7;
    let mut group = criterion.benchmark_group("rule, 8192 parameters in the cache");
    macro_rules! rules {
        ($($rule:expr),* $(,)?) => { $( rule(&mut group, SHAPE, $rule); )* };
    }
    rules! {
        Sgd::new(RATE).momentum(0.9), Adam::new(RATE), AdamW::new(RATE), AmsGrad::new(RATE),
        Adamax::new(RATE), AdaGrad::new(RATE), Adadelta::new(RATE), Rprop::new(RATE),
        Lion::new(RATE), NAdam::new(RATE), RAdam::new(RATE), RmsProp::new(RATE), Adan::new(RATE),
        ScheduleFree::new(RATE), Lamb::new(RATE), Lars::new(RATE), Adafactor::new(RATE),
        Muon::new(RATE, AdamW::new(RATE)),
        Elastic::l1(RATE, Adam::new(RATE)), MaxNorm::new(1e3, Adam::new(RATE)),
        GradientNoise::new(RATE, 1, Adam::new(RATE)),
    }
    group.finish();
    let mut group = criterion.benchmark_group("rule, 1048576 parameters");
    rule(&mut group, LARGE, Sgd::new(RATE).momentum(0.9));
    rule(&mut group, LARGE, Adam::new(RATE));
    rule(&mut group, LARGE, AdamW::new(RATE));
    rule(&mut group, LARGE, AdaGrad::new(RATE));
    group.finish();
    let mut group = criterion.benchmark_group("step of workload C, 1 thread, by rule");
    step(&mut group, Adam::new(RATE));
    step(&mut group, Lamb::new(RATE));
    step(&mut group, Adafactor::new(RATE));
    step(&mut group, Muon::new(RATE, AdamW::new(RATE)));
    step(&mut group, Sam::new(0.05, Adam::new(RATE)));
    group.finish();
}

criterion_group! { name = benches; config = quick(); targets = all }
criterion_main!(benches);
