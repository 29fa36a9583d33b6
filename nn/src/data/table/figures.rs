//! Formats numbers and text for narrow columns.

/// A number in at most `width` characters, with as many digits as fit and at most five significant
/// ones.
pub(super) fn figure(x: f64, width: usize) -> String {
    if !x.is_finite() || x == 0.0 {
        return if x.is_nan() { "-".to_string() } else { (x + 0.0).to_string() };
    }
    for digits in (1..=5_usize).rev() {
        let scientific = format!("{x:.*e}", digits - 1);
        let Some((mantissa, exponent)) = scientific.split_once('e') else { break };
        let power: i32 = exponent.parse().unwrap_or_default();
        let decimals = usize::try_from(digits as i32 - 1 - power).unwrap_or(0);
        // Numbers with hundreds of digits are not readable.
        if power.unsigned_abs() < 16 {
            let fixed = format!("{x:.decimals$}");
            let fixed = if decimals == 0 { &fixed } else { without_zeros(&fixed) };
            if fixed.len() <= width {
                return fixed.to_string();
            }
        }
        let scientific = format!("{}e{power}", without_zeros(mantissa));
        if scientific.len() <= width {
            return scientific;
        }
    }
    format!("{x:.0e}")
}

/// Removes the zeros at the end of the decimals.
fn without_zeros(number: &str) -> &str {
    match number.contains('.') {
        true => number.trim_end_matches('0').trim_end_matches('.'),
        false => number,
    }
}

/// An integer with a comma every three digits.
pub(super) fn whole(number: usize) -> String {
    let mut text = crate::text::Text::<32>::new();
    text.push_number(number, ",");
    text.as_str().to_string()
}

/// A count of things, each a `noun`.
pub(super) fn plural(number: usize, noun: &str) -> String {
    format!("{} {noun}{}", whole(number), if number == 1 { "" } else { "s" })
}

/// The first words that fit into a line, and the number of the others.
pub(super) fn fitting(words: &[String], width: usize) -> String {
    let all = words.join(", ");
    if all.chars().count() <= width {
        return all;
    }
    let mut line = String::new();
    for (at, word) in words.iter().enumerate() {
        let rest = format!("… {} more", whole(words.len() - at));
        let separator = if at == 0 { "" } else { ", " };
        let next = format!("{line}{separator}{word}");
        // The remainder must also fit.
        if next.chars().count() + 2 + rest.chars().count() > width {
            return if at == 0 { rest } else { format!("{line}, {rest}") };
        }
        line = next;
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_the_digits_that_fit() {
        for (x, six, five) in [
            (0.0, "0", "0"),
            (-0.0, "0", "0"),
            (0.1, "0.1", "0.1"),
            (0.123456, "0.1235", "0.123"),
            (-0.123456, "-0.123", "-0.12"),
            (12.3456, "12.346", "12.35"),
            (1234.5, "1234.5", "1234"),
            (123_456.0, "123456", "1.2e5"),
            (-1_234_567.0, "-1.2e6", "-1e6"),
            (1e6, "1e6", "1e6"),
            (0.000_12, "1.2e-4", "1e-4"),
            (0.999_999_9, "1", "1"),
            (1e300, "1e300", "1e300"),
            (-1.5e-300, "-2e-300", "-2e-300"),
            (f64::NAN, "-", "-"),
            (f64::INFINITY, "inf", "inf"),
        ] {
            assert_eq!((&*figure(x, 6), &*figure(x, 5)), (six, five), "{x}");
        }
    }

    #[test]
    fn words_that_do_not_fit_are_counted() {
        let words = ["alpha", "beta", "gamma"].map(String::from);
        assert_eq!(fitting(&words, 18), "alpha, beta, gamma");
        assert_eq!(fitting(&words, 17), "alpha, … 2 more");
        assert_eq!(fitting(&words, 5), "… 3 more");
        assert_eq!(fitting(&[], 5), "");
    }
}
