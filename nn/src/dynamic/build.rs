//! Builds layers from the checked notation.

use nn_grammar::ast::{
    Activation, Branch, Choice, Column, Dense, DenseNorm as Norm, Real, Simple, Value, Width,
};
use nn_grammar::network::{Chain, SeamKind, Step, Unit};
use nn_grammar::tokens::{Place, Report};
use nn_grammar::{Checked, Declaration, leaf_names, read_with};
use tensor::Float;
use tensor::decimal::Written;

use super::activation::{self, DynActivation};
use super::columns::Front;
use super::head::{Head, Kind};
use super::network::Network;
use super::part::Part;
use super::plan::{LayerPlan, Plan, forms, names};
use super::registry::Registry;
use crate::error::{Error, Result};
use crate::init::{Random, fill_by_gain, fill_by_word};
use crate::layer::columns::{ColumnWidths, ColumnsFormula, ColumnsInfo, EmbeddingFormula};
use crate::layer::{
    DenseFormula, DenseNorm, DenseSettings, Formula, Length, NormedFormula, PassthroughFormula,
    Spectral, is_coupled, simple_formula,
};
use crate::parameters::NamedTensor;

/// The options of a dense layer besides its widths and its activation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    pub(super) bias: bool,
    pub(super) l2: f64,
    /// The initializer's word; without one, the initializer that suits the activation.
    pub(super) init: Option<&'static str>,
    /// The gain of the activation.
    pub(super) gain: Option<f64>,
}

impl DenseSettings for Settings {
    fn bias(&self) -> bool {
        self.bias
    }

    fn l2(&self) -> f64 {
        self.l2
    }

    fn init<A: tensor::activation::Activation, T: Float>(
        &self,
        weight: &mut [T],
        widths: [usize; 2],
        random: Random,
    ) {
        match self.init {
            None => fill_by_gain(self.gain, weight, widths, random),
            Some(word) => {
                let is_known = fill_by_word(word, weight, widths, random);
                debug_assert!(is_known, "the vocabulary has {word}");
            }
        }
    }
}

/// Builds the network that a text declares, with the names in `registry`.
pub(super) fn network<T: Float>(
    text: &str,
    file: Option<&str>,
    registry: &Registry<T>,
) -> Result<Network<T>> {
    let made = read_with(text, file, |checked, report| {
        let (name, chain) = only(checked, report)?;
        let mut builder = Builder { registry, report, weights: 0, place: Place::default() };
        builder.network(name, &chain, text)
    });
    made.map_err(|mistakes| Error::Notation(mistakes.to_string()))
}

/// The only network of a text; reports an error if there are others.
fn only(checked: Checked, report: &mut Report) -> Option<(String, Chain)> {
    let mut networks = match checked {
        Declaration::Type(chain) => return Some(("Dynamic".into(), chain)),
        Declaration::Items(networks) => networks,
    };
    if networks.len() > 1 {
        let place = &networks[1].head.name.place;
        report.error(place, "a text must contain one network; read the others from separate texts");
        return None;
    }
    let network = networks.pop()?;
    if let Some(parameter) = network.head.parameters.first() {
        let advice = format!(
            "a network that is read has no parameters: leave `const {}: usize` out, and give it as \
             a number to `parse_with` or a `Registry`",
            parameter.text
        );
        report.error(&parameter.place, advice);
    }
    Some((network.head.name.plain().to_owned(), network.chain))
}

struct Builder<'b, T: Float> {
    registry: &'b Registry<T>,
    report: &'b mut Report,
    /// The number of weights of all layers so far.
    weights: u128,
    /// The source position of the current layer.
    place: Place,
}

/// A part and its description.
type Built<T> = (Part<T>, Plan);

