//! The parts of a network that is read at run time, except its parameters.

use std::fmt;
use std::ops::Range;

use tensor::Float;

use super::columns::Front;
use super::head::Head;
use super::part::{Part, Size};
use super::plan::Plan;
use crate::head::HeadInfo;
use crate::layer::{Info, Workspace};
use crate::network::{declaration_of, table, tensors_of};
use crate::parameters::NamedTensor;

/// Layers and head, and their description.
#[derive(Clone)]
pub(super) struct Network<T: Float> {
    pub(super) name: String,
    pub(super) part: Part<T>,
    pub(super) plan: Plan,
    pub(super) head: Head,
    /// The sizes of all workspaces, in the order of the layers.
    pub(super) sizes: Vec<Size>,
    pub(super) tensors: Vec<NamedTensor>,
    pub(super) info: &'static Info,
    pub(super) head_info: &'static HeadInfo,
    /// The names of the leaf layers.
    pub(super) names: &'static [&'static str],
    /// The steps of the network, each with its number of repetitions.
    pub(super) steps: Vec<(String, usize)>,
    /// The columns of a table before the layers.
    pub(super) front: Option<Front>,
}

impl<T: Float> Network<T> {
    pub(super) fn new(
        name: String,
        part: Part<T>,
        head: Head,
        plan: Plan,
        names: &'static [&'static str],
        steps: Vec<(String, usize)>,
        front: Option<Front>,
    ) -> Self {
        let info = plan.info();
        let mut sizes = Vec::new();
        part.sizes(&mut sizes);
        let (head_info, tensors) = (head.plan().info(), tensors_of(info, names));
        Network { name, part, plan, head, sizes, tensors, info, head_info, names, steps, front }
    }

    /// The length of the workspaces of `rows` rows.
    pub(super) fn workspace_len(&self, rows: usize) -> usize {
        self.sizes.iter().map(|&(outputs, extra)| Workspace::<T>::len(rows, outputs, extra)).sum()
    }

    /// The offset of the target's units, if the target is one number predicted from columns of a
    /// table.
    pub(super) fn place_of_units(&self) -> Option<usize> {
        self.part.target.filter(|_| self.head.is_a_number())
    }

    /// The layers as a declaration, which must agree between a network and a file.
    pub(super) fn declaration(&self) -> String {
        declaration_of(self.info, self.head_info).as_str().to_owned()
    }

    pub(super) fn summary(&self) -> String {
        let Network { name, names, info, head_info, .. } = self;
        table(name, names, info, head_info, size_of::<T>()).as_str().to_owned()
    }

    /// The trained ranges of the `len` parameters starting at `from`, relative to `from`.
    pub(super) fn trained(&self, from: usize, len: usize) -> impl Iterator<Item = Range<usize>> {
        let (info, mut at) = (self.info, from);
        std::iter::from_fn(move || {
            let start = info.trained_from(at);
            at = info.state_from(start).min(from + len);
            (start < at).then(|| start - from..at - from)
        })
    }
}

/// Shows the declaration.
impl<T: Float> fmt::Debug for Network<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.declaration())
    }
}
