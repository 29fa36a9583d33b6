//! The known word that a misspelled one probably means.

/// The known word that `word` most likely means, if any is near.
pub(super) fn nearest<'k>(word: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let lower = word.to_lowercase();
    let plain: String = lower.chars().filter(|&c| c != '_').collect();
    let known: Vec<&str> = known.collect();
    let misspelt = known
        .iter()
        .map(|candidate| (distance(&plain, &candidate.replace('_', "")), *candidate))
        .filter(|(distance, candidate)| {
            *distance <= (candidate.len().min(plain.len()) / 3).clamp(1, 3)
        })
        .min_by_key(|(distance, candidate)| (*distance, lower != *candidate))
        .map(|(_, candidate)| candidate);
    // A prefix of a known word.
    let begun = || known.iter().copied().find(|candidate| candidate.starts_with(&lower));
    misspelt.or_else(|| if lower.len() > 1 { begun() } else { None })
}

/// The edit distance: the number of letters to insert, delete, replace or swap with their neighbor
/// (optimal string alignment).
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut table = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            table[i][j] = if i == 0 || j == 0 {
                i + j
            } else {
                let exchange = table[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                let best = exchange.min(table[i - 1][j] + 1).min(table[i][j - 1] + 1);
                if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                    best.min(table[i - 2][j - 2] + 1)
                } else {
                    best
                }
            };
        }
    }
    table[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_swap_counts_once() {
        assert_eq!(distance("rleu", "relu"), 1);
        assert_eq!(distance("sigmod", "sigmoid"), 1);
        assert_eq!(distance("", "relu"), 4);
    }

    #[test]
    fn finds_the_nearest_word_or_none() {
        let known = ["relu", "leaky_relu", "elu", "sigmoid", "softmax", "softsign"];
        let nearest = |word| nearest(word, known.into_iter());
        assert_eq!(nearest("rleu"), Some("relu"));
        assert_eq!(nearest("ReLU"), Some("relu"));
        assert_eq!(nearest("leakyrelu"), Some("leaky_relu"));
        assert_eq!(nearest("sofmtax"), Some("softmax"));
        assert_eq!(nearest("swish"), None);
        assert_eq!(nearest("x"), None);
        assert_eq!(nearest("sof"), Some("softmax"));
    }
}
