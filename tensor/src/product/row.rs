//! A product of a single row: c = start + a·B.
//!
//! Every element of B is used once, so the access pattern determines the time: whole rows of B, one
//! after the other, with enough chains at a time to hide the latency of a multiply-add.

use std::ops::Range;

use super::matrix::{Matrix, check, first};
use super::problem::{Accumulation, Problem};
use super::tile::{Right, Tiles};
use super::vector::Vectors;
use crate::float::Float;

/// Vectors whose chains are computed together: two multiply-adds begin in every cycle and take
/// four; and one more for misaligned rows.
const TOGETHER: usize = 9;

/// Rows of B that are computed for all columns before the next ones, if the columns do not all fit
/// in [`TOGETHER`] vectors: a stride through all rows of a large matrix would touch another page of
/// memory with every row.
const SLAB: usize = 64;

/// Computes the whole product in vectors of `L` elements. Does nothing and returns `false` if it is
/// not one of a single row, or the row is shorter than a vector.
#[inline(always)]
pub(super) fn product<T: Float, K: Tiles<T>, const L: usize>(
    problem: &mut Problem<'_, '_, T>,
) -> bool {
    let (k, n) = (problem.a.cols, problem.b.cols);
    let contiguous = problem.a.col_stride == 1 && problem.b.col_stride == 1;
    // A single row that is scaled, the step of a layer with one input, is left to the tiles.
    let scaled = matches!(problem.into, Accumulation::Scaled { .. });
    if problem.a.rows != 1 || n < L || !contiguous || scaled {
        return false;
    }
    let head = misaligned::<T, L>(&problem.b);
    let vectors = (n + head).div_ceil(L);
    // None is of one vector, unless it is the only one: vectors overlap only within a strip.
    let strips = vectors.div_ceil(TOGETHER);
    let slab = if strips == 1 { k } else { SLAB };
    let mut from = 0;
    loop {
        let depth = from..k.min(from + slab);
        for strip in 0..strips {
            let [first, end] = [strip, strip + 1].map(|strip| strip * vectors / strips);
            let cols = (first * L).saturating_sub(head)..n.min(end * L - head);
            let head = if first == 0 { head } else { 0 };
            let place = (depth.clone(), cols, head);
            match end - first {
                1 => chains::<T, K, 1, L>(problem, place),
                2 => chains::<T, K, 2, L>(problem, place),
                3 => chains::<T, K, 3, L>(problem, place),
                4 => chains::<T, K, 4, L>(problem, place),
                5 => chains::<T, K, 5, L>(problem, place),
                6 => chains::<T, K, 6, L>(problem, place),
                7 => chains::<T, K, 7, L>(problem, place),
                8 => chains::<T, K, 8, L>(problem, place),
                _ => chains::<T, K, TOGETHER, L>(problem, place),
            }
        }
        from = depth.end;
        if from == k {
            break;
        }
    }
    problem.finish(0..1, 0..n);
    true
}

/// Elements before the rows of B in their first vector, if vectors are aligned: one that crosses a
/// cache line is loaded twice. 0 if rows have different alignments.
#[inline(always)]
fn misaligned<T, const L: usize>(b: &Matrix<'_, T>) -> usize {
    if b.cols < 2 * L || !b.row_stride.is_multiple_of(L) {
        return 0;
    }
    b.data.as_ptr().addr() % (L * size_of::<T>()) / size_of::<T>()
}

/// Computes some of k in some columns: `V` vectors, the first of which begins `head` elements
/// before them.
#[inline(always)]
fn chains<T: Float, K: Tiles<T>, const V: usize, const L: usize>(
    problem: &mut Problem<'_, '_, T>,
    (depth, cols, head): (Range<usize>, Range<usize>, usize),
) {
    let (a, b) = (problem.a, problem.b);
    let into = match problem.into {
        Accumulation::New if depth.start == 0 => Accumulation::New,
        Accumulation::Row(bias) if depth.start == 0 => Accumulation::Row(&bias[cols.clone()]),
        _ => Accumulation::Chain,
    };
    let left = &a.data[depth.clone()];
    let data = b.data.get(depth.start * b.row_stride + cols.start..).unwrap_or(&[]);
    let right = Right { data, stride: b.row_stride };
    K::row::<V, L>(left, right, head, into, &mut problem.c.row_mut(0)[cols]);
}

/// Repeats a statement for every vector, unrolled, so that the chains are held in registers.
macro_rules! each_vector {
    ($j:ident of $vectors:ident: $body:expr) => {
        each_vector!(@ 0 1 2 3 4 5 6 7 8, $j, $vectors, $body)
    };
    (@ $($n:literal)*, $j:ident, $vectors:ident, $body:expr) => {{
        const { assert!($vectors <= 9, "each_vector! writes out nine vectors") };
        $(if $n < $vectors {
            let $j = $n;
            $body;
        })*
    }};
}

/// `V` vectors of a·b `into` c.
///
/// The first vector should begin `head` elements before c, and the last may end after it; both are
/// moved into it. The elements that they then share with their neighbors are computed twice, to the
/// same bits.
///
/// # Panics
///
/// If b ends early, or c is not where the vectors are.
#[inline(always)]
pub(super) fn row<T: Float, K: Vectors<T>, const V: usize, const L: usize>(
    a: &[T],
    b: Right<'_, T>,
    head: usize,
    into: Accumulation<'_, T>,
    c: &mut [T],
) {
    let width = c.len();
    assert!(
        head < L && L <= width && (V - 1) * L <= width + head && width + head <= V * L,
        "a row is not where its vectors are"
    );
    let place = |j: usize| match j {
        0 => 0,
        _ if j + 1 == V => width - L,
        _ => j * L - head,
    };
    let mut sums = match into {
        Accumulation::New => [[T::zero(); L]; V],
        Accumulation::Row(row) => load(row, place),
        Accumulation::Chain => load(c, place),
        Accumulation::Scaled { .. } => unreachable!("`product` leaves it to the tiles"),
    };
    check(b.data, a.len(), b.stride, width);
    let b = |k: usize, first: usize| {
        // SAFETY: k < `a.len()` in `add_rows`, and as many rows of `width` elements have just been
        // found to be there; a vector begins at a `place`, and so lies within `width`.
        #[allow(unsafe_code)]
        unsafe {
            b.data.get_unchecked(k * b.stride + first..k * b.stride + first + L)
        }
    };
    add_rows::<T, K, V, L>(&mut sums, a, |k, j| b(k, place(j)));
    each_vector!(j of V: c[place(j)..][..L].copy_from_slice(&sums[j]));
}

/// The vectors of a row.
#[inline(always)]
fn load<T: Float, const V: usize, const L: usize>(
    row: &[T],
    place: impl Fn(usize) -> usize,
) -> [[T; L]; V] {
    let mut vectors = [[T::zero(); L]; V];
    each_vector!(j of V: vectors[j] = *first(&row[place(j)..]));
    vectors
}

/// sums\[j\] += a\[k\]·b(k, j) for all k in their order.
///
/// Each vector of a row is loaded by one instruction with a constant stride, which the CPU detects
/// and prefetches. With four rows unrolled, a row of 784 took a third longer on Zen 5.
#[inline(always)]
fn add_rows<'b, T: Float, K: Vectors<T>, const V: usize, const L: usize>(
    sums: &mut [[T; L]; V],
    a: &[T],
    b: impl Fn(usize, usize) -> &'b [T],
) {
    for (k, a) in a.iter().enumerate() {
        each_vector!(j of V: K::add_multiple(&mut sums[j], *a, first(b(k, j))));
    }
}
