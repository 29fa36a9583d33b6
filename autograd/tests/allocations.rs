//! A repeated recorded step allocates no memory; a recomputed section needs less memory than a
//! stored one.

use autograd::{Result, Tape, Var};
use tensor::Tensor;

/// The number of allocations of `work` in this thread, and their bytes.
fn allocated(work: impl FnOnce()) -> (u64, u64) {
    let counted = allocation_counter::measure(work);
    (counted.count_total, counted.bytes_total)
}

/// A network of two layers and a step of gradient descent.
struct Training {
    weights: [Tensor<f32>; 4],
    x: Tensor<f32>,
    target: Tensor<f32>,
}

impl Training {
    fn new() -> Self {
        let numbers = |shape: [usize; 2]| {
            Tensor::from_fn(shape, |at| ((at[0] * 7 + at[1] * 3) % 11) as f32 / 11.0 - 0.4)
        };
        Training {
            weights: [numbers([8, 16]), numbers([1, 16]), numbers([16, 4]), numbers([1, 4])],
            x: numbers([32, 8]),
            target: numbers([32, 4]),
        }
    }

    fn step(&mut self, tape: &Tape<f32>) -> Result<f32> {
        let weights = self.weights.each_ref().map(|weight| tape.parameter(weight.clone()));
        let [w1, b1, w2, b2] = weights;
        let (x, target) = (tape.constant(self.x.clone()), tape.constant(self.target.clone()));
        let hidden = (x.matmul(w1)? + b1).tanh()?;
        let y = hidden.matmul(w2)? + b2;
        let penalty = w1.square()?.sum()? + w2.square()?.mean()?;
        let loss = y.softmax(1)?.mse(target)? + penalty * 1e-3;
        let gradients = loss.backward()?;
        for (weight, variable) in self.weights.iter_mut().zip(weights) {
            *weight = weight.zip(gradients.of(variable)?, |w, dw| w - 0.1 * dw)?;
        }
        Ok(loss.value().item()?)
    }
}

#[test]
fn a_repeated_step_on_a_cleared_tape_allocates_nothing() {
    let (mut training, mut tape) = (Training::new(), Tape::new());
    let mut losses = Vec::with_capacity(100);
    let mut step = || {
        tape.clear();
        losses.push(training.step(&tape).unwrap());
    };
    (0..3).for_each(|_| step());
    let (allocations, bytes) = allocated(|| (0..50).for_each(|_| step()));
    assert_eq!((allocations, bytes), (0, 0), "in 50 steps");
    assert!(losses.is_sorted_by(|before, after| after < before), "{losses:?}");
}

#[test]
fn a_repeated_step_on_a_new_tape_allocates_nothing() {
    let mut training = Training::new();
    let mut step = || training.step(&Tape::new()).unwrap();
    (0..3).for_each(|_| {
        step();
    });
    let (allocations, bytes) = allocated(|| {
        step();
    });
    assert_eq!((allocations, bytes), (0, 0));
}

#[test]
fn a_section_that_is_recomputed_takes_less_memory() {
    const BLOCKS: usize = 8;
    const ROWS: usize = 4096;
    fn block<'t>(x: Var<'t, f32>, w: Var<'t, f32>) -> Result<Var<'t, f32>> {
        let hidden = x.matmul(w)?.tanh()?;
        hidden.square()?.exp()?.sigmoid()?.sub(x)
    }
    let gradient = |recompute: bool| {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::full([ROWS, 8], 0.3_f32));
        let w = tape.parameter(Tensor::full([8, 8], 0.1_f32));
        let mut y = x;
        for _ in 0..BLOCKS {
            y = if recompute {
                tape.recompute(|[x, w]| block(x, w), [y, w]).unwrap()
            } else {
                block(y, w).unwrap()
            };
        }
        let gradients = y.mean().unwrap().backward().unwrap();
        [x, w].map(|variable| gradients.of(variable).unwrap().to_vec())
    };
    // In new threads, which have no memory to reuse, so that they allocate their peak demand.
    let run = |recompute| {
        let mut result = None;
        let (_, bytes) = allocated(|| result = Some(gradient(recompute)));
        (result.unwrap(), bytes)
    };
    let measure =
        |recompute| std::thread::scope(|scope| scope.spawn(|| run(recompute)).join().unwrap());
    let (kept, bytes_kept) = measure(false);
    let (recomputed, bytes_recomputed) = measure(true);
    assert_eq!(kept, recomputed); // the same bits
    println!("kept: {bytes_kept} bytes, recomputed: {bytes_recomputed}");
    assert!(bytes_recomputed * 2 < bytes_kept, "{bytes_recomputed} and {bytes_kept} bytes");
}
