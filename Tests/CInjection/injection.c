#include "injection.h"

#include "record.h"

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
#include <time.h>
#include <unistd.h>

static _Atomic int64_t calls;
static int64_t deadly_call;
static char token_path[4096], deadly_output[256], count_path[4096];
static _Atomic int64_t interruptible;
static int64_t interrupt_every;
static int failing_code;
static char failing_folder[4096];
static _Atomic int64_t failable;
static int64_t failing_first, failing_count;
static _Atomic int is_chosen;

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

void injection_fail(const char *folder, const char *token, int code, int64_t first, int64_t count) {
    snprintf(token_path, sizeof token_path, "%s", token);
    snprintf(failing_folder, sizeof failing_folder, "%s", folder);
    failing_first = first;
    failing_count = count;
    failing_code = code;
}

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

/// Whether the disk refuses a call on a path below `failing_folder`.
static int is_failing_at(const char *path) {
    if (failing_code == 0 || strncmp(path, failing_folder, strlen(failing_folder)) != 0) return 0;
    int64_t now = atomic_fetch_add(&failable, 1) + 1;
    if (now < failing_first || now >= failing_first + failing_count) return 0;
    if (now == failing_first) is_chosen = syscall(SYS_unlink, token_path) == 0;
    if (!is_chosen) return 0;
    errno = failing_code;
    return 1;
}

static int is_failing(int descriptor) {
    if (failing_code == 0) return 0;
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    return is_failing_at(path);
}

/// Whether this call shall come back with EINTR.
static int is_interrupted(void) {
    if (interrupt_every == 0 || (atomic_fetch_add(&interruptible, 1) + 1) % interrupt_every != 0) return 0;
    errno = EINTR;
    return 1;
}

static int64_t jump_seconds;
static _Atomic int64_t looks;

void injection_jump(int64_t seconds) { jump_seconds = seconds; }

