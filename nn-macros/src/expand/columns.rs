//! The rows of a network whose first layer is a block of columns: `PriceRow`, with a field for each
//! column, its owned form, and `PriceColumns`, which represents the block in types.

use nn_grammar::ast::Column;
use nn_grammar::network::{Network, Step, Unit};
use nn_grammar::vocabulary::ColumnKind;
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

use super::parts::Parts;
use super::written::Written;

/// The methods that only networks with columns have.
pub(super) const METHODS: &[&str] =
    &["rows", "dataset", "predict_table", "log_target", "clamp_target"];

/// The macro's private alias of the block.
pub(super) fn alias() -> Ident {
    format_ident!("__Columns")
}

/// The columns of a network, if it begins with a block of them.
pub(super) fn of(steps: &[Step]) -> Option<&[Column]> {
    match &steps.first()?.unit {
        Unit::Columns(columns) => Some(columns),
        _ => None,
    }
}

/// The names of the declared structs: the row, its owned form, the columns.
fn names(network: &Ident) -> [Ident; 3] {
    ["Row", "RowOwned", "Columns"].map(|suffix| {
        let name = network.to_string();
        let name = name.strip_prefix("r#").unwrap_or(&name);
        format_ident!("{name}{suffix}", span = network.span())
    })
}

fn is_word(column: &Column) -> bool {
    matches!(column.form.kind, ColumnKind::Category { .. })
}

