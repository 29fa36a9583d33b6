//! Fitting column statistics to the training rows, and training after them. As a layer, columns are
//! the identity.

use std::collections::BTreeMap;

use tensor::Float;

use super::encode::{encode_row, logarithm};
use super::layout::{self, Layout, NO_WORD, TARGET_NUMBERS, columns, raw_width};
use super::{
    ColumnForm, ColumnForms, ColumnKind, ColumnWidths, Columns, DeclaredColumns, DeclaredForms,
};
use crate::layer::encoder::{ROWS, let_pass, record_nothing, robust_scale};
use crate::layer::{Formula, FoundColumn, Leaf, Pass, Seen};
use crate::parameters::NamedTensor;

/// Number of rows that a word must be in to be known.
const LEAST_ROWS: usize = 3;

/// The formula of [`Columns`], for any columns.
#[derive(Clone, Copy, Debug)]
pub struct ColumnsFormula<F> {
    forms: F,
}

impl<F: ColumnForms> ColumnsFormula<F> {
    /// Creates the formula for these columns.
    pub fn new(forms: F) -> Self {
        ColumnsFormula { forms }
    }

    fn layout(&self) -> Layout {
        Layout::of(self.forms.forms())
    }
}

impl<T: Float, F: ColumnForms> Formula<T> for ColumnsFormula<F> {
    let_pass!();

    fn widths(&self) -> [usize; 2] {
        [ColumnWidths::of(self.forms.forms()).row(); 2]
    }

    fn len(&self) -> usize {
        self.layout().len()
    }

    fn tensors(&self) -> Vec<NamedTensor> {
        let (layout, count) = (self.layout(), self.forms.forms().len());
        let found = |name: &str, shape: &[usize], at| NamedTensor::new(name, shape, at).found();
        let mut tensors = vec![found(ROWS, &[], 0)];
        for (which, name) in layout::OF_COLUMNS.iter().enumerate() {
            tensors.push(found(name, &[count], layout.of_columns(which)));
        }
        if layout.words > 0 {
            tensors.push(found(layout::FINGERPRINTS, &[layout.words, 2], layout.of_words()));
        }
        tensors.push(found(layout::TARGET, &[TARGET_NUMBERS], layout.target()));
        tensors
    }

    fn encode(&self, parameters: &[T], raw: &[T], encoded: &mut [T]) {
        let width = ColumnWidths::of(self.forms.forms()).row();
        for (raw, encoded) in raw.chunks_exact(width).zip(encoded.chunks_exact_mut(width)) {
            encode_row(self.forms.forms(), parameters, raw, encoded);
        }
    }

    fn target(&self) -> Option<usize> {
        Some(self.layout().target())
    }

    fn is_adapted(&self, parameters: &[T]) -> bool {
        parameters[0] > T::zero()
    }

