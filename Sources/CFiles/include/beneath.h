/* Opens files of others without leaving the folder they were dropped into. */
#pragma once

/* Opens `path` below the folder `root` (a descriptor) like openat(2), and follows no symbolic link anywhere on the way:
   by openat2(2) with RESOLVE_BENEATH and RESOLVE_NO_SYMLINKS, or step by step where the kernel has no such call or a
   filter forbids it. A path that is absolute or holds `..` is refused. Always close-on-exec.
   Returns a descriptor, or -1 with errno: ELOOP or ENOTDIR for a link, EXDEV for what leads out. */
int beneath_open(int root, const char *path, int flags);

/* The same, step by step; for tests of it. */
int beneath_walk(int root, const char *path, int flags);