/// `<'row>`, if there are words to borrow.
fn lifetime(columns: &[Column]) -> Option<TokenStream> {
    columns.iter().any(is_word).then(|| quote!(<'row>))
}

/// The public structs.
pub(super) fn structs(network: &Network, written: &Written<'_>) -> Vec<TokenStream> {
    let Some(columns) = of(&network.chain.steps) else { return Vec::new() };
    let visibility = written.tokens(&network.head.visibility);
    let plain = network.head.name.plain();
    let [row, owned, block] = names(&written.ident(&network.head.name));
    let lifetime = lifetime(columns);
    let fields = |word: TokenStream| {
        let fields = columns.iter().map(|column| {
            let docs = column.docs.iter().map(|doc| written.tokens(&doc.tokens));
            let name = written.ident(&column.name);
            let doc = format!("\nColumn `{}`: {}.", column.name.plain(), meaning(column));
            let kind = match column.form.kind {
                ColumnKind::Number { .. } | ColumnKind::Date => {
                    quote!(::core::option::Option<::core::primitive::f64>)
                }
                ColumnKind::Flag => quote!(::core::option::Option<::core::primitive::bool>),
                ColumnKind::Category { .. } => word.clone(),
            };
            quote!(#(#docs)* #[doc = #doc] #visibility #name: #kind)
        });
        fields.collect::<Vec<_>>()
    };
    let (borrowed, own) =
        (fields(quote!(&'row ::core::primitive::str)), fields(quote!(::std::string::String)));
    let nn = written.nn();
    let docs = [
        format!("A raw row of [`{plain}`], the input of [`{plain}::predict`]."),
        format!("A raw row of [`{plain}`] that owns its words: from a table, or from JSON."),
        format!("The columns of [`{plain}`]."),
    ];
    let [of_row, of_owned, of_block] = docs;
    let derives = quote!(::core::clone::Clone, ::core::fmt::Debug, ::core::cmp::PartialEq);
    let mut structs = vec![
        quote! {
            #[doc = #of_row]
            #[allow(dead_code, non_camel_case_types)]
            #[derive(::core::marker::Copy, #derives)]
            #visibility struct #row #lifetime { #(#borrowed),* }
        },
        quote! {
            #[doc = #of_block]
            #[allow(non_camel_case_types)]
            #[derive(::core::fmt::Debug)]
            #visibility struct #block;
        },
    ];
    structs.push(quote! {
        #nn::__with_std! {
            #[doc = #of_owned]
            #[allow(dead_code, non_camel_case_types)]
            #[derive(#derives)]
            #visibility struct #owned { #(#own),* }
        }
    });
    structs
}

/// The type of a column, as the documentation of its field states it.
fn meaning(column: &Column) -> &'static str {
    match column.form.kind {
        ColumnKind::Number { log: true } => {
            "a number, encoded by its logarithm; `None` if it is missing"
        }
        ColumnKind::Number { log: false } => "a number; `None` if it is missing",
        ColumnKind::Flag => "yes or no; `None` if it is missing",
        ColumnKind::Date => "days since 1970-01-01; `None` if the date is missing",
        ColumnKind::Category { .. } => "a word; the empty word is missing",
    }
}

/// The implementations of these structs.
pub(super) fn implementation(parts: &Parts<'_>) -> TokenStream {
    let Some(columns) = of(parts.steps) else { return TokenStream::new() };
    let nn = parts.written.nn();
    let Parts { visibility, plain_impl, name, parameters, passed, float, written, .. } = parts;
    let [row, owned, block] = names(name);
    let alias = alias();
    let lifetime = lifetime(columns).map(|_| quote!(<'_>));
    let forms = columns.iter().map(|column| form(column, nn));
    let plain: Vec<&str> = columns.iter().map(|column| column.name.plain()).collect();
    let texts = columns.iter().map(Column::text);
    let fields: Vec<Ident> = columns.iter().map(|column| written.ident(&column.name)).collect();
    let method = |column: &Column| match column.form.kind {
        ColumnKind::Number { .. } | ColumnKind::Date => quote!(number),
        ColumnKind::Flag => quote!(flag),
        ColumnKind::Category { .. } => quote!(word),
    };
    let methods: Vec<TokenStream> = columns.iter().map(method).collect();
    let borrow = |column: &Column| is_word(column).then(|| quote!(&));
    let borrows = columns.iter().map(borrow);
    let to_owned = columns.iter().map(|column| {
        let field = written.ident(&column.name);
        match is_word(column) {
            true => quote!(#field: ::std::borrow::ToOwned::to_owned(row.#field)),
            false => quote!(#field: row.#field),
        }
    });
    let raw = quote!(#nn::layer::columns::RawRow);
    let writes = |borrows: Vec<Option<TokenStream>>| {
        quote! {
            type Columns = #block;
            fn write<T: #nn::Float>(&self, row: &mut #raw<'_, T>) {
                #(#raw::#methods(row, #borrows self.#fields);)*
            }
        }
    };
    let (by_row, by_owned) = (writes(vec![None; columns.len()]), writes(borrows.collect()));
    quote! {
        type #alias = #block;

        impl #nn::layer::columns::DeclaredColumns for #block {
            const FORMS: &'static [#nn::layer::columns::ColumnForm] = &[#(#forms),*];
            const NAMES: &'static [&'static ::core::primitive::str] = &[#(#plain),*];
            const TEXTS: &'static [&'static ::core::primitive::str] = &[#(#texts),*];
        }

        impl #nn::layer::columns::TableRow for #row #lifetime {
            #by_row
        }

        #nn::__with_std! {
            impl #nn::layer::columns::TableRow for #owned {
                #by_owned
            }

            impl ::core::convert::From<#row #lifetime> for #owned {
                fn from(row: #row #lifetime) -> Self {
                    Self { #(#to_owned),* }
                }
            }
        }

        #nn::__with_table! {
            impl #nn::OwnedRow for #owned {
                fn from_cells(mut cells: #nn::Cells<'_>) -> Self {
                    Self { #(#fields: #nn::Cells::#methods(&mut cells)),* }
                }
            }

            #[allow(dead_code)]
            impl #owned {
                /// Reads the rows of a table by the names of these columns. Other columns are
                /// ignored.
                ///
                /// # Errors
                ///
                /// If columns are missing or have another type. The error also names the columns
                /// that are left over.
                #visibility fn read(
                    table: &#nn::data::Table,
                ) -> #nn::Result<::std::vec::Vec<Self>> {
                    <Self as #nn::OwnedRow>::read(table)
                }
            }

            #[allow(dead_code)]
            #plain_impl {
                /// Reads the rows of a table as numbers, by the names of its columns. Other columns
                /// are ignored.
                ///
                /// # Errors
                ///
                /// If columns are missing or have another type. The error also names the columns
                /// that are left over.
                #visibility fn rows(
                    table: &#nn::data::Table,
                ) -> #nn::Result<::std::vec::Vec<<Self as #nn::Architecture>::Input>> {
                    <Self as #nn::Tabular>::rows(table)
                }

                /// Creates a data set for `fit` and `evaluate`, with this column as the target.
                ///
                /// # Errors
                ///
                /// The errors of [`rows`](Self::rows), and if there is no such column or its values
                /// are not targets of this network.
                #visibility fn dataset<'n, Target>(
                    table: &#nn::data::Table,
                    target: impl ::core::convert::Into<#nn::data::At<'n>>,
                ) -> #nn::Result<
                    #nn::data::Dataset<<Self as #nn::Architecture>::Input, Target>
                >
                where
                    Self: #nn::Architecture<Target = Target>,
                    Target: #nn::data::ColumnTarget + ::core::marker::Copy
                        + ::core::marker::Send + ::core::marker::Sync + 'static,
                {
                    <Self as #nn::Tabular>::dataset(table, target)
                }
            }

            #[allow(dead_code)]
            impl<#parameters #float: #nn::Float> #name<#passed #float> {
                /// Returns the network with a logarithmic target. It is trained on the logarithm of
                /// the target, and its predictions are converted back.
                ///
                /// # Panics
                ///
                /// If the network does not end in one number.
                #[must_use]
                #[track_caller]
                #visibility fn log_target(self) -> Self {
                    #nn::Tabular::log_target(self)
                }

                /// Returns the network with its predictions clamped to the range of its training
                /// targets.
                ///
                /// # Panics
                ///
                /// If the network does not end in one number.
                #[must_use]
                #[track_caller]
                #visibility fn clamp_target(self) -> Self {
                    #nn::Tabular::clamp_target(self)
                }

                /// Returns the predictions for the rows of a table, which need not have the target.
                ///
                /// # Errors
                ///
                /// If columns are missing or have another type. The error also names the columns
                /// that are left over.
                #[track_caller]
                #visibility fn predict_table(
                    &self,
                    table: &#nn::data::Table,
                ) -> #nn::Result<::std::vec::Vec<<Self as #nn::Architecture>::Output>> {
                    #nn::Tabular::predict_table(self, table)
                }
            }

            impl<#parameters #float: #nn::Float> #nn::Tabular for #name<#passed #float> {
                type Columns = #block;
            }
        }

        #nn::__with_json! {
            impl<'de> #nn::__private::serde::Deserialize<'de> for #owned {
                fn deserialize<D: #nn::__private::serde::Deserializer<'de>>(
                    from: D,
                ) -> ::core::result::Result<Self, D::Error> {
                    #nn::__private::deserialize(from)
                }
            }
        }
    }
}

/// A column's form as a constant.
fn form(column: &Column, nn: &TokenStream) -> TokenStream {
    let kind = match column.form.kind {
        ColumnKind::Number { log } => quote!(Number { log: #log }),
        ColumnKind::Flag => quote!(Flag),
        ColumnKind::Date => quote!(Date),
        ColumnKind::Category { kept, dimensions } => {
            let kept = Literal::usize_unsuffixed(kept);
            let dimensions = Literal::usize_unsuffixed(dimensions);
            quote!(Category { kept: #kept, dimensions: #dimensions })
        }
    };
    let complete = column.form.complete;
    quote! {
        #nn::layer::columns::ColumnForm {
            kind: #nn::layer::columns::ColumnKind::#kind,
            complete: #complete,
        }
    }
}
