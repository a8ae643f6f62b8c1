/* Parties by obligation, and the same figures for monitoring systems. */
#include "app/query/desk.h"

#include "app/alarm.h"
#include "app/complaints/due.h"
#include "app/query/list.h"
#include "store/evidence.h"
#include "store/hook.h"
#include "store/log.h"
#include "store/outbox.h"
#include "store/party.h"

#include <stdlib.h>
#include <string.h>

static int failed(struct query_call *call, int result, const char *what)
{
    return result < 0 ? app_store_failed(call->app, result, call->detail, what) : 0;
}

/* The latest finding of each obligation, party and subject. */
struct latest {
    struct store_finding *findings;
    size_t count;
};

static int load_latest(struct query_call *call, struct latest *latest)
{
    struct store_finding_query query = {.latest = true};
    for (int i = 0; i < DESK_PAGES_MAX; i++) {
        struct store_finding *page;
        size_t count;
        int result = store_finding_list(call->app->store, &query, call->arena, &page, &count);
        if (result < 0)
            return failed(call, result, "findings");
        for (size_t n = 0; n < count; n++) {
            struct store_finding *slot =
                arena_push(call->arena, &latest->findings, &latest->count, sizeof *slot);
            if (!slot)
                return ERR_LIMIT;
            *slot = page[n];
        }
        if (count < STORE_PAGE_MAX)
            break;
        query.before = page[count - 1].decided_at;
        query.before_id = page[count - 1].id;
    }
    return 0;
}

/* --- the matrix --- */

/* By party, then obligation; of several subjects the worst verdict comes first. */
static int compare_cells(const void *a, const void *b)
{
    const struct finding *left = &((const struct store_finding *)a)->finding,
                         *right = &((const struct store_finding *)b)->finding;
    int order = strcmp(left->party, right->party);
    if (order == 0)
        order = strcmp(left->obligation, right->obligation);
    return order ? order : (int)right->verdict - (int)left->verdict;
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The obligations that findings speak of, each once, sorted. */
static int list_obligations(struct query_call *call, const struct latest *latest,
                            const char ***ret_ids, size_t *ret_count)
{
    const char **ids = arena_array(call->arena, latest->count + 1, sizeof *ids);
    size_t count = 0;
    if (!ids)
        return ERR_LIMIT;
    for (size_t i = 0; i < latest->count; i++)
        ids[i] = latest->findings[i].finding.obligation;
    qsort(ids, latest->count, sizeof *ids, compare_texts);
    for (size_t i = 0; i < latest->count; i++) {
        if (count == 0 || strcmp(ids[count - 1], ids[i]) != 0)
            ids[count++] = ids[i];
    }
    *ret_ids = ids;
    *ret_count = count;
    return 0;
}

static json_t *cell_of(const struct store_finding *finding)
{
    json_t *cell = json_object();
    json_object_set_new(cell, "verdict",
                        finding ? json_string(verdict_text(finding->finding.verdict))
                                : json_null());
    json_object_set_new(cell, "finding", finding ? json_string(finding->id) : json_null());
    return cell;
}

/* One row from the sorted findings that begin at `from`; returns where the next party begins. */
static size_t add_party(struct query_call *call, const struct latest *latest, size_t from,
                        const char **ids, size_t id_count, json_t *list)
{
    const struct store_finding *findings = latest->findings;
    const char *party = findings[from].finding.party;
    json_t *row = json_object(), *cells = json_array();
    size_t at = from;
    for (size_t i = 0; i < id_count; i++) {
        bool mine = at < latest->count && strcmp(findings[at].finding.party, party) == 0 &&
                    strcmp(findings[at].finding.obligation, ids[i]) == 0;
        json_array_append_new(cells, cell_of(mine ? &findings[at] : NULL));
        while (at < latest->count && strcmp(findings[at].finding.party, party) == 0 &&
               strcmp(findings[at].finding.obligation, ids[i]) == 0)
            at++;
    }
    desk_put(row, "id", party);
    desk_put(row, "name", desk_party_name(call, party));
    json_object_set_new(row, "cells", cells);
    /* A subject whose party nobody knows is no row. */
    if (party[0])
        json_array_append_new(list, row);
    else
        json_decref(row);
    return at;
}

static void put_obligations(struct query_call *call, const char **ids, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        const struct obligation *obligation = desk_obligation(call->app, ids[i]);
        json_t *row = json_object();
        desk_put(row, "id", ids[i]);
        desk_put(row, "statement", obligation ? obligation->statement : "");
        json_array_append_new(list, row);
    }
    json_object_set_new(call->result, "obligations", list);
}