impl<T: Float> Builder<'_, T> {
    fn network(&mut self, name: String, chain: &Chain, text: &str) -> Option<Network<T>> {
        self.seams(chain);
        let (part, plan) = self.chain(&chain.steps)?;
        let head = self.head(&chain.steps)?;
        let mut steps: Vec<(String, usize)> = Vec::new();
        for step in &chain.steps {
            match &step.unit {
                // The encoder, and the embeddings after it.
                Unit::Columns(_) => {
                    let leaves = leaf_names(std::slice::from_ref(step));
                    steps.extend(leaves.into_iter().map(|name| (name, 1)));
                }
                _ => steps.push((step.title.name.plain().to_owned(), step.count)),
            }
        }
        let front = match chain.steps.first().map(|step| &step.unit) {
            Some(Unit::Columns(columns)) => Some(Front::of(columns, text)),
            _ => None,
        };
        let names = names(&leaf_names(&chain.steps));
        Some(Network::new(name, part, head, plan, names, steps, front))
    }

    /// Compares widths at least one of which is a name.
    fn seams(&mut self, chain: &Chain) {
        for seam in &chain.seams {
            let (Some(given), Some(taken)) = (self.width(&seam.given), self.width(&seam.taken))
            else {
                continue;
            };
            if given == taken {
                continue;
            }
            let sentence = match &seam.kind {
                SeamKind::Neighbours { before, layer } => {
                    format!("{layer} takes {taken} inputs but {before} gives {given} outputs")
                }
                SeamKind::Residual { layer } => format!(
                    "a residual adds its {taken} inputs to the output of its layers, but {layer} \
                     gives {given}"
                ),
                SeamKind::Halved { layer } => format!(
                    "{layer} halves its inputs, but the layer before it gives {given}, which is odd"
                ),
                SeamKind::Repeated { layer } => format!(
                    "{layer} is repeated, so it needs as many outputs as inputs, but it takes \
                     {taken} inputs and gives {given}"
                ),
            };
            self.report.error(&seam.place, sentence);
        }
    }

    fn chain(&mut self, steps: &[Step]) -> Option<Built<T>> {
        let (mut parts, mut plans) = (Vec::new(), Vec::new());
        for step in steps {
            for _ in 0..step.count {
                let (part, plan) = self.layer(step)?;
                parts.push(part);
                plans.push(plan);
            }
        }
        Some((Part::chain(parts)?, Plan::chain(plans)?))
    }

    fn layer(&mut self, step: &Step) -> Option<Built<T>> {
        self.place = step.title.place.clone();
        match &step.unit {
            Unit::Dense { dense, head } => {
                let widths = self.widths(step)?;
                let (formula, plan) = self.dense(dense, *head, widths)?;
                let (formula, plan) = match dense.norm() {
                    None => (formula, plan),
                    Some(Norm::Weight) => normed::<T, Length>(formula, plan),
                    Some(Norm::Spectral) => normed::<T, Spectral>(formula, plan),
                };
                Some((Part::layer(formula, false), Plan::Layer(plan)))
            }
            Unit::Simple(simple) => self.simple(step, simple),
            Unit::Residual(steps) => {
                let (part, plan) = self.chain(steps)?;
                Some((Part::residual(part), Plan::Residual(Box::new(plan))))
            }
            Unit::Input => {
                let [width, _] = self.widths(step)?;
                let formula = Box::new(PassthroughFormula::new(width));
                let plan = layer_plan::<T>("input", &*formula, String::new());
                Some((Part::layer(formula, false), Plan::Layer(plan)))
            }
            Unit::Concat(branches) => self.side_by_side(branches, Part::inputs, Plan::Inputs),
            Unit::Heads(branches) => self.side_by_side(branches, Part::heads, Plan::Heads),
            Unit::Network(path) => {
                let Some(network) = self.registry.networks.get(&path.text) else {
                    let listed = Registry::<T>::listed(&self.registry.networks);
                    return self.unknown(&path.place, "network", &path.text, &listed);
                };
                let network = &network.network;
                let plan = Plan::Nested {
                    name: network.name.clone(),
                    names: network.names.iter().map(|name| (*name).to_owned()).collect(),
                    layers: Box::new(network.plan.clone()),
                };
                Some((network.part.clone(), plan))
            }
            Unit::Columns(columns) => Some(self::columns(columns)),
            Unit::Own(path) => {
                let widths = self.widths(step)?;
                let Some(own) = self.registry.layers.get(&path.text) else {
                    let listed = Registry::<T>::listed(&self.registry.layers);
                    return self.unknown(&path.place, "layer", &path.text, &listed);
                };
                if own.widths != widths {
                    let [i, o] = own.widths;
                    let sentence = format!(
                        "the layer that is registered as `{}` takes {i} inputs and gives {o} \
                         outputs, and here it has {} and {}",
                        path.text, widths[0], widths[1]
                    );
                    self.report.error(&path.place, sentence);
                    return None;
                }
                let (formula, plan, is_coupled) = (own.make)();
                Some((Part::layer(formula, is_coupled), Plan::Layer(plan)))
            }
            Unit::StandIn => None,
        }
    }

    fn dense(
        &mut self,
        dense: &Dense,
        head: bool,
        widths: [usize; 2],
    ) -> Option<(Box<dyn Formula<T>>, LayerPlan)> {
        self.has_room(widths)?;
        let init = match &dense.init {
            None => None,
            Some(Choice::Word(word)) => nn_grammar::vocabulary::INITIALIZERS
                .iter()
                .map(|row| row.word)
                .find(|known| *known == word.plain()),
            Some(Choice::Own(path)) => {
                let sentence = format!(
                    "`{}` is not an initializer, and custom ones are for declared networks only: \
                     write {}",
                    path.text,
                    nn_grammar::vocabulary::listed(nn_grammar::vocabulary::INITIALIZERS)
                );
                self.report.error(&path.place, sentence);
                return None;
            }
        };
        let l2 = match &dense.l2 {
            Some(l2) => self.real(l2)?,
            None => 0.0,
        };
        let settings = Settings { bias: dense.bias.unwrap_or(true), l2, init, gain: None };
        // An activation that the head applies is not applied by the layer.
        let activation = dense.activation.as_ref().filter(|_| !head);
        if let Some(Activation { choice: Choice::Own(path), .. }) = activation {
            let Some(make) = self.registry.activations.get(&path.text) else {
                let listed = Registry::<T>::listed(&self.registry.activations);
                return self.unknown(&path.place, "activation", &path.text, &listed);
            };
            return Some(make(widths, settings));
        }
        let word = activation.and_then(Activation::word);
        let number = match activation.and_then(|activation| activation.parameter.as_ref()) {
            Some(number) => Some(self.real(number)?),
            None => None,
        };
        let word = word.map_or("linear", |word| word.plain());
        let kind = activation::Kind::of(word, number)?;
        let settings = Settings { gain: kind.gain(number), ..settings };
        let plan = dense_plan(widths, &kind.name(number), &settings);
        Some((
            match kind.keeps_input() {
                true => Box::new(DenseFormula::new(widths, DynActivation::<true>(kind), settings)),
                false => {
                    Box::new(DenseFormula::new(widths, DynActivation::<false>(kind), settings))
                }
            },
            plan,
        ))
    }

    /// Rejects widths for which there is not enough memory, so that a typo in a width does not end
    /// the program.
    fn has_room(&mut self, [inputs, outputs]: [usize; 2]) -> Option<()> {
        /// The largest slice of any float type, including optimizer state.
        const MOST: u128 = isize::MAX as u128 / 64;
        self.weights += inputs as u128 * outputs as u128;
        if self.weights <= MOST && Vec::<T>::new().try_reserve_exact(self.weights as usize).is_ok()
        {
            return Some(());
        }
        let sentence = format!(
            "with `dense({inputs} -> {outputs})` the network has {} weights, which do not fit in \
             memory",
            self.weights
        );
        self.report.error(&self.place.clone(), sentence);
        None
    }

    fn simple(&mut self, step: &Step, simple: &Simple) -> Option<Built<T>> {
        let [_, width] = self.widths(step)?;
        let mut options = Vec::new();
        for (option, number) in simple.options() {
            options.push(match number {
                Some(number) => self.real(number)?,
                None => option.number().map_or(0.0, |rule| rule.default),
            });
        }
        let word = simple.layer.word;
        match simple_formula::<T>(word, width, &options) {
            Ok(formula) => {
                let shown = options.iter().enumerate();
                let shown = shown.filter(|(index, _)| simple.layer.shows(*index));
                let shown = shown.map(|(_, &number)| Written::number(number).as_str().to_owned());
                let shown: Vec<String> = shown.collect();
                let plan = layer_plan(word, &*formula, shown.join(", "));
                Some((Part::layer(formula, is_coupled(word)), Plan::Layer(plan)))
            }
            Err(error) => {
                self.report.error(&step.title.place, error.to_string());
                None
            }
        }
    }

    /// Branches, as nested pairs to the right.
    fn side_by_side(
        &mut self,
        branches: &[Branch<Vec<Step>>],
        part: fn(Part<T>, Part<T>) -> Part<T>,
        plan: fn(Box<[Plan; 2]>) -> Plan,
    ) -> Option<Built<T>> {
        let (first, rest) = branches.split_first()?;
        let first = self.chain(&first.layers)?;
        if rest.is_empty() {
            return Some(first);
        }
        let rest = self.side_by_side(rest, part, plan)?;
        Some((part(first.0, rest.0), plan(Box::new([first.1, rest.1]))))
    }

    fn head(&mut self, steps: &[Step]) -> Option<Head> {
        let last = steps.last()?;
        let units = self.width(&last.output)?;
        match &last.unit {
            Unit::Heads(branches) => self.heads(branches),
            Unit::Dense { dense, head: true } => {
                let word = dense.activation.as_ref().and_then(Activation::word);
                let kind = word.map_or(Kind::Linear, |word| Kind::of(word.plain()));
                Some(Head::One(kind, units))
            }
            _ => Some(Head::One(Kind::Linear, units)),
        }
    }

    fn heads(&mut self, branches: &[Branch<Vec<Step>>]) -> Option<Head> {
        let (first, rest) = branches.split_first()?;
        let first = self.head(&first.layers)?;
        if rest.is_empty() {
            return Some(first);
        }
        Some(Head::Both(Box::new([first, self.heads(rest)?])))
    }

    fn widths(&mut self, step: &Step) -> Option<[usize; 2]> {
        let (input, output) = (self.width(&step.input), self.width(&step.output));
        Some([input?, output?])
    }

    fn width(&mut self, width: &Width) -> Option<usize> {
        match &width.value {
            Value::Number(number) => usize::try_from(*number).ok(),
            Value::Sum(widths) => widths
                .iter()
                .map(|width| self.width(width))
                .try_fold(0, |sum, width| usize::checked_add(sum, width?)),
            Value::Half(width) => Some(self.width(width)? / 2),
            Value::Of(path, end) => {
                let Some(network) = self.registry.networks.get(&path.text) else {
                    let listed = Registry::<T>::listed(&self.registry.networks);
                    return self.unknown(&path.place, "network", &path.text, &listed);
                };
                Some(match end {
                    nn_grammar::ast::End::Inputs => network.inputs(),
                    nn_grammar::ast::End::Outputs => network.outputs(),
                })
            }
            Value::Const(code) => {
                let number = self.number(&code.text, &width.place)?;
                if number < 1.0 || number > f64::from(u32::MAX) || number.fract() != 0.0 {
                    let sentence =
                        format!("`{}` is {number}, and a width is an integer from 1", code.text);
                    self.report.error(&width.place, sentence);
                    return None;
                }
                Some(number as usize)
            }
        }
    }

    fn real(&mut self, real: &Real) -> Option<f64> {
        match real.value {
            Some(value) => Some(value),
            None => self.number(&real.code.text, &real.place),
        }
    }

    /// The registered number of this name.
    fn number(&mut self, name: &str, place: &Place) -> Option<f64> {
        match self.registry.numbers.get(name) {
            Some(&number) => Some(number),
            None => {
                let listed = Registry::<T>::listed(&self.registry.numbers);
                self.unknown(place, "number", name, &listed)
            }
        }
    }

    fn unknown<R>(&mut self, place: &Place, what: &str, name: &str, listed: &str) -> Option<R> {
        let to = if what == "number" { "`parse_with` or a `Registry`" } else { "a `Registry`" };
        let sentence =
            format!("there is no {what} `{name}`: {listed}; give it to {to} under this name");
        self.report.error(place, sentence);
        None
    }
}

