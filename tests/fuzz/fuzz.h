/* What every fuzz target has: one entry (libFuzzer's). Without libFuzzer, replay.c runs the target
 * over its corpus as an ordinary test. */
#ifndef BAILIWICK_TESTS_FUZZ_FUZZ_H
#define BAILIWICK_TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
