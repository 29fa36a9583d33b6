//! The pass over a network that determines the inputs and outputs of every layer. The inputs of a
//! layer are the outputs of the layer before.

use super::activations::is_head;
use super::positions::{Ends, Inside, Position, is_allowed, repeat};
use super::widths::{Form, declared, of_columns, of_network, sum};
use super::{names, numbers};
use crate::ast::{
    Branch, Column, Dense, End, Layer, Layers, Path, Simple, Title, Unit, Width, Widths,
};
use crate::network::{self, Chain, Seam, Step};
use crate::tokens::{Name, Report};
use crate::vocabulary::Gives;

/// Determines the widths of a network's layers.
pub(super) fn network(layers: Layers, report: &mut Report) -> Chain {
    let example = "a network has at least one layer; write its layers, as in `dense(784 -> 128, \
                   relu), dense(128 -> 10, softmax)`";
    let mut walk = Walk { seams: Vec::new(), parameters: 0, report };
    walk.not_empty(&layers, example);
    let steps = walk.list(layers, None, Inside::Network, Ends::Yes);
    Chain { steps, seams: walk.seams }
}

/// The input of a layer, and the title of the layer that it comes from.
#[derive(Clone)]
pub(super) struct Given {
    pub(super) width: Width,
    pub(super) from: String,
}

/// The surroundings of a layer.
struct Around {
    /// The output of the layer before; `None` for the first layer.
    given: Option<Given>,
    /// The inputs of the layers that follow, if they are written there.
    ahead: Option<Width>,
    at: Position,
    /// How often the layer is repeated.
    count: usize,
}

/// The properties of a layer, determined from its surroundings.
struct Known {
    unit: network::Unit,
    written: Widths,
    input: Width,
    output: Width,
    /// The form in which messages write it with other widths, if it has any.
    form: Option<Form>,
}

/// The state of the pass over a network.
pub(super) struct Walk<'r> {
    pub(super) seams: Vec<Seam>,
    /// The parameters of the dense layers so far.
    parameters: u128,
    pub(super) report: &'r mut Report,
}

/// The largest number of parameters that can be addressed.
const MOST_PARAMETERS: u128 = i64::MAX as u128 / 8;

