//! The layers of a network one by one, as files and summaries name them: what is repeated has
//! numbers, and what is inside another layer has that layer's name in front.

use nn_grammar::ast::{Branch, Path};
use nn_grammar::network::{Step, Unit};
use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::written::Written;

/// The name of every leaf: `hidden`, `deep.0`, `block.layer1`, `inputs.image`.
pub(super) fn names(steps: &[Step]) -> Vec<String> {
    steps.iter().flat_map(|step| repeated(step, step.title.name.plain())).collect()
}

fn repeated(step: &Step, name: &str) -> Vec<String> {
    match step.count {
        1 => one(step, name),
        count => (0..count).flat_map(|index| one(step, &format!("{name}.{index}"))).collect(),
    }
}

fn one(step: &Step, name: &str) -> Vec<String> {
    match &step.unit {
        Unit::Residual(steps) => numbered(steps, name),
        Unit::Concat(branches) | Unit::Heads(branches) => of_branches(branches, name),
        _ => vec![name.to_owned()],
    }
}

fn of_branches(branches: &[Branch<Vec<Step>>], name: &str) -> Vec<String> {
    let names = branches.iter().flat_map(|branch| {
        let name = format!("{name}.{}", branch.name.plain());
        match &branch.layers[..] {
            [only] => repeated(only, &name),
            steps => numbered(steps, &name),
        }
    });
    names.collect()
}

fn numbered(steps: &[Step], name: &str) -> Vec<String> {
    let steps = steps.iter().enumerate();
    steps.flat_map(|(at, step)| repeated(step, &format!("{name}.layer{}", at + 1))).collect()
}

/// A number of leaves: those that the macro knows, and networks that have some of their own.
#[derive(Clone, Default)]
pub(super) struct Leaves<'n> {
    known: usize,
    networks: Vec<(&'n Path, usize)>,
}

impl<'n> Leaves<'n> {
    /// The leaves of one repetition of a layer.
    pub(super) fn of(step: &'n Step) -> Self {
        match &step.unit {
            Unit::Network(path) => Leaves { known: 0, networks: vec![(path, 1)] },
            Unit::Residual(_) | Unit::Concat(_) | Unit::Heads(_) => {
                let mut sum = Leaves::default();
                step.parts().into_iter().flatten().for_each(|inner| sum.add(inner));
                sum
            }
            _ => Leaves { known: 1, networks: Vec::new() },
        }
    }

    /// Adds all leaves of a layer.
    pub(super) fn add(&mut self, step: &'n Step) {
        let (one, count) = (Leaves::of(step), step.count);
        self.known += one.known * count;
        self.networks.extend(one.networks.into_iter().map(|(path, times)| (path, times * count)));
    }

    /// The number as an expression.
    pub(super) fn tokens(&self, written: &Written<'_>) -> TokenStream {
        let nn = written.nn();
        let known = Literal::usize_unsuffixed(self.known);
        let networks = self.networks.iter().map(|(path, times)| {
            let (path, times) = (written.network(path), Literal::usize_unsuffixed(*times));
            quote!(+ #times * <#path as #nn::Architecture>::INFO.count())
        });
        quote!(#known #(#networks)*)
    }
}
