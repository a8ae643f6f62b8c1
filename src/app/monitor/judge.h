/* The judge process: no sockets, no files. Encoded measurements come in as frames, results go out.
 * All reading of evidence happens here, so that hostile bytes meet nothing worth having. */
#ifndef BAILIWICK_APP_MONITOR_JUDGE_H
#define BAILIWICK_APP_MONITOR_JUDGE_H

enum {
    JUDGE_FRAME_MEASUREMENT = 0x4a000001, /* body: measurement_encode() */
    JUDGE_FRAME_RESULTS = 0x4a000002,     /* body: result_set_encode() */
    JUDGE_FRAME_FAILURE = 0x4a000003, /* body: error code and words, as child_ask() reads them */
};

/* Serves until the socket ends. Returns an exit code. */
int judge_main(int fd);

#endif
