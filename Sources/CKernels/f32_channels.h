// Kernels in which every channel is on its own, for the channels that fill whole vectors of W floats.
// Included several times per ISA file with decreasing W (and SUFFIX), so that any channel count is covered:
// each function handles the channels from..<to.

#define GLUE2(a, b) a##b
#define GLUE(a, b) GLUE2(a, b)
#define F(name) GLUE(name, SUFFIX)
#define vw F(vw)
#define vm F(vm)

typedef float vw __attribute__((vector_size(4 * W), aligned(4)));
typedef int32_t vm __attribute__((vector_size(4 * W), aligned(4)));

INLINE vw F(get)(const float *p) { return *(const vw *)p; }
INLINE void F(put)(float *p, vw v) { *(vw *)p = v; }
INLINE vw F(all)(float x) { return x - (vw){0}; }
INLINE vw F(keep)(vw x, vm mask) { return (vw)((vm)x & mask); }

INLINE vw F(act)(vw z, int activation) {
    vw zero = F(all)(0), six = F(all)(6);
    switch (activation) {
    case CK_RELU: return __builtin_elementwise_max(z, zero);
    case CK_RELU6: return __builtin_elementwise_min(__builtin_elementwise_max(z, zero), six);
    case CK_HARDSWISH:
        return z * __builtin_elementwise_min(__builtin_elementwise_max(z + F(all)(3), zero), six) * F(all)(1.0f / 6);
    default: return z;
    }
}

/// gradient * act'(z)
INLINE vw F(slope)(vw gradient, vw z, int activation) {
    vw zero = F(all)(0);
    switch (activation) {
    case CK_RELU: return F(keep)(gradient, z > zero);
    case CK_RELU6: return F(keep)(gradient, (z > zero) & (z < F(all)(6)));
    case CK_HARDSWISH: {
        vw inside = (z + z + F(all)(3)) * F(all)(1.0f / 6);
        vm above = z >= F(all)(3), below = z <= F(all)(-3);
        vw slope = (vw)(((vm)inside & ~above & ~below) | ((vm)F(all)(1) & above));
        return gradient * slope;
    }
    default: return gradient;
    }
}

/// Calls body with the activation as a constant, so that its switch is gone from the loops.
#define WITH_ACTIVATION(activation, call)   \
    switch (activation) {                   \
    case CK_RELU: call(CK_RELU); break;     \
    case CK_RELU6: call(CK_RELU6); break;   \
    case CK_HARDSWISH: call(CK_HARDSWISH); break; \
    default: call(CK_NONE); break;          \
    }

INLINE void F(copy_as)(const ck_copy *o, int from, int to, const int activation) {
    int C = o->channels;
    for (int y = 0; y < o->height; y++) {
        const float *source = o->source + (int64_t)y * o->width * C;
        float *panel = o->panel + (int64_t)y * o->panelWidth * C;
        for (int c = from; c < to; c += W) {
            vw scale = o->scale ? F(get)(o->scale + c) : F(all)(1), shift = o->shift ? F(get)(o->shift + c) : F(all)(0);
            for (int x = 0; x < o->width; x++) {
                vw z = F(get)(source + (int64_t)x * C + c) * scale + shift;
                F(put)(panel + (int64_t)x * C + c, F(act)(z, activation));
            }
        }
    }
}

static void F(copy)(const ck_copy *o, int from, int to) {
#define CALL(A) F(copy_as)(o, from, to, A)
    WITH_ACTIVATION(o->activation, CALL)
#undef CALL
}

