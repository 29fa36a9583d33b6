//! Parallel branches: on different inputs ([`Concat`]) or on the same ([`Heads`]).

#[cfg(feature = "std")]
mod train;

use core::marker::PhantomData;

use tensor::Float;

#[cfg(feature = "std")]
pub use train::BranchWorkspace;
#[cfg(feature = "std")]
pub(crate) use train::{join_columns, part_columns};

use crate::layer::{Inference, Info};
use crate::row::Row as _;

/// Branches on different inputs. A row of inputs is one of `A`'s followed by one of `B`'s; the
/// `OUT` outputs are those of `A` followed by those of `B`.
///
/// For more than two branches, nest it: `Concat<A, Concat<B, C, BC>, ABC>`.
#[derive(Debug)]
pub struct Concat<A, B, const OUT: usize>(PhantomData<(A, B)>);

/// Several heads on one trunk. `A` and `B` have the same inputs; the `OUT` outputs are those of `A`
/// followed by those of `B`.
///
/// For more than two heads, nest it: `Heads<A, Heads<B, C, BC>, ABC>`.
#[derive(Debug)]
pub struct Heads<A, B, const OUT: usize>(PhantomData<(A, B)>);

/// Checks the parameter `OUT`, which is there because stable Rust cannot write
/// `[T; A::OUTPUTS + B::OUTPUTS]`.
const fn joined(a: usize, b: usize, written: usize) -> usize {
    assert!(a + b == written, "concat, heads: OUT must be the sum of the outputs of both branches");
    written
}

/// Concatenates the outputs of `a` and `b`.
#[inline(always)]
fn join<T: Float, const OUT: usize>(a: &[T], b: &[T]) -> [T; OUT] {
    let mut y = [T::zero(); OUT];
    let (of_a, of_b) = y.split_at_mut(a.len());
    of_a.copy_from_slice(a);
    of_b.copy_from_slice(b);
    y
}

impl<A: Inference, B: Inference, const OUT: usize> Inference for Concat<A, B, OUT> {
    const INPUTS: usize = A::INPUTS + B::INPUTS;
    const OUTPUTS: usize = joined(A::OUTPUTS, B::OUTPUTS, OUT);
    const LEN: usize = A::LEN + B::LEN;
    const STACK: usize = A::STACK + B::STACK + OUT;
    const INFO: Info = Info::Concat(&A::INFO, &B::INFO);
    const ENCODES: bool = A::ENCODES || B::ENCODES;
    const HAS_GAPS: bool = A::HAS_GAPS || B::HAS_GAPS;

    type Outputs<T: Float> = [T; OUT];

    #[inline(always)]
    fn encode<T: Float>(parameters: &[T], row: &mut [T]) {
        let ((a, b), (x_a, x_b)) = (parameters.split_at(A::LEN), row.split_at_mut(A::INPUTS));
        A::encode(a, x_a);
        B::encode(b, x_b);
    }

    #[inline(always)]
    fn is_adapted<T: Float>(parameters: &[T]) -> bool {
        let (a, b) = parameters.split_at(A::LEN);
        A::is_adapted(a) && B::is_adapted(b)
    }

    #[inline(always)]
    fn predict_inline<T: Float>(parameters: &[T], x: &[T]) -> [T; OUT] {
        let ((a, b), (x_a, x_b)) = (parameters.split_at(A::LEN), x.split_at(A::INPUTS));
        join(A::predict_inline(a, x_a).as_slice(), B::predict_inline(b, x_b).as_slice())
    }
}

impl<A: Inference, B: Inference, const OUT: usize> Heads<A, B, OUT> {
    const FITS: () = {
        assert!(
            A::INPUTS == B::INPUTS,
            "heads: all heads have the same trunk and must have as many inputs as it has outputs"
        );
        assert!(
            !A::ENCODES && !B::ENCODES,
            "heads: an encoder such as `standardize` must come before all layers, not in a head"
        );
    };
}

impl<A: Inference, B: Inference, const OUT: usize> Inference for Heads<A, B, OUT> {
    const INPUTS: usize = A::INPUTS;
    const OUTPUTS: usize = joined(A::OUTPUTS, B::OUTPUTS, OUT);
    const LEN: usize = {
        let () = Self::FITS;
        A::LEN + B::LEN
    };
    const STACK: usize = A::STACK + B::STACK + OUT;
    const INFO: Info = Info::Heads(&A::INFO, &B::INFO);

    type Outputs<T: Float> = [T; OUT];

    #[inline(always)]
    fn predict_inline<T: Float>(parameters: &[T], x: &[T]) -> [T; OUT] {
        let (a, b) = parameters.split_at(A::LEN);
        join(A::predict_inline(a, x).as_slice(), B::predict_inline(b, x).as_slice())
    }
}
