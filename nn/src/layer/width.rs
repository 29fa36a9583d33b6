//! A number of units that is a constant where a network is declared, and a number where it is read at run time.

use core::fmt::Debug;

/// How many units a layer has. Formulas are written once for both kinds: with [`Fixed`] the compiler knows the
/// length of every loop.
pub trait Width: Copy + Debug + Send + Sync + 'static {
    /// The number.
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
