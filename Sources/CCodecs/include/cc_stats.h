/* Sums over the bytes of an image, in integers: exact, and the same in any order. */
#pragma once
#include <stddef.h>
#include <stdint.h>

/* For each of `channels` (1 or 3) interleaved channels, the sum of its bytes and of their squares. */
void cc_stats_moments(const uint8_t *bytes, size_t count, int channels, uint64_t sums[4], uint64_t squares[4]);

/* to[i] = the sum over `rows` (1...65,793) rows, `stride` bytes apart, of byte i. */
void cc_stats_columns(const uint8_t *bytes, size_t stride, size_t rows, size_t count, uint32_t *to);
