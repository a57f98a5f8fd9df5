// Kernels for imported networks, compiled for avx512.
#if defined(__x86_64__)

#include <stdint.h>
#include <string.h>

#include "ck_image.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"))), apply_to = function)

#define TABLE ck_image_avx512
#define ISA "avx512"
#include "image_body.h"

#pragma clang attribute pop

#endif
