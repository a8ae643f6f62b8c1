/* C2SP tlog-checkpoint: origin, size and base64 root on a line each, as a signed note.
 *
 * The origin of a log is its key name. A store whose clock was displaced has "demo" in it. */
#ifndef BAILIWICK_TLOG_CHECKPOINT_H
#define BAILIWICK_TLOG_CHECKPOINT_H

#include "tlog/note.h"
#include "tlog/tree.h"

#include <stdbool.h>

struct tlog_checkpoint {
    char origin[NOTE_NAME_MAX + 1];
    uint64_t size;
    struct digest root;
};

/* "log.example" or, for a displaced store, "demo.log.example". A name that starts so already is
 * kept. ERR_SYNTAX when it makes no key name. */
int tlog_origin(const char *name, bool demo, char ret_origin[NOTE_NAME_MAX + 1]);
bool tlog_origin_is_demo(const char *origin);

/* The unsigned text. */
int tlog_checkpoint_format(const struct tlog_checkpoint *checkpoint, struct buffer *out);

/* Reads the text of a checkpoint without any belief in it; extension lines are passed over. */
int tlog_checkpoint_parse(const char *text, size_t size, struct tlog_checkpoint *ret_checkpoint,
                          struct error_detail *detail);

/* Verifies the note with `key`, then reads it; the origin must be the key's name. Errors as
 * note_open() and tlog_checkpoint_parse(). */
int tlog_checkpoint_open(const struct note_key *key, const char *note, size_t size,
                         struct tlog_checkpoint *ret_checkpoint, struct error_detail *detail);

#endif
