//! The product of any float without kernels of its own, such as a dual number: row by row of c.
//!
//! Such a float's arithmetic takes the time, not the memory. And a program whose floats all have
//! kernels compiles this product, too, if it is generic, so it is short.

use super::problem::{Accumulation, Problem};
use crate::buffer::Buffer;
use crate::float::Float;

/// Computes the whole product, in any strides.
pub(super) fn product<T: Float>(problem: &mut Problem<'_, '_, T>) {
    let (a, b) = (problem.a, problem.b);
    let mut sums = Buffer::zeroed(b.cols);
    for i in 0..a.rows {
        let c = problem.c.row_mut(i);
        match problem.into {
            Accumulation::New | Accumulation::Scaled { .. } => sums.fill(T::zero()),
            Accumulation::Row(bias) => sums.copy_from_slice(bias),
            Accumulation::Chain => sums.copy_from_slice(c),
        }
        for k in 0..a.cols {
            let a = a.data[i * a.row_stride + k * a.col_stride];
            for (j, sum) in sums.iter_mut().enumerate() {
                *sum = a.mul_add(b.data[k * b.row_stride + j * b.col_stride], *sum);
            }
        }
        if let Accumulation::Scaled { scale, wrong } = problem.into {
            for (c, sum) in c.iter_mut().zip(&*sums) {
                *c = sum.mul_add(scale, *c);
                if !c.is_finite() {
                    wrong.set(true);
                }
            }
        } else {
            c.copy_from_slice(&sums);
        }
        problem.finish(i..i + 1, 0..b.cols);
    }
}
