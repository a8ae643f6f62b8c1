#include "base/zone.h"

#include "base/buffer.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TYPES_MAX = 256, FOOTER_MAX = 128, HEADER_SIZE = 44 };

/* One date of a POSIX TZ rule (POSIX 8.3; RFC 8536 3.3.1 widens the time to -167..167 hours). */
struct rule_date {
    char kind; /* 'M' month.week.day, 'J' day 1-365 without 29 Feb, 'N' 0-365 */
    int month, week, day;
    int32_t time; /* seconds after 00:00 */
};

struct footer {
    bool present, has_dst;
    int32_t standard, daylight; /* seconds east */
    struct rule_date start, end;
};

struct zone {
    char name[ZONE_NAME_MAX];
    char release[ZONE_RELEASE_MAX];
    struct digest version;
    size_t transition_count, type_count;
    int64_t *transitions; /* seconds, ascending */
    uint8_t *indices;     /* type from that transition on */
    int32_t offsets[TYPES_MAX];
    struct footer footer;
};

static const char system_folder[] = "/usr/share/zoneinfo";

static int64_t floor_divide(int64_t value, int64_t by)
{
    int64_t quotient = value / by;
    return value % by < 0 ? quotient - 1 : quotient;
}

/* --- the footer --- */

static bool read_number(const char **at, int most, int *ret_value)
{
    int value = 0, digits = 0;
    while (**at >= '0' && **at <= '9' && digits < 4) {
        value = value * 10 + (*(*at)++ - '0');
        digits++;
    }
    *ret_value = value;
    return digits > 0 && value <= most;
}

/* "EST" or "<+03>". */
static bool read_name(const char **at)
{
    const char *start = *at;
    if (**at == '<') {
        while (**at && **at != '>')
            (*at)++;
        return *(*at) == '>' && (*at)++ > start + 1;
    }
    while ((**at >= 'A' && **at <= 'Z') || (**at >= 'a' && **at <= 'z'))
        (*at)++;
    return *at - start >= 3;
}

/* [+-]hh[:mm[:ss]] */
static bool read_time(const char **at, int32_t *ret_seconds)
{
    int sign = 1, parts[3] = {0, 0, 0};
    if (**at == '+' || **at == '-')
        sign = *(*at)++ == '-' ? -1 : 1;
    if (!read_number(at, 167, &parts[0]))
        return false;
    for (int i = 1; i < 3 && **at == ':'; i++) {
        (*at)++;
        if (!read_number(at, 59, &parts[i]))
            return false;
    }
    *ret_seconds = sign * (parts[0] * 3600 + parts[1] * 60 + parts[2]);
    return true;
}

static bool read_month_rule(const char **at, struct rule_date *date)
{
    if (!read_number(at, 12, &date->month) || date->month < 1 || *(*at)++ != '.')
        return false;
    if (!read_number(at, 5, &date->week) || date->week < 1 || *(*at)++ != '.')
        return false;
    return read_number(at, 6, &date->day);
}

static bool read_rule_date(const char **at, struct rule_date *date)
{
    if (*(*at)++ != ',')
        return false;
    date->time = 2 * 3600;
    if (**at == 'M' || **at == 'J') {
        date->kind = *(*at)++;
        bool good = date->kind == 'M' ? read_month_rule(at, date)
                                      : read_number(at, 365, &date->day) && date->day >= 1;
        if (!good)
            return false;
    } else {
        date->kind = 'N';
        if (!read_number(at, 365, &date->day))
            return false;
    }
    if (**at != '/')
        return true;
    (*at)++;
    return read_time(at, &date->time);
}

