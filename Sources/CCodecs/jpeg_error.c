#include "jpeg_error.h"
#include <jerror.h>
#include <string.h>

_Static_assert(CC_MESSAGE_BYTES >= JMSG_LENGTH_MAX, "libjpeg writes up to JMSG_LENGTH_MAX bytes of a message");

static cc_status status_of(int code) {
    switch (code) {
    case JERR_OUT_OF_MEMORY:
        return CC_NO_MEMORY;
    case JERR_ARITH_NOTIMPL:
    case JERR_BAD_PRECISION:
    case JERR_CCIR601_NOTIMPL:
    case JERR_COMPONENT_COUNT:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_FRACT_SAMPLE_NOTIMPL:
    case JERR_IMAGE_TOO_BIG:
    case JERR_NO_BACKING_STORE:
    case JERR_NOTIMPL:
    case JERR_NOT_COMPILED:
    case JERR_SOF_UNSUPPORTED:
        return CC_UNSUPPORTED;
    default:
        return CC_DAMAGED;
    }
}

static void on_error(j_common_ptr common) {
    cc_jpeg_errors *self = (cc_jpeg_errors *)common->err;
    self->status = status_of(self->manager.msg_code);
    self->manager.format_message(common, self->message);
    longjmp(self->jump, 1);
}

/* Warnings after which libjpeg goes on with invented pixels: the picture is not the one that was written. */
static bool loses_pixels(int code) {
    switch (code) {
    case JWRN_ARITH_BAD_CODE:
    case JWRN_HIT_MARKER:
    case JWRN_HUFF_BAD_CODE:
    case JWRN_JPEG_EOF:
    case JWRN_MUST_RESYNC:
        return true;
    default:
        return false;
    }
}

static void on_message(j_common_ptr common, int level) {
    if (level < 0 && loses_pixels(common->err->msg_code)) on_error(common);
}

struct jpeg_error_mgr *cc_jpeg_errors_init(cc_jpeg_errors *self) {
    jpeg_std_error(&self->manager);
    self->manager.error_exit = on_error;
    self->manager.emit_message = on_message;
    return &self->manager;
}

void cc_jpeg_fail(j_common_ptr common, cc_status status, const char *message) {
    cc_jpeg_errors *self = (cc_jpeg_errors *)common->err;
    self->status = status;
    snprintf(self->message, CC_MESSAGE_BYTES, "%s", message);
    longjmp(self->jump, 1);
}
