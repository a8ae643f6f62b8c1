/* Reading by GMime: it is told what to look at and asked for texts; it never gets to write. */
#include "proto/mail/message.h"

#include "proto/mail/abuse_part.h"
#include "proto/mail/body.h"
#include "proto/mail/field.h"
#include "proto/mail/part.h"
#include "proto/mail/report.h"

#include <gmime/gmime.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* --- preparing --- */

/* A character set whose table is loaded stays loaded; afterwards no file can be opened any more.
 * What is missing here shows as question marks in a subject, and nowhere else. */
static const char *const charsets[] = {
    "ISO-8859-1",   "ISO-8859-2",   "ISO-8859-5",   "ISO-8859-7",   "ISO-8859-9", "ISO-8859-15",
    "WINDOWS-1250", "WINDOWS-1251", "WINDOWS-1252", "WINDOWS-1256", "KOI8-R",     "BIG5",
    "GB18030",      "EUC-JP",       "EUC-KR",       "ISO-2022-JP",  "SHIFT_JIS"};
enum { CHARSETS = sizeof charsets / sizeof *charsets };
static iconv_t loaded[CHARSETS]; /* never closed */

static void load_charsets(void)
{
    for (size_t i = 0; i < CHARSETS; i++)
        loaded[i] = iconv_open("UTF-8", charsets[i]);
}

void mail_prepare(void)
{
    static bool prepared;
    if (prepared)
        return;
    prepared = true;
    g_mime_init();
    load_charsets();
}

/* --- texts --- */

struct reader {
    struct arena *arena;
    struct mail *mail;
    const char *bytes; /* of the whole message */
    size_t size;
    int failure; /* the first one sticks */
};

static const char *keep_text(struct reader *reader, const char *text)
{
    const char *kept = mail_text(reader->arena, text ? text : "", text ? strlen(text) : 0);
    if (!kept)
        reader->failure = ERR_LIMIT;
    return kept ? kept : "";
}

/* An id is matched, never shown: one that had to be cut or cleaned is none of ours. */
static const char *keep_id(struct reader *reader, const char *id)
{
    const char *kept = keep_text(reader, id);
    return id && strcmp(kept, id) == 0 ? kept : "";
}

static const char *header_of(GMimeObject *object, const char *name)
{
    const char *value = g_mime_object_get_header(object, name);
    return value ? value : "";
}

/* --- who wrote, and to what --- */

static InternetAddress *first_address(InternetAddressList *list)
{
    for (int i = 0; list && i < internet_address_list_length(list); i++) {
        InternetAddress *address = internet_address_list_get_address(list, i);
        if (INTERNET_ADDRESS_IS_MAILBOX(address))
            return address;
    }
    return NULL;
}

static void read_sender(struct reader *reader, GMimeMessage *message)
{
    InternetAddress *from = first_address(g_mime_message_get_from(message));
    if (!from)
        from = first_address(g_mime_message_get_sender(message));
    reader->mail->sender = keep_text(
        reader, from ? internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(from)) : NULL);
    reader->mail->sender_name = keep_text(reader, from ? internet_address_get_name(from) : NULL);
}

static void read_references(struct reader *reader, const char *header)
{
    struct mail *mail = reader->mail;
    GMimeReferences *named = g_mime_references_parse(NULL, header);
    int count = named ? g_mime_references_length(named) : 0;
    for (int i = 0; i < count && mail->reference_count < MAIL_REFERENCES_MAX; i++) {
        const char *id = keep_id(reader, g_mime_references_get_message_id(named, i));
        const char **slot =
            arena_push(reader->arena, &mail->references, &mail->reference_count, sizeof *slot);
        if (!slot) {
            reader->failure = ERR_LIMIT;
            break;
        }
        *slot = id;
    }
    if (named)
        g_mime_references_free(named);
}

static bool starts_with_word(const char *value, const char *word)
{
    size_t size = strlen(word);
    while (*value == ' ' || *value == '\t')
        value++;
    return strncasecmp(value, word, size) == 0 && !g_ascii_isalnum(value[size]) &&
           value[size] != '-';
}

