//! The check of a layer's gradients, in one line.

use autograd::gradcheck;
use tensor::Tensor;
use tensor::random::Random;

use super::recorded::Static;
use super::{Layer, Pass};

/// Compares the gradients that `L` computes, with respect to its inputs and to its parameters, with
/// differences of its answers, in `f64`: worth a test for every layer of your own.
///
/// ```
/// use nn::activation::Tanh;
/// use nn::layer::{self, Dense, Residual};
///
/// layer::check::<Residual<Dense<3, 3, Tanh>>>(1)?;
/// # Ok::<(), nn::Error>(())
/// ```
///
/// The parameters are `L`'s first ones and the inputs normal, both random by `seed`; where an answer has
/// a kink there is no one slope, and another seed may be needed.
///
/// # Errors
///
/// If a gradient is wrong: which, the layer's number and that of the differences. (Numbers that are kept but not
/// [trained](super::TensorInfo::trained) have none.)
pub fn check<L: Layer>(seed: u64) -> crate::Result<()> {
    const ROWS: usize = 5;
    let random = Random::new(seed, u64::MAX);
    let mut x = vec![0.0; ROWS * L::INPUTS];
    random.fill_normal(&mut x, 0.0, 1.0);
    let mut parameters = vec![0.0; L::LEN];
    L::init(&mut parameters, seed, &mut 0);
    // Off their first values, which may be too simple to tell right from wrong.
    let mut moves = vec![0.0; L::LEN];
    Random::new(seed, u64::MAX - 1).fill_uniform(&mut moves, 0.0, 0.1);
    parameters.iter_mut().zip(moves).for_each(|(parameter, by)| *parameter += by);

    let pass = Pass::Training { seed, step: 0, first_row: 0, layer: 0, dropout: 1.0 };
    let op = || Static::<L, f64>::new(pass).keeping(&parameters);
    let at = Tensor::from_vec(parameters.clone(), [L::LEN])?;
    gradcheck(op, [Tensor::from_vec(x, [ROWS, L::INPUTS])?, at])?;
    Ok(())
}
