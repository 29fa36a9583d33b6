//! What a network that is read at run time consists of, but for its parameters.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use tensor::Float;

use super::build::layer_plan;
#[cfg(feature = "table")]
use super::columns::LeftOut;
use super::columns::{Columns, ColumnsFormula, EmbeddingFormula};
use super::head::Head;
use super::part::{Part, Size};
use super::plan::Plan;
use crate::head::HeadInfo;
use crate::layer::{Info, Workspace};
use crate::network::{declaration_of, table, tensors_of};
use crate::parameters::NamedTensor;

/// Layers and head, and what is known of them.
pub(super) struct Network<T: Float> {
    pub(super) name: String,
    pub(super) part: Part<T>,
    pub(super) plan: Plan,
    pub(super) head: Head,
    /// Of all workspaces, in the order of the layers.
    pub(super) sizes: Vec<Size>,
    pub(super) tensors: Vec<NamedTensor>,
    pub(super) info: &'static Info,
    pub(super) head_info: &'static HeadInfo,
    /// Of the layers without others inside them.
    pub(super) names: &'static [&'static str],
    /// The layers that stand one after the other, each with how often.
    pub(super) steps: Vec<(String, usize)>,
    /// The columns of a table in front of the layers.
    pub(super) front: Option<Front>,
}

/// The columns of a table in front of a network.
pub(super) struct Front {
    pub(super) columns: Arc<Columns>,
    /// The layers behind them, in the notation.
    pub(super) layers: String,
    /// What the table had beside them.
    #[cfg(feature = "table")]
    pub(super) left_out: Vec<LeftOut>,
}

impl<T: Float> Network<T> {
    pub(super) fn new(
        name: String,
        part: Part<T>,
        head: Head,
        plan: Plan,
        names: &'static [&'static str],
        steps: Vec<(String, usize)>,
    ) -> Self {
        let info = plan.info();
        let mut sizes = Vec::new();
        part.sizes(&mut sizes);
        let (head_info, tensors) = (head.plan().info(), tensors_of(info, names));
        Network {
            name,
            part,
            plan,
            head,
            sizes,
            tensors,
            info,
            head_info,
            names,
            steps,
            front: None,
        }
    }

    /// The same layers behind the columns of a table, of which they see what those become.
    pub(super) fn behind(self, front: Front) -> Self {
        let Network { name, part, plan, head, names, mut steps, .. } = self;
        let columns = &front.columns;
        let encoder = ColumnsFormula::new(columns.clone());
        let encoder_plan = Plan::Layer(layer_plan::<T>("columns", &encoder, String::new()));
        let encoder = Part::layer(Box::new(encoder), false);
        let mut all = vec![String::from("row")];
        let (mut part, mut plan) = (part, plan);
        let tables: Vec<_> = columns.embeddings().collect();
        if !tables.is_empty() {
            let words = EmbeddingFormula::new(columns.floats(), tables);
            let words_plan = Plan::Layer(layer_plan::<T>("embedding", &words, String::new()));
            part = Part::then(Part::layer(Box::new(words), false), part);
            plan = Plan::Then(Box::new([words_plan, plan]));
            all.push("words".into());
        }
        let part = Part::then(encoder, part);
        let plan = Plan::Then(Box::new([encoder_plan, plan]));
        steps.splice(0..0, all.iter().map(|name| (name.clone(), 1)));
        // Layers without a name are counted, and go on being called what they were.
        let count = plan.info().count() - all.len();
        let numbered = (0..count)
            .map(|at| names.get(at).map_or(format!("layer{}", at + 1), |name| (*name).to_owned()));
        all.extend(numbered);
        let network = Network::new(name, part, head, plan, super::plan::names(&all), steps);
        Network { front: Some(front), ..network }
    }

    /// Numbers that the workspaces of `rows` rows need.
    pub(super) fn workspace_len(&self, rows: usize) -> usize {
        self.sizes.iter().map(|&(outputs, extra)| Workspace::<T>::len(rows, outputs, extra)).sum()
    }

    /// The layers as a declaration writes them: what must agree between a network and a file.
    pub(super) fn declaration(&self) -> String {
        declaration_of(self.info, self.head_info).as_str().to_owned()
    }

    pub(super) fn summary(&self) -> String {
        let Network { name, names, info, head_info, .. } = self;
        table(name, names, info, head_info, size_of::<T>()).as_str().to_owned()
    }

    /// The trained parts of the `len` parameters from `from` on, counted from there.
    pub(super) fn trained(&self, from: usize, len: usize) -> impl Iterator<Item = Range<usize>> {
        let (info, mut at) = (self.info, from);
        std::iter::from_fn(move || {
            let start = info.trained_from(at);
            at = info.state_from(start).min(from + len);
            (start < at).then(|| start - from..at - from)
        })
    }
}

/// The declaration.
impl<T: Float> fmt::Debug for Network<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.declaration())
    }
}
