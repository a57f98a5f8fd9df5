// Winograd's convolution of one instruction set: 3x3, stride 1, in tiles of 4x4 outputs. Included after f32_micro.h and bf16_pairs.h.
//
// Lavin and Gray 2016, "Fast algorithms for convolutional neural networks": y = A' ((G g G') * (B' d B)) A, summed over
// the channels, takes 36 multiplications where the definition takes 144. Interpolation at 0, +-3/4, +-3/2 and infinity
// in place of the paper's 0, +-1, +-2 more than halves the rounding error: in single precision it is about twice that
// of the definition. The same input transform serves the gradient by the weights, F(3x3, 4x4), with another G and A.
//
// A vector holds the channels of one pixel; the 36 coefficients of a tile go to 36 matrices of tiles by channels, whose
// rows are whole vectors.

INLINE int whole(int channels) { return (channels + V - 1) / V * V; }
INLINE vf load_up_to(const float *p, int left) { return left >= V ? load(p) : load_part(p, left); }

/// B' d, one dimension.
INLINE void winograd_input_line(const vf d[6], vf v[6]) {
    vf evenP = d[4] - splat(WQ2) * d[2], oddP = splat(WP) * (d[3] - splat(WQ2) * d[1]);
    vf evenQ = d[4] - splat(WP2) * d[2], oddQ = splat(WQ) * (d[3] - splat(WP2) * d[1]);
    v[0] = splat(WM2) * d[0] - splat(WS2) * d[2] + d[4];
    v[1] = evenP + oddP;
    v[2] = evenP - oddP;
    v[3] = evenQ + oddQ;
    v[4] = evenQ - oddQ;
    v[5] = splat(WM2) * d[1] - splat(WS2) * d[3] + d[5];
}

/// A' m, one dimension.
INLINE void winograd_output_line(const vf m[6], vf y[4]) {
    vf sumP = m[1] + m[2], differenceP = m[1] - m[2], sumQ = m[3] + m[4], differenceQ = m[3] - m[4];
    y[0] = m[0] + sumP + sumQ;
    y[1] = splat(WP) * differenceP + splat(WQ) * differenceQ;
    y[2] = splat(WP2) * sumP + splat(WQ2) * sumQ;
    y[3] = splat(WP * WP2) * differenceP + splat(WQ * WQ2) * differenceQ + m[5];
}

/// G g of a line of four, for the gradient by the weights: the output's gradient takes the place of the kernel.
INLINE void winograd_gradient_line(const vf g[4], vf v[6]) {
    const float np = 1 / WNP, nq = 1 / WNQ;
    vf evenP = splat(np) * g[0] + splat(np * WP2) * g[2], oddP = splat(np * WP) * g[1] + splat(np * WP * WP2) * g[3];
    vf evenQ = splat(nq) * g[0] + splat(nq * WQ2) * g[2], oddQ = splat(nq * WQ) * g[1] + splat(nq * WQ * WQ2) * g[3];
    v[0] = splat(1 / WM2) * g[0];
    v[1] = evenP + oddP;
    v[2] = evenP - oddP;
    v[3] = evenQ + oddQ;
    v[4] = evenQ - oddQ;
    v[5] = g[3];
}

/// How the coefficients lie in their matrices: as floats, or rounded in pairs of two channels or of two tiles.
enum { FLOATS, PAIRED_CHANNELS, PAIRED_TILES };

/// Stores coefficients of tile t, the channels from c on, in a matrix whose rows have `width` channels.
INLINE void put_coefficients(float *matrix, int t, int width, int c, vf x, const int form) {
    if (form == FLOATS) {
        store(matrix + (int64_t)t * width + c, x);
    } else if (form == PAIRED_CHANNELS) {
        store_halves((uint16_t *)matrix + (int64_t)t * width + c, x);
    } else {
        vu *at = (vu *)(matrix + (int64_t)(t / 2) * width + c);
        *at = t % 2 == 0 ? lower_halves(x) : *at | upper_halves(x);
    }
}

/// What happens to the images' values on the way.
enum { AS_THEY_ARE, SCALED_RELU, SCALED };

/// The rows of a tile of 6x6 pixels that begins at row y0 of an image: where to read them, and whether they lie in it.
typedef struct {
    int64_t at[6];
    int32_t mask[6];
} winograd_lines;

