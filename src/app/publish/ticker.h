/* The tick of the transparency log: what waits becomes entries, tiles are written, the signer
 * signs, the checkpoint appears. Happens by timetable whatever happened in the house, so that the
 * moment of a checkpoint tells nothing.
 *
 * Each step may be the last before a crash: the tree may be ahead of the checkpoint (the next tick
 * signs it), tiles may be ahead of the checkpoint (they only ever gain), and the signer signs the
 * same tree twice with the same bytes. */
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

/* One tick, with transactions of its own. */
int ticker_tick(struct app *app, struct child *signer, struct error_detail *detail);

#endif
