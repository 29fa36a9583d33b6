//! Matrix products of other crates: c = a·b, row by row.

use faer::{Accum, MatMut, MatRef, Par};

/// Given m, k and n, a number of threads, an a of m by k, a b of k by n, and the c to be filled.
pub type Product = fn([usize; 3], usize, &[f32], &[f32], &mut [f32]);

/// All of them.
pub const ALL: [(&str, Product); 3] =
    [("gemm", by_gemm), ("faer", by_faer), ("matrixmultiply", by_matrixmultiply)];

fn check([m, k, n]: [usize; 3], a: &[f32], b: &[f32], c: &[f32]) {
    assert_eq!([a.len(), b.len(), c.len()], [m * k, k * n, m * n]);
}

fn by_gemm(shape @ [m, k, n]: [usize; 3], threads: usize, a: &[f32], b: &[f32], c: &mut [f32]) {
    check(shape, a, b, c);
    let (a, b, c) = (a.as_ptr(), b.as_ptr(), c.as_mut_ptr());
    let [row_k, row_n] = [k as isize, n as isize];
    let threading = match threads {
        1 => gemm::Parallelism::None,
        _ => gemm::Parallelism::Rayon(threads),
    };
    // SAFETY: the lengths were checked, and the strides are those of matrices row by row.
    unsafe {
        gemm::gemm(
            m, n, k, c, 1, row_n, false, a, 1, row_k, b, 1, row_n, 0.0_f32, 1.0, false, false,
            false, threading,
        );
    }
}

fn by_faer([m, k, n]: [usize; 3], threads: usize, a: &[f32], b: &[f32], c: &mut [f32]) {
    let c = MatMut::from_row_major_slice_mut(c, m, n);
    let (a, b) = (MatRef::from_row_major_slice(a, m, k), MatRef::from_row_major_slice(b, k, n));
    let threading = if threads == 1 { Par::Seq } else { Par::rayon(threads) };
    faer::linalg::matmul::matmul(c, Accum::Replace, a, b, 1.0, threading);
}

/// Which takes its number of threads from the environment: `MATMUL_NUM_THREADS`.
fn by_matrixmultiply(shape @ [m, k, n]: [usize; 3], _: usize, a: &[f32], b: &[f32], c: &mut [f32]) {
    check(shape, a, b, c);
    let (a, b, c) = (a.as_ptr(), b.as_ptr(), c.as_mut_ptr());
    let [row_k, row_n] = [k as isize, n as isize];
    // SAFETY: the lengths were checked, and the strides are those of matrices row by row.
    unsafe {
        matrixmultiply::sgemm(m, k, n, 1.0, a, row_k, 1, b, row_n, 1, 0.0, c, row_n, 1);
    }
}
