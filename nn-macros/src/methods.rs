//! The methods and constants of the struct that a declaration stands for.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{quote, quote_spanned};

use crate::ast::{Layer, Unit};
use crate::describe;
use crate::expand::Parts;
use crate::flow::Step;
use crate::leaves::Leaves;
use crate::sides::{self, conversions};
use crate::widths::constant;

/// All of them. What needs the standard library stands together, where it can be left out.
pub(crate) fn methods(parts: &Parts<'_>) -> TokenStream {
    let Parts { visibility, name, float, .. } = parts;
    let (input, output) = (constant(parts.input), constant(parts.output));
    let nested = nested(parts);
    let samples = Samples::of(parts);
    let Samples { arguments, row, answer, conversions, .. } = &samples;
    let predicted = samples.answer(quote!(::nn::Network::predict(self, #row)));
    let with_std = with_std(parts, &samples);
    let predict = quote! {
        #[allow(dead_code)]
        impl<#float: ::nn::Float> #name<#float> {
            /// The answer to one sample.
            #visibility fn predict(&self, #arguments) -> #answer {
                #predicted
            }
            /// The last layer's values for one sample, before its softmax or sigmoid.
            #visibility fn logits(&self, #arguments) -> [#float; #output] {
                ::nn::Network::logits(self, #row)
            }
        }
    };
    quote! {
        /// For `f32`, so that no type needs to be written.
        #[allow(dead_code)]
        impl #name {
            /// The numbers in one sample.
            #visibility const INPUTS: ::core::primitive::usize = #input;
            /// The numbers in one answer.
            #visibility const OUTPUTS: ::core::primitive::usize = #output;
            /// The number of parameters.
            #visibility const PARAMS: ::core::primitive::usize = <Self as ::nn::Architecture>::PARAMS;
            /// Floating point operations to predict one sample.
            #visibility const FLOPS: ::core::primitive::usize = <Self as ::nn::Architecture>::FLOPS;
            /// Floating point operations to train with one sample.
            #visibility const STEP_FLOPS: ::core::primitive::usize =
                <Self as ::nn::Architecture>::STEP_FLOPS;
            /// Bytes of all parameters.
            #visibility const BYTES: ::core::primitive::usize = <Self as ::nn::Architecture>::BYTES;
            /// The layers as a table.
            #visibility const SUMMARY: &'static ::core::primitive::str =
                <Self as ::nn::Architecture>::SUMMARY;
        }

        #conversions
        ::nn::__with_std! { #predict #with_std #nested }
    }
}

/// How samples and answers are passed.
struct Samples {
    /// `sample: &[T; 784]`, or one argument for each input
    arguments: TokenStream,
    /// The arguments as a row.
    row: TokenStream,
    /// A sample of many: `[T; 784]` or `DigitsInput<T>`
    sample: TokenStream,
    /// `[T; 10]` or `DigitsOutput<T>`
    answer: TokenStream,
    /// Whether an answer is more than a row.
    has_heads: bool,
    conversions: TokenStream,
}

impl Samples {
    fn of(parts: &Parts<'_>) -> Samples {
        let Parts { name, float, steps, .. } = parts;
        let (input, output) = (constant(parts.input), constant(parts.output));
        let mut samples = Samples {
            arguments: quote!(sample: &[#float; #input]),
            row: quote!(sample),
            sample: quote!([#float; #input]),
            answer: quote!([#float; #output]),
            has_heads: false,
            conversions: quote!(),
        };
        if let Some(inputs) = sides::inputs(steps) {
            let names: Vec<&Ident> = inputs.iter().map(|side| side.name).collect();
            let widths = inputs.iter().map(|side| constant(side.width));
            let kind = sides::name(name, "Input");
            samples.arguments = quote!(#(#names: &[#float; #widths]),*);
            samples.row = quote!(&::nn::__private::join::<#float, #input>([#(&#names[..]),*]));
            samples.sample = quote!(#kind<#float>);
            samples.conversions = conversions(name, "Input", &inputs, &input, float);
        }
        if let Some(heads) = sides::heads(steps) {
            let kind = sides::name(name, "Output");
            samples.answer = quote!(#kind<#float>);
            samples.has_heads = true;
            samples.conversions.extend(conversions(name, "Output", &heads, &output, float));
        }
        samples
    }

    /// A row as an answer.
    fn answer(&self, row: TokenStream) -> TokenStream {
        match self.has_heads {
            true => quote!(::core::convert::From::from(#row)),
            false => row,
        }
    }
}

/// The methods that show what a layer consists of.
fn views(parts: &Parts<'_>) -> TokenStream {
    let Parts { visibility, float, steps, aliases, .. } = parts;
    let mut before = Leaves::default();
    let mut views = TokenStream::new();
    for (step, alias) in steps.iter().zip(aliases) {
        let (leaf, own) = (before.tokens(), Leaves::of(step).tokens());
        before.add(step);
        let Layer { docs, name, unit, .. } = step.layer;
        let doc = describe::layer(step);
        let (input, output) = (constant(&step.input), constant(&step.output));
        let span = Span::call_site().located_at(step.layer.place.span);
        let (index, panics, at) = index(step, leaf, own);
        let (kind, body) = match unit {
            Unit::Dense(dense) if dense.bias != Some(false) => (
                quote!(::nn::layer::DenseView<'_, #float, #input, #output>),
                quote!(::nn::dense_view::<Self, #input, #output>(self, #at)),
            ),
            // Nothing to see, or a network of its own: see `nested`.
            Unit::Dropout { .. } | Unit::Input(_) | Unit::Missing | Unit::Network(_) => continue,
            _ => (
                quote_spanned!(span=> <#alias as ::nn::layer::Layer>::View<'_, #float>),
                quote_spanned!(span=> ::nn::layer_view::<Self, #alias>(self, #at)),
            ),
        };
        views.extend(quote! {
            #(#docs)*
            #[doc = #doc]
            #panics
            #visibility fn #name(&self #index) -> #kind {
                #body
            }
        });
    }
    views
}

/// The argument of a layer that is repeated, what its documentation says about it, and the leaf that
/// it stands for: `own` leaves a repetition after `leaf`.
fn index(
    step: &Step<'_>,
    leaf: TokenStream,
    own: TokenStream,
) -> (TokenStream, TokenStream, TokenStream) {
    if step.layer.count() == 1 {
        return (quote!(), quote!(), leaf);
    }
    let count = Literal::usize_unsuffixed(step.layer.count());
    let title = &step.layer.title;
    let panics = format!("\n# Panics\n\nIf `index` is {count} or more.");
    (
        quote!(, index: ::core::primitive::usize),
        quote!(#[doc = #panics]),
        quote!(#leaf + ::nn::__private::repetition(index, #count, #title) * (#own)),
    )
}

/// The methods that copy a network inside this one out of it.
fn nested(parts: &Parts<'_>) -> TokenStream {
    let Parts { visibility, name, steps, .. } = parts;
    let mut before = Leaves::default();
    let mut methods = TokenStream::new();
    for step in *steps {
        let (leaf, own) = (before.tokens(), Leaves::of(step).tokens());
        before.add(step);
        let Layer { docs, name: method, unit: Unit::Network(path), .. } = step.layer else {
            continue;
        };
        let (path, doc) = (&path.tokens, describe::layer(step));
        let (index, panics, at) = index(step, leaf, own);
        methods.extend(quote! {
            #[allow(dead_code)]
            impl #name<<#path as ::nn::Architecture>::Float> {
                #(#docs)*
                #[doc = #doc]
                ///
                /// With a copy of the parameters.
                #panics
                #visibility fn #method(&self #index) -> #path {
                    ::nn::__private::nested::<Self, #path>(self, #at)
                }
            }
        });
    }
    methods
}

fn with_std(parts: &Parts<'_>, samples: &Samples) -> TokenStream {
    let Parts { visibility, name, float, .. } = parts;
    let Samples { arguments, row, sample, answer, .. } = samples;
    let (kind, walk) = (sides::name(name, "Activations"), activations(parts));
    let views = views(parts);
    let batch = match samples.conversions.is_empty() {
        true => quote!(::nn::Network::predict_batch(self, samples)),
        false => quote!(::nn::__private::predict_batch(self, samples)),
    };
    quote! {
        #[allow(dead_code)]
        impl #name {
            /// A network with random parameters, the same for the same seed.
            #visibility fn init(seed: ::core::primitive::u64) -> Self {
                <Self as ::nn::Network>::init(seed)
            }
            /// A picture of the network, in SVG.
            #visibility fn svg() -> ::std::string::String {
                <Self as ::nn::Picture>::svg()
            }
            /// The network that [`save`](Self::save) wrote.
            ///
            /// # Errors
            ///
            /// If the file cannot be read or holds another network.
            #visibility fn load(
                path: impl ::core::convert::AsRef<::std::path::Path>,
            ) -> ::nn::Result<Self> {
                <Self as ::nn::Checkpoint>::load(path)
            }
        }

        #[allow(dead_code)]
        impl<#float: ::nn::Float> #name<#float> {
            #views
            /// The answer to each of many samples.
            #visibility fn predict_batch(&self, samples: &[#sample]) -> ::std::vec::Vec<#answer> {
                #batch
            }
            /// The answer of every layer to one sample.
            #visibility fn activations(&self, #arguments) -> #kind<#float> {
                let mut answers = ::nn::__private::Activations::of(self, #row);
                #walk
            }
            /// What [`predict`](Self::predict) answers, as a function on a tape: `[rows, outputs]` for x
            /// `[rows, inputs]`. The parameters are constants there.
            ///
            /// # Errors
            ///
            /// If x has another shape.
            #visibility fn forward<'tape>(
                &self,
                tape: &'tape ::nn::autograd::Tape<#float>,
                x: ::nn::autograd::Var<'tape, #float>,
            ) -> ::nn::Result<::nn::autograd::Var<'tape, #float>> {
                ::nn::Record::forward(self, tape, x)
            }
            /// Writes the parameters to a file.
            ///
            /// # Errors
            ///
            /// If the file cannot be written.
            #visibility fn save(
                &self,
                path: impl ::core::convert::AsRef<::std::path::Path>,
            ) -> ::nn::Result<()> {
                ::nn::Checkpoint::save(self, path)
            }
        }
    }
}

/// Every field of the struct of activations, one layer after the other.
fn activations(parts: &Parts<'_>) -> TokenStream {
    let kind = sides::name(parts.name, "Activations");
    let fields = parts.steps.iter().map(|step| {
        let field = &step.layer.name;
        match step.layer.count() {
            1 => quote!(#field: ::nn::__private::Activations::layer(&mut answers)),
            _ => quote! {
                #field: ::core::array::from_fn(|_| {
                    ::nn::__private::Activations::layer(&mut answers)
                })
            },
        }
    });
    quote!(#kind { #(#fields),* })
}
