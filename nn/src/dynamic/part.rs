//! The layers of a network that is read at run time, in a tree of the same form as a declared
//! network's type.
//!
//! For a declared network the compiler composes the joints; here they are composed at run time,
//! with the same formulas in the same order. `layer/then`, `layer/residual` and `layer/branches`
//! are the models, and a test checks that both give the same bits.

use std::sync::Arc;

use tensor::{Buffer, Float};

use crate::layer::{
    Extra, FirstSums, Formula, FoundColumn, OutputGrad, Pass, Seen, Sums, Workspace, add_to,
    join_columns, part_columns,
};
use crate::parameters::descend;

/// A part of a network. A copy shares the formulas.
#[derive(Clone)]
pub(super) struct Part<T: Float> {
    kind: Kind<T>,
    /// The width of a row, before and after encoding.
    pub(super) inputs: usize,
    pub(super) outputs: usize,
    /// Elements in the flat buffer of parameters.
    pub(super) len: usize,
    /// The number of leaf layers.
    pub(super) layers: usize,
    /// The number of workspaces of the part and of all parts in it.
    workspaces: usize,
    /// Whether rows depend on one another in training.
    pub(super) is_coupled: bool,
    /// Whether it is only an encoder, which passes encoded rows on.
    is_encoder: bool,
    /// Whether it contains an encoder.
    pub(super) encodes: bool,
    /// For columns of a table, in which values may be missing: the offset of the target's mean and
    /// standard deviation.
    pub(super) target: Option<usize>,
}

#[derive(Clone)]
enum Kind<T: Float> {
    Layer(Arc<dyn Formula<T>>),
    Then(Box<[Part<T>; 2]>),
    Residual(Box<Part<T>>),
    Inputs(Box<[Part<T>; 2]>),
    Heads(Box<[Part<T>; 2]>),
}

/// The size of one workspace: outputs per row, and extra storage.
pub(super) type Size = (usize, Extra);

impl<T: Float> Part<T> {
    pub(super) fn layer(formula: Box<dyn Formula<T>>, is_coupled: bool) -> Self {
        let ([inputs, outputs], len, encodes) =
            (formula.widths(), formula.len(), formula.encodes());
        let target = formula.target();
        let kind = Kind::Layer(formula.into());
        Part {
            kind,
            inputs,
            outputs,
            len,
            layers: 1,
            workspaces: 1,
            is_coupled,
            is_encoder: encodes,
            encodes,
            target,
        }
    }

    /// Layers in sequence, as a balanced tree: penalties are added in that order.
    pub(super) fn chain(mut parts: Vec<Part<T>>) -> Option<Self> {
        if parts.len() < 2 {
            return parts.pop();
        }
        let after = parts.split_off(parts.len().div_ceil(2));
        let (a, b) = (Self::chain(parts)?, Self::chain(after)?);
        Some(Self::then(a, b))
    }

    /// In sequence.
    pub(super) fn then(a: Part<T>, b: Part<T>) -> Self {
        let widths = [a.inputs, b.outputs];
        Self::pair([a, b], Kind::Then, widths, 0)
    }

    pub(super) fn residual(inner: Part<T>) -> Self {
        Part {
            workspaces: inner.workspaces + 1,
            is_encoder: false,
            kind: Kind::Residual(Box::new(inner.clone())),
            ..inner
        }
    }

    /// Parallel branches, each on its own inputs.
    pub(super) fn inputs(a: Part<T>, b: Part<T>) -> Self {
        let widths = [a.inputs + b.inputs, a.outputs + b.outputs];
        Self::pair([a, b], Kind::Inputs, widths, 3)
    }

    /// Parallel branches on the same inputs.
    pub(super) fn heads(a: Part<T>, b: Part<T>) -> Self {
        let widths = [a.inputs, a.outputs + b.outputs];
        Self::pair([a, b], Kind::Heads, widths, 2)
    }

    fn pair(
        pair: [Part<T>; 2],
        kind: fn(Box<[Part<T>; 2]>) -> Kind<T>,
        [inputs, outputs]: [usize; 2],
        own: usize,
    ) -> Self {
        let [a, b] = &pair;
        Part {
            inputs,
            outputs,
            // Only the first part sees raw rows, and parallel branches have no single target.
            target: if own == 0 { a.target } else { None },
            is_encoder: false,
            encodes: a.encodes || b.encodes,
            len: a.len + b.len,
            layers: a.layers + b.layers,
            workspaces: own + a.workspaces + b.workspaces,
            is_coupled: a.is_coupled || b.is_coupled,
            kind: kind(Box::new(pair)),
        }
    }

