//! The bounds of a number that an option takes. They are shared by the macro, the compiler's checks
//! of constants, and networks that are read at run time.

use core::ops::Bound;

/// The bounds of a number, and the messages about a number outside them.
#[derive(Debug)]
pub struct Number {
    /// Its name in messages: `a rate`.
    pub called: &'static str,
    /// The default.
    pub default: f64,
    /// The lower bound.
    pub least: Bound<f64>,
    /// The upper bound.
    pub most: Bound<f64>,
    /// The end of the sentence "`1.5` is …" about a number outside the bounds. It says what to
    /// write.
    pub refused: &'static str,
    /// The end of the sentence "in layer `drop`, `RATE` cannot be …" about a constant outside them.
    pub cannot_be: &'static str,
    /// Whether it must be an integer that divides the layer's width.
    pub divides_width: bool,
    /// The description of the number, if it is required. A required number may be written without
    /// the option's name: `dropout(0.2)`.
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
