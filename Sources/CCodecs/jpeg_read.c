#include "cc_jpeg.h"
#include "compose.h"
#include "jpeg_error.h"
#include <stdlib.h>
#include <string.h>

struct cc_jpeg {
    struct jpeg_decompress_struct state;
    cc_jpeg_errors errors;
    struct jpeg_source_mgr source;
    struct jpeg_progress_mgr progress;
    void *(*alloc_small)(j_common_ptr, int, size_t);
    const uint8_t *exif;
    size_t exif_bytes;
};

static void source_init(j_decompress_ptr state) { (void)state; }

static boolean source_fill(j_decompress_ptr state) {
    cc_jpeg_fail((j_common_ptr)state, CC_TRUNCATED, "the file ends before the image does");
}

static void source_skip(j_decompress_ptr state, long count) {
    if (count <= 0) return;
    if ((size_t)count > state->src->bytes_in_buffer) source_fill(state);
    state->src->next_input_byte += count;
    state->src->bytes_in_buffer -= (size_t)count;
}

static void source_term(j_decompress_ptr state) { (void)state; }

/* Notes where the first Exif block is, without copying it. */
static boolean on_app1(j_decompress_ptr state) {
    cc_jpeg *self = state->client_data;
    struct jpeg_source_mgr *src = state->src;
    if (src->bytes_in_buffer < 2) return source_fill(state);
    size_t length = (size_t)src->next_input_byte[0] << 8 | src->next_input_byte[1];
    if (length > src->bytes_in_buffer) return source_fill(state);
    if (length < 2) cc_jpeg_fail((j_common_ptr)state, CC_DAMAGED, "an APP1 marker has an impossible length");
    if (!self->exif && length >= 8 && memcmp(src->next_input_byte + 2, "Exif\0\0", 6) == 0) {
        self->exif = src->next_input_byte + 8;
        self->exif_bytes = length - 8;
    }
    src->next_input_byte += length;
    src->bytes_in_buffer -= length;
    return TRUE;
}

static void on_progress(j_common_ptr common) {
    if (((j_decompress_ptr)common)->input_scan_number > CC_JPEG_MAX_SCANS)
        cc_jpeg_fail(common, CC_TOO_MANY_SCANS, "too many scans");
}

/* libjpeg keeps the tables of a file for the next one (abbreviated streams). Here each file stands for itself, and
   what it gives must not depend on the file before: its tables live and go with the image. */
static void *alloc_for_image(j_common_ptr common, int pool, size_t count) {
    (void)pool;
    return ((cc_jpeg *)common->client_data)->alloc_small(common, JPOOL_IMAGE, count);
}

static void forget_image(cc_jpeg *self) {
    struct jpeg_decompress_struct *state = &self->state;
    for (int i = 0; i < NUM_QUANT_TBLS; i++) state->quant_tbl_ptrs[i] = NULL;
    for (int i = 0; i < NUM_HUFF_TBLS; i++) state->dc_huff_tbl_ptrs[i] = state->ac_huff_tbl_ptrs[i] = NULL;
    jpeg_abort_decompress(state);
}

cc_jpeg *cc_jpeg_create(void) {
    cc_jpeg *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    char message[CC_MESSAGE_BYTES];
    self->errors.message = message;
    self->state.err = cc_jpeg_errors_init(&self->errors);
    if (setjmp(self->errors.jump)) {
        cc_jpeg_destroy(self);
        return NULL;
    }
    jpeg_create_decompress(&self->state);
    self->state.client_data = self;
    self->alloc_small = self->state.mem->alloc_small;
    self->state.mem->alloc_small = alloc_for_image;
    self->source = (struct jpeg_source_mgr){
        .init_source = source_init,
        .fill_input_buffer = source_fill,
        .skip_input_data = source_skip,
        .resync_to_restart = jpeg_resync_to_restart,
        .term_source = source_term,
    };
    self->progress.progress_monitor = on_progress;
    self->state.src = &self->source;
    self->state.progress = &self->progress;
    jpeg_set_marker_processor(&self->state, JPEG_APP0 + 1, on_app1);
    return self;
}

