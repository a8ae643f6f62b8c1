#include "proto/mail/sent.h"

#include "base/civil.h"
#include "base/error.h"
#include "base/text.h"

#include <string.h>

enum { LABEL_MAX = 40, NAME_LEAST = 4, LINE_MAX_BYTES = 998 };

/* As mail programs and web forms print them. Letters outside ASCII are compared as they are. */
static const char *const who_labels[] = {
    "to",   "cc", "from", "an", "von",  "à",      "a",      "de",        "pour",   "para",
    "кому", "от", "إلى",  "من", "宛先", "收件人", "发件人", "recipient", "sender",
};
static const char *const when_labels[] = {
    "date",    "sent",       "received", "submitted", "submitted on", "received on",
    "sent on", "datum",      "gesendet", "envoyé",    "fecha",        "enviado",
    "дата",    "отправлено", "التاريخ",  "日期",      "发送时间",     "日時",
};
static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";

struct reading {
    const struct sent_question *question;
    struct arena *arena;
    struct sent sent;
};

/* --- days --- */

static int month_of(const char *word, size_t size)
{
    for (int i = 0; size >= 3 && i < 12; i++) {
        char three[4] = {word[0], word[1], word[2], '\0'};
        text_lower(three);
        if (memcmp(three, months + (size_t)3 * (size_t)i, 3) == 0)
            return i + 1;
    }
    return 0;
}

/* Up to three numbers or months in a row: "Tue, 1 Dec 2026 10:00" has 1, 12, 2026. */
struct pieces {
    int values[3];
    size_t sizes[3];
    int count, month_at; /* -1: none is a word */
    char sign;           /* between the first two */
};

static bool is_letter(char sign)
{
    return (sign >= 'a' && sign <= 'z') || (sign >= 'A' && sign <= 'Z');
}

static bool is_digit(char sign)
{
    return sign >= '0' && sign <= '9';
}

static void take_word(const char **at, const char *end, struct pieces *pieces)
{
    const char *from = *at;
    while (*at < end && is_letter(**at))
        ++*at;
    int month = month_of(from, (size_t)(*at - from));
    if (month == 0 || pieces->month_at >= 0)
        return;
    pieces->month_at = pieces->count;
    pieces->sizes[pieces->count] = 0;
    pieces->values[pieces->count++] = month;
}

static void take_number(const char **at, const char *end, struct pieces *pieces)
{
    int value = 0;
    const char *from = *at;
    for (; *at < end && is_digit(**at) && *at - from < 5; ++*at)
        value = value * 10 + (**at - '0');
    if (pieces->count == 0 && *at < end)
        pieces->sign = **at;
    pieces->sizes[pieces->count] = (size_t)(*at - from);
    pieces->values[pieces->count++] = value;
}

static void cut(const char *from, const char *end, struct pieces *pieces)
{
    *pieces = (struct pieces){.month_at = -1};
    while (from < end && pieces->count < 3) {
        if (is_digit(*from))
            take_number(&from, end, pieces);
        else if (is_letter(*from))
            take_word(&from, end, pieces);
        else
            from++;
    }
}

static bool make_day(int year, int month, int day, int32_t *ret_day)
{
    int same_year, same_month, same_day;
    if (year < 1990 || year > 2999 || month < 1 || month > 12 || day < 1 || day > 31)
        return false;
    int32_t days = civil_days(year, month, day);
    civil_from_days(days, &same_year, &same_month, &same_day);
    if (same_month != month || same_day != day)
        return false; /* 31 February */
    *ret_day = days;
    return true;
}

static bool read_day(const char *from, const char *end, int32_t *ret_day)
{
    struct pieces p;
    cut(from, end, &p);
    if (p.count < 3)
        return false;
    if (p.sizes[0] == 4 && p.month_at < 0) /* 2026-12-01, 2026/12/01 */
        return make_day(p.values[0], p.values[1], p.values[2], ret_day);
    if (p.sizes[2] != 4)
        return false;
    if (p.month_at == 1) /* 1 Dec 2026 */
        return make_day(p.values[2], p.values[1], p.values[0], ret_day);
    if (p.month_at == 0) /* December 1, 2026 */
        return make_day(p.values[2], p.values[0], p.values[1], ret_day);
    /* 1.12.2026 is the day first wherever points are used; with other signs nobody knows. */
    return p.month_at < 0 && p.sign == '.' &&
           make_day(p.values[2], p.values[1], p.values[0], ret_day);
}