// The library's function of the same name and type, looked up at its first use.
#define REAL(name, result, ...)                                                                                        \
    static result (*_Atomic known)(__VA_ARGS__);                                                                       \
    result (*real)(__VA_ARGS__) = atomic_load_explicit(&known, memory_order_relaxed);                                  \
    if (real == NULL) {                                                                                                \
        real = (result(*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name);                                                        \
        atomic_store_explicit(&known, real, memory_order_relaxed);                                                     \
    }

int clock_gettime(clockid_t clock, struct timespec *time) {
    REAL(clock_gettime, int, clockid_t, struct timespec *)
    int result = real(clock, time);
    if (result == 0 && clock == CLOCK_REALTIME && jump_seconds != 0) {
        const int64_t looks_between = 16;
        time->tv_sec += (atomic_fetch_add(&looks, 1) / looks_between % 3 - 1) * jump_seconds;
    }
    return result;
}

static void after_output(int descriptor, const void *bytes, ssize_t count) {
    if (descriptor != STDOUT_FILENO || deadly_output[0] == 0 || count <= 0) return;
    if (memmem(bytes, (size_t)count, deadly_output, strlen(deadly_output)) != NULL) injection_die(token_path);
}

// Each call is, where calls are recorded, made under the recorder's lock, and told when it has succeeded.
#define LOCKED(type, call, told)                                                                                       \
    if (!record_is_on()) return call;                                                                                  \
    record_lock();                                                                                                     \
    type result = call;                                                                                                \
    if (result >= 0) {                                                                                                 \
        told;                                                                                                          \
    }                                                                                                                  \
    record_unlock();                                                                                                   \
    return result;

/// Where the descriptor will write next.
static uint64_t position(int descriptor) {
    int before = errno;
    int flags = fcntl(descriptor, F_GETFL);
    struct stat status;
    off_t offset = lseek(descriptor, 0, SEEK_CUR);
    if (flags >= 0 && (flags & O_APPEND) && fstat(descriptor, &status) == 0) offset = status.st_size;
    errno = before;
    return (uint64_t)offset;
}

ssize_t write(int descriptor, const void *bytes, size_t count) {
    REAL(write, ssize_t, int, const void *, size_t)
    if (!is_regular(descriptor)) {
        ssize_t written = real(descriptor, bytes, count);
        after_output(descriptor, bytes, written);
        return written;
    }
    if (is_interrupted() || is_failing(descriptor)) return -1;
    step();
    if (!record_is_on()) {
        ssize_t written = real(descriptor, bytes, count);
        after_output(descriptor, bytes, written);
        return written;
    }
    record_lock();
    uint64_t offset = position(descriptor);
    ssize_t written = real(descriptor, bytes, count);
    if (written > 0) record_on_file(RECORD_WRITE, descriptor, offset, bytes, (size_t)written);
    record_unlock();
    return written;
}

ssize_t read(int descriptor, void *bytes, size_t count) {
    REAL(read, ssize_t, int, void *, size_t)
    if (interrupt_every != 0 && is_regular(descriptor) && is_interrupted()) return -1;
    return real(descriptor, bytes, count);
}

ssize_t writev(int descriptor, const struct iovec *parts, int count) {
    REAL(writev, ssize_t, int, const struct iovec *, int)
    if (!is_regular(descriptor)) return real(descriptor, parts, count);
    if (is_failing(descriptor)) return -1;
    step();
    if (!record_is_on()) return real(descriptor, parts, count);
    record_lock();
    uint64_t offset = position(descriptor);
    ssize_t written = real(descriptor, parts, count);
    ssize_t rest = written;
    for (int i = 0; i < count && rest > 0; i++) {
        size_t part = (size_t)rest < parts[i].iov_len ? (size_t)rest : parts[i].iov_len;
        record_on_file(RECORD_WRITE, descriptor, offset, parts[i].iov_base, part);
        offset += part;
        rest -= (ssize_t)part;
    }
    record_unlock();
    return written;
}

#define PLACED_WRITE(name)                                                                                             \
    ssize_t name(int descriptor, const void *bytes, size_t count, off_t offset) {                                      \
        REAL(name, ssize_t, int, const void *, size_t, off_t)                                                          \
        if (is_interrupted() || is_failing(descriptor)) return -1;                                                     \
        step();                                                                                                        \
        LOCKED(                                                                                                        \
            ssize_t, real(descriptor, bytes, count, offset),                                                           \
            record_on_file(RECORD_WRITE, descriptor, (uint64_t)offset, bytes, (size_t)result))                         \
    }
PLACED_WRITE(pwrite)
PLACED_WRITE(pwrite64)

#define ON_FILE(name)                                                                                                  \
    int name(int descriptor) {                                                                                         \
        REAL(name, int, int)                                                                                           \
        if (is_failing(descriptor)) return -1;                                                                         \
        step();                                                                                                        \
        LOCKED(int, real(descriptor), record_on_file(RECORD_SYNC, descriptor, 0, NULL, 0))                             \
    }
ON_FILE(fsync)
ON_FILE(fdatasync)

#define RESIZING(name)                                                                                                 \
    int name(int descriptor, off_t length) {                                                                           \
        REAL(name, int, int, off_t)                                                                                    \
        if (is_failing(descriptor)) return -1;                                                                         \
        step();                                                                                                        \
        LOCKED(                                                                                                        \
            int, real(descriptor, length), record_on_file(RECORD_RESIZE, descriptor, (uint64_t)length, NULL, 0))       \
    }
RESIZING(ftruncate)
RESIZING(ftruncate64)

/// A removal. Only one that is told needs its path resolved.
static void tell_removal(enum record_kind kind, int folder, const char *path) {
    char resolved[8192];
    if (record_resolve(folder, path, resolved, sizeof resolved)) record_paths(kind, resolved, "");
}

static void tell_made(enum record_kind kind, int folder, const char *path) {
    char resolved[8192];
    if (record_resolve(folder, path, resolved, sizeof resolved)) record_made(kind, resolved);
}

static void tell_two(enum record_kind kind, int one_folder, const char *one, int other_folder, const char *other) {
    char first[8192], second[8192];
    int is_first = record_resolve(one_folder, one, first, sizeof first);
    int is_second = record_resolve(other_folder, other, second, sizeof second);
    // What comes in from outside, or goes there, would need its bytes told: no such call is made.
    if (is_first != is_second) abort();
    if (is_first) record_paths(kind, first, second);
}

int unlink(const char *path) {
    REAL(unlink, int, const char *)
    if (is_failing_at(path)) return -1;
    step();
    LOCKED(int, real(path), tell_removal(RECORD_UNLINK, AT_FDCWD, path))
}

int rmdir(const char *path) {
    REAL(rmdir, int, const char *)
    if (is_failing_at(path)) return -1;
    step();
    LOCKED(int, real(path), tell_removal(RECORD_RMDIR, AT_FDCWD, path))
}

int remove(const char *path) {
    struct stat status;
    if (lstat(path, &status) == 0 && S_ISDIR(status.st_mode)) return rmdir(path);
    return unlink(path);
}

int unlinkat(int folder, const char *path, int flags) {
    REAL(unlinkat, int, int, const char *, int)
    if (folder == AT_FDCWD && is_failing_at(path)) return -1;
    step();
    LOCKED(
        int, real(folder, path, flags),
        tell_removal(flags & AT_REMOVEDIR ? RECORD_RMDIR : RECORD_UNLINK, folder, path))
}

int mkdir(const char *path, mode_t mode) {
    REAL(mkdir, int, const char *, mode_t)
    if (is_failing_at(path)) return -1;
    step();
    LOCKED(int, real(path, mode), tell_made(RECORD_MKDIR, AT_FDCWD, path))
}

int mkdirat(int folder, const char *path, mode_t mode) {
    REAL(mkdirat, int, int, const char *, mode_t)
    step();
    LOCKED(int, real(folder, path, mode), tell_made(RECORD_MKDIR, folder, path))
}

int rename(const char *one, const char *other) {
    REAL(rename, int, const char *, const char *)
    if (is_failing_at(other)) return -1;
    step();
    LOCKED(int, real(one, other), tell_two(RECORD_RENAME, AT_FDCWD, one, AT_FDCWD, other))
}

int link(const char *one, const char *other) {
    REAL(link, int, const char *, const char *)
    if (is_failing_at(other)) return -1;
    step();
    LOCKED(int, real(one, other), tell_two(RECORD_LINK, AT_FDCWD, one, AT_FDCWD, other))
}

int symlink(const char *target, const char *path) {
    REAL(symlink, int, const char *, const char *)
    step();
    char resolved[8192];
    LOCKED(
        int, real(target, path),
        if (record_resolve(AT_FDCWD, path, resolved, sizeof resolved)) record_paths(RECORD_SYMLINK, resolved, target))
}

int renameat(int one_folder, const char *one, int other_folder, const char *other) {
    REAL(renameat, int, int, const char *, int, const char *)
    step();
    LOCKED(
        int, real(one_folder, one, other_folder, other),
        tell_two(RECORD_RENAME, one_folder, one, other_folder, other))
}

int renameat2(int one_folder, const char *one, int other_folder, const char *other, unsigned int flags) {
    REAL(renameat2, int, int, const char *, int, const char *, unsigned int)
    step();
    LOCKED(
        int, real(one_folder, one, other_folder, other, flags),
        tell_two(RECORD_RENAME, one_folder, one, other_folder, other))
}

/// Opens under the recorder's lock; tells of a file that is new, or emptied.
#define OPEN_AND_TELL(folder, path, flags, call)                                                                       \
    if (!record_is_on() || !((flags) & (O_CREAT | O_TRUNC))) return call;                                              \
    record_lock();                                                                                                     \
    struct stat status;                                                                                                \
    int was_there = fstatat(folder, path, &status, 0) == 0;                                                            \
    int descriptor = call;                                                                                             \
    if (descriptor >= 0 && !was_there) tell_made(RECORD_CREATE, folder, path);                                         \
    if (descriptor >= 0 && was_there && ((flags) & O_TRUNC))                                                           \
        record_on_file(RECORD_RESIZE, descriptor, 0, NULL, 0);                                                         \
    record_unlock();                                                                                                   \
    return descriptor;

#define TAKE_MODE()                                                                                                    \
    mode_t mode = 0;                                                                                                   \
    if (flags & O_CREAT) {                                                                                             \
        va_list rest;                                                                                                  \
        va_start(rest, flags);                                                                                         \
        mode = va_arg(rest, mode_t);                                                                                   \
        va_end(rest);                                                                                                  \
    }

#define OPENING(name)                                                                                                  \
    int name(const char *path, int flags, ...) {                                                                       \
        REAL(name, int, const char *, int, ...)                                                                        \
        TAKE_MODE()                                                                                                    \
        if (flags & (O_CREAT | O_TRUNC)) {                                                                             \
            if (is_failing_at(path)) return -1;                                                                        \
            step();                                                                                                    \
        }                                                                                                              \
        OPEN_AND_TELL(AT_FDCWD, path, flags, real(path, flags, mode))                                                  \
    }
OPENING(open)
OPENING(open64)

#define OPENING_AT(name)                                                                                               \
    int name(int folder, const char *path, int flags, ...) {                                                           \
        REAL(name, int, int, const char *, int, ...)                                                                   \
        TAKE_MODE()                                                                                                    \
        if (flags & (O_CREAT | O_TRUNC)) step();                                                                       \
        OPEN_AND_TELL(folder, path, flags, real(folder, path, flags, mode))                                            \
    }
OPENING_AT(openat)
OPENING_AT(openat64)