    fn adapt(&self, parameters: &mut [T], seen: &Seen<'_, T>) -> Vec<FoundColumn> {
        let (forms, layout) = (self.forms.forms(), self.layout());
        let seen = &seen.part(0, raw_width(forms));
        let (found, quartiles) = (seen.columns(), seen.quantiles(&[0.25, 0.5, 0.75]));
        let mut words = Words::of(forms, seen).into_iter();
        // A copy, since `columns` borrows the state while the statistics are written to it.
        let before: Vec<T> = parameters.to_vec();
        let mut all = Vec::with_capacity(forms.len());
        let mut word = layout.of_words();
        for (at, (form, place, _)) in columns(forms, &before).enumerate() {
            let mut column = found[place];
            let mut numbers = [0.0, 0.0, 0.0, f64::from(u8::from(column.missing > 0)), 0.0];
            match form.kind {
                ColumnKind::Category { kept, .. } => {
                    let words = words.next().unwrap_or_default();
                    let known = words.known(kept);
                    numbers[4] = f64::from(u8::from(known.len() < words.counts.len()));
                    let none = std::iter::repeat([NO_WORD; 2]);
                    for half in known.iter().copied().chain(none).take(kept).flatten() {
                        parameters[word] = T::of(half);
                        word += 1;
                    }
                    let print = column.print.with(found[place + 1].print);
                    column = FoundColumn { words: Some(words.counts.len()), print, ..column };
                }
                ColumnKind::Number { .. } | ColumnKind::Date => {
                    let median = quartiles[place][1];
                    column.median = Some(median);
                    let is_log = matches!(form.kind, ColumnKind::Number { log: true });
                    let sizes = [median.abs(), column.mean.abs(), 1.0];
                    let unit = sizes.into_iter().find(|size| *size > 0.0).filter(|_| is_log);
                    let unit = unit.unwrap_or(0.0);
                    let f = |x: f64| logarithm(x, unit);
                    let quartiles: Vec<f64> = quartiles[place].iter().map(|&x| f(x)).collect();
                    let ends =
                        FoundColumn { least: f(column.least), most: f(column.most), ..column };
                    numbers[..3].copy_from_slice(&[
                        unit,
                        f(median),
                        robust_scale(&ends, &quartiles),
                    ]);
                }
                ColumnKind::Flag => {}
            }
            for (which, number) in numbers.into_iter().enumerate() {
                parameters[layout.of_columns(which) + at] = T::of(number);
            }
            all.push(column);
        }
        parameters[0] = T::of(seen.rows() as f64);
        all
    }
}

/// The words of a category by fingerprint, with the number of rows that each is in.
#[derive(Default)]
struct Words {
    counts: BTreeMap<[u64; 2], usize>,
}

impl Words {
    /// Counts the words of each category.
    fn of<T: Float>(forms: &[ColumnForm], seen: &Seen<'_, T>) -> Vec<Words> {
        let mut place = 0;
        let places: Vec<usize> = forms
            .iter()
            .filter_map(|form| {
                place += form.raw();
                (form.raw() == 2).then(|| place - 2)
            })
            .collect();
        let mut all: Vec<Words> = places.iter().map(|_| Words::default()).collect();
        if all.is_empty() {
            return all;
        }
        seen.each(|_, row| {
            for (words, &at) in all.iter_mut().zip(&places) {
                // Integers below 2²⁴, or NaN.
                if !row[at].is_nan() {
                    let halves = [row[at], row[at + 1]].map(|half| half.as_f64() as u64);
                    *words.counts.entry(halves).or_default() += 1;
                }
            }
        });
        all
    }

    /// The most frequent words, sorted by fingerprint. Ties in frequency are decided by the
    /// fingerprint, too, so that the order of rows does not matter.
    fn known(&self, kept: usize) -> Vec<[f64; 2]> {
        let mut order: Vec<_> =
            self.counts.iter().filter(|(_, count)| **count >= LEAST_ROWS).collect();
        order.sort_by_key(|(word, count)| (std::cmp::Reverse(**count), **word));
        order.truncate(kept);
        order.sort_by_key(|(word, _)| **word);
        order.into_iter().map(|(word, _)| word.map(|half| half as f64)).collect()
    }
}

impl<C: DeclaredColumns, const N: usize> Leaf for Columns<C, N> {
    type Formula<T: Float> = ColumnsFormula<DeclaredForms<C>>;
    type View<'a, T: Float> = &'a [T];

    fn formula<T: Float>() -> Self::Formula<T> {
        ColumnsFormula::new(DeclaredForms::new())
    }

    fn view<T: Float>(parameters: &[T]) -> &[T] {
        parameters
    }

    fn record<'t, T: Float>(
        parameters: &mut std::slice::Iter<'_, autograd::Var<'t, T>>,
        x: autograd::Var<'t, T>,
        _pass: Pass,
    ) -> autograd::Result<autograd::Var<'t, T>> {
        record_nothing::<Self, T>(parameters, x)
    }
}
