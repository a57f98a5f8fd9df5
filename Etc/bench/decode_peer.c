/* Decodes every JPEG and PNG file of a folder to RGB with libjpeg-turbo and libpng, in a plain loop over files in
   memory, each thread every Nth file; prints images a second of the fastest pass.

       cc -O2 -pthread decode_peer.c -ljpeg -lpng -o decode_peer && ./decode_peer FOLDER THREADS SECONDS */
#define _GNU_SOURCE
#include <dirent.h>
#include <stdio.h>
/* jpeglib.h wants stdio.h before it. */
#include <jpeglib.h>
#include <png.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

typedef struct {
    unsigned char *bytes;
    size_t count;
    int png;
} image_file;

static image_file *files;
static int file_count, threads;
static pthread_barrier_t barrier;
static volatile int go_on = 1;

typedef struct {
    const unsigned char *next;
    size_t left;
} source;

static void read_source(png_structp png, png_bytep to, size_t count) {
    source *from = png_get_io_ptr(png);
    if (count > from->left) png_error(png, "the file ends early");
    memcpy(to, from->next, count);
    from->next += count;
    from->left -= count;
}

static void decode_png(const image_file *file, unsigned char **pixels, size_t *room) {
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    source from = {file->bytes, file->count};
    if (setjmp(png_jmpbuf(png))) exit(2);
    png_set_read_fn(png, &from, read_source);
    png_read_info(png, info);
    png_set_scale_16(png);
    png_set_expand(png);
    png_set_gray_to_rgb(png);
    png_set_strip_alpha(png);
    int passes = png_set_interlace_handling(png);
    png_read_update_info(png, info);
    size_t stride = png_get_rowbytes(png, info), height = png_get_image_height(png, info);
    if (stride * height > *room) *pixels = realloc(*pixels, *room = stride * height);
    for (int pass = 0; pass < passes; pass++)
        for (size_t y = 0; y < height; y++) png_read_row(png, *pixels + y * stride, NULL);
    png_read_end(png, NULL);
    png_destroy_read_struct(&png, &info, NULL);
}

static void decode_jpeg(struct jpeg_decompress_struct *jpeg, const image_file *file, unsigned char **pixels,
                        size_t *room) {
    jpeg_mem_src(jpeg, file->bytes, file->count);
    jpeg_read_header(jpeg, TRUE);
    jpeg->out_color_space = JCS_RGB;
    jpeg_start_decompress(jpeg);
    size_t stride = 3 * (size_t)jpeg->output_width, needed = stride * jpeg->output_height;
    if (needed > *room) *pixels = realloc(*pixels, *room = needed);
    while (jpeg->output_scanline < jpeg->output_height) {
        JSAMPROW rows[8];
        for (int i = 0; i < 8; i++) rows[i] = *pixels + stride * (jpeg->output_scanline + i);
        unsigned left = jpeg->output_height - jpeg->output_scanline;
        jpeg_read_scanlines(jpeg, rows, left < 8 ? left : 8);
    }
    jpeg_finish_decompress(jpeg);
}

static void *work(void *argument) {
    size_t first = (size_t)argument, room = 0;
    unsigned char *pixels = NULL;
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr error;
    jpeg.err = jpeg_std_error(&error);
    jpeg_create_decompress(&jpeg);
    for (;;) {
        pthread_barrier_wait(&barrier);
        if (!go_on) break;
        for (int i = first; i < file_count; i += threads) {
            if (files[i].png)
                decode_png(&files[i], &pixels, &room);
            else
                decode_jpeg(&jpeg, &files[i], &pixels, &room);
        }
        pthread_barrier_wait(&barrier);
    }
    jpeg_destroy_decompress(&jpeg);
    free(pixels);
    return NULL;
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + 1e-9 * time.tv_nsec;
}

static int by_name(const struct dirent **a, const struct dirent **b) { return strcmp((*a)->d_name, (*b)->d_name); }

int main(int argc, char **argv) {
    if (argc != 4) return fprintf(stderr, "usage: decode_peer FOLDER THREADS SECONDS\n"), 1;
    threads = atoi(argv[2]);
    struct dirent **names;
    int count = scandir(argv[1], &names, NULL, by_name);
    if (count < 0) return perror(argv[1]), 1;
    files = calloc(count, sizeof *files);
    for (int i = 0; i < count; i++) {
        const char *end = strrchr(names[i]->d_name, '.');
        if (!end || (strcmp(end, ".jpg") && strcmp(end, ".jpeg") && strcmp(end, ".png"))) continue;
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", argv[1], names[i]->d_name);
        FILE *file = fopen(path, "rb");
        struct stat status;
        if (!file || fstat(fileno(file), &status)) return perror(path), 1;
        image_file *to = &files[file_count++];
        to->count = status.st_size;
        to->bytes = malloc(to->count);
        to->png = !strcmp(end, ".png");
        if (fread(to->bytes, 1, to->count, file) != to->count) return perror(path), 1;
        fclose(file);
    }
    pthread_barrier_init(&barrier, NULL, threads + 1);
    pthread_t *pool = calloc(threads, sizeof *pool);
    for (size_t i = 0; i < (size_t)threads; i++) pthread_create(&pool[i], NULL, work, (void *)i);
    double best = 1e9, start = now();
    for (int pass = 0; pass < 3 || now() - start < atof(argv[3]); pass++) {
        double before = now();
        pthread_barrier_wait(&barrier);
        pthread_barrier_wait(&barrier);
        if (now() - before < best) best = now() - before;
    }
    go_on = 0;
    pthread_barrier_wait(&barrier);
    for (int i = 0; i < threads; i++) pthread_join(pool[i], NULL);
    printf("%.1f\n", file_count / best);
    return 0;
}
