/// Ends the process, as SIGKILL from outside would, at a chosen call that changes a disk. For tests only: linked into a
/// program, the functions of injection.c take the place of the C library's, for all its libraries too.
///
/// All that is to happen is armed once, and happens once: the process that removes the token file is the one that dies,
/// so that the next one lives, whoever started it.
#ifndef INJECTION_H
#define INJECTION_H

#include <stdint.h>

/// Arms a death at the `call`-th call from now on that changes a disk, counted from 1: the call itself is no longer made.
void injection_arm_call(const char *token, int64_t call);

/// Arms a death right after a write to standard output that holds `text`.
void injection_arm_output(const char *token, const char *text);

/// Dies now, where the token is still there.
void injection_die(const char *token);

/// Lets every `every`-th call that reads or writes a regular file be interrupted first, with EINTR; 0: none.
void injection_interrupt(int64_t every);

/// Lets the disk refuse calls: of those that change something below `folder`, the `first`-th (from 1) and the `count` - 1
/// after it come back with the error `code`. Only in the process that removes the token with the first of them.
void injection_fail(const char *folder, const char *token, int code, int64_t first, int64_t count);

/// Lets the clock of the day jump: after every so many looks at it, it is `seconds` behind, right, or ahead.
void injection_jump(int64_t seconds);

/// From now on every call that changes something below `folder` is written to the file `log`, with its bytes, by all
/// processes that name it; in the order in which they were made.
void injection_record(const char *folder, const char *log);

/// Calls so far that change a disk: writes to regular files, syncs, and changes of names.
int64_t injection_calls(void);

/// Writes the number of those calls to a file when the process exits.
void injection_count_into(const char *path);

#endif