void cc_jpeg_destroy(cc_jpeg *self) {
    if (!self) return;
    jpeg_destroy_decompress(&self->state);
    free(self);
}

cc_status cc_jpeg_open(cc_jpeg *self, const uint8_t *bytes, size_t count, cc_jpeg_header *header, char *message) {
    memset(header, 0, sizeof *header);
    self->errors.message = message;
    self->exif = NULL;
    self->exif_bytes = 0;
    struct jpeg_decompress_struct *state = &self->state;
    if (setjmp(self->errors.jump)) {
        forget_image(self);
        return self->errors.status;
    }
    forget_image(self);
    self->source.next_input_byte = bytes;
    self->source.bytes_in_buffer = count;
    jpeg_read_header(state, TRUE);
    header->width = state->image_width;
    header->height = state->image_height;
    header->components = state->num_components;
    header->progressive = state->progressive_mode;
    header->exif = self->exif;
    header->exif_bytes = self->exif_bytes;
    return CC_OK;
}

static void read_rows(j_decompress_ptr state, uint8_t *pixels, size_t stride) {
    JSAMPROW rows[16];
    while (state->output_scanline < state->output_height) {
        JDIMENSION left = state->output_height - state->output_scanline;
        JDIMENSION wanted = left < 16 ? left : 16;
        for (JDIMENSION i = 0; i < wanted; i++) rows[i] = pixels + (state->output_scanline + i) * stride;
        jpeg_read_scanlines(state, rows, wanted);
    }
}

/* Files with an Adobe marker hold 255 for no ink, others for full ink. */
static void read_cmyk_rows(j_decompress_ptr state, uint8_t *pixels, size_t stride, int channels) {
    JSAMPROW row = state->mem->alloc_large((j_common_ptr)state, JPOOL_IMAGE, (size_t)state->output_width * 4);
    uint8_t inverted = state->saw_Adobe_marker ? 0 : 255;
    while (state->output_scanline < state->output_height) {
        uint8_t *to = pixels + state->output_scanline * stride;
        jpeg_read_scanlines(state, &row, 1);
        cc_from_cmyk(row, inverted, to, channels, state->output_width);
    }
}

/* RGB files, which YCbCr's Y-only shortcut does not cover. */
static void read_rgb_rows_as_gray(j_decompress_ptr state, uint8_t *pixels, size_t stride) {
    static const uint8_t opaque[3];
    JSAMPROW row = state->mem->alloc_large((j_common_ptr)state, JPOOL_IMAGE, (size_t)state->output_width * 3);
    while (state->output_scanline < state->output_height) {
        uint8_t *to = pixels + state->output_scanline * stride;
        jpeg_read_scanlines(state, &row, 1);
        cc_compose(row, 3, to, 1, state->output_width, opaque);
    }
}

cc_status cc_jpeg_read(
    cc_jpeg *self, int shrink, uint8_t *pixels, size_t stride, int channels, size_t max_memory, char *message) {
    self->errors.message = message;
    struct jpeg_decompress_struct *state = &self->state;
    if (setjmp(self->errors.jump)) {
        forget_image(self);
        return self->errors.status;
    }
    state->mem->max_memory_to_use = (long)max_memory;
    state->scale_num = 1;
    state->scale_denom = (unsigned)shrink;
    bool cmyk = state->num_components == 4;
    bool rgb_to_gray = channels == 1 && state->jpeg_color_space == JCS_RGB;
    state->out_color_space = cmyk ? JCS_CMYK : channels == 1 && !rgb_to_gray ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_start_decompress(state);
    if (cmyk) {
        read_cmyk_rows(state, pixels, stride, channels);
    } else if (rgb_to_gray) {
        read_rgb_rows_as_gray(state, pixels, stride);
    } else {
        read_rows(state, pixels, stride);
    }
    jpeg_finish_decompress(state);
    return CC_OK;
}
