//! How the learning rate changes over a training.
//!
//! A schedule is any function from the share of the training that is over, 0 to 1, to a factor on the
//! learning rate: `.schedule(|done| 1.0 - done)` is one. Early steps should be large enough to get
//! somewhere, late ones small enough to settle.
//!
//! ```
//! use nn::schedule;
//! assert_eq!(schedule::cosine(0.0), 1.0);
//! assert_eq!(schedule::linear(0.75), 0.25);
//! assert_eq!(schedule::constant(0.9), 1.0);
//! ```

/// Always 1.
pub fn constant(_done: f64) -> f64 {
    1.0
}

/// From 1 straight down to 0.
pub fn linear(done: f64) -> f64 {
    1.0 - done
}

/// From 1 down to 0 along half a cosine: (1 + cos π·done)/2 (Loshchilov and Hutter 2017).
pub fn cosine(done: f64) -> f64 {
    0.5 * (1.0 + (std::f64::consts::PI * done).cos())
}