/* POSIX counts offsets west of Greenwich; we count east. */
static bool read_footer(const char *text, struct footer *footer)
{
    const char *at = text;
    if (!read_name(&at) || !read_time(&at, &footer->standard))
        return false;
    footer->standard = -footer->standard;
    footer->present = true;
    if (*at == '\0')
        return true;
    footer->has_dst = true;
    footer->daylight = footer->standard + 3600;
    if (!read_name(&at))
        return false;
    if (*at != ',') {
        if (!read_time(&at, &footer->daylight))
            return false;
        footer->daylight = -footer->daylight;
    }
    return read_rule_date(&at, &footer->start) && read_rule_date(&at, &footer->end) && *at == '\0';
}

/* The day of a rule in a year, as a civil day. */
static int32_t rule_day(const struct rule_date *date, int year)
{
    int32_t first = civil_days(year, 1, 1);
    if (date->kind == 'N')
        return first + date->day;
    if (date->kind == 'J') {
        bool leap = civil_days(year + 1, 1, 1) - first == 366;
        return first + date->day - 1 + (leap && date->day >= 60);
    }
    int32_t month_start = civil_days(year, date->month, 1);
    int32_t next_month =
        date->month == 12 ? civil_days(year + 1, 1, 1) : civil_days(year, date->month + 1, 1);
    int sunday_based = (int)civil_weekday(month_start) % 7; /* 0 is Sunday */
    int32_t day = month_start + (date->day - sunday_based + 7) % 7 + 7 * (date->week - 1);
    return day >= next_month ? day - 7 : day;
}

static int32_t footer_offset(const struct footer *footer, int64_t seconds)
{
    if (!footer->has_dst)
        return footer->standard;
    int year, month, day;
    civil_from_days((int32_t)floor_divide(seconds + footer->standard, 86400), &year, &month, &day);
    int64_t start =
        (int64_t)rule_day(&footer->start, year) * 86400 + footer->start.time - footer->standard;
    int64_t end =
        (int64_t)rule_day(&footer->end, year) * 86400 + footer->end.time - footer->daylight;
    bool daylight = start < end ? seconds >= start && seconds < end
                                : seconds >= start || seconds < end; /* southern hemisphere */
    return daylight ? footer->daylight : footer->standard;
}

/* --- TZif --- */

struct header {
    uint32_t isut, isstd, leap, time, type, chars;
    char version;
};

static uint32_t big32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static int64_t big64(const uint8_t *at)
{
    return (int64_t)((uint64_t)big32(at) << 32 | big32(at + 4));
}

static int read_header(const uint8_t *data, size_t size, struct header *ret_header)
{
    if (size < HEADER_SIZE || memcmp(data, "TZif", 4) != 0)
        return ERR_SYNTAX;
    struct header header = {
        .version = (char)data[4],
        .isut = big32(data + 20),
        .isstd = big32(data + 24),
        .leap = big32(data + 28),
        .time = big32(data + 32),
        .type = big32(data + 36),
        .chars = big32(data + 40),
    };
    if (header.type < 1 || header.type > TYPES_MAX || header.time > ZONE_TRANSITIONS_MAX ||
        header.chars > ZONE_BYTES_MAX || header.leap > ZONE_TRANSITIONS_MAX ||
        header.isut > TYPES_MAX || header.isstd > TYPES_MAX)
        return ERR_LIMIT;
    *ret_header = header;
    return 0;
}

static size_t body_size(const struct header *header, size_t time_size)
{
    return header->time * (time_size + 1) + header->type * 6 + header->chars +
           header->leap * (time_size + 4) + header->isstd + header->isut;
}

