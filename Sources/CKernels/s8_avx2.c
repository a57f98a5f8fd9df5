// Integer products for AVX2: tiles of 4 rows by one or two vectors of 8 columns. vpmaddubsw would saturate, so bytes are
// widened on the way: of four products the first and third by one vpmaddwd, the second and fourth by another.
#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)

#include "s8_body.h"

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

INLINE void finish(const ck_s8_gemm *g, __m256i acc, int64_t at, int column) {
    int left = g->n - column;
    __m256i used = _mm256_cmpgt_epi32(_mm256_set1_epi32(left), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
    if (!g->q) {
        _mm256_maskstore_epi32(g->c + at + column, used, acc);
        return;
    }
    __m256i sum = _mm256_add_epi32(acc, _mm256_maskload_epi32(g->bias + column, used));
    __m256 value = _mm256_mul_ps(_mm256_cvtepi32_ps(sum), _mm256_maskload_ps(g->scale + column, used));
    value = _mm256_max_ps(value, _mm256_set1_ps((float)-g->zero));
    value = _mm256_min_ps(value, _mm256_set1_ps((float)(255 - g->zero)));
    __m256i byte = _mm256_add_epi32(_mm256_cvtps_epi32(value), _mm256_set1_epi32(g->zero));
    __m128i words = _mm_packs_epi32(_mm256_castsi256_si128(byte), _mm256_extracti128_si256(byte, 1));
    __m128i bytes = _mm_packus_epi16(words, words);
    if (left >= 8) {
        _mm_storel_epi64((__m128i *)(g->q + at + column), bytes);
    } else {
        uint64_t some = (uint64_t)_mm_cvtsi128_si64(bytes);
        for (int i = 0; i < left; i++) g->q[at + column + i] = (uint8_t)(some >> (8 * i));
    }
}

/// R rows, of which `valid` are there, by NV vectors of columns.
#define TILE(NAME, R, NV)                                                                              \
    static void NAME(const ck_s8_gemm *g, int row, int valid, int column, const int8_t *b) {           \
        const __m256i even = _mm256_set1_epi16(255);                                                   \
        __m256i acc[R][NV];                                                                            \
        const uint8_t *start[R];                                                                       \
        UNROLL for (int r = 0; r < R; r++) {                                                           \
            UNROLL for (int v = 0; v < NV; v++) acc[r][v] = _mm256_setzero_si256();                    \
            start[r] = g->a + g->rows[row + (r < valid ? r : 0)];                                      \
        }                                                                                              \
        for (int s = 0; s < g->segments; s++) {                                                        \
            const uint8_t *p[R];                                                                       \
            UNROLL for (int r = 0; r < R; r++) p[r] = start[r] + g->offsets[s];                        \
            for (int k = 0; k < g->run; k += 4, b += 4 * CK_S8_TILE) {                                 \
                __m256i first[NV], second[NV];                                                         \
                UNROLL for (int v = 0; v < NV; v++) {                                                  \
                    __m256i x = _mm256_loadu_si256((const __m256i *)(b + 32 * v));                     \
                    first[v] = _mm256_srai_epi16(_mm256_slli_epi16(x, 8), 8);                          \
                    second[v] = _mm256_srai_epi16(x, 8);                                               \
                }                                                                                      \
                UNROLL for (int r = 0; r < R; r++) {                                                   \
                    int32_t four;                                                                      \
                    memcpy(&four, p[r] + k, 4);                                                        \
                    __m256i a = _mm256_set1_epi32(four);                                               \
                    __m256i a02 = _mm256_and_si256(a, even), a13 = _mm256_srli_epi16(a, 8);            \
                    UNROLL for (int v = 0; v < NV; v++) {                                              \
                        acc[r][v] = _mm256_add_epi32(acc[r][v], _mm256_madd_epi16(a02, first[v]));     \
                        acc[r][v] = _mm256_add_epi32(acc[r][v], _mm256_madd_epi16(a13, second[v]));    \
                    }                                                                                  \
                }                                                                                      \
            }                                                                                          \
        }                                                                                              \
        UNROLL for (int r = 0; r < R; r++)                                                             \
            UNROLL for (int v = 0; v < NV; v++)                                                        \
                if (r < valid && column + 8 * v < g->n) finish(g, acc[r][v], g->outputs[row + r], column + 8 * v); \
    }

enum { MR = 4 };
TILE(wide, MR, 2)
TILE(wide1, 1, 2)
TILE(narrow, MR, 1)

static void gemm(const ck_s8_gemm *g) {
    int depth = g->segments * g->run;
    for (int column = 0; column < g->n; column += 16) {
        const int8_t *b = g->b + (int64_t)(column / CK_S8_TILE) * CK_S8_TILE * depth + column % CK_S8_TILE * 4;
        int isWide = g->n - column > 8;
        for (int row = 0; row < g->m; row += MR) {
            int valid = g->m - row < MR ? g->m - row : MR;
            if (!isWide) {
                narrow(g, row, valid, column, b);
            } else if (valid == MR) {
                wide(g, row, valid, column, b);
            } else {
                for (int r = 0; r < valid; r++) wide1(g, row + r, 1, column, b);
            }
        }
    }
}

static int64_t multiply_adds(int64_t rounds, float *result) {
    enum { CHAINS = 12 };
    __m256i acc[CHAINS], x = _mm256_set1_epi16(3), y = _mm256_set1_epi16(-2);
    UNROLL for (int i = 0; i < CHAINS; i++) acc[i] = _mm256_set1_epi32(i);
    for (int64_t n = 0; n < rounds; n++) {
        UNROLL for (int i = 0; i < CHAINS; i++) {
            // Otherwise one product would do for all.
            __asm__ volatile("" : "+x"(x));
            acc[i] = _mm256_add_epi32(acc[i], _mm256_madd_epi16(x, y));
        }
    }
    UNROLL for (int i = 1; i < CHAINS; i++) acc[0] = _mm256_add_epi32(acc[0], acc[i]);
    *result = (float)_mm256_extract_epi32(acc[0], 0);
    return rounds * CHAINS * 32;
}

const ck_s8 ck_s8_avx2 = {.isa = "avx2",
                          .gemm = gemm,
                          .depthwise = depthwise,
                          .add = add,
                          .max_pool = max_pool,
                          .multiply_adds = multiply_adds};

#pragma clang attribute pop

#endif
