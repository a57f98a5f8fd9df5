// The oracle: what every kernel of ck_f32 means, in plain loops. Slow, and right on any machine.

#include "ck_f32.h"
#include "scalar_winograd.h"

float scalar_activate(float z, int activation) {
    float clipped = z < 0 ? 0 : z > 6 ? 6 : z, shifted = z + 3 < 0 ? 0 : z + 3 > 6 ? 6 : z + 3;
    switch (activation) {
    case CK_RELU: return z > 0 ? z : 0;
    case CK_RELU6: return clipped;
    case CK_HARDSWISH: return z * shifted / 6;
    default: return z;
    }
}

static float slope(float z, int activation) {
    switch (activation) {
    case CK_RELU: return z > 0 ? 1 : 0;
    case CK_RELU6: return z > 0 && z < 6 ? 1 : 0;
    case CK_HARDSWISH: return z >= 3 ? 1 : z <= -3 ? 0 : (2 * z + 3) / 6;
    default: return 1;
    }
}

static int padded(int n) { return (n + 3) / 4 * 4; }

/// b[k][n] in the packed layout: tiles of eight columns, the last one of four where no more are left.
static float packed(const float *b, int depth, int columns, int k, int n) {
    int tile = n / 8, width = columns - tile * 8 > 4 ? 8 : 4;
    return b[(int64_t)tile * 8 * depth + (int64_t)k * width + n % 8];
}

static void finish(const ck_gemm *g, int m, int n, float sum) {
    float *c = g->c + g->outputs[m] + n;
    if (g->accumulate) sum += *c;
    *c = scalar_activate(sum + (g->bias ? g->bias[n] : 0), g->activation);
    if (g->sums) {
        g->sums[n] += *c;
        g->sums[padded(g->n) + n] += *c * *c;
    }
}

static void gemm(const ck_gemm *g) {
    int depth = g->segments * g->run;
    for (int m = 0; m < g->m; m++)
        for (int n = 0; n < g->n; n++) {
            float sum = 0;
            for (int s = 0; s < g->segments; s++)
                for (int k = 0; k < g->run; k++)
                    sum += g->a[g->rows[m] + g->offsets[s] + k] * packed(g->b, depth, g->n, s * g->run + k, n);
            finish(g, m, n, sum);
        }
}

static void gemm_tn(const ck_gemm_tn *g) {
    for (int s = 0; s < g->segments; s++)
        for (int k = 0; k < g->run; k++)
            for (int n = 0; n < g->n; n++) {
                float sum = 0;
                for (int p = 0; p < g->pixels; p++)
                    sum += g->a[g->rows[p] + g->offsets[s] + k] * g->g[g->gradients[p] + n];
                g->w[(int64_t)(s * g->run + k) * g->ldw + n] += sum;
            }
}

static void depthwise(const ck_gemm *g) {
    for (int m = 0; m < g->m; m++)
        for (int n = 0; n < g->n; n++) {
            float sum = 0;
            for (int s = 0; s < g->segments; s++)
                sum += g->a[g->rows[m] + g->offsets[s] + n] * g->b[(int64_t)s * g->n + n];
            finish(g, m, n, sum);
        }
}

static void depthwise_tn(const ck_gemm_tn *g) {
    for (int s = 0; s < g->segments; s++)
        for (int n = 0; n < g->n; n++) {
            float sum = 0;
            for (int p = 0; p < g->pixels; p++)
                sum += g->a[g->rows[p] + g->offsets[s] + n] * g->g[g->gradients[p] + n];
            g->w[(int64_t)s * g->ldw + n] += sum;
        }
}

static float affine(float x, const float *scale, const float *shift, int c) {
    return (scale ? x * scale[c] : x) + (shift ? shift[c] : 0);
}

static void copy(const ck_copy *o) {
    for (int y = 0; y < o->height; y++)
        for (int x = 0; x < o->width; x++)
            for (int c = 0; c < o->channels; c++) {
                float value = o->source[((int64_t)y * o->width + x) * o->channels + c];
                o->panel[((int64_t)y * o->panelWidth + x) * o->channels + c] =
                    scalar_activate(affine(value, o->scale, o->shift, c), o->activation);
            }
}

