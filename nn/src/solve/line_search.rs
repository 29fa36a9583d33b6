//! Line search: finds a step length that satisfies the strong Wolfe conditions.

use super::solution::{add_scaled, dot, largest};
use crate::error::Result;

/// The sufficient-decrease constant c₁.
const ENOUGH: f64 = 1e-4;
/// The curvature constant c₂.
const FLAT: f64 = 0.9;
/// The maximum number of trial points in a direction.
const MOST_TRIALS: usize = 25;

/// A trial point along the search direction.
#[derive(Clone, Debug, Default)]
pub(super) struct Trial {
    /// The distance from the start.
    pub(super) at: f64,
    pub(super) loss: f64,
    /// The derivative of the loss along the direction.
    slope: f64,
    pub(super) gradient: Vec<f64>,
}

/// A search direction from a point, and the number of evaluations so far.
pub(super) struct Search<'s, F> {
    from: &'s [f64],
    direction: &'s [f64],
    /// Loss and gradient where [`Trial::at`] is 0.
    start: Trial,
    evaluate: F,
    trials: usize,
}

impl<'s, F: FnMut(&[f64], &mut [f64]) -> Result<f64>> Search<'s, F> {
    /// A search from this point, whose loss and gradient are known, in this direction.
    pub(super) fn new(
        from: &'s [f64],
        direction: &'s [f64],
        (loss, gradient): (f64, &[f64]),
        evaluate: F,
    ) -> Self {
        let slope = dot(gradient, direction);
        let start = Trial { at: 0.0, loss, slope, gradient: gradient.to_vec() };
        Search { from, direction, start, evaluate, trials: 0 }
    }

    /// The derivative of the loss in this direction.
    pub(super) fn slope(&self) -> f64 {
        self.start.slope
    }

    /// Finds a point with |slope| ≤ 0.9·|first slope| and loss ≤ first loss + 1e-4·distance·first
    /// slope, starting at the distance `first` (Nocedal and Wright 2006, algorithms 3.5 and 3.6,
    /// with the cubic steps and the guards of minFunc, as in PyTorch). If there is none after
    /// [`MOST_TRIALS`], returns the best point, which may be the start.
    ///
    /// A point whose loss is not finite counts as too far.
    pub(super) fn strong_wolfe(mut self, first: f64) -> Result<Trial> {
        let start = self.start.clone();
        let mut before = start.clone();
        let mut trial = self.look(first, 0.0)?;
        let mut count = 0;
        let [mut low, mut high] = loop {
            if !trial.loss.is_finite() || count == MOST_TRIALS {
                return Ok(better(start, trial));
            }
            let is_past = count > 1 && trial.loss >= before.loss;
            if self.is_too_high(&trial) || is_past {
                break [before, trial];
            }
            if self.is_flat(&trial) {
                return Ok(trial);
            }
            if trial.slope >= 0.0 {
                break [before, trial];
            }
            let bounds = [trial.at + 0.01 * (trial.at - before.at), trial.at * 10.0];
            let next = lowest(&before, &trial, bounds);
            let last = trial.at;
            before = trial;
            trial = self.look(next, last)?;
            count += 1;
        };
        if high.loss < low.loss {
            std::mem::swap(&mut low, &mut high);
        }
        let narrowest = f64::EPSILON * largest(self.from);
        let longest = largest(self.direction);
        let mut was_near = false;
        while count < MOST_TRIALS && (high.at - low.at).abs() * longest > narrowest {
            let [left, right] = [low.at.min(high.at), low.at.max(high.at)];
            let mut at = lowest(&low, &high, [left, right]);
            // A point near an end twice in a row, or the end itself, is no progress: step in by a
            // tenth instead.
            let tenth = 0.1 * (right - left);
            if (right - at).min(at - left) < tenth {
                if was_near || at >= right || at <= left {
                    let is_right = (at - right).abs() < (at - left).abs();
                    at = if is_right { right - tenth } else { left + tenth };
                    was_near = false;
                } else {
                    was_near = true;
                }
            } else {
                was_near = false;
            }
            let trial = self.look(at, low.at)?;
            count += 1;
            if !trial.loss.is_finite() {
                break;
            }
            if self.is_too_high(&trial) || trial.loss >= low.loss {
                high = trial;
                if high.loss < low.loss {
                    std::mem::swap(&mut low, &mut high);
                }
                continue;
            }
            if self.is_flat(&trial) {
                return Ok(trial);
            }
            if trial.slope * (high.at - low.at) >= 0.0 {
                high = low;
            }
            low = trial;
        }
        Ok(low)
    }

