//! The user's types, methods and traits with the names that the macro uses.

#![deny(warnings)]
#![allow(dead_code)]

pub struct Dense;
pub struct Result;
pub struct Option;
pub struct T;
pub struct Layer;
pub struct Network;
pub struct From;
pub struct Into;
pub struct Debug;
pub struct Copy;
pub struct PartialEq;
pub struct String;
pub struct Activations;
pub type Number = u8;
pub const OUTPUTS: usize = 3;
macro_rules! vec {
    () => {};
}
macro_rules! concat {
    () => {};
}

/// Methods of all types.
trait All {
    fn predict(&self) {}
    fn into(self) -> u8
    where
        Self: Sized,
    {
        0
    }
    fn layer(&self) {}
    fn count() {}
}
impl<A> All for A {}

nn::network! {
    struct Digits {
        tape: concat { answers: dense(4 -> 3, relu), row: input(2), samples: input(1) },
        first: dense(OUTPUTS, relu),
        answers: dense(OUTPUTS, relu) * 2,
        layer: residual(dense(OUTPUTS)),
        index: dense(3, relu) * 2,
        network: heads { sample: dense(OUTPUTS, softmax), path: dense(1) },
    }
}

pub(crate) fn main() {
    vec!();
    concat!();
    let digits = Digits::init(7);
    let answer = digits.predict(&[0.5; 4], &[1.0, 2.0], &[3.0]);
    let _: [f32; 3] = answer.sample;
    let _ = digits.activations(&[0.5; 4], &[1.0, 2.0], &[3.0]).answers;
    let _ = (digits.answers(1).bias, digits.index(0).bias);
    let _ = digits.predict_batch(&[DigitsInput { answers: [0.0; 4], row: [0.0; 2], samples: [0.0] }]);
}
