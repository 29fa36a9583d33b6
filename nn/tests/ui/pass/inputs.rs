//! Several inputs, each through its own layers, concatenated.

use nn::{Network, network};

const PIXELS: usize = 16;

network! {
    /// A picture and where it was taken.
    pub struct Place {
        /// Picture and position.
        both: concat {
            image: (dense(PIXELS -> 8, relu), dense(3)),
            position: input(2),
            time: dense(1 -> 2, tanh),
        },
        output: dense(3, softmax),
    }
    pub struct Unnamed(concat(dense(4 -> 3, relu), input(2)), dense(1));
    struct Text = "concat(dense(4→3, relu), input(2)), dense(1)";
}
type Small = network![concat(dense(4 -> 3, relu), input(2)), dense(1)];

pub(crate) fn main() {
    let place = Place::init(7);
    let answer: [f32; 3] = place.predict(&[0.5; PIXELS], &[0.1, 0.2], &[0.3]);
    let input = PlaceInput { image: [0.5; 16], position: [0.1, 0.2], time: [0.3] };
    let row: [f32; 19] = input.into();
    assert_eq!(row[15..], [0.5, 0.1, 0.2, 0.3]);
    assert_eq!(PlaceInput::from(row), input);
    assert_eq!(Network::predict(&place, &row), answer);
    assert_eq!(place.predict_batch(&[input; 3]), [answer; 3]);
    assert_eq!(place.activations(&[0.5; 16], &[0.1, 0.2], &[0.3]).output, answer);
    let _: [f32; 3] = place.logits(&[0.5; 16], &[0.1, 0.2], &[0.3]);
    assert_eq!(
        <Place as nn::Architecture>::NAMES,
        ["both.image.layer1", "both.image.layer2", "both.position", "both.time", "output"]
    );
    let _: [f32; 1] = Unnamed::init(1).predict(&[1.0; 4], &[2.0; 2]);
    let UnnamedInput { input1, input2 } = UnnamedInput::from([1.0_f32; 6]);
    assert_eq!((input1.len(), input2.len()), (4, 2));
    let _ = Text::init(1).predict(&[1.0; 4], &[2.0; 2]);
    let _ = Small::init(1).predict(&[1.0; 6]);
}
