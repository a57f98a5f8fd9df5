// The slow twin of f32_winograd.h: the same algorithm as matrices, for one tile and channel at a time.

#include "scalar_winograd.h"

#include "ck_bf16.h"
#include "winograd_points.h"

/// B' of F(4, 3) and F(3, 4), G of F(3, 4), A' of F(4, 3).
static const float input[6][6] = {
    {WM2, 0, -WS2, 0, 1, 0},        {0, -WP * WQ2, -WQ2, WP, 1, 0}, {0, WP * WQ2, -WQ2, -WP, 1, 0},
    {0, -WP2 * WQ, -WP2, WQ, 1, 0}, {0, WP2 * WQ, -WP2, -WQ, 1, 0}, {0, WM2, 0, -WS2, 0, 1},
};
static const float gradient[6][4] = {
    {1 / WM2, 0, 0, 0},
    {1 / WNP, WP / WNP, WP2 / WNP, WP * WP2 / WNP},
    {1 / WNP, -WP / WNP, WP2 / WNP, -WP * WP2 / WNP},
    {1 / WNQ, WQ / WNQ, WQ2 / WNQ, WQ * WQ2 / WNQ},
    {1 / WNQ, -WQ / WNQ, WQ2 / WNQ, -WQ * WQ2 / WNQ},
    {0, 0, 0, 1},
};
static const float output[4][6] = {
    {1, 1, 1, 1, 1, 0},
    {0, WP, -WP, WQ, -WQ, 0},
    {0, WP2, WP2, WQ2, WQ2, 0},
    {0, WP * WP2, -WP * WP2, WQ * WQ2, -WQ * WQ2, 1},
};

/// out[i][j] = sum over k, l of left[i][k] d[k][l] left[j][l]
static void both_sides(const float *left, int rows, int inner, const float *d, float *out) {
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < rows; j++) {
            float sum = 0;
            for (int k = 0; k < inner; k++) {
                float line = 0;
                for (int l = 0; l < inner; l++) line += d[k * inner + l] * left[j * inner + l];
                sum += left[i * inner + k] * line;
            }
            out[i * rows + j] = sum;
        }
}

/// Channel c of an image's pixel, zero outside of it.
static float value(const ck_images *o, int image, int y, int x, int c) {
    if (y < 0 || x < 0 || y >= o->height || x >= o->width) return 0;
    float z = o->base[(((int64_t)image * o->height + y) * o->width + x) * o->channels + c];
    return scalar_activate((o->scale ? z * o->scale[c] : z) + (o->shift ? o->shift[c] : 0), o->activation);
}

/// The coefficients of the size x size pixels from (top, left) on, of one channel, rounded to bfloat16 where `half`.
static void coefficients(const float *left, int size, const ck_images *o, int image, int y0, int x0, int c, int half,
                         float out[36]) {
    float d[36];
    for (int y = 0; y < size; y++)
        for (int x = 0; x < size; x++) d[y * size + x] = value(o, image, y0 + y, x0 + x, c);
    both_sides(left, 6, size, d, out);
    for (int i = 0; half && i < 36; i++) out[i] = ck_bf16_value(ck_bf16_bits(out[i]));
}

/// Coefficient i of the weights from channel c to output n. Packed as by ck_pack_b: tiles of eight columns, the last
/// one of four where no more are left; or those in pairs.
static float weight(const ck_winograd *w, int i, int c, int n, int half) {
    int N = w->outputs, C = w->x.channels, column = n / 8 * 8, width = N - column < 8 ? N - column : 8;
    if (!half) return w->weights[((int64_t)i * N + column) * C + (int64_t)c * width + n - column];
    const uint32_t *pairs = (const uint32_t *)w->weights + ((int64_t)i * N + column) * (C / 2);
    uint32_t pair = pairs[(int64_t)(c / 2) * width + n - column];
    return ck_bf16_value(c % 2 ? pair >> 16 : pair & 0xffff);
}

int64_t scalar_winograd_scratch(int tiles, int channels, int outputs) {
    (void)tiles;
    return 36 * ((int64_t)channels + outputs);
}

static void winograd(const ck_winograd *w, int half) {
    int C = w->x.channels, N = w->outputs;
    float *v = w->scratch;
    for (int t = 0; t < w->images * w->down * w->across; t++) {
        int image = t / (w->down * w->across), top = t / w->across % w->down * 4, left = t % w->across * 4;
        for (int c = 0; c < C; c++)
            coefficients(&input[0][0], 6, &w->x, image, top - w->top, left - w->left, c, half, v + c * 36);
        for (int n = 0; n < N; n++) {
            float m[36] = {0}, y[16];
            for (int i = 0; i < 36; i++)
                for (int c = 0; c < C; c++) m[i] += v[c * 36 + i] * weight(w, i, c, n, half);
            both_sides(&output[0][0], 4, 6, m, y);
            for (int i = 0; i < 16; i++) {
                if (top + i / 4 >= w->height || left + i % 4 >= w->width) continue;
                float *at = w->c + (((int64_t)image * w->height + top + i / 4) * w->width + left + i % 4) * N + n;
                float z = y[i] + (w->bias ? w->bias[n] : 0) + (w->accumulate ? *at : 0);
                *at = scalar_activate(z, w->activation);
                if (w->sums) {
                    w->sums[n] += *at;
                    w->sums[N + n] += *at * *at;
                }
            }
        }
    }
}

static void winograd_tn(const ck_winograd_tn *w, int half) {
    int C = w->x.channels, N = w->outputs;
    ck_images g = {.base = w->gradient, .height = w->height, .width = w->width, .channels = N};
    float *v = w->scratch, *d = v + 36 * (int64_t)C;
    for (int t = 0; t < w->images * w->down * w->across; t++) {
        int image = t / (w->down * w->across), top = t / w->across % w->down * 4, left = t % w->across * 4;
        for (int c = 0; c < C; c++)
            coefficients(&input[0][0], 6, &w->x, image, top - w->top, left - w->left, c, half, v + c * 36);
        for (int n = 0; n < N; n++) coefficients(&gradient[0][0], 4, &g, image, top, left, n, half, d + n * 36);
        int accumulate = w->accumulate || t > 0;
        for (int i = 0; i < 36; i++)
            for (int c = 0; c < C; c++)
                for (int n = 0; n < N; n++) {
                    float *to = w->w + ((int64_t)i * C + c) * N + n;
                    *to = (accumulate ? *to : 0) + v[c * 36 + i] * d[n * 36 + i];
                }
    }
}

void scalar_winograd(const ck_winograd *w) { winograd(w, 0); }
void scalar_winograd_tn(const ck_winograd_tn *w) { winograd_tn(w, 0); }
void scalar_bf16_winograd(const ck_winograd *w) { winograd(w, 1); }
void scalar_bf16_winograd_tn(const ck_winograd_tn *w) { winograd_tn(w, 1); }
