//! The compile-time cost of `network!`: its own time from tokens to tokens, for networks of 2, 20
//! and 200 layers, and for one of 20 with a mistake in each.
//!
//! A procedural macro cannot be called from outside of the compiler, so its modules are compiled
//! into this program. Tokens are those of `proc-macro2`, not the compiler's own.

#![allow(dead_code, unused_imports)] // called by the compiler and by tests

extern crate proc_macro;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use nn_grammar::tokens::Report;
use proc_macro2::TokenStream;

#[path = "../nn-macros/src/anchors.rs"]
mod anchors;
#[path = "../nn-macros/src/declare.rs"]
mod declare;
#[path = "../nn-macros/src/expand/mod.rs"]
mod expand;
#[path = "../nn-macros/src/mistakes.rs"]
mod mistakes;
#[path = "../nn-macros/src/source.rs"]
mod source;

/// A struct of `count` named layers, each `layer` after the first.
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
            bencher.iter(|| {
                declare::network(quote::quote!(::nn), input.clone(), &mut Report::default())
            });
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
