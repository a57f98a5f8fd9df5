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

static void add(const ck_s8_add *g) {
    for (int64_t i = 0; i < g->count; i++) {
        float left = (float)g->a[i] * g->aScale + g->shift;
        g->q[i] = to_byte((float)g->b[i] * g->bScale + left, 0);
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