/* Whether the part before the @ is one of the words. */
static bool is_mailbox(const char *address, const char *const *words, size_t count)
{
    const char *at = strrchr(address, '@');
    for (size_t i = 0; at && i < count; i++) {
        if (strlen(words[i]) == (size_t)(at - address) &&
            strncasecmp(address, words[i], (size_t)(at - address)) == 0)
            return true;
    }
    return false;
}
#define IS_MAILBOX(address, ...)                                                                   \
    is_mailbox((address), (const char *const[]){__VA_ARGS__},                                      \
               sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

/* As often as a mail that goes round for ever, and no other. */
static bool goes_round(GMimeObject *message)
{
    GMimeHeaderList *headers = g_mime_object_get_header_list(message);
    int received = 0;
    for (int i = 0; i < g_mime_header_list_get_count(headers); i++) {
        GMimeHeader *header = g_mime_header_list_get_header_at(headers, i);
        received += g_ascii_strcasecmp(g_mime_header_get_name(header), "Received") == 0;
    }
    return received >= MAIL_RECEIVED_MAX;
}

/* An empty return path says that nobody wants to hear of it (RFC 5321 4.5.5, RFC 3834 2). */
static bool has_no_return(GMimeObject *message)
{
    const char *path = header_of(message, "Return-Path");
    size_t blanks = strspn(path, " \t");
    return strncmp(path + blanks, "<>", 2) == 0;
}

/* RFC 3834 5 for machines that say so; lists and bulk mail before it (RFC 2076 3.9, RFC 2919). */
static bool is_automatic(GMimeObject *message, const char *sender)
{
    static const char *const precedences[] = {"bulk", "junk", "list", "auto_reply"};
    static const char *const marks[] = {"List-Id", "X-Autoreply", "X-Autorespond",
                                        "X-MS-Exchange-Inbox-Rules-Loop"};
    const char *submitted = header_of(message, "Auto-Submitted");
    if (submitted[0] && !starts_with_word(submitted, "no"))
        return true;
    for (size_t i = 0; i < sizeof precedences / sizeof *precedences; i++) {
        if (starts_with_word(header_of(message, "Precedence"), precedences[i]))
            return true;
    }
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        if (header_of(message, marks[i])[0])
            return true;
    }
    return has_no_return(message) || goes_round(message) ||
           IS_MAILBOX(sender, "mailer-daemon", "mail-daemon");
}

/* Those of RFC 3834 2 that a person may have written all the same. */
static bool is_unanswerable(GMimeObject *message, const char *sender)
{
    return header_of(message, "X-Auto-Response-Suppress")[0] ||
           header_of(message, "List-Unsubscribe")[0] ||
           IS_MAILBOX(sender, "noreply", "no-reply", "donotreply", "do-not-reply", "postmaster",
                      "bounce", "bounces");
}

static void read_head(struct reader *reader, GMimeMessage *message)
{
    struct mail *mail = reader->mail;
    GMimeObject *object = GMIME_OBJECT(message);
    read_sender(reader, message);
    mail->subject = keep_text(reader, g_mime_message_get_subject(message));
    mail->message_id = keep_id(reader, g_mime_message_get_message_id(message));
    mail->automatic = is_automatic(object, mail->sender);
    mail->unanswerable = is_unanswerable(object, mail->sender);
    read_references(reader, header_of(object, "In-Reply-To"));
    read_references(reader, header_of(object, "References"));
}

/* --- reports --- */

static void read_returned(struct reader *reader, GMimeObject *part)
{
    if (GMIME_IS_MESSAGE_PART(part)) {
        GMimeMessage *message = g_mime_message_part_get_message(GMIME_MESSAGE_PART(part));
        if (message)
            reader->mail->returned_id = keep_id(reader, g_mime_message_get_message_id(message));
        return;
    }
    GByteArray *bytes = part_content(part);
    GMimeMessage *message = part_read_message(bytes->data, bytes->len, MAIL_DASHES_MAX);
    if (message) {
        reader->mail->returned_id = keep_id(reader, g_mime_message_get_message_id(message));
        g_object_unref(message);
    }
    g_byte_array_unref(bytes);
}

