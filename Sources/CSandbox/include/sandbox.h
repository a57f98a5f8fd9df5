/* What a worker gives up before it looks at files of others: writing outside its folders, the network, new privileges,
   looking into other processes. By Landlock (landlock(7)) and seccomp(2), from inside and without privileges. */
#pragma once
#include <stdint.h>

/* Bits of what a kernel lacks, or a filter around this process forbids. */
enum {
    SANDBOX_NO_LANDLOCK = 1,
    SANDBOX_NO_SECCOMP = 2,
};

/* Confines this thread, all it starts, and every program it becomes by execve(2): there is no way back.
   `writable`: folders below which files may be made, changed and removed, and single files that may be written;
   those that do not exist are left out. Returns the bits of what could not be done, or -1 with errno where even
   no_new_privs is refused, or a rule that the kernel knows. */
int sandbox_confine(const char *const *writable, int count);

/* The same bits, and nothing is done. */
int sandbox_missing(void);

/* Becomes the same program again, with no signal blocked. Returns -1 with errno where that fails. */
int sandbox_restart(char *const *arguments);
