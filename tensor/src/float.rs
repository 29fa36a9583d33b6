//! The trait of a tensor's elements.

use core::any::Any;
use core::fmt::{Debug, Display};

/// An element of a tensor: any [`num_traits::Float`] that can be printed and sent to a thread.
///
/// A blanket implementation covers every such type. `f32` and `f64` use SIMD kernels, every other
/// float (a dual number, a half, an interval) the portable one.
pub trait Float: num_traits::Float + Debug + Display + Default + Send + Sync + 'static {
    /// The nearest value to `x`.
    ///
    /// # Panics
    ///
    /// If the type cannot be converted from an `f64` at all.
    ///
    /// ```
    /// use tensor::Float;
    /// assert_eq!(f32::of(0.5), 0.5_f32);
    /// ```
    #[inline(always)]
    fn of(x: f64) -> Self {
        match <Self as num_traits::NumCast>::from(x) {
            Some(value) => value,
            None => panic!("{}: cannot represent the f64 {x}", core::any::type_name::<Self>()),
        }
    }

    /// The nearest `f64`, for messages, metrics and checks.
    #[inline(always)]
    fn as_f64(self) -> f64 {
        self.to_f64().unwrap_or(f64::NAN)
    }
}

impl<T: num_traits::Float + Debug + Display + Default + Send + Sync + 'static> Float for T {}

/// `value` as a `U`, if `T` and `U` are the same type.
///
/// The comparison of the two types is a constant in each instance of the caller, so an
/// optimized build contains only the branch that applies. Generic code reaches the
/// kernels of one type this way, without a trait that every other float would have to implement.
#[inline(always)]
pub(crate) fn same<T: Copy + 'static, U: Copy + 'static>(value: T) -> Option<U> {
    (&value as &dyn Any).downcast_ref::<U>().copied()
}
