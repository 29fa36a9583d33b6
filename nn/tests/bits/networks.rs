//! The networks whose bits are recorded. Together they contain everything that can be declared.

use nn::autograd::elementwise;
use nn::init::Random;
use nn::layer::RowLayer;
use nn::{Float, network};
use tensor::math;

network! {
    pub(crate) struct Plain(dense(20 -> 33, relu), dense(10, softmax));

    pub(crate) struct Dropped(dense(12 -> 16, tanh), dropout(0.3), dense(4, sigmoid));

    pub(crate) struct Normed {
        inputs: batch_norm(momentum = 0.2),
        hidden: dense(9 -> 16, gelu),
        rows: layer_norm(epsilon = 1e-4),
        output: dense(3),
    }

    pub(crate) struct Residual {
        stem: dense(8 -> 16),
        block: residual(layer_norm, dense(16 -> 24, silu), dense(16)) * 3,
        output: dense(5, softmax),
    }

    pub(crate) struct Joined {
        inputs: concat {
            image: (dense(6 -> 8, relu), dropout(0.1)),
            place: input(3),
            time: dense(2 -> 3, softplus),
        },
        output: dense(4, tanh),
    }

    pub(crate) struct Heads {
        trunk: dense(10 -> 16, mish),
        answers: heads {
            class: dense(6, softmax),
            angle: (dense(8, softsign), dense(1)),
            flags: dense(2, sigmoid),
        },
    }

    pub(crate) struct Encoder(dense(14 -> 8, selu), batch_norm, dense(4));

    pub(crate) struct Nested {
        encoder: Encoder,
        decode: dense(4 -> 14, hard_tanh),
        pixels: dense(14, sigmoid),
    }

    pub(crate) struct Repeated {
        first: dense(3 -> 10, elu(0.7)),
        deep: dense(10 -> 10, celu) * 4,
        output: dense(2, softmax),
    }

    pub(crate) struct OwnParts {
        gate: Gate(12 -> 12),
        hidden: dense(16, Swish),
        output: dense(2),
    }

    pub(crate) struct Options {
        zero: dense(7 -> 12, hard_swish, init = lecun_uniform, bias = false, l2 = 1e-3),
        one: dense(12, leaky_relu(0.2), init = he_normal),
        two: dense(6, gelu_tanh, l2 = 0.01),
        three: dense(5, log_sigmoid, init = glorot_uniform, bias = false),
        four: dense(3, softmax),
    }

    /// Wide enough for the general matrix product, and for threads that divide its first weight.
    pub(crate) struct Wide(dense(130 -> 257, relu), dense(65, hard_sigmoid), dense(10, softmax));
}

/// The same without a name.
pub(crate) type Unnamed<T> = <UnnamedSingle as OfFloat<T>>::Network;
type UnnamedSingle = network![dense(9 -> 12, leaky_relu), dropout(0.5), dense(2, softmax)];

/// A network without a name with another float type.
pub(crate) trait OfFloat<T: Float> {
    type Network;
}

impl<L, H, const I: usize, const O: usize, T: Float> OfFloat<T> for nn::Sequential<L, H, I, O> {
    type Network = nn::Sequential<L, H, I, O, T>;
}

elementwise!(
    /// x·σ(x)
    pub(crate) Swish, "swish", |x: T| x * math::sigmoid(x)
);

/// y = x ∘ σ(s)
pub(crate) struct Gate<const I: usize, const O: usize>;

impl<const I: usize, const O: usize> RowLayer for Gate<I, O> {
    const NAME: &'static str = "gate";
    const INPUTS: usize = I;
    const OUTPUTS: usize = O;
    const PARAMS: usize = I;
    type Outputs<T: Float> = [T; O];

    fn init<T: Float>(s: &mut [T], random: Random) {
        random.fill_uniform(s, T::of(-0.5), T::of(0.5));
    }

    fn forward<T: Float>(s: &[T], x: &[T], y: &mut [T]) {
        for i in 0..I {
            y[i] = x[i] * math::sigmoid(s[i]);
        }
    }

    fn backward<T: Float>(s: &[T], _x: &[T], _y: &[T], dy: &[T], dx: &mut [T]) {
        for i in 0..I {
            dx[i] = dy[i] * math::sigmoid(s[i]);
        }
    }

    fn gradient<T: Float>(s: &[T], x: &[T], _y: &[T], dy: &[T], ds: &mut [T]) {
        for i in 0..I {
            let open = math::sigmoid(s[i]);
            ds[i] = ds[i] + dy[i] * x[i] * open * (T::one() - open);
        }
    }
}
