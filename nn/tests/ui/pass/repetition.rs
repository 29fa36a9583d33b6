//! A repeated layer: numbered names, an index in its accessor, an array of outputs.

use nn::network;

network! {
    pub struct Deep {
        stem: dense(8 -> 4, relu),
        deep: dense(4 -> 4, tanh) * 16,
        once: dense(4, relu) * 1,
        last: dense(4 -> 2) * 1,
    }
    pub struct Inferred(dense(3 -> 3, relu) * 2, dense(3, tanh) * 3, dense(1, sigmoid));
}
type Small = network![dense(3 -> 3, relu) * 5, dense(1)];

pub(crate) fn main() {
    assert_eq!(Deep::PARAMS, 9 * 4 + 16 * 20 + 20 + 5 * 2);
    assert_eq!(<Deep as nn::Architecture>::NAMES[..3], ["stem", "deep.0", "deep.1"]);
    assert_eq!(<Deep as nn::Architecture>::NAMES.len(), 19);
    let network = Deep::init(3);
    assert_ne!(network.deep(0).weight, network.deep(15).weight);
    assert_eq!(network.once().bias, &[0.0; 4]);
    let answers = network.activations(&[0.5; 8]);
    let deep: [[f32; 4]; 16] = answers.deep;
    assert_ne!(deep[0], deep[15]);
    assert_eq!(answers.last, network.predict(&[0.5; 8]));
    assert_eq!(<Inferred as nn::Architecture>::NAMES.len(), 6);
    assert_eq!(Small::PARAMS, 5 * 12 + 4);
    let outside = std::panic::catch_unwind(|| network.deep(16).bias[0]).unwrap_err();
    let message = outside.downcast_ref::<String>().unwrap();
    assert_eq!(message, "layer `deep` is repeated 16 times: index 16 is not in 0..16");
}
