// What all instruction sets do alike but for the width of their vectors: the compiler makes those from these loops.
// Included by a file for each instruction set.
#ifndef S8_BODY_H
#define S8_BODY_H

#include "ck_s8.h"

// Each operation is rounded: nothing becomes a fused multiply-add.
#pragma STDC FP_CONTRACT OFF

/// round(value) + zero for -zero <= value <= 255 - zero after clamping. Adding and taking away 1.5 * 2^23 leaves no room
/// for a fraction: ties go to even.
static inline __attribute__((always_inline)) uint8_t to_byte(float value, int zero) {
    float low = (float)-zero, high = (float)(255 - zero);
    value = value < low ? low : value;
    value = value > high ? high : value;
    return (uint8_t)((int32_t)(value + 12582912.0f - 12582912.0f) + zero);
}

static void depthwise(const ck_s8_gemm *g) {
    enum { WIDTH = 16 };
    for (int column = 0; column < g->n; column += WIDTH) {
        int width = g->n - column < WIDTH ? g->n - column : WIDTH;
        for (int m = 0; m < g->m; m++) {
            const uint8_t *a = g->a + g->rows[m] + column;
            const int8_t *b = g->b + column;
            uint8_t *q = g->q + g->outputs[m] + column;
            int32_t sum[WIDTH] = {0};
            if (width == WIDTH) {
                for (int s = 0; s < g->segments; s++, b += g->n)
                    for (int i = 0; i < WIDTH; i++) sum[i] += (int16_t)(a[g->offsets[s] + i] * b[i]);
                for (int i = 0; i < WIDTH; i++)
                    q[i] = to_byte((float)(sum[i] + g->bias[column + i]) * g->scale[column + i], g->zero);
            } else {
                for (int s = 0; s < g->segments; s++, b += g->n)
                    for (int i = 0; i < width; i++) sum[i] += a[g->offsets[s] + i] * b[i];
                for (int i = 0; i < width; i++)
                    q[i] = to_byte((float)(sum[i] + g->bias[column + i]) * g->scale[column + i], g->zero);
            }
        }
    }
}

typedef float floats16 __attribute__((vector_size(64)));
typedef int32_t words16 __attribute__((vector_size(64)));
typedef uint8_t bytes16 __attribute__((vector_size(16), aligned(1)));

static void add(const ck_s8_add *g) {
    // Read once: a byte that is stored might be anything, these fields too.
    const uint8_t *a = g->a, *b = g->b;
    uint8_t *q = g->q;
    float aScale = g->aScale, bScale = g->bScale, shift = g->shift;
    int64_t count = g->count, i = 0;
    for (; i + 16 <= count; i += 16) {
        floats16 left = __builtin_convertvector(*(const bytes16 *)(a + i), floats16) * aScale + shift;
        floats16 right = __builtin_convertvector(*(const bytes16 *)(b + i), floats16) * bScale;
        // As to_byte does it, with a zero of 0.
        floats16 value = __builtin_elementwise_max(right + left, (floats16){0});
        value = __builtin_elementwise_min(value, (floats16){0} + 255.0f);
        words16 whole = __builtin_convertvector(value + 12582912.0f - 12582912.0f, words16);
        *(bytes16 *)(q + i) = __builtin_convertvector(whole, bytes16);
    }
    for (; i < count; i++) {
        float left = (float)a[i] * aScale + shift;
        q[i] = to_byte((float)b[i] * bScale + left, 0);
    }
}

static void max_pool(const ck_s8_pool *g) {
    for (int y = 0; y < g->outHeight; y++)
        for (int x = 0; x < g->outWidth; x++) {
            int top = y * g->step - g->padding, left = x * g->step - g->padding;
            int bottom = top + g->size < g->height ? top + g->size : g->height;
            int right = left + g->size < g->width ? left + g->size : g->width;
            if (top < 0) top = 0;
            if (left < 0) left = 0;
            uint8_t *to = g->y + (int64_t)y * g->outStride + x * g->channels;
            for (int c = 0; c < g->channels; c++) to[c] = 0;
            for (int i = top; i < bottom; i++)
                for (int j = left; j < right; j++) {
                    const uint8_t *from = g->x + (int64_t)i * g->stride + j * g->channels;
                    for (int c = 0; c < g->channels; c++) to[c] = from[c] > to[c] ? from[c] : to[c];
                }
        }
}

#endif
