//! Which compiled form of the product runs.
//!
//! | float | AVX-512 | AVX2 + FMA | otherwise |
//! |---|---|---|---|
//! | `f32` | tiles of 8 × 32 | 4 × 16 | `matrixmultiply`; own tiles where FMA is standard |
//! | `f64` | 8 × 16 | 4 × 8 | the same |
//! | any other | | | tiles of 4 × 4 in the type's own arithmetic |
//!
//! The products of `f32` and `f64` are compiled in this crate and nowhere else.

use super::{Problem, Start, blocked};
use crate::float::{Float, same};
use crate::simd::Isa;

type Run<T> = for<'p, 'a, 'f> fn(Isa, &'p mut Problem<'a, 'f, T>);

/// Computes `problem`, whose shapes have been checked and whose output is not empty.
#[track_caller]
pub(super) fn run<T: Float>(isa: Isa, problem: &mut Problem<'_, '_, T>) {
    assert!(isa.is_available(), "{isa:?}: this CPU does not have it");
    if let Some(run) = same::<Run<f32>, Run<T>>(run_f32) {
        return run(isa, problem);
    }
    if let Some(run) = same::<Run<f64>, Run<T>>(run_f64) {
        return run(isa, problem);
    }
    in_readable_strides(problem, |problem| blocked::product::<T, 4, 4, 4>(problem));
}

macro_rules! run_for {
    ($run:ident, $T:ty, $avx512:ident: $w512:literal, $avx2:ident: $w2:literal, $gemm:path) => {
        fn $run(isa: Isa, problem: &mut Problem<'_, '_, $T>) {
            in_readable_strides(problem, |problem| match isa {
                #[cfg(target_arch = "x86_64")]
                // SAFETY: `run`, the only caller, has asserted that this CPU has `isa`.
                #[allow(unsafe_code)]
                Isa::Avx512 => unsafe { $avx512(problem) },
                #[cfg(target_arch = "x86_64")]
                // SAFETY: `run`, the only caller, has asserted that this CPU has `isa`.
                #[allow(unsafe_code)]
                Isa::Avx2 => unsafe { $avx2(problem) },
                _ if cfg!(any(target_feature = "fma", target_arch = "aarch64")) => {
                    blocked::product::<$T, 4, $w2, { $w2 / 2 }>(problem);
                }
                _ => without_fma(problem, $gemm),
            });
        }

        #[cfg(target_arch = "x86_64")]
        #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")]
        fn $avx512(problem: &mut Problem<'_, '_, $T>) {
            blocked::product::<$T, 8, $w512, { $w512 / 2 }>(problem);
        }

        #[cfg(target_arch = "x86_64")]
        #[target_feature(enable = "avx2,fma")]
        fn $avx2(problem: &mut Problem<'_, '_, $T>) {
            blocked::product::<$T, 4, $w2, { $w2 / 2 }>(problem);
        }
    };
}

run_for!(run_f32, f32, avx512_f32: 32, avx2_f32: 16, matrixmultiply::sgemm);
run_for!(run_f64, f64, avx512_f64: 16, avx2_f64: 8, matrixmultiply::dgemm);

/// The tiles read the left operand along contiguous rows or columns; one that has neither (a view
/// with a step in both directions) is copied first.
#[inline(always)]
fn in_readable_strides<T: Float>(
    problem: &mut Problem<'_, '_, T>,
    run: impl FnOnce(&mut Problem<'_, '_, T>),
) {
    let a = problem.a;
    if a.col_stride == 1 || a.row_stride == 1 {
        return run(problem);
    }
    let copy: Vec<T> = (0..a.rows * a.cols)
        .map(|at| a.data[at / a.cols * a.row_stride + at % a.cols * a.col_stride])
        .collect();
    let a = super::Matrix::new(&copy, a.rows, a.cols);
    run(&mut Problem {
        a,
        b: problem.b,
        start: problem.start,
        c: problem.c,
        finish: problem.finish,
    });
}

/// The signature of `matrixmultiply::sgemm` and `dgemm`.
type Gemm<T> = unsafe fn(
    usize,
    usize,
    usize,
    T,
    *const T,
    isize,
    isize,
    *const T,
    isize,
    isize,
    T,
    *mut T,
    isize,
    isize,
);

/// The product by `matrixmultiply`, on a CPU where a fused multiply-add would be a function call.
fn without_fma<T: Float>(problem: &mut Problem<'_, '_, T>, gemm: Gemm<T>) {
    let (a, b, n) = (problem.a, problem.b, problem.b.cols);
    match problem.start {
        Start::Zero => problem.c.fill(T::zero()),
        Start::Bias(bias) => {
            problem.c.chunks_exact_mut(n).for_each(|row| row.copy_from_slice(bias));
        }
        Start::Accumulate => {}
    }
    if a.cols > 0 {
        // SAFETY: `Matrix` guarantees that all its elements lie in its slice, `product_on` that c
        // has rows × n elements and that the inner sizes agree; c is borrowed mutably, so it does
        // not overlap the operands. Sizes of slices fit in isize.
        #[allow(unsafe_code)]
        unsafe {
            gemm(
                a.rows,
                a.cols,
                n,
                T::one(),
                a.data.as_ptr(),
                a.row_stride as isize,
                a.col_stride as isize,
                b.data.as_ptr(),
                b.row_stride as isize,
                b.col_stride as isize,
                T::one(),
                problem.c.as_mut_ptr(),
                n as isize,
                1,
            );
        }
    }
    if let Some(finish) = problem.finish {
        finish(0, problem.c);
    }
}