static int read_body(struct zone *zone, const struct header *header, const uint8_t *body,
                     size_t time_size)
{
    zone->transitions = calloc(header->time + 1, sizeof *zone->transitions);
    zone->indices = calloc(header->time + 1, 1);
    if (!zone->transitions || !zone->indices)
        return ERR_NO_MEMORY;
    const uint8_t *indices = body + header->time * time_size;
    const uint8_t *types = indices + header->time;
    for (size_t i = 0; i < header->time; i++) {
        const uint8_t *at = body + i * time_size;
        zone->transitions[i] = time_size == 8 ? big64(at) : (int32_t)big32(at);
        zone->indices[i] = indices[i];
        if (indices[i] >= header->type)
            return ERR_SYNTAX;
        if (i > 0 && zone->transitions[i] <= zone->transitions[i - 1])
            return ERR_SYNTAX;
    }
    for (size_t i = 0; i < header->type; i++) {
        zone->offsets[i] = (int32_t)big32(types + i * 6);
        if (zone->offsets[i] < -26 * 3600 || zone->offsets[i] > 26 * 3600)
            return ERR_SYNTAX; /* RFC 8536 3.2: should lie within -24:59:59 and 25:59:59 */
    }
    zone->transition_count = header->time;
    zone->type_count = header->type;
    return 0;
}

/* "\n" TZ string "\n"; an empty string means that nothing is known after the last transition. */
static int parse_footer(struct zone *zone, const uint8_t *at, size_t size)
{
    char text[FOOTER_MAX];
    const uint8_t *end = size > 1 && at[0] == '\n' ? memchr(at + 1, '\n', size - 1) : NULL;
    if (!end || (size_t)(end - at) > sizeof text)
        return ERR_SYNTAX;
    size_t length = (size_t)(end - at) - 1;
    memcpy(text, at + 1, length);
    text[length] = '\0';
    if (length == 0)
        return 0;
    return strlen(text) == length && read_footer(text, &zone->footer) ? 0 : ERR_SYNTAX;
}

static int parse_bytes(struct zone *zone, const uint8_t *data, size_t size)
{
    struct header header;
    int result = read_header(data, size, &header);
    if (result < 0)
        return result;
    size_t first = HEADER_SIZE + body_size(&header, 4);
    if (first > size)
        return ERR_SYNTAX;
    if (header.version == 0)
        return header.leap ? ERR_UNSUPPORTED : read_body(zone, &header, data + HEADER_SIZE, 4);
    result = read_header(data + first, size - first, &header);
    if (result < 0)
        return result;
    size_t second = first + HEADER_SIZE + body_size(&header, 8);
    if (second > size)
        return ERR_SYNTAX;
    if (header.leap)
        return ERR_UNSUPPORTED;
    result = read_body(zone, &header, data + first + HEADER_SIZE, 8);
    return result < 0 ? result : parse_footer(zone, data + second, size - second);
}

int zone_parse(const char *name, const void *data, size_t size, struct zone **ret_zone,
               struct error_detail *detail)
{
    if (strlen(name) >= ZONE_NAME_MAX || size > ZONE_BYTES_MAX)
        return error_set(detail, ERR_LIMIT, "time zone '%.60s': name or file too long", name);
    struct zone *zone = calloc(1, sizeof *zone);
    if (!zone)
        return error_set(detail, ERR_NO_MEMORY, "time zone '%s': out of memory", name);
    snprintf(zone->name, sizeof zone->name, "%s", name);
    zone->version = digest_of(data, size);
    int result = parse_bytes(zone, data, size);
    if (result < 0) {
        zone_free(zone);
        return error_set(detail, result, "time zone '%s': %s", name,
                         result == ERR_UNSUPPORTED ? "counts leap seconds" : error_text(result));
    }
    *ret_zone = zone;
    return 0;
}

/* "# version 2025b". A folder that does not say has no release. */
static void read_release(const char *directory, char *release)
{
    char path[4096], line[64] = "";
    if (snprintf(path, sizeof path, "%s/tzdata.zi", directory) >= (int)sizeof path)
        return;
    FILE *file = fopen(path, "re");
    if (!file)
        return;
    char *end = fgets(line, sizeof line, file);
    fclose(file);
    static const char begins[] = "# version ";
    const char *word = line + sizeof begins - 1;
    size_t size = end && strncmp(line, begins, sizeof begins - 1) == 0 ? strcspn(word, " \r\n") : 0;
    if (size < ZONE_RELEASE_MAX)
        memcpy(release, word, size);
}

