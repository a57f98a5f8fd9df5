/// libFuzzer's driver, where the program is built with it: see Etc/fuzz.
#ifndef FUZZING_H
#define FUZZING_H

#include <stddef.h>
#include <stdint.h>

typedef int (*fuzzing_target)(const uint8_t *bytes, size_t count);

/// Hands over to libFuzzer, with the arguments that it understands. -1 where it is not there; otherwise its exit code.
int fuzzing_run(int count, char **arguments, fuzzing_target target);

#endif
