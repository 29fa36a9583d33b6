//! Methods of [`Var`](crate::Var) that are made of other operations, for those who look for them by
//! a name.
//!
//! What is only a composition is no operation: it has no formula of its own to check, and its
//! gradient is that of what it is made of. It is a method, and its file stands here, with the
//! comparison with PyTorch that operations have. It becomes an operation in [`ops`](crate::ops)
//! when that is measured to pay, or when its gradient needs a form of its own.
//!
//! To add one: write its file, `pytorch()` in it, and add its name below.

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
