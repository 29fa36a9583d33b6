//! Dispatch: selects the kernel of the product for the float type and the CPU.
//!
//! | float | AVX-512 | AVX2 + FMA | otherwise |
//! |---|---|---|---|
//! | `f32` | tiles of 8 × 48, or 6 × 64 | 6 × 16 | `matrixmultiply`; own tiles where FMA is standard |
//! | `f64` | 8 × 24, or 6 × 32 | 6 × 8 | the same |
//! | any other | | | row by row in the type's own arithmetic |
//!
//! The products of `f32` and `f64` are compiled in this crate and nowhere else.

use std::ops::Range;

use super::blocked;
use super::matrix::Matrix;
use super::matrix_mut::MatrixMut;
use super::pack::pack;
use super::plain;
use super::problem::{Accumulation, Problem};
use super::row::{self, row};
use super::tile::{Left, Right, Tiles, tile};
use super::vector::Standard;
#[cfg(target_arch = "x86_64")]
use super::vector::{Avx2, Avx512, Vectors};
use crate::buffer::Buffer;
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
    plain::product(problem);
}

impl<T: Float> Tiles<T> for Standard {
    #[inline(never)]
    fn pack<const W: usize>(
        b: &Matrix<'_, T>,
        rows: Range<usize>,
        cols: Range<usize>,
        panel: &mut [T],
    ) {
        pack::<T, Self, W>(b, rows, cols, panel);
    }

    #[inline(never)]
    fn tile<const MR: usize, const W: usize>(
        left: Left<'_, T>,
        right: Right<'_, T>,
        depth: usize,
        into: Accumulation<'_, T>,
        c: &mut MatrixMut<'_, T>,
    ) {
        tile::<T, Self, MR, W>(left, right, depth, into, c);
    }

    #[inline(never)]
    fn row<const V: usize, const L: usize>(
        left: &[T],
        right: Right<'_, T>,
        head: usize,
        into: Accumulation<'_, T>,
        c: &mut [T],
    ) {
        row::<T, Self, V, L>(left, right, head, into, c);
    }
}

/// Tiles in the instructions of one [`Isa`]; their name is used only after the CPU's features have
/// been checked.
macro_rules! tiles {
    ($Name:ident, $features:literal) => {
        #[cfg(target_arch = "x86_64")]
        impl<T: Float> Tiles<T> for $Name
        where
            $Name: Vectors<T>,
        {
            #[inline(always)]
            fn pack<const W: usize>(
                b: &Matrix<'_, T>,
                rows: Range<usize>,
                cols: Range<usize>,
                panel: &mut [T],
            ) {
                #[target_feature(enable = $features)]
                fn compiled<T: Float, const W: usize>(
                    b: &Matrix<'_, T>,
                    rows: Range<usize>,
                    cols: Range<usize>,
                    panel: &mut [T],
                ) where
                    $Name: Vectors<T>,
                {
                    pack::<T, $Name, W>(b, rows, cols, panel);
                }
                // SAFETY: as in `tile` below.
                #[allow(unsafe_code)]
                unsafe {
                    compiled::<T, W>(b, rows, cols, panel);
                }
            }

            #[inline(always)]
            fn tile<const MR: usize, const W: usize>(
                left: Left<'_, T>,
                right: Right<'_, T>,
                depth: usize,
                into: Accumulation<'_, T>,
                c: &mut MatrixMut<'_, T>,
            ) {
                #[target_feature(enable = $features)]
                fn compiled<T: Float, const MR: usize, const W: usize>(
                    left: Left<'_, T>,
                    right: Right<'_, T>,
                    depth: usize,
                    into: Accumulation<'_, T>,
                    c: &mut MatrixMut<'_, T>,
                ) where
                    $Name: Vectors<T>,
                {
                    tile::<T, $Name, MR, W>(left, right, depth, into, c);
                }
                // SAFETY: products with these tiles are run by `run_f32` and `run_f64` alone, on a
                // CPU whose features have been checked.
                #[allow(unsafe_code)]
                unsafe {
                    compiled::<T, MR, W>(left, right, depth, into, c);
                }
            }

            #[inline(always)]
            fn row<const V: usize, const L: usize>(
                left: &[T],
                right: Right<'_, T>,
                head: usize,
                into: Accumulation<'_, T>,
                c: &mut [T],
            ) {
                #[target_feature(enable = $features)]
                fn compiled<T: Float, const V: usize, const L: usize>(
                    left: &[T],
                    right: Right<'_, T>,
                    head: usize,
                    into: Accumulation<'_, T>,
                    c: &mut [T],
                ) where
                    $Name: Vectors<T>,
                {
                    row::<T, $Name, V, L>(left, right, head, into, c);
                }
                // SAFETY: as in `tile` above.
                #[allow(unsafe_code)]
                unsafe {
                    compiled::<T, V, L>(left, right, head, into, c);
                }
            }
        }
    };
}

