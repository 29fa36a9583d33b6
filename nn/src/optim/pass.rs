//! One pass over a slice, for an optimizer written for a single element.

use tensor::Float;
use tensor::simd::{Inline, vectorize_inline};

use super::decay::Shares;

/// An optimizer for a single element with `N` numbers of state. It contains the settings in the
/// network's number type, computed once per slice. Mark [`Element::step`] as `#[inline(always)]`.
pub(super) trait Element<T, const N: usize>: Copy {
    /// The parameter and its state after the step.
    fn step(self, p: T, g: T, memory: [T; N]) -> (T, [T; N]);
}

/// Takes the step of `element` for all parameters, decay included; returns whether all of them are
/// finite afterwards.
pub(super) fn pass<'p, T: Float, E: Element<T, N>, const N: usize>(
    element: E,
    shares: Shares<T>,
    parameters: &'p mut [T],
    gradient: &'p [T],
    memory: [&'p mut [T]; N],
) -> bool
where
    Pass<'p, T, E, N>: Inline<Output = bool>,
{
    vectorize_inline(Pass { element, shares, parameters, gradient, memory })
}

pub(super) struct Pass<'p, T, E, const N: usize> {
    element: E,
    shares: Shares<T>,
    parameters: &'p mut [T],
    gradient: &'p [T],
    memory: [&'p mut [T]; N],
}

/// The loop for each `N`. Every slice is a separate argument, so that the compiler knows that no
/// two overlap. Otherwise it would have to check this in each call, which it does only for a few
/// slices.
macro_rules! loops {
    ($($name:ident $N:literal ($($slot:ident),*);)*) => { $(
        #[inline(always)]
        fn $name<T: Float, E: Element<T, $N>>(
            element: E,
            shares: Shares<T>,
            parameters: &mut [T],
            gradient: &[T],
            $($slot: &mut [T]),*
        ) -> bool {
            let len = parameters.len();
            let gradient = &gradient[..len];
            $( let $slot = &mut $slot[..len]; )*
            let mut wrong = false;
            for i in 0..len {
                let p = parameters[i];
                let g = p.mul_add(shares.coupled, gradient[i]);
                let (p, memory) = element.step(p * shares.keep, g, [$($slot[i]),*]);
                parameters[i] = p;
                [$($slot[i]),*] = memory;
                wrong |= !p.is_finite();
            }
            !wrong
        }

        impl<T: Float, E: Element<T, $N>> Inline for Pass<'_, T, E, $N> {
            type Output = bool;

            #[inline(always)]
            fn run(self) -> bool {
                let Pass { element, shares, parameters, gradient, memory: [$($slot),*] } = self;
                $name(element, shares, parameters, gradient, $($slot),*)
            }
        }
    )* };
}

loops! {
    one 1 (a);
    two 2 (a, b);
    three 3 (a, b, c);
    four 4 (a, b, c, d);
}

/// A running mean after adding x: keep·mean + x, avoiding numbers so small that they would only
/// slow the CPU down.
#[inline(always)]
pub(super) fn running<T: Float>(mean: T, keep: T, x: T, negligible: T) -> T {
    mean.mul_add(keep, x + negligible) - negligible
}
