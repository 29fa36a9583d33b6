//! Einstein summation of two operands.
//!
//! y  = Σ a∘b over the letters that the result does not have: `sum_axes`, `permute` and `reshape`
//!      to `[batch, m, k]` and `[batch, k, n]`, `matmul`, and back
//!
//! A letter in both operands and in the result is a batch axis. A letter in both operands only is
//! summed by the product. A letter in one operand only is summed before the product.

use tensor::{Float, MOST_AXES, Shape};

use crate::error::{Error, Result};
use crate::var::Var;

/// A sum of products of two operands, given by letters for their axes: `ij,jk->ik` is the matrix
/// product.
///
/// A letter in both operands and in the result is a batch axis; letters missing in the result are
/// summed over. Without `->`, the result has the letters that occur once, in alphabetical order.
/// [`parse`](Einsum::parse) reads the text once; the result applies to operands of any lengths.
///
/// PyTorch's and NumPy's `einsum`, with three exceptions that are errors here: `...`, a letter
/// twice in one operand (use [`diag`](Var::diag) for a diagonal), and broadcasting an axis of
/// length 1.
///
/// ```
/// use autograd::{Einsum, Tape};
/// use tensor::Tensor;
///
/// let scores = Einsum::parse("bqd,bkd->bqk")?; // queries and keys
/// let tape = Tape::new();
/// let q = tape.parameter(Tensor::<f32>::ones([2, 3, 8]));
/// let k = tape.parameter(Tensor::ones([2, 5, 8]));
/// assert_eq!(scores.of(q, k)?.shape()[..], [2, 3, 5]);
///
/// assert_eq!(
///     Einsum::parse("ij,jk->il").unwrap_err().to_string(),
///     "einsum: the letter `l` is in neither operand\n  ij,jk->il\n          ^"
/// );
/// # Ok::<(), autograd::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Einsum {
    /// The text without spaces.
    text: Vec<char>,
    /// The position in the text where the second operand begins.
    second: usize,
    left: Vec<char>,
    right: Vec<char>,
    result: Vec<char>,
}

