//! The rule of a number that an option takes: written here once, for the macro, for the compiler's checks of
//! constants, and for networks that are read at run time.

use core::ops::Bound;

/// What a number must be, and the sentences about one that is not.
#[derive(Debug)]
pub struct Number {
    /// What messages call it: `a rate`.
    pub called: &'static str,
    /// The number where none is written.
    pub default: f64,
    /// The lower bound.
    pub least: Bound<f64>,
    /// The upper bound.
    pub most: Bound<f64>,
    /// Ends the sentence "`1.5` is …" about a number outside of the bounds, and says what to write.
    pub refused: &'static str,
    /// Ends the sentence "in layer `drop`, `RATE` cannot be …" about a constant outside of them.
    pub cannot_be: &'static str,
    /// Whether it is a whole number that divides the layer's width.
    pub divides_width: bool,
    /// What the number is, if the layer means nothing without it. Such a number is written without the
    /// option's name, too: `dropout(0.2)`.
    pub required: Option<&'static str>,
}

impl Number {
    /// Whether `x` is a finite number within the bounds.
    ///
    /// ```
    /// let rate = nn_grammar::vocabulary::number("dropout", "rate").unwrap();
    /// assert!(rate.allows(0.0) && !rate.allows(1.0) && !rate.allows(f64::NAN));
    /// ```
    pub const fn allows(&self, x: f64) -> bool {
        let above = match self.least {
            Bound::Included(least) => x >= least,
            Bound::Excluded(least) => x > least,
            Bound::Unbounded => true,
        };
        let below = match self.most {
            Bound::Included(most) => x <= most,
            Bound::Excluded(most) => x < most,
            Bound::Unbounded => true,
        };
        x.is_finite() && above && below && (!self.divides_width || (x as u64) as f64 == x)
    }

    /// Whether a layer of this width can have the allowed number `x`.
    pub const fn fits(&self, x: f64, width: u64) -> bool {
        !self.divides_width || width.is_multiple_of(x as u64)
    }
}
