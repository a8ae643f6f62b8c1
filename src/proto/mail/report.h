/* The machine's part of a delivery report (RFC 3464 2.1): groups of fields with blank lines
 * between; the first group is about the message, each later one about a recipient. Used by this
 * room only. */
#ifndef BAILIWICK_PROTO_MAIL_REPORT_H
#define BAILIWICK_PROTO_MAIL_REPORT_H

#include "proto/mail/message.h"

/* Adds the recipients to the mail. Lines that are no fields are passed over. ERR_LIMIT. */
int report_parse(const char *text, size_t size, struct arena *arena, struct mail *mail);

#endif
