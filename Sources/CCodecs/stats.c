#include "include/cc_stats.h"

#include <string.h>

/* Bytes of 16 pixels of 3 channels or of 48 of one: byte j of each such group is of channel j % channels. */
enum { GROUP = 48, GROUPS_AT_ONCE = 256 };

void cc_stats_moments(const uint8_t *bytes, size_t count, int channels, uint64_t sums[4], uint64_t squares[4]) {
    memset(sums, 0, 4 * sizeof *sums);
    memset(squares, 0, 4 * sizeof *squares);
    size_t groups = count / GROUP;
    for (size_t group = 0; group < groups;) {
        // 256 bytes sum to less than 2^16, and their squares to less than 2^32.
        size_t end = groups - group < GROUPS_AT_ONCE ? groups : group + GROUPS_AT_ONCE;
        uint16_t sum[GROUP] = {0};
        uint32_t square[GROUP] = {0};
        for (; group < end; group++) {
            const uint8_t *at = bytes + group * GROUP;
            for (int j = 0; j < GROUP; j++) {
                uint16_t value = at[j];
                sum[j] = (uint16_t)(sum[j] + value);
                square[j] += (uint16_t)(value * value);
            }
        }
        for (int j = 0; j < GROUP; j++) {
            sums[j % channels] += sum[j];
            squares[j % channels] += square[j];
        }
    }
    for (size_t i = groups * GROUP; i < count; i++) {
        sums[i % (size_t)channels] += bytes[i];
        squares[i % (size_t)channels] += (uint64_t)bytes[i] * bytes[i];
    }
}

void cc_stats_columns(const uint8_t *bytes, size_t stride, size_t rows, size_t count, uint32_t *to) {
    memset(to, 0, count * sizeof *to);
    for (size_t row = 0; row < rows; row++) {
        const uint8_t *at = bytes + row * stride;
        for (size_t i = 0; i < count; i++) to[i] += at[i];
    }
}
