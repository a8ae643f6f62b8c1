#include "app/publish/notice_record.h"

#include "app/law.h"
#include "app/publish/notice_letter.h"
#include "base/civil.h"
#include "rulebook/rulebook.h"
#include "store/evidence.h"
#include "store/letter.h"
#include "store/party.h"
#include "view/catalogue.h"

#include <stdio.h>
#include <string.h>

void notice_id(const char *case_id, char ret_id[NOTICE_ID_MAX])
{
    snprintf(ret_id, NOTICE_ID_MAX, "n-%s", case_id);
}

/* By the events that moved the case, whose meaning no rulebook changes; names of stages are its
 * own. */
int notice_state(struct casefile *file, struct arena *arena, const char **ret_state,
                 struct error_detail *detail)
{
    static const struct {
        enum case_event_type event;
        const char *state;
    } states[] = {
        {CASE_BREACHED, "open"},           {CASE_CURED, "cured"},
        {CASE_SUSPENDED, "suspended"},     {CASE_TERMINATED, "terminated"},
        {CASE_RESCINDED, "withdrawn"},     {CASE_REOPENED, "open"},
        {CASE_NOT_RENEWED, "not-renewed"},
    };
    struct case_explanation *rows;
    int result = casefile_explain(file, arena, &rows, detail);
    *ret_state = "open";
    for (size_t i = 0; result >= 0 && i < file->event_count; i++) {
        for (size_t n = 0; n < sizeof states / sizeof *states; n++) {
            if (rows[i].from != rows[i].to && rows[i].event->type == states[n].event)
                *ret_state = states[n].state;
        }
    }
    return result;
}

int notice_site(struct app *app, struct arena *arena, struct site *ret_site)
{
    const struct rulebook *rulebook = app->rulebook;
    const char *origin;
    if (store_meta_get(app->store, STORE_META_ORIGIN, arena, &origin) < 0)
        origin = app->config.log_name;
    *ret_site = (struct site){.url = app->config.public_url,
                              .authority_name = rulebook ? rulebook->authority_name : "",
                              .authority_short = rulebook ? rulebook->authority_short : "",
                              .contact_email = app->config.mail_from,
                              .rulebook_version = rulebook ? rulebook->version : "",
                              .log_origin = origin,
                              .made_at = clock_wall(&app->clock),
                              .demo = app_is_demo(app)};
    return 0;
}

struct cure_trace {
    struct arena *arena;
    const char **lines;
    size_t count;
};

static void put_trace(void *context, const struct deadline_step *step)
{
    struct cure_trace *trace = context;
    char date[CIVIL_DATE_TEXT];
    const char **slot = arena_push(trace->arena, &trace->lines, &trace->count, sizeof *slot);
    if (slot)
        *slot = arena_printf(trace->arena, "%s: %s%s%s", civil_format_date(step->day, date),
                             deadline_mark_text(step->mark), step->name[0] ? ", " : "", step->name);
}

/* The date is that of the last formal letter's service; an extension of it stands beside it. */
static int put_cure(struct casefile *file, struct arena *arena, struct notice_record *record,
                    struct error_detail *detail)
{
    record->cure_date = record->extended_date = CIVIL_FAR_FUTURE;
    record->cure_zone = "UTC";
    struct case_explanation *rows;
    int result = casefile_explain(file, arena, &rows, detail);
    for (size_t i = 0; result >= 0 && i < file->event_count; i++) {
        const struct case_explanation *row = &rows[i];
        if (!row->deadline_changed || !row->deadline.rule || !stage_kind_formal(row->to->kind))
            continue;
        if (row->event->type != CASE_NOTICE_SENT) {
            record->extended_date = row->deadline.date;
            record->extended_instant = row->deadline.instant;
            continue;
        }
        struct cure_trace trace = {.arena = arena};
        struct deadline again;
        record->extended_date = CIVIL_FAR_FUTURE;
        record->extended_instant = 0;
        record->cure_date = row->deadline.date;
        record->cure_instant = row->deadline.instant;
        record->cure_zone = zone_name(row->deadline.rule->zone);
        result = deadline_again(&row->deadline, put_trace, &trace, &again);
        record->cure_trace = trace.lines;
        record->cure_trace_count = trace.count;
    }
    return result;
}

/* --- updates --- */

/* What is known of a notice while its record is made. */
struct making {
    struct arena *arena;
    struct notice_record *record;
    struct notice_items items;
    const struct store_publication_update *updates;
    struct notice_update *told; /* of each of them */
    size_t count;
};

static const struct store_notice_item *find_item(const struct notice_items *items, const char *id)
{
    for (size_t i = 0; i < items->count; i++) {
        if (id[0] && strcmp(items->list[i].id, id) == 0)
            return &items->list[i];
    }
    return NULL;
}

