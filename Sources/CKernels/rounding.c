#include <math.h>

#include "ck_f32.h"

/// To the nearest integer, ties to even, for magnitudes below 2^22: what is added leaves no bits for fractions.
static inline float nearest(float x) { return (x + 0x1.8p23f) - 0x1.8p23f; }

static inline float at_least(float a, float b) { return a > b ? a : b; }
static inline float at_most(float a, float b) { return a < b ? a : b; }

void ck_round_values(const float *x, int64_t count, float scale, int zero, float *y) {
    float low = (float)-zero, high = low + 255;
    for (int64_t i = 0; i < count; i++) {
        float q = nearest(at_most(at_least(x[i] / scale, low), high));
        // A value that is no number stays none, for whoever looks for it.
        y[i] = x[i] == x[i] ? q * scale : x[i];
    }
}

void ck_round_gradient(const float *x, const float *dy, int64_t count, float scale, int zero, int accumulate,
                       float *dx) {
    float low = (float)-zero, high = low + 255;
    for (int64_t i = 0; i < count; i++) {
        float q = nearest(at_most(at_least(x[i] / scale, low - 1), high + 1));
        float passed = q >= low && q <= high ? dy[i] : 0;
        dx[i] = accumulate ? dx[i] + passed : passed;
    }
}

void ck_round_weights(const float *weight, int64_t rows, int64_t depth, float *rounded) {
    for (int64_t row = 0; row < rows; row++, weight += depth, rounded += depth) {
        float largest = 0;
        for (int64_t i = 0; i < depth; i++) largest = at_least(fabsf(weight[i]), largest);
        float scale = at_least(largest / 127, 1e-8f);
        for (int64_t i = 0; i < depth; i++)
            rounded[i] = weight[i] == weight[i] ? nearest(at_most(at_least(weight[i] / scale, -127), 127)) * scale
                                                : weight[i];
    }
}
