#include "view/letter.h"

#include "base/civil.h"
#include "base/text.h"
#include "view/catalogue.h"
#include "view/escape.h"
#include "view/mail_text.h"
#include "view/template.h"

#include <string.h>

const struct vocabulary_row letter_placeholders[] = {
    {"authority_name", "who writes"},
    {"authority_short", "the same, short"},
    {"party_name", "the contracted party"},
    {"party_id", "its id, such as registrar-1234"},
    {"party_iana_id", "its IANA Registrar ID, empty for registries"},
    {"subject", "what it is about: TLD, name or address"},
    {"case_id", "reference of the case"},
    {"letter_date", "the letter's date, with weekday and zone"},
    {"obligation_id", "id of the obligation"},
    {"obligation_statement", "what must be true"},
    {"obligation_clause", "clause of the document"},
    {"document_title", "the agreement or policy"},
    {"observed", "what was seen, when and from where, in a sentence"},
    {"codes", "list of what was found: {code, summary}"},
    {"evidence_ids", "list of evidence: {id}"},
    {"guidance", "what the obligation means and how to comply"},
    {"cure", "what puts it right"},
    {"deadline_date", "the date by which an answer or cure is due"},
    {"deadline_zone", "zone of that date"},
    {"deadline_weekday", "its day of the week"},
    {"step_name", "this step, such as second notice"},
    {"record_language", "the language of the version that governs, where this one is another"},
    {"closure", "how the case ended, empty while it has not"},
    {"next_step", "what follows without an answer"},
    {"notice_url", "where the notice is published, empty for informal letters"},
    {"previous", "list of earlier letters: {date, step, deadline, outcome}"},
    {"demands", "list of what is asked for: {number, text}"},
    {"contact_email", "where to answer"},
    {"rulebook_version", "the rules of this letter"},
    {"complaint_reference", "to who complained: the reference of the complaint"},
    {"complaint_link", "of a receipt: the secret by which its complainant follows it"},
    {"complaint_missing", "of a receipt: list of what the complaint lacks: {what}"},
    {"complaint_words",
     "to who complained: what a person wrote to them, where the secret went to the same address"},
    {"complaint_until", "to who complained: the last day for what was asked, empty for none"},
    {"complaint_closure", "to who complained: why the complaint was closed, in plain words"},
    {"complaint_review", "to who complained: section: another person may be asked to look again"},
    {"complaint_outcome", "to who complained: how the case ended, empty while it has not"},
    {"demo", "section: the clock of this store was displaced"},
};
const size_t letter_placeholder_count = sizeof letter_placeholders / sizeof *letter_placeholders;

/* --- front matter --- */

enum { SUBJECT_TEMPLATE_MAX = 512 }; /* before the placeholders are filled in */

struct template_parts {
    char subject[SUBJECT_TEMPLATE_MAX];
    const char *body;
    size_t body_size;
};

static const char *next_line(const char *at, const char *end, size_t *ret_size)
{
    const char *stop = memchr(at, '\n', (size_t)(end - at));
    *ret_size = (size_t)((stop ? stop : end) - at);
    if (*ret_size && at[*ret_size - 1] == '\r')
        --*ret_size;
    return stop ? stop + 1 : end;
}

static bool is_fence(const char *line, size_t size)
{
    return size == 3 && memcmp(line, "---", 3) == 0;
}

/* A YAML scalar on one line: plain up to a comment, or in quotes (YAML 1.2, 7.3), of which letters
 * use a doubled single quote, and a backslash before a quote or backslash. */