static void norm_gradient(const ck_norm_gradient *o) {
    for (int i = 0; i < o->height; i++)
        for (int x = 0; x < o->width; x++)
            for (int c = 0; c < o->channels; c++) {
                int64_t at = ((int64_t)i * o->width + x) * o->channels + c;
                float y = o->y[at], dz = o->gradient[at] * slope(y * o->scale[c] + o->shift[c], o->activation);
                float *panel = o->panel + ((int64_t)i * o->panelWidth + x) * o->channels + c;
                *panel = (o->accumulate ? *panel : 0) + o->p[c] * dz + o->q[c] * y + o->r[c];
            }
}

static void moments(const float *y, int64_t pixels, int channels, float *sums) {
    for (int64_t p = 0; p < pixels; p++)
        for (int c = 0; c < channels; c++) {
            float x = y[p * channels + c];
            sums[c] += x;
            sums[channels + c] += x * x;
        }
}

static void norm_sums(const float *gradient, const float *y, int64_t pixels, int channels, const float *scale,
                      const float *shift, int activation, const float *mean, float *sums) {
    for (int64_t p = 0; p < pixels; p++)
        for (int c = 0; c < channels; c++) {
            float v = y[p * channels + c];
            float dz = gradient[p * channels + c] * slope(v * scale[c] + shift[c], activation);
            sums[c] += dz;
            sums[channels + c] += dz * (v - mean[c]);
        }
}

static void add(const float *a, const float *scaleA, const float *shiftA, const float *b, const float *scaleB,
                const float *shiftB, int activation, float *out, int64_t pixels, int channels) {
    for (int64_t p = 0; p < pixels; p++)
        for (int c = 0; c < channels; c++) {
            int64_t i = p * channels + c;
            float z = affine(a[i], scaleA, shiftA, c);
            if (b) z += affine(b[i], scaleB, shiftB, c);
            out[i] = scalar_activate(z, activation);
        }
}

/// What a window sees of a value.
static float pooled(const ck_pooling *o, int offset) {
    return scalar_activate(affine(o->x[offset], o->scale, o->shift, offset % o->channels), o->activation);
}

static void max_pool(const ck_pooling *o) {
    int C = o->channels;
    for (int i = 0; i < o->outHeight * o->outWidth * C; i++) {
        int top = i / C / o->outWidth * o->stride - o->padding, left = i / C % o->outWidth * o->stride - o->padding;
        int best = -1;
        for (int y = top; y < top + o->size; y++)
            for (int x = left; x < left + o->size; x++) {
                if (y < 0 || x < 0 || y >= o->height || x >= o->width) continue;
                int offset = (y * o->width + x) * C + i % C;
                if (best < 0 || pooled(o, offset) > pooled(o, best)) best = offset;
            }
        o->y[i] = pooled(o, best);
        if (o->chosen) o->chosen[i] = best;
    }
}

static void max_pool_gradient(const ck_pooling *o, const float *dy, float *dx) {
    for (int i = 0; i < o->height * o->width * o->channels; i++) dx[i] = 0;
    ck_max_pool_gradient(dy, o->chosen, (int64_t)o->outHeight * o->outWidth * o->channels, dx);
}

static void mask(const float *gradient, const float *out, int activation, float *dz, int64_t count) {
    for (int64_t i = 0; i < count; i++)
        dz[i] = out[i] > 0 && (activation != CK_RELU6 || out[i] < 6) ? gradient[i] : 0;
}

static void accumulate(const float *a, float *out, int64_t count) {
    for (int64_t i = 0; i < count; i++) out[i] += a[i];
}

static int64_t multiply_adds(int64_t rounds, float *result) {
    float a = 1, b = 2, c = 3, d = 4;
    for (int64_t n = 0; n < rounds; n++) {
        a = a * 0.999f + 1e-3f;
        b = b * 0.999f + 1e-3f;
        c = c * 0.999f + 1e-3f;
        d = d * 0.999f + 1e-3f;
    }
    *result = a + b + c + d;
    return rounds * 8;
}

const ck_f32 ck_f32_scalar = {
    .isa = "scalar", .vector = 4, .tile = 8, .rows = 1, .gemm = gemm, .gemm_tn = gemm_tn, .depthwise = depthwise,
    .depthwise_tn = depthwise_tn, .copy = copy, .norm_gradient = norm_gradient, .moments = moments,
    .norm_sums = norm_sums, .winograd = scalar_winograd, .winograd_tn = scalar_winograd_tn,
    .winograd_scratch = scalar_winograd_scratch, .add = add, .mask = mask, .accumulate = accumulate,
    .max_pool = max_pool, .max_pool_gradient = max_pool_gradient,
    .multiply_adds = multiply_adds,
};
