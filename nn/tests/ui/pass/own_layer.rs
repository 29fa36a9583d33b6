//! Custom layers, by name and by path.

use nn::{Float, network};

mod my {
    use nn::Float;
    use nn::layer::RowLayer;

    /// y = the first O of s ∘ x.
    #[derive(Debug)]
    pub struct Scale<const I: usize, const O: usize>;

    impl<const I: usize, const O: usize> RowLayer for Scale<I, O> {
        const NAME: &'static str = "scale";
        const INPUTS: usize = I;
        const OUTPUTS: usize = O;
        const PARAMS: usize = O;
        type Outputs<T: Float> = [T; O];
        fn forward<T: Float>(s: &[T], x: &[T], y: &mut [T]) {
            for o in 0..O {
                y[o] = s[o] * x[o];
            }
        }
        fn backward<T: Float>(s: &[T], _x: &[T], _y: &[T], dy: &[T], dx: &mut [T]) {
            dx.fill(T::zero());
            for o in 0..O {
                dx[o] = s[o] * dy[o];
            }
        }
        fn gradient<T: Float>(_s: &[T], x: &[T], _y: &[T], dy: &[T], gradient: &mut [T]) {
            for o in 0..O {
                gradient[o] = gradient[o] + x[o] * dy[o];
            }
        }
    }
}
pub use my::Scale;

const WIDTH: usize = 4;

network! {
    pub struct Digits {
        hidden: dense(8 -> WIDTH, relu),
        scale: my::Scale(WIDTH -> 3),
        again: Scale(3) * 2,
        block: residual(Scale(3)),
        output: dense(2, softmax),
    }
}
type Small = network![Scale(4 -> 2), dense(1)];

fn first<T: Float>(values: &[T]) -> T {
    values[0]
}

pub(crate) fn main() {
    let digits = Digits::init(7);
    digits.self_check(3).unwrap();
    assert_eq!(Digits::PARAMS, 9 * 4 + 3 + 2 * 3 + 3 + 4 * 2);
    let scale: &[f32] = digits.scale();
    let answers = digits.activations(&[0.5; 8]);
    assert_eq!(answers.scale[0], first(scale) * answers.hidden[0]);
    assert_eq!(digits.again(1).len(), 3);
    let _ = <Small as nn::Network>::init(1);
}

use nn::Record as _;