static void take_scalar(const char *line, size_t size, char ret_text[SUBJECT_TEMPLATE_MAX])
{
    char quote = size && (*line == '"' || *line == '\'') ? *line : 0;
    size_t at = quote ? 1 : 0, to = 0;
    for (; at < size && to + 1 < SUBJECT_TEMPLATE_MAX; at++) {
        bool more = at + 1 < size;
        if (quote == '"' && line[at] == '\\' && more)
            at++;
        else if (quote == '\'' && line[at] == quote && more && line[at + 1] == quote)
            at++;
        else if (quote && line[at] == quote)
            break;
        else if (!quote && line[at] == ' ' && more && line[at + 1] == '#')
            break;
        ret_text[to++] = line[at];
    }
    ret_text[to] = '\0';
}

static void take_subject(const char *line, size_t size, struct template_parts *parts)
{
    const char key[] = "subject:";
    if (size < sizeof key || memcmp(line, key, sizeof key - 1) != 0)
        return;
    line += sizeof key - 1;
    size -= sizeof key - 1;
    while (size && *line == ' ') {
        line++;
        size--;
    }
    take_scalar(line, size, parts->subject);
}

static int split(const char *text, size_t size, struct template_parts *ret_parts,
                 struct error_detail *detail)
{
    const char *at = text, *end = text + size;
    size_t length;
    struct template_parts parts = {0};
    const char *next = next_line(at, end, &length);
    if (!is_fence(at, length))
        return error_set(detail, ERR_SYNTAX, "letter: no front matter (a first line ---)");
    while (next < end) {
        at = next;
        next = next_line(at, end, &length);
        if (is_fence(at, length)) {
            parts.body = next;
            parts.body_size = (size_t)(end - next);
            break;
        }
        take_subject(at, length, &parts);
    }
    if (!parts.body)
        return error_set(detail, ERR_SYNTAX, "letter: the front matter is not closed by ---");
    if (!*parts.subject)
        return error_set(detail, ERR_SYNTAX, "letter: the front matter has no subject");
    *ret_parts = parts;
    return 0;
}

/* --- addresses and ids --- */

static bool is_atom(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c && strchr("!#$%&'*+-/=?^_`{|}~", c));
}

/* dot-atom of RFC 5322 3.2.3 */
static bool is_dot_atom(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        bool dot = text[i] == '.';
        if (!dot && !is_atom(text[i]))
            return false;
        if (dot && (i == 0 || i + 1 == size || text[i - 1] == '.'))
            return false;
    }
    return size > 0;
}

