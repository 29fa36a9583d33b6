//! Forward mode and second derivatives: the tape of this crate, run on dual numbers.
//!
//! A function computed with [dual numbers](crate::dual) returns its value and its directional
//! derivative: forward mode, a Jacobian–vector product ([`jvp`]). If the tape differentiates it as
//! well, the gradient also carries its directional derivative: a Hessian–vector product
//! ([`hessian_vector`]). One direction after the other, this gives whole matrices ([`jacobian`],
//! [`hessian`]). All operations work unchanged, including custom ones.
//!
//! ```
//! use autograd::Dual;
//! use autograd::higher::{hessian, hessian_vector, jacobian, jvp};
//! use tensor::Tensor;
//!
//! let x = Tensor::from([1.0, 2.0]);
//! let v = Tensor::from([1.0, 0.0]);
//!
//! let (y, dy) = jvp(|[x]| x.square(), [&x], [&v])?;
//! assert_eq!((y, dy), (Tensor::from([1.0, 4.0]), Tensor::from([2.0, 0.0])));
//! assert_eq!(jacobian(|x| x.square(), &x)?, Tensor::from([[2.0, 0.0], [0.0, 4.0]]));
//!
//! // Σ x³: gradient 3x², Hessian diag(6x)
//! let ([gradient], [product]) =
//!     hessian_vector(|[x]| x.powf(Dual::constant(3.0))?.sum(), [&x], [&v])?;
//! assert_eq!((gradient, product), (Tensor::from([3.0, 12.0]), Tensor::from([6.0, 0.0])));
//! let at_x = hessian(|x| x.powf(Dual::constant(3.0))?.sum(), &x)?;
//! assert_eq!(at_x.hessian, Tensor::from([[6.0, 0.0], [0.0, 12.0]]));
//! # Ok::<(), autograd::Error>(())
//! ```

use tensor::{Float, Tensor};

use crate::dual::{self, Dual};
use crate::error::Result;
use crate::tape::Tape;
use crate::var::Var;

/// Returns f(x) and the Jacobian–vector product: the derivative of f at x in the direction `v`, in
/// one forward computation.
///
/// # Errors
///
/// Those of f; if a direction has another shape than its input.
pub fn jvp<T, F, const N: usize>(
    f: F,
    x: [&Tensor<T>; N],
    v: [&Tensor<T>; N],
) -> Result<(Tensor<T>, Tensor<T>)>
where
    T: Float,
    F: for<'t> FnOnce([Var<'t, Dual<T>>; N]) -> Result<Var<'t, Dual<T>>>,
{
    let tape = Tape::no_grad();
    let y = f(moved(x, v)?.map(|x| tape.constant(x)))?.value();
    Ok((dual::values(&y), dual::derivatives(&y)))
}

/// Returns the gradient of a scalar f with respect to each input, and the Hessian–vector product:
/// the derivative of the gradient in the direction `v`.
///
/// It costs a few times as much as the gradient.
///
/// # Errors
///
/// Those of f and of [`Var::backward`]; if a direction has another shape than its input.
#[allow(clippy::type_complexity)] // two arrays, as long as the inputs
pub fn hessian_vector<T, F, const N: usize>(
    f: F,
    x: [&Tensor<T>; N],
    v: [&Tensor<T>; N],
) -> Result<([Tensor<T>; N], [Tensor<T>; N])>
where
    T: Float,
    F: for<'t> FnOnce([Var<'t, Dual<T>>; N]) -> Result<Var<'t, Dual<T>>>,
{
    let tape = Tape::new();
    let inputs = moved(x, v)?.map(|x| tape.parameter(x));
    let mut gradients = f(inputs)?.backward()?;
    // A function need not depend on all of its inputs.
    let gradients = inputs.map(|x| gradients.take(x).unwrap_or_else(|| Tensor::zeros(x.shape())));
    Ok((gradients.each_ref().map(dual::values), gradients.each_ref().map(dual::derivatives)))
}

/// The second-order expansion of a scalar function at a point x with n elements: f(x + s) ≈ value +
/// gradient·s + ½ s·hessian·s.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Expansion<T: Float> {
    /// f(x).
    pub value: T,
    /// The first derivatives, in x's shape.
    pub gradient: Tensor<T>,
    /// The second derivatives, `[n, n]`.
    pub hessian: Tensor<T>,
}

