/// Products of bfloat16 values with single-precision sums: the kernels of ck_f32.h with operands rounded to 8 bits of
/// mantissa (to nearest, ties to even). Two values that follow each other along K make a pair, a 32-bit word with the
/// first in its lower half: what AVX-512's dot product takes. Where a processor lacks that, pairs are widened and
/// multiplied in single precision, which gives the same bits but for denormal numbers.
///
/// A NaN that arithmetic made stays one.
#ifndef CK_BF16_H
#define CK_BF16_H

#include <stdint.h>
#include <string.h>

#include "ck_f32.h"

typedef struct {
    /// `avx512bf16` where the processor multiplies pairs itself; else as of ck_f32.
    const char *isa;

    /// As ck_f32.gemm. `a` points to 16-bit values, which `rows`, `offsets` and `run` count; one value beyond an odd run
    /// is read and must be finite. `b` is packed by ck_bf16_pack_pairs. `ahead` is not used.
    void (*gemm)(const ck_gemm *);
    /// As ck_f32.winograd, weights of ck_bf16_pack_pairs, coefficients rounded; scratch memory as there.
    void (*winograd)(const ck_winograd *);
    /// As ck_f32.winograd_tn, coefficients rounded; scratch memory as there.
    void (*winograd_tn)(const ck_winograd_tn *);
    /// to = from, rounded.
    void (*narrow)(const float *from, uint16_t *to, int64_t count);
    /// As ck_f32.multiply_adds, of pairs.
    int64_t (*multiply_adds)(int64_t rounds, float *result);
} ck_bf16;

/// What goes with the ck_f32 of this name, in vectors and tiles too; NULL where that is NULL.
const ck_bf16 *ck_bf16_named(const char *isa);

/// b of ck_pack_b in pairs: of each tile's rows two and two, of an odd run the last with zeros. `pairs` has
/// segments * ((run + 1) / 2) * (n rounded up to the vector) words.
void ck_bf16_pack_pairs(const ck_f32 *kernels, uint32_t *pairs, const float *packed, int segments, int run, int n);

/// The bits of the nearest bfloat16.
static inline uint16_t ck_bf16_bits(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return (uint16_t)((bits + ((bits >> 16) & 1) + 0x7fff) >> 16);
}

static inline float ck_bf16_value(uint32_t half) {
    uint32_t bits = half << 16;
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

#endif
