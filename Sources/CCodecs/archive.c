/* Nothing of our own: the module's header brings libarchive to Swift. */
#include "cc_archive.h"