/// Returns value, gradient and Hessian of a scalar f at x.
///
/// It takes one [`hessian_vector`] for each element of x, so use it for small x.
///
/// # Errors
///
/// Those of f and of [`Var::backward`].
///
/// ```
/// use autograd::higher::hessian;
/// use tensor::Tensor;
///
/// let at_x = hessian(|x| x.exp()?.prod(), &Tensor::from([0.0, 0.0]))?; // e^(x₀ + x₁)
/// assert_eq!(at_x.value, 1.0);
/// assert_eq!(at_x.gradient, Tensor::from([1.0, 1.0]));
/// assert_eq!(at_x.hessian, Tensor::ones([2, 2]));
/// # Ok::<(), autograd::Error>(())
/// ```
pub fn hessian<T, F>(f: F, x: &Tensor<T>) -> Result<Expansion<T>>
where
    T: Float,
    F: for<'t> Fn(Var<'t, Dual<T>>) -> Result<Var<'t, Dual<T>>>,
{
    let n = x.len();
    let mut rows = Vec::with_capacity(n * n);
    let mut value = T::nan();
    let mut gradient = Tensor::zeros(x.shape());
    let mut tape = Tape::new();
    for at in 0..n {
        tape.clear();
        let x = tape.parameter(dual::moving(x, at)?);
        let y = f(x)?;
        let gradients = y.backward()?;
        // The second derivatives are symmetric: a column is a row.
        match gradients.get(x) {
            Some(found) => {
                rows.extend(dual::derivatives(found).values());
                gradient = dual::values(found);
            }
            None => rows.extend(std::iter::repeat_n(T::zero(), n)),
        }
        value = y.value().item()?.value;
    }
    Ok(Expansion { value, gradient, hessian: Tensor::from_vec(rows, [n, n])? })
}

/// Returns the Jacobian of f at x: the derivative of every element of f(x) by every element of x,
/// `[elements of f(x), elements of x]`.
///
/// It takes one [`jvp`] for each element of x, or one backward pass for each element of f(x),
/// whichever are fewer.
///
/// # Errors
///
/// Those of f.
pub fn jacobian<T, F>(f: F, x: &Tensor<T>) -> Result<Tensor<T>>
where
    T: Float,
    F: for<'t> Fn(Var<'t, Dual<T>>) -> Result<Var<'t, Dual<T>>>,
{
    let tape = Tape::new();
    let at_x = tape.parameter(dual::constant(x));
    let y = f(at_x)?;
    let (outputs, inputs) = (y.shape().elements(), x.len());
    if !y.wants_gradient() {
        return Ok(Tensor::zeros([outputs, inputs]));
    }
    if outputs < inputs {
        let mut rows = Vec::with_capacity(outputs * inputs);
        for row in 0..outputs {
            let dy = Tensor::zeros([outputs]);
            let dy = dual::constant(&dual::derivatives(&dual::moving::<T>(&dy, row)?));
            let gradients = y.backward_with(dy.reshape(y.shape())?)?;
            match gradients.get(at_x) {
                Some(gradient) => rows.extend(dual::values(gradient).values()),
                None => rows.extend(std::iter::repeat_n(T::zero(), inputs)),
            }
        }
        return Ok(Tensor::from_vec(rows, [outputs, inputs])?);
    }
    let mut columns = Vec::with_capacity(outputs * inputs);
    for column in 0..inputs {
        let tape = Tape::no_grad();
        let y = f(tape.constant(dual::moving(x, column)?))?.value();
        columns.extend(dual::derivatives(&y).values());
    }
    Ok(Tensor::from_vec(columns, [inputs, outputs])?.transpose()?.contiguous())
}

