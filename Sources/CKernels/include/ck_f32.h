/// Single-precision kernels: one table of functions per instruction set, all of the same meaning.
///
/// Activations are N,H,W,C. A convolution reads a panel: a copy of one or more images with its zero border, in which
/// the column matrix of im2col exists only as offsets: row m (an output pixel) of the matrix starts at `rows[m]`,
/// and its K values are `segments` runs of `run` contiguous floats at `rows[m] + offsets[s]`.
#ifndef CK_F32_H
#define CK_F32_H

#include <stdint.h>

enum ck_activation { CK_NONE = 0, CK_RELU = 1, CK_RELU6 = 2, CK_HARDSWISH = 3 };

/// c[m][n] = act(bias[n] + sum over k of a[m][k] b[k][n]), or added to c.
typedef struct {
    const float *a;
    const int32_t *rows;     // m offsets into a
    const int32_t *offsets;  // of each segment, from the row's start
    int segments, run;       // K = segments * run
    const float *b;          // packed by ck_pack_b
    float *c;
    const int32_t *outputs;  // m offsets into c
    int m, n;
    const float *bias;       // padded to a multiple of the vector, or NULL
    int accumulate;          // add to what c holds
    int activation;
    int ahead;               // 0, or how many floats further on to fetch rows that come from memory
    float *sums;             // NULL, or sum[np] and then sum of squares[np] over m of c, added to; np = padded n
} ck_gemm;

/// w[k][n] += sum over pixels p of a[rows[p] + k] g[gradients[p] + n]: the gradient of the weights.
/// Reads up to a vector beyond the last gradient; columns n... of w up to `ldw` may hold anything.
typedef struct {
    const float *a;
    const int32_t *rows;
    const int32_t *offsets;
    int segments, run;
    const float *g;
    const int32_t *gradients;
    int pixels, n;
    float *w;
    int ldw;  // at least n rounded up to the vector
} ck_gemm_tn;

/// Copies `height` rows of `width` pixels into a panel whose rows are `panelWidth` pixels, changing values on the way.
/// Both sides have `channels` floats a pixel, and pointers to the first pixel. Every per-channel array may be NULL
/// (scale 1, shift 0).
typedef struct {
    const float *source;
    float *panel;
    int height, width, channels, panelWidth;
    const float *scale, *shift;  // z = scale * source + shift
    int activation;              // panel = act(z)
} ck_copy;

/// The backward pass of a batch norm and the activation behind it, on the way into a panel:
/// dz = gradient * act'(scale * y + shift); panel = p * dz + q * y + r for each channel.
typedef struct {
    const float *gradient, *y;
    float *panel;
    int height, width, channels, panelWidth;
    const float *scale, *shift;
    int activation;
    const float *p, *q, *r;
    int accumulate;  // add to what the panel holds
} ck_norm_gradient;

/// Images as they lie in memory, H,W,C, one behind the other, changed on the way to where they are read.
typedef struct {
    const float *base;
    int height, width, channels;
    const float *scale, *shift;  // z = scale * x + shift for each channel; NULL: 1 and 0
    int activation;              // act(z)
} ck_images;

/// A 3x3 convolution of stride 1 by Winograd's F(4x4, 3x3): c = act(bias + x * w), or added to what c holds.
/// Channels and outputs are multiples of 8.
typedef struct {
    ck_images x;
    /// Rows and columns of zeros before an image; there are as many behind it as are read.
    int top, left;
    /// Of ck_winograd_weights.
    const float *weights;
    /// Images of height x width x outputs.
    float *c;
    int images, height, width, outputs;
    /// Tiles of 4x4 outputs that cover an image.
    int down, across;
    const float *bias;  // or NULL
    int accumulate, activation;
    float *sums;        // NULL, or sum and sum of squares of each output, added to
    /// Tiles that are worked on together, and ck_f32.winograd_scratch floats for them.
    int block;
    float *scratch;
} ck_winograd;

/// The gradient by the weights of the same convolution: w[36][channels][outputs, rounded up to the vector] =
/// coefficients summed over all tiles, which ck_winograd_reduce turns into the gradient.
typedef struct {
    ck_images x;    // as ck_winograd's
    int top, left;
    /// The output's, height x width x outputs an image.
    const float *gradient;
    int height, width, outputs;
    int images, down, across;
    float *w;
    int accumulate;  // add to what w holds
    int block;
    float *scratch;
} ck_winograd_tn;

/// The largest value of each window of one image H,W,C; windows reach beyond the image by `padding` at most.
typedef struct {
    const float *x;
    const float *scale, *shift;  // of act(scale * x + shift) for each channel; NULL: 1 and 0
    int activation;
    int height, width, channels;
    int size, stride, padding;
    int outHeight, outWidth;
    float *y;
    /// NULL, or OH,OW,C: the offset of each maximum in the image, the first of equals, for ck_max_pool_gradient.
    int32_t *chosen;
} ck_pooling;

