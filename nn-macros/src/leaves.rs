//! The layers of a network one by one, as files and summaries name them: what is repeated has
//! numbers, and what is inside another layer has that layer's name in front.

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use syn::ext::IdentExt;

use crate::ast::{Branch, Unit};
use crate::flow::Step;

/// The name of every leaf: `hidden`, `deep.0`, `block.layer1`, `inputs.image`.
pub(crate) fn names(steps: &[Step<'_>]) -> Vec<String> {
    steps.iter().flat_map(|step| repeated(step, &step.layer.name.unraw().to_string())).collect()
}

fn repeated(step: &Step<'_>, name: &str) -> Vec<String> {
    match step.layer.count() {
        1 => one(step, name),
        count => (0..count).flat_map(|index| one(step, &format!("{name}.{index}"))).collect(),
    }
}

fn one(step: &Step<'_>, name: &str) -> Vec<String> {
    match &step.layer.unit {
        Unit::Residual(_) => numbered(step.parts.iter().flatten(), name),
        Unit::Concat(branches) | Unit::Heads(branches) => of_branches(step, branches, name),
        _ => vec![name.to_owned()],
    }
}

fn of_branches(step: &Step<'_>, branches: &[Branch], name: &str) -> Vec<String> {
    let parts = branches.iter().zip(&step.parts);
    parts
        .flat_map(|(branch, steps)| {
            let name = format!("{name}.{}", branch.name.unraw());
            match &steps[..] {
                [only] => repeated(only, &name),
                _ => numbered(steps.iter(), &name),
            }
        })
        .collect()
}

fn numbered<'s, 'l: 's>(steps: impl Iterator<Item = &'s Step<'l>>, name: &str) -> Vec<String> {
    steps
        .enumerate()
        .flat_map(|(at, step)| repeated(step, &format!("{name}.layer{}", at + 1)))
        .collect()
}

/// A number of leaves: those that the macro knows, and networks that have some of their own.
#[derive(Clone, Default)]
pub(crate) struct Leaves {
    known: usize,
    networks: Vec<(TokenStream, usize)>,
}

impl Leaves {
    /// The leaves of one repetition of a layer.
    pub(crate) fn of(step: &Step<'_>) -> Leaves {
        match &step.layer.unit {
            Unit::Network(path) => Leaves { known: 0, networks: vec![(path.tokens.clone(), 1)] },
            Unit::Residual(_) | Unit::Concat(_) | Unit::Heads(_) => {
                let mut sum = Leaves::default();
                step.parts.iter().flatten().for_each(|inner| sum.add(inner));
                sum
            }
            _ => Leaves { known: 1, networks: Vec::new() },
        }
    }

    /// Adds all leaves of a layer.
    pub(crate) fn add(&mut self, step: &Step<'_>) {
        let (one, count) = (Leaves::of(step), step.layer.count());
        self.known += one.known * count;
        self.networks.extend(one.networks.into_iter().map(|(path, times)| (path, times * count)));
    }

    /// The number as an expression.
    pub(crate) fn tokens(&self) -> TokenStream {
        let known = Literal::usize_unsuffixed(self.known);
        let networks = self.networks.iter().map(|(path, times)| {
            let times = Literal::usize_unsuffixed(*times);
            quote!(+ #times * <#path as ::nn::Architecture>::INFO.count())
        });
        quote!(#known #(#networks)*)
    }
}
