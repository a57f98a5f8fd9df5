/* PNG through libpng, from memory to memory. No setjmp of libpng leaves this file's functions. */
#pragma once
#include "cc_status.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One PNG file being read. The bytes are not copied: they must live until cc_png_close. */
typedef struct cc_png cc_png;

typedef struct {
    uint32_t width, height;
    /* 1 gray, 2 gray and alpha, 3 RGB, 4 RGB and alpha: what a row holds once palette, tRNS and depth are expanded to
       8 bits a channel. */
    int channels;
    bool interlaced;
    /* A palette of which every entry is gray. */
    bool gray_palette;
    /* The TIFF structure of an eXIf chunk before the image data, or NULL. Points into the file's bytes. */
    const uint8_t *exif;
    size_t exif_bytes;
} cc_png_header;

/* Reads all chunks before the image data. `max_side`: a second guard behind the caller's own check of IHDR.
   On failure *out is NULL and the message (CC_MESSAGE_BYTES) says why. */
cc_status cc_png_open(
    const uint8_t *bytes, size_t count, uint32_t max_side, cc_png **out, cc_png_header *header, char *message);

/* Reads the image: height rows of width pixels, `channels` 1 (luma) or 3 (R, G, B) bytes each, `stride` bytes apart.
   Transparent pixels are composited on `background` (R, G, B). Once for each open. */
cc_status cc_png_read(
    cc_png *png, uint8_t *pixels, size_t stride, int channels, const uint8_t background[3], char *message);

void cc_png_close(cc_png *png);

/* Writes 8-bit gray (channels 1) or RGB (3) pixels without gaps between rows as a PNG file.
   *out is to be given to free(). CC_OK or CC_NO_MEMORY. */
cc_status cc_png_encode(
    const uint8_t *pixels, uint32_t width, uint32_t height, int channels, uint8_t **out, size_t *out_bytes);