static void add_day(struct reading *reading, const char *from, const char *end)
{
    struct sent *sent = &reading->sent;
    int32_t day;
    if (sent->day_count < SENT_DAYS_MAX && read_day(from, end, &day))
        sent->days[sent->day_count++] = day;
}

/* --- addresses --- */

static bool in_address(char sign)
{
    return is_letter(sign) || is_digit(sign) || (sign && strchr("@.-_+", sign));
}

static int add_address(struct reading *reading, const char *from, const char *end)
{
    struct sent *sent = &reading->sent;
    while (from < end && !is_letter(*from) && !is_digit(*from))
        from++;
    while (end > from && !is_letter(end[-1]) && !is_digit(end[-1]))
        end--;
    size_t size = (size_t)(end - from);
    if (size > SENT_ADDRESS_BYTES || !memchr(from, '@', size) ||
        sent->address_count == SENT_ADDRESSES_MAX)
        return 0;
    char *own = arena_copy_slice(reading->arena, from, size);
    if (!own)
        return ERR_LIMIT;
    text_lower(own);
    sent->addresses[sent->address_count++] = own;
    return 0;
}

static int add_addresses(struct reading *reading, const char *at, const char *end)
{
    int result = 0;
    while (result >= 0 && at < end) {
        const char *from = at;
        while (at < end && in_address(*at))
            at++;
        if (at > from)
            result = add_address(reading, from, at);
        else
            at++;
    }
    return result;
}

/* --- lines --- */

static bool is_one_of(const char *label, const char *const *labels, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(labels[i], label) == 0)
            return true;
    }
    return false;
}

/* The text in front of the colon (also the one of full width), less blanks and signs of emphasis.
 */
static const char *split(const char *line, const char *end, char label[LABEL_MAX])
{
    static const char wide[] = "：";
    const char *colon = memchr(line, ':', (size_t)(end - line));
    const char *other = memmem(line, (size_t)(end - line), wide, sizeof wide - 1);
    size_t skip = 1;
    if (other && (!colon || other < colon)) {
        colon = other;
        skip = sizeof wide - 1;
    }
    if (!colon)
        return NULL;
    const char *last = colon;
    while (line < last && strchr(" \t*_>|", *line))
        line++;
    while (last > line && strchr(" \t*_", last[-1]))
        last--;
    if (last == line || last - line >= LABEL_MAX)
        return NULL;
    memcpy(label, line, (size_t)(last - line));
    label[last - line] = '\0';
    text_lower(label);
    return colon + skip;
}

#define COUNT(list) (sizeof(list) / sizeof *(list))

static int read_line(struct reading *reading, const char *line, const char *end)
{
    char label[LABEL_MAX];
    const char *value = split(line, end, label);
    if (!value)
        return 0;
    if (is_one_of(label, when_labels, COUNT(when_labels)))
        add_day(reading, value, end);
    return is_one_of(label, who_labels, COUNT(who_labels)) ? add_addresses(reading, value, end) : 0;
}

static bool holds(const char *text, size_t size, const char *name)
{
    size_t length = strlen(name);
    for (size_t i = 0; length >= NAME_LEAST && i + length <= size; i++) {
        size_t k = 0;
        while (k < length && (text[i + k] | (is_letter(text[i + k]) ? 0x20 : 0)) ==
                                 (name[k] | (is_letter(name[k]) ? 0x20 : 0)))
            k++;
        if (k == length)
            return true;
    }
    return false;
}

int sent_read(const struct sent_question *question, struct arena *arena, struct sent *ret_sent)
{
    struct reading reading = {.question = question, .arena = arena};
    size_t size = question->size < SENT_READ_MAX ? question->size : SENT_READ_MAX;
    const char *at = question->text, *end = at + size;
    int result = 0;
    while (result >= 0 && at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        stop = stop ? stop : end;
        if (stop - at <= LINE_MAX_BYTES)
            result = read_line(&reading, at, stop);
        at = stop + 1;
    }
    for (size_t i = 0; i < question->name_count; i++)
        reading.sent.named = reading.sent.named || holds(question->text, size, question->names[i]);
    if (result >= 0)
        *ret_sent = reading.sent;
    return result;
}
