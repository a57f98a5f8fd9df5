// Products of bfloat16 pairs by AVX-512's own instruction, in the tiles of f32_avx512.c.
#if defined(__x86_64__)

#include <immintrin.h>
#include <stdint.h>
#include <string.h>

#include "ck_bf16.h"
#include "ck_f32.h"
#include "winograd_points.h"

// Of the single-precision kernels only transforms and epilogues are used here.
#pragma clang diagnostic ignored "-Wunused-function"
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,avx2,fma"))), apply_to = function)

#define V 16
#define MR 8
#define TR 12
#define WR 8
#define WT 8
#define NATIVE_PAIRS
#define BF16_TABLE ck_bf16_avx512_native
#define BF16_ISA "avx512bf16"
#include "f32_micro.h"
#include "bf16_pairs.h"
#include "bf16_micro.h"
#include "f32_winograd.h"
#include "bf16_winograd.h"

#pragma clang attribute pop

#endif
