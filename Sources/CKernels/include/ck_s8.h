/// Integer arithmetic of quantized networks: products of unsigned 8-bit activations by signed 8-bit weights, added up in
/// 32 bits, and what else turns 8-bit activations into others. One table of functions per instruction set; all give the same bits.
#ifndef CK_S8_H
#define CK_S8_H

#include <stdint.h>

/// c[m][n] = sum over k of a[m][k] b[k][n], a as in ck_gemm: K = segments * run values of a row, `segments` runs of `run`
/// bytes at rows[m] + offsets[s]. `run` is a multiple of 4. K is at most 2^31 / (255 * 128), 65,793.
typedef struct {
    const uint8_t *a;
    const int32_t *rows;     // m offsets into a
    const int32_t *offsets;  // of each segment, from the row's start
    int segments, run;
    const int8_t *b;         // packed by ck_s8_pack_b
    const int32_t *outputs;  // m offsets into c or q
    int m, n;
    int ahead;               // 0, or how many bytes further on to fetch rows that come from memory
    int32_t *c;
    /// Where not NULL, instead of c: q[m][n] = clamp(round(scale[n] (c[m][n] + bias[n])) + zero, 0, 255). The sum is of 32
    /// bits and must not leave them; it is turned into a float, the product is one of single precision, and ties go to
    /// even: what ONNX Runtime does between two layers.
    uint8_t *q;
    const float *scale;      // n, finite
    const int32_t *bias;     // n
    int zero;                // 0...255
} ck_s8_gemm;

/// q[i] = clamp(round(b[i] bScale + (a[i] aScale + shift)), 0, 255) in single precision, each operation rounded.
typedef struct {
    const uint8_t *a, *b;
    float aScale, bScale, shift;
    uint8_t *q;
    int64_t count;
} ck_s8_add;

/// The largest value of each window, without padding: to outHeight x outWidth pixels at `y`, rows `outStride` bytes apart.
typedef struct {
    const uint8_t *x;        // the first pixel, rows `stride` bytes apart
    int height, width, channels, stride;
    int size, step, padding;
    uint8_t *y;
    int outHeight, outWidth, outStride;
} ck_s8_pool;

typedef struct {
    const char *isa;
    void (*gemm)(const ck_s8_gemm *);
    /// Every channel by itself: sum over the segments s of a[rows[m] + offsets[s] + n] b[s * N + n]; `b` is not packed and
    /// `run` is not used. To q only.
    void (*depthwise)(const ck_s8_gemm *);
    void (*add)(const ck_s8_add *);
    void (*max_pool)(const ck_s8_pool *);
    /// As ck_f32.multiply_adds.
    int64_t (*multiply_adds)(int64_t rounds, float *result);
} ck_s8;

/// Columns of a tile of packed b, for every instruction set.
enum { CK_S8_TILE = 32 };

/// The table named "avx512vnni", "avx2", "neon" or "scalar", or NULL where this machine or build lacks it. A NULL name gives the best.
const ck_s8 *ck_s8_named(const char *isa);

/// b[k][n] = source[k * rowStride + n * columnStride] in tiles of CK_S8_TILE columns, each depth / 4 rows of four values
/// of a column after another, zero beyond n. `depth` is a multiple of 4; `packed` has depth * (n rounded up to the tile)
/// bytes.
void ck_s8_pack_b(int8_t *packed, const int8_t *source, int depth, int64_t rowStride, int n, int64_t columnStride);

#endif
