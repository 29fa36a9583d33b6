/* y = b + x W: each number is one chain of fused multiplications and additions over the inputs. */
static void nn_dense@(REAL *y, const REAL *x, const REAL *weight, const REAL *bias, size_t inputs, size_t outputs)
{
    for (size_t o = 0; o < outputs; o++) y[o] = bias ? bias[o] : 0;
    for (size_t i = 0; i < inputs; i++)
        for (size_t o = 0; o < outputs; o++) y[o] = nn_fma@(x[i], weight[i * outputs + o], y[o]);
}

/* y = (x - mean) / sqrt(variance + epsilon) * scale + shift, of the row. */
static void nn_layer_norm@(REAL *y, const REAL *x, const REAL *scale, const REAL *shift, REAL epsilon, size_t count)
{
    REAL share = 1 / (REAL)count;
    REAL mean = nn_sum@(x, count, 1) * share, variance = nn_squares@(x, count, 1, mean) * share, rate;
    if (isfinite(variance)) {
        rate = nn_rate@(variance, epsilon);
    } else {
        /* In units of the largest number, for a row whose squares overflow. */
        REAL largest = nn_largest@(x, count);
        mean = nn_sum@(x, count, largest) * share;
        variance = nn_squares@(x, count, largest, mean) * share;
        rate = nn_rate@(variance, epsilon / largest / largest) / largest;
        mean = mean * largest;
    }
    for (size_t i = 0; i < count; i++) y[i] = (x[i] - mean) * rate * scale[i] + shift[i];
}

/* y = x / sqrt(mean of x^2 + epsilon) * scale, of the row. */
static void nn_rms_norm@(REAL *y, const REAL *x, const REAL *scale, REAL epsilon, size_t count)
{
    REAL share = 1 / (REAL)count, square = nn_squares@(x, count, 1, 0) * share, rate;
    if (isfinite(square)) {
        rate = nn_rate@(square, epsilon);
    } else {
        REAL largest = nn_largest@(x, count);
        rate = nn_rate@(nn_squares@(x, count, largest, 0) * share, epsilon / largest / largest) / largest;
    }
    for (size_t i = 0; i < count; i++) y[i] = x[i] * rate * scale[i];
}

/* y = (x - mean) / sqrt(variance + epsilon) * scale + shift, with running statistics. */
static void nn_batch_norm@(REAL *y, const REAL *x, const REAL *scale, const REAL *shift, const REAL *mean, const REAL *variance, REAL epsilon, size_t count)
{
    for (size_t i = 0; i < count; i++) y[i] = (x[i] - mean[i]) * nn_rate@(variance[i], epsilon) * scale[i] + shift[i];
}

static void nn_layer_scale@(REAL *y, const REAL *x, const REAL *scale, size_t count)
{
    for (size_t i = 0; i < count; i++) y[i] = x[i] * scale[i];
}

static void nn_prelu@(REAL *y, const REAL *x, const REAL *slope, size_t count)
{
    for (size_t i = 0; i < count; i++) y[i] = x[i] > 0 ? x[i] : x[i] * slope[i];
}

/* y = b + x W, W the columns of v scaled to the lengths in scale. */
static void nn_dense_normed@(REAL *y, const REAL *x, const REAL *v, const REAL *scale, const REAL *bias, size_t inputs, size_t outputs)
{
    for (size_t o = 0; o < outputs; o++) {
        REAL factor = 0, sum = bias ? bias[o] : 0;
        for (size_t i = 0; i < inputs; i++) factor = factor + v[i * outputs + o] * v[i * outputs + o];
        factor = sqrt@(factor);
        if (factor > 0) factor = scale[o] / factor;
        for (size_t i = 0; i < inputs; i++) sum = nn_fma@(x[i], v[i * outputs + o] * factor, sum);
        y[o] = sum;
    }
}

