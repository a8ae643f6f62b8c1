#include "rulebook/process.h"

#include "rulebook/process_build.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PROCESS_PATH_MAX = 100 };

static const char *const unit_texts[] = {"working-days", "calendar-days", "hours"};

const char *deadline_unit_text(enum deadline_unit unit)
{
    return unit_texts[unit];
}

/* --- zones and calendars, each loaded once --- */

static bool is_absent(int result)
{
    return result == -ENOENT || result == ERR_NOT_FOUND;
}

/* A pinned copy comes first; without one the system's zone is taken. */
static int load_zone(const struct process_builder *builder, const char *name,
                     struct zone **ret_zone, struct error_detail *detail)
{
    char path[PROCESS_PATH_MAX];
    BUFFER_CLEANUP struct buffer bytes;
    buffer_init(&bytes, ZONE_BYTES_MAX);
    snprintf(path, sizeof path, "zones/%.60s", name);
    int result = builder->source->read(builder->source->context, path, &bytes);
    if (is_absent(result))
        return zone_load(builder->zoneinfo, name, ret_zone, detail);
    return result < 0 ? result : zone_parse(name, bytes.data, bytes.size, ret_zone, detail);
}

static int load_calendar(const struct process_builder *builder, const char *name,
                         struct calendar **ret_calendar, struct error_detail *detail)
{
    char path[PROCESS_PATH_MAX];
    BUFFER_CLEANUP struct buffer bytes;
    buffer_init(&bytes, CALENDAR_BYTES_MAX);
    snprintf(path, sizeof path, "calendars/%.60s.ics", name);
    int result = builder->source->read(builder->source->context, path, &bytes);
    if (result < 0)
        return error_set(detail, result, "%s: %s", path, error_text(result));
    return calendar_parse(name, bytes.data, bytes.size, ret_calendar, detail);
}

/* Lack of memory is no fault of the file. */
static void blame(struct process_builder *builder, const struct yaml_node *at, int result,
                  const struct error_detail *detail)
{
    if (result == ERR_NO_MEMORY)
        builder->faults->failure = ERR_NO_MEMORY;
    else
        yaml_fault(builder->faults, at, "%s", error_words(detail, result));
}

const struct zone *process_zone(struct process_builder *builder, const char *name,
                                const struct yaml_node *at)
{
    struct process_memory *memory = builder->memory;
    struct error_detail detail = {""};
    if (strcmp(name, "UTC") == 0)
        return zone_utc();
    for (size_t i = 0; i < memory->zone_count; i++) {
        if (strcmp(zone_name(memory->zones[i]), name) == 0)
            return memory->zones[i];
    }
    if (memory->zone_count == PROCESS_PLACES_MAX) {
        yaml_fault(builder->faults, at, "more than %d time zones", PROCESS_PLACES_MAX);
        return NULL;
    }
    int result = load_zone(builder, name, &memory->zones[memory->zone_count], &detail);
    if (result < 0) {
        blame(builder, at, result, &detail);
        return NULL;
    }
    return memory->zones[memory->zone_count++];
}

const struct calendar *process_calendar(struct process_builder *builder, const char *name,
                                        const struct yaml_node *at)
{
    struct process_memory *memory = builder->memory;
    struct error_detail detail = {""};
    for (size_t i = 0; i < memory->calendar_count; i++) {
        if (strcmp(calendar_name(memory->calendars[i]), name) == 0)
            return memory->calendars[i];
    }
    if (memory->calendar_count == PROCESS_PLACES_MAX) {
        yaml_fault(builder->faults, at, "more than %d calendars", PROCESS_PLACES_MAX);
        return NULL;
    }
    int result = load_calendar(builder, name, &memory->calendars[memory->calendar_count], &detail);
    if (result < 0) {
        blame(builder, at, result, &detail);
        return NULL;
    }
    return memory->calendars[memory->calendar_count++];
}

/* --- loading --- */

/* What a case pins: the text of the process and every calendar and zone that it uses. */
static struct digest digest_of_all(const struct process_memory *memory, const struct buffer *text)
{
    struct digest_state state;
    digest_begin(&state);
    struct digest part = digest_of(text->data, text->size);
    digest_add(&state, part.bytes, DIGEST_SIZE);
    for (size_t i = 0; i < memory->calendar_count; i++) {
        part = calendar_version(memory->calendars[i]);
        digest_add(&state, part.bytes, DIGEST_SIZE);
    }
    for (size_t i = 0; i < memory->zone_count; i++) {
        part = zone_version(memory->zones[i]);
        digest_add(&state, part.bytes, DIGEST_SIZE);
    }
    return digest_end(&state);
}

static struct process *new_process(void)
{
    struct process *process = calloc(1, sizeof *process);
    struct process_memory *memory = calloc(1, sizeof *memory);
    if (!process || !memory) {
        free(process);
        free(memory);
        return NULL;
    }
    arena_init(&memory->arena, PROCESS_MEMORY_MAX);
    process->memory = memory;
    return process;
}

