#include "model/tlp.h"

#include "base/error.h"
#include "base/text.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static const char *const labels[] = {
#define E(name, text) text,
    TLP_LIST(E)
#undef E
};

const char *tlp_text(enum tlp label)
{
    return labels[label];
}

int tlp_parse(const char *text, enum tlp *ret_label)
{
    int found = text_index(labels, TLP_COUNT, text);
    if (found < 0)
        return ERR_SYNTAX;
    *ret_label = (enum tlp)found;
    return 0;
}

bool tlp_may_leave(enum tlp label)
{
    return label != TLP_RED && label != TLP_AMBER_STRICT;
}

/* Whether `at` begins with the word, and the word ends there. */
static bool is_word(const char *at, const char *word)
{
    size_t size = strlen(word);
    return strncasecmp(at, word, size) == 0 && !isalnum((unsigned char)at[size]) && at[size] != '+';
}

static enum tlp label_at(const char *at)
{
    for (int i = 0; i < TLP_COUNT; i++) {
        if (is_word(at, labels[i]))
            return (enum tlp)i;
    }
    return is_word(at, "white") ? TLP_CLEAR : TLP_COUNT;
}

enum tlp tlp_find(const char *line)
{
    static const char mark[] = "TLP:";
    enum tlp strictest = TLP_COUNT;
    for (const char *at = line; (at = strcasestr(at, mark)) != NULL;) {
        bool begins = at == line || !isalnum((unsigned char)at[-1]);
        at += sizeof mark - 1;
        enum tlp label = begins ? label_at(at + strspn(at, " ")) : TLP_COUNT;
        if (label < strictest)
            strictest = label;
    }
    return strictest;
}
