// Single-precision kernels for avx2: tiles of 6 rows by two vectors of 8 floats.
#if defined(__x86_64__)

#include <stdint.h>
#include <string.h>

#include "ck_bf16.h"
#include "ck_f32.h"
#include "winograd_points.h"

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)

#define V 8
#define MR 6
#define TR 6
#define WR 6
#define WT 4
#define TABLE ck_f32_avx2
#define ISA "avx2"
#define BF16_TABLE ck_bf16_avx2
#define BF16_ISA ISA
#include "f32_micro.h"
#include "bf16_pairs.h"
#include "bf16_micro.h"
#include "f32_winograd.h"
#include "bf16_winograd.h"
#include "f32_table.h"

#pragma clang attribute pop

#endif
