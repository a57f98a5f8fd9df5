#include "record.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "injection.h"

static char root[4096];
static size_t root_length;
static int log_descriptor = -1;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

// Calls past our own functions: what is recorded is not to be recorded.

int record_is_on(void) { return log_descriptor >= 0; }

void injection_record(const char *folder, const char *log) {
    if (realpath(folder, root) == NULL) abort();
    root_length = strlen(root);
    log_descriptor = (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (log_descriptor < 0) abort();
}

void record_lock(void) {
    if (!record_is_on()) return;
    pthread_mutex_lock(&mutex);
    while (flock(log_descriptor, LOCK_EX) != 0)
        if (errno != EINTR) abort();
}

void record_unlock(void) {
    if (!record_is_on()) return;
    int before = errno;
    flock(log_descriptor, LOCK_UN);
    pthread_mutex_unlock(&mutex);
    errno = before;
}

/// In the byte order of the machine.
struct header {
    uint32_t kind;
    uint32_t path_bytes, other_bytes;
    uint32_t reserved;
    uint64_t inode, offset, data_bytes;
};

static void put(enum record_kind kind, const char *path, const char *other, uint64_t inode, uint64_t offset,
                const void *data, size_t count) {
    struct header header = {
        .kind = kind,
        .path_bytes = (uint32_t)strlen(path),
        .other_bytes = (uint32_t)strlen(other),
        .inode = inode,
        .offset = offset,
        .data_bytes = count,
    };
    struct iovec parts[] = {
        {&header, sizeof header},
        {(void *)path, header.path_bytes},
        {(void *)other, header.other_bytes},
        {(void *)data, count},
    };
    size_t wanted = sizeof header + header.path_bytes + header.other_bytes + count;
    // A regular file takes all of it, or the disk is full and the record worth nothing.
    if (syscall(SYS_writev, log_descriptor, parts, 4) != (ssize_t)wanted) abort();
}

static int is_below(const char *path) {
    return strncmp(path, root, root_length) == 0 && path[root_length] == '/';
}

int record_resolve(int folder, const char *path, char *resolved, size_t room) {
    int before = errno;
    if (path[0] == '/') {
        snprintf(resolved, room, "%s", path);
    } else {
        char link[64], base[4096];
        if (folder == AT_FDCWD) {
            snprintf(link, sizeof link, "/proc/self/cwd");
        } else {
            snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
        }
        ssize_t count = readlink(link, base, sizeof base - 1);
        base[count < 0 ? 0 : count] = 0;
        snprintf(resolved, room, "%s/%s", base, path);
    }
    errno = before;
    return is_below(resolved);
}

void record_paths(enum record_kind kind, const char *one, const char *other) {
    int before = errno;
    put(kind, one, other, 0, 0, NULL, 0);
    errno = before;
}

void record_made(enum record_kind kind, const char *path) {
    int before = errno;
    struct stat status;
    if (lstat(path, &status) == 0) put(kind, path, "", status.st_ino, 0, NULL, 0);
    errno = before;
}

void record_on_file(enum record_kind kind, int descriptor, uint64_t offset, const void *bytes, size_t count) {
    int before = errno;
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    struct stat status;
    if (length > 0) {
        path[length] = 0;
        if ((is_below(path) || strcmp(path, root) == 0) && fstat(descriptor, &status) == 0)
            put(kind, "", "", status.st_ino, offset, bytes, count);
    }
    errno = before;
}