INLINE void F(norm_gradient_as)(const ck_norm_gradient *o, int from, int to, const int activation) {
    int C = o->channels;
    for (int i = 0; i < o->height; i++) {
        const float *gradient = o->gradient + (int64_t)i * o->width * C, *values = o->y + (int64_t)i * o->width * C;
        float *panel = o->panel + (int64_t)i * o->panelWidth * C;
        for (int c = from; c < to; c += W) {
            vw scale = F(get)(o->scale + c), shift = F(get)(o->shift + c);
            vw p = F(get)(o->p + c), q = F(get)(o->q + c), r = F(get)(o->r + c);
            for (int x = 0; x < o->width; x++) {
                int64_t at = (int64_t)x * C + c;
                vw y = F(get)(values + at);
                vw dz = F(slope)(F(get)(gradient + at), y * scale + shift, activation);
                vw result = p * dz + (q * y + r);
                if (o->accumulate) result += F(get)(panel + at);
                F(put)(panel + at, result);
            }
        }
    }
}

static void F(norm_gradient)(const ck_norm_gradient *o, int from, int to) {
#define CALL(A) F(norm_gradient_as)(o, from, to, A)
    WITH_ACTIVATION(o->activation, CALL)
#undef CALL
}

static void F(moments)(const float *y, int64_t pixels, int C, float *sums, int from, int to) {
    for (int c = from; c < to; c += W) {
        vw sum = F(all)(0), square = F(all)(0);
        for (int64_t p = 0; p < pixels; p++) {
            vw x = F(get)(y + p * C + c);
            sum += x;
            square += x * x;
        }
        F(put)(sums + c, F(get)(sums + c) + sum);
        F(put)(sums + C + c, F(get)(sums + C + c) + square);
    }
}

INLINE void F(norm_sums_as)(const float *gradient, const float *y, int64_t pixels, int C, const float *scale,
                            const float *shift, const float *mean, float *sums, int from, int to, const int activation) {
    for (int c = from; c < to; c += W) {
        vw s = F(get)(scale + c), t = F(get)(shift + c), m = F(get)(mean + c);
        vw sum[2] = {F(all)(0), F(all)(0)}, product[2] = {F(all)(0), F(all)(0)};
        int64_t p = 0;
        for (; p + 2 <= pixels; p += 2)
            UNROLL for (int j = 0; j < 2; j++) {
                vw v = F(get)(y + (p + j) * C + c);
                vw dz = F(slope)(F(get)(gradient + (p + j) * C + c), v * s + t, activation);
                sum[j] += dz;
                product[j] += dz * (v - m);
            }
        for (; p < pixels; p++) {
            vw v = F(get)(y + p * C + c);
            vw dz = F(slope)(F(get)(gradient + p * C + c), v * s + t, activation);
            sum[0] += dz;
            product[0] += dz * (v - m);
        }
        F(put)(sums + c, F(get)(sums + c) + (sum[0] + sum[1]));
        F(put)(sums + C + c, F(get)(sums + C + c) + (product[0] + product[1]));
    }
}

static void F(norm_sums)(const float *gradient, const float *y, int64_t pixels, int C, const float *scale,
                         const float *shift, int activation, const float *mean, float *sums, int from, int to) {
#define CALL(A) F(norm_sums_as)(gradient, y, pixels, C, scale, shift, mean, sums, from, to, A)
    WITH_ACTIVATION(activation, CALL)
#undef CALL
}

INLINE void F(add_as)(const float *a, const float *scaleA, const float *shiftA, const float *b, const float *scaleB,
                      const float *shiftB, float *out, int64_t pixels, int C, int from, int to, const int activation) {
    for (int c = from; c < to; c += W) {
        vw sa = scaleA ? F(get)(scaleA + c) : F(all)(1), ta = shiftA ? F(get)(shiftA + c) : F(all)(0);
        vw sb = scaleB ? F(get)(scaleB + c) : F(all)(1), tb = shiftB ? F(get)(shiftB + c) : F(all)(0);
        if (b)
            for (int64_t p = 0; p < pixels; p++) {
                int64_t i = p * C + c;
                F(put)(out + i, F(act)((F(get)(a + i) * sa + ta) + (F(get)(b + i) * sb + tb), activation));
            }
        else
            for (int64_t p = 0; p < pixels; p++) {
                int64_t i = p * C + c;
                F(put)(out + i, F(act)(F(get)(a + i) * sa + ta, activation));
            }
    }
}

