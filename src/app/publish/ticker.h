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
#include "tlog/note.h"

/* Makes key and signer state for a new store and settles the origin. */
int ticker_create(struct app *app, struct error_detail *detail);

/* The log's public key as vkey text. */
int ticker_vkey(const struct app *app, char ret_vkey[NOTE_VKEY_MAX], struct error_detail *detail);

/* Starts the signer process unless it runs. */
int ticker_start_signer(struct app *app, struct child *signer, struct error_detail *detail);

/* One tick, with transactions of its own. ERR_DAMAGED where it would fork the log. */
int ticker_tick(struct app *app, struct child *signer, struct error_detail *detail);

#endif
