#include "allocations.h"

#include <stddef.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED
#endif
#endif

#if defined(__GLIBC__) && !defined(SANITIZED)

// These take the place of the library's, for the whole process, and do what those do.
extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);

static __thread int64_t count;

void *malloc(size_t size) {
    count++;
    return __libc_malloc(size);
}

void *calloc(size_t items, size_t size) {
    count++;
    return __libc_calloc(items, size);
}

int64_t allocations_of_this_thread(void) { return count; }

#else

int64_t allocations_of_this_thread(void) { return -1; }

#endif
