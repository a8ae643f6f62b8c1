/* Puts many questions to the engine of deadlines: tests/vectors/oracle.py compares the answers.
 *
 *   deadline_ask ZONEINFO < QUESTIONS
 *
 * Each line of stdin is SERVICE,N,UNIT,ZONE,END,ROLL,FILE in the words of deadlines.csv, FILE being
 * the path of a calendar (last, so that it may hold anything). Each line of stdout is the date, the
 * instant and, but for hours, one letter per day walked from day zero on: z day zero, c counted, o
 * off, r rolled to. A question that cannot be read ends the program with 2; one that the engine
 * refuses is answered with the name of the error. */
#include "base/civil.h"
#include "base/error.h"
#include "cases/deadline.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 7, LINE_MAX_BYTES = 4000, KEPT_MAX = 2000, TRACE_MAX = 100000 };

/* What was loaded once, by its name. */
struct kept {
    char *name;
    struct zone *zone;
    struct calendar *calendar;
};

static struct kept kept[KEPT_MAX];
static size_t kept_count;

static _Noreturn void give_up(const char *format, ...) __attribute__((format(printf, 1, 2)));

static _Noreturn void give_up(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    exit(2);
}

static struct kept *find_kept(const char *name)
{
    for (size_t i = 0; i < kept_count; i++)
        if (strcmp(kept[i].name, name) == 0)
            return &kept[i];
    if (kept_count == KEPT_MAX)
        give_up("more than %d zones and calendars", KEPT_MAX);
    kept[kept_count].name = strdup(name);
    if (!kept[kept_count].name)
        give_up("out of memory");
    return &kept[kept_count++];
}

static const struct zone *get_zone(const char *folder, const char *name)
{
    struct kept *entry = find_kept(name);
    struct error_detail detail = {""};
    if (!entry->zone && zone_load(folder, name, &entry->zone, &detail) < 0)
        give_up("zone '%s': %s", name, detail.text);
    return entry->zone;
}

static const struct calendar *get_calendar(const char *path)
{
    struct kept *entry = find_kept(path);
    struct error_detail detail = {""};
    if (!entry->calendar && calendar_load(path, "asked", &entry->calendar, &detail) < 0)
        give_up("calendar '%s': %s", path, detail.text);
    return entry->calendar;
}

static enum deadline_unit parse_unit(const char *text)
{
    static const enum deadline_unit units[] = {UNIT_WORKING_DAYS, UNIT_CALENDAR_DAYS, UNIT_HOURS};
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (strcmp(text, deadline_unit_text(units[i])) == 0)
            return units[i];
    give_up("no unit: '%s'", text);
}

/* The first word is false, the second true. */
static bool parse_either(const char *text, const char *no, const char *yes)
{
    if (strcmp(text, no) != 0 && strcmp(text, yes) != 0)
        give_up("neither '%s' nor '%s': '%s'", no, yes, text);
    return strcmp(text, yes) == 0;
}

static void collect_letters(void *context, const struct deadline_step *step)
{
    static const char letters[] = {
        [MARK_DAY_ZERO] = 'z', [MARK_COUNTED] = 'c', [MARK_WEEKEND] = 'o',
        [MARK_HOLIDAY] = 'o',  [MARK_ROLLED] = 'r',
    };
    buffer_append_byte(context, (uint8_t)letters[step->mark]);
}

static void print_answer(const struct deadline_rule *rule, int64_t service, struct buffer *walked)
{
    char date[CIVIL_DATE_TEXT], instant[CIVIL_INSTANT_TEXT];
    struct deadline deadline;
    buffer_clear(walked);
    int result = deadline_compute(rule, service, collect_letters, walked, &deadline);
    if (result < 0) {
        puts(error_name(result));
        return;
    }
    if (buffer_error(walked))
        give_up("more than %d days walked", TRACE_MAX);
    bool tell = rule->unit != UNIT_HOURS;
    printf("%s %s%s%s\n", civil_format_date(deadline.date, date),
           civil_format_instant(deadline.instant, instant), tell ? " " : "",
           tell ? buffer_text(walked) : "");
}

static void answer(char *line, const char *folder, struct buffer *walked)
{
    char *column[COLUMNS], *rest = line, *end;
    int64_t service;
    for (int i = 0; i < COLUMNS; i++) {
        column[i] = i < COLUMNS - 1 ? strsep(&rest, ",") : rest;
        if (!column[i])
            give_up("fewer than %d columns", COLUMNS);
    }
    if (civil_parse_instant(column[0], &service) < 0)
        give_up("no instant: '%s'", column[0]);
    struct deadline_rule rule = {
        .id = "asked",
        .n = (int32_t)strtol(column[1], &end, 10),
        .unit = parse_unit(column[2]),
        .zone = get_zone(folder, column[3]),
        .end_of_day =
            parse_either(column[4], "zone", "anywhere") ? END_OF_DAY_ANYWHERE : END_OF_DAY_ZONE,
        .roll_forward = parse_either(column[5], "none", "forward"),
        .calendar = get_calendar(column[6]),
    };
    if (*end || end == column[1])
        give_up("no number: '%s'", column[1]);
    print_answer(&rule, service, walked);
}

int main(int argc, char **argv)
{
    char line[LINE_MAX_BYTES];
    BUFFER_CLEANUP struct buffer walked;
    buffer_init(&walked, TRACE_MAX);
    if (argc != 2)
        give_up("usage: deadline_ask ZONEINFO < QUESTIONS");
    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = '\0';
        answer(line, argv[1], &walked);
    }
    for (size_t i = 0; i < kept_count; i++) {
        free(kept[i].name);
        zone_free(kept[i].zone);
        calendar_free(kept[i].calendar);
    }
    return ferror(stdin) || fflush(stdout) ? 2 : 0;
}
