//! The matrix product, with what a network does to its result on the way out.
//!
//! C = start + A·B, then a finishing function while the rows of C are still in the cache. Every
//! element of C is one chain of fused multiply-adds over k, in the order of k, that begins at its
//! start value:
//!
//! c ← start;  for k in 0..K { c ← fma(a\[i,k\], b\[k,j\], c) }
//!
//! Tile sizes, packing, instruction sets and the way the work is divided change neither the order
//! nor the roundings of that chain; so results are the same to the last bit however they
//! were computed, and a product whose result starts as the bias equals the plain formula.
//! (The exception is a CPU without FMA, where [`matrixmultiply`] computes with its own roundings.)
//!
//! | file | what it holds |
//! |---|---|
//! | `tile.rs` | the loop that does the arithmetic: a tile of C in registers |
//! | `blocked.rs` | cutting the matrices into tiles |
//! | `pack.rs` | copying what would not stream well |
//! | `row.rs` | a product of a single row |
//! | `divided.rs` | a product on several threads |
//! | `dispatch.rs` | which compiled form runs for which float on which CPU |

mod blocked;
mod dispatch;
mod divided;
mod pack;
mod row;
mod tile;

use crate::float::Float;
use crate::simd::Isa;

pub use divided::product_with;
pub(crate) use divided::worth_threads;

/// A matrix in memory: element (i, j) is `data[i * row_stride + j * col_stride]`.
#[derive(Clone, Copy, Debug)]
pub struct Matrix<'a, T> {
    data: &'a [T],
    rows: usize,
    cols: usize,
    row_stride: usize,
    col_stride: usize,
}

impl<'a, T> Matrix<'a, T> {
    /// `data` as `rows` rows of `cols` elements, one row after the other.
    ///
    /// # Panics
    ///
    /// If `data` has another length.
    #[track_caller]
    pub fn new(data: &'a [T], rows: usize, cols: usize) -> Self {
        assert!(
            rows.checked_mul(cols) == Some(data.len()),
            "matrix: {rows} rows of {cols} need {} elements, got {}",
            rows.saturating_mul(cols),
            data.len()
        );
        Matrix { data, rows, cols, row_stride: cols, col_stride: 1 }
    }

    /// A view with any strides, such as a slice of a larger matrix.
    ///
    /// # Panics
    ///
    /// If an element lies outside of `data`.
    #[track_caller]
    pub fn strided(
        data: &'a [T],
        [rows, cols]: [usize; 2],
        [row_stride, col_stride]: [usize; 2],
    ) -> Self {
        if rows > 0 && cols > 0 {
            let last = (rows - 1).checked_mul(row_stride).and_then(|start| {
                (cols - 1).checked_mul(col_stride).and_then(|rest| start.checked_add(rest))
            });
            assert!(
                last.is_some_and(|last| last < data.len()),
                "matrix: [{rows}, {cols}] with strides [{row_stride}, {col_stride}] reaches beyond \
                 its {} elements",
                data.len()
            );
        }
        Matrix { data, rows, cols, row_stride, col_stride }
    }

    /// The same elements with rows and columns exchanged; nothing is copied.
    pub fn transposed(self) -> Self {
        Matrix {
            data: self.data,
            rows: self.cols,
            cols: self.rows,
            row_stride: self.col_stride,
            col_stride: self.row_stride,
        }
    }

