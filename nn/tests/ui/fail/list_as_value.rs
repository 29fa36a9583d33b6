//! A list of layers is a type, not a value.

use nn::network;



fn main() {
    let _ = network![dense(784 -> 128, relu), dense(10, softmax)];
}
