//! Convolutions and max pooling on the tape, forward and with both gradients, on one thread.
//!
//! Throughput is in output elements per second. A convolution backward counts as twice its
//! arithmetic forward.

use autograd::{Tape, Windows};
use benches::convolutions::Convolution;
use benches::measure::{Work, measure, quick};
use benches::numbers;
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use tensor::Tensor;

fn convolutions(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("convolution");
    for step in Convolution::ALL {
        let random = |shape: [usize; 4]| {
            let len = shape.iter().product();
            Tensor::from_vec(numbers(len), shape).expect("as many numbers as elements")
        };
        let images = random(step.images);
        let weight = step.weight().map(random);
        let ours = |backward: bool| {
            let tape = Tape::new();
            let x = tape.parameter(images.clone());
            let y = match &weight {
                Some(weight) => {
                    let windows = Windows::default().padding([step.padding; 2]);
                    x.conv2d(tape.parameter(weight.clone()), windows, 1)
                }
                None => x.max_pool2d([step.window; 2], Windows::tiled([step.window; 2])),
            };
            let y = y.expect("the shapes fit");
            let gradient =
                backward.then(|| y.sum().expect("a sum").backward().expect("a gradient"));
            (y.value(), gradient)
        };
        let (outputs, inputs) = (step.output_len(), images.len());
        let weights = weight.as_ref().map_or(0, Tensor::len);
        // A product and a sum, or a comparison, for each number of each window.
        let per_output = match step.outputs {
            Some(_) => 2 * step.images[1] * step.window * step.window,
            None => step.window * step.window,
        };
        let flops = outputs * per_output;
        let bytes = 4 * (inputs + weights + outputs);
        let forward = Work { elements: outputs, flops, bytes, threads: 1 };
        let both = Work { flops: 3 * flops, bytes: 3 * bytes, ..forward };
        for (pass, backward, work) in
            [("forward", false, forward), ("forward and backward", true, both)]
        {
            let name = format!("{}, {pass}", step.name);
            measure(&mut group, BenchmarkId::new(&name, "nn"), work, || ours(backward));
            #[cfg(feature = "peers")]
            for (peer, mut compute) in peers::windows::all(&step) {
                measure(&mut group, BenchmarkId::new(&name, peer), work, || compute(backward));
            }
        }
    }
    group.finish();
}

criterion_group! { name = benches; config = quick(); targets = convolutions }
criterion_main!(benches);
