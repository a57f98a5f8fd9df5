/* What a worker gives up before it looks at files of others: writing outside its folders, the network, new privileges,
   looking into other processes. By Landlock (landlock(7)) and seccomp(2), from inside and without privileges. */
#pragma once
#include <stdint.h>

/* Bits of what a kernel lacks. */
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

/* Lets private memory of this process, and of those it starts, grow to so many bytes (RLIMIT_DATA), and turns off core
   dumps. 0: no limit. Returns 0, or -1 with errno. */
int sandbox_limit_memory(uint64_t bytes);

/* From now on a crash that comes while memory is at the limit ends the process with `code` and a line on standard error,
   so that whoever waits for it knows what it was. */
void sandbox_explain_exhaustion(uint64_t bytes, int code);
