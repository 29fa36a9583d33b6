/* a b + c, rounded once. */
static float nn_fmaf(float a, float b, float c)
{
#ifdef FP_FAST_FMAF
    return fmaf(a, b, c);
#else
    /* The product is exact. An inexact sum becomes its odd neighbor, which then rounds as the exact sum would. */
    union { double number; uint64_t bits; } sum;
    double product = (double)a * b, of_c, lost;
    sum.number = product + c;
    of_c = sum.number - product;
    lost = (product - (sum.number - of_c)) + (c - of_c);
    if ((lost < 0 || lost > 0) && (sum.bits & 1) == 0) {
        if ((lost > 0) == (sum.number > 0)) sum.bits++;
        else sum.bits--;
    }
    return (float)sum.number;
#endif
}

/* a b + c, rounded once. */
static double nn_fma(double a, double b, double c)
{
    return fma(a, b, c);
}

/* The polynomial with these coefficients, highest power first, by Horner's scheme. */
static REAL nn_polynomial@(REAL x, const REAL *coefficients, int count)
{
    REAL sum = coefficients[0];
    for (int i = 1; i < count; i++) sum = nn_fma@(sum, x, coefficients[i]);
    return sum;
}

/* x limited to low and high; NaN passes. */
static REAL nn_limit@(REAL x, REAL low, REAL high)
{
    REAL y = x > high ? high : x;
    return y < low ? low : y;
}

/* The bits of a number, and the number with given bits. */
typedef union { REAL number; BITS bits; } nn_view@;

/* x = n ln 2 + r with |r| <= ln 2 / 2: returns e^r - 1, and n in two's complement. */
static REAL nn_reduce@(REAL x, BITS *n)
{
    static const REAL taylor[] = {TAYLOR};
    nn_view@ rounded, round;
    REAL whole, r, tail;
    round.number = ROUND;
    rounded.number = nn_fma@(x, LOG2_E, ROUND);
    whole = rounded.number - ROUND;
    r = nn_fma@(whole, -LN2_LOW, nn_fma@(whole, -LN2_HIGH, x));
    tail = nn_fma@(nn_polynomial@(r, taylor, sizeof taylor / sizeof *taylor), r, 0.5@);
    *n = rounded.bits - round.bits;
    return nn_fma@(r * r, tail, r);
}

/* 2^n, a normal number. */
static REAL nn_power_of_two@(BITS n)
{
    nn_view@ power;
    power.bits = (n + BIAS) << DIGITS;
    return power.number;
}

/* n / 2, rounded down, in two's complement. */
static BITS nn_half@(BITS n)
{
    return n >> 1 | (n & (BITS)1 << (8 * sizeof n - 1));
}

/* e^x */
static REAL nn_exp@(REAL x)
{
    BITS n, half;
    REAL less_one = nn_reduce@(nn_limit@(x, ZERO_BELOW, INFINITE_ABOVE), &n);
    half = nn_half@(n);
    return (less_one + 1) * nn_power_of_two@(half) * nn_power_of_two@(n - half);
}

/* e^x - 1 */
static REAL nn_expm1@(REAL x)
{
    BITS n, half;
    REAL first, second, less_one = nn_reduce@(nn_limit@(x, MINUS_ONE_BELOW, INFINITE_ABOVE), &n);
    half = nn_half@(n);
    first = nn_power_of_two@(half);
    second = nn_power_of_two@(n - half);
    if (n == 0) return x == 0 ? x : less_one;
    return nn_fma@(less_one, first, first - 1 / second) * second;
}

/* The natural logarithm, by the series of artanh around sqrt(1/2) to sqrt(2). */
static REAL nn_ln@(REAL x)
{
    static const REAL artanh[] = {ARTANH};
    int subnormal = x < LEAST, exponent;
    nn_view@ scaled, root;
    BITS distance;
    REAL e, f, s, s2, half, r, small;
    scaled.number = subnormal ? x * SCALE_UP : x;
    root.number = SQRT_HALF;
    distance = scaled.bits - root.bits;
    exponent = (int)(distance >> DIGITS);
    if (exponent > 2 * BIAS) exponent -= 4 * BIAS + 4;
    scaled.bits -= distance >> DIGITS << DIGITS;
    e = (REAL)(exponent - (subnormal ? DIGITS + 2 : 0));
    f = scaled.number - 1;
    s = f / (2 + f);
    s2 = s * s;
    half = 0.5@ * f * f;
    r = s2 * nn_polynomial@(s2, artanh, sizeof artanh / sizeof *artanh);
    small = nn_fma@(s, half + r, e * LN2_LOW);
    if (x == 0) return -INFINITY;
    if (x < 0 || x != x) return NAN;
    if (x == INFINITY) return x;
    return nn_fma@(e, LN2_HIGH, f - (half - small));
}