static bool is_status(GMimeObject *part)
{
    return part_has_type(part, "message", "delivery-status") ||
           part_has_type(part, "message", "global-delivery-status");
}

static void read_status_part(struct reader *reader, GMimeObject *part)
{
    if (is_status(part)) {
        GByteArray *bytes = part_content(part);
        int result =
            report_parse((const char *)bytes->data, bytes->len, reader->arena, reader->mail);
        if (result < 0)
            reader->failure = result;
        g_byte_array_unref(bytes);
        return;
    }
    if (GMIME_IS_MESSAGE_PART(part) || part_has_type(part, "text", "rfc822-headers") ||
        part_has_type(part, "message", "global-headers"))
        read_returned(reader, part);
}

/* --- which report it is --- */

/* RFC 3464 wants multipart/report; OpenSMTPD writes its reports as multipart/mixed. What counts is
 * the machine's part, as a child of the message itself: a report that somebody attached or
 * forwarded stands deeper. */
static enum mail_kind kind_of(GMimeObject *body, int count)
{
    enum mail_kind kind = abuse_part_announced(body) ? MAIL_ABUSE_REPORT : MAIL_ORDINARY;
    for (int i = 0; i < count && i < MAIL_PARTS_MAX; i++) {
        GMimeObject *part = g_mime_multipart_get_part(GMIME_MULTIPART(body), i);
        if (is_status(part))
            kind = MAIL_DELIVERY_STATUS;
        else if (part_has_type(part, "message", "disposition-notification"))
            kind = MAIL_DISPOSITION;
        else if (abuse_part_is_feedback(part))
            kind = MAIL_ABUSE_REPORT;
    }
    return kind;
}

static void read_report(struct reader *reader, GMimeObject *body)
{
    struct mail *mail = reader->mail;
    if (!body || !GMIME_IS_MULTIPART(body))
        return;
    int count = g_mime_multipart_get_count(GMIME_MULTIPART(body));
    mail->kind = kind_of(body, count);
    if (count > MAIL_PARTS_MAX)
        reader->failure = ERR_LIMIT;
    for (int i = 0; i < count && reader->failure == 0 && mail->kind == MAIL_DELIVERY_STATUS; i++)
        read_status_part(reader, g_mime_multipart_get_part(GMIME_MULTIPART(body), i));
    if (reader->failure == 0 && mail->kind == MAIL_ABUSE_REPORT)
        reader->failure = abuse_part_read_feedback(body, reader->arena, mail);
}

/* --- words --- */

enum { WORDS_DEPTH_MAX = 20 }; /* multiparts inside each other; mail programs make up to five */

static bool is_attached(GMimeObject *part)
{
    const char *disposition = g_mime_object_get_disposition(part);
    return disposition && g_ascii_strcasecmp(disposition, "attachment") == 0;
}

/* The first text of that subtype that is not attached. Attached messages are somebody else's. */
static GMimeObject *find_text(GMimeObject *part, const char *subtype, int depth)
{
    if (!part || depth > WORDS_DEPTH_MAX)
        return NULL;
    if (GMIME_IS_MULTIPART(part)) {
        GMimeObject *found = NULL;
        int count = g_mime_multipart_get_count(GMIME_MULTIPART(part));
        for (int i = 0; i < count && !found; i++)
            found =
                find_text(g_mime_multipart_get_part(GMIME_MULTIPART(part), i), subtype, depth + 1);
        return found;
    }
    return GMIME_IS_TEXT_PART(part) && part_has_type(part, "text", subtype) && !is_attached(part)
               ? part
               : NULL;
}

static const char *keep_words(struct reader *reader, const char *text, size_t size)
{
    const char *kept = mail_clean(reader->arena, text, size, MAIL_WORDS_MAX, /* lines= */ true);
    if (!kept)
        reader->failure = ERR_LIMIT;
    return kept ? kept : "";
}

