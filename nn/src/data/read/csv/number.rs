//! Parsing of decimal numbers.

/// Powers of ten that a `f64` holds exactly.
const TENS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
];

/// Parses a number, correctly rounded; `None` if the bytes are not a number.
///
/// Most numbers are a few digits with a point. Their digits and power of ten are exact, so one
/// division rounds correctly (Clinger 1990). The standard library, which takes twice as long,
/// parses the others.
pub(super) fn number(text: &[u8]) -> Option<f64> {
    let (is_negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, text),
    };
    // 19 digits, point included, fit into 64 bits.
    if digits.is_empty() || digits.len() > 19 {
        return by_the_library(text);
    }
    let (mut mantissa, mut point) = (0_u64, None);
    for (at, &byte) in digits.iter().enumerate() {
        let digit = byte.wrapping_sub(b'0');
        if digit < 10 {
            mantissa = mantissa * 10 + u64::from(digit);
        } else if byte == b'.' && point.is_none() {
            point = Some(at);
        } else {
            return by_the_library(text);
        }
    }
    let decimals = point.map_or(0, |at| digits.len() - 1 - at);
    if mantissa >= 1 << 53 || (point.is_some() && digits.len() == 1) {
        return by_the_library(text);
    }
    let x = mantissa as f64 / TENS[decimals];
    Some(if is_negative { -x } else { x })
}

#[cold]
fn by_the_library(text: &[u8]) -> Option<f64> {
    str::from_utf8(text).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tensor::random::Random;

    #[test]
    fn every_number_is_that_of_the_standard_library() {
        let random = Random::new(1, 2);
        for case in 0..200_000 {
            let bits = random.bits(case);
            let digits = (bits % 10_u64.pow((bits >> 59) as u32 % 19 + 1)).to_string();
            let at = (bits >> 32) as usize % (digits.len() + 1);
            let sign = if bits >> 58 & 1 == 1 { "-" } else { "" };
            for text in [
                format!("{sign}{digits}"),
                format!("{sign}{}.{}", &digits[..at], &digits[at..]),
                format!("{sign}{digits}e{}", at as i32 - 9),
                f64::from_bits(bits).to_string(),
            ] {
                let expected = text.parse::<f64>().ok();
                let found = number(text.as_bytes());
                assert_eq!(found.map(f64::to_bits), expected.map(f64::to_bits), "{text}");
            }
        }
    }

    #[test]
    fn what_is_no_number_is_none() {
        for text in [
            "", "-", ".", "-.", "--1", "1.2.3", "1,5", "x", "1x", " 1", "1e", "0x1F", "1_000",
            "\u{0661}",
        ] {
            assert_eq!(number(text.as_bytes()), None, "{text}");
        }
        assert_eq!(number(b"\xff1"), None);
        for (text, x) in [
            ("1.", 1.0),
            (".5", 0.5),
            ("+2", 2.0),
            ("-0", -0.0),
            ("1E3", 1000.0),
            ("inf", f64::INFINITY),
        ] {
            assert_eq!(number(text.as_bytes()).map(f64::to_bits), Some(f64::to_bits(x)), "{text}");
        }
    }
}
