/* Every text of a page or letter of ours, by key, one catalogue a language.
 *
 * Catalogues are written in templates/catalogue/LANGUAGE.txt (`key = text`) and compiled in; the
 * build fails when a template or a call of catalogue_text() names a key that the catalogue lacks.
 * A text may hold {{names}} of the context of the template that prints it. */
#ifndef BAILIWICK_VIEW_CATALOGUE_H
#define BAILIWICK_VIEW_CATALOGUE_H

#include <stddef.h>

struct catalogue_row {
    const char *key;
    const char *text;
};

struct catalogue {
    const char *language;             /* BCP 47 */
    const struct catalogue_row *rows; /* sorted by key */
    size_t count;
};

/* The catalogue of a language; NULL when there is none. "en" is always there. */
const struct catalogue *catalogue_find(const char *language);

/* NULL when the key is unknown. */
const char *catalogue_find_text(const struct catalogue *catalogue, const char *key);

/* The same for keys written in the code, which the build has checked: never NULL. */
const char *catalogue_text(const struct catalogue *catalogue, const char *key);

/* The text of `prefix.word`, where blanks of the word count as hyphens ("verdict", "not met" ->
 * verdict.not-met); the word itself when the catalogue does not know it, since words of a rulebook
 * (stages, steps) are open lists. */
const char *catalogue_word(const struct catalogue *catalogue, const char *prefix, const char *word);

#endif
