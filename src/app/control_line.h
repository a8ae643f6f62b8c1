/* One connection to the core on which several threads ask at once (control.h).
 *
 * Each waits for the reply with its own number. One of those that wait reads, gives each reply to
 * whose it is, and lets another one read when it has its own. After a failure the connection is
 * shut down, since nobody could tell any more which reply is whose. */
#ifndef BAILIWICK_APP_CONTROL_LINE_H
#define BAILIWICK_APP_CONTROL_LINE_H

#include "app/control.h"

#include <pthread.h>
#include <stdbool.h>

struct control_asker;

struct control_line {
    int fd; /* borrowed */
    pthread_mutex_t sending;
    pthread_mutex_t lock; /* of what follows; never held while anything is sent or read */
    struct control_asker *askers;
    int64_t asked; /* so many, which is the number of the last one */
    bool reading;  /* somebody does */
    bool broken;
};

void control_line_init(struct control_line *line, int fd);
void control_line_done(struct control_line *line); /* when nobody asks any more */

/* As control_ask(). */
int control_line_ask(struct control_line *line, const struct control_request *request,
                     json_t **ret_result, struct error_detail *detail);

#endif
