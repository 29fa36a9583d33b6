//! Matrix products of other crates: c = a·b, row by row.

use benches::protocol::Product;
use faer::{Accum, MatMut, MatRef, Par};

/// Given a product, a number of threads, a, b, and the c to be filled.
pub type Compute = fn(Product, usize, &[f32], &[f32], &mut [f32]);

/// All of them.
pub const ALL: [(&str, Compute); 3] =
    [("gemm", by_gemm), ("faer", by_faer), ("matrixmultiply", by_matrixmultiply)];

pub(crate) fn check(Product { m, k, n, .. }: Product, a: &[f32], b: &[f32], c: &[f32]) {
    assert_eq!([a.len(), b.len(), c.len()], [m * k, k * n, m * n]);
}

fn by_gemm(product: Product, threads: usize, a: &[f32], b: &[f32], c: &mut [f32]) {
    check(product, a, b, c);
    let Product { m, k, n, .. } = product;
    let (a, b, c) = (a.as_ptr(), b.as_ptr(), c.as_mut_ptr());
    let [a_row, a_column] = product.strides().map(|step| step as isize);
    let row_n = n as isize;
    let threading = match threads {
        1 => gemm::Parallelism::None,
        _ => gemm::Parallelism::Rayon(threads),
    };
    // SAFETY: the lengths were checked, and the strides are those of matrices row by row.
    unsafe {
        gemm::gemm(
            m, n, k, c, 1, row_n, false, a, a_column, a_row, b, 1, row_n, 0.0_f32, 1.0, false,
            false, false, threading,
        );
    }
}

fn by_faer(product: Product, threads: usize, a: &[f32], b: &[f32], c: &mut [f32]) {
    let Product { m, k, n, transposed } = product;
    let c = MatMut::from_row_major_slice_mut(c, m, n);
    let a = match transposed {
        false => MatRef::from_row_major_slice(a, m, k),
        true => MatRef::from_row_major_slice(a, k, m).transpose(),
    };
    let b = MatRef::from_row_major_slice(b, k, n);
    let threading = if threads == 1 { Par::Seq } else { Par::rayon(threads) };
    faer::linalg::matmul::matmul(c, Accum::Replace, a, b, 1.0, threading);
}

/// Which takes its number of threads from the environment: `MATMUL_NUM_THREADS`.
fn by_matrixmultiply(product: Product, _: usize, a: &[f32], b: &[f32], c: &mut [f32]) {
    check(product, a, b, c);
    let Product { m, k, n, .. } = product;
    let (a, b, c) = (a.as_ptr(), b.as_ptr(), c.as_mut_ptr());
    let [a_row, a_column] = product.strides().map(|step| step as isize);
    let row_n = n as isize;
    // SAFETY: the lengths were checked, and the strides are those of matrices row by row.
    unsafe {
        matrixmultiply::sgemm(m, k, n, 1.0, a, a_row, a_column, b, row_n, 1, 0.0, c, row_n, 1);
    }
}
