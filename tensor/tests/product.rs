//! Every kernel against three plain loops, on sizes around every tile, with all layouts and starts.

mod other;

use other::Other;
use tensor::Float;
use tensor::product::{
    Matrix, MatrixMut, Start, add_scaled_product_on, product, product_into, product_on,
    product_with,
};
use tensor::random::Random;
use tensor::simd::Isa;
use tensor::threads::Threads;

/// Miri is a thousand times slower: some of many cases, or small sizes, which are split and packed
/// there as large ones are otherwise.
const MIRI: bool = cfg!(miri);

fn numbers<T: Float>(len: usize, stream: u64) -> Vec<T> {
    if MIRI {
        return (0..len as u64)
            .map(|i| T::of(((i * 37 + stream) % 64) as f64 / 32.0 - 1.0))
            .collect();
    }
    let random = Random::new(0, stream);
    (0..len).map(|i| T::of(random.uniform::<f64>(i as u64) * 2.0 - 1.0)).collect()
}

/// The definition: one chain of fused multiply-adds for each element, beginning at its start value.
fn plain<T: Float>(
    a: impl Fn(usize, usize) -> T,
    b: impl Fn(usize, usize) -> T,
    start: impl Fn(usize, usize) -> T,
    [m, k, n]: [usize; 3],
) -> Vec<T> {
    let mut c = Vec::with_capacity(m * n);
    for i in 0..m {
        for j in 0..n {
            c.push((0..k).fold(start(i, j), |sum, x| a(i, x).mul_add(b(x, j), sum)));
        }
    }
    c
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Begin {
    Zero,
    Bias,
    Accumulate,
    Scaled,
}

/// Tests one product, in all four layouts, with one instruction set; returns a message if an
/// element is wrong.
///
/// Where FMA is hardware the bits must be those of the plain loops; without, within a bound of
/// rounding.
fn check<T: Float>(isa: Isa, [m, k, n]: [usize; 3], begin: Begin) -> Result<(), String> {
    let exact = isa != Isa::Portable || cfg!(any(target_feature = "fma", target_arch = "aarch64"));
    for layout in 0..4 {
        let (a_transposed, b_transposed) = (layout & 1 == 1, layout & 2 == 2);
        let (a, b) = (numbers::<T>(m * k, 1), numbers::<T>(k * n, 2));
        let (bias, before) = (numbers::<T>(n, 3), numbers::<T>(m * n, 4));
        let a_matrix =
            if a_transposed { Matrix::new(&a, k, m).transposed() } else { Matrix::new(&a, m, k) };
        let b_matrix =
            if b_transposed { Matrix::new(&b, n, k).transposed() } else { Matrix::new(&b, k, n) };
        let expected = plain(
            |i, x| if a_transposed { a[x * m + i] } else { a[i * k + x] },
            |x, j| if b_transposed { b[j * k + x] } else { b[x * n + j] },
            |i, j| match begin {
                Begin::Zero | Begin::Scaled => T::zero(),
                Begin::Bias => bias[j],
                Begin::Accumulate => before[i * n + j],
            },
            [m, k, n],
        );
        let scale = T::of(-0.3);
        // The output is a block of columns of a larger matrix, whose other columns must not change.
        let (left, right, outside) = (layout % 3, layout / 2, T::of(7.0));
        let wide = left + n + right;
        let mut around = vec![outside; m * wide];
        for i in 0..m {
            let row = &mut around[i * wide + left..][..n];
            if begin == Begin::Accumulate || begin == Begin::Scaled {
                row.copy_from_slice(&before[i * n..][..n]);
            } else {
                // An element that is not overwritten would be noticed.
                row.fill(T::nan());
            }
        }
        let (_, c) = MatrixMut::new(&mut around, m, wide).split_at_col(left);
        let (c, _) = c.split_at_col(n);
        match begin {
            Begin::Zero => product_on(isa, a_matrix, b_matrix, Start::Zero, c, None),
            Begin::Bias => product_on(isa, a_matrix, b_matrix, Start::Bias(&bias), c, None),
            Begin::Accumulate => product_on(isa, a_matrix, b_matrix, Start::Accumulate, c, None),
            Begin::Scaled => {
                let finite = add_scaled_product_on(isa, a_matrix, b_matrix, scale, c);
                assert!(finite, "{isa:?} {m}×{k}×{n} layout {layout}: not finite");
            }
        }
        let mut c = Vec::with_capacity(m * n);
        for row in around.chunks_exact(wide.max(1)) {
            let (before, row) = row.split_at(left);
            let (row, after) = row.split_at(n);
            c.extend_from_slice(row);
            if before.iter().chain(after).any(|&x| x != outside) {
                return Err(format!(
                    "{isa:?} {m}×{k}×{n} layout {layout} {begin:?}: wrote beyond its columns"
                ));
            }
        }
        for (at, (&got, &sum)) in c.iter().zip(&expected).enumerate() {
            let want = if begin == Begin::Scaled { sum.mul_add(scale, before[at]) } else { sum };
            let bound = T::epsilon() * T::of((k + 2) as f64);
            let right = if exact { got == want } else { (got - want).abs() <= bound };
            if !right {
                return Err(format!(
                    "{isa:?} {m}×{k}×{n} layout {layout} {begin:?}: element {at} is {got}, not \
                     {want}"
                ));
            }
        }
    }
    Ok(())
}

fn check_all<T: Float>() {
    // Around every tile's height (6, 8) and width (4 to 64), primes, zero and one.
    let mut rows = vec![0, 1, 2, 3, 5, 6, 7, 8, 9, 13, 16, 31];
    let mut depths = vec![0, 1, 2, 7, 16, 33];
    let mut cols = vec![0, 1, 3, 4, 5, 7, 8, 9, 10, 15, 16, 17, 31, 32, 33, 47, 48, 49, 64, 65];
    let mut every_begin = vec![[7, 5, 37], [8, 0, 32], [17, 33, 10], [25, 3, 97]];
    use Begin::{Accumulate, Bias, Scaled, Zero};
    // Products that are packed: where the left operand is transposed; the right one in several
    // slabs of k and several blocks of columns.
    let mut packed = vec![
        (vec![[523, 33, 211], [600, 66, 240]], vec![Bias, Scaled]),
        (vec![[19, 401, 523], [16, 769, 350], [17, 600, 701]], vec![Bias, Accumulate, Scaled]),
        // Copied where strips are narrow, the second one together with the left operand, whose rows
        // are in one set of the cache.
        (vec![[49, 523, 131], [51, 1024, 83]], vec![Bias, Accumulate, Scaled]),
        // Computed with the operands exchanged where the right one is transposed.
        (vec![[50, 301, 333], [97, 523, 401]], vec![Zero]),
    ];
    if MIRI {
        (rows, depths, cols) = (vec![0, 9], vec![0, 3], vec![7, 65]);
        every_begin.truncate(1);
        // The least for which the operands are exchanged: as many rows as a strip has columns.
        let strip = 64 / size_of::<T>();
        packed = vec![
            (vec![[17, 1, 70]], vec![Scaled]),
            (vec![[13, 9, 40]], vec![Accumulate]),
            (vec![[strip, 2 * strip, 2 * strip]], vec![Zero]),
        ];
    }
    let mut failures = Vec::new();
    for isa in Isa::ALL.into_iter().filter(|isa| isa.is_available()) {
        for &m in &rows {
            for &k in &depths {
                for &n in &cols {
                    failures.extend(check::<T>(isa, [m, k, n], Bias).err());
                }
            }
        }
        if MIRI && isa == Isa::Portable {
            // The cases below are computed by another crate there.
            continue;
        }
        let beginnings = (every_begin.clone(), vec![Zero, Accumulate, Scaled]);
        for (shapes, begins) in packed.iter().chain([&beginnings]) {
            for &shape in shapes {
                for &begin in begins {
                    failures.extend(check::<T>(isa, shape, begin).err());
                }
            }
        }
    }
    assert!(failures.is_empty(), "{} failures, the first: {}", failures.len(), failures[0]);
}

#[test]
fn single_precision_equals_the_plain_loops_to_the_last_bit() {
    check_all::<f32>();
}

#[test]
fn double_precision_equals_the_plain_loops_to_the_last_bit() {
    check_all::<f64>();
}

/// A float without SIMD kernels: it must use the portable tiles.
#[test]
fn any_other_float_works() {
    let a: Vec<Other> = (0..35).map(|i| Other::of(i as f64)).collect();
    let b: Vec<Other> = (0..21).map(|i| Other::of(1.0 - i as f64)).collect();
    let mut c = vec![Other::of(f64::NAN); 15];
    product(Matrix::new(&a, 5, 7), Matrix::new(&b, 7, 3), Start::Zero, &mut c, None);
    let expected =
        plain(|i, x| a[i * 7 + x], |x, j| b[x * 3 + j], |_, _| Other::of(0.0), [5, 7, 3]);
    assert_eq!(c, expected);
}

/// One number that is not finite is found at every position; the memory next to the operands does
/// not matter.
#[test]
fn a_scaled_product_says_whether_its_result_is_finite() {
    fn check<T: Float>(isa: Isa, [m, k, n]: [usize; 3]) {
        let (left, right) = (numbers::<T>(m * k, 1), numbers::<T>(k * n, 2));
        // As blocks of columns of matrices whose other columns are NaN.
        let around = |numbers: &[T], rows: usize, cols: usize| {
            let mut wide = vec![T::nan(); rows * (cols + 3)];
            for (wide, row) in wide.chunks_exact_mut(cols + 3).zip(numbers.chunks_exact(cols)) {
                wide[..cols].copy_from_slice(row);
            }
            wide
        };
        let right = around(&right, k, n);
        let b = Matrix::new(&right, k, n + 3).cols_between(0, n);
        let is_finite = |c: &[T]| {
            let mut c = around(c, m, n);
            let (c, _) = MatrixMut::new(&mut c, m, n + 3).split_at_col(n);
            add_scaled_product_on(isa, Matrix::new(&left, m, k), b, T::of(-0.5), c)
        };
        let mut c = numbers::<T>(m * n, 3);
        assert!(is_finite(&c), "{isa:?} {m}×{k}×{n}");
        for at in (0..m * n).step_by(if MIRI { 97 } else { 1 }) {
            for wrong in [T::nan(), T::infinity(), T::neg_infinity()] {
                let before = std::mem::replace(&mut c[at], wrong);
                assert!(!is_finite(&c), "{isa:?} {m}×{k}×{n}: {wrong} at {at}");
                c[at] = before;
            }
        }
    }
    for isa in Isa::ALL.into_iter().filter(|isa| isa.is_available()) {
        let sizes = [[1, 3, 16], [1, 2, 37], [3, 2, 5], [8, 3, 48], [9, 1, 50], [13, 4, 65]];
        for size in sizes.into_iter().step_by(if MIRI { 4 } else { 1 }) {
            check::<f32>(isa, size);
            check::<f64>(isa, size);
        }
    }
    check::<Other>(Isa::best(), [3, 2, 5]);
}

#[test]
fn finish_sees_every_element_once() {
    let large = if MIRI { [3, 9, 130] } else { [40, 400, 600] };
    for [m, k, n] in [[1, 3, 10], [9, 4, 33], large] {
        let (a, b) = (numbers::<f32>(m * k, 1), numbers::<f32>(k * n, 2));
        let mut expected = vec![0.0; m * n];
        let (a, b) = (Matrix::new(&a, m, k), Matrix::new(&b, k, n));
        product(a, b, Start::Zero, &mut expected, None);
        for (i, x) in expected.iter_mut().enumerate() {
            *x = *x * 2.0 + i as f32;
        }
        let mut c = vec![0.0; m * n];
        let finish = |at: usize, values: &mut [f32]| {
            for (i, x) in values.iter_mut().enumerate() {
                *x = *x * 2.0 + (at + i) as f32;
            }
        };
        product(a, b, Start::Zero, &mut c, Some(&finish));
        assert_eq!(c, expected, "{m}×{k}×{n}");
    }
}

#[test]
fn rows_apart_give_the_same_bits() {
    let (m, k, n) = (37, if MIRI { 5 } else { 50 }, 29);
    let (a, b) = (numbers::<f32>(m * k, 1), numbers::<f32>(k * n, 2));
    let (a, b) = (Matrix::new(&a, k, m).transposed(), Matrix::new(&b, k, n));
    let mut whole = vec![0.0; m * n];
    product(a, b, Start::Zero, &mut whole, None);
    for cut in [0, 1, 8, 20, 36, 37] {
        let mut parts = vec![f32::NAN; m * n];
        let (first, second) = parts.split_at_mut(cut * n);
        product(a.rows_between(0, cut), b, Start::Zero, first, None);
        product(a.rows_between(cut, m), b, Start::Zero, second, None);
        assert_eq!(parts, whole, "cut at {cut}");
    }
}

#[test]
fn columns_apart_give_the_same_bits() {
    let (m, k, n) = if MIRI { (9, 5, 129) } else { (37, 50, 129) };
    let (a, b, bias) = (numbers::<f32>(m * k, 1), numbers::<f32>(k * n, 2), numbers(n, 3));
    let (a, b) = (Matrix::new(&a, m, k), Matrix::new(&b, k, n));
    let mut whole = vec![0.0; m * n];
    product(a, b, Start::Bias(&bias), &mut whole, None);
    for cut in [0, 1, 16, 48, 64, 100, 129] {
        let mut parts = vec![f32::NAN; m * n];
        let (first, second) = MatrixMut::new(&mut parts, m, n).split_at_col(cut);
        for (cols, c) in [(0..cut, first), (cut..n, second)] {
            let width = cols.len();
            let finish = |at: usize, values: &mut [f32]| {
                for (x, at) in values.iter_mut().zip(at..) {
                    *x += (at / width * n + cols.start + at % width) as f32;
                }
            };
            let b = b.cols_between(cols.start, cols.end);
            product_into(a, b, Start::Bias(&bias[cols.clone()]), c, Some(&finish));
        }
        for (at, (part, whole)) in parts.iter().zip(&whole).enumerate() {
            assert_eq!(*part, whole + at as f32, "cut at {cut}, element {at}");
        }
    }
}

#[test]
fn the_number_of_threads_changes_no_bit() {
    let mut sizes = vec![[203, 97, 150], [64, 784, 128], [5, 3, 2], [9, 500, 400]];
    // Divided by columns.
    sizes.extend([[1, 2000, 1000], [9, 500, 431], [64, 401, 700]]);
    if MIRI {
        sizes = vec![[25, 7, 30], [5, 3, 2], [1, 40, 70], [9, 20, 151]];
    }
    for [m, k, n] in sizes {
        let (a, b, bias) = (numbers::<f32>(m * k, 1), numbers::<f32>(k * n, 2), numbers(n, 3));
        let (a, b) = (Matrix::new(&a, m, k), Matrix::new(&b, k, n));
        let mut alone = vec![0.0; m * n];
        product(a, b, Start::Bias(&bias), &mut alone, None);
        for count in if MIRI { vec![2, 3] } else { vec![1, 2, 3, 8] } {
            let mut c = vec![f32::NAN; m * n];
            product_with(&Threads::new(count), a, b, Start::Bias(&bias), &mut c);
            assert_eq!(c, alone, "{m}×{k}×{n} on {count} threads");
            let mut c = bias.repeat(m);
            product_with(&Threads::new(count), a, b, Start::Accumulate, &mut c);
            assert_eq!(c, alone, "{m}×{k}×{n} on {count} threads, into what is there");
        }
    }
}

#[test]
fn nan_and_infinity_go_through() {
    let a = Matrix::new(&[f32::NAN, 1.0, f32::INFINITY, 0.0], 2, 2);
    let b = Matrix::new(&[1.0, 0.0, 1.0, 0.0], 2, 2);
    let mut c = [0.0; 4];
    product(a, b, Start::Zero, &mut c, None);
    assert!(c[0].is_nan() && c[1].is_nan() && c[2] == f32::INFINITY && c[3].is_nan());
}

#[test]
#[should_panic(
    expected = "product: [2, 3] · [2, 2] into [2, 2]: the left side's columns must equal"
)]
fn shapes_must_fit() {
    let (a, b) = ([0.0; 6], [0.0; 4]);
    product(Matrix::new(&a, 2, 3), Matrix::new(&b, 2, 2), Start::Zero, &mut [0.0; 4], None);
}

/// Also of one row, whose columns are split into blocks where the right operand is large.
#[test]
fn finish_is_told_places_in_every_block() {
    let [k, n] = if MIRI { [9, 130] } else { [600, 700] };
    for m in [1, 2, 9] {
        let (a, b) = (vec![1.0_f32; m * k], vec![1.0_f32; n * k]);
        for b in [Matrix::new(&b, n, k).transposed(), Matrix::new(&b, k, n)] {
            let mut c = vec![f32::NAN; m * n];
            let place = |at: usize, values: &mut [f32]| {
                for (i, value) in values.iter_mut().enumerate() {
                    assert_eq!(*value, k as f32);
                    *value = (at + i) as f32;
                }
            };
            product(Matrix::new(&a, m, k), b, Start::Zero, &mut c, Some(&place));
            assert!(c.iter().enumerate().all(|(at, &found)| found == at as f32), "{m} rows");
        }
    }
}