tiles!(Avx512, "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma");
tiles!(Avx2, "avx2,fma");

macro_rules! run_for {
    ($run:ident, $T:ty, $lanes:literal, $gemm:path) => {
        fn $run(isa: Isa, problem: &mut Problem<'_, '_, $T>) {
            /// Elements in a register of AVX2.
            const L: usize = $lanes;
            in_readable_strides(problem, |problem| match isa {
                #[cfg(target_arch = "x86_64")]
                Isa::Avx512 => match problem.b.cols {
                    _ if row::product::<$T, Avx512, { 2 * L }>(problem) => {}
                    // A single strip: fewer tiles, each of which has a fixed cost to begin and to
                    // end.
                    n if n > 6 * L && n <= 8 * L => {
                        const W: usize = 8 * L;
                        blocked::product::<$T, Avx512, 6, W, W, W>(problem);
                    }
                    _ => {
                        blocked::product::<$T, Avx512, 8, { 6 * L }, { 4 * L }, { 2 * L }>(problem);
                    }
                },
                #[cfg(target_arch = "x86_64")]
                Isa::Avx2 => {
                    if !row::product::<$T, Avx2, L>(problem) {
                        blocked::product::<$T, Avx2, 6, { 2 * L }, { 2 * L }, L>(problem);
                    }
                }
                _ if cfg!(any(target_feature = "fma", target_arch = "aarch64")) => {
                    if !row::product::<$T, Standard, L>(problem) {
                        blocked::product::<$T, Standard, 4, { 2 * L }, { 2 * L }, L>(problem);
                    }
                }
                _ => without_fma(problem, $gemm),
            });
        }
    };
}

run_for!(run_f32, f32, 8, matrixmultiply::sgemm);
run_for!(run_f64, f64, 4, matrixmultiply::dgemm);

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
    let a = Matrix::new(&copy, a.rows, a.cols);
    let Problem { b, into, finish, .. } = *problem;
    run(&mut Problem { a, b, into, c: problem.c.reborrow(), finish });
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

/// Computes the product with `matrixmultiply`, on a CPU where a fused multiply-add would be a
/// function call.
fn without_fma<T: Float>(problem: &mut Problem<'_, '_, T>, gemm: Gemm<T>) {
    let (a, b, n) = (problem.a, problem.b, problem.b.cols);
    match problem.into {
        Accumulation::New => (0..a.rows).for_each(|i| problem.c.row_mut(i).fill(T::zero())),
        Accumulation::Row(bias) => {
            (0..a.rows).for_each(|i| problem.c.row_mut(i).copy_from_slice(bias))
        }
        Accumulation::Chain => {}
        Accumulation::Scaled { scale, wrong } => {
            let mut sums = Buffer::zeroed(a.rows * n);
            let (c, into) = (MatrixMut::new(&mut sums, a.rows, n), Accumulation::Chain);
            without_fma(&mut Problem { a, b, into, c, finish: None }, gemm);
            for (i, sums) in sums.chunks_exact(n).enumerate() {
                for (c, &sum) in problem.c.row_mut(i).iter_mut().zip(sums) {
                    *c = sum.mul_add(scale, *c);
                    if !c.is_finite() {
                        wrong.set(true);
                    }
                }
            }
            return;
        }
    }
    if a.cols > 0 {
        let (c, c_stride) = problem.c.as_mut_ptr();
        // SAFETY: `Matrix` guarantees that all its elements lie in its slice, `product_on` that c
        // has as many rows as a and n columns and that the inner sizes agree; c's elements are lent
        // to it alone, so it does not overlap the operands. Sizes of slices fit in isize.
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
                c,
                c_stride as isize,
                1,
            );
        }
    }
    problem.finish(0..a.rows, 0..n);
}
