#include "beneath.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

// As in linux/openat2.h, which older systems do not have.
struct how {
    uint64_t flags, mode, resolve;
};
enum { NO_MAGIC_LINKS = 0x02, NO_SYMLINKS = 0x04, BENEATH = 0x08 };
#ifndef SYS_openat2
#define SYS_openat2 437
#endif

/// Length of the next name, after slashes and `.`; 0 at the end.
static size_t next_name(const char **path) {
    for (;;) {
        while (**path == '/') (*path)++;
        size_t length = strcspn(*path, "/");
        if (length != 1 || **path != '.') return length;
        (*path)++;
    }
}

/// Whether a path says by itself that it leads out.
static int leads_out(const char *path) {
    if (*path == '/') return 1;
    for (size_t length; (length = next_name(&path)) > 0; path += length)
        if (length == 2 && path[0] == '.' && path[1] == '.') return 1;
    return 0;
}

int beneath_walk(int root, const char *path, int flags) {
    if (leads_out(path)) {
        errno = EXDEV;
        return -1;
    }
    const int step = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    size_t length = next_name(&path);
    if (length == 0) return openat(root, ".", flags | O_CLOEXEC);
    int folder = root;
    for (;;) {
        char name[256];
        if (length >= sizeof name) {
            errno = ENAMETOOLONG;
            break;
        }
        memcpy(name, path, length);
        name[length] = 0;
        path += length;
        length = next_name(&path);
        int next = openat(folder, name, length > 0 ? step : flags | O_NOFOLLOW | O_CLOEXEC);
        if (length == 0 || next < 0) {
            int code = errno;
            if (folder != root) close(folder);
            errno = code;
            return next;
        }
        if (folder != root) close(folder);
        folder = next;
    }
    if (folder != root) {
        close(folder);
        errno = ENAMETOOLONG;
    }
    return -1;
}

int beneath_open(int root, const char *path, int flags) {
    if (leads_out(path)) {
        errno = EXDEV;
        return -1;
    }
    const char *rest = path;
    struct how how = {
        .flags = (uint64_t)(flags | O_CLOEXEC), .resolve = NO_MAGIC_LINKS | NO_SYMLINKS | BENEATH};
    long opened = syscall(SYS_openat2, root, next_name(&rest) == 0 ? "." : path, &how, sizeof how);
    if (opened >= 0) return (int)opened;
    // EAGAIN: something was moved meanwhile, and the kernel cannot tell whether it still lies below.
    // ENAMETOOLONG: a path that the kernel does not take at once may be walked, as long as each name is short enough.
    switch (errno) {
    case ENOSYS:
    case EPERM:
    case EAGAIN:
    case EINVAL:
    case ENAMETOOLONG: return beneath_walk(root, path, flags);
    default: return -1;
    }
}
