/* What every decoding function of this module answers. */
#pragma once

typedef enum {
    CC_OK = 0,
    /* The bytes end before the image does. */
    CC_TRUNCATED,
    /* The library found something it cannot go on from; its words are in the message. */
    CC_DAMAGED,
    /* A valid file of a kind that is not decoded; the library's words are in the message. */
    CC_UNSUPPORTED,
    /* More scans than CC_JPEG_MAX_SCANS. */
    CC_TOO_MANY_SCANS,
    CC_NO_MEMORY,
} cc_status;

/* Bytes of a message with its final zero. */
#define CC_MESSAGE_BYTES 200
