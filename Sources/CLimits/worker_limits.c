#include "worker_limits.h"
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

int limit_memory(uint64_t bytes) {
    struct rlimit none = {0, 0};
    if (setrlimit(RLIMIT_CORE, &none) != 0) return -1;
    if (bytes == 0) return 0;
    struct rlimit limit = {bytes, bytes};
    return setrlimit(RLIMIT_DATA, &limit);
}

static uint64_t memory_limit;
static int exhaustion_code;

/* The last allocation of this thread failed, or an eighth of the limit is not to be had any more. Only calls that signal
   handlers may make. */
static int is_exhausted(void) {
    if (errno == ENOMEM) return 1;
    size_t probe = memory_limit / 8;
    void *piece = mmap(NULL, probe, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (piece == MAP_FAILED) return 1;
    munmap(piece, probe);
    return 0;
}

static void on_crash(int number) {
    static const char text[] = "distilld: no more memory within the limit `memoryPerJob`\n";
    if (is_exhausted()) {
        ssize_t ignored = write(STDERR_FILENO, text, sizeof text - 1);
        (void)ignored;
        _exit(exhaustion_code);
    }
    /* As if nobody had listened. */
    signal(number, SIG_DFL);
    raise(number);
}

void limit_explain_exhaustion(uint64_t bytes, int code) {
    if (bytes == 0) return;
    memory_limit = bytes;
    exhaustion_code = code;
    static const int numbers[] = {SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP};
    struct sigaction action = {.sa_handler = on_crash, .sa_flags = SA_NODEFER};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) sigaction(numbers[i], &action, NULL);
}
