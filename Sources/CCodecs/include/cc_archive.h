/* libarchive as Swift sees it; nothing of it is wrapped. */
#pragma once
#include <archive.h>
#include <archive_entry.h>
