//! Embedding: the learned vectors of words.
//!
//! y = the numbers of x that are no codes, then for each code its vector: w[code], or zeros for −1
//!
//! dw[code] = Σ dy over the rows with that code; dx = dy, and 0 at the codes
//!
//! shapes: x `[rows, inputs]`, y `[rows, floats + Σ dimensions]`, w `[Σ places·dimensions]`, column
//! by column

#[cfg(feature = "std")]
mod train;

use core::marker::PhantomData;

use tensor::Float;

#[cfg(feature = "std")]
pub use train::EmbeddingFormula;

use super::{ColumnForm, ColumnWidths, ColumnsInfo, DeclaredColumns};
use crate::layer::{Inference, Info, LayerInfo, TensorInfo};
use crate::parameters::padded;

/// Embedding of the words of the columns `C`, from rows of `I` numbers to rows of `O`: see the
/// [module](crate::layer::columns).
#[derive(Debug)]
pub struct Embedding<C, const I: usize, const O: usize>(PhantomData<fn() -> C>);

/// Number of elements of all vectors.
const fn numbers(forms: &[ColumnForm]) -> usize {
    let (mut at, mut numbers) = (0, 0);
    while at < forms.len() {
        if forms[at].dimensions() > 0 {
            numbers += forms[at].places() * forms[at].dimensions();
        }
        at += 1;
    }
    numbers
}

/// For each column: offset of its vectors, their number, their length, and their index in a row of
/// outputs.
pub(crate) fn tables(forms: &[ColumnForm]) -> impl Iterator<Item = [usize; 4]> {
    let (mut start, mut at) = (0, ColumnWidths::of(forms).floats);
    forms.iter().filter(|form| form.dimensions() > 0).map(move |form| {
        let (places, dimensions) = (form.places(), form.dimensions());
        let table = [start, places, dimensions, at];
        start += places * dimensions;
        at += dimensions;
        table
    })
}

/// Returns the vector's index that a code names, if any.
fn code<T: Float>(number: T, places: usize) -> Option<usize> {
    number.to_usize().filter(|&code| code < places)
}

/// Computes one row. Nothing is indexed that might not be there, so that it cannot panic without
/// the standard library.
#[inline(always)]
fn answer<T: Float>(forms: &[ColumnForm], parameters: &[T], x: &[T], y: &mut [T]) {
    let floats = ColumnWidths::of(forms).floats;
    let (floats, codes) = x.split_at_checked(floats).unwrap_or_default();
    y.iter_mut().zip(floats).for_each(|(y, &x)| *y = x);
    for (&number, [start, places, dimensions, at]) in codes.iter().zip(tables(forms)) {
        let vector = y.get_mut(at..at + dimensions).unwrap_or_default();
        let first = code(number, places).map(|code| start + code * dimensions);
        match first.and_then(|first| parameters.get(first..first + dimensions)) {
            Some(numbers) => vector.iter_mut().zip(numbers).for_each(|(y, &number)| *y = number),
            None => vector.fill(T::zero()),
        }
    }
}

impl<C: DeclaredColumns, const I: usize, const O: usize> Inference for Embedding<C, I, O> {
    const INPUTS: usize = I;
    const OUTPUTS: usize = O;
    const LEN: usize = {
        let widths = ColumnWidths::of(C::FORMS);
        assert!(I == widths.row() && O == widths.outputs, "embedding: rows of another width");
        padded(numbers(C::FORMS))
    };
    const STACK: usize = O;
    const INFO: Info = Info::Layer(LayerInfo {
        params: numbers(C::FORMS),
        len: Self::LEN,
        columns: ColumnsInfo { texts: &[], ..ColumnsInfo::of::<C>() },
        tensors: &[TensorInfo::new("vectors", &[numbers(C::FORMS)], 0)],
        ..LayerInfo::of_notation("embedding", I, O)
    });

    type Outputs<T: Float> = [T; O];

    #[inline(always)]
    fn predict_inline<T: Float>(parameters: &[T], x: &[T]) -> [T; O] {
        let mut y = [T::zero(); O];
        answer(C::FORMS, parameters, x, &mut y);
        y
    }
}

#[cfg(test)]
mod tests {
    use super::super::Example;
    use super::*;
    use crate::layer::proof::prove_leaf;

    /// Two tables after numbers: gradients against differences, and every form of a prediction.
    #[test]
    fn an_embedding_is_what_it_says() {
        prove_leaf::<Embedding<Example, { Example::WIDTHS.row() }, { Example::WIDTHS.outputs }>>();
    }

    #[test]
    fn a_code_is_a_vector_and_no_code_is_zeros() {
        const WIDTHS: ColumnWidths = Example::WIDTHS;
        type Layer = Embedding<Example, { WIDTHS.row() }, { WIDTHS.outputs }>;
        let vectors: Vec<f64> = (0..Layer::LEN).map(|at| at as f64).collect();
        let mut x = [0.5; WIDTHS.row()];
        x[WIDTHS.floats..].copy_from_slice(&[2.0, -1.0]);
        let y = Layer::predict_inline(&vectors, &x);
        assert_eq!(
            y[WIDTHS.floats..],
            [4.0, 5.0, 0.0, 0.0, 0.0, 0.0],
            "the third of two, and none of four"
        );
        x[WIDTHS.floats + 1] = 3.0;
        let y = Layer::predict_inline(&vectors, &x);
        assert_eq!(
            y[WIDTHS.floats + 2..],
            [20.0, 21.0, 22.0, 23.0],
            "after four vectors of two: the missing word's"
        );
    }
}
