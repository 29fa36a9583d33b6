//! [`RowLayer`]: a custom layer, given by its formula for one row.

use std::marker::PhantomData;

use tensor::Float;
use tensor::random::Random;
use tensor::simd::{Inline, vectorize_inline};

use super::{
    Formula, Inference, Info, LayerInfo, Leaf, OutputGrad, Pass, Sums, TensorInfo, Workspace,
};
use crate::parameters::{NamedTensor, padded};
use crate::row::Row;

/// A custom layer that treats each row by itself.
///
/// Implement it to use the layer in any declaration. Training, batches, threads, files and the tape
/// follow from it. Its functions are compiled for the best vector instructions if they are small or
/// marked `#[inline(always)]`.
///
/// ```
/// use nn::init::Random;
/// use nn::layer::{self, RowLayer};
/// use nn::prelude::*;
///
/// /// y = x∘s: every number times a factor.
/// struct Scale<const I: usize, const O: usize>;
///
/// impl<const I: usize, const O: usize> RowLayer for Scale<I, O> {
///     const NAME: &'static str = "scale";
///     const INPUTS: usize = I;
///     const OUTPUTS: usize = O;
///     const PARAMS: usize = I;
///     type Outputs<T: Float> = [T; O];
///
///     fn init<T: Float>(s: &mut [T], _: Random) {
///         s.fill(T::one());
///     }
///     fn forward<T: Float>(s: &[T], x: &[T], y: &mut [T]) {
///         for i in 0..I {
///             y[i] = x[i] * s[i];
///         }
///     }
///     fn backward<T: Float>(s: &[T], _x: &[T], _y: &[T], dy: &[T], dx: &mut [T]) {
///         for i in 0..I {
///             dx[i] = dy[i] * s[i];
///         }
///     }
///     fn gradient<T: Float>(_s: &[T], x: &[T], _y: &[T], dy: &[T], ds: &mut [T]) {
///         for i in 0..I {
///             ds[i] = ds[i] + dy[i] * x[i]; // added to what other rows have given
///         }
///     }
/// }
///
/// layer::check::<Scale<5, 5>>(1)?; // the gradients are right
///
/// network! { struct Scaled(Scale(4 -> 4), dense(3, tanh), dense(2, softmax)); }
/// assert_eq!(Scaled::PARAMS, 4 + 15 + 8);
/// Scaled::init(1).self_check(2)?;
/// # Ok::<(), nn::Error>(())
/// ```
pub trait RowLayer: 'static {
    /// The name in summaries, errors and files.
    const NAME: &'static str;
    /// Inputs per row.
    const INPUTS: usize;
    /// Outputs per row.
    const OUTPUTS: usize;
    /// Number of trained parameters.
    const PARAMS: usize = 0;
    /// The tensors of the parameters, one after the other without gaps. By default there is one,
    /// named `parameters`.
    const TENSORS: &'static [TensorInfo] = match Self::PARAMS {
        0 => &[],
        _ => &[TensorInfo::new("parameters", &[Self::PARAMS], 0)],
    };
    /// Multiplications and additions for one row. The work is divided among threads by it.
    const FLOPS: usize = 2 * Self::PARAMS;

    /// The outputs of one row: `[T; OUTPUTS]`.
    type Outputs<T: Float>: Row<T>;

    /// Initializes `parameters`, which are zero, from `random`. By default with N(√(1/INPUTS)).
    fn init<T: Float>(parameters: &mut [T], random: Random) {
        let deviation = T::of((1.0 / Self::INPUTS as f64).sqrt());
        random.fill_normal(parameters, T::zero(), deviation);
    }

    /// Writes the outputs for the inputs x to y.
    fn forward<T: Float>(parameters: &[T], x: &[T], y: &mut [T]);

    /// Writes dL/dx to dx, given dy = dL/dy.
    fn backward<T: Float>(parameters: &[T], x: &[T], y: &[T], dy: &[T], dx: &mut [T]);

    /// Adds the gradient with respect to the parameters to `gradient`.
    fn gradient<T: Float>(_parameters: &[T], _x: &[T], _y: &[T], _dy: &[T], _gradient: &mut [T]) {
        assert!(
            Self::PARAMS == 0,
            "{}: a layer with parameters needs `RowLayer::gradient`",
            Self::NAME
        );
    }
}

impl<L: RowLayer> Inference for L {
    const INPUTS: usize = L::INPUTS;
    const OUTPUTS: usize = L::OUTPUTS;
    const LEN: usize = padded(L::PARAMS);
    const STACK: usize = L::OUTPUTS;
    const INFO: Info = Info::Layer(LayerInfo {
        params: L::PARAMS,
        flops: L::FLOPS,
        len: padded(L::PARAMS),
        tensors: L::TENSORS,
        ..LayerInfo::new(L::NAME, L::INPUTS, L::OUTPUTS)
    });

    type Outputs<T: Float> = <L as RowLayer>::Outputs<T>;