impl Einsum {
    /// Parses the text, such as `ij,jk->ik`. Spaces are ignored.
    ///
    /// # Errors
    ///
    /// If the text is not two comma-separated lists of distinct letters, optionally followed by
    /// `->` and a third list whose letters occur in the first two. The message points to the
    /// letter.
    pub fn parse(text: &str) -> Result<Self> {
        let text: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).collect();
        let refuse = |at: usize, rule: String| Err(pointed(&text, at, &rule));
        let arrow = text.windows(2).position(|pair| pair == ['-', '>']);
        let operands = &text[..arrow.unwrap_or(text.len())];
        let Some(comma) = operands.iter().position(|&c| c == ',') else {
            return refuse(
                operands.len(),
                "expected a comma and a second operand; it takes two".into(),
            );
        };
        let second = comma + 1;
        let written = arrow.map(|arrow| arrow + 2);
        let lists =
            [Some(0..comma), Some(second..operands.len()), written.map(|at| at..text.len())];
        for list in lists.into_iter().flatten() {
            for at in list.clone() {
                let letter = text[at];
                if letter == ',' {
                    return refuse(at, "expected no second comma; it takes two operands".into());
                }
                if !letter.is_ascii_alphabetic() {
                    return refuse(
                        at,
                        format!("`{letter}` is not a letter; an axis is one of a-z, A-Z"),
                    );
                }
                if text[list.start..at].contains(&letter) {
                    return refuse(
                        at,
                        format!(
                            "the letter `{letter}` occurs twice in one list; use `diag` for a \
                             diagonal"
                        ),
                    );
                }
                if at - list.start == MOST_AXES {
                    return refuse(at, format!("more than {MOST_AXES} axes; a tensor has no more"));
                }
            }
        }
        let (left, right) = (text[..comma].to_vec(), operands[second..].to_vec());
        let result = match written {
            Some(start) => text[start..].to_vec(),
            None => {
                let both = left.iter().chain(&right);
                let mut once: Vec<char> =
                    both.copied().filter(|c| left.contains(c) != right.contains(c)).collect();
                once.sort_unstable();
                once
            }
        };
        for (at, letter) in result.iter().enumerate() {
            if !(left.contains(letter) || right.contains(letter)) {
                let at = written.unwrap_or_default() + at;
                return refuse(at, format!("the letter `{letter}` is in neither operand"));
            }
        }
        if result.len() > MOST_AXES {
            let rule =
                format!("the result has {} axes; a tensor has at most {MOST_AXES}", result.len());
            return refuse(text.len(), rule);
        }
        Ok(Einsum { text, second, left, right, result })
    }

    /// Computes the sum for these operands.
    ///
    /// # Errors
    ///
    /// If an operand does not have one axis for each of its letters, or a letter has two lengths.
    /// The message points to the letter.
    pub fn of<'t, T: Float>(&self, a: Var<'t, T>, b: Var<'t, T>) -> Result<Var<'t, T>> {
        let (of_a, of_b) = (a.shape(), b.shape());
        self.check(&of_a, &of_b)?;
        let (left, right, result) = (&self.left, &self.right, &self.result);
        let in_both = |c: &char| left.contains(c) && right.contains(c);
        let batch: Vec<char> = result.iter().copied().filter(in_both).collect();
        let summed: Vec<char> =
            left.iter().copied().filter(|c| in_both(c) && !result.contains(c)).collect();
        let rows: Vec<char> = result.iter().copied().filter(|c| !right.contains(c)).collect();
        let columns: Vec<char> = result.iter().copied().filter(|c| !left.contains(c)).collect();
        let length = |letters: &[char]| -> usize {
            letters.iter().map(|c| self.length(*c, &of_a, &of_b)).product()
        };
        let (m, k, n) = (length(&rows), length(&summed), length(&columns));
        let matrix = |x, letters: &[char], order: [&[char]; 3], lengths: [usize; 2]| {
            let x: Var<'t, T> = without(x, letters, &order.concat())?;
            let letters: Vec<char> =
                letters.iter().copied().filter(|c| order.concat().contains(c)).collect();
            reshaped(permuted(x, &letters, &order.concat())?, &shape([length(&batch)], lengths))
        };
        let a = matrix(a, left, [&batch, &rows, &summed], [m, k])?;
        let b = matrix(b, right, [&batch, &summed, &columns], [k, n])?;
        let product = [&batch[..], &rows, &columns].concat();
        let lengths: Shape = product.iter().map(|&c| self.length(c, &of_a, &of_b)).collect();
        permuted(reshaped(a.matmul(b)?, &lengths)?, &product, result)
    }

    /// The length of a letter's axis.
    fn length(&self, letter: char, of_a: &Shape, of_b: &Shape) -> usize {
        let at = |letters: &[char], shape: &Shape| {
            letters.iter().position(|&c| c == letter).map(|axis| shape[axis])
        };
        at(&self.left, of_a).or_else(|| at(&self.right, of_b)).unwrap_or(1)
    }

    /// Checks that the operands have an axis for each letter, and that each letter has one length.
    fn check(&self, of_a: &Shape, of_b: &Shape) -> Result<()> {
        let operands = [("first", 0, &self.left, of_a), ("second", self.second, &self.right, of_b)];
        for (which, start, letters, shape) in operands {
            if letters.len() != shape.len() {
                let rule = format!(
                    "the {which} operand, {shape:?}, has {} axes, but {} letters",
                    shape.len(),
                    letters.len()
                );
                return Err(pointed(&self.text, start, &rule));
            }
        }
        for (axis, letter) in self.right.iter().enumerate() {
            let Some(other) = self.left.iter().position(|c| c == letter) else { continue };
            if of_a[other] != of_b[axis] {
                let rule = format!(
                    "the letter `{letter}` is {} in the first operand, {of_a:?}, and {} in the \
                     second, {of_b:?}",
                    of_a[other], of_b[axis]
                );
                return Err(pointed(&self.text, self.second + axis, &rule));
            }
        }
        Ok(())
    }
}

/// An error that points to a position in the text.
fn pointed(text: &[char], at: usize, rule: &str) -> Error {
    let text: String = text.iter().collect();
    Error::invalid("einsum", format!("{rule}\n  {text}\n  {}^", " ".repeat(at)))
}

/// `[length, m, k]`
fn shape(batch: [usize; 1], matrix: [usize; 2]) -> Shape {
    batch.into_iter().chain(matrix).collect()
}

/// x summed over the letters that are not in `kept`.
fn without<'t, T: Float>(x: Var<'t, T>, letters: &[char], kept: &[char]) -> Result<Var<'t, T>> {
    let axes = letters.iter().enumerate().filter(|(_, letter)| !kept.contains(letter));
    let axes: Vec<usize> = axes.map(|(axis, _)| axis).collect();
    if axes.is_empty() { Ok(x) } else { x.sum_axes(&axes, false) }
}

