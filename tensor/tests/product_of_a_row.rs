//! A row times a matrix, for all alignments of the matrix's rows, against the definition.

use tensor::product::{Matrix, MatrixMut, Start, add_scaled_product_on, product_on};
use tensor::simd::Isa;
use tensor::{Buffer, Float};

/// A row times matrices of many widths, whose rows begin `offset` elements after a cache line and
/// are `gap` elements apart: every start, against the definition.
fn check<T: Float>(isa: Isa, offset: usize, gap: usize) {
    let number = |i: usize| T::of(((i * 37 + 11) % 64) as f64 / 32.0 - 1.0);
    let mut widths =
        vec![1, 3, 7, 8, 10, 15, 16, 17, 31, 32, 64, 71, 72, 73, 128, 129, 144, 145, 160, 300];
    let mut depths = vec![0, 1, 5, 63, 64, 65, 200];
    if cfg!(miri) {
        // A thousand times slower.
        (widths, depths) = (vec![1, 10, 71], vec![0, 5]);
    }
    for &n in &widths {
        for &k in &depths {
            let stride = n + gap;
            let mut b = Buffer::zeroed(offset + k * stride);
            b.iter_mut().enumerate().for_each(|(i, b)| *b = number(i * 5));
            let a: Vec<T> = (0..k).map(|i| number(i * 3 + 1)).collect();
            let bias: Vec<T> = (0..n).map(|j| number(j * 7 + 2)).collect();
            let sum = |start: T, j: usize| {
                (0..k).fold(start, |c, i| a[i].mul_add(b[offset + i * stride + j], c))
            };
            let from = |start: Option<&[T]>| -> Vec<T> {
                (0..n).map(|j| sum(start.map_or(T::zero(), |start| start[j]), j)).collect()
            };
            let x = Matrix::new(&a, 1, k);
            let w = Matrix::strided(&b[offset..], [k, n], [stride, 1]);
            let case = format!("{isa:?} {k}×{n} offset {offset} gap {gap}");
            let mut c = vec![T::nan(); n];
            product_on(isa, x, w, Start::Zero, MatrixMut::new(&mut c, 1, n), None);
            assert_eq!(c, from(None), "{case}");
            product_on(isa, x, w, Start::Bias(&bias), MatrixMut::new(&mut c, 1, n), None);
            assert_eq!(c, from(Some(&bias)), "{case}, from a bias");
            c.copy_from_slice(&bias);
            product_on(isa, x, w, Start::Accumulate, MatrixMut::new(&mut c, 1, n), None);
            assert_eq!(c, from(Some(&bias)), "{case}, accumulating");
            c.copy_from_slice(&bias);
            add_scaled_product_on(isa, x, w, T::of(-0.3), MatrixMut::new(&mut c, 1, n));
            let scaled = from(None).into_iter().zip(&bias);
            let expected: Vec<T> = scaled.map(|(sum, &c)| sum.mul_add(T::of(-0.3), c)).collect();
            assert_eq!(c, expected, "{case}, scaled");
            let double = |at: usize, values: &mut [T]| {
                for (i, value) in values.iter_mut().enumerate() {
                    *value = *value * T::of(2.0) + T::of((at + i) as f64);
                }
            };
            product_on(isa, x, w, Start::Zero, MatrixMut::new(&mut c, 1, n), Some(&double));
            for (j, (&got, sum)) in c.iter().zip(from(None)).enumerate() {
                assert_eq!(got, sum * T::of(2.0) + T::of(j as f64), "{case}, finished");
            }
        }
    }
}

#[test]
fn a_row_equals_the_definition_wherever_its_matrix_begins() {
    for isa in [Isa::Avx2, Isa::Avx512].into_iter().filter(|isa| isa.is_available()) {
        let places = [(0, 0), (4, 0), (1, 16), (11, 8), (15, 3), (16, 16)];
        for (offset, gap) in places.into_iter().step_by(if cfg!(miri) { 4 } else { 1 }) {
            check::<f32>(isa, offset, gap);
            check::<f64>(isa, offset, gap);
        }
    }
}
