/* The two passes of a separable resize of 8-bit images, in integers: the same result on every machine. */
#pragma once
#include <stddef.h>
#include <stdint.h>

/* Fraction bits of a weight: 8 bits of sample, 22 of weight and room for the overshoot of a filter in 32. */
#define CC_RESIZE_BITS 22

/* One axis: output i is the sum over k in 0..<count[i] of weights[i * taps + k] * input[first[i] + k]. */
typedef struct {
    int outputs;
    /* Largest count. */
    int taps;
    const int32_t *first;
    const int32_t *count;
    const int32_t *weights;
} cc_resize_axis;

/* Each of `rows` rows of `channels` (1 or 3) interleaved bytes to axis.outputs pixels. */
void cc_resize_horizontal(
    const uint8_t *from, size_t from_stride, int rows, int channels, const cc_resize_axis *axis, uint8_t *to,
    size_t to_stride);

/* Columns of `width_bytes` bytes to axis.outputs rows. Row 0 of `from` is input `first_row`. */
void cc_resize_vertical(
    const uint8_t *from, size_t from_stride, int first_row, size_t width_bytes, const cc_resize_axis *axis,
    uint8_t *to, size_t to_stride);