static void read_words(struct reader *reader, GMimeObject *body)
{
    GMimeObject *plain = find_text(body, "plain", 0);
    GMimeObject *html = plain ? NULL : find_text(body, "html", 0);
    struct mail *mail = reader->mail;
    char *text =
        plain || html ? g_mime_text_part_get_text(GMIME_TEXT_PART(plain ? plain : html)) : NULL;
    char *words = html && text ? html_words(text, strlen(text)) : NULL;
    const char *whole = words ? words : text;
    if (whole)
        mail->words = keep_words(reader, whole, strlen(whole));
    free(words);
    g_free(text);
    words_find_language(mail);
    int result = words_find_names(mail->subject, reader->arena, mail);
    if (result >= 0)
        result = words_find_names(mail->words, reader->arena, mail);
    if (result < 0)
        reader->failure = result;
}

/* --- the whole --- */

/* Mail servers that deliver into a program often put a line "From SENDER DATE" before the message.
 */
static void skip_envelope_line(const char **at, size_t *size)
{
    const char *newline =
        *size > 5 && memcmp(*at, "From ", 5) == 0 ? memchr(*at, '\n', *size) : NULL;
    if (!newline)
        return;
    *size -= (size_t)(newline + 1 - *at);
    *at = newline + 1;
}

/* Files come behind the words and may be long: then the bytes are read once more, with so few lines
 * that could begin a part that their number bounds the time. */
static void read_file(struct reader *reader, GMimeMessage *message)
{
    bool cut = reader->size > MAIL_READ_MAX;
    GMimeMessage *whole = NULL;
    if (reader->mail->kind != MAIL_ORDINARY || !abuse_part_find_xarf(message))
        return;
    reader->mail->kind = MAIL_ABUSE_REPORT;
    if (cut)
        whole = part_read_message(reader->bytes,
                                  reader->size < MAIL_FILE_MAX ? reader->size : MAIL_FILE_MAX,
                                  MAIL_FILE_DASHES_MAX);
    GMimeObject *part = abuse_part_find_xarf(whole ? whole : message);
    int result = part ? abuse_part_read_xarf(part, reader->arena, reader->mail) : 0;
    if (result < 0)
        reader->failure = result;
    if (whole)
        g_object_unref(whole);
}

static int read_message(struct reader *reader, GMimeMessage *message, struct error_detail *detail)
{
    int headers =
        g_mime_header_list_get_count(g_mime_object_get_header_list(GMIME_OBJECT(message)));
    if (headers == 0)
        return error_set(detail, ERR_SYNTAX, "these bytes are no message: there is no header");
    if (headers > MAIL_HEADERS_MAX)
        return error_set(detail, ERR_LIMIT, "more than %d headers", MAIL_HEADERS_MAX);
    read_head(reader, message);
    read_report(reader, g_mime_message_get_mime_part(message));
    if (reader->failure == 0)
        read_file(reader, message);
    if (reader->failure == 0)
        read_words(reader, g_mime_message_get_mime_part(message));
    return reader->failure < 0
               ? error_set(detail, reader->failure, "the message has too many parts")
               : 0;
}

struct mail mail_none(void)
{
    return (struct mail){.sender = "",
                         .sender_name = "",
                         .subject = "",
                         .message_id = "",
                         .words = "",
                         .language = "",
                         .fault = "",
                         .returned_id = ""};
}

int mail_parse(const void *bytes, size_t size, struct arena *arena, struct mail *ret_mail,
               struct error_detail *detail)
{
    struct mail mail = mail_none();
    struct reader reader = {.arena = arena, .mail = &mail};
    const char *at = bytes;
    if (size > MAIL_SIZE_MAX)
        return error_set(detail, ERR_LIMIT, "a message of more than %d bytes", MAIL_SIZE_MAX);
    skip_envelope_line(&at, &size);
    reader.bytes = at;
    reader.size = size;
    GMimeMessage *message =
        size ? part_read_message(at, size < MAIL_READ_MAX ? size : MAIL_READ_MAX, MAIL_DASHES_MAX)
             : NULL;
    if (!message)
        return error_set(detail, ERR_SYNTAX, "these bytes are no message");
    int result = read_message(&reader, message, detail);
    g_object_unref(message);
    if (result < 0)
        return result;
    *ret_mail = mail;
    return 0;
}
