/* Whether AddressSanitizer watches over memory in this build, with GCC or with Clang; and what of
 * memory that we hand out ourselves nobody may touch, which says nothing in a build without it. */
#ifndef BAILIWICK_BASE_POISON_H
#define BAILIWICK_BASE_POISON_H

#ifndef __has_feature
#define __has_feature(name) 0
#endif
#if defined __SANITIZE_ADDRESS__ || __has_feature(address_sanitizer)
#define ADDRESSES_SANITIZED 1
#else
#define ADDRESSES_SANITIZED 0
#endif

#if __has_include(<sanitizer/asan_interface.h>)
#include <sanitizer/asan_interface.h>
#define POISON(at, size) ASAN_POISON_MEMORY_REGION((at), (size))
#define UNPOISON(at, size) ASAN_UNPOISON_MEMORY_REGION((at), (size))
#else
#define POISON(at, size) ((void)(at), (void)(size))
#define UNPOISON(at, size) ((void)(at), (void)(size))
#endif

#endif
