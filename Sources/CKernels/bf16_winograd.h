// Winograd's convolution with coefficients rounded to bfloat16. Included after f32_winograd.h and bf16_micro.h.

/// R rows of a product of pairs by NV vectors: c = a b. `lda` and `pairs` count words.
#define BF16_WINOGRAD_TILE(NAME, R, NV)                                                              \
    INLINE void NAME(const float *a, int64_t lda, const float *b, int pairs, float *c, int64_t ldc) { \
        vf acc[R][NV];                                                                               \
        UNROLL for (int r = 0; r < R; r++) UNROLL for (int v = 0; v < NV; v++) acc[r][v] = splat(0); \
        for (int i = 0; i < pairs; i += 4, b += 4 * NV * V)                                          \
            UNROLL for (int j = 0; j < 4; j++) {                                                     \
                vu x[NV];                                                                            \
                UNROLL for (int v = 0; v < NV; v++) x[v] = words(b + (j * NV + v) * V);              \
                UNROLL for (int r = 0; r < R; r++) {                                                 \
                    vu y = pair(a + r * lda + i + j);                                                \
                    UNROLL for (int v = 0; v < NV; v++) acc[r][v] = dot(acc[r][v], y, x[v]);         \
                }                                                                                    \
            }                                                                                        \
        UNROLL for (int r = 0; r < R; r++)                                                           \
            UNROLL for (int v = 0; v < NV; v++) store(c + r * ldc + v * V, acc[r][v]);               \
    }

BF16_WINOGRAD_TILE(bf16_winograd_wide, WR, 2)
BF16_WINOGRAD_TILE(bf16_winograd_narrow, WR, 1)

INLINE void bf16_winograd_multiply_of(const ck_winograd *w, int rows, const float *v, int64_t vMatrix, float *m,
                                      int64_t mMatrix, const int channels) {
    int pairs = channels / 2, lda = whole(channels) / 2, NP = whole(w->outputs);
    for (int i = 0; i < 36; i++) {
        const float *a = v + i * vMatrix, *b = w->weights + (int64_t)i * pairs * NP;
        float *c = m + i * mMatrix;
        for (int n = 0; n < NP; n += 2 * V, b += 2 * V * pairs)
            for (int r = 0; r < rows; r += WR) {
                const float *row = a + (int64_t)r * lda;
                float *to = c + (int64_t)r * NP + n;
                if (NP - n > V) bf16_winograd_wide(row, lda, b, pairs, to, NP);
                else bf16_winograd_narrow(row, lda, b, pairs, to, NP);
            }
    }
}

static void bf16_winograd_multiply(const ck_winograd *w, int rows, const float *v, int64_t vMatrix, float *m,
                                   int64_t mMatrix) {
#define CALL(CHANNELS) bf16_winograd_multiply_of(w, rows, v, vMatrix, m, mMatrix, CHANNELS)
    WITH_CHANNELS(w->x.channels, CALL)
#undef CALL
}

static void bf16_winograd(const ck_winograd *w) {
    int tiles = w->images * w->down * w->across;
    int block = winograd_rows(tiles < w->block ? tiles : w->block);
    int64_t vMatrix = winograd_matrix(block / 2, w->x.channels), mMatrix = winograd_matrix(block, w->outputs);
    float *v = w->scratch, *m = v + 36 * vMatrix;
    for (int first = 0; first < tiles; first += block) {
        int count = tiles - first < block ? tiles - first : block;
        winograd_input_as(&w->x, w->top, w->left, w->down, w->across, first, count, v, vMatrix, PAIRED_CHANNELS);
        bf16_winograd_multiply(w, winograd_rows(count), v, vMatrix, m, mMatrix);
        winograd_output(w, first, count, m, mMatrix);
    }
}

/// R rows of a product of pairs by NV vectors, over pairs of tiles: c += a' b.
#define BF16_WINOGRAD_TN_TILE(NAME, R, NV)                                                           \
    INLINE void NAME(const float *a, int64_t lda, const float *b, int64_t ldb, int pairs, float *c, int64_t ldc, \
                     int accumulate) {                                                               \
        vf acc[R][NV];                                                                               \
        UNROLL for (int r = 0; r < R; r++)                                                           \
            UNROLL for (int v = 0; v < NV; v++)                                                      \
                acc[r][v] = accumulate ? load(c + r * ldc + v * V) : splat(0);                       \
        for (int t = 0; t < pairs; t++, a += lda, b += ldb) {                                        \
            vu x[NV];                                                                                \
            UNROLL for (int v = 0; v < NV; v++) x[v] = words(b + v * V);                             \
            UNROLL for (int r = 0; r < R; r++) {                                                     \
                vu y = pair(a + r);                                                                  \
                UNROLL for (int v = 0; v < NV; v++) acc[r][v] = dot(acc[r][v], y, x[v]);             \
            }                                                                                        \
        }                                                                                            \
        UNROLL for (int r = 0; r < R; r++)                                                           \
            UNROLL for (int v = 0; v < NV; v++) store(c + r * ldc + v * V, acc[r][v]);               \
    }

BF16_WINOGRAD_TN_TILE(bf16_winograd_tn_wide, WT, 2)
BF16_WINOGRAD_TN_TILE(bf16_winograd_tn_narrow, WT, 1)
BF16_WINOGRAD_TN_TILE(bf16_winograd_tn_narrow2, 2 * WT, 1)

static void bf16_winograd_tn(const ck_winograd_tn *w) {
    int C = w->x.channels, CP = whole(C), N = w->outputs, NP = whole(N), tiles = w->images * w->down * w->across;
    int block = ((tiles < w->block ? tiles : w->block) + 1) / 2 * 2;
    int64_t vMatrix = winograd_matrix(block / 2, C), dMatrix = winograd_matrix(block / 2, N);
    float *v = w->scratch, *d = v + 36 * vMatrix;
    for (int first = 0; first < tiles; first += block) {
        int accumulate = w->accumulate || first > 0;
        int count = tiles - first < block ? tiles - first : block, pairs = (count + 1) / 2;
        winograd_input_as(&w->x, w->top, w->left, w->down, w->across, first, count, v, vMatrix, PAIRED_TILES);
        winograd_gradient_as(w, first, count, d, dMatrix, PAIRED_TILES);
        for (int i = 0; i < 36; i++) {
            const float *a = v + i * vMatrix, *b = d + i * dMatrix;
            float *c = w->w + (int64_t)i * C * NP;
            for (int n = 0; n < NP; n += 2 * V)
                for (int r = 0; r < C;) {
                    float *to = c + (int64_t)r * NP + n;
                    if (NP - n > V) {
                        bf16_winograd_tn_wide(a + r, CP, b + n, NP, pairs, to, NP, accumulate);
                        r += WT;
                    } else if (C - r >= 2 * WT) {
                        bf16_winograd_tn_narrow2(a + r, CP, b + n, NP, pairs, to, NP, accumulate);
                        r += 2 * WT;
                    } else {
                        bf16_winograd_tn_narrow(a + r, CP, b + n, NP, pairs, to, NP, accumulate);
                        r += WT;
                    }
                }
        }
    }
}

const ck_bf16 BF16_TABLE = {
    .isa = BF16_ISA, .gemm = bf16_gemm, .winograd = bf16_winograd, .winograd_tn = bf16_winograd_tn,
    .narrow = bf16_narrow_values, .multiply_adds = bf16_multiply_adds,
};
