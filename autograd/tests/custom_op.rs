//! A custom operation, written outside this crate: two inputs, a saved value, one check.

use autograd::{Call, Error, Op, Result, Tape, Var, gradcheck};
use tensor::{Float, Tensor};

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

#[test]
fn its_gradients_are_right() -> Result<()> {
    gradcheck(Along::default, [[2, 3].into(), autograd::gradcheck::normal([3])])
}

/// The same method syntax as for built-in operations.
trait AlongExt: Sized {
    fn along(self, direction: Self) -> Result<Self>;
}

impl<T: Float> AlongExt for Var<'_, T> {
    fn along(self, direction: Self) -> Result<Self> {
        self.tape().apply(Along::default(), [self, direction])
    }
}

#[test]
fn it_mixes_with_the_built_in_ones() -> Result<()> {
    let tape = Tape::<f32>::new();
    let a = tape.parameter(Tensor::from([[1.0, 2.0], [5.0, -1.0]]));
    let b = tape.parameter(Tensor::from([3.0, 4.0]));
    let y = a.along(b)?;
    assert_eq!(y.value(), Tensor::from([[2.2], [2.2]]));
    let gradients = (y * 5.0).sum()?.backward()?;
    assert_eq!(*gradients.of(a)?, Tensor::from([[3.0, 4.0], [3.0, 4.0]]));
    Ok(())
}

/// An operation whose `backward` returns the given gradients.
#[derive(Clone)]
struct Answers(Option<Tensor<f64>>);

impl Op<f64, 2> for Answers {
    fn name(&self) -> &'static str {
        "answers"
    }

    fn forward(&mut self, [a, b]: [&Tensor<f64>; 2]) -> Result<Tensor<f64>> {
        if a.is_empty() {
            return Err(Error::invalid("answers", format!("{:?}: expected elements", a.shape())));
        }
        Ok(a.zip(b, |a, b| a + b)?)
    }

    fn backward(
        &self,
        call: &Call<'_, f64, 2>,
        dy: &Tensor<f64>,
    ) -> Result<[Option<Tensor<f64>>; 2]> {
        Ok([call.wanted(0, || Ok(dy.clone()))?, self.0.clone()])
    }
}

fn message_of(answer: Option<Tensor<f64>>) -> String {
    let tape = Tape::new();
    let [a, b] = [[2, 3], [2, 3]].map(|shape| tape.parameter(Tensor::ones(shape)));
    let y = tape.apply(Answers(answer), [a, b]).unwrap();
    y.backward_with(Tensor::ones([2, 3])).unwrap_err().to_string()
}

#[test]
fn a_wrong_gradient_is_refused_by_name() {
    assert_eq!(
        message_of(Some(Tensor::ones([4, 3]))),
        "answers: gradient 1 is [4, 3], input 1 is [2, 3]; `backward` must return the input's \
        shape, or one that the input broadcasts to"
    );
    assert_eq!(
        message_of(None),
        "answers: gradient 1 is missing, but input 1 requires one; `backward` must return `Some` \
        for every `wanted` input, zeros if the gradient vanishes"
    );
}

#[test]
fn what_forward_refuses_is_named_too() {
    let tape = Tape::new();
    let apply = |a: [usize; 2], b: [usize; 2]| {
        let [a, b] = [a, b].map(|shape| tape.parameter(Tensor::ones(shape)));
        tape.apply(Answers(None), [a, b]).unwrap_err().to_string()
    };
    assert_eq!(apply([0, 3], [0, 3]), "answers: [0, 3]: expected elements");
    let message = apply([2, 3], [2, 4]);
    assert!(message.starts_with("answers: [2, 3] and [2, 4]: they do not broadcast"), "{message}");
}