INLINE winograd_lines winograd_lines_of(int y0, int height, int64_t line) {
    winograd_lines lines;
    for (int y = 0; y < 6; y++) {
        int isInside = (unsigned)(y0 + y) < (unsigned)height;
        lines.at[y] = isInside ? (y0 + y) * line : 0;
        lines.mask[y] = -isInside;
    }
    return lines;
}

/// One tile's coefficients to row t of the matrices: of the 6x6 pixels from (y0, x0) on, zero outside of the image.
///
/// - isInside: none of them lies outside, and the channels are whole vectors.
INLINE void winograd_input_tile(const ck_images *o, const float *image, int y0, int x0, float *v, int64_t matrix, int t,
                                const int form, const int kind, const int C, const int isInside) {
    int CP = whole(C), width = o->width;
    int64_t line = (int64_t)width * C;
    const float *corner = image + x0 * C + (isInside ? y0 * line : 0);
    winograd_lines lines;
    if (!isInside) lines = winograd_lines_of(y0, o->height, line);
    for (int c = 0; c < C; c += V) {
        vf scale = splat(1), shift = splat(0), columns[6][6];
        if (kind != AS_THEY_ARE && o->scale) scale = load_up_to(o->scale + c, C - c);
        if (kind != AS_THEY_ARE && o->shift) shift = load_up_to(o->shift + c, C - c);
        UNROLL for (int x = 0; x < 6; x++) {
            vf d[6], r[6];
            if (!isInside && (unsigned)(x0 + x) >= (unsigned)width) {
                UNROLL for (int y = 0; y < 6; y++) columns[y][x] = splat(0);
                continue;
            }
            UNROLL for (int y = 0; y < 6; y++) {
                const float *at = corner + (isInside ? y * line : lines.at[y]) + x * C + c;
                d[y] = isInside ? load(at) : load_up_to(at, C - c);
                if (kind != AS_THEY_ARE)
                    d[y] = activate(d[y] * scale + shift, kind == SCALED_RELU ? CK_RELU : o->activation);
                if (!isInside) d[y] = (vf)((vi)d[y] & lines.mask[y]);
            }
            winograd_input_line(d, r);
            UNROLL for (int y = 0; y < 6; y++) columns[y][x] = r[y];
        }
        UNROLL for (int y = 0; y < 6; y++) {
            vf r[6];
            winograd_input_line(columns[y], r);
            UNROLL for (int x = 0; x < 6; x++) put_coefficients(v + (y * 6 + x) * matrix, t, CP, c, r[x], form);
        }
    }
}

INLINE void winograd_input_of(const ck_images *o, int top, int left, int down, int across, int first, int count,
                              float *v, int64_t matrix, const int form, const int kind, const int C) {
    int perImage = down * across, isWhole = C % V == 0;
    int64_t stride = (int64_t)o->height * o->width * C;
    int ahead = across * 16 * 5 / 4;
    for (int t = 0; t < count; t++) {
        int tile = first + t, inside = tile % perImage;
        int y = inside / across * 4 - top, x = inside % across * 4 - left;
        const float *image = o->base + tile / perImage * stride;
        // A tile reads one line of every pixel after the other, which no processor foresees.
        const float *next = o->base + ((int64_t)tile * 16 + ahead) * C;
        for (int i = 0; i < 16 * C; i += 16) __builtin_prefetch(next + i, 0, 2);
        if (isWhole && y >= 0 && x >= 0 && y + 6 <= o->height && x + 6 <= o->width)
            winograd_input_tile(o, image, y, x, v, matrix, t, form, kind, C, 1);
        else winograd_input_tile(o, image, y, x, v, matrix, t, form, kind, C, 0);
    }
}

/// The usual numbers of channels as constants: where pixels and rows lie then needs no arithmetic.
#define WITH_CHANNELS(channels, call) \
    switch (channels) {               \
    case 16: call(16); break;         \
    case 32: call(32); break;         \
    case 64: call(64); break;         \
    default: call(channels); break;   \
    }

