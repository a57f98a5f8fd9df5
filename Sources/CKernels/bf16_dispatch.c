#include "ck_bf16.h"

extern const ck_bf16 ck_bf16_scalar;
#if defined(__x86_64__)
extern const ck_bf16 ck_bf16_avx512, ck_bf16_avx512_native, ck_bf16_avx2;
#elif defined(__aarch64__)
extern const ck_bf16 ck_bf16_neon;
#endif

const ck_bf16 *ck_bf16_named(const char *isa) {
    const ck_f32 *found = ck_f32_named(isa);
    if (!found) return NULL;
#if defined(__x86_64__)
    if (!strcmp(found->isa, "avx512"))
        return __builtin_cpu_supports("avx512bf16") ? &ck_bf16_avx512_native : &ck_bf16_avx512;
    if (!strcmp(found->isa, "avx2")) return &ck_bf16_avx2;
#elif defined(__aarch64__)
    if (!strcmp(found->isa, "neon")) return &ck_bf16_neon;
#endif
    return &ck_bf16_scalar;
}
