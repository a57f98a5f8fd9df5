#include <float.h>
#include <string.h>

#include "ck_f32.h"

static int at_least(int a, int b) { return a > b ? a : b; }
static int at_most(int a, int b) { return a < b ? a : b; }

void ck_max_pool_gradient(const float *dy, const int32_t *chosen, int64_t count, float *dx) {
    for (int64_t i = 0; i < count; i++) dx[chosen[i]] += dy[i];
}

void ck_average_pool(const float *x, int height, int width, int channels, int size, int stride, int padding,
                     int outHeight, int outWidth, float *y) {
    for (int oy = 0; oy < outHeight; oy++)
        for (int ox = 0; ox < outWidth; ox++, y += channels) {
            int top = at_least(oy * stride - padding, 0), bottom = at_most(oy * stride - padding + size, height);
            int left = at_least(ox * stride - padding, 0), right = at_most(ox * stride - padding + size, width);
            float share = 1.0f / (float)((bottom - top) * (right - left));
            memset(y, 0, (size_t)channels * sizeof *y);
            for (int iy = top; iy < bottom; iy++)
                for (int ix = left; ix < right; ix++) {
                    const float *p = x + (int64_t)(iy * width + ix) * channels;
                    for (int c = 0; c < channels; c++) y[c] += p[c];
                }
            for (int c = 0; c < channels; c++) y[c] *= share;
        }
}

void ck_average_pool_gradient(const float *dy, int height, int width, int channels, int size, int stride, int padding,
                              int outHeight, int outWidth, float *dx) {
    for (int oy = 0; oy < outHeight; oy++)
        for (int ox = 0; ox < outWidth; ox++, dy += channels) {
            int top = at_least(oy * stride - padding, 0), bottom = at_most(oy * stride - padding + size, height);
            int left = at_least(ox * stride - padding, 0), right = at_most(ox * stride - padding + size, width);
            float share = 1.0f / (float)((bottom - top) * (right - left));
            for (int iy = top; iy < bottom; iy++)
                for (int ix = left; ix < right; ix++) {
                    float *p = dx + (int64_t)(iy * width + ix) * channels;
                    for (int c = 0; c < channels; c++) p[c] += dy[c] * share;
                }
        }
}

static float activate(float z, int activation) {
    float clipped = z < 0 ? 0 : z > 6 ? 6 : z;
    switch (activation) {
    case CK_RELU: return z > 0 ? z : 0;
    case CK_RELU6: return clipped;
    case CK_HARDSWISH: return z * (z + 3 < 0 ? 0 : z + 3 > 6 ? 6 : z + 3) / 6;
    default: return z;
    }
}

void ck_global_pool(const float *x, int64_t pixels, int channels, const float *scale, const float *shift,
                    int activation, float *y) {
    memset(y, 0, (size_t)channels * sizeof *y);
    if (!scale && activation == CK_NONE)
        for (int64_t p = 0; p < pixels; p++)
            for (int c = 0; c < channels; c++) y[c] += x[p * channels + c];
    else
        for (int64_t p = 0; p < pixels; p++)
            for (int c = 0; c < channels; c++)
                y[c] += activate(scale ? x[p * channels + c] * scale[c] + shift[c] : x[p * channels + c], activation);
    float share = 1.0f / (float)pixels;
    for (int c = 0; c < channels; c++) y[c] *= share;
}

void ck_global_pool_gradient(const float *dy, int64_t pixels, int channels, int accumulate, float *dx) {
    float share = 1.0f / (float)pixels;
    for (int64_t p = 0; p < pixels; p++)
        for (int c = 0; c < channels; c++) {
            float *at = dx + p * channels + c;
            *at = (accumulate ? *at : 0) + dy[c] * share;
        }
}
