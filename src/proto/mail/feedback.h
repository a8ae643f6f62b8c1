/* The machine's part of an abuse report (RFC 5965 3). Used by this room only. */
#ifndef BAILIWICK_PROTO_MAIL_FEEDBACK_H
#define BAILIWICK_PROTO_MAIL_FEEDBACK_H

#include "proto/mail/message.h"

/* Reads the fields into a report of the kind "arf/TYPE", TYPE in lower case and "other" for one
 * that is not registered (RFC 5965 7.3, RFC 6430, RFC 6591). What breaks the format goes to
 * mail->fault as "FIELD: reason", and mail->report stays NULL. ERR_LIMIT. */
int feedback_parse(const char *text, size_t size, struct arena *arena, struct mail *mail);

/* Says what is wrong with the report; the first word stays. */
int feedback_refuse(struct mail *mail, struct arena *arena, const char *place, const char *reason);

#endif