static int show_matrix(struct query_call *call)
{
    struct latest latest = {0};
    const char **ids;
    size_t count;
    json_t *list = json_array();
    json_object_set_new(call->result, "parties", list);
    json_object_set_new(call->result, "as_of", query_instant(clock_wall(&call->app->clock)));
    int result = load_latest(call, &latest);
    if (result >= 0)
        result = list_obligations(call, &latest, &ids, &count);
    if (result < 0)
        return result;
    put_obligations(call, ids, count);
    if (latest.count)
        qsort(latest.findings, latest.count, sizeof *latest.findings, compare_cells);
    for (size_t at = 0; at < latest.count && json_array_size(list) < DESK_PARTIES_MAX;)
        at = add_party(call, &latest, at, ids, count, list);
    return 0;
}

int query_desk_matrix(struct query_call *call)
{
    return desk_at_one_moment(call, show_matrix);
}

/* --- figures --- */

static json_t *add_metric(struct query_call *call, const char *name, const char *help)
{
    json_t *samples = json_array();
    json_object_set_new(
        call->result, name,
        json_pack("{s:s, s:s, s:o}", "type", "gauge", "help", help, "samples", samples));
    return samples;
}

static void add_sample(json_t *samples, const char *label, const char *word, size_t value)
{
    json_array_append_new(
        samples, json_pack("{s:{s:s}, s:I}", "labels", label, word, "value", (json_int_t)value));
}

static void add_figure(struct query_call *call, const char *name, const char *help, int64_t value)
{
    json_object_set_new(
        call->result, name,
        json_pack("{s:s, s:s, s:I}", "type", "gauge", "help", help, "value", (json_int_t)value));
}

static int count_targets(struct query_call *call)
{
    const char *after = "";
    int64_t total = 0;
    for (int i = 0; i < DESK_PAGES_MAX; i++) {
        struct tld *page;
        size_t count;
        int result =
            store_tld_list(call->app->store, after, /* limit= */ 0, call->arena, &page, &count);
        if (result < 0)
            return failed(call, result, "TLDs");
        for (size_t n = 0; n < count; n++)
            total += tld_class_contracted(page[n].tld_class);
        if (count < STORE_PAGE_MAX)
            break;
        after = page[count - 1].name;
    }
    add_figure(call, "bailiwick_targets", "Top-level domains under contract", total);
    return 0;
}

static int count_findings(struct query_call *call)
{
    static const enum verdict verdicts[] = {VERDICT_MET, VERDICT_NOT_MET, VERDICT_UNDETERMINED,
                                            VERDICT_NOT_APPLICABLE};
    struct latest latest = {0};
    size_t counts[VERDICT_NOT_MET + 1] = {0};
    int64_t newest = 0;
    int result = load_latest(call, &latest);
    if (result < 0)
        return result;
    for (size_t i = 0; i < latest.count; i++) {
        counts[latest.findings[i].finding.verdict]++;
        if (latest.findings[i].decided_at > newest)
            newest = latest.findings[i].decided_at;
    }
    json_t *samples = add_metric(call, "bailiwick_findings",
                                 "Latest findings of obligation, party and subject by verdict");
    for (size_t i = 0; i < sizeof verdicts / sizeof *verdicts; i++)
        add_sample(samples, "verdict", verdict_text(verdicts[i]), counts[verdicts[i]]);
    add_figure(call, "bailiwick_finding_newest_seconds",
               "When the newest finding was decided, seconds since 1970; 0 for never",
               newest / 1000000);
    return 0;
}

static int count_cases(struct query_call *call)
{
    int64_t counts[STAGE_KIND_COUNT];
    int result = store_case_count_open(call->app->store, counts);
    if (result < 0)
        return failed(call, result, "cases");
    json_t *samples = add_metric(call, "bailiwick_cases", "Open cases by kind of stage");
    for (int kind = 0; kind < STAGE_KIND_COUNT; kind++)
        add_sample(samples, "stage", stage_kind_text((enum stage_kind)kind), (size_t)counts[kind]);
    return 0;
}

static int count_letters(struct query_call *call)
{
    struct store_letter_query query = {.limit = 0};
    size_t counts[LETTER_STATE_COUNT] = {0};
    for (int i = 0; i < DESK_PAGES_MAX; i++) {
        struct store_letter *page;
        size_t count;
        int result = store_letter_list(call->app->store, &query, call->arena, &page, &count);
        if (result < 0)
            return failed(call, result, "letters");
        for (size_t n = 0; n < count; n++)
            counts[page[n].state]++;
        if (count < STORE_PAGE_MAX)
            break;
        query.after = page[count - 1].id;
    }
    json_t *samples = add_metric(call, "bailiwick_letters", "Letters by state");
    for (int state = 0; state < LETTER_STATE_COUNT; state++)
        add_sample(samples, "state", letter_state_text((enum letter_state)state), counts[state]);
    return 0;
}

