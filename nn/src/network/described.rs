//! A description of a network, declared or read at run time, for exporters.

use tensor::Float;

use super::{Network, check_adapted, declaration, place_of_units, tensors_of};
use crate::error::Result;
use crate::head::{HeadFunction, HeadInfo};
use crate::layer::Info;
use crate::layer::columns::ColumnsInfo;
use crate::parameters::NamedTensor;
use crate::words::Words;

/// An input of a network.
pub(crate) struct Port {
    pub(crate) name: String,
    /// Numbers per row.
    pub(crate) width: usize,
    /// The columns of a table, if the input has columns.
    pub(crate) columns: ColumnsInfo,
}

/// A network without its type.
pub(crate) struct Described<'a, T> {
    pub(crate) name: &'a str,
    pub(crate) declaration: String,
    pub(crate) info: &'a Info,
    pub(crate) names: &'a [&'a str],
    pub(crate) heads: &'a HeadInfo,
    pub(crate) parameters: &'a [T],
    /// The words of its columns.
    pub(crate) words: &'a Words,
    /// Index of the target's statistics in the parameters, if predictions have other units than the
    /// last layer.
    pub(crate) units: Option<usize>,
}

impl<'a, T: Float> Described<'a, T> {
    /// Describes a declared network.
    pub(crate) fn of<N: Network<Float = T>>(network: &'a N) -> Self {
        Described {
            name: N::NAME,
            declaration: declaration::<N>().as_str().to_owned(),
            info: N::INFO,
            names: N::NAMES,
            heads: &<N::Head as HeadFunction<T>>::INFO,
            parameters: network.parameters().as_slice(),
            words: network.parameters().words(),
            units: place_of_units::<N>(),
        }
    }

    /// The tensors in the order of the flat buffer.
    ///
    /// # Errors
    ///
    /// If an encoder has not been fitted.
    pub(crate) fn tensors(&self) -> Result<Vec<NamedTensor>> {
        let tensors = tensors_of(self.info, self.names);
        check_adapted(self.name, &tensors, self.parameters)?;
        Ok(tensors)
    }

    /// The full name of the layer at `index`.
    pub(crate) fn layer_name(&self, index: usize) -> String {
        self.info.name(self.names, index).as_str().to_owned()
    }

    /// The inputs: the branches at the front, or a single one.
    pub(crate) fn inputs(&self) -> Vec<Port> {
        let branches = front(self.info);
        let named = self.ends(branches.clone(), "input").into_iter().zip(branches);
        let port = |((name, width), (at, ..)): (_, (usize, _, _))| Port {
            name,
            width,
            columns: self.info.layer(at).0.columns,
        };
        named.map(port).collect()
    }

    /// The names of branches, or of the single input or output.
    pub(crate) fn ends(
        &self,
        branches: Vec<(usize, usize, usize)>,
        only: &str,
    ) -> Vec<(String, usize)> {
        if let [(_, _, width)] = branches[..] {
            return vec![(only.to_owned(), width)];
        }
        let leaf = |index| self.layer_name(index);
        let first = branches[0].0;
        let last = branches.iter().map(|(from, count, _)| from + count).max().unwrap_or_default();
        // All begin with the name of the layer that has the branches; the next part of the name is
        // the branch.
        let all: Vec<String> = (first..last).map(leaf).collect();
        let depth = (0..).find(|&depth| {
            let part = |name: &String| name.split('.').nth(depth).map(str::to_owned);
            let of_first = part(&all[0]);
            of_first.is_none() || all.iter().any(|name| part(name) != of_first)
        });
        let depth = depth.unwrap_or_default();
        let named = branches.iter().map(|&(from, _, width)| {
            let name = &all[from - first];
            (name.split('.').nth(depth).unwrap_or(name).to_owned(), width)
        });
        named.collect()
    }
}

/// The branches at the front of a network: for each, the index of its first layer, its number of
/// layers, and its width.
fn front(info: &Info) -> Vec<(usize, usize, usize)> {
    match info {
        Info::Then(first, _) => front(first),
        Info::Concat(a, b) => {
            let others =
                front_of(b).into_iter().map(|(at, count, width)| (at + a.count(), count, width));
            [(0, a.count(), a.inputs())].into_iter().chain(others).collect()
        }
        info => vec![(0, info.count(), info.inputs())],
    }
}

/// The same for the part after the first branch.
fn front_of(info: &Info) -> Vec<(usize, usize, usize)> {
    match info {
        Info::Concat(..) => front(info),
        info => vec![(0, info.count(), info.inputs())],
    }
}
