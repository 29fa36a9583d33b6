//! Extensions from outside the workspace: an activation, an operation, a loss. Each is checked in
//! one line and used like a built-in one.

use nn::Threads;
use nn::autograd::{Call, Op, Result, Tape, elementwise, gradcheck};
use nn::prelude::*;
use tensor::{Tensor, math};

// An activation by its formula alone: the derivative comes from dual numbers.
elementwise!(Swish, "swish", |x: T| x * math::sigmoid(T::of(1.5) * x));

network! {
    struct Swishing(dense(3 -> 8, Swish), dense(4, relu), dense(2, softmax));
    struct Answers(dense(3 -> 8, Swish), dense(2));
}

/// y = (a·b) / |b|, a along b; da = dy·bᵀ/|b|, db = dyᵀ·a/|b| − b·(Σ dy∘y)/|b|².
///
/// shapes: a `[rows, n]`, b `[n]`, y `[rows, 1]`
#[derive(Default)]
struct Along<T>(T);

#[rustfmt::skip]
impl<T: Float> Op<T, 2> for Along<T> {
    fn name(&self) -> &'static str { "along" }
    fn forward(&mut self, [a, b]: [&Tensor<T>; 2]) -> Result<Tensor<T>> {
        self.0 = (b * b).sum().sqrt(); // |b|, saved for backward
        Ok(a.matmul(&b.reshape([b.len(), 1])?)? / self.0)
    }
    fn backward(&self, call: &Call<'_, T, 2>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 2]> {
        let ([a, b], y, length) = (call.inputs, call.output, self.0);
        let da = call.wanted(0, || Ok(dy.zip(b, |dy, b| dy * b / length)?))?;
        let along = (dy * y).sum() / (length * length);
        let db = call.wanted(1, || Ok((dy * a).sum_to(b.shape())? / length - b * along))?;
        Ok([da, db])
    }
}

// A loss of two inputs by its formula.
elementwise!(LogCosh, "log_cosh", |y: T, target: T| (y - target).cosh().ln());

#[test]
fn their_gradients_are_right() -> Result<()> {
    gradcheck!(Swish, [[2, 3]])?;
    gradcheck!(LogCosh, [[2, 3], [1, 3]])?;
    gradcheck!(Along::default(), [gradcheck::normal([2, 3]), gradcheck::normal([3])])
}

#[test]
fn the_activation_is_part_of_a_network() {
    let network = Swishing::init(3);
    // The static driver, where the activation is fused into the product, and the tape agree to the
    // last bit, gradients included.
    network.self_check(1).unwrap();
    Answers::<f64>::init(3).self_check(1).unwrap();
    assert!(Swishing::SUMMARY.contains("dense 3 -> 8, swish"), "{}", Swishing::SUMMARY);
    // Compare with the formula.
    let [x, layer] = [[0.5, -1.0, 2.0], [0.1, 0.2, 0.3]];
    let outputs = network.predict(&x);
    assert!((outputs.iter().sum::<f32>() - 1.0).abs() < 1e-6);
    let mut all = [[0.0; 2]; 2];
    network.predict_into(&[x, layer], &mut all, &Threads::new(1));
    assert_eq!(all[0], outputs);
}

#[test]
fn operation_and_loss_train_what_a_network_answers() -> nn::Result<()> {
    let network = Answers::<f64>::init(5);
    let inputs = [[0.5, -1.0, 2.0], [1.0, 0.3, -0.2]];
    let tape = Tape::new();
    let on_tape = network.on_tape(&tape)?;
    let logits = on_tape.logits(on_tape.inputs(&inputs)?)?;
    let direction = tape.parameter(Tensor::from([3.0, 4.0]));
    let along = tape.apply(Along::default(), [logits, direction])?;
    let target = tape.constant(Tensor::from([[1.0], [-1.0]]));
    let loss = tape.apply(LogCosh, [along, target])?.mean()?;
    let gradients = loss.backward()?;
    assert!(gradients.get(direction).is_some());
    let flat = on_tape.flatten(&gradients)?;
    assert_eq!(flat.len(), network.parameters().as_slice().len());
    assert!(flat.iter().any(|&gradient| gradient != 0.0));
    Ok(())
}
