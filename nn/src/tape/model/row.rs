//! Rows of data on a tape.

use tensor::Float;

use crate::head::Class;

/// A row that a [`TapeModel`](super::TapeModel) takes, as input or as target: numbers that become a
/// row of a matrix.
pub trait TapeRow<T: Float>: Copy + Send + Sync + 'static {
    /// The number of numbers in a row.
    const WIDTH: usize;

    /// Writes rows one after the other into `into`, `[rows, WIDTH]`, which is zero.
    fn write(rows: &[Self], into: &mut [T]);

    /// Why the row is rejected, or `None`.
    fn refuses(&self) -> Option<String>;

    /// Whether the outputs are correct for this target; `None` where correctness is not defined.
    fn is_right(&self, outputs: &[T]) -> Option<bool> {
        let _ = outputs;
        None
    }
}

impl<T: Float, const N: usize> TapeRow<T> for [T; N] {
    const WIDTH: usize = N;

    fn write(rows: &[Self], into: &mut [T]) {
        into.copy_from_slice(rows.as_flattened());
    }

    fn refuses(&self) -> Option<String> {
        let (column, x) = self.iter().enumerate().find(|(_, x)| !x.is_finite())?;
        Some(format!("{x} in column {column}"))
    }
}

/// One-hot encoded.
impl<T: Float, const N: usize> TapeRow<T> for Class<N> {
    const WIDTH: usize = N;

    fn write(rows: &[Self], into: &mut [T]) {
        for (class, row) in rows.iter().zip(into.chunks_mut(N.max(1))) {
            row[class.index()] = T::one();
        }
    }

    fn refuses(&self) -> Option<String> {
        None
    }

    /// Whether the largest of `N` outputs, the first of several, is the class's. NaN is never
    /// correct.
    fn is_right(&self, outputs: &[T]) -> Option<bool> {
        if outputs.len() != N {
            return None;
        }
        let own = outputs[self.index()];
        let (before, after) = outputs.split_at(self.index());
        Some(before.iter().all(|&y| y < own) && after.iter().all(|&y| y <= own))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_is_one_hot_and_right_where_its_output_is_the_largest() {
        let class = |index| Class::<3>::new(index).unwrap();
        let mut into = [0.0_f32; 6];
        TapeRow::write(&[class(2), class(0)], &mut into);
        assert_eq!(into, [0.0, 0.0, 1.0, 1.0, 0.0, 0.0]);
        let right = |index, outputs: &[f32]| class(index).is_right(outputs);
        assert_eq!(right(1, &[0.0, 2.0, 1.0]), Some(true));
        assert_eq!(right(1, &[2.0, 2.0, 1.0]), Some(false));
        assert_eq!(right(0, &[2.0, 2.0, 1.0]), Some(true));
        assert_eq!(right(0, &[f32::NAN; 3]), Some(false));
        assert_eq!(right(0, &[1.0, f32::NAN, 0.0]), Some(false));
        assert_eq!(right(0, &[1.0]), None);
    }

    #[test]
    fn numbers_that_are_not_finite_are_refused() {
        assert_eq!(TapeRow::<f32>::refuses(&[1.0, f32::NAN]), Some("NaN in column 1".into()));
        assert_eq!(TapeRow::<f32>::refuses(&[1.0, 2.0]), None);
        assert_eq!(TapeRow::<f32>::is_right(&[1.0], &[1.0]), None);
    }
}
