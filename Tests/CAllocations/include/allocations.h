/// Counts calls of malloc and calloc, for tests that say how many there are.
#ifndef ALLOCATIONS_H
#define ALLOCATIONS_H

#include <stdint.h>

/// Of the calling thread, since it began. -1 where calls are not counted: in builds with a sanitizer, or without glibc.
int64_t allocations_of_this_thread(void);

#endif
