//! From raw rows to what the layers see.
//!
//! A number x becomes z/√(1 + (z/3)²), z = (f(x) − f(median))/(f(upper quartile) − f(lower quartile)), with f(x) = x, or
//! sign(x)·ln(1 + |x|/unit) where its logarithm was asked for; a missing one 0. A word becomes a flag for each place, or
//! the number of its place, for vectors that are learned. Yes is 1 and no is −1. A date is the number of its days, and
//! where in year, week and day it is, as points of a circle.

use std::sync::Arc;

use tensor::{Float, math};

use super::form::{Columns, DATE, Form, FormKind};
use crate::layer::encoder::{robust_scale, smooth_clip};
use crate::layer::{Formula, FoundColumn, OutputGrad, Pass, Seen, Workspace};
use crate::parameters::{NamedTensor, padded};

/// Rows in which a word must be to have a place of its own.
const LEAST_ROWS: usize = 3;

/// See the module. In the flat buffer stand the number of rows that all of it was found from, and then for each column unit,
/// center, scale, and whether a value was missing; for each code of a word its place, or −1; and the target's mean and
/// deviation.
#[derive(Clone, Debug)]
pub(in crate::dynamic) struct ColumnsFormula {
    pub(super) columns: Arc<Columns>,
}

/// What was found, by the places in the flat buffer.
#[derive(Clone, Copy)]
pub(super) struct Layout {
    forms: usize,
    codes: usize,
}

impl Layout {
    pub(super) fn of(columns: &Columns) -> Self {
        let codes = columns.forms.iter().map(Form::codes).sum();
        Layout { forms: columns.forms.len(), codes }
    }

    /// Where the tensor of a column's numbers begins: unit, center, scale, missing.
    fn of_columns(self, which: usize) -> usize {
        padded(1) + which * padded(self.forms)
    }

    fn places(self) -> usize {
        self.of_columns(4)
    }

    /// Where the target's mean and deviation stand.
    pub(super) fn target(self) -> usize {
        self.places() + padded(self.codes)
    }

    fn len(self) -> usize {
        self.target() + padded(2)
    }
}

/// sign(x)·ln(1 + |x|/unit); x where there is no unit.
fn logarithm<T: Float>(x: T, unit: T) -> T {
    match unit > T::zero() {
        true => math::ln_1p(x.abs() / unit) * x.signum(),
        false => x,
    }
}

/// As much of a turn as `share` has behind its whole numbers, as a point of the circle.
fn point<T: Float>(share: f64) -> [T; 2] {
    let angle = std::f64::consts::TAU * (share - share.floor());
    [T::of(angle.sin()), T::of(angle.cos())]
}

impl ColumnsFormula {
    pub(in crate::dynamic) fn new(columns: Arc<Columns>) -> Self {
        ColumnsFormula { columns }
    }

    fn layout(&self) -> Layout {
        Layout::of(&self.columns)
    }

    /// One row: its numbers, and its codes behind them.
    fn encode_row<T: Float>(&self, state: &[T], raw: &[T], encoded: &mut [T]) {
        let layout = self.layout();
        let of_columns = |which| &state[layout.of_columns(which)..][..layout.forms];
        let (units, centers) = (of_columns(0), of_columns(1));
        let (scales, missing) = (of_columns(2), of_columns(3));
        let places = &state[layout.places()..][..layout.codes];
        let (mut floats, mut codes) = encoded.split_at_mut(self.columns.floats());
        let mut first_place = 0;
        for (at, (form, &x)) in self.columns.forms.iter().zip(raw).enumerate() {
            let (own, rest) = std::mem::take(&mut floats).split_at_mut(form.floats());
            floats = rest;
            own.fill(T::zero());
            let center = |x: T| smooth_clip((logarithm(x, units[at]) - centers[at]) * scales[at]);
            // An indicator that was never seen would be weighed by chance.
            let is_missing = if x.is_nan() { missing[at] } else { T::zero() };
            match &form.kind {
                FormKind::Category(category) => {
                    let known = &places[first_place..][..form.codes()];
                    first_place += form.codes();
                    let unknown = category.words.len();
                    let code = x.to_usize().filter(|&code| code < unknown).unwrap_or(unknown);
                    let place = match x.is_nan() {
                        false => known[code].to_usize(),
                        true => {
                            (is_missing > T::zero() && form.missing).then_some(category.places())
                        }
                    };
                    if form.embedding().is_some() {
                        let (own, rest) = std::mem::take(&mut codes).split_at_mut(1);
                        codes = rest;
                        own[0] = place.map_or(-T::one(), |place| T::of(place as f64));
                    } else if let Some(flag) = place.and_then(|place| own.get_mut(place)) {
                        *flag = T::one();
                    }
                    continue;
                }
                _ if x.is_nan() => {}
                FormKind::Number { .. } => own[0] = center(x),
                FormKind::Flag => own[0] = if x > T::zero() { T::one() } else { -T::one() },
                FormKind::Date => {
                    let days = x.as_f64();
                    own[0] = center(x);
                    own[1..3].copy_from_slice(&point(days / 365.2425));
                    own[3..5].copy_from_slice(&point(days / 7.0));
                    own[5..DATE].copy_from_slice(&point(days));
                }
            }
            if form.missing {
                own[form.floats() - 1] = is_missing;
            }
        }
    }

