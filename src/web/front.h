/* The process in front of the staff door: `bailiwick --child front CERTIFICATE KEY ASKS`.
 *
 * It reads its two files, locks itself down (base/sandbox.h), and ends TLS for whoever connects
 * (net/tls_front.h). What the door is, and who asks there, it does not know. */
#ifndef BAILIWICK_WEB_FRONT_H
#define BAILIWICK_WEB_FRONT_H

#include "base/error.h"

#include <stdbool.h>

struct front_means {
    int listener, handover;
    int stop; /* ends when it is closed by the other side */
    const char *certificate, *key;
    bool asks; /* for certificates of clients */
};

/* Serves until then. */
int front_main(const struct front_means *means, struct error_detail *detail);

#endif
