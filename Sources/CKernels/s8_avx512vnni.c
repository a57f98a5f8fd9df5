// Integer products for AVX-512 with VNNI: tiles of 12 rows by one or two vectors of 16 columns, four products a lane at
// once.
#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni"))), apply_to = function)

#include "s8_body.h"

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

enum { MR = 12 };

INLINE void finish(const ck_s8_gemm *g, __m512i acc, int64_t at, int column, __mmask16 used) {
    if (!g->q) {
        _mm512_mask_storeu_epi32(g->c + at + column, used, acc);
        return;
    }
    __m512i sum = _mm512_add_epi32(acc, _mm512_maskz_loadu_epi32(used, g->bias + column));
    __m512 value = _mm512_mul_ps(_mm512_cvtepi32_ps(sum), _mm512_maskz_loadu_ps(used, g->scale + column));
    value = _mm512_max_ps(value, _mm512_set1_ps((float)-g->zero));
    value = _mm512_min_ps(value, _mm512_set1_ps((float)(255 - g->zero)));
    __m512i byte = _mm512_add_epi32(_mm512_cvtps_epi32(value), _mm512_set1_epi32(g->zero));
    _mm_mask_storeu_epi8(g->q + at + column, used, _mm512_cvtepi32_epi8(byte));
}

/// R rows, of which `valid` are there, by NV vectors of columns.
#define TILE(NAME, R, NV)                                                                            \
    static void NAME(const ck_s8_gemm *g, int row, int valid, int column, const int8_t *b) {         \
        __m512i acc[R][NV];                                                                          \
        const uint8_t *start[R];                                                                     \
        UNROLL for (int r = 0; r < R; r++) {                                                         \
            UNROLL for (int v = 0; v < NV; v++) acc[r][v] = _mm512_setzero_si512();                  \
            start[r] = g->a + g->rows[row + (r < valid ? r : 0)];                                    \
        }                                                                                            \
        for (int s = 0; s < g->segments; s++) {                                                      \
            const uint8_t *p[R];                                                                     \
            UNROLL for (int r = 0; r < R; r++) p[r] = start[r] + g->offsets[s];                      \
            for (int k = 0; k < g->run; k += 4, b += 4 * CK_S8_TILE) {                               \
                __m512i x[NV];                                                                       \
                UNROLL for (int v = 0; v < NV; v++) x[v] = _mm512_loadu_si512(b + 64 * v);           \
                if (g->ahead && k % 64 == 0)                                                         \
                    UNROLL for (int r = 0; r < R; r++) __builtin_prefetch(p[r] + k + g->ahead);      \
                UNROLL for (int r = 0; r < R; r++) {                                                 \
                    int32_t four;                                                                    \
                    memcpy(&four, p[r] + k, 4);                                                      \
                    __m512i a = _mm512_set1_epi32(four);                                             \
                    UNROLL for (int v = 0; v < NV; v++) acc[r][v] = _mm512_dpbusd_epi32(acc[r][v], a, x[v]); \
                }                                                                                    \
            }                                                                                        \
        }                                                                                            \
        UNROLL for (int r = 0; r < R; r++)                                                           \
            UNROLL for (int v = 0; v < NV; v++) {                                                    \
                int left = g->n - column - 16 * v;                                                   \
                __mmask16 used = left >= 16 ? 0xffff : (__mmask16)((1u << left) - 1);                \
                if (r < valid) finish(g, acc[r][v], g->outputs[row + r], column + 16 * v, used);     \
            }                                                                                        \
    }

TILE(wide, MR, 2)
TILE(wide4, 4, 2)
TILE(narrow, MR, 1)
TILE(narrow4, 4, 1)

static void gemm(const ck_s8_gemm *g) {
    int depth = g->segments * g->run;
    for (int column = 0; column < g->n; column += CK_S8_TILE) {
        const int8_t *b = g->b + (int64_t)column * depth;
        int isWide = g->n - column > 16, row = 0;
        for (; row + MR <= g->m; row += MR)
            if (isWide) wide(g, row, MR, column, b);
            else narrow(g, row, MR, column, b);
        for (; row < g->m; row += 4) {
            int valid = g->m - row < 4 ? g->m - row : 4;
            if (isWide) wide4(g, row, valid, column, b);
            else narrow4(g, row, valid, column, b);
        }
    }
}

static int64_t multiply_adds(int64_t rounds, float *result) {
    enum { CHAINS = 12 };
    __m512i acc[CHAINS], x = _mm512_set1_epi8(3), y = _mm512_set1_epi8(-2);
    UNROLL for (int i = 0; i < CHAINS; i++) acc[i] = _mm512_set1_epi32(i);
    for (int64_t n = 0; n < rounds; n++) {
        UNROLL for (int i = 0; i < CHAINS; i++) acc[i] = _mm512_dpbusd_epi32(acc[i], x, y);
        __asm__ volatile("" : "+v"(x));
    }
    UNROLL for (int i = 1; i < CHAINS; i++) acc[0] = _mm512_add_epi32(acc[0], acc[i]);
    *result = (float)_mm512_reduce_add_epi32(acc[0]);
    return rounds * CHAINS * 128;
}

const ck_s8 ck_s8_avx512vnni = {.isa = "avx512vnni",
                               .gemm = gemm,
                               .depthwise = depthwise,
                               .add = add,
                               .max_pool = max_pool,
                               .multiply_adds = multiply_adds};

#pragma clang attribute pop

#endif
