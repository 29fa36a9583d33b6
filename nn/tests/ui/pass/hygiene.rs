//! The user's names do not conflict with the expansion.

#![allow(dead_code, non_camel_case_types)]

mod models {
    pub struct Dense;
    pub struct Then;
    pub struct Parameters;
    pub struct Network;
    pub struct Sequential;
    pub struct Float;
    pub struct Relu;
    pub struct Softmax;
    pub struct Result;
    pub struct Option;
    pub struct Vec;
    pub struct Clone;
    pub struct AsRef;
    pub struct Path;
    pub struct Ok;
    pub struct Display;
    pub struct f32;
    pub struct usize;
    pub struct u64;
    pub struct str;
    pub mod core {}
    pub mod std {}
    pub mod nn {}

    ::nn::network! {
        pub struct Digits {
            sample: dense(784 -> 128, relu),
            path: dense(64, sigmoid),
            output: dense(10, softmax),
        }
        pub struct T(dense(2 -> 1));
    }
    pub type Small = ::nn::network![dense(4 -> 2, relu), dense(1)];
}

pub(crate) fn main() {
    let _: [f32; 10] = models::Digits::init(7).predict(&[0.0; 784]);
    let _: [f32; 1] = models::T::init(7).predict(&[0.0; 2]);
    let _ = <models::Small as nn::Network>::init(7);
}
