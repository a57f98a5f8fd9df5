#ifndef SCALAR_WINOGRAD_H
#define SCALAR_WINOGRAD_H

#include "ck_f32.h"

float scalar_activate(float z, int activation);

int64_t scalar_winograd_scratch(int tiles, int channels, int outputs);
void scalar_winograd(const ck_winograd *);
void scalar_winograd_tn(const ck_winograd_tn *);
/// With coefficients rounded to bfloat16.
void scalar_bf16_winograd(const ck_winograd *);
void scalar_bf16_winograd_tn(const ck_winograd_tn *);

#endif