    /// The sizes of all workspaces, those of the part itself before those in it.
    pub(super) fn sizes(&self, to: &mut Vec<Size>) {
        let plain = |outputs| (outputs, Extra::default());
        match &self.kind {
            Kind::Layer(_) if self.is_encoder => to.push(plain(0)),
            Kind::Layer(formula) => to.push((self.outputs, formula.extra())),
            Kind::Then(pair) => pair.iter().for_each(|part| part.sizes(to)),
            Kind::Residual(inner) => {
                to.push(plain(self.outputs));
                inner.sizes(to);
            }
            Kind::Inputs(pair) => {
                // The joint outputs; then the inputs of each branch as outputs of an empty layer,
                // with their gradients.
                to.extend([plain(self.outputs), plain(pair[0].inputs), plain(pair[1].inputs)]);
                pair.iter().for_each(|part| part.sizes(to));
            }
            Kind::Heads(pair) => {
                // Both read the inputs directly; one of the two gradients with respect to them
                // needs its own buffer.
                let dx = Extra { per_row: pair[1].inputs, shared: 0 };
                to.extend([plain(self.outputs), (0, dx)]);
                pair.iter().for_each(|part| part.sizes(to));
            }
        }
    }

    pub(super) fn init(&self, parameters: &mut [T], seed: u64, index: &mut u64) {
        match &self.kind {
            Kind::Layer(formula) => formula.init(parameters, seed, index),
            Kind::Residual(inner) => inner.init(parameters, seed, index),
            Kind::Then(pair) | Kind::Inputs(pair) | Kind::Heads(pair) => {
                let [a, b] = &**pair;
                let (of_a, of_b) = parameters.split_at_mut(a.len);
                a.init(of_a, seed, index);
                b.init(of_b, seed, index);
            }
        }
    }

