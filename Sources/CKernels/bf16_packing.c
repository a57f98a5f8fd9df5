#include "ck_bf16.h"

void ck_bf16_pack_pairs(const ck_f32 *kernels, uint32_t *pairs, const float *packed, int segments, int run, int n) {
    int vector = kernels->vector, tile = kernels->tile;
    for (int column = 0; column < n; column += tile) {
        int width = n - column > vector ? tile : vector;
        for (int s = 0; s < segments; s++)
            for (int k = 0; k < run; k += 2) {
                const float *low = packed, *high = k + 1 < run ? packed + width : NULL;
                for (int j = 0; j < width; j++)
                    pairs[j] = ck_bf16_bits(low[j]) | (uint32_t)(high ? ck_bf16_bits(high[j]) : 0) << 16;
                packed += high ? 2 * width : width;
                pairs += width;
            }
    }
}