int zone_load(const char *directory, const char *name, struct zone **ret_zone,
              struct error_detail *detail)
{
    char path[4096];
    BUFFER_CLEANUP struct buffer buffer;
    buffer_init(&buffer, ZONE_BYTES_MAX);
    const char *folder = directory ? directory : system_folder;
    if (name[0] == '\0' || name[0] == '/' || strstr(name, ".."))
        return error_set(detail, ERR_SYNTAX, "'%.60s' is no name of a time zone", name);
    if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path)
        return error_set(detail, ERR_LIMIT, "time zone '%.60s': path too long", name);
    int result = buffer_load_file(&buffer, path);
    if (result < 0)
        return error_set(detail, result, "time zone '%s': %s: %s", name, path, error_text(result));
    struct zone *zone;
    result = zone_parse(name, buffer.data, buffer.size, &zone, detail);
    if (result < 0)
        return result;
    read_release(folder, zone->release);
    *ret_zone = zone;
    return 0;
}

void zone_free(struct zone *zone)
{
    if (!zone || zone == zone_utc())
        return;
    free(zone->transitions);
    free(zone->indices);
    free(zone);
}

/* --- questions --- */

/* Without transitions and footer, type 0 with offset 0 always holds. Its version is a constant:
 * SHA-256 of the three letters, computed when asked for. */
static const struct zone utc = {.name = "UTC", .type_count = 1};

const struct zone *zone_utc(void)
{
    return &utc;
}

const char *zone_name(const struct zone *zone)
{
    return zone->name;
}

struct digest zone_version(const struct zone *zone)
{
    return zone == &utc ? digest_of("UTC", 3) : zone->version;
}

const char *zone_release(const struct zone *zone)
{
    return zone->release;
}

static int32_t offset_at(const struct zone *zone, int64_t seconds)
{
    size_t count = zone->transition_count;
    bool after_last = count == 0 || seconds >= zone->transitions[count - 1];
    if (after_last && zone->footer.present)
        return footer_offset(&zone->footer, seconds);
    if (count == 0 || seconds < zone->transitions[0])
        return zone->offsets[0];  /* RFC 8536 3.2: type 0 before the first transition */
    size_t low = 0, high = count; /* transitions[low] <= seconds < transitions[high] */
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (zone->transitions[middle] <= seconds)
            low = middle;
        else
            high = middle;
    }
    return zone->offsets[zone->indices[low]];
}

int32_t zone_offset(const struct zone *zone, int64_t instant)
{
    return offset_at(zone, floor_divide(instant, 1000000));
}

int32_t zone_day_of(const struct zone *zone, int64_t instant)
{
    return civil_day_of(instant + (int64_t)zone_offset(zone, instant) * 1000000);
}

struct civil zone_civil(const struct zone *zone, int64_t instant)
{
    return civil_from_instant(instant + (int64_t)zone_offset(zone, instant) * 1000000);
}

int64_t zone_instant(const struct zone *zone, const struct civil *civil)
{
    int64_t local = civil_to_instant(civil);
    int64_t seconds = floor_divide(local, 1000000);
    /* No offset is larger than a day, so these two stand before and after any change near by. */
    int32_t before = offset_at(zone, seconds - 86400);
    int32_t after = offset_at(zone, seconds + 86400);
    bool before_holds = offset_at(zone, seconds - before) == before;
    bool after_holds = offset_at(zone, seconds - after) == after;
    int32_t offset = before; /* a gap: nothing holds */
    if (before_holds && after_holds)
        offset = before < after ? before : after; /* a fold: the later instant */
    else if (after_holds)
        offset = after;
    return local - (int64_t)offset * 1000000;
}

int64_t zone_day_start(const struct zone *zone, int32_t day)
{
    struct civil civil = {0};
    civil_from_days(day, &civil.year, &civil.month, &civil.day);
    return zone_instant(zone, &civil);
}
