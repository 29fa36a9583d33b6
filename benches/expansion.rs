//! What `network!` costs the compiler: its own time from tokens to tokens, for networks of 2, 20 and 200
//! layers, and for one of 20 with a mistake in each.
//!
//! A procedural macro cannot be called from outside of the compiler, so its modules are compiled into
//! this program. Tokens are those of `proc-macro2`, not the compiler's own.

#![allow(dead_code, unused_imports)] // what the compiler and tests call

extern crate proc_macro;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use proc_macro2::TokenStream;

#[path = "../nn-macros/src/activation.rs"]
mod activation;
#[path = "../nn-macros/src/arguments.rs"]
mod arguments;
#[path = "../nn-macros/src/assertions.rs"]
mod assertions;
#[path = "../nn-macros/src/ast.rs"]
mod ast;
#[path = "../nn-macros/src/branches.rs"]
mod branches;
#[path = "../nn-macros/src/check.rs"]
mod check;
#[path = "../nn-macros/src/cursor.rs"]
mod cursor;
#[path = "../nn-macros/src/declare.rs"]
mod declare;
#[path = "../nn-macros/src/describe.rs"]
mod describe;
#[path = "../nn-macros/src/expand.rs"]
mod expand;
#[path = "../nn-macros/src/fallback.rs"]
mod fallback;
#[path = "../nn-macros/src/flow.rs"]
mod flow;
#[path = "../nn-macros/src/hoist.rs"]
mod hoist;
#[path = "../nn-macros/src/kinds.rs"]
mod kinds;
#[path = "../nn-macros/src/layers.rs"]
mod layers;
#[path = "../nn-macros/src/leaves.rs"]
mod leaves;
#[path = "../nn-macros/src/methods.rs"]
mod methods;
#[path = "../nn-macros/src/own.rs"]
mod own;
#[path = "../nn-macros/src/parse.rs"]
mod parse;
#[path = "../nn-macros/src/place.rs"]
mod place;
#[path = "../nn-macros/src/real.rs"]
mod real;
#[path = "../nn-macros/src/repeat.rs"]
mod repeat;
#[path = "../nn-macros/src/report.rs"]
mod report;
#[path = "../nn-macros/src/seams.rs"]
mod seams;
#[path = "../nn-macros/src/sides.rs"]
mod sides;
#[path = "../nn-macros/src/spelling.rs"]
mod spelling;
#[path = "../nn-macros/src/text.rs"]
mod text;
#[path = "../nn-macros/src/token.rs"]
mod token;
#[path = "../nn-macros/src/types.rs"]
mod types;
#[path = "../nn-macros/src/unit.rs"]
mod unit;
#[path = "../nn-macros/src/values.rs"]
mod values;
#[path = "../nn-macros/src/width.rs"]
mod width;
#[path = "../nn-macros/src/widths.rs"]
mod widths;
#[path = "../nn-macros/src/words.rs"]
mod words;

/// A struct of `count` named layers, each `layer` behind the first.
fn declaration(count: usize, layer: &str) -> TokenStream {
    let first = "first: dense(784 -> 128, relu),".to_owned();
    let rest = (1..count).map(|at| format!("layer_{at}: {layer},"));
    let layers: String = std::iter::once(first).chain(rest).collect();
    format!("#[doc = \"A network.\"] pub struct Digits {{ {layers} }}").parse().expect("tokens")
}

fn expansion(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("expansion");
    let mut measure = |name: &str, count: usize, layer: &str| {
        let input = declaration(count, layer);
        group.bench_with_input(BenchmarkId::new(name, count), &input, |bencher, input| {
            bencher.iter(|| declare::network(input.clone(), &mut report::Report::default()));
        });
    };
    for count in [2, 20, 200] {
        measure("dense", count, "dense(128 -> 128, relu)");
    }
    measure("every option", 20, "dense(WIDTH, leaky_relu(0.1), init = he_normal, l2 = 1e-4)");
    measure("residual", 20, "residual(dense(64, relu), dropout(0.1), dense(128))");
    measure("mistakes", 20, "dense(64 -> 128, rleu)");
    group.finish();
}

criterion_group!(benches, expansion);
criterion_main!(benches);
