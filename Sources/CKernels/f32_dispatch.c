#include <string.h>

#include "ck_f32.h"

extern const ck_f32 ck_f32_scalar;
#if defined(__x86_64__)
extern const ck_f32 ck_f32_avx512, ck_f32_avx2;
#elif defined(__aarch64__)
extern const ck_f32 ck_f32_neon;
#endif

const ck_f32 *ck_f32_named(const char *isa) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    int avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                 __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
    if (avx512 && (!isa || !strcmp(isa, "avx512"))) return &ck_f32_avx512;
    int avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    if (avx2 && (!isa || !strcmp(isa, "avx2"))) return &ck_f32_avx2;
#elif defined(__aarch64__)
    if (!isa || !strcmp(isa, "neon")) return &ck_f32_neon;
#endif
    if (!isa || !strcmp(isa, "scalar")) return &ck_f32_scalar;
    return NULL;
}