impl Walk<'_> {
    /// `ends`: whether the network ends with this list.
    fn list(
        &mut self,
        layers: Layers,
        given: Option<Given>,
        inside: Inside,
        ends: Ends,
    ) -> Vec<Step> {
        let mut given = given;
        let mut steps: Vec<Step> = Vec::new();
        if layers.list.is_empty() {
            steps.push(stand_in(&layers, given.take()));
        }
        let mut rest = layers.list.into_iter();
        while let Some(layer) = rest.next() {
            let (first, last) = (steps.is_empty(), rest.as_slice().is_empty());
            let ends = if last { ends } else { Ends::No };
            let at = Position { inside, first, last, ends };
            let mut step = self.layer(layer, given.take(), declared(rest.as_slice()), at);
            if let Some(before) = steps.last_mut() {
                before.join(&mut step);
            }
            given = Some(Given { width: step.output.clone(), from: step.title.text.clone() });
            steps.push(step);
        }
        steps
    }

    fn layer(
        &mut self,
        layer: Layer,
        given: Option<Given>,
        ahead: Option<Width>,
        at: Position,
    ) -> Step {
        let count = layer.count();
        let Layer { title, unit, repeat: written_repeat, incomplete } = layer;
        let allowed = is_allowed(&title, &unit, at, self.report);
        // Layers that are allowed only at the ends of a network, and only once.
        let is_end =
            matches!(unit, Unit::Concat(_) | Unit::Heads(_) | Unit::Input(_) | Unit::Columns(_));
        let needless_repeat = is_end && written_repeat.is_some();
        let repeat = repeat(&title, &unit, written_repeat, self.report);
        let around = Around { given, ahead, at, count };
        let given = around.given.as_ref().map(|given| given.width.clone());
        let Known { mut unit, written, mut input, mut output, form } = match unit {
            Unit::Dense(dense, widths) => self.dense(&title, dense, widths, around),
            Unit::Own(path, widths) => self.own(&title, path, widths, around),
            Unit::Simple(simple) => self.simple(&title, simple, around, incomplete),
            Unit::Residual(layers) => self.residual_of(&title, layers, around),
            Unit::Concat(branches) => self.concat(&title, branches),
            Unit::Heads(branches) => self.heads(&title, branches, around),
            Unit::Input(width) => self.input_of(&title, width),
            Unit::Columns(columns) => self.columns(&title, columns),
            Unit::Network(path) => self.nested(&title, path, around),
            Unit::Missing => missing(&title, around),
        };
        if is_end && !allowed {
            unit = network::Unit::StandIn;
            input = given.unwrap_or(input);
        }
        if let Some(repeat) = repeat.filter(|repeat| repeat.count > 1)
            && !self.repeated(&title, form.as_ref(), &repeat, &input, &output)
        {
            unit = network::Unit::StandIn;
            output = Width { guessed: true, ..input.clone() };
        }
        output.guessed |= needless_repeat;
        let count = if needless_repeat { 1 } else { count };
        let mut step = Step { title, unit, written, input, output, count };
        self.size(&mut step);
        step
    }

    fn dense(&mut self, title: &Title, dense: Box<Dense>, widths: Widths, around: Around) -> Known {
        let mut dense = dense;
        let form = Form::dense(&dense, &widths);
        let written = numbers::widths(widths, title, self.report);
        numbers::dense(&mut dense, self.report);
        let (at, count) = (around.at, around.count);
        let (input, output) = self.widths(title, &form, &written, around);
        let head = is_head(title, &mut dense, &output, count, at.ends, self.report);
        let unit = network::Unit::Dense { dense, head };
        Known { unit, written, input, output, form: Some(form) }
    }

    fn own(&mut self, title: &Title, path: Path, widths: Widths, around: Around) -> Known {
        let form = Form::own(&path, &widths);
        let written = numbers::widths(widths, title, self.report);
        let (input, output) = self.widths(title, &form, &written, around);
        Known { unit: network::Unit::Own(path), written, input, output, form: Some(form) }
    }

    /// The inputs and outputs of a layer with its own widths.
    fn widths(
        &mut self,
        title: &Title,
        form: &Form,
        written: &Widths,
        around: Around,
    ) -> (Width, Width) {
        let Around { given, ahead, .. } = around;
        if let (None, None, Some(output)) = (&given, &written.input, &written.output) {
            let advice = format!(
                "no layer comes before {}, so its number of inputs must be written: `{}` with your \
                 number for `INPUTS`",
                title.text,
                form.with("INPUTS")
            );
            self.report.error(&output.place, advice);
        }
        let input = self.input(title, Some(form), given, written.input.clone());
        let output = match written.output.clone() {
            Some(output) if !output.guessed => output,
            other => ahead.or(other).unwrap_or_else(|| Width::guess(&title.place)),
        };
        (input, output)
    }

    /// The number of inputs of a layer. If it is written, it must equal the outputs of the layer
    /// before.
    fn input(
        &mut self,
        title: &Title,
        form: Option<&Form>,
        given: Option<Given>,
        written: Option<Width>,
    ) -> Width {
        match (given, written) {
            (Some(given), Some(taken)) => {
                self.neighbours(title, form, &given, &taken);
                // If they differ, the layer before counts.
                if given.width.guessed { taken } else { given.width }
            }
            (Some(given), None) => given.width,
            (None, Some(taken)) => taken,
            (None, None) => Width::guess(&title.place),
        }
    }

    fn simple(
        &mut self,
        title: &Title,
        mut simple: Simple,
        around: Around,
        incomplete: bool,
    ) -> Known {
        numbers::simple(&mut simple, self.report);
        let halves = simple.row.gives == Gives::Half;
        let ahead = around.ahead.map(|ahead| match halves {
            true => sum(&ahead.place, [&ahead, &ahead].into_iter()),
            false => ahead,
        });
        let from = around.given.as_ref().map(|given| given.from.clone());
        let input = around.given.map(|given| given.width).or(ahead);
        let input = input.unwrap_or_else(|| {
            if !incomplete {
                let advice = format!(
                    "{} comes first, so its width is unknown; begin with a layer that has \
                     widths, or write the inputs of the next one, as in `dense(784 -> 128)`",
                    title.text
                );
                self.report.error(&title.place, advice);
            }
            Width::guess(&title.place)
        });
        let output = if halves { self.halved(title, &input, from) } else { input.clone() };
        numbers::divide(&mut simple, &output, title, self.report);
        // Half of an unknown width does not fit the guess that replaces it.
        let unit = match halves && output.guessed {
            true => network::Unit::StandIn,
            false => network::Unit::Simple(simple),
        };
        Known::without_widths(unit, input, output)
    }

    fn residual_of(&mut self, title: &Title, layers: Layers, around: Around) -> Known {
        let example = "a residual has at least one layer; write its layers, as in \
                       `residual(dense(64 -> 64, relu), dense(64))`";
        self.not_empty(&layers, example);
        let given = around.given.or_else(|| {
            let width = around.ahead.filter(|_| declared(&layers.list).is_none())?;
            Some(Given { width, from: "the network".to_owned() })
        });
        let steps = self.list(layers, given.clone(), Inside::Residual, Ends::No);
        let input = given.map(|given| given.width);
        let input = input.or_else(|| steps.first().map(|step| step.input.clone()));
        let input = input.unwrap_or_else(|| Width::guess(&title.place));
        let fits = steps.last().is_none_or(|inner| self.residual(title, &input, inner));
        let unit = if fits { network::Unit::Residual(steps) } else { network::Unit::StandIn };
        Known::without_widths(unit, input.clone(), input)
    }

    fn concat(&mut self, title: &Title, mut branches: Vec<Branch<Layers>>) -> Known {
        names::branches(&mut branches, "input", self.report);
        let parts: Vec<Branch<Vec<Step>>> = branches
            .into_iter()
            .map(|Branch { name, layers }| Branch {
                name,
                layers: self.list(layers, None, Inside::Concat, Ends::No),
            })
            .collect();
        let input = sum(&title.place, firsts(&parts));
        let output = sum(&title.place, lasts(&parts));
        Known::without_widths(side_by_side(parts, network::Unit::Concat), input, output)
    }

    fn heads(&mut self, title: &Title, mut branches: Vec<Branch<Layers>>, around: Around) -> Known {
        names::branches(&mut branches, "head", self.report);
        let given = around.given.or_else(|| {
            let width = branches.iter().find_map(|branch| declared(&branch.layers.list))?;
            Some(Given { width, from: "the first head".to_owned() })
        });
        let ends = if around.at.ends == Ends::Yes { Ends::Yes } else { Ends::Misplaced };
        let parts: Vec<Branch<Vec<Step>>> = branches
            .into_iter()
            .map(|Branch { name, layers }| Branch {
                name,
                layers: self.list(layers, given.clone(), Inside::Heads, ends),
            })
            .collect();
        let input = given.map(|given| given.width).or_else(|| firsts(&parts).next().cloned());
        let input = input.unwrap_or_else(|| Width::guess(&title.place));
        let mut output = sum(&title.place, lasts(&parts));
        // Layers after misplaced heads do not refer to the outputs of the heads.
        output.guessed |= ends == Ends::Misplaced;
        Known::without_widths(side_by_side(parts, network::Unit::Heads), input, output)
    }

    fn input_of(&mut self, title: &Title, width: Option<Width>) -> Known {
        let width = numbers::width(width, title, self.report);
        let width = width.unwrap_or_else(|| Width::guess(&title.place));
        let written = Widths { input: Some(width.clone()), output: Some(width.clone()) };
        let (input, output) = (width.clone(), width);
        Known { unit: network::Unit::Input, written, input, output, form: None }
    }

    fn columns(&mut self, title: &Title, mut columns: Vec<Column>) -> Known {
        names::columns(&mut columns, self.report);
        let [input, output] = of_columns(title, &columns);
        let unit = match columns.is_empty() {
            true => network::Unit::StandIn,
            false => network::Unit::Columns(columns),
        };
        Known::without_widths(unit, input, output)
    }

    fn nested(&mut self, title: &Title, path: Path, around: Around) -> Known {
        let inputs = of_network(title, &path, End::Inputs);
        let output = of_network(title, &path, End::Outputs);
        let input = self.input(title, None, around.given, Some(inputs));
        Known::without_widths(network::Unit::Network(path), input, output)
    }

    fn not_empty(&mut self, layers: &Layers, advice: &str) {
        if layers.list.is_empty() && !layers.incomplete {
            self.report.error(&layers.place, advice);
        }
    }

    /// Checks that all parameters together can be addressed. A layer that exceeds the limit is made
    /// small.
    fn size(&mut self, step: &mut Step) {
        let widths = (step.input.number(), step.output.number());
        let (network::Unit::Dense { .. }, (Some(inputs), Some(outputs))) = (&step.unit, widths)
        else {
            return;
        };
        let reported = self.parameters > MOST_PARAMETERS;
        let parameters = (u128::from(inputs) + 1) * u128::from(outputs) * step.count as u128;
        self.parameters = self.parameters.saturating_add(parameters);
        if self.parameters <= MOST_PARAMETERS {
            return;
        }
        if !reported {
            let advice = format!(
                "with {} the network has {} parameters, more than any memory holds; write smaller \
                 widths",
                step.title.text, self.parameters
            );
            self.report.error(step.end(), advice);
        }
        step.output = Width::guess(&step.title.place);
    }
}

