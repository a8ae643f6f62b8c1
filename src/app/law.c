#include "app/law.h"

#include "base/civil.h"
#include "base/zone.h"
#include "rulebook/guard.h"

#include <string.h>

int32_t law_day(const struct rulebook *rulebook, int64_t instant)
{
    /* UTC needs no file; other zones are read once and kept as long as the program runs. */
    static struct zone *cached;
    if (!rulebook || strcmp(rulebook->zone, "UTC") == 0)
        return civil_day_of(instant);
    if (!cached || strcmp(zone_name(cached), rulebook->zone) != 0) {
        zone_free(cached);
        cached = NULL;
        if (zone_load(/* directory= */ NULL, rulebook->zone, &cached, NULL) < 0)
            return civil_day_of(instant);
    }
    return zone_day_of(cached, instant);
}

int32_t law_today(const struct app *app)
{
    return law_day(app->rulebook, clock_wall(&app->clock));
}

const struct obligation *law_alleged(const struct rulebook *rulebook, const char *obligation,
                                     int64_t opened_at)
{
    return rulebook_obligation_find(rulebook, obligation, law_day(rulebook, opened_at));
}

const char *law_document_title(const struct rulebook *rulebook, const struct obligation *obligation)
{
    const struct rulebook_document *document =
        rulebook_document_find(rulebook, obligation->document);
    return document ? document->title : obligation->document;
}

const struct deadline_rule *law_service_clock(const struct process *process,
                                              const struct stage *stage,
                                              const struct case_facts *facts)
{
    for (size_t i = 0; i < process->edge_count; i++) {
        const struct edge *edge = &process->edges[i];
        if (edge->from != stage || edge->event != CASE_NOTICE_SENT)
            continue;
        for (size_t n = 0; n < edge->clock_count; n++) {
            const struct deadline_rule *rule = edge->clocks[n];
            if (rule && guard_holds(&rule->when, facts))
                return rule;
        }
    }
    return NULL;
}

/* The first faults, as many as a detail holds. */
static int say_faults(const struct yaml_faults *faults, int failure, struct error_detail *detail)
{
    struct buffer words BUFFER_CLEANUP = {0};
    buffer_init(&words, 1 << 20);
    yaml_faults_print(faults, &words);
    return error_set(detail, failure, "%s", words.size ? buffer_text(&words) : error_text(failure));
}

/* One file of an archive, as the loader of processes wants it. */
static int read_tree_file(const void *context, const char *path, struct buffer *out)
{
    const struct tree_file *file = rulebook_tree_find(context, path);
    return file ? buffer_append(out, file->data, file->size) : ERR_NOT_FOUND;
}

int law_load_process(const struct rulebook_tree *tree, struct process **ret_process,
                     struct error_detail *detail)
{
    struct yaml_faults faults YAML_FAULTS_CLEANUP = {0};
    yaml_faults_init(&faults);
    const struct process_source source = {"adopted rulebook", read_tree_file, tree};
    int result = process_load_from(&source, /* zoneinfo= */ NULL, &faults, ret_process);
    return result < 0 ? say_faults(&faults, result, detail) : 0;
}

int law_load_folder(const char *folder, struct rulebook **ret_rulebook, struct error_detail *detail)
{
    struct yaml_faults faults YAML_FAULTS_CLEANUP = {0};
    yaml_faults_init(&faults);
    int result = rulebook_load(folder, app_vocabulary(), ret_rulebook, &faults);
    return result < 0 ? say_faults(&faults, result, detail) : 0;
}

int law_load_tree(const struct rulebook_tree *tree, struct rulebook **ret_rulebook,
                  struct error_detail *detail)
{
    struct yaml_faults faults YAML_FAULTS_CLEANUP = {0};
    yaml_faults_init(&faults);
    int result = rulebook_load_tree(tree, "", app_vocabulary(), ret_rulebook, &faults);
    return result < 0 ? say_faults(&faults, result, detail) : 0;
}
