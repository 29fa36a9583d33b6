//! The kind of a user-defined type, as a constant. If it is not the kind that the declaration
//! requires, that is a single error in a sentence, and another type replaces it in the rest of the
//! code.

use core::marker::PhantomData;

use crate::activation::Activation;
use crate::head::HeadFunction;
use crate::init::Initializer;
use crate::layer::Layer;
use crate::network::Architecture;

/// Tests the kind of `T`: `<Probe<T>>::IS_LAYER` is this type's own constant if `T` is a layer, and
/// that of [`Otherwise`] if not.
#[derive(Debug)]
pub struct Probe<T>(PhantomData<T>);

impl<T: Activation> Probe<T> {
    /// It is.
    pub const IS_ACTIVATION: bool = true;
}

impl<T: Layer> Probe<T> {
    /// It is.
    pub const IS_LAYER: bool = true;
}

impl<T: Architecture> Probe<T> {
    /// It is.
    pub const IS_NETWORK: bool = true;
}

impl<T: Initializer> Probe<T> {
    /// It is.
    pub const IS_INITIALIZER: bool = true;
}

/// The constants of [`Probe`] for all other types.
pub trait Otherwise {
    /// It is not.
    const IS_ACTIVATION: bool = false;
    /// It is not.
    const IS_LAYER: bool = false;
    /// It is not.
    const IS_NETWORK: bool = false;
    /// It is not.
    const IS_INITIALIZER: bool = false;
}

impl<T> Otherwise for Probe<T> {}

/// Chooses between two types.
#[derive(Debug)]
pub struct Pick<const FIRST: bool>;

/// The type that [`Pick`] chooses.
pub trait Choose {
    /// The first or the second type.
    type Of<A, B>;
}

impl Choose for Pick<true> {
    type Of<A, B> = A;
}

impl Choose for Pick<false> {
    type Of<A, B> = B;
}

/// Rejects a nested network, written as `written`, whose head would be lost.
#[track_caller]
pub const fn check_linear<N: Architecture>(written: &str) {
    let head = <N::Head as HeadFunction<N::Float>>::NAME;
    if !matches!(head.as_bytes(), b"linear") {
        super::checks::refuse_head(written, head);
    }
}
