/* The prober process: sockets, but no files. Plans come in as frames, measurements go out.
 *
 *   request  PROBER_FRAME_SURVEY       body: number, survey_plan_encode()
 *   reply    PROBER_FRAME_MEASUREMENT  body: number, measurement_encode()
 *            PROBER_FRAME_FAILURE      body: number, then error code, blank, words (a malformed
 *                                      plan, no memory)
 *
 * The number (u32, big endian) is the asker's own and comes back with the reply. One reply per
 * request, whichever survey ends first. Up to PROBER_AT_ONCE run side by side, so that one dead TLD
 * does not hold up the others; a caller that sends more before it reads is made to wait. Politeness
 * per address and parsed CA certificates live as long as the process: surveys side by side are
 * together as polite as one. */
#ifndef BAILIWICK_MEASURE_PROBER_H
#define BAILIWICK_MEASURE_PROBER_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

enum {
    PROBER_NUMBER_SIZE = 4,
    PROBER_FRAME_SURVEY = 0x50000001,
    PROBER_FRAME_MEASUREMENT = 0x50000002,
    PROBER_FRAME_FAILURE = 0x50000003,
    PROBER_AT_ONCE = 16, /* each holds up to some hundred questions and a plan */
};

void prober_number_write(uint8_t at[PROBER_NUMBER_SIZE], uint32_t number);
/* ERR_DAMAGED for a body that has none. */
int prober_number_read(const uint8_t *body, size_t size, uint32_t *ret_number);

/* Serves until fd_in ends (0) or breaks (negative). With two descriptors, replies are still written
 * after the end of the requests; the end of one socket ends everything at once. Loads what TLS
 * needs first and then enters the sandbox of base/sandbox.h. Both descriptors may be the same
 * socket. */
int prober_main(int fd_in, int fd_out);

#endif