/* The tree of the file lives only while it is read. */
static int build(struct process_builder *builder, const struct buffer *text)
{
    ARENA_CLEANUP struct arena tree;
    const struct yaml_node *root = NULL;
    arena_init(&tree, PROCESS_MEMORY_MAX);
    int result = yaml_parse(builder->file, text->data, text->size, &tree, builder->faults, &root);
    if (result == 0)
        result = process_read(builder, root);
    if (result == 0)
        result = yaml_faults_error(builder->faults);
    if (result == 0) {
        builder->process->digest = digest_of_all(builder->memory, text);
        process_check_frame(builder->process, builder->file, builder->faults);
        result = yaml_faults_error(builder->faults);
    }
    return result;
}

int process_load_from(const struct process_source *source, const char *zoneinfo,
                      struct yaml_faults *faults, struct process **ret_process)
{
    char file[4096];
    BUFFER_CLEANUP struct buffer text;
    buffer_init(&text, PROCESS_FILE_MAX);
    snprintf(file, sizeof file, "%s/process.yaml", source->name);
    int result = source->read(source->context, "process.yaml", &text);
    if (result < 0) {
        yaml_fault_at(faults, file, 0, 0, "%s", error_text(result));
        return result;
    }
    struct process *process = new_process();
    if (!process)
        return ERR_NO_MEMORY;
    struct process_builder builder = {
        .process = process,
        .memory = process->memory,
        .faults = faults,
        .source = source,
        .zoneinfo = zoneinfo,
        .file = file,
    };
    result = build(&builder, &text);
    if (result < 0) {
        process_free(process);
        return result;
    }
    *ret_process = process;
    return 0;
}

static int read_folder(const void *context, const char *path, struct buffer *out)
{
    char whole[4096];
    snprintf(whole, sizeof whole, "%s/%s", (const char *)context, path);
    return strstr(path, "..") ? ERR_NOT_FOUND : buffer_load_file(out, whole);
}

int process_load(const char *directory, const char *zoneinfo, struct yaml_faults *faults,
                 struct process **ret_process)
{
    struct process_source source = {directory, read_folder, directory};
    return process_load_from(&source, zoneinfo, faults, ret_process);
}

int process_take_calendar(struct process *process, struct calendar *calendar)
{
    struct process_memory *memory = process->memory;
    size_t at = 0;
    while (at < memory->calendar_count &&
           strcmp(calendar_name(memory->calendars[at]), calendar_name(calendar)) != 0)
        at++;
    if (at == memory->calendar_count)
        return 0;
    if (memory->replaced_count == PROCESS_VERSIONS_MAX)
        return ERR_LIMIT;
    for (size_t i = 0; i < process->rule_count; i++) {
        if (memory->rules[i].calendar == memory->calendars[at])
            memory->rules[i].calendar = calendar;
    }
    memory->replaced[memory->replaced_count++] = memory->calendars[at];
    memory->calendars[at] = calendar;
    return 1;
}

static bool is_version(const struct calendar *calendar, const char *name,
                       const struct digest *version)
{
    struct digest own = calendar_version(calendar);
    return digest_equal(&own, version) && strcmp(calendar_name(calendar), name) == 0;
}

const struct calendar *process_calendar_of(const struct process *process,
                                           const struct deadline_rule *rule,
                                           const struct digest *version)
{
    const struct process_memory *memory = process->memory;
    const char *name = calendar_name(rule->calendar);
    if (is_version(rule->calendar, name, version))
        return rule->calendar;
    for (size_t i = memory->replaced_count; i-- > 0;) {
        if (is_version(memory->replaced[i], name, version))
            return memory->replaced[i];
    }
    return rule->calendar;
}

void process_free(struct process *process)
{
    if (!process)
        return;
    for (size_t i = 0; i < process->memory->replaced_count; i++)
        calendar_free(process->memory->replaced[i]);
    for (size_t i = 0; i < process->memory->calendar_count; i++)
        calendar_free(process->memory->calendars[i]);
    for (size_t i = 0; i < process->memory->zone_count; i++)
        zone_free(process->memory->zones[i]);
    arena_done(&process->memory->arena);
    free(process->memory);
    free(process);
}

/* --- finding --- */

const struct stage *process_stage_find(const struct process *process, const char *id)
{
    for (size_t i = 0; i < process->stage_count; i++) {
        if (strcmp(process->stages[i].id, id) == 0)
            return &process->stages[i];
    }
    return NULL;
}

const struct deadline_rule *process_rule_find(const struct process *process, const char *id)
{
    for (size_t i = 0; i < process->rule_count; i++) {
        if (strcmp(process->rules[i].id, id) == 0)
            return &process->rules[i];
    }
    return NULL;
}

const struct ground *process_ground_find(const struct process *process, const char *id)
{
    for (size_t i = 0; i < process->ground_count; i++) {
        if (strcmp(process->grounds[i].id, id) == 0)
            return &process->grounds[i];
    }
    return NULL;
}

const struct closure_code *process_closure_find(const struct process *process, const char *id)
{
    for (size_t i = 0; i < process->closure_count; i++) {
        if (strcmp(process->closure_codes[i].id, id) == 0)
            return &process->closure_codes[i];
    }
    return NULL;
}

bool process_has_letter(const struct process *process, const char *id)
{
    for (size_t i = 0; i < process->letter_count; i++) {
        if (strcmp(process->letters[i], id) == 0)
            return true;
    }
    return false;
}

bool stage_is_end(const struct stage *stage)
{
    return stage->kind == STAGE_END;
}

bool stage_is_formal(const struct stage *stage)
{
    return stage_kind_formal(stage->kind);
}