/* y = b + x W, W the weights divided by the estimate of their largest singular value, from u and v. */
static void nn_dense_spectral@(REAL *y, const REAL *x, const REAL *weight, const REAL *u, const REAL *v, const REAL *bias, size_t inputs, size_t outputs)
{
    REAL factor = 0;
    for (size_t o = 0; o < outputs; o++) {
        REAL sum = 0;
        for (size_t i = 0; i < inputs; i++) sum = sum + weight[i * outputs + o] * v[i];
        factor = factor + u[o] * sum;
    }
    if (factor != 0) factor = 1 / factor;
    for (size_t o = 0; o < outputs; o++) {
        REAL sum = bias ? bias[o] : 0;
        for (size_t i = 0; i < inputs; i++) sum = nn_fma@(x[i], weight[i * outputs + o] * factor, sum);
        y[o] = sum;
    }
}

/* The layer norm of each group of adjacent numbers. */
static void nn_group_norm@(REAL *y, const REAL *x, const REAL *scale, const REAL *shift, REAL epsilon, size_t groups, size_t count)
{
    size_t each = count / groups;
    for (size_t at = 0; at < count; at += each) nn_layer_norm@(y + at, x + at, scale + at, shift + at, epsilon, each);
}

/* y = relu(h) where the gate is open, and x where it is closed; the sums of h and gate are adjacent. */
static void nn_highway@(REAL *y, const REAL *x, const REAL *weight, const REAL *bias, size_t count)
{
    for (size_t o = 0; o < count; o++) {
        REAL h = bias[o], gate = bias[count + o], open;
        for (size_t i = 0; i < count; i++) {
            h = nn_fma@(x[i], weight[2 * i * count + o], h);
            gate = nn_fma@(x[i], weight[(2 * i + 1) * count + o], gate);
        }
        open = nn_sigmoid@(gate);
        y[o] = open * nn_relu@(h) + (1 - open) * x[o];
    }
}

/* y = the first half times the sigmoid of the second. */
static void nn_glu@(REAL *y, const REAL *x, size_t count)
{
    for (size_t i = 0; i < count; i++) y[i] = x[i] * nn_sigmoid@(x[count + i]);
}

/* y = the silu of the first half times the second. */
static void nn_swiglu@(REAL *y, const REAL *x, size_t count)
{
    for (size_t i = 0; i < count; i++) y[i] = x[count + i] * nn_silu@(x[i]);
}

/* y = (x - center) scale */
static void nn_affine@(REAL *y, const REAL *x, const REAL *center, const REAL *scale, size_t count)
{
    for (size_t i = 0; i < count; i++) y[i] = (x[i] - center[i]) * scale[i];
}

/* y = z / sqrt(1 + (z/3)^2), z = (x - median) scale */
static void nn_robust@(REAL *y, const REAL *x, const REAL *median, const REAL *scale, size_t count)
{
    nn_affine@(y, x, median, scale, count);
    for (size_t i = 0; i < count; i++) {
        REAL share = y[i] * THIRD;
        y[i] = y[i] / sqrt@(1 + share * share);
    }
}

/* y = sqrt(3) (2p - 1), p the position of x among the quantiles of its column, from 0 to 1. */
static void nn_quantile@(REAL *y, const REAL *x, const REAL *quantiles, size_t kept, size_t count)
{
    for (size_t i = 0; i < count; i++, quantiles += kept) {
        size_t below = 0, upto = 0;
        REAL place, p;
        for (size_t at = 0; at < kept; at++) {
            below += quantiles[at] < x[i];
            upto += quantiles[at] <= x[i];
        }
        if (upto > below) place = (REAL)(below + upto - 1) / 2;
        else if (below == 0) place = 0;
        else if (below == kept) place = (REAL)(kept - 1);
        else place = (REAL)(below - 1) + (x[i] - quantiles[below - 1]) / (quantiles[below] - quantiles[below - 1]);
        p = place / (REAL)(kept - 1);
        y[i] = ROOT_OF_3 * (p + p - 1);
    }
}

/* y = x factor */
static void nn_scale@(REAL *y, const REAL *x, REAL factor, size_t count)
{
    for (size_t i = 0; i < count; i++) y[i] = x[i] * factor;
}

