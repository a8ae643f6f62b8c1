/* The mailer process: hands letters to the mail server, one at a time. It sees finished bytes and
 * two addresses, nothing else, and has sockets but no files.
 *
 *   request  MAILER_FRAME_SEND   body: CBOR [host, port, from, to, message]
 *   reply    MAILER_FRAME_REPLY  body: CBOR [outcome, code, text] */
#ifndef BAILIWICK_APP_LETTERS_MAILER_H
#define BAILIWICK_APP_LETTERS_MAILER_H

#include "app/child.h"
#include "net/smtp.h"

enum { MAILER_FRAME_SEND = 0x4d000001, MAILER_FRAME_REPLY = 0x4d000002 };

int mailer_main(int fd);

/* Asks the mailer process, starting it when it does not run. A mailer that died over the letter
 * leaves it in doubt. Never fails: whatever happens is an outcome. */
void mailer_send(struct child *mailer, const struct smtp_request *request,
                 struct smtp_reply *ret_reply);

#endif
