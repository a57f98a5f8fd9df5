// Pairs of bfloat16 values in the vectors of one instruction set. Included after f32_micro.h; NATIVE_PAIRS where the
// processor multiplies them itself.

typedef uint32_t vu __attribute__((vector_size(4 * V), aligned(4)));
typedef uint16_t vh __attribute__((vector_size(2 * V), aligned(2)));

INLINE vu words(const void *p) { return *(const vu *)p; }

/// The pair at p in every word.
INLINE vu pair(const void *p) {
    uint32_t word;
    memcpy(&word, p, sizeof word);
    return (vu){0} + word;
}

#if defined(NATIVE_PAIRS)

/// Rounded, in the lower half of each word.
INLINE vu lower_halves(vf x) { return (vu)_mm512_cvtepu16_epi32((__m256i)_mm512_cvtneps_pbh((__m512)x)); }
INLINE vu upper_halves(vf x) { return lower_halves(x) << 16; }

INLINE void store_halves(uint16_t *p, vf x) {
    _mm256_storeu_si256((__m256i *)p, (__m256i)_mm512_cvtneps_pbh((__m512)x));
}

INLINE vf dot(vf sum, vu a, vu b) {
    return (vf)_mm512_dpbf16_ps((__m512)sum, (__m512bh)(__m512i)a, (__m512bh)(__m512i)b);
}

#else

/// Rounded, in the upper half of each word.
INLINE vu upper_halves(vf x) {
    vu bits = (vu)x;
    return (bits + ((bits >> 16) & 1) + 0x7fff) & 0xffff0000u;
}
INLINE vu lower_halves(vf x) { return upper_halves(x) >> 16; }

INLINE void store_halves(uint16_t *p, vf x) { *(vh *)p = __builtin_convertvector(upper_halves(x) >> 16, vh); }

/// In the order of VDPBF16PS: the upper halves first. Products are exact.
INLINE vf dot(vf sum, vu a, vu b) {
    sum += (vf)(a & 0xffff0000u) * (vf)(b & 0xffff0000u);
    sum += (vf)(a << 16) * (vf)(b << 16);
    return sum;
}

#endif