/// The columns of a table, followed by the embeddings of their words.
fn columns<T: Float>(columns: &[Column]) -> Built<T> {
    let forms = forms(columns.iter().map(|column| column.form).collect());
    let encoder = ColumnsFormula::new(forms);
    let named = |of: fn(&Column) -> String| names(&columns.iter().map(of).collect::<Vec<_>>());
    let info = ColumnsInfo {
        names: named(|column| column.name.plain().to_owned()),
        forms,
        texts: named(Column::text),
    };
    let encoder_plan = Plan::Layer(LayerPlan {
        columns: info,
        ..layer_plan::<T>("columns", &encoder, String::new())
    });
    let encoder = Part::layer(Box::new(encoder), false);
    if !ColumnWidths::of(forms).has_vectors() {
        return (encoder, encoder_plan);
    }
    let vectors = EmbeddingFormula::new(forms);
    let plan = Plan::Layer(LayerPlan {
        columns: ColumnsInfo { texts: &[], ..info },
        ..layer_plan::<T>("embedding", &vectors, String::new())
    });
    let part = Part::then(encoder, Part::layer(Box::new(vectors), false));
    (part, Plan::Then(Box::new([encoder_plan, plan])))
}

/// The description of a layer, from its formulas.
pub(super) fn layer_plan<T: Float>(
    kind: &str,
    formula: &dyn Formula<T>,
    option: String,
) -> LayerPlan {
    LayerPlan {
        kind: kind.to_owned(),
        widths: formula.widths(),
        activation: String::new(),
        option,
        len: formula.len(),
        tensors: formula.tensors().into_iter().map(tensor).collect(),
        flops: formula.flops(),
        weight: None,
        encodes: formula.encodes(),
        own: [false, false],
        columns: ColumnsInfo::NONE,
    }
}

