/* libjpeg's errors as a message and a longjmp within one function of ours. */
#pragma once
#include "cc_status.h"
#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <jpeglib.h>

typedef struct {
    struct jpeg_error_mgr manager;
    jmp_buf jump;
    cc_status status;
    /* CC_MESSAGE_BYTES, the caller's. */
    char *message;
} cc_jpeg_errors;

/* Errors longjmp to `jump` with status and message set; so do warnings that pixels were lost. */
struct jpeg_error_mgr *cc_jpeg_errors_init(cc_jpeg_errors *errors);

/* Ends the call with a status and words of our own. */
_Noreturn void cc_jpeg_fail(j_common_ptr common, cc_status status, const char *message);
