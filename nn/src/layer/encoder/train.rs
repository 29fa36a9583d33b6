//! Training after an encoder, which is the identity as a layer.

use tensor::Float;

use super::{
    Declared, Encoded, EncoderFormula, FoundColumn, MinMaxRule, QuantileRule, ROWS, RobustRule,
    Rule, ScaleRule, Seen, StandardizeRule,
};
use crate::layer::{Fixed, Formula, Inference, Leaf, Pass, Width};
use crate::parameters::{NamedTensor, padded};

macro_rules! from_options {
    ($($Rule:ident([$($option:ident),*]) => $rule:expr;)*) => {
        $(impl<W: Width> EncoderFormula<$Rule, W> {
            /// Of `width` columns.
            pub(crate) const fn new(
                width: W,
                [$($option),*]: [f64; { <[&str]>::len(&[$(stringify!($option)),*]) }],
            ) -> Self {
                EncoderFormula::of(width, $rule)
            }
        })*
    };
}

from_options! {
    StandardizeRule([]) => StandardizeRule;
    MinMaxRule([]) => MinMaxRule;
    RobustRule([]) => RobustRule;
    QuantileRule([]) => QuantileRule;
    ScaleRule([factor]) => ScaleRule { factor };
}

/// The functions that all encoders' formulas share. Without rows there are no statistics; as a
/// layer of the tree an encoder is the identity.
macro_rules! let_pass {
    () => {
        fn encodes(&self) -> bool {
            true
        }

        fn init(&self, parameters: &mut [T], _seed: u64, _index: &mut u64) {
            parameters.fill(T::zero());
        }

        fn predict(&self, _parameters: &[T], x: &[T], y: &mut [T]) {
            y.copy_from_slice(x);
        }

        fn forward(
            &self,
            _parameters: &[T],
            x: &[T],
            workspace: &mut $crate::layer::Workspace<'_, T>,
            _pass: $crate::layer::Pass,
        ) {
            workspace.y.copy_from_slice(x);
        }

        fn backward(
            &self,
            _parameters: &[T],
            workspace: &mut $crate::layer::Workspace<'_, T>,
            before: $crate::layer::OutputGrad<'_, T>,
        ) {
            before.gradient.copy_from_slice(workspace.dy);
            before.apply_derivative();
        }
    };
}
pub(crate) use let_pass;

/// Records an encoder on a tape: the identity, whose tensors are no variables there.
pub(crate) fn record_nothing<'t, L: Inference, T: Float>(
    parameters: &mut std::slice::Iter<'_, autograd::Var<'t, T>>,
    x: autograd::Var<'t, T>,
) -> autograd::Result<autograd::Var<'t, T>> {
    for _ in 0..L::INFO.tensors() {
        parameters.next();
    }
    Ok(x)
}

impl<T: Float, R: Rule, W: Width> Formula<T> for EncoderFormula<R, W> {
    let_pass!();

    fn widths(&self) -> [usize; 2] {
        [self.width.get(); 2]
    }

    fn len(&self) -> usize {
        Self::len_for(self.width.get())
    }

    fn tensors(&self) -> Vec<NamedTensor> {
        let width = self.width.get();
        let state = R::STATE.iter().enumerate().map(|(index, &(name, count))| {
            let shape = if count == 1 { vec![width] } else { vec![width, count] };
            NamedTensor::new(name, &shape, Self::offset(index, width)).found()
        });
        let rows = (!R::STATE.is_empty()).then(|| NamedTensor::new(ROWS, &[], 0).found());
        rows.into_iter().chain(state).collect()
    }

    fn encode(&self, parameters: &[T], raw: &[T], encoded: &mut [T]) {
        encoded.copy_from_slice(raw);
        tensor::simd::vectorize(|| {
            for row in encoded.chunks_exact_mut(self.width.get()) {
                EncoderFormula::encode(self, parameters, row);
            }
        });
    }

    fn is_adapted(&self, parameters: &[T]) -> bool {
        R::STATE.is_empty() || parameters[0] > T::zero()
    }

    fn adapt(&self, parameters: &mut [T], seen: &Seen<'_, T>) -> Vec<FoundColumn> {
        if R::STATE.is_empty() {
            return Vec::new();
        }
        let (rows, state) = parameters.split_at_mut(padded(1));
        rows[0] = T::of(seen.rows() as f64);
        self.rule.find(state, seen)
    }
}

impl<R: Declared, const N: usize> Leaf for Encoded<R, N> {
    type Formula<T: Float> = EncoderFormula<R::Rule, Fixed<N>>;
    type View<'a, T: Float> = &'a [T];

    fn formula<T: Float>() -> Self::Formula<T> {
        Self::FORMULA
    }

    fn view<T: Float>(parameters: &[T]) -> &[T] {
        parameters
    }

    fn record<'t, T: Float>(
        parameters: &mut std::slice::Iter<'_, autograd::Var<'t, T>>,
        x: autograd::Var<'t, T>,
        _pass: Pass,
    ) -> autograd::Result<autograd::Var<'t, T>> {
        record_nothing::<Self, T>(parameters, x)
    }
}
