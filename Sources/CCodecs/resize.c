#include "cc_resize.h"
#include <string.h>

#define INLINE static inline __attribute__((always_inline))

INLINE uint8_t clamp(int32_t sum) {
    int32_t value = sum >> CC_RESIZE_BITS;
    return value < 0 ? 0 : value > 255 ? 255 : (uint8_t)value;
}

static const int32_t half = 1 << (CC_RESIZE_BITS - 1);

/* Rows that are worked on together, a lane for each; source pixels that are turned on their side at a time. */
enum { LANES = 16, STRIP = 256 };

typedef uint8_t bytes16 __attribute__((vector_size(16), aligned(1)));
typedef int32_t sums16 __attribute__((vector_size(64)));

/* A square of 16 by 16 bytes, its rows to columns: four rounds of the perfect shuffle. */
INLINE void turn_square(bytes16 a[16]) {
    for (int round = 0; round < 4; round++) {
        bytes16 b[16];
        for (int i = 0; i < 8; i++) {
            b[2 * i] = __builtin_shufflevector(
                a[i], a[i + 8], 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
            b[2 * i + 1] = __builtin_shufflevector(
                a[i], a[i + 8], 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
        }
        memcpy(a, b, sizeof b);
    }
}

/* `count` bytes of `rows` rows, so that the LANES values of a byte's column lie side by side. */
INLINE void turn(const uint8_t *from, size_t stride, int rows, int count, bytes16 *to) {
    int i = 0;
    if (rows == LANES)
        for (; i + 16 <= count; i += 16) {
            bytes16 square[16];
            for (int r = 0; r < 16; r++) square[r] = *(const bytes16 *)(from + (size_t)r * stride + i);
            turn_square(square);
            memcpy(to + i, square, sizeof square);
        }
    for (; i < count; i++) {
        uint8_t column[LANES] = {0};
        for (int r = 0; r < rows; r++) column[r] = from[(size_t)r * stride + (size_t)i];
        memcpy(to + i, column, sizeof column);
    }
}

INLINE void horizontal(
    const uint8_t *from, size_t from_stride, int rows, const int channels, const cc_resize_axis *axis, uint8_t *to,
    size_t to_stride) {
    bytes16 turned[STRIP * 3];
    for (int y = 0; y < rows; y += LANES) {
        int used = rows - y < LANES ? rows - y : LANES;
        const uint8_t *source = from + (size_t)y * from_stride;
        uint8_t *target = to + (size_t)y * to_stride;
        /* The pixels first..<end are turned. */
        int first = 0, end = 0;
        /* Bytes of the output that wait to be turned back. */
        bytes16 made[16];
        int waiting = 0;
        for (int i = 0; i < axis->outputs; i++) {
            int left = axis->first[i], count = axis->count[i];
            const int32_t *weights = axis->weights + (size_t)i * (size_t)axis->taps;
            sums16 sums[3];
            for (int c = 0; c < channels; c++) sums[c] = (sums16){0} + half;
            /* Mostly once: only filters that are wider than the strip need more. */
            for (int done = 0; done < count;) {
                int part = count - done < STRIP ? count - done : STRIP, at = left + done;
                if (at < first || at + part > end) {
                    int last = axis->first[axis->outputs - 1] + axis->count[axis->outputs - 1];
                    first = at;
                    end = last - first < STRIP ? last : first + STRIP;
                    if (end < at + part) end = at + part;
                    turn(source + (size_t)first * (size_t)channels, from_stride, used, (end - first) * channels, turned);
                }
                const bytes16 *pixel = turned + (at - first) * channels;
                for (int k = 0; k < part; k++, pixel += channels)
                    for (int c = 0; c < channels; c++)
                        sums[c] += weights[done + k] * __builtin_convertvector(pixel[c], sums16);
                done += part;
            }
            for (int c = 0; c < channels; c++) {
                sums16 value = sums[c] >> CC_RESIZE_BITS;
                value = __builtin_elementwise_min(__builtin_elementwise_max(value, (sums16){0}), (sums16){0} + 255);
                made[waiting++] = __builtin_convertvector(value, bytes16);
                if (waiting < 16) continue;
                turn_square(made);
                for (int r = 0; r < used; r++) memcpy(target + (size_t)r * to_stride, made + r, 16);
                target += 16;
                waiting = 0;
            }
        }
        for (int i = 0; i < waiting; i++)
            for (int r = 0; r < used; r++) target[(size_t)r * to_stride + (size_t)i] = made[i][r];
    }
}

/* Columns at a time, so that their sums stay in registers and the inner loop becomes vector code. */
enum { BLOCK = 64 };

INLINE void vertical(
    const uint8_t *from, size_t from_stride, int first_row, size_t width_bytes, const cc_resize_axis *axis,
    uint8_t *to, size_t to_stride) {
    for (int i = 0; i < axis->outputs; i++, to += to_stride) {
        const int32_t *weights = axis->weights + (size_t)i * (size_t)axis->taps;
        const uint8_t *top = from + (size_t)(axis->first[i] - first_row) * from_stride;
        for (size_t x = 0; x < width_bytes; x += BLOCK) {
            size_t n = width_bytes - x < BLOCK ? width_bytes - x : BLOCK;
            int32_t sums[BLOCK];
            const uint8_t *row = top + x;
            for (size_t j = 0; j < BLOCK; j++) sums[j] = half;
            if (n == BLOCK) {
                for (int k = 0; k < axis->count[i]; k++, row += from_stride)
                    for (size_t j = 0; j < BLOCK; j++) sums[j] += weights[k] * row[j];
            } else {
                for (int k = 0; k < axis->count[i]; k++, row += from_stride)
                    for (size_t j = 0; j < n; j++) sums[j] += weights[k] * row[j];
            }
            for (size_t j = 0; j < n; j++) to[x + j] = clamp(sums[j]);
        }
    }
}

/* The same code for processors with wider vectors; sums of integers, so the same bytes. */
#if defined(__x86_64__)
#define WIDE __attribute__((target("avx2")))
static int is_wide(void) { return __builtin_cpu_supports("avx2"); }
#else
#define WIDE
static int is_wide(void) { return 0; }
#endif

#define VARIANT(NAME, TARGET)                                                                                        \
    TARGET static void horizontal_##NAME(                                                                            \
        const uint8_t *from, size_t from_stride, int rows, int channels, const cc_resize_axis *axis, uint8_t *to,    \
        size_t to_stride) {                                                                                          \
        if (channels == 1) horizontal(from, from_stride, rows, 1, axis, to, to_stride);                              \
        else horizontal(from, from_stride, rows, 3, axis, to, to_stride);                                            \
    }                                                                                                                \
    TARGET static void vertical_##NAME(                                                                              \
        const uint8_t *from, size_t from_stride, int first_row, size_t width_bytes, const cc_resize_axis *axis,      \
        uint8_t *to, size_t to_stride) {                                                                             \
        vertical(from, from_stride, first_row, width_bytes, axis, to, to_stride);                                    \
    }

VARIANT(plain, )
VARIANT(wide, WIDE)

void cc_resize_horizontal(
    const uint8_t *from, size_t from_stride, int rows, int channels, const cc_resize_axis *axis, uint8_t *to,
    size_t to_stride) {
    (is_wide() ? horizontal_wide : horizontal_plain)(from, from_stride, rows, channels, axis, to, to_stride);
}

void cc_resize_vertical(
    const uint8_t *from, size_t from_stride, int first_row, size_t width_bytes, const cc_resize_axis *axis,
    uint8_t *to, size_t to_stride) {
    (is_wide() ? vertical_wide : vertical_plain)(from, from_stride, first_row, width_bytes, axis, to, to_stride);
}
