//! Gradient check of a layer.

use autograd::gradcheck;
use tensor::Tensor;
use tensor::random::Random;

use super::recorded::Static;
use super::{Layer, Pass};

/// Checks the gradients of `L`, with respect to its inputs and its parameters, against finite
/// differences of its outputs in `f64`. Write such a test for every custom layer.
///
/// ```
/// use nn::activation::Tanh;
/// use nn::layer::{self, Dense, Residual};
///
/// layer::check::<Residual<Dense<3, 3, Tanh>>>(1)?;
/// # Ok::<(), nn::Error>(())
/// ```
///
/// The parameters are initial ones and the inputs are normal, both random by `seed`. At a kink the
/// slope is undefined; then another seed may be needed.
///
/// # Errors
///
/// If a gradient is wrong. The message says which one, its value, and the value by differences.
/// (Untrained numbers, see [trained](super::TensorInfo::trained), have no gradient.)
pub fn check<L: Layer>(seed: u64) -> crate::Result<()> {
    const ROWS: usize = 5;
    let random = Random::new(seed, u64::MAX);
    let mut x = vec![0.0; ROWS * L::INPUTS];
    random.fill_normal(&mut x, 0.0, 1.0);
    let mut parameters = vec![0.0; L::LEN];
    L::init(&mut parameters, seed, &mut 0);
    // Moved from their initial values, which may be too simple to reveal an error.
    let mut moves = vec![0.0; L::LEN];
    Random::new(seed, u64::MAX - 1).fill_uniform(&mut moves, 0.0, 0.1);
    parameters.iter_mut().zip(moves).for_each(|(parameter, by)| *parameter += by);

    let pass = Pass::Training { seed, step: 0, first_row: 0, layer: 0, dropout: 1.0 };
    let op = || Static::<L, f64>::new(pass).keeping(&parameters);
    let at = Tensor::from_vec(parameters.clone(), [L::LEN])?;
    gradcheck(op, [Tensor::from_vec(x, [ROWS, L::INPUTS])?, at])?;
    Ok(())
}
