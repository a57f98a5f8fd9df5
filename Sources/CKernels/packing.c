#include <string.h>

#include "ck_f32.h"

void ck_pack_b(const ck_f32 *kernels, float *packed, const float *source, const int32_t *taps, int tapCount, int inner,
               int64_t innerStride, int n, int64_t columnStride) {
    int vector = kernels->vector, tile = kernels->tile;
    for (int column = 0; column < n; column += tile) {
        int left = n - column;
        int width = left > vector ? tile : vector, used = left < width ? left : width;
        for (int t = 0; t < tapCount; t++)
            for (int i = 0; i < inner; i++) {
                const float *from = source + taps[t] + (int64_t)i * innerStride + (int64_t)column * columnStride;
                if (columnStride == 1) memcpy(packed, from, (size_t)used * sizeof *packed);
                else
                    for (int j = 0; j < used; j++) packed[j] = from[(int64_t)j * columnStride];
                for (int j = used; j < width; j++) packed[j] = 0;
                packed += width;
            }
    }
}

void ck_reduce_weights(const float *parts, int partCount, int64_t partStride, int k, int first, int last, int n,
                       int ldw, float *weight) {
    enum { BLOCK = 64 };
    float sum[BLOCK];
    for (int i = first; i < last; i++)
        for (int from = 0; from < n; from += BLOCK) {
            int count = n - from < BLOCK ? n - from : BLOCK;
            memset(sum, 0, sizeof sum);
            for (int j = 0; j < partCount; j++) {
                const float *part = parts + (int64_t)j * partStride + (int64_t)i * ldw + from;
                for (int c = 0; c < count; c++) sum[c] += part[c];
            }
            for (int c = 0; c < count; c++) weight[(int64_t)(from + c) * k + i] = sum[c];
        }
}
