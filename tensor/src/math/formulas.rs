//! The formulas that `f32` and `f64` share; `single` and `double` have the constants.

/// Defines the functions for the float `$F` with integers `$I` and `$U` of its size. The constants
/// that are named here and not defined are those of the module, which may have `$more`.
macro_rules! formulas {
    ($F:ident, $I:ident, $U:ident $(, $more:ident)*) => {
        /// Bits of the significand after the binary point.
        const DIGITS: $I = ($F::MANTISSA_DIGITS - 1) as $I;
        /// The exponent bias of the float format.
        const BIAS: $I = ($F::MAX_EXP - 1) as $I;
        /// 1.5·2^[`DIGITS`]: adding it rounds to an integer and leaves that integer in the low
        /// bits.
        const ROUND: $F = (3_u64 << (DIGITS - 1)) as $F;
        const LOG2_E: $F = core::f64::consts::LOG2_E as $F;
        const SQRT_HALF: $F = core::f64::consts::FRAC_1_SQRT_2 as $F;

        /// The constants of the formulas by name, those of `$more` among them.
        pub(super) const NUMBERS: &[(&str, &[$F])] = &[
            ("BIAS", &[BIAS as $F]),
            ("DIGITS", &[DIGITS as $F]),
            ("EPSILON", &[$F::EPSILON]),
            ("INFINITE_ABOVE", &[INFINITE_ABOVE]),
            ("LEAST", &[$F::MIN_POSITIVE]),
            ("LN2_HIGH", &[LN2_HIGH]),
            ("LN2_LOW", &[LN2_LOW]),
            ("LOG2_E", &[LOG2_E]),
            ("MINUS_ONE_BELOW", &[MINUS_ONE_BELOW]),
            ("MOST", &[$F::MAX]),
            ("ROUND", &[ROUND]),
            ("SQRT_HALF", &[SQRT_HALF]),
            ("TANH_IS_ONE", &[TANH_IS_ONE]),
            ("ZERO_BELOW", &[ZERO_BELOW]),
            ("ARTANH", &ARTANH),
            ("TAYLOR", &TAYLOR),
            $((stringify!($more), &$more),)*
        ];

        /// The polynomial with these coefficients, highest power first (Horner's scheme).
        #[inline(always)]
        fn polynomial<const N: usize>(x: $F, coefficients: [$F; N]) -> $F {
            let mut sum = coefficients[0];
            for c in &coefficients[1..] {
                sum = sum.mul_add(x, *c);
            }
            sum
        }

        /// x clamped to low..=high. NaN stays NaN, unlike with `min` and `max`.
        #[inline(always)]
        fn limit(x: $F, low: $F, high: $F) -> $F {
            let x = if x > high { high } else { x };
            if x < low { low } else { x }
        }

        /// x = n·ln 2 + r with |r| ≤ ln 2 / 2: (n as an integer, eʳ − 1).
        #[inline(always)]
        fn reduce(x: $F) -> ($I, $F) {
            let rounded = x.mul_add(LOG2_E, ROUND);
            let n = rounded - ROUND;
            let r = n.mul_add(-LN2_LOW, n.mul_add(-LN2_HIGH, x));
            let tail = polynomial(r, TAYLOR).mul_add(r, 0.5);
            // The difference of the bits is n, since both lie in the binade where one unit is one
            // bit.
            let n = rounded.to_bits().wrapping_sub(ROUND.to_bits()) as $I;
            (n, (r * r).mul_add(tail, r))
        }

        /// 2ⁿ, a normal number.
        #[inline(always)]
        fn power_of_two(n: $I) -> $F {
            $F::from_bits((n.wrapping_add(BIAS) << DIGITS) as $U)
        }

        #[inline(always)]
        pub(super) fn exp(x: $F) -> $F {
            let (n, less_one) = reduce(limit(x, ZERO_BELOW, INFINITE_ABOVE));
            // Two factors: 2ⁿ itself may be subnormal or too large where the result is not.
            let half = n >> 1;
            (less_one + 1.0) * power_of_two(half) * power_of_two(n.wrapping_sub(half))
        }

        #[inline(always)]
        pub(super) fn expm1(x: $F) -> $F {
            let (n, less_one) = reduce(limit(x, MINUS_ONE_BELOW, INFINITE_ABOVE));
            let half = n >> 1;
            let (first, second) = (power_of_two(half), power_of_two(n.wrapping_sub(half)));
            // (2ⁿ eʳ − 1) = 2^(n−h) (2ʰ (eʳ − 1) + (2ʰ − 2^−(n−h))); the second factor cannot
            // overflow early.
            let sum = less_one.mul_add(first, first - 1.0 / second) * second;
            // n = 0 keeps the sign of zero and the digits of a tiny x.
            if n == 0 { if x == 0.0 { x } else { less_one } } else { sum }
        }

        #[inline(always)]
        pub(super) fn ln(x: $F) -> $F {
            let subnormal = x < $F::MIN_POSITIVE;
            let scaled = if subnormal { x * (1_u64 << (DIGITS + 2)) as $F } else { x };
            // m in √½..√2: subtracting the bits of √½ makes the exponent's bits count from there.
            let bits = scaled.to_bits();
            let root = SQRT_HALF.to_bits();
            let e = (bits.wrapping_sub(root) as $I) >> DIGITS;
            let m = $F::from_bits(bits.wrapping_sub((e << DIGITS) as $U));
            let e = e.wrapping_sub(if subnormal { DIGITS + 2 } else { 0 }) as $F;
            let f = m - 1.0;
            let s = f / (2.0 + f);
            let s2 = s * s;
            let half = 0.5 * f * f;
            // ln(1 + f) = f − (f²/2 − s·(f²/2 + R)), with R = Σ 2/(2k+1)·s²ᵏ from k = 1 on
            let r = s2 * polynomial(s2, ARTANH);
            let small = s.mul_add(half + r, e * LN2_LOW);
            let y = e.mul_add(LN2_HIGH, f - (half - small));
            let y = if x == $F::INFINITY { x } else { y };
            let y = if x == 0.0 { $F::NEG_INFINITY } else { y };
            if x < 0.0 || x.is_nan() { $F::NAN } else { y }
        }

        #[inline(always)]
        pub(super) fn ln_1p(x: $F) -> $F {
            // Kahan: u = 1 + x is rounded, and ln u · x/(u − 1) undoes that rounding.
            let u = 1.0 + x;
            let corrected = ln(u) * (x / (u - 1.0));
            let y = if u == $F::INFINITY { ln(u) } else { corrected };
            let y = if u == 0.0 { $F::NEG_INFINITY } else { y };
            if u == 1.0 { x } else { y }
        }

        #[inline(always)]
        pub(super) fn tanh(x: $F) -> $F {
            let size = limit(x.abs(), 0.0, TANH_IS_ONE);
            let (n, less_one) = reduce(size + size);
            let scale = power_of_two(n);
            let t = less_one.mul_add(scale, scale - 1.0);
            let y = t / (t + 2.0);
            // A tiny x is its own tanh (and keeps the sign of zero).
            let y = if size < $F::EPSILON { size } else { y };
            y.copysign(x)
        }

        #[inline(always)]
        pub(super) fn sigmoid(x: $F) -> $F {
            let small = exp(-x.abs());
            let above = if x < 0.0 { small } else { 1.0 };
            above / (1.0 + small)
        }

        #[inline(always)]
        pub(super) fn softplus(x: $F) -> $F {
            let positive = if x < 0.0 { 0.0 } else { x };
            positive + ln_1p(exp(-x.abs()))
        }
    };
}
pub(super) use formulas;
