//! Methods of [`Var`](crate::Var) that are composed of other operations, under the names that users
//! look for.
//!
//! A composition is a method, not an operation: its gradient follows from its parts, so that there
//! is no gradient to check. Its file is in this folder and has the same comparison with PyTorch as
//! the operations. It becomes an operation in [`ops`](crate::ops) if a measurement shows a benefit,
//! or if its gradient needs its own formula.
//!
//! To add one, write its file with `pytorch()`, and add its name below.

macro_rules! composed {
    ($($file:ident),* $(,)?) => {
        $( mod $file; )*

        /// How each is compared with PyTorch.
        #[cfg(test)]
        pub(crate) fn comparisons() -> Vec<(&'static str, Vec<crate::ops::pytorch::Comparison>)> {
            vec![$( (stringify!($file), $file::pytorch()) ),*]
        }
    };
}

pub use einsum::Einsum;

composed! {
    // elements
    masked_fill, clamp_between,
    // shapes and order
    repeat, chunk, roll, diag, trace, sort, class_rows,
    // windows
    over_one_axis,
    // products
    einsum,
    // norms
    rms_norm, group_norm, normalize,
    // losses
    reduced, nll, binary_cross_entropy, margin_ranking, triplet_margin, poisson_nll, gaussian_nll,
}
