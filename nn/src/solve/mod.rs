//! Full-batch solvers for small networks: each step uses all rows, and few, long steps are taken.
//!
//! An [optimizer](crate::optim) takes many cheap steps along noisy gradients. Where the data are
//! few and a fit must be exact, a solver gets some orders of magnitude further in the same time:
//!
//! | | uses | for |
//! |---|---|---|
//! | [`lbfgs`] | loss and gradient of all rows, several times per step | any model, any loss |
//! | [`levenberg_marquardt`] | the Jacobian of the outputs | squared errors, up to some thousand parameters |
//!
//! ```
//! use nn::data::Dataset;
//! use nn::prelude::*;
//! use nn::solve::{self, Stopped};
//!
//! network! { struct Curve(dense(1 -> 8, tanh), dense(1)); }
//!
//! let data: Dataset<_, _> =
//!     (0..40).map(|i| f64::from(i) / 10.0).map(|x| ([x], [x.sin()])).collect();
//! let mut curve = Curve::<f64>::init(1);
//! let solution = solve::levenberg_marquardt(&mut curve, &data).goal(1e-8).run()?;
//! assert_eq!(solution.stopped, Stopped::Goal);
//! assert!((curve.predict(&[1.0])[0] - 1.0_f64.sin()).abs() < 1e-2);
//! # Ok::<(), nn::Error>(())
//! ```
//!
//! Both need a loss that is a function of the parameters alone. Layers that drop numbers at random
//! or update running statistics are rejected, with the reason. The same data and the same initial
//! weights give the same bits, for any number of threads.

mod cholesky;
mod lbfgs;
mod levenberg_marquardt;
mod line_search;
mod normal;
mod objective;
mod residuals;
mod solution;

pub use lbfgs::{Lbfgs, lbfgs};
pub use levenberg_marquardt::{LevenbergMarquardt, levenberg_marquardt};
pub use residuals::{LeastSquares, RowWidths};
pub(crate) use residuals::{one_output, refuse_penalty};
pub use solution::{Iteration, Solution, Stopped};