    pub(super) fn outputs<'r>(&self, w: &'r [Workspace<'_, T>]) -> &'r [T] {
        match &self.kind {
            Kind::Then(pair) => pair[1].outputs(&w[pair[0].workspaces..]),
            _ => w[0].y,
        }
    }

    pub(super) fn output_grad<'r>(&'r self, w: &'r mut [Workspace<'_, T>]) -> OutputGrad<'r, T> {
        match &self.kind {
            Kind::Layer(formula) => formula.output_grad(&mut w[0]),
            Kind::Then(pair) => pair[1].output_grad(&mut w[pair[0].workspaces..]),
            _ => OutputGrad::linear(w[0].y, w[0].dy),
        }
    }

    pub(super) fn first_sums<'r>(
        &'r self,
        parameters: &'r [T],
        w: &'r mut [Workspace<'_, T>],
    ) -> Option<FirstSums<'r, T>> {
        match &self.kind {
            Kind::Layer(formula) => formula.first_sums(parameters, &mut w[0]),
            Kind::Then(pair) => {
                let [a, b] = &**pair;
                let (of_a, of_b) = parameters.split_at(a.len);
                match a.is_encoder {
                    true => b.first_sums(of_b, &mut w[a.workspaces..]),
                    false => a.first_sums(of_a, w),
                }
            }
            _ => None,
        }
    }

    pub(super) fn forward(
        &self,
        parameters: &[T],
        x: &[T],
        w: &mut [Workspace<'_, T>],
        pass: Pass,
    ) {
        match &self.kind {
            Kind::Layer(formula) => formula.forward(parameters, x, &mut w[0], pass),
            Kind::Then(pair) => {
                let [a, b] = &**pair;
                let (of_a, of_b) = parameters.split_at(a.len);
                let (w_a, w_b) = w.split_at_mut(a.workspaces);
                let later = pass.skip(a.layers);
                if a.is_encoder {
                    return b.forward(of_b, x, w_b, later);
                }
                a.forward(of_a, x, w_a, pass);
                b.forward(of_b, a.outputs(w_a), w_b, later);
            }
            Kind::Residual(inner) => {
                let (own, w) = first(w);
                inner.forward(parameters, x, w, pass);
                own.y.copy_from_slice(x);
                add_to(own.y, inner.outputs(w));
            }
            Kind::Inputs(pair) => {
                let [a, b] = &**pair;
                let (of_a, of_b) = parameters.split_at(a.len);
                let ([own, x_a, x_b], w) = own_and_others(w);
                let (w_a, w_b) = w.split_at_mut(a.workspaces);
                part_columns(x, x_a.y, x_b.y, [a.inputs, b.inputs]);
                a.forward(of_a, x_a.y, w_a, pass);
                b.forward(of_b, x_b.y, w_b, pass.skip(a.layers));
                join_columns(a.outputs(w_a), b.outputs(w_b), own.y, [a.outputs, b.outputs]);
            }
            Kind::Heads(pair) => {
                let [a, b] = &**pair;
                let (of_a, of_b) = parameters.split_at(a.len);
                let ([own, _], w) = own_and_others(w);
                let (w_a, w_b) = w.split_at_mut(a.workspaces);
                a.forward(of_a, x, w_a, pass);
                b.forward(of_b, x, w_b, pass.skip(a.layers));
                join_columns(a.outputs(w_a), b.outputs(w_b), own.y, [a.outputs, b.outputs]);
            }
        }
    }

    /// Propagates the gradient at [`Part::output_grad`] through the part, to that of the part
    /// before, if there is one.
    pub(super) fn backward(
        &self,
        parameters: &[T],
        w: &mut [Workspace<'_, T>],
        before: Option<OutputGrad<'_, T>>,
    ) {
        match &self.kind {
            Kind::Layer(formula) => {
                if let Some(before) = before {
                    formula.backward(parameters, &mut w[0], before);
                }
            }
            Kind::Then(pair) => {
                let [a, b] = &**pair;
                let (of_a, of_b) = parameters.split_at(a.len);
                let (w_a, w_b) = w.split_at_mut(a.workspaces);
                if a.is_encoder {
                    return b.backward(of_b, w_b, before);
                }
                b.backward(of_b, w_b, Some(a.output_grad(w_a)));
                a.backward(of_a, w_a, before);
            }
            Kind::Residual(inner) => {
                let (own, w) = first(w);
                let end = inner.output_grad(w);
                end.gradient.copy_from_slice(own.dy);
                end.apply_derivative();
                let Some(before) = before else { return inner.backward(parameters, w, None) };
                let to = OutputGrad::linear(before.y, &mut *before.gradient);
                inner.backward(parameters, w, Some(to));
                add_to(before.gradient, own.dy);
                before.apply_derivative();
            }
            Kind::Inputs(pair) => {
                let [a, b] = &**pair;
                let (of_a, of_b) = parameters.split_at(a.len);
                let ([own, x_a, x_b], w) = own_and_others(w);
                let (w_a, w_b) = w.split_at_mut(a.workspaces);
                to_branches([a, b], own.dy, w_a, w_b);
                let Some(before) = before else {
                    a.backward(of_a, w_a, None);
                    return b.backward(of_b, w_b, None);
                };
                a.backward(of_a, w_a, Some(OutputGrad::linear(x_a.y, x_a.dy)));
                b.backward(of_b, w_b, Some(OutputGrad::linear(x_b.y, x_b.dy)));
                join_columns(x_a.dy, x_b.dy, before.gradient, [a.inputs, b.inputs]);
                before.apply_derivative();
            }
            Kind::Heads(pair) => {
                let [a, b] = &**pair;
                let (of_a, of_b) = parameters.split_at(a.len);
                let ([own, dx], w) = own_and_others(w);
                let (w_a, w_b) = w.split_at_mut(a.workspaces);
                to_branches([a, b], own.dy, w_a, w_b);
                let Some(before) = before else {
                    a.backward(of_a, w_a, None);
                    return b.backward(of_b, w_b, None);
                };
                let dx_b = &mut *dx.per_row;
                a.backward(of_a, w_a, Some(OutputGrad::linear(before.y, &mut *before.gradient)));
                b.backward(of_b, w_b, Some(OutputGrad::linear(before.y, &mut *dx_b)));
                add_to(before.gradient, dx_b);
                before.apply_derivative();
            }
        }
    }

    /// The gradient with respect to the parameters from `from` on, as many as `gradient` holds.
    pub(super) fn gradient(
        &self,
        parameters: &[T],
        x: &[T],
        w: &[Workspace<'_, T>],
        from: usize,
        gradient: &mut [T],
        sums: Sums,
    ) {
        match &self.kind {
            Kind::Layer(formula) => formula.gradient(parameters, x, &w[0], from, gradient, sums),
            Kind::Residual(inner) => inner.gradient(parameters, x, &w[1..], from, gradient, sums),
            Kind::Then(pair) | Kind::Inputs(pair) | Kind::Heads(pair) => {
                let [a, b] = &**pair;
                let ((x_a, w_a), (x_b, w_b)) = self.seen(x, w);
                let seam = a.len.saturating_sub(from).min(gradient.len());
                let (of_a, of_b) = parameters.split_at(seam);
                let (gradient_a, gradient_b) = gradient.split_at_mut(seam);
                if !gradient_a.is_empty() {
                    a.gradient(of_a, x_a, w_a, from, gradient_a, sums);
                }
                if !gradient_b.is_empty() {
                    b.gradient(of_b, x_b, w_b, from.saturating_sub(a.len), gradient_b, sums);
                }
            }
        }
    }

    /// A step p ← fma(g, −rate, p) on the parameters from `from` on; returns whether all results
    /// are finite.
    pub(super) fn descend(
        &self,
        parameters: &mut [T],
        x: &[T],
        w: &[Workspace<'_, T>],
        from: usize,
        rate: T,
    ) -> bool {
        match &self.kind {
            Kind::Layer(formula) => {
                if let Some(finite) = formula.descend(parameters, x, &w[0], from, rate) {
                    return finite;
                }
                let mut gradient = Buffer::stale(parameters.len());
                formula.gradient(parameters, x, &w[0], from, &mut gradient, Sums::WHOLE);
                descend(parameters, &gradient, rate)
            }
            Kind::Residual(inner) => inner.descend(parameters, x, &w[1..], from, rate),
            Kind::Then(pair) | Kind::Inputs(pair) | Kind::Heads(pair) => {
                let [a, b] = &**pair;
                let ((x_a, w_a), (x_b, w_b)) = self.seen(x, w);
                let seam = a.len.saturating_sub(from).min(parameters.len());
                let (of_a, of_b) = parameters.split_at_mut(seam);
                let a_is_finite = of_a.is_empty() || a.descend(of_a, x_a, w_a, from, rate);
                let from = from.saturating_sub(a.len);
                let b_is_finite = of_b.is_empty() || b.descend(of_b, x_b, w_b, from, rate);
                a_is_finite && b_is_finite
            }
        }
    }

    /// The inputs and workspaces of each of two parts.
    #[expect(clippy::type_complexity, reason = "a pair of pairs")]
    fn seen<'r>(
        &self,
        x: &'r [T],
        w: &'r [Workspace<'_, T>],
    ) -> ((&'r [T], &'r [Workspace<'r, T>]), (&'r [T], &'r [Workspace<'r, T>])) {
        match &self.kind {
            Kind::Layer(_) | Kind::Residual(_) => ((x, w), (x, w)),
            Kind::Then(pair) => {
                let (w_a, w_b) = w.split_at(pair[0].workspaces);
                let between = if pair[0].is_encoder { x } else { pair[0].outputs(w_a) };
                ((x, w_a), (between, w_b))
            }
            Kind::Inputs(pair) => {
                let (own, w) = w.split_at(3);
                let (w_a, w_b) = w.split_at(pair[0].workspaces);
                ((own[1].y, w_a), (own[2].y, w_b))
            }
            Kind::Heads(pair) => {
                let (w_a, w_b) = w[2..].split_at(pair[0].workspaces);
                ((x, w_a), (x, w_b))
            }
        }
    }

    /// The first index at or after `at` where [`Part::gradient`] may begin or end.
    pub(super) fn next_boundary(&self, at: usize) -> usize {
        match &self.kind {
            Kind::Layer(formula) => formula.next_boundary(at),
            Kind::Residual(inner) => inner.next_boundary(at),
            Kind::Then(pair) | Kind::Inputs(pair) | Kind::Heads(pair) => {
                let [a, b] = &**pair;
                if at < a.len { a.next_boundary(at) } else { a.len + b.next_boundary(at - a.len) }
            }
        }
    }

    pub(super) fn penalty(&self, parameters: &[T]) -> Option<T> {
        match &self.kind {
            Kind::Layer(formula) => formula.penalty(parameters),
            Kind::Residual(inner) => inner.penalty(parameters),
            Kind::Then(pair) | Kind::Inputs(pair) | Kind::Heads(pair) => {
                let [a, b] = &**pair;
                let (of_a, of_b) = parameters.split_at(a.len);
                match (a.penalty(of_a), b.penalty(of_b)) {
                    (Some(a), Some(b)) => Some(a + b),
                    (one, other) => one.or(other),
                }
            }
        }
    }

    pub(super) fn update_state(&self, parameters: &mut [T], w: &[Workspace<'_, T>]) {
        match &self.kind {
            Kind::Layer(formula) => formula.update_state(parameters, &w[0]),
            Kind::Residual(inner) => inner.update_state(parameters, &w[1..]),
            Kind::Then(pair) | Kind::Inputs(pair) | Kind::Heads(pair) => {
                let [a, b] = &**pair;
                let ((_, w_a), (_, w_b)) = self.seen(&[], w);
                let (of_a, of_b) = parameters.split_at_mut(a.len);
                a.update_state(of_a, w_a);
                b.update_state(of_b, w_b);
            }
        }
    }

    /// Encodes raw rows.
    pub(super) fn encode(&self, parameters: &[T], raw: &[T], encoded: &mut [T]) {
        match &self.kind {
            Kind::Layer(formula) if self.is_encoder => formula.encode(parameters, raw, encoded),
            Kind::Then(pair) => pair[0].encode(&parameters[..pair[0].len], raw, encoded),
            Kind::Inputs(pair) if self.encodes => {
                let [a, b] = &**pair;
                let (of_a, of_b) = parameters.split_at(a.len);
                let rows = raw.len() / self.inputs;
                let mut room = vec![T::zero(); 2 * raw.len()];
                let (raw_a, rest) = room.split_at_mut(rows * a.inputs);
                let (raw_b, rest) = rest.split_at_mut(rows * b.inputs);
                let (x_a, x_b) = rest.split_at_mut(rows * a.inputs);
                part_columns(raw, raw_a, raw_b, [a.inputs, b.inputs]);
                a.encode(of_a, raw_a, x_a);
                b.encode(of_b, raw_b, x_b);
                join_columns(x_a, x_b, encoded, [a.inputs, b.inputs]);
            }
            _ => encoded.copy_from_slice(raw),
        }
    }

    /// Fits the encoders to the data.
    pub(super) fn adapt(
        &self,
        parameters: &mut [T],
        seen: &Seen<'_, T>,
        found: &mut Vec<FoundColumn>,
    ) {
        match &self.kind {
            Kind::Layer(formula) if self.is_encoder => {
                found.extend(formula.adapt(parameters, seen))
            }
            Kind::Then(pair) => pair[0].adapt(&mut parameters[..pair[0].len], seen, found),
            Kind::Inputs(pair) => {
                let [a, b] = &**pair;
                let (of_a, of_b) = parameters.split_at_mut(a.len);
                a.adapt(of_a, &seen.part(0, a.inputs), found);
                b.adapt(of_b, &seen.part(a.inputs, b.inputs), found);
            }
            Kind::Layer(_) | Kind::Residual(_) | Kind::Heads(_) => {}
        }
    }

    /// Calls `see` with the outputs of all layers in sequence, in order, for the inputs `x`.
    pub(super) fn trace(&self, x: &[T], w: &[Workspace<'_, T>], see: &mut impl FnMut(&[T])) {
        match &self.kind {
            Kind::Layer(_) if self.is_encoder => see(x),
            Kind::Then(pair) => {
                let (w_a, w_b) = w.split_at(pair[0].workspaces);
                pair[0].trace(x, w_a, see);
                let between = if pair[0].is_encoder { x } else { pair[0].outputs(w_a) };
                pair[1].trace(between, w_b, see);
            }
            _ => see(w[0].y),
        }
    }
}

/// Propagates the gradient at the joint outputs to the ends of both branches.
fn to_branches<T: Float>(
    [a, b]: [&Part<T>; 2],
    dy: &[T],
    w_a: &mut [Workspace<'_, T>],
    w_b: &mut [Workspace<'_, T>],
) {
    let (end_a, end_b) = (a.output_grad(w_a), b.output_grad(w_b));
    part_columns(dy, end_a.gradient, end_b.gradient, [a.outputs, b.outputs]);
    end_a.apply_derivative();
    end_b.apply_derivative();
}

/// A joint's own workspace, and those of the layers in it.
fn first<'w, 'a, T>(
    w: &'w mut [Workspace<'a, T>],
) -> (&'w mut Workspace<'a, T>, &'w mut [Workspace<'a, T>]) {
    let ([own], others) = own_and_others(w);
    (own, others)
}

/// A joint's own `N` workspaces, and those of the layers in it.
fn own_and_others<'w, 'a, T, const N: usize>(
    w: &'w mut [Workspace<'a, T>],
) -> ([&'w mut Workspace<'a, T>; N], &'w mut [Workspace<'a, T>]) {
    match w.split_first_chunk_mut::<N>() {
        Some((own, others)) => (own.each_mut(), others),
        None => unreachable!("there is a workspace for each size of the part"),
    }
}
