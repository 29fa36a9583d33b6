//! Newton's method on Rosenbrock's valley, with the exact gradient and Hessian.
//!
//! f(x, y) = (1 − x)² + 100·(y − x²)² has its minimum 0 at (1, 1), at the end of a curved valley
//! along which gradient descent needs thousands of steps. Newton's method takes each step to the
//! minimum of the quadratic function that has f's value, gradient and Hessian: here about two
//! dozen.
//!
//! `cargo run --release -p autograd --example newton`

use autograd::higher::hessian;
use autograd::{Dual, Result, Var};
use tensor::Tensor;

/// The function of dual numbers, which carry the derivatives.
fn rosenbrock(at: Var<'_, Dual<f64>>) -> Result<Var<'_, Dual<f64>>> {
    let (x, y) = (at.slice(0, 0..1)?, at.slice(0, 1..2)?);
    let off_valley = y.sub(x.square()?)?.square()?.scale(Dual::constant(100.0))?;
    x.add_scalar(Dual::constant(-1.0))?.square()?.add(off_valley)?.sum()
}

fn main() -> Result<()> {
    let mut at = Tensor::from([-1.2, 1.0]);
    for step in 0..50 {
        let here = hessian(rosenbrock, &at)?;
        let (x, g) = (at.values(), here.gradient.values());
        println!("{step:2}  f({:9.6}, {:9.6}) = {:.3e}", x[0], x[1], here.value);
        if g[0].hypot(g[1]) < 1e-12 {
            return Ok(());
        }
        // s = −H⁻¹·g, by Cramer's rule
        let h = here.hessian.values();
        let determinant = h[0] * h[3] - h[1] * h[2];
        let newton = Tensor::from([h[1] * g[1] - h[3] * g[0], h[2] * g[0] - h[0] * g[1]]);
        let newton = newton / determinant;
        // Half the step, as often as needed for f to fall: far from the minimum, f is not its
        // quadratic approximation.
        let mut share = 1.0;
        while hessian(rosenbrock, &(&at + &newton * share))?.value > here.value && share > 1e-9 {
            share /= 2.0;
        }
        at = at + newton * share;
    }
    panic!("not at the minimum after 50 steps: {at:?}");
}
