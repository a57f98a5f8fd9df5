// The oracle of ck_bf16: what its kernels mean, in plain loops.

#include "ck_bf16.h"
#include "scalar_winograd.h"

static int padded(int n) { return (n + 3) / 4 * 4; }

/// b[k][n] of segment s, in tiles of eight columns, the last one of four where no more are left.
static float packed(const ck_gemm *g, int s, int k, int n) {
    int tile = n / 8, width = g->n - tile * 8 > 4 ? 8 : 4, pairs = (g->run + 1) / 2;
    const uint32_t *b = (const uint32_t *)g->b + (int64_t)tile * 8 * g->segments * pairs;
    uint32_t pair = b[((int64_t)s * pairs + k / 2) * width + n % 8];
    return ck_bf16_value(k % 2 ? pair >> 16 : pair & 0xffff);
}

static void gemm(const ck_gemm *g) {
    const uint16_t *a = (const uint16_t *)g->a;
    for (int m = 0; m < g->m; m++)
        for (int n = 0; n < g->n; n++) {
            float sum = 0, *c = g->c + g->outputs[m] + n;
            for (int s = 0; s < g->segments; s++)
                for (int k = 0; k < g->run; k++)
                    sum += ck_bf16_value(a[g->rows[m] + g->offsets[s] + k]) * packed(g, s, k, n);
            if (g->accumulate) sum += *c;
            *c = scalar_activate(sum + (g->bias ? g->bias[n] : 0), g->activation);
            if (g->sums) {
                g->sums[n] += *c;
                g->sums[padded(g->n) + n] += *c * *c;
            }
        }
}

static void narrow(const float *from, uint16_t *to, int64_t count) {
    for (int64_t i = 0; i < count; i++) to[i] = ck_bf16_bits(from[i]);
}

static int64_t multiply_adds(int64_t rounds, float *result) {
    float sums[4] = {0, 1, 2, 3};
    for (int64_t n = 0; n < rounds; n++)
        for (int i = 0; i < 4; i++) {
            sums[i] += ck_bf16_value(0x3f80) * ck_bf16_value(0x3000);
            sums[i] += ck_bf16_value(0x3f80) * ck_bf16_value(0x3000);
        }
    *result = sums[0] + sums[1] + sums[2] + sums[3];
    return rounds * 16;
}

const ck_bf16 ck_bf16_scalar = {
    .isa = "scalar", .gemm = gemm, .winograd = scalar_bf16_winograd, .winograd_tn = scalar_bf16_winograd_tn,
    .narrow = narrow, .multiply_adds = multiply_adds,
};
