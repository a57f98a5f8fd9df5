// Micro-kernels of one instruction set. Included by one C file per ISA, which defines V (floats a vector) and
// MR (rows of a tile), with the target attribute pushed.
//
// The tile of c stays in registers: MR rows by one or two vectors. The k loop reads a by broadcast from MR row
// pointers and b from its packed tile, in order.

typedef float vf __attribute__((vector_size(4 * V), aligned(4)));
typedef int32_t vi __attribute__((vector_size(4 * V), aligned(4)));

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

INLINE vf load(const float *p) { return *(const vf *)p; }
INLINE void store(float *p, vf v) { *(vf *)p = v; }
// x - 0, which is x for every x: with + 0 the compiler would have to add.
INLINE vf splat(float x) { return x - (vf){0}; }

/// The first `count` floats, 0 < count < V, and zeros.
INLINE vf load_part(const float *p, int count) {
#if V == 16
    return (vf)_mm512_maskz_loadu_ps((__mmask16)((1u << count) - 1), p);
#else
    float lanes[V] = {0};
    for (int i = 0; i < count; i++) lanes[i] = p[i];
    return load(lanes);
#endif
}

INLINE void store_part(float *p, vf v, int count) {
#if V == 16
    _mm512_mask_storeu_ps(p, (__mmask16)((1u << count) - 1), (__m512)v);
#else
    float lanes[V];
    store(lanes, v);
    for (int i = 0; i < count; i++) p[i] = lanes[i];
#endif
}

INLINE vf activate(vf z, int activation) {
    switch (activation) {
    case CK_RELU: return __builtin_elementwise_max(z, splat(0));
    case CK_RELU6: return __builtin_elementwise_min(__builtin_elementwise_max(z, splat(0)), splat(6));
    case CK_HARDSWISH:
        return z * __builtin_elementwise_min(__builtin_elementwise_max(z + splat(3), splat(0)), splat(6)) * splat(1.0f / 6);
    default: return z;
    }
}

/// Where a tile lies: its rows, its columns, and which part of K this call adds.
typedef struct {
    const float *a;
    const int32_t *rows, *outputs;
    const int32_t *offsets;
    int segments;
    const float *b;
    int valid, column, first, last;
} place;

#define GEMM_TILE(NAME, NV, NK)                                                                     \
    static void NAME(const ck_gemm *g, const place *t) {                                             \
        vf acc[NK][MR][NV];                                                                          \
        int left = g->n - t->column;                                                                 \
        int row[MR];                                                                                 \
        UNROLL for (int r = 0; r < MR; r++) row[r] = r < t->valid ? r : 0;                           \
        UNROLL for (int j = 0; j < NK; j++)                                                          \
            UNROLL for (int r = 0; r < MR; r++)                                                      \
                UNROLL for (int v = 0; v < NV; v++) acc[j][r][v] = splat(0);                         \
        if (!t->first || g->accumulate) {                                                            \
            UNROLL for (int r = 0; r < MR; r++) {                                                    \
                const float *c = g->c + t->outputs[row[r]] + t->column;                              \
                UNROLL for (int v = 0; v < NV; v++)                                                  \
                    acc[0][r][v] = left >= (v + 1) * V ? load(c + v * V) : load_part(c + v * V, left - v * V); \
            }                                                                                        \
        }                                                                                            \
        const float *b = t->b;                                                                       \
        int run = g->run;                                                                            \
        for (int s = 0; s < t->segments; s++) {                                                      \
            const float *a = t->a + t->offsets[s];                                                   \
            const float *p[MR];                                                                      \
            UNROLL for (int r = 0; r < MR; r++) p[r] = a + t->rows[row[r]];                          \
            int k = 0;                                                                               \
            for (; k + NK <= run; k += NK) {                                                         \
                UNROLL for (int j = 0; j < NK; j++) {                                                \
                    vf x[NV];                                                                        \
                    UNROLL for (int v = 0; v < NV; v++) x[v] = load(b + (j * NV + v) * V);           \
                    UNROLL for (int r = 0; r < MR; r++) {                                            \
                        vf y = splat(p[r][k + j]);                                                   \
                        UNROLL for (int v = 0; v < NV; v++) acc[j][r][v] += y * x[v];                \
                    }                                                                                \
                }                                                                                    \
                b += NK * NV * V;                                                                    \
            }                                                                                        \
            for (; k < run; k++) {                                                                   \
                UNROLL for (int r = 0; r < MR; r++)                                                  \
                    UNROLL for (int v = 0; v < NV; v++) acc[0][r][v] += splat(p[r][k]) * load(b + v * V); \
                b += NV * V;                                                                         \
            }                                                                                        \
        }                                                                                            \
        UNROLL for (int j = 1; j < NK; j++)                                                          \
            UNROLL for (int r = 0; r < MR; r++)                                                      \
                UNROLL for (int v = 0; v < NV; v++) acc[0][r][v] += acc[j][r][v];                    \
        finish_##NAME(g, t, acc[0], left);                                                           \
    }

