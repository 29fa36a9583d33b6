//! The methods and constants that every network has.

use nn_grammar::Taken;
use nn_grammar::ast::Column;
use nn_grammar::network::Unit;
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use super::columns;
use super::layer_methods::{nested, views};
use super::parts::Parts;
use super::structs::{self, conversions};

/// A method or a constant of the struct itself, so that no trait needs to be in scope.
struct Member {
    name: &'static str,
    kind: Kind,
    /// Writes it under its name.
    write: fn(&Ident, &Parts<'_>, &Samples) -> TokenStream,
}

/// The kind of a member, which determines its `impl` block.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// A constant, for `f32`, so that no type needs to be written.
    Constant,
    /// A method.
    Method,
    /// A method that needs the standard library.
    StdMethod,
    /// A function without `self` that needs the standard library, for `f32`.
    StdFunction,
}

/// All members. No layer can have the name of one, because the layer's method would conflict with
/// it.
const MEMBERS: &[Member] = &[
    Member { name: "INPUTS", kind: Kind::Constant, write: inputs },
    Member { name: "OUTPUTS", kind: Kind::Constant, write: outputs },
    Member { name: "PARAMS", kind: Kind::Constant, write: params },
    Member { name: "FLOPS", kind: Kind::Constant, write: flops },
    Member { name: "STEP_FLOPS", kind: Kind::Constant, write: step_flops },
    Member { name: "BYTES", kind: Kind::Constant, write: bytes },
    Member { name: "SUMMARY", kind: Kind::Constant, write: summary },
    Member { name: "predict", kind: Kind::Method, write: predict },
    Member { name: "logits", kind: Kind::Method, write: logits },
    Member { name: "init", kind: Kind::StdFunction, write: init },
    Member { name: "svg", kind: Kind::StdFunction, write: svg },
    Member { name: "load", kind: Kind::StdFunction, write: load },
    Member { name: "predict_batch", kind: Kind::StdMethod, write: predict_batch },
    Member { name: "predict_class", kind: Kind::StdMethod, write: predict_class },
    Member { name: "activations", kind: Kind::StdMethod, write: activations },
    Member { name: "forward", kind: Kind::StdMethod, write: forward },
    Member { name: "save", kind: Kind::StdMethod, write: save },
];

/// Methods of traits that every network has, those of `nn::prelude` and of the standard library: a
/// layer's method would hide them. A test compares them with `nn`.
pub(crate) const TRAIT_METHODS: &[&str] = &[
    "from_parameters",
    "parameters",
    "parameters_mut",
    "predict_into",
    "class_names",
    "name_classes",
    "known_words",
    "logits_into",
    "for_logits",
    "load_as",
    "load_with",
    "load_fitting",
    "load_pytorch",
    "load_pytorch_with",
    "save_pytorch",
    "save_pytorch_with",
    "adapt",
    "evaluate",
    "evaluation",
    "on_tape",
    "self_check",
    "clone",
    "clone_from",
    "fmt",
    "to_string",
    "to_owned",
    "borrow",
    "borrow_mut",
    "into",
    "try_into",
    "as_ref",
];

/// The names that no layer can have.
pub(crate) fn taken() -> Taken {
    let names = |constants: bool| {
        let kinds = MEMBERS.iter().filter(move |m| (m.kind == Kind::Constant) == constants);
        kinds.map(|member| member.name)
    };
    Taken {
        of_tables: columns::METHODS.to_vec(),
        methods: names(false).chain(TRAIT_METHODS.iter().copied()).collect(),
        constants: names(true).collect(),
    }
}