/// The input's coefficients of the tiles first..<first + count, for all channels: v[36][rows][channels].
INLINE void winograd_input_as(const ck_images *o, int top, int left, int down, int across, int first, int count,
                              float *v, int64_t matrix, const int form) {
#define CALL(KIND, C) winograd_input_of(o, top, left, down, across, first, count, v, matrix, form, KIND, C)
#define PLAIN(C) CALL(AS_THEY_ARE, C)
#define RELU(C) CALL(SCALED_RELU, C)
    if (!o->scale && !o->shift && o->activation == CK_NONE) {
        WITH_CHANNELS(o->channels, PLAIN)
    } else if (o->activation == CK_RELU) {
        WITH_CHANNELS(o->channels, RELU)
    } else {
        CALL(SCALED, o->channels);
    }
#undef CALL
#undef PLAIN
#undef RELU
}

/// As winograd_input_tile, of the output's gradient: 4x4 pixels, zeros outside of it.
INLINE void winograd_gradient_tile(const float *corner, int64_t line, int N, int height, int width, float *v,
                                   int64_t matrix, int t, const int form, const int isInside) {
    for (int c = 0; c < N; c += V) {
        vf columns[6][4];
        UNROLL for (int x = 0; x < 4; x++) {
            vf d[4], r[6];
            UNROLL for (int y = 0; y < 4; y++) {
                d[y] = splat(0);
                if (isInside) d[y] = load(corner + y * line + x * N + c);
                else if (y < height && x < width) d[y] = load_up_to(corner + y * line + x * N + c, N - c);
            }
            winograd_gradient_line(d, r);
            UNROLL for (int y = 0; y < 6; y++) columns[y][x] = r[y];
        }
        UNROLL for (int y = 0; y < 6; y++) {
            vf r[6];
            winograd_gradient_line(columns[y], r);
            UNROLL for (int x = 0; x < 6; x++) put_coefficients(v + (y * 6 + x) * matrix, t, whole(N), c, r[x], form);
        }
    }
}

/// The gradient's coefficients of the tiles first..<first + count, for all outputs: v[36][rows][outputs].
INLINE void winograd_gradient_as(const ck_winograd_tn *w, int first, int count, float *v, int64_t matrix,
                                const int form) {
    int N = w->outputs, across = w->across, perImage = w->down * across;
    int64_t line = (int64_t)w->width * N;
    for (int t = 0; t < count; t++) {
        int tile = first + t, image = tile / perImage, inside = tile % perImage;
        int y = inside / across * 4, x = inside % across * 4;
        const float *corner = w->gradient + ((int64_t)image * w->height + y) * line + (int64_t)x * N;
        if (N % V == 0 && y + 4 <= w->height && x + 4 <= w->width)
            winograd_gradient_tile(corner, line, N, 4, 4, v, matrix, t, form, 1);
        else winograd_gradient_tile(corner, line, N, w->height - y, w->width - x, v, matrix, t, form, 0);
    }
}

/// One tile's outputs from their coefficients to memory: rows 0..<height and columns 0..<width of it.
///
/// - isPlain: whole vectors of channels, as they are.
INLINE void winograd_output_tile(const float *from, int64_t matrix, float *corner, int64_t line, int N, int left,
                                 int height, int width, vf bias, const int isPlain, int accumulate, int activation,
                                 vf *sum, vf *square) {
    vf rows[4][6];
    UNROLL for (int x = 0; x < 6; x++) {
        vf d[6], r[4];
        UNROLL for (int y = 0; y < 6; y++) d[y] = load(from + (y * 6 + x) * matrix);
        winograd_output_line(d, r);
        UNROLL for (int y = 0; y < 4; y++) rows[y][x] = r[y];
    }
    UNROLL for (int y = 0; y < 4; y++) {
        vf r[4];
        winograd_output_line(rows[y], r);
        if (y >= height) break;
        UNROLL for (int x = 0; x < 4; x++) {
            if (x >= width) break;
            float *at = corner + y * line + (int64_t)x * N;
            vf z = r[x] + bias;
            if (!isPlain) {
                if (accumulate) z += load_up_to(at, left);
                z = activate(z, activation);
            }
            *sum += z;
            *square += z * z;
            if (isPlain || left >= V) store(at, z);
            else store_part(at, z, left);
        }
    }
}

