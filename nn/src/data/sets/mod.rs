//! Data sets that many know.

pub mod fashion_mnist;