/// All methods and constants. Those that need the standard library are grouped, so that they can be
/// left out.
pub(super) fn methods(parts: &Parts<'_>) -> TokenStream {
    let nn = parts.written.nn();
    let Parts { name, parameters, passed, plain_impl, float, .. } = parts;
    let samples = Samples::of(parts);
    let members = |kind| {
        let members = MEMBERS.iter().filter(move |member| member.kind == kind);
        let written = members.map(|Member { name, write, .. }| {
            write(&Ident::new(name, Span::call_site()), parts, &samples)
        });
        written.collect::<TokenStream>()
    };
    let (constants, methods) = (members(Kind::Constant), members(Kind::Method));
    let (functions, others) = (members(Kind::StdFunction), members(Kind::StdMethod));
    let (conversions, views, nested) = (&samples.conversions, views(parts), nested(parts));
    quote! {
        /// For `f32`, so that no type needs to be written.
        #[allow(dead_code)]
        #plain_impl {
            #constants
        }

        #conversions
        #nn::__with_std! {
            #[allow(dead_code)]
            impl<#parameters #float: #nn::Float> #name<#passed #float> {
                #methods
            }

            #[allow(dead_code)]
            #plain_impl {
                #functions
            }

            #[allow(dead_code)]
            impl<#parameters #float: #nn::Float> #name<#passed #float> {
                #views
                #others
            }
            #nested
        }
    }
}

/// The types in which samples and outputs are passed.
struct Samples {
    /// `sample: &[T; 784]`, or one argument for each input
    arguments: TokenStream,
    /// The arguments as a row.
    row: TokenStream,
    /// A sample of many: `[T; 784]` or `DigitsInput<T>`
    sample: TokenStream,
    /// `[T; 10]` or `DigitsOutput<T>`
    answer: TokenStream,
    /// Whether the output is a struct of heads instead of a row.
    has_heads: bool,
    /// Whether a sample has the columns of a table.
    is_table: bool,
    /// Whether a sample comes in several arguments.
    has_inputs: bool,
    conversions: TokenStream,
}