/* Of the letter that was the latest then. */
static const char *kind_at(const struct notice_record *record, int64_t at)
{
    const char *kind = record->letters[0].kind;
    for (size_t i = 0; i < record->letter_count; i++) {
        if (record->letters[i].sent_at <= at)
            kind = record->letters[i].kind;
    }
    return kind;
}

static void tell_update(struct making *making, size_t index)
{
    const struct store_publication_update *update = &making->updates[index];
    const struct store_notice_item *item = find_item(&making->items, update->item);
    bool about =
        item && (item->kind == NOTICE_ITEM_CORRECTION || item->kind == NOTICE_ITEM_WITHDRAWAL);
    making->told[index] = (struct notice_update){
        .id = arena_printf(making->arena, "%s-u%u", making->record->id, update->seq),
        .at = update->at,
        .updated_at = update->at,
        .kind = update->kind,
        .notice_kind = kind_at(making->record, update->at),
        .text = update->text,
        .reason = item ? item->reason : "",
        .about = about ? item->about : "",
        .corrected_by = "",
        .withdrawn_by = ""};
}

static struct notice_update *find_told(struct making *making, const char *id)
{
    for (size_t i = 0; i < making->count; i++) {
        if (strcmp(making->told[i].id, id) == 0)
            return &making->told[i];
    }
    return NULL;
}

static int add_correction(struct making *making, const struct notice_update *by,
                          const struct notice_update *target,
                          struct notice_correction **corrections)
{
    struct notice_correction *slot =
        arena_push(making->arena, corrections, &making->record->correction_count, sizeof *slot);
    if (!slot)
        return ERR_LIMIT;
    *slot = (struct notice_correction){.id = by->id,
                                       .about = by->about,
                                       .at = by->at,
                                       .old_text = target ? target->text : "",
                                       .new_text = by->text,
                                       .reason = by->reason};
    return 0;
}

/* What later updates say of earlier ones, and what the party said last. */
static int link_updates(struct making *making)
{
    struct notice_correction *corrections = NULL;
    for (size_t i = 0; i < making->count; i++) {
        const struct notice_update *by = &making->told[i];
        const struct store_notice_item *item = find_item(&making->items, making->updates[i].item);
        struct notice_update *target = by->about[0] ? find_told(making, by->about) : NULL;
        if (item && item->kind == NOTICE_ITEM_CORRECTION &&
            add_correction(making, by, target, &corrections) < 0)
            return ERR_LIMIT;
        if (!item || !target)
            continue;
        target->updated_at = by->at;
        if (item->kind == NOTICE_ITEM_CORRECTION)
            target->corrected_by = by->id;
        else
            target->withdrawn_by = by->id;
    }
    making->record->corrections = corrections;
    return 0;
}

static void put_party_statement(struct making *making)
{
    for (size_t i = making->count; i-- > 0;) {
        const struct notice_update *told = &making->told[i];
        const struct store_notice_item *item = find_item(&making->items, making->updates[i].item);
        if (!item || item->kind != NOTICE_ITEM_STATEMENT || told->withdrawn_by[0])
            continue;
        const struct notice_update *by =
            told->corrected_by[0] ? find_told(making, told->corrected_by) : NULL;
        making->record->party_statement = by ? by->text : told->text;
        making->record->party_statement_at = told->at;
        return;
    }
}

static int put_updates(struct making *making)
{
    making->told = arena_array(making->arena, making->count, sizeof *making->told);
    if (!making->told)
        return ERR_LIMIT;
    for (size_t i = 0; i < making->count; i++) {
        tell_update(making, i);
        if (!making->told[i].id)
            return ERR_LIMIT;
    }
    int result = link_updates(making);
    if (result < 0)
        return result;
    put_party_statement(making);
    making->record->updates = making->told;
    making->record->update_count = making->count;
    making->record->published_at = making->told[0].at;
    return 0;
}

/* Those of the store, and the one that is being made. */
static int load_updates(struct casefile *file, struct store_publication_update *update,
                        struct making *making, struct error_detail *detail)
{
    struct store_publication_update *there, *all;
    struct store *store = file->app->store;
    size_t count;
    int result =
        store_publication_update_list(store, making->record->id, making->arena, &there, &count);
    if (result < 0)
        return app_store_failed(file->app, result, detail, "updates of a notice");
    if (count >= NOTICE_UPDATES_MAX)
        return error_set(detail, ERR_LIMIT, "notice %s has %d updates already", making->record->id,
                         NOTICE_UPDATES_MAX);
    all = arena_array(making->arena, count + 1, sizeof *all);
    if (!all)
        return ERR_LIMIT;
    if (count)
        memcpy(all, there, count * sizeof *all);
    update->notice = making->record->id;
    update->seq = (uint32_t)count + 1;
    all[count] = *update;
    making->updates = all;
    making->count = count + 1;
    return 0;
}

