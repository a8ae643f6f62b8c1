/* The law that the authority works by: a folder, as a trial with another process, and with the
 * holidays that it has been told of so far. A holiday told late is a version of its own, proposed
 * and adopted as any: cases that are open keep theirs, and with it the dates that were counted. */
#include "app/admin.h"
#include "app/simulate/parts.h"
#include "base/civil.h"

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

/* Into every calendar of the tree, before its last line. */
static int add_holidays(const struct simulation *sim, struct rulebook_tree *tree,
                        struct arena *arena)
{
    static const char end[] = "END:VCALENDAR";
    for (size_t i = 0; i < tree->count; i++) {
        struct tree_file *file = &tree->files[i];
        struct buffer bytes BUFFER_CLEANUP = {0};
        const uint8_t *last = memmem(file->data, file->size, end, sizeof end - 1);
        if (strncmp(file->path, "calendars/", 10) != 0 || !last)
            continue;
        buffer_init(&bytes, TREE_FILE_MAX);
        buffer_append(&bytes, file->data, (size_t)(last - file->data));
        for (size_t n = 0; n < sim->population.holiday_count; n++) {
            if (sim->population.holidays[n].told <= sim->day)
                append_holiday(&bytes, sim->population.holidays[n].day);
        }
        buffer_append_text(&bytes, "END:VCALENDAR\r\n");
        file->data = arena_copy(arena, bytes.data, bytes.size);
        file->size = bytes.size;
        if (bytes.failure < 0 || !file->data)
            return ERR_NO_MEMORY;
    }
    return 0;
}

static int read_law(const struct simulation *sim, struct rulebook_tree *ret_tree,
                    struct error_detail *detail)
{
    struct rulebook_tree tree RULEBOOK_TREE_CLEANUP = {0};
    struct buffer process BUFFER_CLEANUP = {0};
    struct arena arena ARENA_CLEANUP = {0};
    const char *folder = sim->options->rulebook ? sim->options->rulebook : shipped_rulebook();
    buffer_init(&process, TREE_FILE_MAX);
    arena_init(&arena, TREE_BYTES_MAX);
    int result = rulebook_tree_read(folder, &tree, detail);
    if (result >= 0 && sim->options->process)
        result = replace_process(sim, &tree, &process, detail);
    if (result >= 0)
        result = add_holidays(sim, &tree, &arena);
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

bool statute_changes(const struct simulation *sim)
{
    for (size_t i = 0; i < sim->population.holiday_count; i++) {
        if (sim->population.holidays[i].told == sim->day)
            return true;
    }
    return false;
}

int statute_adopt(struct simulation *sim, struct error_detail *detail)
{
    json_t *text JSON_CLEANUP = NULL;
    struct actor first = {.roles = ROLE_ANALYST}, second = {.roles = ROLE_APPROVER};
    staff_name(STAFF_ANALYST, 0, first.id, sizeof first.id);
    staff_name(STAFF_APPROVER, 0, second.id, sizeof second.id);
    int result = encode_law(sim, &text, detail);
    if (result >= 0)
        result = staff_command(sim, &first, "rulebook.propose", json_pack("{s:O}", "tree", text),
                               NULL, detail);
    if (result >= 0)
        result = staff_command(sim, &second, "rulebook.adopt", json_pack("{s:O}", "tree", text),
                               NULL, detail);
    return result;
}
