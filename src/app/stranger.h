/* The judge process of an app, for bytes that strangers sent: mail and exhibits of complaints. The
 * caller waits for it, so it must answer within seconds. */
#ifndef BAILIWICK_APP_STRANGER_H
#define BAILIWICK_APP_STRANGER_H

#include "app/app.h"

/* Starts app->judge unless it runs; what it does not answer in five seconds fails. ERR_UNAVAILABLE
 * in a process that is not the program (app->children). */
int stranger_judge(struct app *app, struct error_detail *detail);

#endif
