static REAL nn_relu@(REAL x)
{
    return x < 0 ? 0 : x;
}

static REAL nn_leaky_relu@(REAL x, REAL slope)
{
    return x < 0 ? slope * x : x;
}

static REAL nn_elu@(REAL x, REAL alpha)
{
    return x < 0 ? alpha * nn_expm1@(x) : x;
}

static REAL nn_celu@(REAL x, REAL alpha)
{
    return x < 0 ? alpha * nn_expm1@(x / alpha) : x;
}

static REAL nn_selu@(REAL x)
{
    return x < 0 ? SELU_BELOW * nn_expm1@(x) : SELU_SCALE * x;
}

/* x times the normal distribution function. */
static REAL nn_gelu@(REAL x)
{
    return (x < -64 ? -64 : x) * nn_normal_cdf@(x);
}

static REAL nn_gelu_tanh@(REAL x)
{
    return nn_finite_below@(x) * nn_sigmoid@(GELU_TANH_SLOPE * (x + GELU_TANH_CUBE * (x * x * x)));
}

static REAL nn_silu@(REAL x)
{
    return nn_finite_below@(x) * nn_sigmoid@(x);
}

static REAL nn_mish@(REAL x)
{
    return nn_finite_below@(x) * nn_tanh@(nn_softplus@(x));
}

static REAL nn_hard_sigmoid@(REAL x)
{
    return nn_limit@(x / 6 + 0.5@, 0, 1);
}

static REAL nn_hard_swish@(REAL x)
{
    return nn_finite_below@(x) * nn_hard_sigmoid@(x);
}

static REAL nn_log_sigmoid@(REAL x)
{
    return -nn_softplus@(-x);
}

static REAL nn_hard_tanh@(REAL x)
{
    return nn_limit@(x, -1, 1);
}

static REAL nn_softsign@(REAL x)
{
    REAL y = nn_finite@(x);
    return y / (1 + nn_size@(y));
}

/* The probabilities of exclusive classes, in place of their logits. */
static void nn_softmax@(REAL *z, size_t count)
{
    REAL most = -INFINITY, sum = 0, share;
    for (size_t i = 0; i < count; i++) most = z[i] > most ? z[i] : most;
    for (size_t i = 0; i < count; i++) z[i] = nn_exp@(z[i] - most);
    for (size_t i = 0; i < count; i++) sum = sum + z[i];
    share = 1 / sum;
    for (size_t i = 0; i < count; i++) z[i] = z[i] * share;
}
