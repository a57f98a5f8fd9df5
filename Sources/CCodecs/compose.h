/* From what a library decodes to what is asked for: no alpha, one or three channels. */
#pragma once
#include <stddef.h>
#include <stdint.h>

/* `count` pixels of 1 (gray), 2 (gray, alpha), 3 (R, G, B) or 4 (R, G, B, alpha) bytes to 1 (luma) or 3 (R, G, B)
   bytes, transparent ones over `background` (R, G, B). */
void cc_compose(
    const uint8_t *from, int from_channels, uint8_t *to, int to_channels, size_t count, const uint8_t background[3]);

/* `count` pixels of C, M, Y, K in which 255 is no ink (Adobe's way) or, with `inverted` 255, full ink,
   to 1 (luma) or 3 (R, G, B) bytes. */
void cc_from_cmyk(const uint8_t *from, uint8_t inverted, uint8_t *to, int to_channels, size_t count);
