// Products of pairs of one instruction set (see ck_bf16.h). Included after f32_micro.h and bf16_pairs.h, whose tiles
// and epilogues these are.

/// As GEMM_TILE.
#define BF16_TILE(NAME, FINISH, NV, NK)                                                              \
    static void NAME(const ck_gemm *g, const place *t) {                                             \
        vf acc[NK][MR][NV];                                                                          \
        int left = g->n - t->column, pairs = (g->run + 1) / 2;                                       \
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
        for (int s = 0; s < t->segments; s++) {                                                      \
            const uint16_t *a = (const uint16_t *)t->a + t->offsets[s];                              \
            const uint16_t *p[MR];                                                                   \
            UNROLL for (int r = 0; r < MR; r++) p[r] = a + t->rows[row[r]];                          \
            int k = 0;                                                                               \
            for (; k + NK <= pairs; k += NK, b += NK * NV * V)                                       \
                UNROLL for (int j = 0; j < NK; j++) {                                                \
                    vu x[NV];                                                                        \
                    UNROLL for (int v = 0; v < NV; v++) x[v] = words(b + (j * NV + v) * V);          \
                    UNROLL for (int r = 0; r < MR; r++) {                                            \
                        vu y = pair(p[r] + 2 * (k + j));                                             \
                        UNROLL for (int v = 0; v < NV; v++) acc[j][r][v] = dot(acc[j][r][v], y, x[v]); \
                    }                                                                                \
                }                                                                                    \
            for (; k < pairs; k++, b += NV * V)                                                      \
                UNROLL for (int r = 0; r < MR; r++)                                                  \
                    UNROLL for (int v = 0; v < NV; v++)                                              \
                        acc[0][r][v] = dot(acc[0][r][v], pair(p[r] + 2 * k), words(b + v * V));      \
        }                                                                                            \
        UNROLL for (int j = 1; j < NK; j++)                                                          \
            UNROLL for (int r = 0; r < MR; r++)                                                      \
                UNROLL for (int v = 0; v < NV; v++) acc[0][r][v] += acc[j][r][v];                    \
        FINISH(g, t, acc[0], left);                                                                  \
    }

BF16_TILE(bf16_wide, finish_wide, 2, 1)
BF16_TILE(bf16_narrow, finish_narrow, 1, 2)

static void bf16_gemm(const ck_gemm *g) {
    int pairs = (g->run + 1) / 2;
    int step = pairs >= KC ? 1 : KC / pairs;
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
            t.b = g->b + (int64_t)column * g->segments * pairs + (int64_t)s * pairs * (wide ? 2 * V : V);
            for (int m = 0; m < g->m; m += MR) {
                t.rows = g->rows + m;
                t.outputs = g->outputs + m;
                t.valid = g->m - m < MR ? g->m - m : MR;
                wide ? bf16_wide(g, &t) : bf16_narrow(g, &t);
            }
        }
    }
}

static void bf16_narrow_values(const float *from, uint16_t *to, int64_t count) {
    int64_t i = 0;
    for (; i + V <= count; i += V) store_halves(to + i, load(from + i));
    for (; i < count; i++) to[i] = ck_bf16_bits(from[i]);
}

static int64_t bf16_multiply_adds(int64_t rounds, float *result) {
    enum { CHAINS = 12 };
    static const volatile uint32_t pairs[] = {0x3f803f80, 0x30003000};  // volatile: not multiplied by the compiler
    vf acc[CHAINS];
    vu one = (vu){0} + pairs[0], small = (vu){0} + pairs[1];
    UNROLL for (int i = 0; i < CHAINS; i++) acc[i] = splat((float)i);
    for (int64_t n = 0; n < rounds; n++) UNROLL for (int i = 0; i < CHAINS; i++) acc[i] = dot(acc[i], one, small);
    UNROLL for (int i = 1; i < CHAINS; i++) acc[0] += acc[i];
    *result = acc[0][0];
    return rounds * CHAINS * V * 4;
}