impl Known {
    fn without_widths(unit: network::Unit, input: Width, output: Width) -> Self {
        Self { unit, written: Widths::default(), input, output, form: None }
    }
}

impl Step {
    /// If the output of this layer is a guess, adapts one of the two layers to the other, or
    /// replaces this one by a stand-in that fits.
    fn join(&mut self, next: &mut Step) {
        if !self.output.guessed || self.output.text() == next.input.text() {
            return;
        }
        if !self.is_free() && next.is_free() {
            next.input = self.output.clone();
            return;
        }
        if !self.is_free() {
            (self.unit, self.count) = (network::Unit::StandIn, 1);
        }
        self.output = Width { guessed: true, ..next.input.clone() };
    }

    /// Whether its widths can be chosen freely.
    fn is_free(&self) -> bool {
        use network::Unit::{Dense, Own, StandIn};
        self.count == 1 && matches!(self.unit, Dense { .. } | Own(_) | StandIn)
    }
}

/// A stand-in for the layers of an empty list.
fn stand_in(layers: &Layers, given: Option<Given>) -> Step {
    let place = &layers.place;
    let name = Name::numbered("layer", 1, place);
    let text = format!("layer `{}`", name.text);
    let title = Title { docs: Vec::new(), name, text, word: None, place: place.clone() };
    let width = given.map_or_else(|| Width::guess(place), |given| given.width);
    let (unit, written) = (network::Unit::StandIn, Widths::default());
    let (input, output) = (width.clone(), Width { guessed: true, ..width });
    Step { title, unit, written, input, output, count: 1 }
}

/// A stand-in for a layer that could not be parsed.
fn missing(title: &Title, around: Around) -> Known {
    let input = around.given.map(|given| given.width);
    let output = around.ahead.or_else(|| input.clone());
    let output = output.unwrap_or_else(|| Width::guess(&title.place));
    let input = input.unwrap_or_else(|| output.clone());
    Known::without_widths(network::Unit::StandIn, input, Width { guessed: true, ..output })
}

/// Parallel branches. If there are fewer than two, which is reported elsewhere, returns a stand-in.
fn side_by_side(
    parts: Vec<Branch<Vec<Step>>>,
    unit: fn(Vec<Branch<Vec<Step>>>) -> network::Unit,
) -> network::Unit {
    if parts.len() < 2 { network::Unit::StandIn } else { unit(parts) }
}

fn firsts(parts: &[Branch<Vec<Step>>]) -> impl Iterator<Item = &Width> {
    parts.iter().filter_map(|part| Some(&part.layers.first()?.input))
}

fn lasts(parts: &[Branch<Vec<Step>>]) -> impl Iterator<Item = &Width> {
    parts.iter().filter_map(|part| Some(&part.layers.last()?.output))
}
