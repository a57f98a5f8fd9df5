// Kernels for imported networks as the compiler makes them for every machine of the architecture ("scalar"; on Arm
// that has vectors too, so "neon" is the same), and the choice among the tables.
#include <stdint.h>
#include <string.h>

#include "ck_image.h"

#define TABLE ck_image_base
#if defined(__aarch64__)
#define ISA "neon"
#else
#define ISA "scalar"
#endif
#include "image_body.h"

#if defined(__x86_64__)
extern const ck_image ck_image_avx512, ck_image_avx2;
#endif

const ck_image *ck_image_named(const char *isa) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    int avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                 __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
    if (avx512 && (!isa || !strcmp(isa, "avx512"))) return &ck_image_avx512;
    int avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    if (avx2 && (!isa || !strcmp(isa, "avx2"))) return &ck_image_avx2;
#elif defined(__aarch64__)
    if (!isa || !strcmp(isa, "neon")) return &ck_image_base;
#endif
    if (!isa || !strcmp(isa, "scalar")) return &ck_image_base;
    return NULL;
}
