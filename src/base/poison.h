/* Tells AddressSanitizer what of memory that we hand out ourselves nobody may touch. Says nothing
 * in a build without it. */
#ifndef BAILIWICK_BASE_POISON_H
#define BAILIWICK_BASE_POISON_H

#if __has_include(<sanitizer/asan_interface.h>)
#include <sanitizer/asan_interface.h>
#define POISON(at, size) ASAN_POISON_MEMORY_REGION((at), (size))
#define UNPOISON(at, size) ASAN_UNPOISON_MEMORY_REGION((at), (size))
#else
#define POISON(at, size) ((void)(at), (void)(size))
#define UNPOISON(at, size) ((void)(at), (void)(size))
#endif

#endif
