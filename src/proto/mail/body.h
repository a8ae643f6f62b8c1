/* The words of a message: its first plain text, else its first HTML without the marks. Used by this
 * room only. */
#ifndef BAILIWICK_PROTO_MAIL_BODY_H
#define BAILIWICK_PROTO_MAIL_BODY_H

#include "proto/mail/message.h"

/* The text of an HTML document: no tag, nothing of scripts and styles, lines as they stand. Nothing
 * is rendered. The caller frees with free(); NULL without memory. */
char *html_words(const char *html, size_t size);

/* Fills language, by the words and the subject. */
void words_find_language(struct mail *mail);

/* Fills names: what looks like a domain name in a text, also one written so that nobody follows it
 * by mistake ("hxxp://bad[.]example"). Domains of mail addresses are left out. ERR_LIMIT. */
int words_find_names(const char *text, struct arena *arena, struct mail *mail);

#endif
