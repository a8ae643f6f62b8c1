/* To whom a letter goes: the contacts of a party as a ladder.
 *
 * The compliance contacts come first, then the others; among equals the order of the store decides:
 * by role, then by address, in byte order. An address that
 * refused a letter of the case, or sent one back, comes after all that did not; when none is left,
 * the first is tried again, since mailboxes come back to life. */
#ifndef BAILIWICK_APP_LETTERS_RECIPIENT_H
#define BAILIWICK_APP_LETTERS_RECIPIENT_H

#include "app/casework/casefile.h"
#include "store/letter.h"
#include "store/party.h"

/* Whom the next letter of the case is addressed to; it lives in the file's arena. Returns 1, or 0
 * when the party has no contact that mail can be sent to. */
int recipient_choose(struct casefile *file, struct contact *ret_contact,
                     struct error_detail *detail);

/* Whether the address is a contact of the case's party. */
int recipient_is_contact(struct casefile *file, const char *address, bool *ret_is,
                         struct error_detail *detail);

/* The address that an attempt of a letter went to. */
const char *recipient_of(const struct store_letter *letter, const struct store_attempt *attempt);

/* Addresses are compared without regard to case: no mailbox of today tells them apart. */
bool recipient_same(const char *one, const char *other);

/* Whether a letter of the case to this address was refused or came back; also when that cannot be
 * told. */
bool recipient_failed(struct casefile *file, const char *address);

#endif
