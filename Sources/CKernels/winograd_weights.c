#include <string.h>

#include "ck_f32.h"
#include "winograd_points.h"

enum { BLOCK = 64 };

/// G g, one dimension, of `count` kernels side by side.
static void transform(const float *a, const float *b, const float *c, int count, float v[6][BLOCK]) {
    const float np = 1 / WNP, nq = 1 / WNQ;
    for (int i = 0; i < count; i++) {
        float evenP = np * a[i] + np * WP2 * c[i], oddP = np * WP * b[i];
        float evenQ = nq * a[i] + nq * WQ2 * c[i], oddQ = nq * WQ * b[i];
        v[0][i] = a[i] * (1 / WM2);
        v[1][i] = evenP + oddP;
        v[2][i] = evenP - oddP;
        v[3][i] = evenQ + oddQ;
        v[4][i] = evenQ - oddQ;
        v[5][i] = c[i];
    }
}

void ck_winograd_weights(const ck_f32 *kernels, float *packed, const float *weight, int outputs, int channels,
                         int backward) {
    int rows = backward ? outputs : channels, columns = backward ? channels : outputs, tile = kernels->tile;
    int vector = kernels->vector, padded = (columns + vector - 1) / vector * vector;
    int64_t matrix = (int64_t)rows * padded;
    for (int o = 0; o < outputs; o++)
        for (int from = 0; from < channels; from += BLOCK) {
            int count = channels - from < BLOCK ? channels - from : BLOCK;
            float lines[3][6][BLOCK], done[6][BLOCK];
            for (int x = 0; x < 3; x++) {
                const float *g[3];
                for (int y = 0; y < 3; y++) {
                    int tap = backward ? (2 - y) * 3 + 2 - x : y * 3 + x;
                    g[y] = weight + ((int64_t)o * 9 + tap) * channels + from;
                }
                transform(g[0], g[1], g[2], count, lines[x]);
            }
            for (int y = 0; y < 6; y++) {
                transform(lines[0][y], lines[1][y], lines[2][y], count, done);
                for (int x = 0; x < 6; x++) {
                    float *to = packed + (y * 6 + x) * matrix;
                    if (backward) {
                        for (int i = 0; i < count;) {
                            int column = (from + i) / tile * tile, width = padded - column < tile ? vector : tile;
                            int part = column + width - from - i < count - i ? column + width - from - i : count - i;
                            memcpy(to + (int64_t)column * rows + (int64_t)o * width + from + i - column, done[x] + i,
                                   (size_t)part * sizeof(float));
                            i += part;
                        }
                    } else {
                        int column = o / tile * tile, width = padded - column < tile ? vector : tile;
                        float *at = to + (int64_t)column * rows + (int64_t)from * width + o - column;
                        for (int i = 0; i < count; i++) at[(int64_t)i * width] = done[x][i];
                    }
                }
            }
        }
}

/// A' m, one dimension, to three.
static void finish(float m[6][BLOCK], int count, float y[3][BLOCK]) {
    for (int i = 0; i < count; i++) {
        float sumP = m[1][i] + m[2][i], differenceP = m[1][i] - m[2][i];
        float sumQ = m[3][i] + m[4][i], differenceQ = m[3][i] - m[4][i];
        y[0][i] = m[0][i] + sumP + sumQ;
        y[1][i] = WP * differenceP + WQ * differenceQ;
        y[2][i] = WP2 * sumP + WQ2 * sumQ + m[5][i];
    }
}

void ck_winograd_reduce(const float *parts, int partCount, int64_t partStride, int channels, int outputs, int stride,
                        int first, int last, float *weight) {
    int64_t matrix = (int64_t)channels * stride;
    for (int c = first; c < last; c++)
        for (int from = 0; from < outputs; from += BLOCK) {
            int count = outputs - from < BLOCK ? outputs - from : BLOCK;
            float lines[3][6][BLOCK];
            for (int x = 0; x < 6; x++) {
                float m[6][BLOCK], y[3][BLOCK];
                for (int k = 0; k < 6; k++) {
                    const float *at = parts + (k * 6 + x) * matrix + (int64_t)c * stride + from;
                    memcpy(m[k], at, (size_t)count * sizeof(float));
                    for (int j = 1; j < partCount; j++) {
                        const float *part = at + j * partStride;
                        for (int i = 0; i < count; i++) m[k][i] += part[i];
                    }
                }
                finish(m, count, y);
                for (int k = 0; k < 3; k++) memcpy(lines[k][x], y[k], (size_t)count * sizeof(float));
            }
            for (int k = 0; k < 3; k++) {
                float y[3][BLOCK];
                finish(lines[k], count, y);
                for (int x = 0; x < 3; x++)
                    for (int i = 0; i < count; i++)
                        weight[((int64_t)(from + i) * 9 + k * 3 + x) * channels + c] = y[x][i];
            }
        }
}
