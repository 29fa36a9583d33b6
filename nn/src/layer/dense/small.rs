//! The products of a small dense layer, as loops of constant length that are compiled for each pair
//! of widths.
//!
//! For such a layer, choosing a kernel for the general product takes longer than the arithmetic.
//! Every sum is the same chain of fused multiply-adds as in [`tensor::product`], so the bits are
//! the same. A row of a matrix fits in one vector, or a few.

use std::hint::black_box;

use tensor::Float;
use tensor::simd::{Inline, Isa, vectorize_inline};

use super::Aligned;

/// Largest number of weights of a small layer. Each of its products is compiled for its widths.
const LARGEST: usize = 512;
/// Largest number of inputs and of outputs. Beyond it, a row's sums no longer fit in registers.
const WIDEST: usize = 64;
/// Multiply-adds of whole registers that take as long as choosing the general product's kernel.
const FEW: usize = 16384;

/// Whether this module computes a layer of these widths, for a batch whose outputs are `values`
/// numbers.
///
/// Rows are split into pieces whose lengths are powers of two. The more pieces, the sooner the
/// general product's masked vectors are faster.
#[inline(always)]
pub(super) fn suits<const I: usize, const O: usize>(values: usize) -> bool {
    let small = const { I > 0 && O > 0 && I * O <= LARGEST && I <= WIDEST && O <= WIDEST };
    let pieces =
        const { if I.count_ones() > O.count_ones() { I } else { O }.count_ones() as usize };
    // Without a fused multiply-add instruction each is a function call; the general product avoids
    // those.
    small && (pieces == 1 || values * I * pieces * pieces <= FEW) && Isa::best().has_fma()
}

/// z = x·W + b
///
/// x `[rows, I]`, W `[I, O]`, b `[O]` or none, z `[rows, O]`
pub(super) fn forward<T: Float, const I: usize, const O: usize>(
    x: &[T],
    weight: &[T],
    bias: Option<&[T]>,
    z: &mut [T],
) {
    struct Forward<'a, T, const I: usize, const O: usize> {
        x: &'a [[T; I]],
        weight: &'a [[T; O]; I],
        bias: [T; O],
        z: &'a mut [[T; O]],
    }
    impl<T: Float, const I: usize, const O: usize> Inline for Forward<'_, T, I, O> {
        type Output = ();

        #[inline(always)]
        fn run(self) {
            products(self.x, self.weight, &self.bias, self.z);
        }
    }
    let bias = bias.map_or([T::zero(); O], |bias| *first(bias));
    vectorize_inline(Forward::<T, I, O> {
        x: rows(x),
        weight: first(rows(weight)),
        bias,
        z: z.as_chunks_mut().0,
    });
}

/// dx = dz·Wᵀ
///
/// dz `[rows, O]`, W `[I, O]`, dx `[rows, I]`
pub(super) fn input_gradient<T: Float, const I: usize, const O: usize>(
    dz: &[T],
    weight: &[T],
    dx: &mut [T],
) {
    struct Backward<'a, T, const I: usize, const O: usize> {
        dz: &'a [[T; O]],
        weight: &'a [[T; O]; I],
        dx: &'a mut [[T; I]],
    }
    impl<T: Float, const I: usize, const O: usize> Inline for Backward<'_, T, I, O> {
        type Output = ();

        #[inline(always)]
        fn run(self) {
            let mut columns = Aligned([[T::zero(); I]; O]);
            for o in 0..O {
                for i in 0..I {
                    columns.0[o][i] = self.weight[i][o];
                }
            }
            // In memory, so that the compiler does not shuffle single elements among registers.
            let columns = black_box(&columns);
            products(self.dz, &columns.0, &[T::zero(); I], self.dx);
        }
    }
    vectorize_inline(Backward::<T, I, O> {
        dz: rows(dz),
        weight: first(rows(weight)),
        dx: dx.as_chunks_mut().0,
    });
}