static void F(add)(const float *a, const float *scaleA, const float *shiftA, const float *b, const float *scaleB,
                   const float *shiftB, int activation, float *out, int64_t pixels, int C, int from, int to) {
#define CALL(A) F(add_as)(a, scaleA, shiftA, b, scaleB, shiftB, out, pixels, C, from, to, A)
    WITH_ACTIVATION(activation, CALL)
#undef CALL
}

INLINE void F(max_pool_as)(const ck_pooling *o, int from, int to, const int activation, const int isScaled) {
    int C = o->channels;
    vm lane;
    for (int i = 0; i < W; i++) lane[i] = i;
    for (int oy = 0; oy < o->outHeight; oy++)
        for (int ox = 0; ox < o->outWidth; ox++) {
            int top = oy * o->stride - o->padding, left = ox * o->stride - o->padding;
            int bottom = top + o->size < o->height ? top + o->size : o->height;
            int right = left + o->size < o->width ? left + o->size : o->width;
            if (top < 0) top = 0;
            if (left < 0) left = 0;
            int64_t at = ((int64_t)oy * o->outWidth + ox) * C;
            for (int c = from; c < to; c += W) {
                vw scale = o->scale ? F(get)(o->scale + c) : F(all)(1), shift = o->shift ? F(get)(o->shift + c) : F(all)(0);
                int first = (top * o->width + left) * C + c;
                vw best = F(get)(o->x + first);
                if (isScaled) best = F(act)(best * scale + shift, activation);
                vm where = lane + first;
                for (int y = top; y < bottom; y++)
                    for (int x = left; x < right; x++) {
                        int offset = (y * o->width + x) * C + c;
                        vw value = F(get)(o->x + offset);
                        if (isScaled) value = F(act)(value * scale + shift, activation);
                        vm larger = value > best;
                        best = (vw)(((vm)value & larger) | ((vm)best & ~larger));
                        where = ((lane + offset) & larger) | (where & ~larger);
                    }
                F(put)(o->y + at + c, best);
                if (o->chosen) *(vm *)(o->chosen + at + c) = where;
            }
        }
}

static void F(max_pool)(const ck_pooling *o, int from, int to) {
    if (!o->scale && !o->shift && o->activation == CK_NONE) {
        F(max_pool_as)(o, from, to, CK_NONE, 0);
        return;
    }
#define CALL(A) F(max_pool_as)(o, from, to, A, 1)
    WITH_ACTIVATION(o->activation, CALL)
#undef CALL
}

/// The rows and columns that no window reaches are for whoever calls.
static void F(max_pool_gradient)(const ck_pooling *o, const float *dy, float *dx, int from, int to) {
    int C = o->channels, step = o->stride;
    vm lane;
    for (int i = 0; i < W; i++) lane[i] = i;
    for (int oy = 0; oy < o->outHeight; oy++)
        for (int ox = 0; ox < o->outWidth; ox++) {
            int64_t at = ((int64_t)oy * o->outWidth + ox) * C;
            for (int c = from; c < to; c += W) {
                vw gradient = F(get)(dy + at + c);
                vm where = *(const vm *)(o->chosen + at + c) - lane;
                for (int y = oy * step; y < oy * step + step && y < o->height; y++)
                    for (int x = ox * step; x < ox * step + step && x < o->width; x++) {
                        int offset = (y * o->width + x) * C + c;
                        F(put)(dx + offset, F(keep)(gradient, where == offset));
                    }
            }
        }
}

static void F(mask)(const float *gradient, const float *out, int activation, float *dz, int64_t from, int64_t to) {
    for (int64_t i = from; i < to; i += W) {
        vw y = F(get)(out + i);
        vm kept = y > F(all)(0);
        if (activation == CK_RELU6) kept &= y < F(all)(6);
        F(put)(dz + i, F(keep)(F(get)(gradient + i), kept));
    }
}