/* ln(1 + x) */
static REAL nn_ln_1p@(REAL x)
{
    REAL u = 1 + x;
    if (u == 1) return x;
    if (u == 0) return -INFINITY;
    if (u == INFINITY) return u;
    return nn_ln@(u) * (x / (u - 1));
}

/* |x| */
static REAL nn_size@(REAL x)
{
    nn_view@ view;
    view.number = x;
    view.bits &= ~((BITS)1 << (8 * sizeof view - 1));
    return view.number;
}

/* x with the sign of y. */
static REAL nn_signed@(REAL x, REAL y)
{
    nn_view@ view, sign;
    view.number = nn_size@(x);
    sign.number = y;
    view.bits |= sign.bits & (BITS)1 << (8 * sizeof view - 1);
    return view.number;
}

/* tanh x = t / (t + 2), t = e^2x - 1, of |x|. */
static REAL nn_tanh@(REAL x)
{
    BITS n;
    REAL size = nn_limit@(nn_size@(x), 0, TANH_IS_ONE);
    REAL less_one = nn_reduce@(size + size, &n);
    REAL scale = nn_power_of_two@(n);
    REAL t = nn_fma@(less_one, scale, scale - 1);
    return nn_signed@(size < EPSILON ? size : t / (t + 2), x);
}

/* 1 / (1 + e^-x), of |x|. */
static REAL nn_sigmoid@(REAL x)
{
    REAL small = nn_exp@(-nn_size@(x));
    return (x < 0 ? small : 1) / (1 + small);
}

/* ln(1 + e^x) = max(x, 0) + ln(1 + e^-|x|) */
static REAL nn_softplus@(REAL x)
{
    return (x < 0 ? 0 : x) + nn_ln_1p@(nn_exp@(-nn_size@(x)));
}

/* The normal distribution, from the complement of the error function, after Cephes. */
static double nn_normal_cdf(double x)
{
    static const double p[] = {ERF_P};
    static const double q[] = {ERF_Q};
    static const double far_p[] = {ERFC_P};
    static const double far_q[] = {ERFC_Q};
    double size = nn_limit(nn_size(x), 0, 40), z = size * SQRT_HALF, square = size * size, gauss, below;
    if (z < 1) {
        below = z * nn_polynomial(z * z, p, sizeof p / sizeof *p) / nn_polynomial(z * z, q, sizeof q / sizeof *q);
        below = 0.5 - 0.5 * below;
    } else {
        gauss = nn_exp(-0.5 * square);
        gauss = nn_fma(gauss, -0.5 * nn_fma(size, size, -square), gauss);
        below = 0.5 * gauss * nn_polynomial(z, far_p, sizeof far_p / sizeof *far_p);
        below = below / nn_polynomial(z, far_q, sizeof far_q / sizeof *far_q);
    }
    return x < 0 ? below : 1 - below;
}

/* The same, computed in double. */
static float nn_normal_cdff(float x)
{
    return (float)nn_normal_cdf(x);
}

/* x, or the least number for minus infinity. */
static REAL nn_finite_below@(REAL x)
{
    return x < -MOST ? -MOST : x;
}

/* x, or the least or the greatest number for an infinity. */
static REAL nn_finite@(REAL x)
{
    REAL y = nn_finite_below@(x);
    return y > MOST ? MOST : y;
}

/* 1/sqrt(v + epsilon) */
static REAL nn_rate@(REAL variance, REAL epsilon)
{
    return 1 / sqrt@(variance + epsilon);
}

/* The sum of x/unit, as 16 interleaved sums. */
static REAL nn_sum@(const REAL *x, size_t count, REAL unit)
{
    REAL sums[16] = {0}, total = 0;
    for (size_t i = 0; i < count; i++) sums[i % 16] = sums[i % 16] + x[i] / unit;
    for (size_t i = 0; i < 16; i++) total = total + sums[i];
    return total;
}

/* The sum of (x/unit - center)^2, in the same order. */
static REAL nn_squares@(const REAL *x, size_t count, REAL unit, REAL center)
{
    REAL sums[16] = {0}, total = 0;
    for (size_t i = 0; i < count; i++) {
        REAL distance = x[i] / unit - center;
        sums[i % 16] = sums[i % 16] + distance * distance;
    }
    for (size_t i = 0; i < 16; i++) total = total + sums[i];
    return total;
}

/* The largest absolute value. */
static REAL nn_largest@(const REAL *x, size_t count)
{
    REAL largest = 0;
    for (size_t i = 0; i < count; i++) largest = nn_size@(x[i]) > largest ? nn_size@(x[i]) : largest;
    return largest;
}
