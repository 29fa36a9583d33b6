//! The parts of a network from which its methods are written.

use nn_grammar::ast::Width;
use nn_grammar::network::{Network, Step};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::written::Written;

/// Everything that the methods of a network mention.
pub(super) struct Parts<'n> {
    pub(super) visibility: TokenStream,
    pub(super) name: Ident,
    /// The name without `r#`.
    pub(super) plain: &'n str,
    /// The network's parameters, as they are declared and as they are passed on, each followed by a
    /// comma.
    pub(super) parameters: TokenStream,
    pub(super) passed: TokenStream,
    /// `impl Digits`, for `f32`.
    pub(super) plain_impl: TokenStream,
    /// The float's name.
    pub(super) float: Ident,
    pub(super) steps: &'n [Step],
    /// A name for the type of each layer.
    pub(super) aliases: Vec<Ident>,
    pub(super) input: TokenStream,
    pub(super) output: TokenStream,
    pub(super) written: &'n Written<'n>,
}

impl<'n> Parts<'n> {
    pub(super) fn of(network: &'n Network, float: Ident, written: &'n Written<'n>) -> Self {
        let (head, steps) = (&network.head, &network.chain.steps);
        let (input, output) = ends(steps);
        let name = written.ident(&head.name);
        let (parameters, passed) = (written.parameters(), written.arguments());
        let plain_impl = match head.parameters.is_empty() {
            true => quote!(impl #name),
            false => quote!(impl<#parameters> #name<#passed>),
        };
        Self {
            visibility: written.tokens(&head.visibility),
            parameters,
            passed,
            plain_impl,
            name,
            plain: head.name.plain(),
            float,
            steps,
            aliases: (0..steps.len()).map(|at| format_ident!("__Layer{at}")).collect(),
            input: written.constant(input),
            output: written.constant(output),
            written,
        }
    }
}

impl Parts<'_> {
    /// The types of the layers, by their names.
    pub(super) fn layers(&self) -> Vec<TokenStream> {
        let passed = &self.passed;
        let passed = (!passed.is_empty()).then(|| quote!(<#passed>));
        self.aliases.iter().map(|alias| quote!(#alias #passed)).collect()
    }
}

/// Inputs and outputs of the whole network.
pub(super) fn ends(steps: &[Step]) -> (&Width, &Width) {
    match steps {
        [only] => (&only.input, &only.output),
        [first, .., last] => (&first.input, &last.output),
        [] => unreachable!("a network without layers has a stand-in for one"),
    }
}
