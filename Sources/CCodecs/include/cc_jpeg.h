/* JPEG through libjpeg-turbo, from memory to memory. No longjmp of libjpeg leaves this file's functions. */
#pragma once
#include "cc_status.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A progressive file may ask for the whole image to be worked over for every scan. Encoders make about ten; a file
   with more than this is taken for an attack on the processor. */
#define CC_JPEG_MAX_SCANS 100

/* A decompressor that is used for one file after another, which saves making its state anew each time. */
typedef struct cc_jpeg cc_jpeg;

typedef struct {
    uint32_t width, height;
    /* 1 gray, 3 YCbCr or RGB, 4 CMYK or YCCK. */
    int components;
    bool progressive;
    /* The TIFF structure of the first Exif APP1 marker before the image data, or NULL. Points into the file's bytes. */
    const uint8_t *exif;
    size_t exif_bytes;
} cc_jpeg_header;

/* NULL where memory is short. */
cc_jpeg *cc_jpeg_create(void);
void cc_jpeg_destroy(cc_jpeg *jpeg);

/* Reads the markers before the image data. The bytes are not copied: they must live until cc_jpeg_read, or the next
   call of this function. On failure the message (CC_MESSAGE_BYTES) says why. */
cc_status cc_jpeg_open(
    cc_jpeg *jpeg, const uint8_t *bytes, size_t count, cc_jpeg_header *header, char *message);

/* Reads the image of the last cc_jpeg_open, scaled down by 1, 2, 4 or 8 in the inverse DCT:
   ceil(height / shrink) rows of ceil(width / shrink) pixels, `channels` 1 (luma) or 3 (R, G, B) bytes each, `stride`
   bytes apart. `max_memory`: bytes that libjpeg may take for itself. Once for each open. */
cc_status cc_jpeg_read(
    cc_jpeg *jpeg, int shrink, uint8_t *pixels, size_t stride, int channels, size_t max_memory, char *message);

/* Writes 8-bit gray (channels 1) or RGB (3) pixels without gaps between rows as a JPEG file, quality 1...100,
   chroma at half resolution in both directions. *out is to be given to free(). CC_OK or CC_NO_MEMORY. */
cc_status cc_jpeg_encode(
    const uint8_t *pixels, uint32_t width, uint32_t height, int channels, int quality, bool progressive,
    uint8_t **out, size_t *out_bytes);
