//! Compile-time formatting of numbers, for the names of types that have a number as parameter.

/// A short text that is built in a constant expression.
///
/// ```
/// use tensor::decimal::Written;
///
/// const NAME: &str = const { &Written::call("leaky_relu", 0.1) }.as_str();
/// assert_eq!(NAME, "leaky_relu(0.1)");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Written {
    bytes: [u8; CAPACITY],
    len: usize,
}

const CAPACITY: usize = 64;
/// Up to here an `f64` represents every integer exactly.
const EXACT: f64 = (1_u64 << 53) as f64;
/// Up to here an `f64` represents every power of ten exactly.
const EXACT_POWER: usize = 22;

impl Written {
    /// `number` with the digits needed to distinguish it from every other `f64`, if these are at
    /// most 15; else its bits.
    pub const fn number(number: f64) -> Self {
        Written { bytes: [0; CAPACITY], len: 0 }.push_number(number)
    }

    /// `name(number)`.
    pub const fn call(name: &str, number: f64) -> Self {
        let text = Written { bytes: [0; CAPACITY], len: 0 };
        text.push(name).push("(").push_number(number).push(")")
    }

    /// The text.
    pub const fn as_str(&self) -> &str {
        match core::str::from_utf8(self.bytes.split_at(self.len).0) {
            Ok(text) => text,
            Err(_) => panic!("a name must have at most 30 letters"),
        }
    }

    const fn push(mut self, text: &str) -> Self {
        let mut at = 0;
        while at < text.len() {
            self = self.push_byte(text.as_bytes()[at]);
            at += 1;
        }
        self
    }

    const fn push_byte(mut self, byte: u8) -> Self {
        assert!(self.len < CAPACITY, "a name must have at most 30 letters");
        self.bytes[self.len] = byte;
        self.len += 1;
        self
    }

    const fn push_number(self, number: f64) -> Self {
        if number.is_nan() {
            return self.push("NaN");
        }
        if number.is_sign_negative() {
            return self.push("-").push_number(-number);
        }
        if number.is_infinite() {
            return self.push("inf");
        }
        // number = digits / 10^power, where both are exact and so their quotient is rounded once.
        let (mut power, mut ten_to) = (0, 1.0);
        while power <= EXACT_POWER && number * ten_to < EXACT {
            let digits = (number * ten_to + 0.5) as u64;
            if digits as f64 / ten_to == number {
                return self.push_digits(digits, power);
            }
            power += 1;
            ten_to *= 10.0;
        }
        self.push("0x").push_base(number.to_bits(), 16, 1)
    }

    /// digits / 10^power
    const fn push_digits(self, digits: u64, power: usize) -> Self {
        let one = 10_u64.pow(if power < 19 { power as u32 } else { 19 });
        if power == 0 {
            return self.push_base(digits, 10, 1);
        }
        if power <= 4 || digits >= one / 1000 {
            return self.push_base(digits / one, 10, 1).push(".").push_base(
                digits % one,
                10,
                power,
            );
        }
        // 1e-5, 2.5e-7
        let fraction = digits.ilog10() as usize;
        let unit = 10_u64.pow(fraction as u32);
        let mut text = self.push_base(digits / unit, 10, 1);
        if fraction > 0 {
            text = text.push(".").push_base(digits % unit, 10, fraction);
        }
        text.push("e-").push_base((power - fraction) as u64, 10, 1)
    }

    /// At least `least` digits.
    const fn push_base(mut self, number: u64, base: u64, least: usize) -> Self {
        let mut digits = [0; 20];
        let (mut count, mut rest) = (0, number);
        while rest > 0 || count < least {
            digits[count] = b"0123456789abcdef"[(rest % base) as usize];
            rest /= base;
            count += 1;
        }
        while count > 0 {
            count -= 1;
            self = self.push_byte(digits[count]);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_people_write_them() {
        for number in [
            "0",
            "1",
            "10",
            "0.1",
            "0.01",
            "0.5",
            "2.5",
            "0.999",
            "1e-5",
            "2.5e-7",
            "0.0001",
            "1e-12",
            "123456.789",
            "0.3333333333333333",
            "-0.25",
            "900719925474099",
            "1e-22",
        ] {
            let value: f64 = number.parse().unwrap();
            assert_eq!(Written::number(value).as_str(), number);
        }
        assert_eq!(Written::number(f64::NAN).as_str(), "NaN");
        assert_eq!(Written::number(f64::NEG_INFINITY).as_str(), "-inf");
    }

    #[test]
    fn different_numbers_are_written_differently() {
        let (a, b) = (0.1_f64, f64::from_bits(0.1_f64.to_bits() + 1));
        assert_eq!(Written::call("elu", a).as_str(), "elu(0.1)");
        assert_ne!(Written::call("elu", b).as_str(), "elu(0.1)");
        assert_eq!(Written::number(1e300).as_str(), "0x7e37e43c8800759c");
    }
}
