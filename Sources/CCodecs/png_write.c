#include "cc_png.h"
#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    uint8_t *bytes;
    size_t count, capacity;
    jmp_buf jump;
} sink;

static void on_error(png_structp png, png_const_charp text) {
    (void)text;
    sink *self = png_get_error_ptr(png);
    longjmp(self->jump, 1);
}

static void on_warning(png_structp png, png_const_charp text) {
    (void)png;
    (void)text;
}

static void on_write(png_structp png, png_bytep from, size_t count) {
    sink *self = png_get_io_ptr(png);
    if (count > self->capacity - self->count) {
        size_t wanted = 2 * (self->count + count) + 1024;
        uint8_t *more = realloc(self->bytes, wanted);
        if (!more) png_error(png, "out of memory");
        self->bytes = more;
        self->capacity = wanted;
    }
    memcpy(self->bytes + self->count, from, count);
    self->count += count;
}

static void on_flush(png_structp png) { (void)png; }

cc_status cc_png_encode(
    const uint8_t *pixels, uint32_t width, uint32_t height, int channels, uint8_t **out, size_t *out_bytes) {
    *out = NULL;
    *out_bytes = 0;
    sink self = {0};
    /* Volatile: set between setjmp and longjmp. */
    png_structp volatile png = NULL;
    png_infop volatile info = NULL;
    if (setjmp(self.jump)) {
        png_structp p = png;
        png_infop i = info;
        if (p) png_destroy_write_struct(&p, &i);
        free(self.bytes);
        return CC_NO_MEMORY;
    }
    png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &self, on_error, on_warning);
    if (!png) return CC_NO_MEMORY;
    info = png_create_info_struct(png);
    if (!info) longjmp(self.jump, 1);
    png_set_write_fn(png, &self, on_write, on_flush);
    png_set_user_limits(png, 0x7fffffff, 0x7fffffff);
    int color = channels == 1 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB;
    png_set_IHDR(
        png, info, width, height, 8, color, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_write_info(png, info);
    for (uint32_t y = 0; y < height; y++) png_write_row(png, pixels + (size_t)y * width * (size_t)channels);
    png_write_end(png, NULL);
    png_structp p = png;
    png_infop i = info;
    png_destroy_write_struct(&p, &i);
    *out = self.bytes;
    *out_bytes = self.count;
    return CC_OK;
}
