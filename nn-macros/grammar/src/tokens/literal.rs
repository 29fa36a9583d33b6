//! The values of literals.

/// An integer, as it is written.
pub(crate) struct Integer<'t> {
    /// The value; `None` if it does not fit.
    pub(crate) value: Option<u64>,
    /// The suffix after its digits: `usize` of `784usize`.
    pub(crate) suffix: &'t str,
}

/// Reads `784`, `1_000`, `0x80`, `32u8`; `28x28` is a number with the suffix `x28`.
pub(crate) fn integer(text: &str) -> Option<Integer<'_>> {
    let (base, digits) = match text.get(..2) {
        Some("0x") => (16, &text[2..]),
        Some("0o") => (8, &text[2..]),
        Some("0b") => (2, &text[2..]),
        _ => (10, text),
    };
    let end = digits
        .find(|c: char| c != '_' && !c.is_digit(if base == 16 { 16 } else { 10 }))
        .unwrap_or(digits.len());
    let (digits, suffix) = digits.split_at(end);
    let mut value = Some(0_u64);
    let mut any = false;
    for digit in digits.chars().filter(|&c| c != '_') {
        let digit = digit.to_digit(base)?;
        value = value.and_then(|v| v.checked_mul(base.into())?.checked_add(digit.into()));
        any = true;
    }
    let is_float = base == 10 && (suffix.starts_with('.') || exponent(suffix).is_some());
    (any && !is_float && is_suffix(suffix)).then_some(Integer { value, suffix })
}

/// Reads a real number: `0.2`, `1e-4`, `1`, `0.5f32`.
pub(crate) fn real(text: &str) -> Option<f64> {
    if let Some(Integer { suffix, value }) = integer(text) {
        let plain: String = text.chars().filter(|&c| c != '_').collect();
        // A number in another base must be exact. A decimal number may be larger than any integer.
        let value = plain.parse().ok().or(value.map(|value| value as f64));
        return value.filter(|_| suffix.is_empty());
    }
    let (number, suffix) = float(text)?;
    let plain: String = number.chars().filter(|&c| c != '_').collect();
    let value: f64 = plain.parse().ok()?;
    (matches!(suffix, "" | "f64" | "f32") && value.is_finite()).then_some(value)
}

/// The digits of a number with a point or an exponent, and its suffix.
fn float(text: &str) -> Option<(&str, &str)> {
    let digits =
        |text: &str| text.find(|c: char| c != '_' && !c.is_ascii_digit()).unwrap_or(text.len());
    let whole = digits(text);
    if !text.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let mut end = whole;
    if text[end..].starts_with('.') {
        end += 1 + digits(&text[end + 1..]);
    }
    end += exponent(&text[end..]).unwrap_or(0);
    let (number, suffix) = text.split_at(end);
    (end > whole && is_suffix(suffix)).then_some((number, suffix))
}

/// The length of `e-4` at the beginning of a text.
fn exponent(text: &str) -> Option<usize> {
    let rest = text.strip_prefix(['e', 'E'])?;
    let digits = rest.strip_prefix(['-', '+']).unwrap_or(rest);
    let end = digits.find(|c: char| c != '_' && !c.is_ascii_digit()).unwrap_or(digits.len());
    let any = digits[..end].contains(|c: char| c.is_ascii_digit());
    any.then(|| text.len() - digits.len() + end)
}

fn is_suffix(text: &str) -> bool {
    !text.starts_with(|c: char| c.is_ascii_digit())
        && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// Whether a literal is text.
pub(crate) fn is_string(literal: &str) -> bool {
    literal.starts_with('"')
}

/// The value of `"text"` or `r"text"`.
pub fn string(literal: &str) -> Option<String> {
    if let Some(raw) = literal.strip_prefix('r') {
        let quotes = raw.trim_matches('#');
        return Some(quotes.strip_prefix('"')?.strip_suffix('"')?.to_owned());
    }
    let inside = literal.strip_prefix('"')?.strip_suffix('"')?;
    let mut value = String::new();
    let mut chars = inside.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\\' {
            value.push(c);
            continue;
        }
        match chars.next()? {
            'n' => value.push('\n'),
            'r' => value.push('\r'),
            't' => value.push('\t'),
            '0' => value.push('\0'),
            'x' => {
                let digits: String = chars.by_ref().take(2).collect();
                value.push(u8::from_str_radix(&digits, 16).ok()?.into());
            }
            'u' => {
                let digits: String = chars.by_ref().take_while(|&c| c != '}').collect();
                let digits = digits.strip_prefix('{')?.replace('_', "");
                value.push(char::from_u32(u32::from_str_radix(&digits, 16).ok()?)?);
            }
            // A line continuation.
            '\n' => while chars.next_if(|c| c.is_whitespace()).is_some() {},
            other => value.push(other),
        }
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_are_read_in_every_base_and_with_suffixes() {
        let read = |text| integer(text).map(|Integer { value, suffix }| (value, suffix));
        assert_eq!(read("1_28"), Some((Some(128), "")));
        assert_eq!(read("0x80"), Some((Some(128), "")));
        assert_eq!(read("0b101u8"), Some((Some(5), "u8")));
        assert_eq!(read("28x28"), Some((Some(28), "x28")));
        assert_eq!(read("1f32"), Some((Some(1), "f32")));
        assert_eq!(read("99999999999999999999"), Some((None, "")));
        assert_eq!(read("0b12"), None);
        assert_eq!(read("1e5"), None);
        assert_eq!(read("1.5"), None);
        assert_eq!(read("\"1\""), None);
    }

    #[test]
    fn numbers_that_are_not_whole_are_read() {
        assert_eq!(real("0.2"), Some(0.2));
        assert_eq!(real("1_0e-4f32"), Some(1e-3));
        assert_eq!(real("1e5"), Some(1e5));
        assert_eq!(real("2."), Some(2.0));
        assert_eq!(real("1"), Some(1.0));
        assert_eq!(real("0x10"), Some(16.0));
        assert_eq!(real("99999999999999999999"), Some(1e20));
        assert_eq!(real("1u8"), None);
        assert_eq!(real("1e999"), None);
        assert_eq!(real("\"1\""), None);
    }

    #[test]
    fn strings_are_read_with_their_escapes() {
        assert_eq!(string(r#""a\"\\\u{2192}\x41\n""#).as_deref(), Some("a\"\\→A\n"));
        assert_eq!(string("\"a\\\n   b\"").as_deref(), Some("ab"));
        assert_eq!(string("r#\"a\"b\"#").as_deref(), Some("a\"b"));
        assert_eq!(string("b\"a\""), None);
        assert_eq!(string("784"), None);
    }
}