fn moved<T: Float, const N: usize>(
    x: [&Tensor<T>; N],
    v: [&Tensor<T>; N],
) -> Result<[Tensor<Dual<T>>; N]> {
    let mut moved = x.map(dual::constant);
    for (moved, (x, v)) in moved.iter_mut().zip(x.into_iter().zip(v)) {
        *moved = dual::along(x, v)?;
    }
    Ok(moved)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A function with every kind of operation in it: `[2, 3]` and `[3, 2]` to a scalar.
    fn loss<'t, T: Float>([x, w]: [Var<'t, T>; 2]) -> Result<Var<'t, T>> {
        let hidden = x.matmul(w)?.gelu()?;
        hidden.softmax(1)?.add(hidden.softplus()?)?.ln()?.mul(x.sum_axes(&[1], true)?)?.mean()
    }

    fn inputs() -> [Tensor<f64>; 4] {
        use tensor::random::Random;
        let shapes = [[2, 3], [3, 2], [2, 3], [3, 2]];
        let mut stream = 0;
        shapes.map(|shape| {
            stream += 1;
            Tensor::normal(shape, 0.0, 1.0, Random::new(5, stream))
        })
    }

    fn gradients(x: &Tensor<f64>, w: &Tensor<f64>) -> [Tensor<f64>; 2] {
        let tape = Tape::new();
        let inputs = [x, w].map(|x| tape.parameter(x.clone()));
        let gradients = loss(inputs).unwrap().backward().unwrap();
        inputs.map(|x| gradients.of(x).unwrap().clone())
    }

    fn close(a: &Tensor<f64>, b: &Tensor<f64>, tolerance: f64) {
        let error = a.zip(b, |a, b| (a - b).abs()).unwrap().to_vec();
        assert!(error.iter().all(|&error| error < tolerance), "{a:?} {b:?}");
    }

    #[test]
    fn forward_and_reverse_mode_agree() {
        let [x, w, vx, vw] = inputs();
        let (y, change) = jvp(loss, [&x, &w], [&vx, &vw]).unwrap();
        let [dx, dw] = gradients(&x, &w);
        let expected = (dx * vx).sum() + (dw * vw).sum();
        assert!((change.item().unwrap() - expected).abs() < 1e-14);
        let tape = Tape::no_grad();
        let plain = loss([x, w].map(|x| tape.constant(x))).unwrap().value();
        close(&y, &plain, 1e-14);
    }

    #[test]
    fn products_with_the_hessian_are_differences_of_gradients() {
        let [x, w, vx, vw] = inputs();
        let (at_x, products) = hessian_vector(loss, [&x, &w], [&vx, &vw]).unwrap();
        for (found, expected) in at_x.iter().zip(gradients(&x, &w)) {
            close(found, &expected, 1e-14);
        }
        let h = 1e-5;
        let moved = |h: f64| gradients(&(&x + &vx * h), &(&w + &vw * h));
        for ((found, above), below) in products.iter().zip(moved(h)).zip(moved(-h)) {
            close(found, &((above - below) / (2.0 * h)), 1e-8);
        }
    }

    #[test]
    fn a_hessian_is_symmetric_and_made_of_such_products() {
        let [x, w, vx, _] = inputs();
        let found = hessian(|x| loss([x, x.tape().constant(dual::constant(&w))]), &x).unwrap();
        close(&found.hessian, &found.hessian.transpose().unwrap(), 1e-14);
        let still = Tensor::zeros([3, 2]);
        let (_, [product, _]) = hessian_vector(loss, [&x, &w], [&vx, &still]).unwrap();
        let expected = found.hessian.matmul(&vx.reshape([6, 1]).unwrap()).unwrap();
        close(&product.reshape([6, 1]).unwrap(), &expected, 1e-14);
    }

    #[test]
    fn jacobians_by_rows_and_by_columns() {
        // y = A·x with A wide or tall has A as its Jacobian.
        for shape in [[2, 3], [3, 2]] {
            let mut next = 0.0;
            let a = Tensor::from_fn(shape, |_| {
                next += 1.0;
                next
            });
            let x = Tensor::ones([shape[1], 1]);
            let found = jacobian(|x| x.tape().constant(dual::constant(&a)).matmul(x), &x).unwrap();
            assert_eq!(found, a);
        }
        let constant = jacobian(|x| Ok(x.detach()), &Tensor::from([1.0, 2.0])).unwrap();
        assert_eq!(constant, Tensor::zeros([2, 2]));
    }

    #[test]
    fn a_function_of_one_input_alone() {
        let [x, w, vx, vw] = inputs();
        let (_, [_, none]) =
            hessian_vector(|[x, _]| x.square()?.sum(), [&x, &w], [&vx, &vw]).unwrap();
        assert_eq!(none, Tensor::zeros([3, 2]));
        assert!(jvp(|[x]| Ok(x), [&x], [&Tensor::zeros([5])]).is_err());
    }
}
