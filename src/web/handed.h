/* Connections that the process in front hands over (net/handover.h), given to libmicrohttpd. */
#ifndef BAILIWICK_WEB_HANDED_H
#define BAILIWICK_WEB_HANDED_H

struct MHD_Daemon;
struct digest;
struct handed;

/* A thread takes what comes to `end`, which is taken on success, until handed_stop(). */
int handed_start(int end, struct MHD_Daemon *daemon, struct handed **ret_handed);
void handed_stop(struct handed *handed); /* takes NULL */

/* Of the connection with that descriptor: what its client showed and has the key of. NULL for none.
 */
const struct digest *handed_certificate(const struct handed *handed, int connection);

#endif
