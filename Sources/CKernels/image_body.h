// The functions of ck_image.h in plain C whose loops the compiler vectorises. Included by one C file per instruction
// set, which defines TABLE and ISA, with the target attribute pushed.

#define INLINE static inline __attribute__((always_inline))
/// Input and output of a loop are the same memory or apart: either way it may be vectorised.
#define EACH_ON_ITS_OWN _Pragma("clang loop vectorize(assume_safety)")

INLINE float bits_to_float(int32_t bits) {
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/// The nearest whole number, ties to even, for |x| < 2^22.
INLINE float nearest(float x) { return (x + 12582912.0f) - 12582912.0f; }
INLINE float between(float x, float low, float high) { return x < low ? low : x > high ? high : x; }

/// exp(x) for -87...88, the ends beyond: 2^n times the Taylor polynomial of the rest, |rest| <= log(2) / 2.
INLINE float exponential(float x) {
    x = between(x, -87.0f, 88.0f);
    float n = nearest(x * 1.44269504f);
    float r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
    float p = 1.0f / 5040;
    p = p * r + 1.0f / 720;
    p = p * r + 1.0f / 120;
    p = p * r + 1.0f / 24;
    p = p * r + 1.0f / 6;
    p = p * r + 0.5f;
    p = p * r + 1.0f;
    p = p * r + 1.0f;
    return p * bits_to_float(((int32_t)n + 127) << 23);
}

INLINE float sigmoid(float x) { return 1.0f / (1.0f + exponential(-x)); }

INLINE float hyperbolic_tangent(float x) {
    float s = x * x;
    // Near 0 the quotient would lose digits.
    float small = x + x * s * (-1.0f / 3 + s * (2.0f / 15 + s * (-17.0f / 315)));
    float large = 1.0f - 2.0f / (exponential(2 * x) + 1.0f);
    return s < 0.0225f ? small : large;
}

/// Abramowitz and Stegun 7.1.26: within 1.5e-7.
INLINE float error_function(float x) {
    float a = x < 0 ? -x : x;
    float t = 1.0f / (1.0f + 0.3275911f * a);
    float p = t * (0.254829592f + t * (-0.284496736f + t * (1.421413741f + t * (-1.453152027f + t * 1.061405429f))));
    float y = 1.0f - p * exponential(-a * a);
    return x < 0 ? -y : y;
}

INLINE float mish(float x) {
    float e = exponential(x > 20 ? 20 : x), n = e * (e + 2);
    return x > 20 ? x : x * (n / (n + 2));
}

INLINE float gelu_tanh(float x) { return 0.5f * x * (1 + hyperbolic_tangent(0.79788456f * (x + 0.044715f * x * x * x))); }

static void pointwise(int function, const float *parameters, const float *x, float *y, int64_t count) {
    float a = parameters[0], b = parameters[1], c = parameters[2], d = parameters[3];
    (void)c, (void)d;
#define EACH(name, value)                                    \
    case name:                                               \
        EACH_ON_ITS_OWN for (int64_t i = 0; i < count; i++) { \
            float z = x[i];                                  \
            y[i] = (value);                                  \
        }                                                    \
        break;
    switch (function) {
        EACH(CK_LINEAR, a * z + b)
        EACH(CK_CLIP, between(z, a, b))
        EACH(CK_LEAKY, z < 0 ? a * z : z)
        EACH(CK_SIGMOID, sigmoid(z))
        EACH(CK_SILU, z * sigmoid(z))
        EACH(CK_TANH, hyperbolic_tangent(z))
        EACH(CK_HARD_SIGMOID, between(a * z + b, 0, 1))
        EACH(CK_HARD_SWISH, z * between(z * (1.0f / 6) + 0.5f, 0, 1))
        EACH(CK_ELU, z < 0 ? a * (exponential(z) - 1) : z)
        EACH(CK_GELU, 0.5f * z * (1 + error_function(z * 0.70710678f)))
        EACH(CK_GELU_TANH, gelu_tanh(z))
        EACH(CK_MISH, mish(z))
        EACH(CK_EXP, exponential(z))
        EACH(CK_SQRT, __builtin_sqrtf(z))
        EACH(CK_QUANTIZE, nearest(between(z / a, c, d)) + b)
        EACH(CK_REQUANTIZE, a * nearest(between(z / a, c, d)))
        EACH(CK_RELU_FUNCTION, z > 0 ? z : 0)
    }
#undef EACH
}

static void binary(int op, const float *a, const float *b, float *y, int64_t count) {
#define EACH(name, value)                                                  \
    case name:                                                             \
        EACH_ON_ITS_OWN for (int64_t i = 0; i < count; i++) y[i] = (value); \
        break;
    switch (op) {
        EACH(CK_MULTIPLY, a[i] * b[i])
        EACH(CK_SUBTRACT, a[i] - b[i])
        EACH(CK_DIVIDE, a[i] / b[i])
        EACH(CK_MINIMUM, a[i] < b[i] ? a[i] : b[i])
        EACH(CK_MAXIMUM, a[i] > b[i] ? a[i] : b[i])
        EACH(CK_SUM, a[i] + b[i])
    }
#undef EACH
}

static void prelu(const float *x, const float *slope, float *y, int64_t pixels, int channels) {
    for (int64_t p = 0; p < pixels; p++)
        EACH_ON_ITS_OWN for (int c = 0; c < channels; c++) {
            float z = x[p * channels + c];
            y[p * channels + c] = z < 0 ? slope[c] * z : z;
        }
}

/// The taps from..<to at which `start + tap * dilation` lies in 0..<size.
INLINE void inside(int start, int dilation, int kernel, int size, int *from, int *to) {
    *from = start < 0 ? (-start + dilation - 1) / dilation : 0;
    *to = start >= size ? 0 : (size - start + dilation - 1) / dilation;
    if (*to > kernel) *to = kernel;
}

static void max_pool(const ck_window *w, const float *x, float *y) {
    int C = w->channels;
    for (int oy = 0; oy < w->outHeight; oy++)
        for (int ox = 0; ox < w->outWidth; ox++, y += C) {
            int top = oy * w->strideHeight - w->padTop, left = ox * w->strideWidth - w->padLeft;
            int y0, y1, x0, x1;
            inside(top, w->dilationHeight, w->kernelHeight, w->height, &y0, &y1);
            inside(left, w->dilationWidth, w->kernelWidth, w->width, &x0, &x1);
            const float *first = x + ((int64_t)(top + y0 * w->dilationHeight) * w->width + left + x0 * w->dilationWidth) * C;
            memcpy(y, first, (size_t)C * sizeof *y);
            for (int ky = y0; ky < y1; ky++)
                for (int kx = x0; kx < x1; kx++) {
                    const float *p = x + ((int64_t)(top + ky * w->dilationHeight) * w->width + left + kx * w->dilationWidth) * C;
                    for (int c = 0; c < C; c++) y[c] = p[c] > y[c] ? p[c] : y[c];
                }
        }
}

static void average_pool(const ck_window *w, const float *shares, const float *x, float *y) {
    int C = w->channels;
    for (int oy = 0; oy < w->outHeight; oy++)
        for (int ox = 0; ox < w->outWidth; ox++, y += C) {
            int top = oy * w->strideHeight - w->padTop, left = ox * w->strideWidth - w->padLeft;
            int y0, y1, x0, x1;
            inside(top, w->dilationHeight, w->kernelHeight, w->height, &y0, &y1);
            inside(left, w->dilationWidth, w->kernelWidth, w->width, &x0, &x1);
            memset(y, 0, (size_t)C * sizeof *y);
            for (int ky = y0; ky < y1; ky++)
                for (int kx = x0; kx < x1; kx++) {
                    const float *p = x + ((int64_t)(top + ky * w->dilationHeight) * w->width + left + kx * w->dilationWidth) * C;
                    for (int c = 0; c < C; c++) y[c] += p[c];
                }
            float share = *shares++;
            for (int c = 0; c < C; c++) y[c] *= share;
        }
}

static void move(const float *source, float *destination, int dims, const int64_t *sizes, const int64_t *from,
                 const int64_t *to) {
    if (dims == 0) {
        *destination = *source;
    } else if (dims == 1 && from[0] == 1 && to[0] == 1) {
        memcpy(destination, source, (size_t)sizes[0] * sizeof *source);
    } else if (dims == 1) {
        for (int64_t i = 0; i < sizes[0]; i++) destination[i * to[0]] = source[i * from[0]];
    } else if (dims == 2 && sizes[1] == 2 && from[0] == 1 && to[0] == 2 && to[1] == 1) {
        // Two halves of the channels take turns: the shuffle of two groups.
        const float *other = source + from[1];
        EACH_ON_ITS_OWN for (int64_t i = 0; i < sizes[0]; i++) {
            destination[2 * i] = source[i];
            destination[2 * i + 1] = other[i];
        }
    } else {
        for (int64_t i = 0; i < sizes[0]; i++)
            move(source + i * from[0], destination + i * to[0], dims - 1, sizes + 1, from + 1, to + 1);
    }
}

const ck_image TABLE = {
    .isa = ISA, .pointwise = pointwise, .binary = binary, .prelu = prelu, .max_pool = max_pool,
    .average_pool = average_pool, .move = move,
};
