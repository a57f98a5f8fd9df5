/* What a worker may take of the machine, and what it says when that is not enough. */
#pragma once
#include <stdint.h>

/* Lets private memory of this process, and of those it starts, grow to so many bytes (RLIMIT_DATA), and turns off core
   dumps. 0: no limit. Returns 0, or -1 with errno. */
int limit_memory(uint64_t bytes);

/* From now on a crash that comes while memory is at the limit ends the process with `code` and a line on standard error,
   so that whoever waits for it knows what it was. */
void limit_explain_exhaustion(uint64_t bytes, int code);
