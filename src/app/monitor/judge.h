/* The judge process: no sockets, no files. Encoded measurements, mails and exhibits come in as
 * frames, results go out. All reading of evidence and mail happens here, so that hostile bytes meet
 * nothing worth having. */
#ifndef BAILIWICK_APP_MONITOR_JUDGE_H
#define BAILIWICK_APP_MONITOR_JUDGE_H

enum {
    JUDGE_FRAME_MEASUREMENT = 0x4a000001, /* body: measurement_encode() */
    JUDGE_FRAME_RESULTS = 0x4a000002,     /* body: result_set_encode() */
    JUDGE_FRAME_FAILURE = 0x4a000003,    /* body: error code and words, as child_ask() reads them */
    JUDGE_FRAME_MAIL = 0x4a000004,       /* body: the message as it came */
    JUDGE_FRAME_MAIL_FACTS = 0x4a000005, /* body: mail_encode() */
    JUDGE_FRAME_XARF = 0x4a000006,       /* body: the file; the answer is JUDGE_FRAME_MAIL_FACTS */
    JUDGE_FRAME_SENT = 0x4a000007,       /* body: sent_question_encode() */
    JUDGE_FRAME_SENT_FACTS = 0x4a000008, /* body: sent_encode() */
};

/* Serves until the socket ends. Returns an exit code. */
int judge_main(int fd);

#endif
