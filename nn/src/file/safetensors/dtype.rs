//! The element types of the format, and conversion of those that networks can load.

use super::quoted::Quoted;

/// Names and numbers of bits.
const DTYPES: [(&str, usize); 22] = [
    ("F32", 32),
    ("F64", 64),
    ("F16", 16),
    ("BF16", 16),
    ("BOOL", 8),
    ("F4", 4),
    ("F6_E2M3", 6),
    ("F6_E3M2", 6),
    ("U8", 8),
    ("I8", 8),
    ("F8_E5M2", 8),
    ("F8_E4M3", 8),
    ("F8_E8M0", 8),
    ("F8_E4M3FNUZ", 8),
    ("F8_E5M2FNUZ", 8),
    ("I16", 16),
    ("U16", 16),
    ("I32", 32),
    ("U32", 32),
    ("C64", 64),
    ("I64", 64),
    ("U64", 64),
];

/// Bits of an element; `None` for a type that the format does not have.
pub(super) const fn bits(name: Quoted<'_>) -> Option<usize> {
    let mut row = 0;
    while row < DTYPES.len() {
        if name.says(DTYPES[row].0.as_bytes()) {
            return Some(DTYPES[row].1);
        }
        row += 1;
    }
    None
}

/// The floating-point types that can be converted to parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Real {
    F16,
    BF16,
    F32,
    F64,
}

impl Real {
    pub(crate) const fn of(name: Quoted<'_>) -> Option<Self> {
        if name.says(b"F32") {
            Some(Real::F32)
        } else if name.says(b"F64") {
            Some(Real::F64)
        } else if name.says(b"F16") {
            Some(Real::F16)
        } else if name.says(b"BF16") {
            Some(Real::BF16)
        } else {
            None
        }
    }

    /// Bytes of an element.
    #[cfg(feature = "std")]
    pub(crate) const fn bytes(self) -> usize {
        match self {
            Real::F16 | Real::BF16 => 2,
            Real::F32 => 4,
            Real::F64 => 8,
        }
    }
}

/// Converts an IEEE 754 half-precision number: 1 sign bit, 5 exponent bits, 10 fraction bits.
/// Exact.
pub(crate) const fn from_f16(bits: u16) -> f32 {
    let (exponent, fraction) = (bits as u32 >> 10 & 31, bits as u32 & 1023);
    let magnitude = match exponent {
        // 2^−24 is the smallest number; integer multiples of it below 1024 are exact.
        0 => (fraction as f32 * f32::from_bits(103 << 23)).to_bits(),
        31 => 255 << 23 | fraction << 13,
        _ => (exponent + 112) << 23 | fraction << 13,
    };
    f32::from_bits((bits as u32 >> 15) << 31 | magnitude)
}

/// The number whose upper 16 bits these are (bfloat16). Exact.
pub(crate) const fn from_bf16(bits: u16) -> f32 {
    f32::from_bits((bits as u32) << 16)
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use super::*;

    #[test]
    fn the_types_are_those_of_the_safetensors_crate() {
        for (name, bits) in DTYPES {
            assert_eq!(super::bits(Quoted(name.as_bytes())), Some(bits));
            // The byte count of eight elements is the bit count of one.
            let tensor = format!(r#"{{"dtype":"{name}","shape":[8],"data_offsets":[0,{bits}]}}"#);
            let json = format!(r#"{{"a":{tensor}}}"#);
            let mut file = (json.len() as u64).to_le_bytes().to_vec();
            file.extend(json.bytes());
            file.resize(file.len() + bits, 0);
            let file = safetensors::SafeTensors::deserialize(&file).expect(name);
            let dtype = file.tensor("a").expect(name).dtype();
            assert_eq!((dtype.to_string().as_str(), dtype.bitsize()), (name, bits));
        }
        assert_eq!(super::bits(Quoted(b"F128")), None);
    }

    #[test]
    fn sixteen_bits_are_exact_numbers() {
        for (bits, value) in [
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x7bff, 65504.0),
            (0x0400, 6.103_515_6e-5),
            (0x0001, 5.960_464_5e-8),
            (0x03ff, 6.097_555e-5),
            (0x3555, 0.333_251_95),
            (0x7c00, f32::INFINITY),
            (0xfc00, f32::NEG_INFINITY),
        ] {
            assert_eq!(from_f16(bits), value, "{bits:04x}");
        }
        assert_eq!(from_f16(0x8000).to_bits(), (-0.0_f32).to_bits());
        assert!(from_f16(0x7e00).is_nan());
        // All finite numbers, by the formula.
        for bits in (0..=u16::MAX).filter(|bits| bits >> 10 & 31 != 31) {
            let (exponent, fraction) = (i32::from(bits >> 10 & 31), f64::from(bits & 1023));
            let magnitude = match exponent {
                0 => fraction * 2_f64.powi(-24),
                _ => (1.0 + fraction / 1024.0) * 2_f64.powi(exponent - 15),
            };
            let sign = if bits >> 15 == 1 { -1.0 } else { 1.0 };
            assert_eq!(f64::from(from_f16(bits)), sign * magnitude, "{bits:04x}");
        }
        assert_eq!(from_bf16(0x3f80), 1.0);
        assert_eq!(from_bf16(0xc049), -3.140_625);
        assert!(from_bf16(0x7fc0).is_nan());
    }
}
