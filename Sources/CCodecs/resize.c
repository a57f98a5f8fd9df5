#include "cc_resize.h"

static inline uint8_t clamp(int32_t sum) {
    int32_t value = sum >> CC_RESIZE_BITS;
    return value < 0 ? 0 : value > 255 ? 255 : (uint8_t)value;
}

static const int32_t half = 1 << (CC_RESIZE_BITS - 1);

static void gray_row(const uint8_t *from, const cc_resize_axis *axis, uint8_t *to) {
    for (int i = 0; i < axis->outputs; i++) {
        const int32_t *weights = axis->weights + (size_t)i * (size_t)axis->taps;
        const uint8_t *at = from + axis->first[i];
        int32_t sum = half;
        for (int k = 0; k < axis->count[i]; k++) sum += weights[k] * at[k];
        to[i] = clamp(sum);
    }
}

static void rgb_row(const uint8_t *from, const cc_resize_axis *axis, uint8_t *to) {
    for (int i = 0; i < axis->outputs; i++, to += 3) {
        const int32_t *weights = axis->weights + (size_t)i * (size_t)axis->taps;
        const uint8_t *at = from + 3 * (size_t)axis->first[i];
        int32_t r = half, g = half, b = half;
        for (int k = 0; k < axis->count[i]; k++, at += 3) {
            r += weights[k] * at[0];
            g += weights[k] * at[1];
            b += weights[k] * at[2];
        }
        to[0] = clamp(r);
        to[1] = clamp(g);
        to[2] = clamp(b);
    }
}

void cc_resize_horizontal(
    const uint8_t *from, size_t from_stride, int rows, int channels, const cc_resize_axis *axis, uint8_t *to,
    size_t to_stride) {
    for (int y = 0; y < rows; y++, from += from_stride, to += to_stride) {
        if (channels == 1) {
            gray_row(from, axis, to);
        } else {
            rgb_row(from, axis, to);
        }
    }
}

/* Columns at a time, so that their sums stay in registers and the inner loop becomes vector code. */
enum { block = 64 };

void cc_resize_vertical(
    const uint8_t *from, size_t from_stride, int first_row, size_t width_bytes, const cc_resize_axis *axis,
    uint8_t *to, size_t to_stride) {
    for (int i = 0; i < axis->outputs; i++, to += to_stride) {
        const int32_t *weights = axis->weights + (size_t)i * (size_t)axis->taps;
        const uint8_t *top = from + (size_t)(axis->first[i] - first_row) * from_stride;
        for (size_t x = 0; x < width_bytes; x += block) {
            size_t n = width_bytes - x < block ? width_bytes - x : block;
            int32_t sums[block];
            for (size_t j = 0; j < n; j++) sums[j] = half;
            const uint8_t *row = top + x;
            for (int k = 0; k < axis->count[i]; k++, row += from_stride)
                for (size_t j = 0; j < n; j++) sums[j] += weights[k] * row[j];
            for (size_t j = 0; j < n; j++) to[x + j] = clamp(sums[j]);
        }
    }
}
