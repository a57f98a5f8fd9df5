// Single-precision kernels for neon: tiles of 6 rows by two vectors of 4 floats.
#if defined(__aarch64__)

#include <stdint.h>
#include <string.h>

#include "ck_bf16.h"
#include "ck_f32.h"
#include "winograd_points.h"


#define V 4
#define MR 6
#define TR 6
#define WR 8
#define WT 4
#define TABLE ck_f32_neon
#define ISA "neon"
#define BF16_TABLE ck_bf16_neon
#define BF16_ISA ISA
#include "f32_micro.h"
#include "bf16_pairs.h"
#include "bf16_micro.h"
#include "f32_winograd.h"
#include "bf16_winograd.h"
#include "f32_table.h"


#endif
