// The table of one instruction set: every channel-wise kernel split into whole vectors, then narrower ones.
// Included last by one C file per ISA, which defines TABLE and ISA.

#define W V
#define SUFFIX _wide
#include "f32_channels.h"
#undef W
#undef SUFFIX
#if V > 8
#define W 8
#define SUFFIX _eight
#include "f32_channels.h"
#undef W
#undef SUFFIX
#endif
#if V > 4
#define W 4
#define SUFFIX _four
#include "f32_channels.h"
#undef W
#undef SUFFIX
#endif
#define W 1
#define SUFFIX _one
#include "f32_channels.h"
#undef W
#undef SUFFIX

#if V > 8
#define SPLIT_EIGHT(name, ...) \
    if (eight > wide) name##_eight(__VA_ARGS__, wide, eight);
#else
#define SPLIT_EIGHT(name, ...) eight = wide;
#endif
#if V > 4
#define SPLIT_FOUR(name, ...) \
    if (four > eight) name##_four(__VA_ARGS__, eight, four);
#else
#define SPLIT_FOUR(name, ...) four = eight;
#endif

#define SPLIT(total, name, ...)                                                            \
    do {                                                                                   \
        int64_t all = (total), wide = all / V * V, eight = all / 8 * 8, four = all / 4 * 4; \
        if (wide) name##_wide(__VA_ARGS__, 0, wide);                                       \
        SPLIT_EIGHT(name, __VA_ARGS__)                                                     \
        SPLIT_FOUR(name, __VA_ARGS__)                                                      \
        if (all > four) name##_one(__VA_ARGS__, four, all);                                \
    } while (0)

/// Pixels handled before the next vector of channels: their cache lines are still near.
enum { PIXELS = 256 };

static void depthwise(const ck_gemm *g) { SPLIT(g->n, depthwise, g); }
static void depthwise_tn(const ck_gemm_tn *g) { SPLIT(g->n, depthwise_tn, g); }

static void copy(const ck_copy *o) {
    if (!o->scale && !o->shift && o->activation == CK_NONE) {
        size_t row = (size_t)o->width * (size_t)o->channels;
        for (int y = 0; y < o->height; y++)
            memcpy(o->panel + (size_t)y * (size_t)o->panelWidth * (size_t)o->channels, o->source + (size_t)y * row,
                   row * sizeof(float));
        return;
    }
    SPLIT(o->channels, copy, o);
}

static void norm_gradient(const ck_norm_gradient *o) { SPLIT(o->channels, norm_gradient, o); }

static void moments(const float *y, int64_t pixels, int channels, float *sums) {
    for (int64_t p = 0; p < pixels; p += PIXELS) {
        int64_t count = pixels - p < PIXELS ? pixels - p : PIXELS;
        SPLIT(channels, moments, y + p * channels, count, channels, sums);
    }
}

static void norm_sums(const float *gradient, const float *y, int64_t pixels, int channels, const float *scale,
                      const float *shift, int activation, const float *mean, float *sums) {
    for (int64_t p = 0; p < pixels; p += PIXELS) {
        int64_t count = pixels - p < PIXELS ? pixels - p : PIXELS;
        SPLIT(channels, norm_sums, gradient + p * channels, y + p * channels, count, channels, scale, shift, activation,
              mean, sums);
    }
}

static void add(const float *a, const float *scaleA, const float *shiftA, const float *b, const float *scaleB,
                const float *shiftB, int activation, float *out, int64_t pixels, int channels) {
    for (int64_t p = 0; p < pixels; p += PIXELS) {
        int64_t count = pixels - p < PIXELS ? pixels - p : PIXELS, at = p * channels;
        SPLIT(channels, add, a + at, scaleA, shiftA, b ? b + at : b, scaleB, shiftB, activation, out + at, count,
              channels);
    }
}

static void max_pool(const ck_pooling *o) { SPLIT(o->channels, max_pool, o); }

static void max_pool_gradient(const ck_pooling *o, const float *dy, float *dx) {
    SPLIT(o->channels, max_pool_gradient, o, dy, dx);
    int height = o->outHeight * o->stride, width = o->outWidth * o->stride;
    size_t pixel = (size_t)o->channels * sizeof *dx;
    for (int y = 0; y < o->height; y++) {
        int from = y < height ? width : 0;
        if (from < o->width)
            memset(dx + ((int64_t)y * o->width + from) * o->channels, 0, (size_t)(o->width - from) * pixel);
    }
}

static void mask(const float *gradient, const float *out, int activation, float *dz, int64_t count) {
    SPLIT(count, mask, gradient, out, activation, dz);
}

static void accumulate(const float *a, float *out, int64_t count) { SPLIT(count, accumulate, a, out); }

static int64_t multiply_adds(int64_t rounds, float *result) {
    enum { CHAINS = 12 };  // enough to hide the latency, few enough for the registers
    vf acc[CHAINS], factor = splat(0.999f), addend = splat(1e-3f);
    UNROLL for (int i = 0; i < CHAINS; i++) acc[i] = splat((float)i);
    for (int64_t n = 0; n < rounds; n++) UNROLL for (int i = 0; i < CHAINS; i++) acc[i] = acc[i] * factor + addend;
    UNROLL for (int i = 1; i < CHAINS; i++) acc[0] += acc[i];
    *result = acc[0][0];
    return rounds * CHAINS * V * 2;
}

const ck_f32 TABLE = {
    .isa = ISA, .vector = V, .tile = 2 * V, .rows = MR, .gemm = gemm, .gemm_tn = gemm_tn, .depthwise = depthwise,
    .depthwise_tn = depthwise_tn, .copy = copy, .norm_gradient = norm_gradient, .moments = moments,
    .norm_sums = norm_sums, .winograd = winograd, .winograd_tn = winograd_tn, .winograd_scratch = winograd_scratch, .add = add, .mask = mask, .accumulate = accumulate,
    .max_pool = max_pool, .max_pool_gradient = max_pool_gradient,
    .multiply_adds = multiply_adds,
};
