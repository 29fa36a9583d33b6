//! Well-known data sets.

pub mod fashion_mnist;