fn tensor(tensor: NamedTensor) -> (String, Vec<usize>, usize, crate::parameters::TensorKind, bool) {
    let NamedTensor { name, shape, offset, kind, trained, .. } = tensor;
    (name, shape, offset, kind, trained)
}

/// A dense layer whose weights `K` computes, and its description.
fn normed<T: Float, K: DenseNorm>(
    dense: Box<dyn Formula<T>>,
    plan: LayerPlan,
) -> (Box<dyn Formula<T>>, LayerPlan) {
    let formula: Box<dyn Formula<T>> = Box::new(NormedFormula::<K, _>::new(dense));
    let separator = if plan.option.is_empty() { "" } else { ", " };
    let option = format!("{}{separator}{}", plan.option, K::WRITTEN);
    let normed = layer_plan("dense", &*formula, option);
    let LayerPlan { activation, own, .. } = plan;
    (formula, LayerPlan { activation, own, ..normed })
}

pub(super) fn dense_plan(widths: [usize; 2], activation: &str, settings: &Settings) -> LayerPlan {
    let formula =
        DenseFormula::<f32, _, _, _>::new(widths, tensor::activation::Identity, *settings);
    let bias = if settings.bias { "" } else { "no bias" };
    let comma = if settings.bias || settings.l2 == 0.0 { "" } else { ", " };
    let l2 = match settings.l2 {
        0.0 => String::new(),
        l2 => format!("l2 {}", Written::number(l2).as_str()),
    };
    LayerPlan {
        activation: activation.to_owned(),
        weight: Some(widths),
        ..layer_plan("dense", &formula, format!("{bias}{comma}{l2}"))
    }
}
