#include "compose.h"
#include <string.h>

/* ITU-R BT.601 luma in 16-bit fixed point, rounded: .299, .587, .114 sum to exactly 65536. */
static inline uint8_t luma(unsigned r, unsigned g, unsigned b) {
    return (uint8_t)((19595 * r + 38470 * g + 7471 * b + 32768) >> 16);
}

/* a * b / 255, rounded to nearest, for 0...255. */
static inline unsigned product(unsigned a, unsigned b) {
    unsigned t = a * b + 128;
    return (t + (t >> 8)) >> 8;
}

/* c * a + under * (1 - a), rounded once. */
static inline uint8_t over(unsigned c, unsigned a, unsigned under) {
    unsigned t = c * a + under * (255 - a) + 128;
    return (uint8_t)((t + (t >> 8)) >> 8);
}

static void gray_to_rgb(const uint8_t *restrict from, uint8_t *restrict to, size_t count) {
    for (size_t i = 0; i < count; i++) to[3 * i] = to[3 * i + 1] = to[3 * i + 2] = from[i];
}

static void rgb_to_gray(const uint8_t *restrict from, uint8_t *restrict to, size_t count) {
    for (size_t i = 0; i < count; i++) to[i] = luma(from[3 * i], from[3 * i + 1], from[3 * i + 2]);
}

/* `stride` 2: gray and alpha; 4: R, G, B and alpha. */
static void blend(
    const uint8_t *restrict from, int stride, uint8_t *restrict to, int to_channels, size_t count,
    const uint8_t background[3]) {
    int green = stride == 4 ? 1 : 0, blue = stride == 4 ? 2 : 0;
    for (size_t i = 0; i < count; i++, from += stride, to += to_channels) {
        unsigned a = from[stride - 1];
        uint8_t r = over(from[0], a, background[0]);
        uint8_t g = over(from[green], a, background[1]);
        uint8_t b = over(from[blue], a, background[2]);
        if (to_channels == 1) {
            to[0] = luma(r, g, b);
        } else {
            to[0] = r;
            to[1] = g;
            to[2] = b;
        }
    }
}

void cc_compose(
    const uint8_t *from, int from_channels, uint8_t *to, int to_channels, size_t count, const uint8_t background[3]) {
    if (from_channels == to_channels) {
        memcpy(to, from, count * (size_t)to_channels);
    } else if (from_channels == 1) {
        gray_to_rgb(from, to, count);
    } else if (from_channels == 3) {
        rgb_to_gray(from, to, count);
    } else {
        blend(from, from_channels, to, to_channels, count, background);
    }
}

void cc_from_cmyk(const uint8_t *from, uint8_t inverted, uint8_t *to, int to_channels, size_t count) {
    for (size_t i = 0; i < count; i++, from += 4, to += to_channels) {
        unsigned k = from[3] ^ inverted;
        uint8_t r = (uint8_t)product(from[0] ^ inverted, k);
        uint8_t g = (uint8_t)product(from[1] ^ inverted, k);
        uint8_t b = (uint8_t)product(from[2] ^ inverted, k);
        if (to_channels == 1) {
            to[0] = luma(r, g, b);
        } else {
            to[0] = r;
            to[1] = g;
            to[2] = b;
        }
    }
}