    /// Rows `from..to`.
    ///
    /// # Panics
    ///
    /// If there are fewer than `to` rows, or `from > to`.
    #[track_caller]
    pub fn rows_between(self, from: usize, to: usize) -> Self {
        assert!(from <= to && to <= self.rows, "matrix: rows {from}..{to} of {}", self.rows);
        let data = if from == to { &[] } else { &self.data[from * self.row_stride..] };
        Matrix { data, rows: to - from, ..self }
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of columns.
    pub fn cols(&self) -> usize {
        self.cols
    }
}

/// What each element of the result is before the first product is added to it.
#[derive(Clone, Copy, Debug)]
pub enum Start<'a, T> {
    /// Zero.
    Zero,
    /// The element of this row vector in the same column.
    Bias(&'a [T]),
    /// What the output holds already.
    Accumulate,
}

/// Called on finished stretches of the output: where in the output the stretch begins, and its values.
pub type Finish<'a, T> = &'a dyn Fn(usize, &mut [T]);

/// c = start + a·b, then `finish`: a is `[m, k]`, b `[k, n]`, c `[m, n]` row by row.
///
/// `finish` sees every element of `c` exactly once, in stretches of consecutive elements, as soon as
/// each is complete: the place for an activation, or for the derivative of one.
///
/// Runs on the calling thread alone; to use several, take [`product_with`], or give each its own rows of
/// `a` and `c` ([`Matrix::rows_between`]). The bits are the same either way.
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
    product_on(Isa::best(), a, b, start, c, finish);
}

/// [`product`] by the kernels of one instruction set: for tests and benchmarks.
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
    c: &mut [T],
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
        Start::Zero => Into::New,
        Start::Bias(bias) => Into::Row(bias),
        Start::Accumulate => Into::Chain,
    };
    run(isa, Problem { a, b, into, c, finish });
}

/// c ← c + scale·(a·b): a is `[m, k]`, b `[k, n]`, c `[m, n]` row by row.
///
/// Each element's sum is a chain that begins with zero, as for [`Start::Zero`]; when it is complete,
/// c ← fma(sum, scale, c). So the bits are those of a product and then
/// `c = sum.mul_add(scale, c)`, without the sums ever going through memory: with minus the learning rate as
/// `scale`, a step of gradient descent.
///
/// # Panics
///
/// If the shapes do not fit, with both of them in the message.
///
/// ```
/// use tensor::product::{Matrix, add_scaled_product};
///
/// let (x, dz) = (Matrix::new(&[1.0, 2.0], 1, 2), Matrix::new(&[4.0], 1, 1));
/// let mut weight = [1.0, 1.0];
/// add_scaled_product(x.transposed(), dz, -0.5, &mut weight);
/// assert_eq!(weight, [-1.0, -3.0]);
/// ```
#[track_caller]
pub fn add_scaled_product<T: Float>(a: Matrix<'_, T>, b: Matrix<'_, T>, scale: T, c: &mut [T]) {
    add_scaled_product_on(Isa::best(), a, b, scale, c);
}

/// [`add_scaled_product`] by the kernels of one instruction set: for tests and benchmarks.
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
    c: &mut [T],
) {
    run(isa, Problem { a, b, into: Into::Scaled(scale), c, finish: None });
}

#[track_caller]
fn run<T: Float>(isa: Isa, mut problem: Problem<'_, '_, T>) {
    let Problem { a, b, c, .. } = &problem;
    assert!(
        a.cols == b.rows && a.rows.checked_mul(b.cols) == Some(c.len()),
        "product: [{}, {}] · [{}, {}] into {} elements: the left side's columns must equal the \
         right side's rows, and the output must have rows × columns elements",
        a.rows,
        a.cols,
        b.rows,
        b.cols,
        c.len()
    );
    if !c.is_empty() {
        dispatch::run(isa, &mut problem);
    }
}

/// A product whose shapes have been checked.
struct Problem<'a, 'f, T> {
    a: Matrix<'a, T>,
    b: Matrix<'a, T>,
    into: Into<'a, T>,
    c: &'a mut [T],
    finish: Option<Finish<'f, T>>,
}

/// How the sums come into c.
#[derive(Clone, Copy)]
enum Into<'a, T> {
    /// c ← a·b
    New,
    /// c ← a·b, where the chains of each row begin with the elements of this one.
    Row(&'a [T]),
    /// c ← a·b, where the chains begin with c.
    Chain,
    /// c ← fma(a·b, scale, c), where the chains begin with zero.
    Scaled(T),
}