static int count_tasks(struct query_call *call, enum outbox_state state, size_t *ret_count)
{
    const char *after = "";
    size_t total = 0;
    for (int i = 0; i < DESK_PAGES_MAX; i++) {
        struct store_task *page;
        size_t count;
        int result = store_outbox_list(call->app->store, state, after, /* limit= */ 0, call->arena,
                                       &page, &count);
        if (result < 0)
            return failed(call, result, "outbox");
        total += count;
        if (count < STORE_PAGE_MAX)
            break;
        after = page[count - 1].key;
    }
    *ret_count = total;
    return 0;
}

/* What is done stays for ever and grows; only what is still to do tells anything. */
static int count_outbox(struct query_call *call)
{
    static const enum outbox_state states[] = {OUTBOX_PENDING, OUTBOX_CLAIMED, OUTBOX_DEAD};
    json_t *samples =
        add_metric(call, "bailiwick_outbox", "Work that is decided and not done, by state");
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        size_t count = 0;
        int result = count_tasks(call, states[i], &count);
        if (result < 0)
            return result;
        add_sample(samples, "state", outbox_state_text(states[i]), count);
    }
    return 0;
}

/* What is over tells nothing any more; whose they are a metric does not tell. */
static int count_hooks(struct query_call *call)
{
    struct store *store = call->app->store;
    int64_t active = 0, failing = 0, aside = 0;
    int result = store_hook_count_state(store, HOOK_ACTIVE, &active);
    if (result >= 0)
        result = store_hook_count_failing(store, &failing);
    if (result >= 0)
        result = store_hook_count_state(store, HOOK_SET_ASIDE, &aside);
    if (result < 0)
        return failed(call, result, "hooks");
    json_t *samples = add_metric(call, "bailiwick_hooks", "Hooks that are not over, by state");
    add_sample(samples, "state", "active", (size_t)(active - failing));
    add_sample(samples, "state", "failing", (size_t)failing);
    add_sample(samples, "state", "set-aside", (size_t)aside);
    return 0;
}

static int count_log(struct query_call *call)
{
    struct tlog_frontier frontier;
    int64_t ticked_at;
    int result = store_log_tree(call->app->store, &frontier, &ticked_at);
    if (result < 0)
        return failed(call, result, "log");
    add_figure(call, "bailiwick_log_entries", "Entries of the transparency log",
               (int64_t)frontier.size);
    return 0;
}

/* Whose time has passed; of which complaints they are a metric does not tell. */
static int count_complaints(struct query_call *call)
{
    static const struct {
        enum complaint_state state;
        enum complaint_wait wait;
    } kinds[] = {{COMPLAINT_FILED_STATE, COMPLAINT_WAITS_FOR_FIRST_REVIEW},
                 {COMPLAINT_WAITING_STATE, COMPLAINT_WAITS_FOR_COMPLAINANT}};
    json_t *samples = add_metric(call, "bailiwick_complaints_overdue",
                                 "Complaints that waited too long, by for whom");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        size_t count;
        int result = complaint_due_count(call->app, kinds[i].state, &count, call->detail);
        if (result < 0)
            return result;
        add_sample(samples, "waits_for", complaint_wait_text(kinds[i].wait), count);
    }
    return 0;
}

static int tell_alarms(struct query_call *call)
{
    json_t *samples = add_metric(call, "bailiwick_alarm",
                                 "1 while something is wrong that a person has to look at");
    for (int i = 0; i < APP_ALARM_COUNT; i++)
        add_sample(samples, "kind", alarm_text((enum app_alarm)i),
                   alarm_stands(call->app, (enum app_alarm)i));
    return 0;
}

static int show_metrics(struct query_call *call)
{
    static int (*const counts[])(struct query_call *) = {
        count_targets, count_findings, count_cases,      count_letters, count_outbox,
        count_hooks,   count_log,      count_complaints, tell_alarms};
    int result = 0;
    for (size_t i = 0; result >= 0 && i < sizeof counts / sizeof *counts; i++)
        result = counts[i](call);
    return result;
}

int query_desk_metrics(struct query_call *call)
{
    return desk_at_one_moment(call, show_metrics);
}
