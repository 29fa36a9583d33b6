//! A network as a function: on the tape, and layer by layer.

use nn::__private::Activations;
use nn::autograd::Tape;
use nn::prelude::*;
use tensor::Tensor;

network! {
    struct Classes(dense(5 -> 9, tanh), dense(7, gelu), dense(3, softmax));
    struct Answers(dense(4 -> 3, sigmoid));
    struct Numbers(dense(40 -> 60, relu), dense(2));
}

/// Any sample.
fn sample<const I: usize>(row: usize) -> [f32; I] {
    std::array::from_fn(|i| ((row * 31 + i * 17) % 23) as f32 / 11.0 - 1.0)
}

fn forward_is_predict<N, const I: usize, const O: usize>()
where
    N: Network<Float = f32, Input = [f32; I], Output = [f32; O]>,
{
    let network = N::init(3);
    let rows: Vec<[f32; I]> = (0..11).map(sample).collect();
    let predicted: Vec<[f32; O]> = rows.iter().map(|row| network.predict(row)).collect();

    let tape = Tape::new();
    let x = tape.parameter(Tensor::from_vec(rows.as_flattened().to_vec(), [11, I]).unwrap());
    let outputs = network.forward(&tape, x).unwrap();
    assert_eq!(outputs.value().to_vec(), predicted.as_flattened());
    let gradients = outputs.mul(outputs).unwrap().sum().unwrap().backward().unwrap();
    assert!(gradients.of(x).unwrap().to_vec().iter().any(|&slope| slope != 0.0));

    let on_tape = network.on_tape(&tape).unwrap();
    assert_eq!(on_tape.forward(x).unwrap().value().to_vec(), predicted.as_flattened());
    assert_eq!((N::INPUTS, N::OUTPUTS), (I, O));
}

#[test]
fn the_tape_form_is_predict_to_the_last_bit() {
    forward_is_predict::<Classes, 5, 3>();
    forward_is_predict::<Answers, 4, 3>();
    forward_is_predict::<Numbers, 40, 2>();
}

#[test]
fn an_input_of_another_width_is_refused() {
    let tape = Tape::new();
    let x = tape.constant(Tensor::zeros([2, 6]));
    let error = Record::forward(&Classes::init(1), &tape, x).unwrap_err().to_string();
    assert!(error.contains("[2, 6]"), "{error}");
}

#[test]
fn every_layer_shows_its_answer() {
    let network = Classes::init(3);
    let x = sample(1);
    let mut answers = Activations::of(&network, &x);
    let (first, second, last): ([f32; 9], [f32; 7], [f32; 3]) =
        (answers.layer(), answers.layer(), answers.layer());
    assert_eq!(last, network.predict(&x));

    let view = network.layer1();
    let z: [f32; 9] = std::array::from_fn(|o| {
        view.bias[o] + (0..5).map(|i| x[i] * view.weight[i][o]).sum::<f32>()
    });
    assert!(first.iter().zip(z).all(|(y, z)| (y - z.tanh()).abs() < 1e-6));
    let view = network.layer3();
    let z: [f32; 3] = std::array::from_fn(|o| {
        view.bias[o] + (0..7).map(|i| second[i] * view.weight[i][o]).sum::<f32>()
    });
    let total: f32 = z.iter().map(|z| z.exp()).sum();
    assert!(last.iter().zip(z).all(|(p, z)| (p - z.exp() / total).abs() < 1e-6));
}
