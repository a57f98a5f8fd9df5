#include "cc_versions.h"

#include <archive.h>
#include <png.h>
#include <stdio.h>

#include <jpeglib.h>

#define TEXT(x) TEXT_OF(x)
#define TEXT_OF(x) #x

const char *cc_png_version(void) { return png_get_libpng_ver(NULL); }

const char *cc_jpeg_version(void) {
#ifdef LIBJPEG_TURBO_VERSION
    return TEXT(LIBJPEG_TURBO_VERSION);
#else
    return "unknown";
#endif
}

const char *cc_archive_version(void) { return archive_version_details(); }