static bool is_domain(const char *text)
{
    for (const char *at = text; *at; at++) {
        bool plain = (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z') ||
                     (*at >= '0' && *at <= '9') || *at == '-' || *at == '.';
        if (!plain)
            return false;
    }
    return is_dot_atom(text, strlen(text));
}

bool letter_address_valid(const char *address)
{
    const char *at = strrchr(address, '@');
    return at && strlen(address) <= LETTER_ADDRESS_MAX && at - address <= 64 &&
           is_dot_atom(address, (size_t)(at - address)) && is_domain(at + 1);
}

static int check_request(const struct letter_request *request, struct error_detail *detail)
{
    if (!letter_address_valid(request->from))
        return error_set(detail, ERR_SYNTAX, "letter: the sender's address is not valid");
    if (!letter_address_valid(request->to))
        return error_set(detail, ERR_SYNTAX, "letter: the addressee's address is not valid");
    if (!letter_address_valid(request->message_id) ||
        (request->in_reply_to && !letter_address_valid(request->in_reply_to)))
        return error_set(detail, ERR_SYNTAX, "letter: a message id is not valid");
    return 0;
}

/* --- headers --- */

static void put_date(int64_t instant, struct buffer *out)
{
    /* RFC 5322 3.3: these names are protocol, not language. */
    static const char *const days[] = {"", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    static const char *const months[] = {"",    "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct civil civil = civil_from_instant(instant);
    buffer_printf(out, "Date: %s, %d %s %04d %02d:%02d:%02d +0000\r\n",
                  days[civil_weekday(civil_day_of(instant))], civil.day, months[civil.month],
                  civil.year, civil.hour, civil.minute, civil.second);
}

static void put_mailbox(const char *field, const char *name, const char *address,
                        struct buffer *out)
{
    BUFFER_CLEANUP struct buffer clean;
    buffer_init(&clean, LETTER_SUBJECT_MAX);
    if (name)
        escape_put(&clean, PLACE_PLAIN, name, strlen(name));
    const char *words = buffer_error(&clean) < 0 ? "" : buffer_text(&clean);
    bool fold = strlen(words) + strlen(address) > MAIL_COLUMNS - 12;
    buffer_printf(out, "%s: ", field);
    if (mail_text_needs_encoding(words)) {
        mail_text_put_header(words, /* column= */ 0, out);
        buffer_append_text(out, fold ? "\r\n " : " ");
    } else if (*words) {
        buffer_append_byte(out, '"');
        for (const char *at = words; *at; at++) {
            if (*at == '"' || *at == '\\')
                buffer_append_byte(out, '\\');
            buffer_append_byte(out, (uint8_t)*at);
        }
        buffer_append_text(out, fold ? "\"\r\n " : "\" ");
    }
    buffer_printf(out, "<%s>\r\n", address);
}

static void put_part_headers(const char *language, bool plain, struct buffer *out)
{
    buffer_append_text(out, "Content-Type: text/plain; charset=utf-8\r\n");
    if (language)
        buffer_printf(out, "Content-Language: %s\r\n", language);
    buffer_printf(out, "Content-Transfer-Encoding: %s\r\n", plain ? "7bit" : "quoted-printable");
}

static void put_headers(const struct letter_request *request, const char *subject,
                        struct buffer *out)
{
    put_mailbox("From", request->from_name, request->from, out);
    put_mailbox("To", request->to_name, request->to, out);
    put_date(request->date, out);
    buffer_printf(out, "Message-ID: <%s>\r\n", request->message_id);
    if (request->in_reply_to)
        buffer_printf(out, "In-Reply-To: <%s>\r\nReferences: <%s>\r\n", request->in_reply_to,
                      request->in_reply_to);
    buffer_append_text(out, "Subject: ");
    mail_text_put_header(subject, strlen("Subject: "), out);
    buffer_append_text(out, "\r\nMIME-Version: 1.0\r\n");
    if (request->automatic)
        buffer_append_text(out, request->replies ? "Auto-Submitted: auto-replied\r\n"
                                                 : "Auto-Submitted: auto-generated\r\n");
}

/* --- the letter --- */

/* A letter of a displaced store says so even when its template does not. */
static void put_demo(const struct letter_request *request, const struct template_parts *parts,
                     struct buffer *out)
{
    const char tag[] = "{{#demo}}";
    if (json_is_true(json_object_get(request->context, "demo")) &&
        !memmem(parts->body, parts->body_size, tag, sizeof tag - 1))
        buffer_printf(out, "%s\n\n", catalogue_text(catalogue_find("en"), "letter.demo"));
}

static int render_body(const struct letter_request *request, const struct template_parts *parts,
                       struct buffer *out, struct error_detail *detail)
{
    const struct template_request template_request = {
        .form = TEMPLATE_TEXT, .strict = true, .context = request->context};
    put_demo(request, parts, out);
    return template_render("letter", parts->body, parts->body_size, &template_request, out, detail);
}

static int render_subject(const struct letter_request *request, const struct template_parts *parts,
                          char ret_subject[LETTER_SUBJECT_MAX + 1], struct error_detail *detail)
{
    BUFFER_CLEANUP struct buffer raw, clean;
    buffer_init(&raw, LETTER_MAX);
    buffer_init(&clean, LETTER_SUBJECT_MAX);
    const struct template_request template_request = {
        .form = TEMPLATE_TEXT, .strict = true, .context = request->context};
    int result = template_render("subject", parts->subject, strlen(parts->subject),
                                 &template_request, &raw, detail);
    if (result < 0)
        return result;
    escape_put(&clean, PLACE_PLAIN, buffer_text(&raw), raw.size);
    if (buffer_error(&clean) < 0)
        return error_set(detail, ERR_LIMIT, "letter: the subject is too long");
    memcpy(ret_subject, buffer_text(&clean), clean.size + 1);
    return 0;
}

static int render_text(const struct letter_request *request, const struct template_parts *parts,
                       struct buffer *text, struct error_detail *detail)
{
    BUFFER_CLEANUP struct buffer body;
    buffer_init(&body, LETTER_MAX);
    int result = render_body(request, parts, &body, detail);
    if (result < 0)
        return result;
    mail_text_fill(buffer_text(&body), body.size, text);
    return buffer_error(text);
}

static void put_part(const char *language, const struct buffer *text, struct buffer *out)
{
    const char *words = buffer_text(text);
    bool plain = mail_text_is_plain(words, text->size);
    put_part_headers(language, plain, out);
    buffer_append_text(out, "\r\n");
    if (plain)
        mail_text_put_plain(words, text->size, out);
    else
        mail_text_put_quoted(words, text->size, out);
}

/* "=_" stands in no quoted-printable text, and no text holds its own digest. */
static void put_both(const struct letter_request *request, struct letter *letter)
{
    char boundary[DIGEST_HEX + 2] = "=_";
    struct buffer *out = &letter->message;
    digest_format(&letter->translation_digest, boundary + 2);
    boundary[34] = '\0';
    buffer_printf(out, "Content-Type: multipart/mixed; boundary=\"%s\"\r\n\r\n--%s\r\n", boundary,
                  boundary);
    put_part(request->language, &letter->text, out);
    buffer_printf(out, "\r\n--%s\r\n", boundary);
    put_part(request->translation_language, &letter->translation, out);
    buffer_printf(out, "\r\n--%s--\r\n", boundary);
}

static int render_translation(const struct letter_request *request, struct letter *letter,
                              struct error_detail *detail)
{
    struct template_parts parts = {0};
    int result = split(request->translation_text, request->translation_size, &parts, detail);
    if (result >= 0)
        result = render_text(request, &parts, &letter->translation, detail);
    if (result >= 0)
        letter->translation_digest = digest_of(letter->translation.data, letter->translation.size);
    return result;
}

static int render_message(const struct letter_request *request, const struct template_parts *parts,
                          struct letter *letter, struct error_detail *detail)
{
    int result = render_text(request, parts, &letter->text, detail);
    if (result >= 0 && request->translation_text)
        result = render_translation(request, letter, detail);
    if (result < 0)
        return result;
    put_headers(request, letter->subject, &letter->message);
    if (request->translation_text)
        put_both(request, letter);
    else
        put_part(/* language= */ NULL, &letter->text, &letter->message);
    return buffer_error(&letter->message);
}

int letter_render(const struct letter_request *request, struct letter *ret_letter,
                  struct error_detail *detail)
{
    struct template_parts parts = {0};
    int result = check_request(request, detail);
    if (result >= 0)
        result = split(request->template_text, request->template_size, &parts, detail);
    if (result < 0)
        return result;
    struct letter letter = {0};
    buffer_init(&letter.message, LETTER_MAX);
    buffer_init(&letter.text, LETTER_MAX);
    buffer_init(&letter.translation, LETTER_MAX);
    result = render_subject(request, &parts, letter.subject, detail);
    if (result >= 0)
        result = render_message(request, &parts, &letter, detail);
    if (result < 0) {
        letter_done(&letter);
        return error_set(detail, result, "letter: %s", error_text(result));
    }
    letter.digest = digest_of(letter.message.data, letter.message.size);
    *ret_letter = letter;
    return 0;
}

void letter_done(struct letter *letter)
{
    if (!letter)
        return;
    buffer_done(&letter->message);
    buffer_done(&letter->text);
    buffer_done(&letter->translation);
}