typedef struct {
    const char *isa;
    /// Floats in a vector, and in a tile of packed b (the last tile of b may be one vector wide).
    int vector, tile;
    /// Rows of a tile of c.
    int rows;

    void (*gemm)(const ck_gemm *);
    void (*gemm_tn)(const ck_gemm_tn *);
    /// As gemm, a channel on its own: c[m][n] = act(bias[n] + sum over s of a[rows[m] + offsets[s] + n] b[s][n]).
    void (*depthwise)(const ck_gemm *);
    /// w[s][n] += sum over p of a[rows[p] + offsets[s] + n] g[gradients[p] + n].
    void (*depthwise_tn)(const ck_gemm_tn *);

    void (*winograd)(const ck_winograd *);
    void (*winograd_tn)(const ck_winograd_tn *);
    /// Floats of scratch memory for blocks of `tiles` tiles.
    int64_t (*winograd_scratch)(int tiles, int channels, int outputs);

    void (*copy)(const ck_copy *);
    void (*norm_gradient)(const ck_norm_gradient *);
    /// sums[c] += y, sums[channels + c] += y^2 over the pixels.
    void (*moments)(const float *y, int64_t pixels, int channels, float *sums);
    /// With dz as in ck_norm_gradient: sums[c] += dz, sums[channels + c] += dz (y - mean).
    void (*norm_sums)(const float *gradient, const float *y, int64_t pixels, int channels, const float *scale,
                      const float *shift, int activation, const float *mean, float *sums);
    /// out = act(scaleA a + shiftA + scaleB b + shiftB); b or any array may be NULL. out may be a or b.
    void (*add)(const float *a, const float *scaleA, const float *shiftA, const float *b, const float *scaleB,
                const float *shiftB, int activation, float *out, int64_t pixels, int channels);
    void (*max_pool)(const ck_pooling *);
    /// dx = dy where x was the largest of its window, 0 elsewhere: all of dx, for windows that neither overlap nor reach
    /// beyond the image. Takes the sizes and `chosen` of the forward call.
    void (*max_pool_gradient)(const ck_pooling *, const float *dy, float *dx);
    /// dz = gradient where 0 < out (CK_RELU) or 0 < out < 6 (CK_RELU6), else 0. dz may be gradient.
    void (*mask)(const float *gradient, const float *out, int activation, float *dz, int64_t count);
    /// out += a
    void (*accumulate)(const float *a, float *out, int64_t count);
    /// Nothing but multiply-adds in registers, to measure what the core can do: returns how many operations (an
    /// addition, a multiplication) `rounds` rounds took. Writes a float, so that they are not left out.
    int64_t (*multiply_adds)(int64_t rounds, float *result);
} ck_f32;

/// The table named "avx512", "avx2", "neon" or "scalar", or NULL where this machine or build lacks it.
/// A NULL name gives the best one.
const ck_f32 *ck_f32_named(const char *isa);

/// b[(t * inner + i)][n] = source[taps[t] + i * innerStride + n * columnStride], in tiles: tile j holds the columns
/// from j * tile on, K rows of `tile` floats (of `vector` floats where no more than that many columns are left),
/// zero beyond n. `packed` has K * (n rounded up to the vector) floats.
void ck_pack_b(const ck_f32 *kernels, float *packed, const float *source, const int32_t *taps, int tapCount, int inner,
               int64_t innerStride, int n, int64_t columnStride);

/// weight[n * k + i] = sum over the parts, in their order, of parts[j * partStride + i * ldw + n], for the i in
/// first..<last.
void ck_reduce_weights(const float *parts, int partCount, int64_t partStride, int k, int first, int last, int n,
                       int ldw, float *weight);

/// A kernel O,3,3,I in coefficients: packed[36], each as ck_pack_b packs a matrix of K = I rows and O columns; or, for
/// the gradient by the input, of the kernel turned around, K = O rows and I columns. What fills up columns to whole
/// vectors is left as it is: zeros, from the caller.
void ck_winograd_weights(const ck_f32 *kernels, float *packed, const float *weight, int outputs, int channels,
                         int backward);

/// weight O,3,3,I for the channels first..<last of the sum over the parts, in their order, of
/// parts[j * partStride] [36][channels][stride].
void ck_winograd_reduce(const float *parts, int partCount, int64_t partStride, int channels, int outputs, int stride,
                        int first, int last, float *weight);

/// dx[chosen[i]] += dy[i], whatever the windows.
void ck_max_pool_gradient(const float *dy, const int32_t *chosen, int64_t count, float *dx);
/// The mean over those pixels of a window that lie inside the image; its gradient is added to dx.
void ck_average_pool(const float *x, int height, int width, int channels, int size, int stride, int padding,
                     int outHeight, int outWidth, float *y);
void ck_average_pool_gradient(const float *dy, int height, int width, int channels, int size, int stride, int padding,
                              int outHeight, int outWidth, float *dx);
/// The mean over the pixels of one image, with scale, shift and activation applied before (NULL: none).
void ck_global_pool(const float *x, int64_t pixels, int channels, const float *scale, const float *shift,
                    int activation, float *y);
/// dx[p][c] = (or +=) dy[c] / pixels
void ck_global_pool_gradient(const float *dy, int64_t pixels, int channels, int accumulate, float *dx);

/// y = (q - zero) scale, with q = clamp(round(x / scale) + zero, 0, 255), ties to even. y may be x.
void ck_round_values(const float *x, int64_t count, float scale, int zero, float *y);
/// dx = (or +=) dy where nothing was clamped, 0 elsewhere.
void ck_round_gradient(const float *x, const float *dy, int64_t count, float scale, int zero, int accumulate,
                       float *dx);
/// Of each row the nearest multiple of its largest magnitude / 127, ties to even.
void ck_round_weights(const float *weight, int64_t rows, int64_t depth, float *rounded);

#endif