/// dW = xᵀ·dz and db = Σ rows of dz, summed in the order of the rows.
///
/// x `[rows, I]`, dz `[rows, O]`, dW `[I, O]`, db `[O]` or none
pub(super) fn gradient<T: Float, const I: usize, const O: usize>(
    x: &[T],
    dz: &[T],
    weight: &mut [T],
    bias: Option<&mut [T]>,
) {
    struct Gradient<'a, T, const I: usize, const O: usize> {
        x: &'a [[T; I]],
        dz: &'a [[T; O]],
        weight: &'a mut [[T; O]],
        bias: Option<&'a mut [T]>,
    }
    impl<T: Float, const I: usize, const O: usize> Inline for Gradient<'_, T, I, O> {
        type Output = ();

        #[inline(always)]
        fn run(self) {
            if O < 8 && I > O {
                // Vector lanes are inputs.
                for o in 0..O {
                    let mut sums = [T::zero(); I];
                    for (x, dz) in self.x.iter().zip(self.dz) {
                        add_multiple(&mut sums, dz[o], x);
                    }
                    for i in 0..I {
                        self.weight[i][o] = sums[i];
                    }
                }
            } else {
                let mut i = 0;
                while i + 8 <= I {
                    tile::<T, I, O, 8>(self.x, self.dz, i, self.weight);
                    i += 8;
                }
                while i < I {
                    tile::<T, I, O, 1>(self.x, self.dz, i, self.weight);
                    i += 1;
                }
            }
            if let Some(bias) = self.bias {
                let mut sums = [T::zero(); O];
                for dz in self.dz {
                    for o in 0..O {
                        sums[o] = sums[o] + dz[o];
                    }
                }
                bias.copy_from_slice(&sums);
            }
        }
    }
    vectorize_inline(Gradient::<T, I, O> {
        x: rows(x),
        dz: rows(dz),
        weight: weight.as_chunks_mut().0,
        bias,
    });
}

/// Computes c = start + a·b, row by row.
#[inline(always)]
fn products<T: Float, const K: usize, const N: usize>(
    a: &[[T; K]],
    b: &[[T; N]; K],
    start: &[T; N],
    c: &mut [[T; N]],
) {
    /// Rows that share their loads of `b`, with independent chains of sums.
    const TOGETHER: usize = 4;
    let (blocks, last) = c.as_chunks_mut::<TOGETHER>();
    let (a_blocks, a_last) = a.as_chunks::<TOGETHER>();
    // `black_box` keeps the compiler from vectorizing across rows with gathers and scatters, which
    // takes several times as long.
    for (c, a) in blocks.iter_mut().zip(a_blocks) {
        let a = black_box(a);
        let mut sums = [*start; TOGETHER];
        for k in 0..K {
            for r in 0..TOGETHER {
                add_multiple(&mut sums[r], a[r][k], &b[k]);
            }
        }
        *c = sums;
    }
    for (c, a) in last.iter_mut().zip(a_last) {
        let a = black_box(a);
        let mut sums = *start;
        for k in 0..K {
            add_multiple(&mut sums, a[k], &b[k]);
        }
        *c = sums;
    }
}

/// Repeats a statement for every row of a tile, unrolled. From a loop the compiler may build
/// vectors that go down the rows, and gather and scatter the sums in every step, which takes up to
/// six times as long.
macro_rules! each_row {
    ($n:ident of $rows:ident: $body:expr) => {
        each_row!(@ 0 1 2 3 4 5 6 7, $n, $rows, $body)
    };
    (@ $($row:literal)*, $n:ident, $rows:ident, $body:expr) => {{
        const { assert!($rows <= 8, "each_row! writes out eight rows") };
        $(if $row < $rows {
            let $n = $row;
            $body;
        })*
    }};
}

/// Computes `N` rows of dW, from row `first` on.
#[inline(always)]
fn tile<T: Float, const I: usize, const O: usize, const N: usize>(
    x: &[[T; I]],
    dz: &[[T; O]],
    first: usize,
    weight: &mut [[T; O]],
) {
    let mut sums = [[T::zero(); O]; N];
    for (x, dz) in x.iter().zip(dz) {
        each_row!(n of N: add_multiple(&mut sums[n], x[first + n], dz));
    }
    weight[first..][..N].copy_from_slice(&sums);
}

/// sums += a·b, element by element.
#[inline(always)]
fn add_multiple<T: Float, const N: usize>(sums: &mut [T; N], a: T, b: &[T; N]) {
    for n in 0..N {
        sums[n] = a.mul_add(b[n], sums[n]);
    }
}

/// `values` as rows of `N`.
#[inline(always)]
fn rows<T, const N: usize>(values: &[T]) -> &[[T; N]] {
    values.as_chunks().0
}

/// The first `N` elements.
#[inline(always)]
fn first<T, const N: usize>(values: &[T]) -> &[T; N] {
    match values.first_chunk() {
        Some(first) => first,
        None => panic!("dense: too few parameters"),
    }
}