static void F(accumulate)(const float *a, float *out, int64_t from, int64_t to) {
    for (int64_t i = from; i < to; i += W) F(put)(out + i, F(get)(out + i) + F(get)(a + i));
}

INLINE void F(depthwise_taps)(const ck_gemm *g, int c, const int taps) {
    vw w[16];
    UNROLL for (int s = 0; s < taps; s++) w[s] = F(get)(g->b + (int64_t)s * g->n + c);
    vw bias = g->bias ? F(get)(g->bias + c) : F(all)(0), sum = F(all)(0), square = F(all)(0);
    for (int m = 0; m < g->m; m++) {
        const float *a = g->a + g->rows[m] + c;
        float *out = g->c + g->outputs[m] + c;
        vw acc = bias, other = g->accumulate ? F(get)(out) : F(all)(0);
        UNROLL for (int s = 0; s < taps; s += 2) {
            acc += w[s] * F(get)(a + g->offsets[s]);
            if (s + 1 < taps) other += w[s + 1] * F(get)(a + g->offsets[s + 1]);
        }
        acc = F(act)(acc + other, g->activation);
        sum += acc;
        square += acc * acc;
        F(put)(out, acc);
    }
    if (g->sums) {
        int np = (g->n + V - 1) / V * V;
        F(put)(g->sums + c, F(get)(g->sums + c) + sum);
        F(put)(g->sums + np + c, F(get)(g->sums + np + c) + square);
    }
}

static void F(depthwise)(const ck_gemm *g, int from, int to) {
    for (int c = from; c < to; c += W) {
        if (g->segments == 9) {
            F(depthwise_taps)(g, c, 9);
            continue;
        }
        vw sum = F(all)(0), square = F(all)(0);
        for (int m = 0; m < g->m; m++) {
            const float *a = g->a + g->rows[m] + c;
            float *out = g->c + g->outputs[m] + c;
            vw acc = g->bias ? F(get)(g->bias + c) : F(all)(0);
            if (g->accumulate) acc += F(get)(out);
            for (int s = 0; s < g->segments; s++) acc += F(get)(g->b + (int64_t)s * g->n + c) * F(get)(a + g->offsets[s]);
            acc = F(act)(acc, g->activation);
            sum += acc;
            square += acc * acc;
            F(put)(out, acc);
        }
        if (g->sums) {
            int np = (g->n + V - 1) / V * V;
            F(put)(g->sums + c, F(get)(g->sums + c) + sum);
            F(put)(g->sums + np + c, F(get)(g->sums + np + c) + square);
        }
    }
}

static void F(depthwise_tn)(const ck_gemm_tn *g, int from, int to) {
    for (int c = from; c < to; c += W)
        for (int first = 0; first < g->segments; first += 9) {
            int taps = g->segments - first < 9 ? g->segments - first : 9;
            vw acc[9];
            for (int s = 0; s < 9; s++) acc[s] = F(all)(0);
            const int32_t *offsets = g->offsets + first;
            if (taps == 9)
                for (int p = 0; p < g->pixels; p++) {
                    vw d = F(get)(g->g + g->gradients[p] + c);
                    const float *a = g->a + g->rows[p] + c;
                    UNROLL for (int s = 0; s < 9; s++) acc[s] += d * F(get)(a + offsets[s]);
                }
            else
                for (int s = 0; s < taps; s++)
                    for (int p = 0; p < g->pixels; p++)
                        acc[s] += F(get)(g->g + g->gradients[p] + c) * F(get)(g->a + g->rows[p] + offsets[s] + c);
            for (int s = 0; s < taps; s++) {
                float *w = g->w + (int64_t)(first + s) * g->ldw + c;
                F(put)(w, F(get)(w) + acc[s]);
            }
        }
}

#undef WITH_ACTIVATION
#undef vw
#undef vm
#undef F
#undef GLUE
#undef GLUE2
