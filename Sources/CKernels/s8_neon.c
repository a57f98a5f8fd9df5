// Integer products for ARMv8.2 with the dot product instructions: tiles of 6 rows by two vectors of 4 columns. They
// multiply signed by signed, so activations are taken less 128, and 128 times the weights' sum is added in the end.
#if defined(__aarch64__)

#include <arm_neon.h>
#include <string.h>

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("dotprod"))), apply_to = function)
#endif

#include "s8_body.h"

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

INLINE void finish(const ck_s8_gemm *g, int32x4_t acc, int64_t at, int column) {
    int left = g->n - column < 4 ? g->n - column : 4;
    int32_t bias[4] = {0};
    float scale[4] = {0};
    if (!g->q) {
        int32_t sums[4];
        vst1q_s32(sums, acc);
        memcpy(g->c + at + column, sums, (size_t)left * sizeof *sums);
        return;
    }
    memcpy(bias, g->bias + column, (size_t)left * sizeof *bias);
    memcpy(scale, g->scale + column, (size_t)left * sizeof *scale);
    float32x4_t value = vmulq_f32(vcvtq_f32_s32(vaddq_s32(acc, vld1q_s32(bias))), vld1q_f32(scale));
    value = vmaxq_f32(value, vdupq_n_f32((float)-g->zero));
    value = vminq_f32(value, vdupq_n_f32((float)(255 - g->zero)));
    uint32x4_t byte = vreinterpretq_u32_s32(vaddq_s32(vcvtnq_s32_f32(value), vdupq_n_s32(g->zero)));
    uint8_t bytes[8];
    uint16x4_t half = vmovn_u32(byte);
    vst1_u8(bytes, vmovn_u16(vcombine_u16(half, half)));
    memcpy(g->q + at + column, bytes, (size_t)left);
}

/// R rows, of which `valid` are there, by NV vectors of columns.
#define TILE(NAME, R, NV)                                                                                    \
    static void NAME(const ck_s8_gemm *g, int row, int valid, int column, const int8_t *b) {                 \
        const int8x16_t least = vdupq_n_s8(-128);                                                            \
        int32x4_t acc[R][NV], less[NV];                                                                      \
        const uint8_t *start[R];                                                                             \
        UNROLL for (int v = 0; v < NV; v++) less[v] = vdupq_n_s32(0);                                        \
        UNROLL for (int r = 0; r < R; r++) {                                                                 \
            UNROLL for (int v = 0; v < NV; v++) acc[r][v] = vdupq_n_s32(0);                                  \
            start[r] = g->a + g->rows[row + (r < valid ? r : 0)];                                            \
        }                                                                                                    \
        for (int s = 0; s < g->segments; s++) {                                                              \
            const uint8_t *p[R];                                                                             \
            UNROLL for (int r = 0; r < R; r++) p[r] = start[r] + g->offsets[s];                              \
            for (int k = 0; k < g->run; k += 4, b += 4 * CK_S8_TILE) {                                       \
                int8x16_t x[NV];                                                                             \
                UNROLL for (int v = 0; v < NV; v++) {                                                        \
                    x[v] = vld1q_s8(b + 16 * v);                                                             \
                    less[v] = vdotq_s32(less[v], x[v], least);                                               \
                }                                                                                            \
                UNROLL for (int r = 0; r < R; r++) {                                                         \
                    uint32_t four;                                                                           \
                    memcpy(&four, p[r] + k, 4);                                                              \
                    int8x16_t a = vreinterpretq_s8_u32(vdupq_n_u32(four ^ 0x80808080u));                     \
                    UNROLL for (int v = 0; v < NV; v++) acc[r][v] = vdotq_s32(acc[r][v], x[v], a);           \
                }                                                                                            \
            }                                                                                                \
        }                                                                                                    \
        UNROLL for (int r = 0; r < R; r++)                                                                   \
            UNROLL for (int v = 0; v < NV; v++)                                                              \
                if (r < valid && column + 4 * v < g->n)                                                      \
                    finish(g, vsubq_s32(acc[r][v], less[v]), g->outputs[row + r], column + 4 * v);           \
    }

enum { MR = 6 };
TILE(wide, MR, 2)
TILE(wide1, 1, 2)

static void gemm(const ck_s8_gemm *g) {
    int depth = g->segments * g->run;
    for (int column = 0; column < g->n; column += 8) {
        const int8_t *b = g->b + (int64_t)(column / CK_S8_TILE) * CK_S8_TILE * depth + column % CK_S8_TILE * 4;
        int row = 0;
        for (; row + MR <= g->m; row += MR) wide(g, row, MR, column, b);
        for (; row < g->m; row++) wide1(g, row, 1, column, b);
    }
}

static int64_t multiply_adds(int64_t rounds, float *result) {
    enum { CHAINS = 12 };
    int32x4_t acc[CHAINS];
    int8x16_t x = vdupq_n_s8(3), y = vdupq_n_s8(-2);
    UNROLL for (int i = 0; i < CHAINS; i++) acc[i] = vdupq_n_s32(i);
    for (int64_t n = 0; n < rounds; n++) {
        UNROLL for (int i = 0; i < CHAINS; i++) acc[i] = vdotq_s32(acc[i], x, y);
        __asm__ volatile("" : "+w"(x));
    }
    UNROLL for (int i = 1; i < CHAINS; i++) acc[0] = vaddq_s32(acc[0], acc[i]);
    *result = (float)vaddvq_s32(acc[0]);
    return rounds * CHAINS * 32;
}

const ck_s8 ck_s8_neon = {.isa = "neon",
                          .gemm = gemm,
                          .depthwise = depthwise,
                          .add = add,
                          .max_pool = max_pool,
                          .multiply_adds = multiply_adds};

#if defined(__clang__)
#pragma clang attribute pop
#endif

#endif