    #[inline(always)]
    fn predict_inline<T: Float>(parameters: &[T], x: &[T]) -> Self::Outputs<T> {
        let mut y = Self::Outputs::<T>::zeroed();
        <L as RowLayer>::forward(&parameters[..L::PARAMS], x, y.as_mut_slice());
        y
    }
}

/// The formula of the custom layer `L`, row by row.
#[derive(Debug)]
pub struct RowFormula<L>(PhantomData<fn() -> L>);

impl<L> Clone for RowFormula<L> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<L> Copy for RowFormula<L> {}

impl<L: RowLayer, T: Float> Formula<T> for RowFormula<L> {
    fn widths(&self) -> [usize; 2] {
        [L::INPUTS, L::OUTPUTS]
    }

    fn flops(&self) -> usize {
        L::FLOPS
    }

    fn len(&self) -> usize {
        padded(L::PARAMS)
    }

    fn tensors(&self) -> Vec<NamedTensor> {
        let tensors = L::TENSORS.iter();
        tensors.map(|tensor| tensor.named(tensor.name, 0)).collect()
    }

    fn init(&self, parameters: &mut [T], seed: u64, index: &mut u64) {
        parameters.fill(T::zero());
        if L::PARAMS > 0 {
            L::init(&mut parameters[..L::PARAMS], Random::new(seed, *index));
            *index += 1;
        }
    }

    fn predict(&self, parameters: &[T], x: &[T], y: &mut [T]) {
        let parameters = &parameters[..L::PARAMS];
        vectorize_inline(Forward::<L, T> { parameters, x, y, layer: PhantomData });
    }

    fn forward(&self, parameters: &[T], x: &[T], workspace: &mut Workspace<'_, T>, _pass: Pass) {
        self.predict(parameters, x, workspace.y);
    }

    fn backward(
        &self,
        parameters: &[T],
        workspace: &mut Workspace<'_, T>,
        before: OutputGrad<'_, T>,
    ) {
        vectorize_inline(Backward::<L, T> {
            parameters: &parameters[..L::PARAMS],
            x: before.y,
            y: workspace.y,
            dy: workspace.dy,
            dx: before.gradient,
            layer: PhantomData,
        });
        before.apply_derivative();
    }

    fn gradient(
        &self,
        parameters: &[T],
        x: &[T],
        workspace: &Workspace<'_, T>,
        _from: usize,
        gradient: &mut [T],
        sums: Sums,
    ) {
        if sums.begin {
            gradient.fill(T::zero());
        }
        vectorize_inline(Gradient::<L, T> {
            parameters: &parameters[..L::PARAMS],
            x,
            y: workspace.y,
            dy: workspace.dy,
            gradient: &mut gradient[..L::PARAMS],
            layer: PhantomData,
        });
    }
}

impl<L: RowLayer> Leaf for L {
    type Formula<T: Float> = RowFormula<L>;
    type View<'a, T: Float> = &'a [T];

    fn formula<T: Float>() -> RowFormula<L> {
        RowFormula(PhantomData)
    }

    /// Returns all parameters as one slice.
    fn view<T: Float>(parameters: &[T]) -> &[T] {
        &parameters[..L::PARAMS]
    }
}

/// The forward pass of all rows. [`Inline`], so that custom functions marked `#[inline(always)]`
/// become part of the vector code, regardless of their size.
struct Forward<'a, L, T> {
    parameters: &'a [T],
    x: &'a [T],
    y: &'a mut [T],
    layer: PhantomData<L>,
}

impl<L: RowLayer, T: Float> Inline for Forward<'_, L, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for (x, y) in self.x.chunks_exact(L::INPUTS).zip(self.y.chunks_exact_mut(L::OUTPUTS)) {
            L::forward(self.parameters, x, y);
        }
    }
}

/// The backward pass of all rows.
struct Backward<'a, L, T> {
    parameters: &'a [T],
    x: &'a [T],
    y: &'a [T],
    dy: &'a [T],
    dx: &'a mut [T],
    layer: PhantomData<L>,
}

impl<L: RowLayer, T: Float> Inline for Backward<'_, L, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let inputs = self.x.chunks_exact(L::INPUTS).zip(self.dx.chunks_exact_mut(L::INPUTS));
        let outputs = self.y.chunks_exact(L::OUTPUTS).zip(self.dy.chunks_exact(L::OUTPUTS));
        for ((x, dx), (y, dy)) in inputs.zip(outputs) {
            L::backward(self.parameters, x, y, dy, dx);
        }
    }
}

/// The gradient of the parameters, summed over all rows.
struct Gradient<'a, L, T> {
    parameters: &'a [T],
    x: &'a [T],
    y: &'a [T],
    dy: &'a [T],
    gradient: &'a mut [T],
    layer: PhantomData<L>,
}

impl<L: RowLayer, T: Float> Inline for Gradient<'_, L, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let outputs = self.y.chunks_exact(L::OUTPUTS).zip(self.dy.chunks_exact(L::OUTPUTS));
        for (x, (y, dy)) in self.x.chunks_exact(L::INPUTS).zip(outputs) {
            L::gradient(self.parameters, x, y, dy, self.gradient);
        }
    }
}