/// The tiles' outputs from their coefficients m[36][rows][outputs], through the epilogue to memory.
static void winograd_output(const ck_winograd *w, int first, int count, const float *m, int64_t matrix) {
    int N = w->outputs, NP = whole(N), across = w->across, perImage = w->down * across;
    int height = w->height, width = w->width, activation = w->activation;
    int accumulate = w->accumulate;
    int64_t line = (int64_t)width * N;
    for (int n = 0; n < N; n += V) {
        vf bias = w->bias ? load(w->bias + n) : splat(0), sum = splat(0), square = splat(0);
        int isPlain = N - n >= V && !accumulate && activation == CK_NONE;
        for (int t = 0; t < count; t++) {
            int tile = first + t, image = tile / perImage, inside = tile % perImage;
            int top = inside / across * 4, left = inside % across * 4;
            const float *from = m + (int64_t)t * NP + n;
            float *corner = w->c + ((int64_t)image * height + top) * line + (int64_t)left * N + n;
            if (isPlain && height - top >= 4 && width - left >= 4)
                winograd_output_tile(from, matrix, corner, line, N, N - n, 4, 4, bias, 1, 0, CK_NONE, &sum,
                                     &square);
            else
                winograd_output_tile(from, matrix, corner, line, N, N - n, height - top, width - left, bias, 0,
                                     accumulate, activation, &sum, &square);
        }
        if (w->sums) {
            store(w->sums + n, load(w->sums + n) + sum);
            store(w->sums + NP + n, load(w->sums + NP + n) + square);
        }
    }
}

/// R rows of a product by NV vectors, K deep: c = a b, b packed.
#define WINOGRAD_TILE(NAME, R, NV)                                                                   \
    INLINE void NAME(const float *a, int64_t lda, const float *b, int k, float *c, int64_t ldc) {    \
        vf acc[R][NV];                                                                               \
        UNROLL for (int r = 0; r < R; r++) UNROLL for (int v = 0; v < NV; v++) acc[r][v] = splat(0); \
        for (int i = 0; i < k; i += 4, b += 4 * NV * V)                                              \
            UNROLL for (int j = 0; j < 4; j++) {                                                     \
                vf x[NV];                                                                            \
                UNROLL for (int v = 0; v < NV; v++) x[v] = load(b + (j * NV + v) * V);               \
                UNROLL for (int r = 0; r < R; r++) {                                                 \
                    vf y = splat(a[r * lda + i + j]);                                                \
                    UNROLL for (int v = 0; v < NV; v++) acc[r][v] += y * x[v];                       \
                }                                                                                    \
            }                                                                                        \
        UNROLL for (int r = 0; r < R; r++)                                                           \
            UNROLL for (int v = 0; v < NV; v++) store(c + r * ldc + v * V, acc[r][v]);               \
    }

WINOGRAD_TILE(winograd_wide, WR, 2)
WINOGRAD_TILE(winograd_narrow, WR, 1)

/// The 36 products of coefficients. `rows` is a multiple of WR.
INLINE void winograd_multiply_of(const ck_winograd *w, int rows, const float *v, int64_t vMatrix, float *m,
                                 int64_t mMatrix, const int C) {
    int CP = whole(C), NP = whole(w->outputs);
    for (int i = 0; i < 36; i++) {
        const float *a = v + i * vMatrix, *b = w->weights + (int64_t)i * C * NP;
        float *c = m + i * mMatrix;
        for (int n = 0; n < NP; n += 2 * V, b += 2 * V * C)
            for (int r = 0; r < rows; r += WR) {
                const float *row = a + (int64_t)r * CP;
                float *to = c + (int64_t)r * NP + n;
                if (NP - n > V) winograd_wide(row, CP, b, C, to, NP);
                else winograd_narrow(row, CP, b, C, to, NP);
            }
    }
}

static void winograd_multiply(const ck_winograd *w, int rows, const float *v, int64_t vMatrix, float *m,
                              int64_t mMatrix) {
#define CALL(CHANNELS) winograd_multiply_of(w, rows, v, vMatrix, m, mMatrix, CHANNELS)
    WITH_CHANNELS(w->x.channels, CALL)
#undef CALL
}

static int winograd_rows(int tiles) { return (tiles + WR - 1) / WR * WR; }

/// Floats from one of the 36 matrices to the next: a line more than it has, so that they do not lie at one place of
/// the cache.
static int64_t winograd_matrix(int rows, int channels) { return (int64_t)rows * whole(channels) + 16; }

