//! Conversions between tensors of dual numbers and tensors of their parts.

use tensor::{Float, Tensor};

use super::Dual;
use crate::error::Result;

/// Returns `x` with every element as a constant.
///
/// ```
/// use autograd::dual;
/// use tensor::Tensor;
///
/// let x = dual::constant(&Tensor::from([1.0, 2.0]));
/// assert_eq!(dual::derivatives(&x), Tensor::from([0.0, 0.0]));
/// ```
pub fn constant<T: Float>(x: &Tensor<T>) -> Tensor<Dual<T>> {
    let mut values = x.to_vec().into_iter().map(Dual::constant);
    Tensor::from_fn(x.shape(), |_| values.next().unwrap_or_default())
}

/// Returns `x` with the derivatives `v`: the elements move in the direction `v`.
///
/// # Errors
///
/// If the shapes differ.
///
/// ```
/// use autograd::dual;
/// use tensor::Tensor;
///
/// let x = dual::along(&Tensor::from([1.0, 2.0]), &Tensor::from([0.0, 1.0]))?;
/// assert_eq!(dual::derivatives(&(&x * &x)), Tensor::from([0.0, 4.0]));
/// # Ok::<(), autograd::Error>(())
/// ```
pub fn along<T: Float>(x: &Tensor<T>, v: &Tensor<T>) -> Result<Tensor<Dual<T>>> {
    let pairs = x.to_vec().into_iter().zip(v.reshape(x.shape())?.to_vec());
    let values = pairs.map(|(value, derivative)| Dual { value, derivative }).collect();
    Ok(Tensor::from_vec(values, x.shape())?)
}

/// Returns `x` with the derivative 1 for the element at position `at` (the last axis changing
/// fastest), 0 for all others.
pub(crate) fn moving<T: Float>(x: &Tensor<T>, at: usize) -> Result<Tensor<Dual<T>>> {
    let mut values: Vec<_> = x.to_vec().into_iter().map(Dual::constant).collect();
    values[at].derivative = T::one();
    Ok(Tensor::from_vec(values, x.shape())?)
}

/// Returns the values.
pub fn values<T: Float>(x: &Tensor<Dual<T>>) -> Tensor<T> {
    parts(x, |x| x.value)
}

/// Returns the derivatives.
pub fn derivatives<T: Float>(x: &Tensor<Dual<T>>) -> Tensor<T> {
    parts(x, |x| x.derivative)
}

fn parts<T: Float>(x: &Tensor<Dual<T>>, part: impl Fn(Dual<T>) -> T) -> Tensor<T> {
    let mut parts = x.to_vec().into_iter().map(part);
    Tensor::from_fn(x.shape(), |_| parts.next().unwrap_or_default())
}
