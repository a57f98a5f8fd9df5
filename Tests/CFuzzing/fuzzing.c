#include "fuzzing.h"

#ifdef FUZZING

extern int LLVMFuzzerRunDriver(int *count, char ***arguments, fuzzing_target target);

int fuzzing_run(int count, char **arguments, fuzzing_target target) {
    return LLVMFuzzerRunDriver(&count, &arguments, target);
}

#else

int fuzzing_run(int count, char **arguments, fuzzing_target target) {
    (void)count;
    (void)arguments;
    (void)target;
    return -1;
}

#endif
