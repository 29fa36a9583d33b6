//! The number of leaves, which are layers without others inside them. Only the compiler knows that
//! of a nested network.

use nn_grammar::ast::{Column, Path};
use nn_grammar::network::{Step, Unit};
use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::written::Written;

/// A number of leaves: those that the macro knows, and those of nested networks.
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
            Unit::Columns(columns) => {
                let known = 1 + usize::from(Column::widths(columns).has_vectors());
                Leaves { known, networks: Vec::new() }
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
