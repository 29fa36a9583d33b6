//! Where the gradient enters a layer.

use tensor::Float;
use tensor::activation::{Activation, Identity};

/// A function of one number on slices: every [`Activation`], whatever its type.
pub trait UnitFunction<T>: std::fmt::Debug + Send + Sync {
    /// Replaces every value by its image.
    fn apply(&self, values: &mut [T]);

    /// gradient ← gradient ∘ f'(x, y), on stretches of equal length.
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

/// The outputs of a layer, where dL/dy is written to `gradient` and multiplied there by the derivative of the
/// layer's activation.
#[derive(Debug)]
pub struct OutputGrad<'r, T> {
    /// Weighted sums if the derivative needs them, else the same as `y`. `[rows, outputs]`
    pub x: &'r [T],
    /// The layer's outputs. `[rows, outputs]`
    pub y: &'r [T],
    /// Where the gradient goes. `[rows, outputs]`
    pub gradient: &'r mut [T],
    /// Whose derivative the gradient is multiplied by.
    pub activation: &'r dyn UnitFunction<T>,
}

impl<'r, T: Float> OutputGrad<'r, T> {
    /// Of a layer without an activation: the gradient stays as it comes.
    pub fn linear(y: &'r [T], gradient: &'r mut [T]) -> Self {
        OutputGrad { x: y, y, gradient, activation: &Identity }
    }

    /// Multiplies the whole gradient, which holds dL/dy, by the derivative.
    pub fn apply_derivative(self) {
        self.activation.multiply_derivative(self.gradient, self.x, self.y);
    }
}
