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
        /* In units of the largest number, of a row whose squares overflow. */
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

/* y = (x - mean) / sqrt(variance + epsilon) * scale + shift, of what the training has found. */
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

/* y = b + x W, W the columns of v scaled to the lengths that stand in scale. */
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

/* The layer norm of each group of neighbours. */
static void nn_group_norm@(REAL *y, const REAL *x, const REAL *scale, const REAL *shift, REAL epsilon, size_t groups, size_t count)
{
    size_t each = count / groups;
    for (size_t at = 0; at < count; at += each) nn_layer_norm@(y + at, x + at, scale + at, shift + at, epsilon, each);
}

/* y = relu(h) where the gate is open, and x where it is closed; the sums of h and gate stand side by side. */
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

/* y = sqrt(3) (2p - 1), p the place of x among the quantiles of its column, from 0 to 1. */
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

/* y = x + y: what a residual branch gives, added to what went in. */
static void nn_residual@(REAL *y, const REAL *x, size_t count)
{
    for (size_t i = 0; i < count; i++) y[i] = x[i] + y[i];
}

static void nn_copy@(REAL *y, const REAL *x, size_t count)
{
    for (size_t i = 0; i < count; i++) y[i] = x[i];
}
