/* What a party brings along with an answer: read, checked, hashed before anything else looks at it,
 * and kept as it came. Nothing opens or renders it. */
#ifndef BAILIWICK_APP_PARTY_EXHIBIT_H
#define BAILIWICK_APP_PARTY_EXHIBIT_H

#include "app/casework/casefile.h"
#include "app/form.h"
#include "store/exhibit.h"

enum {
    EXHIBITS_MAX = 8,              /* of one answer; their digests fit its event */
    EXHIBIT_BYTES_MAX = 5 << 20,   /* each */
    EXHIBITS_BYTES_MAX = 20 << 20, /* of all: fits a frame of the control socket in base64 */
    EXHIBIT_NAME_MAX = 200,        /* bytes of the name of a file */
};

struct exhibits {
    struct store_exhibit list[EXHIBITS_MAX];
    char hex[EXHIBITS_MAX][DIGEST_HEX];
    size_t count;
    size_t total; /* bytes of all */
};

/* [{media_type, name, collected_on, base64 or part, sha256}]; NULL is none. The bytes live in the
 * arena, those of a part where form_read() put them; the form's files are all to be named.
 * ERR_SYNTAX, ERR_LIMIT, and ERR_REFUSED for a type that is not taken, each with a JSON Pointer
 * (RFC 6901). */
struct exhibits_source {
    const json_t *list;
    struct form *form;
    int32_t today;
};
int exhibits_read(const struct exhibits_source *source, struct arena *arena,
                  struct exhibits *ret_exhibits, struct error_detail *detail);

/* The files that came with the call, by these limits. As form_read(). */
int exhibits_read_form(struct call *call, struct arena *arena, struct form *ret_form);

/* One line for each, as it stands in the text of the answer. */
void exhibits_print(const struct exhibits *exhibits, struct buffer *out);

/* Keeps them with the event that is the file's last. */
int exhibits_keep(struct casefile *file, struct exhibits *exhibits, struct error_detail *detail);

/* Those of an answer, of `seq`, as a list for people. New reference. */
json_t *exhibits_describe(const struct store_exhibit *list, size_t count, uint32_t seq);

#endif
