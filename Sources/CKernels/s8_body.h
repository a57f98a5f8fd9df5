// What all instruction sets do alike but for the width of their vectors: the compiler makes those from these loops.
// Included by a file for each instruction set.
#ifndef S8_BODY_H
#define S8_BODY_H

#include <string.h>

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

// Bytes may lie anywhere for all that a compiler knows: what a loop reads is in local variables, and what it writes
// overlaps none of it.

static void depthwise(const ck_s8_gemm *g) {
    enum { WIDTH = 16 };
    const int n = g->n, rows = g->m, segments = g->segments, zero = g->zero;
    const int32_t *restrict offsets = g->offsets;
    for (int column = 0; column < n; column += WIDTH) {
        int width = n - column < WIDTH ? n - column : WIDTH;
        int32_t bias[WIDTH] = {0};
        float scale[WIDTH] = {0};
        for (int i = 0; i < width; i++) {
            bias[i] = g->bias[column + i];
            scale[i] = g->scale[column + i];
        }
        for (int m = 0; m < rows; m++) {
            const uint8_t *restrict a = g->a + g->rows[m] + column;
            const int8_t *restrict b = g->b + column;
            int32_t sum[WIDTH] = {0};
            uint8_t made[WIDTH];
            if (width == WIDTH) {
                for (int s = 0; s < segments; s++, b += n)
                    for (int i = 0; i < WIDTH; i++) sum[i] += (int16_t)(a[offsets[s] + i] * b[i]);
            } else {
                for (int s = 0; s < segments; s++, b += n)
                    for (int i = 0; i < width; i++) sum[i] += a[offsets[s] + i] * b[i];
            }
            for (int i = 0; i < WIDTH; i++) made[i] = to_byte((float)(sum[i] + bias[i]) * scale[i], zero);
            memcpy(g->q + g->outputs[m] + column, made, (size_t)width);
        }
    }
}

static void add(const ck_s8_add *g) {
    const uint8_t *restrict a = g->a, *restrict b = g->b;
    uint8_t *restrict q = g->q;
    const float aScale = g->aScale, bScale = g->bScale, shift = g->shift;
    const int64_t count = g->count;
    for (int64_t i = 0; i < count; i++) {
        float left = (float)a[i] * aScale + shift;
        q[i] = to_byte((float)b[i] * bScale + left, 0);
    }
}

static void max_pool(const ck_s8_pool *g) {
    const int channels = g->channels;
    for (int y = 0; y < g->outHeight; y++)
        for (int x = 0; x < g->outWidth; x++) {
            int top = y * g->step - g->padding, left = x * g->step - g->padding;
            int bottom = top + g->size < g->height ? top + g->size : g->height;
            int right = left + g->size < g->width ? left + g->size : g->width;
            if (top < 0) top = 0;
            if (left < 0) left = 0;
            uint8_t *restrict to = g->y + (int64_t)y * g->outStride + x * channels;
            for (int c = 0; c < channels; c++) to[c] = 0;
            for (int i = top; i < bottom; i++)
                for (int j = left; j < right; j++) {
                    const uint8_t *restrict from = g->x + (int64_t)i * g->stride + j * channels;
                    for (int c = 0; c < channels; c++) to[c] = from[c] > to[c] ? from[c] : to[c];
                }
        }
}

#endif