    /// The place of each code of a category: the most frequent words have one of their own, the others one together, which
    /// is −1 if there are none.
    fn find_places<T: Float>(form: &Form, counts: &[usize], places: &mut [T]) {
        let FormKind::Category(category) = &form.kind else { return };
        let mut order: Vec<usize> = (0..category.words.len()).collect();
        order.sort_by_key(|&code| (std::cmp::Reverse(counts[code]), code));
        let is_kept = |&code: &usize| counts[code] >= LEAST_ROWS;
        let kept = order.iter().take(category.kept).filter(|code| is_kept(code)).count();
        let others = order[kept..].iter().map(|&code| counts[code]).sum::<usize>()
            + counts[category.words.len()];
        let other = if others > 0 { T::of(category.kept as f64) } else { -T::one() };
        places.fill(other);
        for (place, &code) in order[..kept].iter().enumerate() {
            places[code] = T::of(place as f64);
        }
    }
}

impl<T: Float> Formula<T> for ColumnsFormula {
    fn widths(&self) -> [usize; 2] {
        [self.columns.forms.len(), self.columns.encoded()]
    }

    fn len(&self) -> usize {
        self.layout().len()
    }

    fn tensors(&self) -> Vec<NamedTensor> {
        let layout = self.layout();
        let column = |(which, name): (usize, &&str)| {
            NamedTensor::new(*name, &[layout.forms], layout.of_columns(which)).found()
        };
        let mut tensors = vec![NamedTensor::new("rows", &[], 0).found()];
        tensors.extend(["unit", "center", "scale", "missing"].iter().enumerate().map(column));
        if layout.codes > 0 {
            tensors.push(NamedTensor::new("places", &[layout.codes], layout.places()).found());
        }
        tensors.push(NamedTensor::new("target", &[2], layout.target()).found());
        tensors
    }

    fn init(&self, parameters: &mut [T], _seed: u64, _index: &mut u64) {
        parameters.fill(T::zero());
    }

    fn predict(&self, _parameters: &[T], x: &[T], y: &mut [T]) {
        y.copy_from_slice(x);
    }

    fn forward(&self, _parameters: &[T], x: &[T], workspace: &mut Workspace<'_, T>, _pass: Pass) {
        workspace.y.copy_from_slice(x);
    }

    fn backward(
        &self,
        _parameters: &[T],
        workspace: &mut Workspace<'_, T>,
        before: OutputGrad<'_, T>,
    ) {
        before.gradient.copy_from_slice(workspace.dy);
        before.apply_derivative();
    }

    fn encodes(&self) -> bool {
        true
    }

    fn encode(&self, parameters: &[T], raw: &[T], encoded: &mut [T]) {
        let [from, to] = Formula::<T>::widths(self);
        for (raw, encoded) in raw.chunks_exact(from).zip(encoded.chunks_exact_mut(to)) {
            self.encode_row(parameters, raw, encoded);
        }
    }

    fn is_adapted(&self, parameters: &[T]) -> bool {
        parameters[0] > T::zero()
    }

    fn adapt(&self, parameters: &mut [T], seen: &Seen<'_, T>) -> Vec<FoundColumn> {
        let layout = self.layout();
        let (mut found, quartiles) = (seen.columns(), seen.quantiles(&[0.25, 0.5, 0.75]));
        let mut counts = vec![0; layout.codes];
        seen.each(|_, row| {
            let mut first = 0;
            for (form, &x) in self.columns.forms.iter().zip(row) {
                let codes = form.codes();
                if codes > 0 && !x.is_nan() {
                    let code = x.to_usize().unwrap_or(codes).min(codes - 1);
                    counts[first + code] += 1;
                }
                first += codes;
            }
        });
        parameters[0] = T::of(seen.rows() as f64);
        let mut first = 0;
        for (at, form) in self.columns.forms.iter().enumerate() {
            let column = &mut found[at];
            let has_missing = column.missing > 0;
            parameters[layout.of_columns(3) + at] = T::of(f64::from(u8::from(has_missing)));
            let places = layout.places() + first;
            let codes = form.codes();
            Self::find_places(form, &counts[first..][..codes], &mut parameters[places..][..codes]);
            first += codes;
            let (FormKind::Number { .. } | FormKind::Date) = form.kind else { continue };
            let median = quartiles[at][1];
            column.median = Some(median);
            let unit = match form.kind {
                FormKind::Number { log: true } => {
                    [median.abs(), column.mean.abs(), 1.0].into_iter().find(|unit| *unit > 0.0)
                }
                _ => None,
            };
            let unit = unit.unwrap_or(0.0);
            let f = |x: f64| logarithm(x, unit);
            let quartiles: Vec<f64> = quartiles[at].iter().map(|&x| f(x)).collect();
            let ends = FoundColumn { least: f(column.least), most: f(column.most), ..*column };
            let numbers = [unit, f(median), robust_scale(&ends, &quartiles)];
            for (which, number) in numbers.into_iter().enumerate() {
                parameters[layout.of_columns(which) + at] = T::of(number);
            }
        }
        found
    }
}
