/* The prober process: sockets, but no files. Plans come in as frames, measurements go out.
 *
 *   request  PROBER_FRAME_SURVEY       body: survey_plan_encode()
 *   reply    PROBER_FRAME_MEASUREMENT  body: measurement_encode()
 *            PROBER_FRAME_FAILURE      body: error code, blank, words (a malformed plan, no memory)
 *
 * One reply per request, in the order of the requests. Up to PROBER_AT_ONCE surveys run side by
 * side, so that one dead TLD does not hold up the others; a caller that sends more before it reads
 * is made to wait. Politeness per address and parsed CA certificates live as long as the process.
 */
#ifndef BAILIWICK_MEASURE_PROBER_H
#define BAILIWICK_MEASURE_PROBER_H

enum {
    PROBER_FRAME_SURVEY = 0x50000001,
    PROBER_FRAME_MEASUREMENT = 0x50000002,
    PROBER_FRAME_FAILURE = 0x50000003,
    PROBER_AT_ONCE = 16, /* each holds up to some hundred questions and a plan */
};

/* Serves until fd_in ends (0) or breaks (negative). With two descriptors, replies are still written
 * after the end of the requests; the end of one socket ends everything at once. Loads what TLS
 * needs first and then enters the sandbox of base/sandbox.h. Both descriptors may be the same
 * socket. */
int prober_main(int fd_in, int fd_out);

#endif
