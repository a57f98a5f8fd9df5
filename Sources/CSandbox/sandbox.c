#include "sandbox.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Of <linux/landlock.h>, as of its seventh version: the header of an older system does not know all of them. */
enum {
    WRITE_FILE = 1 << 1,
    REMOVE_DIR = 1 << 4,
    REMOVE_FILE = 1 << 5,
    MAKE_CHAR = 1 << 6,
    MAKE_DIR = 1 << 7,
    MAKE_REG = 1 << 8,
    MAKE_SOCK = 1 << 9,
    MAKE_FIFO = 1 << 10,
    MAKE_BLOCK = 1 << 11,
    MAKE_SYM = 1 << 12,
    REFER = 1 << 13,
    TRUNCATE = 1 << 14,
    ON_FILES = WRITE_FILE | TRUNCATE,
};
enum { BIND_TCP = 1 << 0, CONNECT_TCP = 1 << 1 };
enum { SCOPE_ABSTRACT_SOCKETS = 1 << 0, SCOPE_SIGNALS = 1 << 1 };
enum { CREATE_RULESET = 444, ADD_RULE = 445, RESTRICT_SELF = 446 };
enum { RULESET_VERSION = 1, BENEATH_PATH = 1 };

struct ruleset {
    uint64_t files, network, scopes;
};

struct beneath {
    uint64_t allowed;
    int32_t parent;
} __attribute__((packed));

static int allow(int rules, const char *path, uint64_t handled) {
    int descriptor = open(path, O_PATH | O_CLOEXEC);
    if (descriptor < 0) return errno == ENOENT ? 0 : -1;
    struct stat status;
    int result = fstat(descriptor, &status);
    if (result == 0) {
        uint64_t allowed = S_ISDIR(status.st_mode) ? handled & ~(uint64_t)(MAKE_CHAR | MAKE_BLOCK) : handled & ON_FILES;
        struct beneath rule = {.allowed = allowed, .parent = descriptor};
        result = (int)syscall(ADD_RULE, rules, BENEATH_PATH, &rule, 0);
    }
    int error = errno;
    close(descriptor);
    errno = error;
    return result;
}

static int restrict_files(const char *const *writable, int count) {
    long version = syscall(CREATE_RULESET, NULL, 0, RULESET_VERSION);
    if (version < 1) return SANDBOX_NO_LANDLOCK;
    struct ruleset handled = {
        .files = WRITE_FILE | REMOVE_DIR | REMOVE_FILE | MAKE_CHAR | MAKE_DIR | MAKE_REG | MAKE_SOCK | MAKE_FIFO |
                 MAKE_BLOCK | MAKE_SYM,
    };
    size_t size = sizeof handled.files;
    if (version >= 2) handled.files |= REFER;
    if (version >= 3) handled.files |= TRUNCATE;
    if (version >= 4) {
        handled.network = BIND_TCP | CONNECT_TCP;
        size = offsetof(struct ruleset, scopes);
    }
    if (version >= 6) {
        handled.scopes = SCOPE_ABSTRACT_SOCKETS | SCOPE_SIGNALS;
        size = sizeof handled;
    }
    int rules = (int)syscall(CREATE_RULESET, &handled, size, 0);
    if (rules < 0) return errno == ENOSYS || errno == EOPNOTSUPP || errno == EPERM ? SANDBOX_NO_LANDLOCK : -1;
    int result = 0;
    for (int i = 0; i < count && result == 0; i++) result = allow(rules, writable[i], handled.files);
    if (result == 0) result = (int)syscall(RESTRICT_SELF, rules, 0);
    int error = errno;
    close(rules);
    errno = error;
    return result;
}

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

#ifdef ARCHITECTURE

#define REFUSE(number, error)                                                                                          \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (error))

/* No sockets of any family, nor the ways around: what is not opened is not used. */
static int restrict_calls(void) {
    struct sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
#ifdef __x86_64__
        /* The x32 numbers of the same calls. */
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
#endif
        REFUSE(SYS_socket, EACCES),
        /* Its operations pass by this filter. */
        REFUSE(425 /* io_uring_setup */, ENOSYS),
        REFUSE(SYS_ptrace, EPERM),
        REFUSE(SYS_process_vm_readv, EPERM),
        REFUSE(SYS_process_vm_writev, EPERM),
        REFUSE(SYS_bpf, EPERM),
        REFUSE(SYS_perf_event_open, EPERM),
        REFUSE(SYS_userfaultfd, EPERM),
        REFUSE(SYS_keyctl, EPERM),
        REFUSE(SYS_add_key, EPERM),
        REFUSE(SYS_request_key, EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog filter = {.len = sizeof program / sizeof program[0], .filter = program};
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &filter) == 0) return 0;
    /* The older way in, which holds for this thread and so for what it becomes: a filter outside may forbid the newer. */
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0) return 0;
    return errno == ENOSYS || errno == EINVAL || errno == EPERM ? SANDBOX_NO_SECCOMP : -1;
}

#else

static int restrict_calls(void) { return SANDBOX_NO_SECCOMP; }

#endif

int sandbox_confine(const char *const *writable, int count) {
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return -1;
    int files = restrict_files(writable, count);
    if (files < 0) return -1;
    int calls = restrict_calls();
    return calls < 0 ? -1 : files | calls;
}

int sandbox_missing(void) {
    int missing = syscall(CREATE_RULESET, NULL, 0, RULESET_VERSION) < 1 ? SANDBOX_NO_LANDLOCK : 0;
#ifdef ARCHITECTURE
    uint32_t action = SECCOMP_RET_ERRNO;
    if (syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) != 0 && errno != EPERM) missing |= SANDBOX_NO_SECCOMP;
#else
    missing |= SANDBOX_NO_SECCOMP;
#endif
    return missing;
}

int sandbox_restart(char *const *arguments) {
    /* Threads of Swift's pool block all signals, and a program begins with the mask of the thread that became it. */
    sigset_t none;
    sigemptyset(&none);
    int error = pthread_sigmask(SIG_SETMASK, &none, NULL);
    if (error == 0) execv("/proc/self/exe", arguments);
    else errno = error;
    return -1;
}
