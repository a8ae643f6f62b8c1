/* Reports of abuse that come by mail: feedback reports (RFC 5965), and X-ARF as a file. Used by
 * this room only. */
#ifndef BAILIWICK_PROTO_MAIL_ABUSE_PART_H
#define BAILIWICK_PROTO_MAIL_ABUSE_PART_H

#include "proto/mail/message.h"

#include <gmime/gmime.h>

/* Whether the message says that it is a feedback report, and whether a child of it is the machine's
 * part of one. */
bool abuse_part_announced(GMimeObject *body);
bool abuse_part_is_feedback(GMimeObject *part);

/* Reads the feedback report that a multipart is, into report or fault of the mail. ERR_LIMIT. */
int abuse_part_read_feedback(GMimeObject *body, struct arena *arena, struct mail *mail);

/* The X-ARF file of a message: the message itself, or a child of it, that is JSON and is called
 * xarf.json, or is application/xarf+json, or the first JSON where the header says X-XARF or X-ARF.
 * NULL for none. */
GMimeObject *abuse_part_find_xarf(GMimeMessage *message);

/* Reads it. ERR_LIMIT. */
int abuse_part_read_xarf(GMimeObject *part, struct arena *arena, struct mail *mail);

#endif
