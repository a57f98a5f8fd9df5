#include "cc_png.h"
#include "compose.h"
#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

struct cc_png {
    png_structp png;
    png_infop info;
    const uint8_t *bytes;
    size_t count, at;
    int channels;
    bool interlaced;
    /* Row or whole image before compositing; owned here so that a longjmp does not lose it. */
    uint8_t *scratch;
    bool truncated;
    char *message;
    jmp_buf jump;
};

static void on_error(png_structp png, png_const_charp text) {
    cc_png *self = png_get_error_ptr(png);
    size_t n = strlen(text);
    if (n >= CC_MESSAGE_BYTES) n = CC_MESSAGE_BYTES - 1;
    memcpy(self->message, text, n);
    self->message[n] = 0;
    longjmp(self->jump, 1);
}

/* Warnings are about metadata, and about faults that libpng knows how to read past. */
static void on_warning(png_structp png, png_const_charp text) {
    (void)png;
    (void)text;
}

static void on_read(png_structp png, png_bytep to, size_t count) {
    cc_png *self = png_get_io_ptr(png);
    if (count > self->count - self->at) {
        self->truncated = true;
        png_error(png, "the file ends before the image does");
    }
    memcpy(to, self->bytes + self->at, count);
    self->at += count;
}

static uint32_t big_endian(const uint8_t *p) {
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* Looks for eXIf between the signature and the image data, all of which libpng has read and checked before. */
static void find_exif(const cc_png *self, cc_png_header *header) {
    size_t at = 8;
    while (self->count - at >= 12) {
        size_t length = big_endian(self->bytes + at);
        const uint8_t *name = self->bytes + at + 4;
        if (memcmp(name, "IDAT", 4) == 0 || length > self->count - at - 12) return;
        if (memcmp(name, "eXIf", 4) == 0) {
            header->exif = self->bytes + at + 8;
            header->exif_bytes = length;
            return;
        }
        at += 12 + length;
    }
}

static bool is_gray(png_structp png, png_infop info) {
    png_colorp colors;
    int count;
    if (!png_get_PLTE(png, info, &colors, &count)) return false;
    for (int i = 0; i < count; i++)
        if (colors[i].red != colors[i].green || colors[i].green != colors[i].blue) return false;
    return true;
}

/* Chunks that have no part in the pixels are skipped (their CRC is still checked), so that none of them can take
   memory or time. Gamma and colour profiles are among them: samples are taken as they are stored. */
static void skip_metadata(png_structp png) {
    static const png_byte names[] =
        "bKGD\0cHRM\0eXIf\0gAMA\0hIST\0iCCP\0iTXt\0oFFs\0pCAL\0pHYs\0sBIT\0sCAL\0sPLT\0sRGB\0tEXt\0tIME\0zTXt";
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, names, (int)(sizeof names / 5));
}

static cc_status fail(cc_png *self) { return self->truncated ? CC_TRUNCATED : CC_DAMAGED; }

cc_status cc_png_open(
    const uint8_t *bytes, size_t count, uint32_t max_side, cc_png **out, cc_png_header *header, char *message) {
    *out = NULL;
    memset(header, 0, sizeof *header);
    cc_png *self = calloc(1, sizeof *self);
    if (!self) return CC_NO_MEMORY;
    self->bytes = bytes;
    self->count = count;
    self->message = message;
    if (setjmp(self->jump)) {
        cc_status status = fail(self);
        cc_png_close(self);
        return status;
    }
    self->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, self, on_error, on_warning);
    if (self->png) self->info = png_create_info_struct(self->png);
    if (!self->info) {
        cc_png_close(self);
        return CC_NO_MEMORY;
    }
    png_structp png = self->png;
    png_set_read_fn(png, self, on_read);
    png_set_user_limits(png, max_side, max_side);
    png_set_chunk_cache_max(png, 64);
    png_set_chunk_malloc_max(png, 1 << 20);
    skip_metadata(png);
    png_set_crc_action(png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
    png_read_info(png, self->info);

    int color = png_get_color_type(png, self->info);
    png_set_expand(png);
    png_set_scale_16(png);
    self->interlaced = png_set_interlace_handling(png) > 1;
    png_read_update_info(png, self->info);

    header->width = png_get_image_width(png, self->info);
    header->height = png_get_image_height(png, self->info);
    header->channels = self->channels = png_get_channels(png, self->info);
    header->interlaced = self->interlaced;
    header->gray_palette = color == PNG_COLOR_TYPE_PALETTE && is_gray(png, self->info);
    find_exif(self, header);
    *out = self;
    return CC_OK;
}

/* Rows one after another; those that need nothing done to them are decoded in place. */
static void read_rows(cc_png *self, uint8_t *pixels, size_t stride, int channels, const uint8_t background[3]) {
    uint32_t width = png_get_image_width(self->png, self->info);
    uint32_t height = png_get_image_height(self->png, self->info);
    if (self->channels != channels) self->scratch = png_malloc(self->png, (size_t)width * self->channels);
    for (uint32_t y = 0; y < height; y++, pixels += stride) {
        png_read_row(self->png, self->scratch ? self->scratch : pixels, NULL);
        if (self->scratch) cc_compose(self->scratch, self->channels, pixels, channels, width, background);
    }
}

/* All seven passes go over the whole image. */
static void read_interlaced(cc_png *self, uint8_t *pixels, size_t stride, int channels, const uint8_t background[3]) {
    uint32_t width = png_get_image_width(self->png, self->info);
    uint32_t height = png_get_image_height(self->png, self->info);
    size_t row = (size_t)width * self->channels;
    self->scratch = png_calloc(self->png, row * height);
    for (int pass = 0; pass < 7; pass++)
        for (uint32_t y = 0; y < height; y++) png_read_row(self->png, self->scratch + y * row, NULL);
    for (uint32_t y = 0; y < height; y++)
        cc_compose(self->scratch + y * row, self->channels, pixels + y * stride, channels, width, background);
}

cc_status cc_png_read(
    cc_png *self, uint8_t *pixels, size_t stride, int channels, const uint8_t background[3], char *message) {
    self->message = message;
    if (setjmp(self->jump)) return fail(self);
    /* A wrong CRC of image data is passed over: zlib's own structure still has to be right, and files of careless
       writers are common enough that other readers accept them too. */
    png_set_crc_action(self->png, PNG_CRC_QUIET_USE, PNG_CRC_ERROR_QUIT);
    if (self->interlaced) {
        read_interlaced(self, pixels, stride, channels, background);
    } else {
        read_rows(self, pixels, stride, channels, background);
    }
    /* The final chunks too: without them the file is cut off. */
    png_set_crc_action(self->png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
    png_read_end(self->png, NULL);
    return CC_OK;
}

void cc_png_close(cc_png *self) {
    if (!self) return;
    free(self->scratch);
    if (self->png) png_destroy_read_struct(&self->png, &self->info, NULL);
    free(self);
}
