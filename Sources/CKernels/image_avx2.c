// Kernels for imported networks, compiled for avx2.
#if defined(__x86_64__)

#include <stdint.h>
#include <string.h>

#include "ck_image.h"

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)

#define TABLE ck_image_avx2
#define ISA "avx2"
#include "image_body.h"

#pragma clang attribute pop

#endif
