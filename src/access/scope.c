#include "access/scope.h"

#include <string.h>

/* Takes the next word from *at. False when there is none, or it is too long to be one. */
static bool next_word(const char **at, char word[SCOPE_WORD_MAX])
{
    size_t size = strcspn(*at, " ");
    if (size == 0 || size >= SCOPE_WORD_MAX)
        return false;
    memcpy(word, *at, size);
    word[size] = '\0';
    *at += size;
    if (**at == ' ' && (*at)[1])
        (*at)++;
    return true;
}

static bool is_command(const char *word)
{
    static const char small[] = "abcdefghijklmnopqrstuvwxyz-";
    size_t room = strspn(word, small);
    const char *rest = word + room;
    if (room == 0 || *rest != '.')
        return false;
    return strcmp(rest, ".*") == 0 ||
           (rest[1] && rest[strlen(rest) - 1] != '.' && !strstr(rest, "..") &&
            strspn(rest, "abcdefghijklmnopqrstuvwxyz-.") == strlen(rest));
}

static bool is_path(const char *word)
{
    size_t size = strlen(word);
    return word[0] == '/' && !strstr(word, "//") && (size == 1 || word[size - 1] != '/') &&
           strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-") ==
               size;
}

static bool is_word(const char *word)
{
    return strcmp(word, "read") == 0 || strcmp(word, "write") == 0 || is_command(word) ||
           is_path(word);
}

int scope_check(const char *scope, struct error_detail *detail)
{
    char word[SCOPE_WORD_MAX];
    const char *at = scope, *from;
    if (strlen(scope) >= SCOPE_TEXT_MAX)
        return error_set(detail, ERR_LIMIT, "a token is for at most %d bytes of words",
                         SCOPE_TEXT_MAX - 1);
    do {
        from = at;
        if (!next_word(&at, word) || !is_word(word))
            return error_set(detail, ERR_SYNTAX,
                             "'%.64s': a token may read, write, run a command (case.answer, "
                             "complaint.*) or read a path (/deadlines.ics)",
                             from);
    } while (*at);
    return 0;
}

/* One word lets a path be read. */
static bool word_reads(const char *word, const char *path)
{
    size_t size = strlen(word);
    if (strcmp(word, "read") == 0)
        return true;
    return word[0] == '/' && strncmp(path, word, size) == 0 &&
           (size == 1 || path[size] == '\0' || path[size] == '/');
}

/* One word lets a command run. */
static bool word_runs(const char *word, const char *command)
{
    size_t size = strlen(word);
    if (strcmp(word, "write") == 0 || strcmp(word, command) == 0)
        return true;
    return size > 2 && strcmp(word + size - 2, ".*") == 0 && strncmp(word, command, size - 1) == 0;
}

static bool any_word(const char *scope, bool (*lets)(const char *word, const char *what),
                     const char *what)
{
    char word[SCOPE_WORD_MAX];
    while (*scope && next_word(&scope, word)) {
        if (lets(word, what))
            return true;
    }
    return false;
}

bool scope_may_read(const char *scope, const char *path)
{
    return any_word(scope, word_reads, path);
}

bool scope_may_run(const char *scope, const char *command)
{
    return any_word(scope, word_runs, command);
}

bool scope_covers(const char *scope, const char *wanted)
{
    char word[SCOPE_WORD_MAX];
    while (*wanted) {
        if (!next_word(&wanted, word))
            return false;
        /* `read` and `write` are names that no path and no command has, so that nothing but
         * themselves lets them. */
        bool reads = word[0] == '/' || strcmp(word, "read") == 0;
        if (!(reads ? scope_may_read(scope, word) : scope_may_run(scope, word)))
            return false;
    }
    return true;
}
