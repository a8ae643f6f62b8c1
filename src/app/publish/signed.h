/* Checkpoints that were signed, and whether the log of the store still extends them. A store that
 * was put back to an older backup does not: nothing may then be written where the signed log lies.
 */
#ifndef BAILIWICK_APP_PUBLISH_SIGNED_H
#define BAILIWICK_APP_PUBLISH_SIGNED_H

#include "app/app.h"
#include "tlog/checkpoint.h"

#define SIGNED_BY_SIGNER "signer/log.state"
#define SIGNED_AND_PUBLISHED "public/log/checkpoint"

/* The checkpoint in a file of the data directory, by the log's own key. ERR_NOT_FOUND, -EACCES and
 * the like, or as tlog_checkpoint_open(). */
int signed_load(const struct app *app, const char *file, struct tlog_checkpoint *ret_checkpoint,
                struct error_detail *detail);

/* ERR_DAMAGED unless the first entries of the store are those of the checkpoint; `who` begins the
 * sentence that says so ("the signer has signed"). */
int signed_extends(struct app *app, const struct tlog_checkpoint *checkpoint, const char *who,
                   struct error_detail *detail);

#endif
