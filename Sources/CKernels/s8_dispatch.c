#include <string.h>

#include "ck_s8.h"

#if defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>
#ifndef HWCAP_ASIMDDP
#define HWCAP_ASIMDDP (1 << 20)
#endif
#endif

extern const ck_s8 ck_s8_scalar;
#if defined(__x86_64__)
extern const ck_s8 ck_s8_avx512vnni, ck_s8_avx2;
#elif defined(__aarch64__)
extern const ck_s8 ck_s8_neon;

static int has_dot_product(void) {
#if defined(__linux__)
    return (getauxval(AT_HWCAP) & HWCAP_ASIMDDP) != 0;
#else
    return 1;
#endif
}
#endif

const ck_s8 *ck_s8_named(const char *isa) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    int vnni = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
               __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
               __builtin_cpu_supports("avx512vnni");
    if (vnni && (!isa || !strcmp(isa, "avx512vnni"))) return &ck_s8_avx512vnni;
    if (__builtin_cpu_supports("avx2") && (!isa || !strcmp(isa, "avx2"))) return &ck_s8_avx2;
#elif defined(__aarch64__)
    if (has_dot_product() && (!isa || !strcmp(isa, "neon"))) return &ck_s8_neon;
#endif
    if (!isa || !strcmp(isa, "scalar")) return &ck_s8_scalar;
    return NULL;
}

void ck_s8_pack_b(int8_t *packed, const int8_t *source, int depth, int64_t rowStride, int n, int64_t columnStride) {
    for (int column = 0; column < n; column += CK_S8_TILE)
        for (int k = 0; k < depth; k += 4)
            for (int j = 0; j < CK_S8_TILE; j++)
                for (int i = 0; i < 4; i++, packed++)
                    *packed = column + j < n ? source[(k + i) * rowStride + (column + j) * columnStride] : 0;
}