static int load_items(struct casefile *file, struct making *making, struct error_detail *detail)
{
    struct store_notice_item *list;
    int result =
        store_notice_item_list(file->app->store, file->record.id, /* waiting_only= */ false,
                               making->arena, &list, &making->items.count);
    making->items.list = list;
    return result < 0 ? app_store_failed(file->app, result, detail, "items of a notice") : 0;
}

/* --- the rest --- */

static void put_law(const struct casefile *file, struct arena *arena, struct notice_record *record)
{
    const struct rulebook *rulebook = file->rulebook;
    const struct obligation *o =
        law_alleged(rulebook, file->record.obligation, file->record.opened_at);
    record->obligation_id = arena_copy_text(arena, file->record.obligation);
    record->obligation_statement = o ? o->statement : "";
    record->clause = o ? o->clause : "";
    record->document_title = o ? law_document_title(rulebook, o) : "";
    record->rulebook_version = rulebook->version;
}

/* The notice rests on what its letter named; what failed or was put right later changes nothing. */
static int put_evidence(struct casefile *file, int64_t drafted_at, struct arena *arena,
                        struct notice_record *record, struct error_detail *detail)
{
    struct store_finding finding;
    int result = casefile_failure(file, drafted_at, arena, &finding, detail);
    if (result <= 0)
        return result;
    const struct finding *f = &finding.finding;
    const char **list = arena_array(arena, f->evidence_count ? f->evidence_count : 1, sizeof *list);
    if (!list)
        return ERR_LIMIT;
    for (size_t i = 0; i < f->evidence_count; i++)
        list[i] = f->evidence[i].measurement;
    record->evidence = list;
    record->evidence_count = f->evidence_count;
    return 0;
}

static int put_letters(struct casefile *file, struct making *making,
                       struct store_letter *ret_latest, struct error_detail *detail)
{
    struct notice_record *record = making->record;
    struct notice_letters letters;
    int result = notice_letters_load(file, &making->items, making->arena, &letters, detail);
    if (result < 0)
        return result;
    record->letters = letters.list;
    record->letter_count = letters.count;
    record->kind = letters.stage->id;
    record->message_id = letters.latest.message_id;
    record->sent_at = letters.list[letters.count - 1].sent_at;
    *ret_latest = letters.latest;
    return 0;
}

static int put_party(struct casefile *file, struct making *making, struct error_detail *detail)
{
    struct notice_record *record = making->record;
    struct party party;
    int result = store_party_find(file->app->store, file->record.party, making->arena, &party);
    if (result < 0)
        return app_store_failed(file->app, result, detail, "party");
    record->party_id = party.id;
    record->party_name = party.name;
    record->party_kind = party_kind_text(party.kind);
    record->iana_id = party.iana_id;
    record->tld = party.kind == PARTY_REGISTRY ? record->subject : "";
    return 0;
}

static int put_state(struct casefile *file, struct making *making, struct error_detail *detail)
{
    struct notice_record *record = making->record;
    int result = notice_state(file, making->arena, &record->state, detail);
    if (result < 0)
        return result;
    record->ended = stage_is_end(file->state.stage);
    record->effect = catalogue_word(catalogue_find("en"), "effect", record->state);
    return put_cure(file, making->arena, record, detail);
}

/* What identifies the notice and its matter. */
static int put_matter(struct casefile *file, struct making *making)
{
    struct notice_record *record = making->record;
    char id[NOTICE_ID_MAX];
    notice_id(file->record.id, id);
    record->id = arena_copy_text(making->arena, id);
    record->case_id = arena_copy_text(making->arena, file->record.id);
    record->subject = arena_copy_text(making->arena, file->record.subject);
    put_law(file, making->arena, record);
    return record->id && record->case_id && record->subject && record->obligation_id ? 0
                                                                                     : ERR_LIMIT;
}

int notice_record_make(struct casefile *file, struct store_publication_update *update,
                       struct arena *arena, struct notice_record *ret_record,
                       struct error_detail *detail)
{
    struct notice_record record = {.handler = "", .approver = ""};
    struct making making = {.arena = arena, .record = &record};
    struct store_letter latest = {.created_at = 0};
    int result = put_matter(file, &making);
    if (result >= 0)
        result = load_items(file, &making, detail);
    if (result >= 0)
        result = put_letters(file, &making, &latest, detail);
    if (result >= 0)
        result = put_party(file, &making, detail);
    if (result >= 0)
        result = put_state(file, &making, detail);
    if (result >= 0)
        result = load_updates(file, update, &making, detail);
    if (result >= 0)
        result = put_updates(&making);
    if (result >= 0)
        result = put_evidence(file, latest.created_at, arena, &record, detail);
    if (result >= 0)
        *ret_record = record;
    return result;
}
