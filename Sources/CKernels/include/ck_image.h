/// Kernels for networks that come from elsewhere: activations, pools of every geometry, and products of images, for
/// one table of functions per instruction set. Activations are N,H,W,C; a call handles one image or a run of values.
#ifndef CK_IMAGE_H
#define CK_IMAGE_H

#include <stdint.h>

/// Functions of one value, with their parameters a, b, c, d.
enum ck_function {
    CK_LINEAR = 0,         // a x + b
    CK_CLIP = 1,           // min(max(x, a), b)
    CK_LEAKY = 2,          // x < 0 ? a x : x
    CK_SIGMOID = 3,
    CK_SILU = 4,           // x sigmoid(x)
    CK_TANH = 5,
    CK_HARD_SIGMOID = 6,   // min(max(a x + b, 0), 1)
    CK_HARD_SWISH = 7,     // x min(max(x / 6 + 1/2, 0), 1)
    CK_ELU = 8,            // x < 0 ? a (exp(x) - 1) : x
    CK_GELU = 9,           // x (1 + erf(x / sqrt(2))) / 2
    CK_GELU_TANH = 10,     // x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2
    CK_MISH = 11,          // x tanh(log(1 + exp(x)))
    CK_EXP = 12,
    CK_SQRT = 13,
    CK_QUANTIZE = 14,      // min(max(round(x / a), c), d) + b, ties to even
    CK_REQUANTIZE = 15,    // a min(max(round(x / a), c), d)
    CK_RELU_FUNCTION = 16, // max(x, 0)
};

enum ck_binary { CK_MULTIPLY = 0, CK_SUBTRACT = 1, CK_DIVIDE = 2, CK_MINIMUM = 3, CK_MAXIMUM = 4, CK_SUM = 5 };

/// A window over one image. Positions outside of the image do not count.
typedef struct {
    int height, width, channels;
    int kernelHeight, kernelWidth, strideHeight, strideWidth, dilationHeight, dilationWidth;
    int padTop, padLeft;
    int outHeight, outWidth;
} ck_window;

typedef struct {
    const char *isa;
    /// y = function(x); y may be x.
    void (*pointwise)(int function, const float *parameters, const float *x, float *y, int64_t count);
    /// y = a op b; y may be a or b.
    void (*binary)(int op, const float *a, const float *b, float *y, int64_t count);
    /// y = x < 0 ? slope[c] x : x
    void (*prelu)(const float *x, const float *slope, float *y, int64_t pixels, int channels);
    /// The largest value of each window; every window must meet the image.
    void (*max_pool)(const ck_window *window, const float *x, float *y);
    /// The sum of each window times its share (OH,OW).
    void (*average_pool)(const ck_window *window, const float *shares, const float *x, float *y);
    /// destination[sum of i_d to_d] = source[sum of i_d from_d] for all indices i below `sizes`, outermost first. The
    /// two do not overlap.
    void (*move)(const float *source, float *destination, int dims, const int64_t *sizes, const int64_t *from,
                 const int64_t *to);
} ck_image;

/// The table named "avx512", "avx2", "neon" or "scalar", or NULL where this machine or build lacks it.
/// A NULL name gives the best one.
const ck_image *ck_image_named(const char *isa);

#endif
