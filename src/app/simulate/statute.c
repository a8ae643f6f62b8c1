/* The law that the authority works by: a folder, as a trial with another process. Holidays that are
 * told late come into force as a calendar of their own, by two people; deadlines that run move. */
#include "app/admin.h"
#include "app/simulate/parts.h"
#include "base/civil.h"
#include "rulebook/calendar.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *shipped_rulebook(void)
{
    return access(RULEBOOK_SOURCE_DIR, R_OK) == 0 ? RULEBOOK_SOURCE_DIR : RULEBOOK_INSTALL_DIR;
}

static int replace_process(const struct simulation *sim, struct rulebook_tree *tree,
                           struct buffer *bytes, struct error_detail *detail)
{
    int result = buffer_load_file(bytes, sim->options->process);
    if (result < 0)
        return error_set(detail, result, "%s: %s", sim->options->process, error_text(result));
    for (size_t i = 0; i < tree->count; i++) {
        if (strcmp(tree->files[i].path, "process.yaml") == 0) {
            tree->files[i].data = bytes->data;
            tree->files[i].size = bytes->size;
        }
    }
    return 0;
}

static void append_holiday(struct buffer *bytes, int32_t day)
{
    int year, month, of_month;
    civil_from_days(day, &year, &month, &of_month);
    buffer_printf(bytes,
                  "BEGIN:VEVENT\r\nUID:%04d%02d%02d@told-late.example\r\n"
                  "DTSTAMP:20220101T000000Z\r\nDTSTART;VALUE=DATE:%04d%02d%02d\r\n"
                  "SUMMARY:Holiday that was told late\r\nEND:VEVENT\r\n",
                  year, month, of_month, year, month, of_month);
}

static int read_law(const struct simulation *sim, struct rulebook_tree *ret_tree,
                    struct error_detail *detail)
{
    struct rulebook_tree tree RULEBOOK_TREE_CLEANUP = {0};
    struct buffer process BUFFER_CLEANUP = {0};
    const char *folder = sim->options->rulebook ? sim->options->rulebook : shipped_rulebook();
    if (!sim->options->process)
        return rulebook_tree_read(folder, ret_tree, detail);
    buffer_init(&process, TREE_FILE_MAX);
    int result = rulebook_tree_read(folder, &tree, detail);
    if (result >= 0)
        result = replace_process(sim, &tree, &process, detail);
    return result < 0 ? result : rulebook_tree_make(tree.files, tree.count, ret_tree, detail);
}

int statute_digest(const struct simulation *sim, char ret_text[DIGEST_HEX],
                   struct error_detail *detail)
{
    struct rulebook_tree tree RULEBOOK_TREE_CLEANUP = {0};
    struct digest digest;
    int result = read_law(sim, &tree, detail);
    if (result >= 0)
        result = rulebook_tree_digest(&tree, &digest);
    if (result >= 0)
        digest_format(&digest, ret_text);
    return result;
}

static int encode_law(const struct simulation *sim, json_t **ret_text, struct error_detail *detail)
{
    struct rulebook_tree tree RULEBOOK_TREE_CLEANUP = {0};
    int result = read_law(sim, &tree, detail);
    if (result >= 0)
        result = admin_rulebook_text(&tree, ret_text);
    return result < 0 ? error_set(detail, result, "rulebook: %s", error_text(result)) : 0;
}

/* One proposes, the other agrees. */
static void lawmakers(const struct simulation *sim, struct actor *ret_first,
                      struct actor *ret_second)
{
    staff_on_duty(sim, STAFF_ANALYST, ret_first);
    staff_on_duty(sim, STAFF_APPROVER, ret_second);
}

int statute_adopt(struct simulation *sim, struct error_detail *detail)
{
    json_t *text JSON_CLEANUP = NULL;
    struct actor first, second;
    lawmakers(sim, &first, &second);
    int result = encode_law(sim, &text, detail);
    if (result >= 0)
        result = staff_command(sim, &first, "rulebook.propose", json_pack("{s:O}", "tree", text),
                               NULL, detail);
    if (result >= 0)
        result = staff_command(sim, &second, "rulebook.adopt", json_pack("{s:O}", "tree", text),
                               NULL, detail);
    return result;
}

/* --- holidays that are told late --- */

static bool is_known(const struct simulation *sim, const struct population_holiday *holiday)
{
    return holiday->told <= sim->day;
}

static bool is_news(const struct simulation *sim)
{
    for (size_t i = 0; i < sim->population.holiday_count; i++) {
        const struct population_holiday *holiday = &sim->population.holidays[i];
        if (holiday->told == sim->day || (sim->day == sim->first_day && is_known(sim, holiday)))
            return true;
    }
    return false;
}

/* The calendar as it ships, with the holidays that are known by now before its last line. */
static int write_calendar(const struct simulation *sim, const struct tree_file *file,
                          struct buffer *out)
{
    static const char end[] = "END:VCALENDAR";
    const uint8_t *last = memmem(file->data, file->size, end, sizeof end - 1);
    buffer_append(out, file->data, last ? (size_t)(last - file->data) : file->size);
    for (size_t i = 0; i < sim->population.holiday_count; i++) {
        if (is_known(sim, &sim->population.holidays[i]))
            append_holiday(out, sim->population.holidays[i].day);
    }
    return buffer_append_text(out, "END:VCALENDAR\r\n");
}

/* What the new calendar moved is planned anew. */
static int touch_moved(struct simulation *sim, const json_t *answer)
{
    size_t index;
    json_t *row;
    int result = 0;
    json_array_foreach(json_object_get(answer, "deadlines"), index, row)
    {
        if (result >= 0 && json_is_true(json_object_get(row, "moves")))
            result = matter_touch(sim, json_text(row, "case"));
    }
    return result;
}

static int change_calendar(struct simulation *sim, const char *name, const struct buffer *ics,
                           struct error_detail *detail)
{
    json_t *answer JSON_CLEANUP = NULL;
    char hex[DIGEST_HEX];
    struct digest sha256 = digest_of(ics->data, ics->size);
    struct actor first, second;
    lawmakers(sim, &first, &second);
    int result = staff_command(sim, &first, "calendar.propose",
                               json_pack("{s:s, s:s%}", "name", name, "ics", ics->data, ics->size),
                               NULL, detail);
    if (result >= 0)
        result = staff_command(
            sim, &second, "calendar.agree",
            json_pack("{s:s, s:s}", "name", name, "sha256", digest_format(&sha256, hex)), &answer,
            detail);
    return result < 0 ? result : touch_moved(sim, answer);
}

int statute_tell(struct simulation *sim, struct error_detail *detail)
{
    struct rulebook_tree tree RULEBOOK_TREE_CLEANUP = {0};
    if (!is_news(sim))
        return 0;
    /* Whatever else happened at this moment happened before. */
    clock_jump(&sim->app.clock, clock_wall(&sim->app.clock) + 1);
    int result = read_law(sim, &tree, detail);
    for (size_t i = 0; result >= 0 && i < tree.count; i++) {
        struct buffer ics BUFFER_CLEANUP = {0};
        char name[CALENDAR_NAME_MAX];
        if (sscanf(tree.files[i].path, "calendars/%47[^.].ics", name) != 1)
            continue;
        buffer_init(&ics, TREE_FILE_MAX);
        result = write_calendar(sim, &tree.files[i], &ics);
        if (result >= 0)
            result = change_calendar(sim, name, &ics, detail);
    }
    return result;
}