impl Samples {
    fn of(parts: &Parts<'_>) -> Samples {
        let nn = parts.written.nn();
        let Parts { name, passed, float, steps, input, output, written, .. } = parts;
        let mut samples = Samples {
            arguments: quote!(sample: &[#float; #input]),
            row: quote!(sample),
            sample: quote!([#float; #input]),
            answer: quote!([#float; #output]),
            has_heads: false,
            is_table: false,
            has_inputs: false,
            conversions: quote!(),
        };
        if columns::of(steps).is_some() {
            let block = columns::alias();
            let row = quote!(#nn::layer::columns::TableRow);
            samples.sample = quote!(impl #row<Columns = #block>);
            let sample = &samples.sample;
            samples.arguments = quote!(sample: &#sample);
            samples.row = quote!(&#row::numbers::<#float, #input>(sample));
            samples.is_table = true;
        }
        if let Some(inputs) = structs::inputs(steps, written) {
            let names: Vec<&Ident> = inputs.iter().map(|side| &side.name).collect();
            let widths = inputs.iter().map(|side| written.constant(side.width));
            let kind = structs::name(name, "Input");
            samples.arguments = quote!(#(#names: &[#float; #widths]),*);
            samples.row = quote!(&#nn::__private::join::<#float, #input>([#(&#names[..]),*]));
            samples.sample = quote!(#kind<#passed #float>);
            samples.has_inputs = true;
            samples.conversions = conversions(name, "Input", &inputs, input, float, written);
        }
        if let Some(heads) = structs::heads(steps, written) {
            let kind = structs::name(name, "Output");
            samples.answer = quote!(#kind<#passed #float>);
            samples.has_heads = true;
            samples.conversions.extend(conversions(name, "Output", &heads, output, float, written));
        }
        samples
    }

    /// Converts a row to the output type.
    fn answer(&self, row: TokenStream) -> TokenStream {
        match self.has_heads {
            true => quote!(::core::convert::From::from(#row)),
            false => row,
        }
    }
}

fn inputs(name: &Ident, Parts { visibility, input, .. }: &Parts<'_>, _: &Samples) -> TokenStream {
    quote! {
        /// The number of inputs of one sample.
        #visibility const #name: ::core::primitive::usize = #input;
    }
}

fn outputs(name: &Ident, Parts { visibility, output, .. }: &Parts<'_>, _: &Samples) -> TokenStream {
    quote! {
        /// The number of outputs for one sample.
        #visibility const #name: ::core::primitive::usize = #output;
    }
}

fn params(name: &Ident, parts: &Parts<'_>, _: &Samples) -> TokenStream {
    of_architecture(name, parts, "The number of parameters.")
}

fn flops(name: &Ident, parts: &Parts<'_>, _: &Samples) -> TokenStream {
    of_architecture(name, parts, "Floating-point operations to predict one sample.")
}

fn step_flops(name: &Ident, parts: &Parts<'_>, _: &Samples) -> TokenStream {
    of_architecture(name, parts, "Floating-point operations to train on one sample.")
}

fn bytes(name: &Ident, parts: &Parts<'_>, _: &Samples) -> TokenStream {
    of_architecture(name, parts, "The size of all parameters in bytes.")
}

/// A number that `nn::Architecture` has under the same name.
fn of_architecture(name: &Ident, parts: &Parts<'_>, doc: &str) -> TokenStream {
    let nn = parts.written.nn();
    let (visibility, doc) = (&parts.visibility, format!(" {doc}"));
    quote! {
        #[doc = #doc]
        #visibility const #name: ::core::primitive::usize = <Self as #nn::Architecture>::#name;
    }
}

fn summary(
    name: &Ident,
    Parts { visibility, written, .. }: &Parts<'_>,
    _: &Samples,
) -> TokenStream {
    let nn = written.nn();
    quote! {
        /// The layers as a table.
        #visibility const #name: &'static ::core::primitive::str =
            <Self as #nn::Architecture>::#name;
    }
}

fn predict(
    name: &Ident,
    Parts { visibility, written, .. }: &Parts<'_>,
    samples: &Samples,
) -> TokenStream {
    let nn = written.nn();
    let Samples { arguments, row, answer, .. } = samples;
    let predicted = samples.answer(quote!(#nn::Network::#name(self, #row)));
    quote! {
        /// Returns the prediction for one sample.
        #[track_caller]
        #visibility fn #name(&self, #arguments) -> #answer {
            #predicted
        }
    }
}

fn logits(name: &Ident, parts: &Parts<'_>, samples: &Samples) -> TokenStream {
    let nn = parts.written.nn();
    let Parts { visibility, float, output, .. } = parts;
    let Samples { arguments, row, .. } = samples;
    quote! {
        /// Returns the last layer's values for one sample, before its softmax or sigmoid.
        #[track_caller]
        #visibility fn #name(&self, #arguments) -> [#float; #output] {
            #nn::Network::#name(self, #row)
        }
    }
}

fn init(name: &Ident, Parts { visibility, written, .. }: &Parts<'_>, _: &Samples) -> TokenStream {
    let nn = written.nn();
    quote! {
        /// Creates a network with random parameters, reproducible from the seed.
        #visibility fn #name(seed: ::core::primitive::u64) -> Self {
            <Self as #nn::Network>::#name(seed)
        }
    }
}

fn svg(name: &Ident, Parts { visibility, written, .. }: &Parts<'_>, _: &Samples) -> TokenStream {
    let nn = written.nn();
    quote! {
        /// Returns a picture of the network in SVG.
        #visibility fn #name() -> ::std::string::String {
            <Self as #nn::Picture>::#name()
        }
    }
}

fn load(name: &Ident, Parts { visibility, written, .. }: &Parts<'_>, _: &Samples) -> TokenStream {
    let nn = written.nn();
    quote! {
        /// Loads a network that [`save`](Self::save) wrote.
        ///
        /// # Errors
        ///
        /// If the file cannot be read or holds another network.
        #visibility fn #name(
            path: impl ::core::convert::AsRef<::std::path::Path>,
        ) -> #nn::Result<Self> {
            <Self as #nn::Checkpoint>::#name(path)
        }
    }
}

fn save(name: &Ident, Parts { visibility, written, .. }: &Parts<'_>, _: &Samples) -> TokenStream {
    let nn = written.nn();
    quote! {
        /// Writes the parameters to a file.
        ///
        /// # Errors
        ///
        /// If the file cannot be written.
        #visibility fn #name(
            &self,
            path: impl ::core::convert::AsRef<::std::path::Path>,
        ) -> #nn::Result<()> {
            #nn::Checkpoint::#name(self, path)
        }
    }
}

fn predict_batch(
    name: &Ident,
    Parts { visibility, written, .. }: &Parts<'_>,
    samples: &Samples,
) -> TokenStream {
    let nn = written.nn();
    let Samples { sample, answer, .. } = samples;
    let batch = match samples.conversions.is_empty() {
        _ if samples.is_table => quote!(#nn::__private::predict_table_rows(self, samples)),
        true => quote!(#nn::Network::#name(self, samples)),
        false => quote!(#nn::__private::#name(self, samples)),
    };
    quote! {
        /// Returns the prediction for each sample.
        #[track_caller]
        #visibility fn #name(&self, samples: &[#sample]) -> ::std::vec::Vec<#answer> {
            #batch
        }
    }
}

/// For samples that are not arrays. For arrays the trait's method is enough.
fn predict_class(
    name: &Ident,
    Parts { visibility, float, written, .. }: &Parts<'_>,
    samples: &Samples,
) -> TokenStream {
    if samples.has_heads || !(samples.is_table || samples.has_inputs) {
        return TokenStream::new();
    }
    let nn = written.nn();
    let Samples { arguments, row, .. } = samples;
    let head = quote!(<Self as #nn::Architecture>::Head);
    quote! {
        /// Returns the class of one sample, with its name if the classes have names.
        ///
        /// # Errors
        ///
        /// If an output is NaN.
        #[track_caller]
        #visibility fn #name(
            &self,
            #arguments
        ) -> #nn::Result<<#head as #nn::head::Classes<#float>>::Label<'_>>
        where
            #head: #nn::head::Classes<#float>,
        {
            #nn::Network::#name(self, #row)
        }
    }
}

fn forward(
    name: &Ident,
    Parts { visibility, float, written, .. }: &Parts<'_>,
    _: &Samples,
) -> TokenStream {
    let nn = written.nn();
    quote! {
        /// Records [`predict`](Self::predict) on a tape: `[rows, inputs]` to `[rows, outputs]`. The
        /// parameters are constants there.
        ///
        /// # Errors
        ///
        /// If x has another shape.
        #visibility fn #name<'tape>(
            &self,
            tape: &'tape #nn::autograd::Tape<#float>,
            x: #nn::autograd::Var<'tape, #float>,
        ) -> #nn::Result<#nn::autograd::Var<'tape, #float>> {
            #nn::Record::#name(self, tape, x)
        }
    }
}

fn activations(name: &Ident, parts: &Parts<'_>, samples: &Samples) -> TokenStream {
    let nn = parts.written.nn();
    let Parts { visibility, passed, float, steps, written, .. } = parts;
    let Samples { arguments, row, .. } = samples;
    let kind = structs::name(&parts.name, "Activations");
    let fields = steps.iter().map(|step| {
        let field = written.ident(&step.title.name);
        // With learned vectors, the encoder's output precedes the output of the columns.
        if let Unit::Columns(columns) = &step.unit
            && Column::widths(columns).has_vectors()
        {
            let input = written.constant(&step.input);
            return quote!(#field: {
                let _: [#float; #input] = #nn::__private::Activations::layer(&mut answers);
                #nn::__private::Activations::layer(&mut answers)
            });
        }
        match step.count {
            1 => quote!(#field: #nn::__private::Activations::layer(&mut answers)),
            _ => quote! {
                #field: ::core::array::from_fn(|_| {
                    #nn::__private::Activations::layer(&mut answers)
                })
            },
        }
    });
    quote! {
        /// Returns the output of every layer for one sample.
        #visibility fn #name(&self, #arguments) -> #kind<#passed #float> {
            let mut answers = #nn::__private::Activations::of(self, #row);
            #kind { #(#fields),* }
        }
    }
}
