/* Vexatious filing: two people may say of whoever filed a complaint that what they file is read
 * last for a time.
 *
 * X1. A person proposes it, and another one agrees; no count of anything does. X2. It ends by
 * itself, within a year, or when a person takes it back. X3. It only orders: what they file is
 * kept, gets its receipt and is read by a person as any other. X4. Whose it is, is known by a keyed
 * hash of their address alone, which is forgotten when it ends; the log has the number, the
 * complaint by which they were named, and who said it. */
#ifndef BAILIWICK_APP_COMPLAINTS_RESTRICTION_H
#define BAILIWICK_APP_COMPLAINTS_RESTRICTION_H

#include "app/app.h"
#include "app/complaints/document.h"

/* 1 when what is filed by this document is read last, else 0. */
int restriction_covers(struct app *app, const struct complaint_document *document,
                       struct arena *arena, struct error_detail *detail);

#endif
