//! Matrix products C = start + A·B, fused with a finishing function such as an activation.
//!
//! The finishing function runs while the rows of C are still in the cache. Every element of C is
//! one chain of fused multiply-adds over k, in the order of k, that begins at its start value:
//!
//! c ← start;  for k in 0..K { c ← fma(a\[i,k\], b\[k,j\], c) }
//!
//! Tile sizes, packing, instruction sets and the division among threads change neither the order
//! nor the roundings of that chain. So results are bitwise identical however they are computed,
//! and a product whose result starts as the bias equals the plain formula.
//! (The exception is a CPU without FMA, where [`matrixmultiply`] computes with its own roundings.)
//!
//! | file | contents |
//! |---|---|
//! | `divided.rs`, `staged.rs` | a product on several threads: split by the result, or by rows of the right operand |
//! | `mod.rs` | a product on the calling thread: checks of the shapes |
//! | `dispatch.rs` | selects the kernel for the float type and the CPU |
//! | `blocked.rs` | splits the matrices into tiles (cache blocking) |
//! | `row.rs` | a product of a single row |
//! | `plain.rs` | the product of a float without kernels of its own |
//! | `tile.rs` | the microkernel: a tile of C in registers |
//! | `pack.rs` | packs operands that would not stream well |
//! | `vector.rs` | a row of a tile in vector instructions |
//! | `transpose.rs` | transposes a block |
//! | `problem.rs` | the product to be computed: operands, start, finishing function |
//! | `matrix.rs`, `matrix_mut.rs` | a read-only matrix view, and a writable one |
//!
//! A file uses only files below it in this table.

mod blocked;
mod dispatch;
mod divided;
mod matrix;
mod matrix_mut;
mod pack;
mod plain;
mod problem;
mod row;
mod staged;
mod tile;
mod transpose;
mod vector;

use std::cell::Cell;

use self::problem::{Accumulation, Problem};
use crate::float::Float;
use crate::simd::Isa;

pub(crate) use divided::worth_threads;
pub use divided::{TILE_ROWS, product_with, rows_per_thread};
pub use matrix::Matrix;
pub use matrix_mut::MatrixMut;
pub use problem::{Finish, Start};
pub use staged::{SharedFinish, product_in_stages};

/// c = start + a·b, then `finish`: a is `[m, k]`, b `[k, n]`, c `[m, n]` row by row.
///
/// `finish` receives every element of `c` exactly once, in slices of consecutive elements, as soon
/// as each is complete. Use it to apply an activation or the derivative of one.
///
/// Runs on the calling thread alone. To use several, call [`product_with`], or give each its own
/// rows of `a` and `c` ([`Matrix::rows_between`]). The bits are the same either way.
///
/// # Panics
///
/// If the shapes do not fit, with both of them in the message.
///
/// ```
/// use tensor::product::{Matrix, Start, product};
///
/// let a = Matrix::new(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 2, 3);
/// let b = Matrix::new(&[1.0, 0.0, -1.0], 3, 1);
/// let mut c = [0.0; 2];
/// product(a, b, Start::Bias(&[10.0]), &mut c, None);
/// assert_eq!(c, [8.0, 8.0]);
/// ```
#[track_caller]
pub fn product<T: Float>(
    a: Matrix<'_, T>,
    b: Matrix<'_, T>,
    start: Start<'_, T>,
    c: &mut [T],
    finish: Option<Finish<'_, T>>,
) {
    product_into(a, b, start, MatrixMut::new(c, a.rows, b.cols), finish);
}

/// [`product()`] into a matrix that may be a block of columns of a larger one.
///
/// `finish` receives indices as if the rows of `c` were contiguous: element (i, j) is at i·n + j.
///
/// # Panics
///
/// If the shapes do not fit, with both of them in the message.
#[track_caller]
pub fn product_into<T: Float>(
    a: Matrix<'_, T>,
    b: Matrix<'_, T>,
    start: Start<'_, T>,
    c: MatrixMut<'_, T>,
    finish: Option<Finish<'_, T>>,
) {
    product_on(Isa::best(), a, b, start, c, finish);
}

/// [`product_into`] with the kernels of one instruction set, for tests and benchmarks.
///
/// # Panics
///
/// If the shapes do not fit or this CPU does not have `isa`.
#[track_caller]
pub fn product_on<T: Float>(
    isa: Isa,
    a: Matrix<'_, T>,
    b: Matrix<'_, T>,
    start: Start<'_, T>,
    c: MatrixMut<'_, T>,
    finish: Option<Finish<'_, T>>,
) {
    if let Start::Bias(bias) = start {
        assert!(
            bias.len() == b.cols,
            "product: a bias of {} elements for {} columns",
            bias.len(),
            b.cols
        );
    }
    let into = match start {
        Start::Zero => Accumulation::New,
        Start::Bias(bias) => Accumulation::Row(bias),
        Start::Accumulate => Accumulation::Chain,
    };
    run(isa, Problem { a, b, into, c, finish });
}

/// c ← c + scale·(a·b): a is `[m, k]`, b `[k, n]`, c `[m, n]`. Returns whether all of c is finite
/// afterwards.
///
/// Each element's sum is a chain that begins with zero, as for [`Start::Zero`]; when it is
/// complete, c ← fma(sum, scale, c). The bits are those of a product followed by
/// `c = sum.mul_add(scale, c)`, but the sums never go through memory. With minus the learning rate
/// as `scale`, this is a step of gradient descent.
///
/// # Panics
///
/// If the shapes do not fit, with both of them in the message.
///
/// ```
/// use tensor::product::{Matrix, MatrixMut, add_scaled_product};
///
/// let (x, dz) = (Matrix::new(&[1.0, 2.0], 1, 2), Matrix::new(&[4.0], 1, 1));
/// let mut weight = [1.0, 1.0];
/// assert!(add_scaled_product(x.transposed(), dz, -0.5, MatrixMut::new(&mut weight, 2, 1)));
/// assert_eq!(weight, [-1.0, -3.0]);
/// ```
#[track_caller]
pub fn add_scaled_product<T: Float>(
    a: Matrix<'_, T>,
    b: Matrix<'_, T>,
    scale: T,
    c: MatrixMut<'_, T>,
) -> bool {
    add_scaled_product_on(Isa::best(), a, b, scale, c)
}

/// [`add_scaled_product`] with the kernels of one instruction set, for tests and benchmarks.
///
/// # Panics
///
/// If the shapes do not fit or this CPU does not have `isa`.
#[track_caller]
pub fn add_scaled_product_on<T: Float>(
    isa: Isa,
    a: Matrix<'_, T>,
    b: Matrix<'_, T>,
    scale: T,
    c: MatrixMut<'_, T>,
) -> bool {
    let wrong = &Cell::new(false);
    run(isa, Problem { a, b, into: Accumulation::Scaled { scale, wrong }, c, finish: None });
    !wrong.get()
}

#[track_caller]
fn run<T: Float>(isa: Isa, mut problem: Problem<'_, '_, T>) {
    let Problem { a, b, c, .. } = &problem;
    assert!(
        a.cols == b.rows && [c.rows(), c.cols()] == [a.rows, b.cols],
        "product: [{}, {}] · [{}, {}] into [{}, {}]: the left side's columns must equal the right \
         side's rows, and the output must have as many rows as the left side and as many columns \
         as the right side",
        a.rows,
        a.cols,
        b.rows,
        b.cols,
        c.rows(),
        c.cols()
    );
    if c.rows() > 0 && c.cols() > 0 {
        dispatch::run(isa, &mut problem);
    }
}
