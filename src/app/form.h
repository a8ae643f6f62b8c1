/* Files that came with a form (web/upload.h), beside its document: the staff door hands them over
 * as one open file that has no name, and says in the argument "files" where in it each lies.
 *
 *   [{"name":PART,"file_name":TEXT,"media_type":TEXT,"offset":N,"size":N}]
 *
 * The door is believed no more than who sent the form: the bytes are read once, into memory, and
 * hashed there before anything else looks at them. Nothing opens or renders them. */
#ifndef BAILIWICK_APP_FORM_H
#define BAILIWICK_APP_FORM_H

#include "app/command.h"
#include "base/arena.h"
#include "base/digest.h"
#include "model/measurement.h"

struct form_file {
    const char *name;       /* by which the document calls it */
    const char *file_name;  /* "" for none */
    const char *media_type; /* "" for none */
    struct bytes bytes;
    struct digest sha256;
    bool used; /* by the document */
};

struct form {
    struct form_file *files;
    size_t count;
};

struct form_limits {
    size_t files, bytes_each, bytes_all;
};

/* What came with the call; none, where its arguments have no "files". The bytes live in the arena.
 * ERR_SYNTAX, ERR_LIMIT; -errno for what could not be read. */
int form_read(struct call *call, const struct form_limits *limits, struct arena *arena,
              struct form *ret_form);

/* The file that a row of the document names by its member "part", for whoever keeps it: each is
 * taken once, those of one name in their order. ERR_SYNTAX says at which JSON Pointer. */
int form_take(struct form *form, const char *part, const char *where,
              const struct form_file **ret_file, struct error_detail *detail);

/* ERR_SYNTAX where a file is left that the document did not name: nothing is dropped in silence. */
int form_check_taken(const struct form *form, struct error_detail *detail);

/* What is declared of bytes, where it is: the digest is theirs. `sha256` may be NULL. ERR_SYNTAX.
 */
int form_check_digest(const char *sha256, const struct digest *digest, const char *where,
                      struct error_detail *detail);

/* Adds all that came with the form, but not how it was delimited, which programs draw anew each
 * time. */
void form_digest(const struct form *form, struct digest_state *state);

#endif
