#include "cc_jpeg.h"
#include "jpeg_error.h"
#include <stdlib.h>

typedef struct {
    cc_jpeg_errors errors;
    struct jpeg_compress_struct state;
    unsigned char *bytes;
    unsigned long count;
} writer;

cc_status cc_jpeg_encode(
    const uint8_t *pixels, uint32_t width, uint32_t height, int channels, int quality, bool progressive,
    uint8_t **out, size_t *out_bytes) {
    *out = NULL;
    *out_bytes = 0;
    char message[CC_MESSAGE_BYTES];
    /* On the heap: what changes between setjmp and longjmp is then safe to read. */
    writer *self = calloc(1, sizeof *self);
    if (!self) return CC_NO_MEMORY;
    self->errors.message = message;
    struct jpeg_compress_struct *state = &self->state;
    state->err = cc_jpeg_errors_init(&self->errors);
    if (setjmp(self->errors.jump)) {
        cc_status status = self->errors.status;
        jpeg_destroy_compress(&self->state);
        /* `bytes` may name a buffer that libjpeg has given up for a larger one: lost here, where memory is short,
           rather than freed twice. */
        free(self);
        return status;
    }
    jpeg_create_compress(state);
    jpeg_mem_dest(state, &self->bytes, &self->count);
    state->image_width = width;
    state->image_height = height;
    state->input_components = channels;
    state->in_color_space = channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(state);
    jpeg_set_quality(state, quality, TRUE);
    if (progressive) jpeg_simple_progression(state);
    jpeg_start_compress(state, TRUE);
    while (state->next_scanline < height) {
        JSAMPROW row = (JSAMPROW)(pixels + (size_t)state->next_scanline * width * (size_t)channels);
        jpeg_write_scanlines(state, &row, 1);
    }
    jpeg_finish_compress(state);
    jpeg_destroy_compress(state);
    *out = self->bytes;
    *out_bytes = self->count;
    free(self);
    return CC_OK;
}
