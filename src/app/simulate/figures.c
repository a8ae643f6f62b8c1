#include "app/simulate/parts.h"
#include "base/civil.h"
#include "rulebook/process.h"

#include <stdio.h>
#include <string.h>

static const char *const names[] = {
#define E(name, text) text,
    FIGURE_LIST(E)
#undef E
};

/* Months since the first one of the run. */
static int month_of(const struct simulation *sim, int64_t at)
{
    int year, month, day, first_year, first_month, first_day;
    civil_from_days(civil_day_of(at), &year, &month, &day);
    civil_from_days(sim->first_day, &first_year, &first_month, &first_day);
    int index = (year - first_year) * 12 + month - first_month;
    return index < 0 ? 0 : index < SIMULATE_MONTHS_MAX ? index : SIMULATE_MONTHS_MAX - 1;
}

/* The stage that a letter announces. */
static const struct stage *stage_of(const struct process *process, const char *letter)
{
    for (size_t i = 0; letter[0] && i < process->stage_count; i++) {
        if (strcmp(process->stages[i].letter, letter) == 0)
            return &process->stages[i];
    }
    return NULL;
}

static void count_letter(int64_t *counts, const struct stage *stage)
{
    if (!stage)
        return;
    if (stage->kind == STAGE_INFORMAL && stage->level >= 1 && stage->level <= 3)
        counts[FIGURE_FIRST + stage->level - 1]++;
    if (stage->kind == STAGE_ESCALATED)
        counts[FIGURE_ESCALATED]++;
    if (stage->kind == STAGE_BREACH)
        counts[FIGURE_BREACH]++;
}

static void count_closure(int64_t *counts, const struct process *process, const char *code)
{
    const struct closure_code *closure = process_closure_find(process, code);
    counts[FIGURE_CLOSED]++;
    counts[FIGURE_OUT_OF_SCOPE] += closure && closure->family == CLOSURE_OUT_OF_SCOPE;
}

/* The data of most events has nothing that is counted. */
static bool reads_data(const struct case_event *event)
{
    return event->type == CASE_OPENED || event->type == CASE_NOTICE_SENT ||
           event->type == CASE_CLOSED;
}

static void count_event(int64_t *counts, const struct process *process,
                        const struct case_event *event)
{
    struct case_step step;
    if (reads_data(event) && case_step_decode(event, &step, NULL) < 0)
        return;
    counts[FIGURE_EVENTS]++;
    counts[FIGURE_SUSPENSION] += event->type == CASE_SUSPENDED;
    counts[FIGURE_TERMINATION] += event->type == CASE_TERMINATED;
    counts[FIGURE_CURED] += event->type == CASE_CURED;
    counts[FIGURE_BOUNCED] += event->type == CASE_BOUNCED;
    counts[FIGURE_MONITORED] +=
        event->type == CASE_OPENED && event->seq == 1 && step.origin == ORIGIN_MONITORING;
    if (event->type == CASE_RECEIVED && strncmp(event->reason, "complaint", 9) == 0) {
        counts[FIGURE_RECEIVED]++;
        counts[FIGURE_JOINED] += event->seq > 1;
    }
    if (event->type == CASE_NOTICE_SENT)
        count_letter(counts, stage_of(process, step.letter));
    if (event->type == CASE_CLOSED)
        count_closure(counts, process, step.closure);
}

void figures_count(struct simulation *sim, const struct casefile *file, uint32_t after)
{
    uint8_t party = file->state.facts.values[FACT_PARTY];
    for (size_t i = after; i < file->event_count; i++) {
        const struct case_event *event = &file->events[i];
        count_event(sim->figures->counts[month_of(sim, event->at)][party], file->state.process,
                    event);
    }
}

json_t *figures_report(const struct simulation *sim)
{
    char first[CIVIL_DATE_TEXT], end[CIVIL_DATE_TEXT], month[16];
    json_t *list = json_array();
    int64_t last = (int64_t)(sim->day - 1) * CIVIL_DAY_US;
    for (int m = 0; sim->day > sim->first_day && m <= month_of(sim, last); m++) {
        int year, number, day;
        civil_from_days(civil_add_months(sim->first_day, m), &year, &number, &day);
        snprintf(month, sizeof month, "%04d-%02d", year, number);
        for (int kind = PARTY_REGISTRAR; kind >= PARTY_REGISTRY; kind--) {
            json_t *row = json_pack("{s:s, s:s}", "month", month, "party",
                                    party_kind_text((enum party_kind)kind));
            for (int f = 0; f < FIGURE_COUNT; f++)
                json_object_set_new(row, names[f], json_integer(sim->figures->counts[m][kind][f]));
            json_array_append_new(list, row);
        }
    }
    return json_pack("{s:I, s:I, s:I, s:s, s:s, s:I, s:o}", "seed", sim->options->seed,
                     "registrars", sim->options->registrars, "registries", sim->options->registries,
                     "from", civil_format_date(sim->first_day, first), "until",
                     civil_format_date(sim->day, end), "open_cases", (json_int_t)sim->live,
                     "months", list);
}

int figures_month(const struct simulation *sim, int32_t day)
{
    return month_of(sim, (int64_t)day * CIVIL_DAY_US);
}

json_t *figures_save(const struct simulation *sim, int month)
{
    json_t *list = json_array();
    for (int i = 0; i < 2 * FIGURE_COUNT; i++)
        json_array_append_new(
            list, json_integer(sim->figures->counts[month][i / FIGURE_COUNT][i % FIGURE_COUNT]));
    return list;
}

int figures_load(struct simulation *sim, int month, const json_t *saved)
{
    size_t index;
    json_t *value;
    if (json_array_size(saved) != (size_t)2 * FIGURE_COUNT)
        return ERR_DAMAGED;
    json_array_foreach(saved, index, value)
        sim->figures->counts[month][index / FIGURE_COUNT][index % FIGURE_COUNT] =
        json_integer_value(value);
    return 0;
}
