/// What injection.c tells record.c: calls that change files below the recorded folder.
#ifndef RECORD_H
#define RECORD_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum record_kind {
    RECORD_CREATE = 1,
    RECORD_WRITE,
    RECORD_RESIZE,
    RECORD_RENAME,
    RECORD_UNLINK,
    RECORD_LINK,
    RECORD_SYMLINK,
    RECORD_MKDIR,
    RECORD_RMDIR,
    RECORD_SYNC,
};

/// Whether calls are recorded at all.
int record_is_on(void);

/// Between these two one process at a time changes files, so that records have the order of what they tell.
void record_lock(void);
void record_unlock(void);

/// A path as it is from the root; for `folder`, see openat(2). Returns 0 where it does not lie below the recorded folder.
int record_resolve(int folder, const char *path, char *resolved, size_t room);

/// Each tells of a call that has succeeded, under the lock. Those with a descriptor skip what is not below the folder.
void record_paths(enum record_kind kind, const char *one, const char *other);
/// `inode`: of what is now at the path.
void record_made(enum record_kind kind, const char *path);
void record_on_file(enum record_kind kind, int descriptor, uint64_t offset, const void *bytes, size_t count);

#endif
