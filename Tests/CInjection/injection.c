#include "injection.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static _Atomic int64_t calls;
static int64_t deadly_call;
static char token_path[4096], deadly_output[256], count_path[4096];
static _Atomic int64_t interruptible;
static int64_t interrupt_every;

void injection_die(const char *token) {
    // Past our own functions. Whoever removes the token dies; all others live.
    if (syscall(SYS_unlink, token) != 0) return;
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

void injection_arm_call(const char *token, int64_t call) {
    snprintf(token_path, sizeof token_path, "%s", token);
    deadly_call = atomic_load(&calls) + call;
}

void injection_arm_output(const char *token, const char *text) {
    snprintf(token_path, sizeof token_path, "%s", token);
    snprintf(deadly_output, sizeof deadly_output, "%s", text);
}

void injection_interrupt(int64_t every) { interrupt_every = every; }

int64_t injection_calls(void) { return atomic_load(&calls); }

static void write_count(void) {
    FILE *file = fopen(count_path, "w");
    if (file == NULL) return;
    fprintf(file, "%lld\n", (long long)atomic_load(&calls));
    fclose(file);
}

void injection_count_into(const char *path) {
    snprintf(count_path, sizeof count_path, "%s", path);
    atexit(write_count);
}

/// Before each call that changes a disk.
static void step(void) {
    int64_t now = atomic_fetch_add(&calls, 1) + 1;
    if (deadly_call != 0 && now == deadly_call) injection_die(token_path);
}

static int is_regular(int descriptor) {
    struct stat status;
    int before = errno;
    int regular = fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
    errno = before;
    return regular;
}

/// Whether this call shall come back with EINTR.
static int is_interrupted(void) {
    if (interrupt_every == 0 || (atomic_fetch_add(&interruptible, 1) + 1) % interrupt_every != 0) return 0;
    errno = EINTR;
    return 1;
}

// The library's function of the same name and type, looked up at its first use.
#define REAL(name, result, ...)                                                                                        \
    static result (*_Atomic known)(__VA_ARGS__);                                                                       \
    result (*real)(__VA_ARGS__) = atomic_load_explicit(&known, memory_order_relaxed);                                  \
    if (real == NULL) {                                                                                                \
        real = (result(*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name);                                                        \
        atomic_store_explicit(&known, real, memory_order_relaxed);                                                     \
    }

static void after_output(int descriptor, const void *bytes, ssize_t count) {
    if (descriptor != STDOUT_FILENO || deadly_output[0] == 0 || count <= 0) return;
    if (memmem(bytes, (size_t)count, deadly_output, strlen(deadly_output)) != NULL) injection_die(token_path);
}

ssize_t write(int descriptor, const void *bytes, size_t count) {
    REAL(write, ssize_t, int, const void *, size_t)
    if (is_regular(descriptor)) {
        if (is_interrupted()) return -1;
        step();
    }
    ssize_t written = real(descriptor, bytes, count);
    after_output(descriptor, bytes, written);
    return written;
}

ssize_t read(int descriptor, void *bytes, size_t count) {
    REAL(read, ssize_t, int, void *, size_t)
    if (interrupt_every != 0 && is_regular(descriptor) && is_interrupted()) return -1;
    return real(descriptor, bytes, count);
}

ssize_t writev(int descriptor, const struct iovec *parts, int count) {
    REAL(writev, ssize_t, int, const struct iovec *, int)
    if (is_regular(descriptor)) step();
    return real(descriptor, parts, count);
}

#define PLACED_WRITE(name)                                                                                             \
    ssize_t name(int descriptor, const void *bytes, size_t count, off_t offset) {                                      \
        REAL(name, ssize_t, int, const void *, size_t, off_t)                                                          \
        if (is_interrupted()) return -1;                                                                               \
        step();                                                                                                        \
        return real(descriptor, bytes, count, offset);                                                                 \
    }
PLACED_WRITE(pwrite)
PLACED_WRITE(pwrite64)

#define ON_FILE(name)                                                                                                  \
    int name(int descriptor) {                                                                                         \
        REAL(name, int, int)                                                                                           \
        step();                                                                                                        \
        return real(descriptor);                                                                                       \
    }
ON_FILE(fsync)
ON_FILE(fdatasync)

#define RESIZING(name)                                                                                                 \
    int name(int descriptor, off_t length) {                                                                           \
        REAL(name, int, int, off_t)                                                                                    \
        step();                                                                                                        \
        return real(descriptor, length);                                                                               \
    }
RESIZING(ftruncate)
RESIZING(ftruncate64)

#define ON_PATH(name)                                                                                                  \
    int name(const char *path) {                                                                                       \
        REAL(name, int, const char *)                                                                                  \
        step();                                                                                                        \
        return real(path);                                                                                             \
    }
ON_PATH(unlink)
ON_PATH(rmdir)
ON_PATH(remove)

int unlinkat(int folder, const char *path, int flags) {
    REAL(unlinkat, int, int, const char *, int)
    step();
    return real(folder, path, flags);
}

int mkdir(const char *path, mode_t mode) {
    REAL(mkdir, int, const char *, mode_t)
    step();
    return real(path, mode);
}

#define ON_TWO_PATHS(name)                                                                                             \
    int name(const char *one, const char *other) {                                                                     \
        REAL(name, int, const char *, const char *)                                                                    \
        step();                                                                                                        \
        return real(one, other);                                                                                       \
    }
ON_TWO_PATHS(rename)
ON_TWO_PATHS(link)
ON_TWO_PATHS(symlink)

int renameat(int one_folder, const char *one, int other_folder, const char *other) {
    REAL(renameat, int, int, const char *, int, const char *)
    step();
    return real(one_folder, one, other_folder, other);
}

int renameat2(int one_folder, const char *one, int other_folder, const char *other, unsigned int flags) {
    REAL(renameat2, int, int, const char *, int, const char *, unsigned int)
    step();
    return real(one_folder, one, other_folder, other, flags);
}

#define OPENING(name)                                                                                                  \
    int name(const char *path, int flags, ...) {                                                                       \
        REAL(name, int, const char *, int, ...)                                                                        \
        mode_t mode = 0;                                                                                               \
        if (flags & O_CREAT) {                                                                                         \
            va_list rest;                                                                                              \
            va_start(rest, flags);                                                                                     \
            mode = va_arg(rest, mode_t);                                                                               \
            va_end(rest);                                                                                              \
        }                                                                                                              \
        if (flags & (O_CREAT | O_TRUNC)) step();                                                                       \
        return real(path, flags, mode);                                                                                \
    }
OPENING(open)
OPENING(open64)
