// The oracle of ck_s8: plain loops, right on any machine.

#include "s8_body.h"

static void gemm(const ck_s8_gemm *g) {
    int depth = g->segments * g->run;
    for (int m = 0; m < g->m; m++)
        for (int n = 0; n < g->n; n++) {
            const int8_t *b = g->b + (int64_t)(n / CK_S8_TILE) * CK_S8_TILE * depth + n % CK_S8_TILE * 4;
            int32_t sum = 0;
            for (int k = 0; k < depth; k++)
                sum += g->a[g->rows[m] + g->offsets[k / g->run] + k % g->run] * b[k / 4 * CK_S8_TILE * 4 + k % 4];
            if (g->q) {
                g->q[g->outputs[m] + n] = to_byte((float)(sum + g->bias[n]) * g->scale[n], g->zero);
            } else {
                g->c[g->outputs[m] + n] = sum;
            }
        }
}

static int64_t multiply_adds(int64_t rounds, float *result) {
    volatile int8_t factor = 3;
    int32_t a = 1, b = 2, c = 3, d = 4;
    int32_t x = factor;
    for (int64_t n = 0; n < rounds; n++) {
        a = (int32_t)((uint32_t)a * (uint32_t)x + 1u);
        b = (int32_t)((uint32_t)b * (uint32_t)x + 1u);
        c = (int32_t)((uint32_t)c * (uint32_t)x + 1u);
        d = (int32_t)((uint32_t)d * (uint32_t)x + 1u);
    }
    *result = (float)(a ^ b ^ c ^ d);
    return rounds * 8;
}

const ck_s8 ck_s8_scalar = {.isa = "scalar",
                               .gemm = gemm,
                               .depthwise = depthwise,
                               .add = add,
                               .max_pool = max_pool,
                               .multiply_adds = multiply_adds};
