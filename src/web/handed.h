/* Connections that the process in front hands over (net/handover.h), given to libmicrohttpd. */
#ifndef BAILIWICK_WEB_HANDED_H
#define BAILIWICK_WEB_HANDED_H

struct MHD_Daemon;
struct handed;

/* A thread takes what comes to `end`, which is taken on success, until handed_stop(). */
int handed_start(int end, struct MHD_Daemon *daemon, struct handed **ret_handed);
void handed_stop(struct handed *handed); /* takes NULL */

#endif
