//! A network as a function on a tape, without the trait in scope.

use nn::autograd::Tape;
use nn::network;

network! { pub struct Line { only: dense(2 -> 1, sigmoid) } }

pub(crate) fn main() -> nn::Result<()> {
    let line = Line::init(3);
    let tape = Tape::new();
    let x = tape.constant(nn::autograd::tensor::Tensor::from_vec(vec![1.0, 2.0], [1, 2])?);
    let y = line.forward(&tape, x)?;
    assert_eq!(y.value().to_vec(), line.predict(&[1.0, 2.0]));
    Ok(())
}
