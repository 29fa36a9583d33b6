//! Rows of several inputs or heads, and nested networks.

use tensor::Float;

#[cfg(feature = "std")]
pub use networks::{nested, predict_batch, predict_table_rows};

/// Concatenates several inputs into one row.
pub fn join<T: Float, const N: usize>(parts: impl IntoIterator<Item = impl AsRef<[T]>>) -> [T; N] {
    let mut row = [T::zero(); N];
    let mut rest = &mut row[..];
    for part in parts {
        let part = part.as_ref();
        let (place, after) = rest.split_at_mut(part.len().min(rest.len()));
        place.copy_from_slice(&part[..place.len()]);
        rest = after;
    }
    row
}

/// Returns the `N` numbers of a row from `start` on.
pub fn part<T: Float, const N: usize>(row: &[T], start: usize) -> [T; N] {
    row.get(start..).and_then(|rest| rest.first_chunk()).copied().unwrap_or([T::zero(); N])
}

/// Returns the index of a repetition, if it is valid.
///
/// # Panics
///
/// If `index` is not less than `count`.
#[track_caller]
pub fn repetition(index: usize, count: usize, layer: &str) -> usize {
    assert!(index < count, "{layer} is repeated {count} times: index {index} is not in 0..{count}");
    index
}

#[cfg(feature = "std")]
mod networks {
    use crate::layer::Inference;
    use crate::layer::columns::{RawRow, TableRow};
    use crate::network::Network;
    use crate::parameters::Parameters;
    use crate::row::Row as _;

    /// Returns a copy of the network nested in `network` whose layers begin at `index`.
    pub fn nested<N: Network, Inner: Network<Float = N::Float>>(
        network: &N,
        index: usize,
    ) -> Inner {
        let (_, offset) = N::INFO.layer(index);
        let mut parameters = Parameters::zeroed(Inner::Layers::LEN);
        let own = &network.parameters().as_slice()[offset..][..Inner::Layers::LEN];
        parameters.as_mut_slice().copy_from_slice(own);
        Inner::from_parameters(parameters)
    }

    /// Returns the predictions for rows with the columns of a table.
    pub fn predict_table_rows<N, R, A>(network: &N, rows: &[R]) -> Vec<A>
    where
        N: Network,
        R: TableRow,
        A: From<N::Output>,
    {
        let mut inputs = N::Input::zeroed_rows(rows.len());
        for (row, input) in rows.iter().zip(&mut inputs) {
            row.write(&mut RawRow::new(input.as_mut_slice()));
        }
        network.predict_batch(&inputs).into_iter().map(A::from).collect()
    }

    /// Returns the predictions for samples that are rows, or structs that convert to rows.
    pub fn predict_batch<N, S, A>(network: &N, samples: &[S]) -> Vec<A>
    where
        N: Network,
        S: Copy + Into<N::Input>,
        A: From<N::Output>,
    {
        let rows: Vec<N::Input> = samples.iter().map(|&sample| sample.into()).collect();
        network.predict_batch(&rows).into_iter().map(A::from).collect()
    }
}
