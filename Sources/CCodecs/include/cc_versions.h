/* The libraries in use, as they name themselves: "1.6.39", "2.1.5", "libarchive 3.6.2 zlib/1.2.13 ...". */
#pragma once

const char *cc_png_version(void);
/* libjpeg-turbo's of the headers this was built with, "unknown" where they are of another libjpeg. */
const char *cc_jpeg_version(void);
const char *cc_archive_version(void);
