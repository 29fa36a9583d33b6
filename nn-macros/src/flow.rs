//! The widths through a network: what every layer takes and gives, and where that does not fit.
//!
//! A layer takes what the one before gives. Numbers are compared on the way (`seams`); what the macro
//! does not know is left as a [`Seam`] for the compiler to compare.

use crate::ast::{Layer, Layers, Unit, Width, Widths};
use crate::report::Report;
use crate::seams::Seam;
use crate::widths::{declared, guess, of_network, sum, written_with};

/// A layer with its widths known.
pub(crate) struct Step<'l> {
    pub(crate) layer: &'l Layer,
    pub(crate) input: Width,
    pub(crate) output: Width,
    /// The layers inside it: of a residual one list, of branches one for each.
    pub(crate) parts: Vec<Vec<Step<'l>>>,
    /// Whether the network ends here, so that its activation decides about the loss.
    pub(crate) last: bool,
    /// Whether any layer of these widths must stand for this one, whose own do not fit.
    pub(crate) broken: bool,
}

/// The widths of all layers of a network, and what remains to be compared.
pub(crate) struct Flow<'l> {
    pub(crate) steps: Vec<Step<'l>>,
    pub(crate) seams: Vec<Seam>,
}

/// Follows the widths through a network and reports where they do not fit.
pub(crate) fn flow<'l>(layers: &'l Layers, report: &mut Report) -> Flow<'l> {
    let mut walk = Walk { seams: Vec::new(), report };
    let steps = walk.list(layers, None, true);
    Flow { steps, seams: walk.seams }
}

/// What goes into a layer, and the title of the layer that it comes from.
#[derive(Clone)]
struct Given {
    width: Width,
    from: String,
}

/// On the way through a network.
pub(crate) struct Walk<'r> {
    pub(crate) seams: Vec<Seam>,
    pub(crate) report: &'r mut Report,
}

impl Walk<'_> {
    /// `last`: whether the network ends with this list.
    fn list<'l>(&mut self, layers: &'l Layers, given: Option<Given>, last: bool) -> Vec<Step<'l>> {
        let list = &layers.list;
        let mut given = given;
        let mut steps = Vec::new();
        for (at, layer) in list.iter().enumerate() {
            let ends = last && at + 1 == list.len();
            let ahead = list.get(at + 1).and_then(|_| declared(&list[at + 1..]));
            let step = self.layer(layer, given.take(), ahead, ends);
            given = Some(Given { width: step.output.clone(), from: layer.title.clone() });
            steps.push(step);
        }
        steps
    }

    fn layer<'l>(
        &mut self,
        layer: &'l Layer,
        given: Option<Given>,
        ahead: Option<Width>,
        last: bool,
    ) -> Step<'l> {
        let Widths { input: written, output } = layer.widths();
        let mut parts = Vec::new();
        let mut broken = false;
        let (input, mut output) = match &layer.unit {
            Unit::Dense(_) | Unit::Own { .. } => {
                let input = self.input(layer, given, written, output.as_ref());
                let output = match output {
                    Some(output) if !output.guessed => output,
                    other => ahead.or(other).unwrap_or_else(|| guess(&layer.place)),
                };
                (input, output)
            }
            Unit::Missing => {
                let input = given.map(|given| given.width);
                let output = ahead.or(input.clone()).unwrap_or_else(|| guess(&layer.place));
                (input.unwrap_or_else(|| output.clone()), Width { guessed: true, ..output })
            }
            Unit::Input(_) => {
                let width = written.unwrap_or_else(|| guess(&layer.place));
                (width.clone(), width)
            }
            Unit::Network(path) => {
                let inputs = of_network(layer, path, "INPUTS");
                (self.input(layer, given, Some(inputs), None), of_network(layer, path, "OUTPUTS"))
            }
            Unit::Dropout { .. } | Unit::LayerNorm { .. } | Unit::BatchNorm { .. } => {
                let input = match (given, ahead) {
                    (Some(given), _) => given.width,
                    (None, Some(ahead)) => ahead,
                    (None, None) => self.no_width(layer),
                };
                (input.clone(), input)
            }
            Unit::Residual(layers) => {
                let given = match (given, declared(&layers.list), ahead) {
                    (None, None, Some(ahead)) => {
                        Some(Given { width: ahead, from: "the network".to_owned() })
                    }
                    (given, ..) => given,
                };
                let steps = self.list(layers, given.clone(), false);
                let input = given.map(|given| given.width);
                let input = input.or_else(|| steps.first().map(|step| step.input.clone()));
                let input = input.unwrap_or_else(|| guess(&layer.place));
                if let Some(inner) = steps.last() {
                    broken = !self.residual(layer, &input, inner);
                }
                parts.push(steps);
                (input.clone(), input)
            }
            Unit::Concat(branches) => {
                for branch in branches {
                    parts.push(self.list(&branch.layers, None, false));
                }
                let input = sum(&layer.place, parts.iter().filter_map(|p| Some(&p.first()?.input)));
                let output =
                    sum(&layer.place, parts.iter().filter_map(|p| Some(&p.last()?.output)));
                (input, output)
            }
            Unit::Heads(branches) => {
                let first = branches.iter().find_map(|b| declared(&b.layers.list));
                let given = given.or_else(|| {
                    let width = first?;
                    Some(Given { width, from: "the first head".to_owned() })
                });
                for branch in branches {
                    parts.push(self.list(&branch.layers, given.clone(), last));
                }
                let first = || parts.iter().find_map(|p| Some(p.first()?.input.clone()));
                let input = given.map(|given| given.width).or_else(first);
                let input = input.unwrap_or_else(|| guess(&layer.place));
                let output =
                    sum(&layer.place, parts.iter().filter_map(|p| Some(&p.last()?.output)));
                // In the wrong place, which is reported: what follows is not about its outputs.
                let output = Width { guessed: output.guessed || !last, ..output };
                (input, output)
            }
        };
        if layer.count() > 1 && !self.repeated(layer, &input, &output) {
            broken = true;
            output = Width { guessed: true, ..input.clone() };
        }
        Step { layer, input, output, parts, last, broken }
    }

    /// What the layer takes: what is written in it must be what it is given.
    fn input(
        &mut self,
        layer: &Layer,
        given: Option<Given>,
        written: Option<Width>,
        output: Option<&Width>,
    ) -> Width {
        match (given, written) {
            (Some(given), Some(taken)) => {
                let Given { width, from } = given;
                self.seam(layer, &width, &taken, &from);
                // The layer before is believed.
                if width.guessed { taken } else { width }
            }
            (Some(given), None) => given.width,
            (None, Some(taken)) => taken,
            (None, None) => {
                if let Some(output) = output {
                    let advice = format!(
                        "nothing comes before {}, so its number of inputs must be written: `{}` \
                         with your number for `INPUTS`",
                        layer.title,
                        written_with(layer, Some("INPUTS"))
                    );
                    self.report.error(&output.place, advice);
                }
                guess(&layer.place)
            }
        }
    }

    /// A layer whose width nothing tells.
    fn no_width(&mut self, layer: &Layer) -> Width {
        if !layer.incomplete {
            let advice = format!(
                "{} comes first, and nothing tells how wide it is; begin with a layer that has \
                 widths, or write the inputs of the next one, as in `dense(784 -> 128)`",
                layer.title
            );
            self.report.error(&layer.place, advice);
        }
        guess(&layer.place)
    }
}
