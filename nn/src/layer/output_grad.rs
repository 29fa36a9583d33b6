//! [`OutputGrad`]: where dL/dy is written, and the activation derivative that follows.

use tensor::Float;
use tensor::activation::{Activation, Identity};

/// An element-wise function on slices, behind a pointer: every [`Activation`] is one.
pub trait UnitFunction<T>: std::fmt::Debug + Send + Sync {
    /// Applies the function to each value, in place.
    fn apply(&self, values: &mut [T]);

    /// gradient ← gradient ∘ f'(x, y), on slices of equal length.
    fn multiply_derivative(&self, gradient: &mut [T], x: &[T], y: &[T]);
}

impl<T: Float, A: Activation> UnitFunction<T> for A {
    fn apply(&self, values: &mut [T]) {
        self.forward(values);
    }

    fn multiply_derivative(&self, gradient: &mut [T], x: &[T], y: &[T]) {
        self.backward(gradient, x, y);
    }
}

/// The outputs of a layer with their gradient. The caller writes dL/dy to `gradient`, which is then
/// multiplied by the derivative of the layer's activation.
#[derive(Debug)]
pub struct OutputGrad<'r, T> {
    /// The weighted sums if the derivative needs them, else the same as `y`. `[rows, outputs]`
    pub x: &'r [T],
    /// The layer's outputs. `[rows, outputs]`
    pub y: &'r [T],
    /// The gradient to be written. `[rows, outputs]`
    pub gradient: &'r mut [T],
    /// The activation, by whose derivative the gradient is multiplied.
    pub activation: &'r dyn UnitFunction<T>,
}

impl<'r, T: Float> OutputGrad<'r, T> {
    /// Creates one for a layer without an activation, whose gradient stays as written.
    pub fn linear(y: &'r [T], gradient: &'r mut [T]) -> Self {
        OutputGrad { x: y, y, gradient, activation: &Identity }
    }

    /// Multiplies the gradient, which holds dL/dy, by the derivative.
    pub fn apply_derivative(self) {
        self.activation.multiply_derivative(self.gradient, self.x, self.y);
    }
}
