/* What can be told of the words without understanding them. */
#include "proto/mail/body.h"

#include "base/text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* --- HTML --- */

static bool begins(const char *at, const char *end, const char *word)
{
    size_t size = strlen(word);
    return (size_t)(end - at) >= size && strncasecmp(at, word, size) == 0;
}

/* Behind the mark at `at`, and behind all that a script or style holds. */
static const char *skip_mark(const char *at, const char *end)
{
    static const char *const hidden[][2] = {
        {"<script", "</script"}, {"<style", "</style"}, {"<!--", "-->"}};
    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++) {
        if (!begins(at, end, hidden[i][0]))
            continue;
        for (at++; at < end && !begins(at, end, hidden[i][1]); at++)
            ;
        break;
    }
    const char *close = memchr(at, '>', (size_t)(end - at));
    return close ? close + 1 : end;
}

static bool ends_line(const char *at, const char *end)
{
    static const char *const marks[] = {"<br", "</p", "</div", "</tr", "</li", "</h"};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        if (begins(at, end, marks[i]))
            return true;
    }
    return false;
}

/* The character that a name stands for; the length of the name, 0 when it is none of these. */
static size_t read_name(const char *at, const char *end, char *ret_letter)
{
    static const struct {
        const char *name;
        char letter;
    } names[] = {{"&amp;", '&'},  {"&lt;", '<'},   {"&gt;", '>'},
                 {"&quot;", '"'}, {"&#39;", '\''}, {"&nbsp;", ' '}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (begins(at, end, names[i].name)) {
            *ret_letter = names[i].letter;
            return strlen(names[i].name);
        }
    }
    return 0;
}

char *html_words(const char *html, size_t size)
{
    const char *at = html, *end = html + size;
    char *words = malloc(size + 1); /* it never grows */
    size_t length = 0, name;
    while (words && at < end) {
        if (*at == '<') {
            if (ends_line(at, end))
                words[length++] = '\n';
            at = skip_mark(at, end);
        } else if ((name = read_name(at, end, &words[length])) > 0) {
            length++;
            at += name;
        } else {
            words[length++] = *at++;
        }
    }
    if (words)
        words[length] = '\0';
    return words;
}

/* --- language --- */

/* Arabic letters stand in U+0600 to U+06FF: two bytes, the first of 0xD8 to 0xDB. */
static void count_letters(const char *text, size_t *arabic, size_t *others)
{
    for (size_t left = strlen(text); left > 0;) {
        unsigned char first = (unsigned char)*text;
        size_t length = text_utf8_length(text, left);
        if (first >= 0xd8 && first <= 0xdb)
            ++*arabic;
        else if (first >= 0x80 || isalpha(first))
            ++*others;
        text += length ? length : 1;
        left -= length ? length : 1;
    }
}

void words_find_language(struct mail *mail)
{
    size_t arabic = 0, others = 0;
    count_letters(mail->subject, &arabic, &others);
    count_letters(mail->words, &arabic, &others);
    mail->language = arabic > others ? "ar" : "";
}

/* --- names --- */

static bool is_label_sign(char sign)
{
    return isalnum((unsigned char)sign) || sign == '-' || sign == '_';
}

/* A dot, also one in brackets: how many bytes it takes, 0 for none. */
static size_t dot_at(const char *at)
{
    static const char *const dots[] = {"[.]", "(.)", "[dot]", "(dot)", "."};
    for (size_t i = 0; i < sizeof dots / sizeof *dots; i++) {
        if (strncasecmp(at, dots[i], strlen(dots[i])) == 0)
            return strlen(dots[i]);
    }
    return 0;
}

/* Reads a run of labels and dots; returns its end. A run that is longer than a name is none. */
static const char *read_run(const char *at, char name[TEXT_DOMAIN_MAX + 1])
{
    size_t length = 0, dot;
    for (;;) {
        bool sign = is_label_sign(*at);
        dot = sign ? 0 : dot_at(at);
        /* A dot that ends a sentence, and the second of three. */
        if (!sign && (dot == 0 || !is_label_sign(at[dot])))
            break;
        if (length < TEXT_DOMAIN_MAX)
            name[length] = sign ? (char)tolower((unsigned char)*at) : '.';
        length++;
        at += sign ? 1 : dot;
    }
    name[length <= TEXT_DOMAIN_MAX ? length : 0] = '\0';
    return at;
}

/* Two labels, the last of letters or an A-label: no number, no address, no version. */
static bool may_be_name(const char *name)
{
    const char *last = strrchr(name, '.');
    if (!last || !text_domain_valid(name))
        return false;
    if (strncmp(last + 1, "xn--", 4) == 0)
        return true;
    for (const char *at = ++last; *at; at++) {
        if (!isalpha((unsigned char)*at))
            return false;
    }
    return strlen(last) >= 2;
}

static int add_name(const char *name, struct arena *arena, struct mail *mail)
{
    for (size_t i = 0; i < mail->name_count; i++) {
        if (strcmp(mail->names[i], name) == 0)
            return 0;
    }
    const char **slot = arena_push(arena, &mail->names, &mail->name_count, sizeof *slot);
    if (!slot)
        return ERR_LIMIT;
    *slot = arena_copy_text(arena, name);
    return *slot ? 0 : ERR_LIMIT;
}

int words_find_names(const char *text, struct arena *arena, struct mail *mail)
{
    char name[TEXT_DOMAIN_MAX + 1];
    const char *at = text;
    int result = 0;
    while (*at && result >= 0 && mail->name_count < MAIL_NAMES_MAX) {
        if (!is_label_sign(*at)) {
            at++;
            continue;
        }
        bool address = at > text && at[-1] == '@';
        at = read_run(at, name);
        if (!address && *at != '@' && may_be_name(name))
            result = add_name(name, arena, mail);
    }
    return result;
}
