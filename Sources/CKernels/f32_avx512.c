// Single-precision kernels for avx512: tiles of 8 rows by two vectors of 16 floats.
#if defined(__x86_64__)

#include <immintrin.h>
#include <stdint.h>
#include <string.h>

#include "ck_bf16.h"
#include "ck_f32.h"
#include "winograd_points.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"))), apply_to = function)

#define V 16
#define MR 8
#define TR 12
#define WR 8
#define WT 8
#define TABLE ck_f32_avx512
#define ISA "avx512"
#define BF16_TABLE ck_bf16_avx512
#define BF16_ISA ISA
#include "f32_micro.h"
#include "bf16_pairs.h"
#include "bf16_micro.h"
#include "f32_winograd.h"
#include "bf16_winograd.h"
#include "f32_table.h"

#pragma clang attribute pop

#endif
