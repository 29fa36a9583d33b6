//! Width of a layer: a constant of a declared network, or a run-time number.

use core::fmt::Debug;

/// Number of units of a layer. Formulas are written once for both kinds. With [`Fixed`] the
/// compiler knows the length of every loop.
pub trait Width: Copy + Debug + Send + Sync + 'static {
    /// Returns the number of units.
    fn get(self) -> usize;
}

impl Width for usize {
    #[inline(always)]
    fn get(self) -> usize {
        self
    }
}

/// The constant `N`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fixed<const N: usize>;

impl<const N: usize> Width for Fixed<N> {
    #[inline(always)]
    fn get(self) -> usize {
        N
    }
}