/// x, whose axes are `letters`, permuted to the order `to`.
fn permuted<'t, T: Float>(x: Var<'t, T>, letters: &[char], to: &[char]) -> Result<Var<'t, T>> {
    if letters == to {
        return Ok(x);
    }
    let order = to.iter().filter_map(|letter| letters.iter().position(|c| c == letter));
    x.permute(&order.collect::<Vec<usize>>())
}

fn reshaped<'t, T: Float>(x: Var<'t, T>, shape: &Shape) -> Result<Var<'t, T>> {
    if x.shape() == *shape { Ok(x) } else { x.reshape(shape) }
}

impl<'t, T: Float> Var<'t, T> {
    /// The sum of products of self and other given by the letters: `ij,jk->ik` is the matrix
    /// product. [`Einsum`] parses the letters once for many operands.
    ///
    /// # Errors
    ///
    /// If the letters are invalid, or do not match the operands. The message points to the letter.
    pub fn einsum(self, letters: &str, other: Self) -> Result<Self> {
        Einsum::parse(letters)?.of(self, other)
    }
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<crate::ops::pytorch::Comparison> {
    use crate::ops::pytorch::compared;
    vec![compared!("einsum", |given| {
        given.x(0).einsum(given.case.word("letters").unwrap(), given.x(1))
    })]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;
    use tensor::Tensor;

    #[test]
    fn the_letter_that_is_wrong_is_shown() {
        for (text, says) in [
            ("ij", "expected a comma and a second operand; it takes two\n  ij\n    ^"),
            ("ij->i", "expected a comma and a second operand; it takes two\n  ij->i\n    ^"),
            ("i,j,k", "expected no second comma; it takes two operands\n  i,j,k\n     ^"),
            ("i,j->i,j", "expected no second comma; it takes two operands\n  i,j->i,j\n        ^"),
            ("...i,ij", "`.` is not a letter; an axis is one of a-z, A-Z\n  ...i,ij\n  ^"),
            ("i1,i->", "`1` is not a letter; an axis is one of a-z, A-Z\n  i1,i->\n   ^"),
            ("i,j-i", "`-` is not a letter; an axis is one of a-z, A-Z\n  i,j-i\n     ^"),
            (
                "ii , i -> i",
                "the letter `i` occurs twice in one list; use `diag` for a diagonal\n  \
                 ii,i->i\n   ^",
            ),
            ("i,j->ki", "the letter `k` is in neither operand\n  i,j->ki\n       ^"),
            ("abcdefghi,a", "more than 8 axes; a tensor has no more\n  abcdefghi,a\n          ^"),
            (
                "abcde,fghij",
                "the result has 10 axes; a tensor has at most 8\n  abcde,fghij\n             ^",
            ),
        ] {
            assert_eq!(Einsum::parse(text).unwrap_err().to_string(), format!("einsum: {says}"));
        }
        let tape = Tape::new();
        let [a, b] = [[2, 3], [4, 5]].map(|shape| tape.parameter(Tensor::<f32>::zeros(shape)));
        assert_eq!(
            a.einsum("ij, jk -> ik", b).unwrap_err().to_string(),
            "einsum: the letter `j` is 3 in the first operand, [2, 3], and 4 in the second, \
             [4, 5]\n  \
             ij,jk->ik\n     ^"
        );
        assert_eq!(
            a.einsum("ij,jkl->ik", b).unwrap_err().to_string(),
            "einsum: the second operand, [4, 5], has 2 axes, but 3 letters\n  ij,jkl->ik\n     ^"
        );
        assert!(a.einsum(",->", b).is_err());
    }

    #[test]
    fn without_an_arrow_what_occurs_once_remains_in_the_order_of_the_alphabet() {
        let tape = Tape::new();
        let a = tape.parameter(Tensor::from([[1.0, 2.0], [3.0, 4.0]]));
        let b = tape.parameter(Tensor::from([[5.0, 6.0], [7.0, 8.0]]));
        let product = a.matmul(b).unwrap().value();
        assert_eq!(a.einsum("ij,jk", b).unwrap().value(), product);
        let turned = a.einsum("kj,ji", b).unwrap().value();
        assert_eq!(turned, product.transpose().unwrap());
        assert_eq!(a.einsum("ij,ij", b).unwrap().value().item(), Ok(70.0));
    }
}