/* y = x + y: the output of a residual branch, plus its input. */
static void nn_residual@(REAL *y, const REAL *x, size_t count)
{
    for (size_t i = 0; i < count; i++) y[i] = x[i] + y[i];
}

static void nn_copy@(REAL *y, const REAL *x, size_t count)
{
    for (size_t i = 0; i < count; i++) y[i] = x[i];
}

/* The number as the network uses it; NAN if it is missing. */
static void nn_number@(REAL *raw, double number)
{
    REAL x = (REAL)number;
    *raw = isfinite(x) ? x : NAN;
}

/* The fingerprint of a word, 48 bits in halves: FNV-1a, then the finish of SplitMix64. NAN if the word is missing. */
static void nn_word@(REAL *raw, const char *word)
{
    uint64_t bits = UINT64_C(0xCBF29CE484222325);
    raw[0] = raw[1] = NAN;
    if (!word || !*word) return;
    for (; *word; word++) bits = (bits ^ (unsigned char)*word) * UINT64_C(0x100000001B3);
    bits = (bits ^ bits >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    bits = (bits ^ bits >> 27) * UINT64_C(0x94D049BB133111EB);
    bits ^= bits >> 31;
    raw[0] = (REAL)(bits >> 40);
    raw[1] = (REAL)(bits >> 16 & 0xFFFFFF);
}

/* y = z / sqrt(1 + (z/3)^2), z = (f(x) - center) scale, f the logarithm in this unit, or the identity if it is 0; 0 if x is missing. */
static void nn_column_number@(REAL *y, const REAL *raw, REAL unit, REAL center, REAL scale)
{
    REAL x = *raw, share;
    *y = 0;
    if (x != x) return;
    if (unit > 0) x = copysign@(nn_ln_1p@(nn_size@(x) / unit), x);
    x = (x - center) * scale;
    share = x * THIRD;
    *y = x / sqrt@(1 + share * share);
}

/* Days as a number, and their positions in year, week and day as points on a circle; 0 if they are missing. */
static void nn_column_date@(REAL *y, const REAL *raw, REAL center, REAL scale)
{
    static const double periods[] = {365.2425, 7, 1};
    for (size_t i = 0; i < 7; i++) y[i] = 0;
    if (*raw != *raw) return;
    nn_column_number@(y, raw, 0, center, scale);
    for (size_t i = 0; i < 3; i++) {
        double share = (double)*raw / periods[i], angle = 6.283185307179586 * (share - floor(share));
        y[2 * i + 1] = (REAL)sin(angle);
        y[2 * i + 2] = (REAL)cos(angle);
    }
}

static void nn_column_flag@(REAL *y, const REAL *raw)
{
    *y = (REAL)(*raw > 0 ? 1 : *raw != *raw ? 0 : -1);
}

/* Whether a value is missing, if one was missing in training. */
static void nn_column_missing@(REAL *y, const REAL *raw, REAL seen)
{
    *y = *raw != *raw ? seen : 0;
}

/* The place of a word among those that have one, or of all others, or of none; below 0 if it has none. Of so many places as flags,
   or as a number. */
static void nn_column_word@(REAL *y, const REAL *raw, const REAL *words, int count, int other, int missing, int places)
{
    int low = 0, high = count, place = raw[0] != raw[0] ? missing : other;
    while (low < high) {
        int middle = (low + high) / 2;
        const REAL *word = words + 2 * middle;
        if (word[0] < raw[0] || (word[0] == raw[0] && word[1] < raw[1])) low = middle + 1;
        else high = middle;
    }
    if (low < count && words[2 * low] == raw[0] && words[2 * low + 1] == raw[1]) place = low;
    if (places == 0) *y = (REAL)place;
    for (int i = 0; i < places; i++) y[i] = (REAL)(i == place);
}

/* The vector with this number, or zeros. */
static void nn_vector@(REAL *y, const REAL *number, const REAL *vectors, int count, size_t width)
{
    int at = (int)*number;
    for (size_t i = 0; i < width; i++) y[i] = at >= 0 && at < count ? vectors[(size_t)at * width + i] : 0;
}