/// Bias, activation and sums of a finished tile, and its way back to memory.
#define GEMM_FINISH(NAME, NV)                                                                        \
    INLINE void finish_##NAME(const ck_gemm *g, const place *t, vf acc[MR][NV], int left) {          \
        if (t->last) {                                                                               \
            if (g->bias)                                                                             \
                UNROLL for (int v = 0; v < NV; v++) {                                                \
                    vf bias = load(g->bias + t->column + v * V);                                     \
                    UNROLL for (int r = 0; r < MR; r++) acc[r][v] += bias;                           \
                }                                                                                    \
            if (g->activation)                                                                       \
                UNROLL for (int r = 0; r < MR; r++)                                                  \
                    UNROLL for (int v = 0; v < NV; v++) acc[r][v] = activate(acc[r][v], g->activation); \
            if (g->sums) {                                                                           \
                int np = (g->n + V - 1) / V * V;                                                     \
                UNROLL for (int v = 0; v < NV; v++) {                                                \
                    vf sum = splat(0), square = splat(0);                                            \
                    UNROLL for (int r = 0; r < MR; r++) {                                            \
                        vf x = r < t->valid ? acc[r][v] : splat(0);                                  \
                        sum += x;                                                                    \
                        square += x * x;                                                             \
                    }                                                                                \
                    float *s = g->sums + t->column + v * V;                                          \
                    store(s, load(s) + sum);                                                         \
                    store(s + np, load(s + np) + square);                                            \
                }                                                                                    \
            }                                                                                        \
        }                                                                                            \
        UNROLL for (int r = 0; r < MR; r++) {                                                        \
            if (r >= t->valid) break;                                                                \
            float *c = g->c + t->outputs[r] + t->column;                                             \
            UNROLL for (int v = 0; v < NV; v++) {                                                    \
                if (left >= (v + 1) * V) store(c + v * V, acc[r][v]);                                \
                else store_part(c + v * V, acc[r][v], left - v * V);                                 \
            }                                                                                        \
        }                                                                                            \
    }

GEMM_FINISH(tile_wide, 2)
GEMM_FINISH(tile_narrow, 1)
GEMM_TILE(tile_wide, 2, 1)
// One vector of columns gives too few independent sums to hide the latency of an FMA: two sets, by parity of k.
GEMM_TILE(tile_narrow, 1, 2)

/// Floats of packed b that stay in the first-level cache while the rows go by.
enum { KC = 384 };

static void gemm(const ck_gemm *g) {
    int k = g->segments * g->run;
    int step = g->run >= KC ? 1 : KC / g->run;
    if (step > g->segments) step = g->segments;
    place t = {.a = g->a};
    for (int s = 0; s < g->segments; s += step) {
        t.segments = g->segments - s < step ? g->segments - s : step;
        t.offsets = g->offsets + s;
        t.first = s == 0;
        t.last = s + t.segments == g->segments;
        for (int column = 0; column < g->n; column += 2 * V) {
            int wide = g->n - column > V;
            t.column = column;
            t.b = g->b + (int64_t)column * k + (int64_t)s * g->run * (wide ? 2 * V : V);
            for (int m = 0; m < g->m; m += MR) {
                t.rows = g->rows + m;
                t.outputs = g->outputs + m;
                t.valid = g->m - m < MR ? g->m - m : MR;
                if (wide) tile_wide(g, &t);
                else tile_narrow(g, &t);
            }
        }
    }
}

/// R rows of the weights' gradient by NV vectors, over a block of pixels.
#define TN_TILE(NAME, R, NV)                                                                         \
    static void NAME(const ck_gemm_tn *g, int from, int to, int offset, int column, float *w) {      \
        vf acc[R][NV];                                                                               \
        UNROLL for (int r = 0; r < R; r++)                                                           \
            UNROLL for (int v = 0; v < NV; v++) acc[r][v] = load(w + (int64_t)r * g->ldw + v * V);   \
        const float *a = g->a + offset, *y = g->g + column;                                          \
        for (int p = from; p < to; p++) {                                                            \
            const float *x = a + g->rows[p];                                                         \
            const float *d = y + g->gradients[p];                                                    \
            vf b[NV];                                                                                \
            UNROLL for (int v = 0; v < NV; v++) b[v] = load(d + v * V);                              \
            UNROLL for (int r = 0; r < R; r++) {                                                     \
                vf s = splat(x[r]);                                                                  \
                UNROLL for (int v = 0; v < NV; v++) acc[r][v] += s * b[v];                           \
            }                                                                                        \
        }                                                                                            \
        UNROLL for (int r = 0; r < R; r++)                                                           \
            UNROLL for (int v = 0; v < NV; v++) store(w + (int64_t)r * g->ldw + v * V, acc[r][v]);   \
    }

TN_TILE(tn_wide, TR, 2)
TN_TILE(tn_wide4, 4, 2)
TN_TILE(tn_wide1, 1, 2)
TN_TILE(tn_narrow, 2 * TR, 1)
TN_TILE(tn_narrow4, 4, 1)
TN_TILE(tn_narrow1, 1, 1)

static void gemm_tn(const ck_gemm_tn *g) {
    enum { BLOCK = 192 };  // pixels whose a and g stay in the first-level cache
    for (int from = 0; from < g->pixels; from += BLOCK) {
        int to = from + BLOCK < g->pixels ? from + BLOCK : g->pixels;
        for (int column = 0; column < g->n; column += 2 * V) {
            int wide = g->n - column > V;
            for (int s = 0; s < g->segments; s++) {
                float *w = g->w + (int64_t)s * g->run * g->ldw + column;
                int k = 0;
                while (k < g->run) {
                    float *at = w + (int64_t)k * g->ldw;
                    int offset = g->offsets[s] + k, rest = g->run - k;
                    if (wide) {
                        if (rest >= TR) { tn_wide(g, from, to, offset, column, at); k += TR; }
                        else if (rest >= 4) { tn_wide4(g, from, to, offset, column, at); k += 4; }
                        else { tn_wide1(g, from, to, offset, column, at); k += 1; }
                    } else {
                        if (rest >= 2 * TR) { tn_narrow(g, from, to, offset, column, at); k += 2 * TR; }
                        else if (rest >= 4) { tn_narrow4(g, from, to, offset, column, at); k += 4; }
                        else { tn_narrow1(g, from, to, offset, column, at); k += 1; }
                    }
                }
            }
        }
    }
}
