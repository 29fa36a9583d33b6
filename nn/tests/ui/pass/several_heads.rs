//! Several heads on one trunk.

use nn::data::Class;
use nn::{Network, head, network};

network! {
    /// What it is, how far it is turned, and whether it moves.
    pub struct Scene {
        trunk: dense(8 -> 6, relu),
        answers: heads {
            class: (dense(4, relu), dense(3, softmax)),
            angle: dense(1),
            moves: dense(2, sigmoid),
        },
    }
    pub struct Unnamed(dense(4 -> 3, relu), heads(dense(2, softmax), dense(1)));
    pub struct Only(heads(dense(4 -> 2, softmax), dense(1)));
    pub struct Both {
        inputs: concat { image: dense(4 -> 3, relu), meta: input(2) },
        answers: heads { class: dense(2, softmax), angle: dense(1) },
    }
}

fn has<N: Network<Head = H>, H>() {}

pub(crate) fn main() {
    let scene = Scene::init(7);
    let SceneOutput { class, angle, moves } = scene.predict(&[0.5; 8]);
    let (class, angle, moves): ([f32; 3], [f32; 1], [f32; 2]) = (class, angle, moves);
    assert!((class.iter().sum::<f32>() - 1.0).abs() < 1e-5);
    assert!(moves.iter().all(|p| (0.0..1.0).contains(p)));
    let flat: [f32; 6] = Network::predict(&scene, &[0.5; 8]);
    assert_eq!(SceneOutput::from(flat), SceneOutput { class, angle, moves });
    assert_eq!(scene.activations(&[0.5; 8]).answers, flat);
    has::<Scene, head::Both<head::Softmax<3>, head::Both<head::Linear<1>, head::Sigmoid<2>>>>();
    let _: Option<<Unnamed as nn::Architecture>::Target> = Some((Class::new(1).unwrap(), [0.5]));
    let _: [f32; 2] = Unnamed::init(1).predict(&[0.0; 4]).head1;
    let _: [f32; 1] = Only::init(1).predict(&[0.0; 4]).head2;
    let answer = Both::init(1).predict(&[0.0; 4], &[1.0; 2]);
    assert_eq!(Both::init(1).predict_batch(&[BothInput { image: [0.0; 4], meta: [1.0; 2] }]), [answer]);
}