    fn is_too_high(&self, trial: &Trial) -> bool {
        trial.loss > self.start.loss + ENOUGH * trial.at * self.start.slope
    }

    fn is_flat(&self, trial: &Trial) -> bool {
        trial.slope.abs() <= -FLAT * self.start.slope
    }

    /// The point at this distance, or halfway to `known` until its loss and gradient are finite.
    fn look(&mut self, mut at: f64, known: f64) -> Result<Trial> {
        let mut place = self.from.to_vec();
        let mut gradient = vec![0.0; place.len()];
        loop {
            place.copy_from_slice(self.from);
            add_scaled(&mut place, at, self.direction);
            let loss = (self.evaluate)(&place, &mut gradient)?;
            self.trials += 1;
            let slope = dot(&gradient, self.direction);
            if loss.is_finite() && slope.is_finite() {
                return Ok(Trial { at, loss, slope, gradient });
            }
            if self.trials >= MOST_TRIALS {
                return Ok(Trial { at, loss: f64::INFINITY, slope, gradient });
            }
            at = known + (at - known) / 2.0;
        }
    }
}

/// The point with the lower loss; the first one if the loss of the other is NaN.
fn better(a: Trial, b: Trial) -> Trial {
    if b.loss < a.loss { b } else { a }
}

/// The minimum, within the bounds, of the cubic polynomial through losses and slopes at two points;
/// their middle if it has no minimum.
fn lowest(a: &Trial, b: &Trial, [least, most]: [f64; 2]) -> f64 {
    let (a, b) = if a.at <= b.at { (a, b) } else { (b, a) };
    let middle = a.slope + b.slope - 3.0 * (a.loss - b.loss) / (a.at - b.at);
    let square = middle * middle - a.slope * b.slope;
    if square >= 0.0 {
        let root = square.sqrt();
        let share = (b.slope + root - middle) / (b.slope - a.slope + 2.0 * root);
        let at = b.at - (b.at - a.at) * share;
        if at.is_finite() {
            return at.max(least).min(most);
        }
    }
    f64::midpoint(least, most)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn search(from: f64, first: f64, f: impl Fn(f64) -> [f64; 2]) -> Trial {
        let [loss, slope] = f(from);
        let (start, direction) = ([from], [-slope.signum()]);
        let evaluate = |x: &[f64], gradient: &mut [f64]| {
            let [loss, slope] = f(x[0]);
            gradient[0] = slope;
            Ok(loss)
        };
        let slope = [slope];
        let search = Search::new(&start, &direction, (loss, &slope), evaluate);
        search.strong_wolfe(first).unwrap()
    }

    #[test]
    fn the_place_found_satisfies_the_conditions() {
        let wavy = |x: f64| [x * x + 3.0 * (4.0 * x).sin(), 2.0 * x + 12.0 * (4.0 * x).cos()];
        let steep = |x: f64| [(x - 3.0).powi(4), 4.0 * (x - 3.0).powi(3)];
        for first in [1e-3, 0.1, 1.0, 10.0] {
            for from in [-7.0, -1.3, 0.2, 2.9, 5.0] {
                for f in [&wavy as &dyn Fn(f64) -> [f64; 2], &steep] {
                    let [loss, slope] = f(from);
                    let found = search(from, first, f);
                    let bound = loss - ENOUGH * found.at * slope.abs();
                    assert!(found.loss <= bound, "from {from} by {first}: {found:?}");
                    assert!(found.slope.abs() <= FLAT * slope.abs(), "from {from}: {found:?}");
                }
            }
        }
    }

    /// −ln x is NaN left of 0: a first step that goes there is shortened.
    #[test]
    fn a_loss_that_is_no_number_is_too_far() {
        let barrier = |x: f64| match x > 0.0 {
            true => [x - x.ln(), 1.0 - 1.0 / x],
            false => [f64::NAN, f64::NAN],
        };
        let found = search(8.0, 100.0, barrier);
        assert!(found.loss < barrier(8.0)[0], "{found:?}");
        // If every point but the start is NaN, the start is the best.
        let hole = |x: f64| if x == 1.0 { [1.0, 1.0] } else { [f64::NAN, f64::NAN] };
        assert_eq!(search(1.0, 1.0, hole).at, 0.0);
    }
}