static int64_t winograd_scratch(int tiles, int channels, int outputs) {
    int rows = winograd_rows(tiles);
    return 36 * (winograd_matrix(rows, channels) + winograd_matrix(rows, outputs));
}

static void winograd(const ck_winograd *w) {
    int tiles = w->images * w->down * w->across;
    int block = winograd_rows(tiles < w->block ? tiles : w->block);
    int64_t vMatrix = winograd_matrix(block, w->x.channels), mMatrix = winograd_matrix(block, w->outputs);
    float *v = w->scratch, *m = v + 36 * vMatrix;
    for (int first = 0; first < tiles; first += block) {
        int count = tiles - first < block ? tiles - first : block;
        winograd_input_as(&w->x, w->top, w->left, w->down, w->across, first, count, v, vMatrix, FLOATS);
        winograd_multiply(w, winograd_rows(count), v, vMatrix, m, mMatrix);
        winograd_output(w, first, count, m, mMatrix);
    }
}

/// R rows of a product by NV vectors, over the tiles: c += a' b.
#define WINOGRAD_TN_TILE(NAME, R, NV)                                                                \
    INLINE void NAME(const float *a, int64_t lda, const float *b, int64_t ldb, int k, float *c, int64_t ldc, \
                     int accumulate) {                                                               \
        vf acc[R][NV];                                                                               \
        UNROLL for (int r = 0; r < R; r++)                                                           \
            UNROLL for (int v = 0; v < NV; v++)                                                      \
                acc[r][v] = accumulate ? load(c + r * ldc + v * V) : splat(0);                       \
        for (int t = 0; t < k; t++, a += lda, b += ldb) {                                            \
            vf x[NV];                                                                                \
            UNROLL for (int v = 0; v < NV; v++) x[v] = load(b + v * V);                              \
            UNROLL for (int r = 0; r < R; r++) {                                                     \
                vf y = splat(a[r]);                                                                  \
                UNROLL for (int v = 0; v < NV; v++) acc[r][v] += y * x[v];                           \
            }                                                                                        \
        }                                                                                            \
        UNROLL for (int r = 0; r < R; r++)                                                           \
            UNROLL for (int v = 0; v < NV; v++) store(c + r * ldc + v * V, acc[r][v]);               \
    }

WINOGRAD_TN_TILE(winograd_tn_wide, WT, 2)
WINOGRAD_TN_TILE(winograd_tn_narrow, WT, 1)
WINOGRAD_TN_TILE(winograd_tn_narrow2, 2 * WT, 1)

static void winograd_tn(const ck_winograd_tn *w) {
    int C = w->x.channels, CP = whole(C), N = w->outputs, NP = whole(N), tiles = w->images * w->down * w->across;
    int block = tiles < w->block ? tiles : w->block;
    int64_t vMatrix = winograd_matrix(block, C), dMatrix = winograd_matrix(block, N);
    float *v = w->scratch, *d = v + 36 * vMatrix;
    for (int first = 0; first < tiles; first += block) {
        int accumulate = w->accumulate || first > 0;
        int count = tiles - first < block ? tiles - first : block;
        winograd_input_as(&w->x, w->top, w->left, w->down, w->across, first, count, v, vMatrix, FLOATS);
        winograd_gradient_as(w, first, count, d, dMatrix, FLOATS);
        for (int i = 0; i < 36; i++) {
            const float *a = v + i * vMatrix, *b = d + i * dMatrix;
            float *c = w->w + (int64_t)i * C * NP;
            for (int n = 0; n < NP; n += 2 * V)
                for (int r = 0; r < C;) {
                    float *to = c + (int64_t)r * NP + n;
                    if (NP - n > V) {
                        winograd_tn_wide(a + r, CP, b + n, NP, count, to, NP, accumulate);
                        r += WT;
                    } else if (C - r >= 2 * WT) {
                        winograd_tn_narrow2(a + r, CP, b + n, NP, count, to, NP, accumulate);
                        r += 2 * WT;
                    } else {
                        winograd_tn_narrow(a + r, CP, b + n, NP, count, to, NP, accumulate);
                        r += WT;
                    }
                }
        }
    }
}
