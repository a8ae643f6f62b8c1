/* The tick of the transparency log: what waits becomes entries, tiles are written, the signer
 * signs, the checkpoint appears. Happens by timetable whatever happened in the house, so that the
 * moment of a checkpoint tells nothing.
 *
 * Nothing is appended unless the store's log extends the signer's last checkpoint and the one that
 * is published, and no tile is written before the proof of the new tree holds: a store put back to
 * an old backup leaves the signed log as it is. A tile that is there is never replaced.
 *
 * Each step may be the last before a crash: the tree may be ahead of the checkpoint (the next tick
 * signs it), tiles may be ahead of the checkpoint (the next tick finds its own bytes), and the
 * signer signs the same tree twice with the same bytes. */
#ifndef BAILIWICK_APP_PUBLISH_TICKER_H
#define BAILIWICK_APP_PUBLISH_TICKER_H

#include "app/app.h"
#include "app/child.h"
#include "app/publish/growth.h"
#include "tlog/checkpoint.h"
#include "tlog/note.h"
#include "tlog/signer.h"

/* Makes key and signer state for a new store and settles the origin. */
int ticker_create(struct app *app, struct error_detail *detail);

/* The log's public key as vkey text. */
int ticker_vkey(const struct app *app, char ret_vkey[NOTE_VKEY_MAX], struct error_detail *detail);

/* Starts the signer process unless it runs. */
int ticker_start_signer(struct app *app, struct child *signer, struct error_detail *detail);

/* A tick under way; all zero while none is. */
struct ticker {
    enum {
        TICK_RESTS,
        TICK_GROWS,  /* the store's tree, which nobody outside sees */
        TICK_PROVES, /* that the tree extends what was signed */
        TICK_WRITES, /* tiles, which nobody can know of before the checkpoint */
        TICK_SIGNS,  /* and the checkpoint appears */
    } stage;
    struct growth growth;
    struct tlog_checkpoint last, published;
    struct signer_request request;
    size_t tiles; /* written so far */
};

/* One turn's work at a tick, which it begins where none is under way, with transactions of its own:
 * 1 while it goes on, 0 when its checkpoint is published. A usual tick is done in one. After a
 * failure none is under way; ERR_DAMAGED where it would fork the log. */
int ticker_step(struct ticker *ticker, struct app *app, struct child *signer,
                struct error_detail *detail);
void ticker_drop(struct ticker *ticker);

/* A whole tick. */
int ticker_tick(struct app *app, struct child *signer, struct error_detail *detail);

#endif
