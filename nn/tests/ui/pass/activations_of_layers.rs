//! The output of every layer, by name.

use nn::network;

network! {
    /// Ten digits.
    #[derive(Debug)]
    pub struct Digits {
        hidden: dense(784 -> 128, relu),
        middle: dense(16, tanh),
        output: dense(10, softmax),
    }
    pub struct Tuple(dense(4 -> 3, relu), dense(2));
}

pub(crate) fn main() {
    let digits = Digits::init(7);
    let DigitsActivations { hidden, middle, output } = digits.activations(&[0.5; 784]);
    assert_eq!(output, digits.predict(&[0.5; 784]));
    assert!(hidden.iter().all(|&y| y >= 0.0) && hidden.iter().any(|&y| y > 0.0));
    assert!(middle.iter().all(|y| y.abs() <= 1.0));
    let answers: TupleActivations = Tuple::init(1).activations(&[1.0; 4]);
    assert_eq!((answers.layer1.len(), answers.layer2.len()), (3, 2));
    let answers: TupleActivations<f64> = <Tuple<f64> as nn::Network>::init(1).activations(&[1.0; 4]);
    assert_eq!(answers.clone(), answers);
    let _ = format!("{answers:?}");
}

