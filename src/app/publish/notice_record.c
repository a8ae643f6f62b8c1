#include "app/publish/notice_record.h"

#include "app/casework/drafting.h"
#include "app/law.h"
#include "base/civil.h"
#include "rulebook/rulebook.h"
#include "store/evidence.h"
#include "store/letter.h"
#include "store/party.h"
#include "view/catalogue.h"

#include <stdio.h>
#include <string.h>

enum { UPDATE_WITHIN_DAYS = 30 };

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
        {CASE_BREACHED, "open"},       {CASE_CURED, "cured"},
        {CASE_SUSPENDED, "suspended"}, {CASE_TERMINATED, "terminated"},
        {CASE_RESCINDED, "withdrawn"}, {CASE_REOPENED, "open"},
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

/* The formal letter that was served last. */
static int find_letter(struct casefile *file, struct arena *arena, struct store_letter *ret_letter,
                       const struct stage **ret_stage, struct error_detail *detail)
{
    struct store_letter *letters;
    size_t count;
    const struct store_letter_query query = {.case_id = file->record.id};
    int result = store_letter_list(file->app->store, &query, arena, &letters, &count);
    if (result < 0)
        return app_store_failed(file->app, result, detail, "letters of a case");
    for (size_t i = count; i-- > 0;) {
        const struct stage *stage = process_stage_find(file->state.process, letters[i].kind);
        if (letters[i].state != LETTER_STATE_SENT || !stage || !stage_kind_formal(stage->kind))
            continue;
        result = store_letter_find(file->app->store, letters[i].id, arena, ret_letter);
        *ret_stage = stage;
        return result < 0 ? app_store_failed(file->app, result, detail, "letter") : 0;
    }
    return error_set(detail, ERR_NOT_FOUND, "case %s has no served formal letter", file->record.id);
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

static int put_updates(struct casefile *file, const char *id, struct arena *arena,
                       struct notice_record *record, struct error_detail *detail)
{
    struct store_publication_update *updates;
    size_t count;
    int result = store_publication_update_list(file->app->store, id, arena, &updates, &count);
    if (result < 0)
        return app_store_failed(file->app, result, detail, "updates of a notice");
    struct notice_update *list = arena_array(arena, count ? count : 1, sizeof *list);
    if (!list)
        return ERR_LIMIT;
    for (size_t i = 0; i < count; i++)
        list[i] = (struct notice_update){.id = arena_printf(arena, "%s-u%u", id, updates[i].seq),
                                         .at = updates[i].at,
                                         .kind = updates[i].kind,
                                         .text = updates[i].text};
    record->updates = list;
    record->update_count = count;
    record->log_index = -1;
    return 0;
}

static int put_letter(struct app *app, struct arena *arena, const struct store_letter *letter,
                      struct notice_record *record, struct error_detail *detail)
{
    char hex[DIGEST_HEX];
    struct markup *html = arena_alloc(arena, sizeof *html);
    if (!html)
        return ERR_LIMIT;
    record->letter_html = html;
    record->letter_subject = letter->subject;
    record->letter_sha256 = arena_copy_text(arena, digest_format(&letter->sha256, hex));
    record->message_id = letter->message_id;
    record->sent_at = letter->updated_at;
    return drafting_load_html(app, letter->id, html, detail);
}

void notice_record_done(struct notice_record *record)
{
    markup_done((struct markup *)record->letter_html);
}

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

int notice_record_make(struct casefile *file, struct arena *arena, struct notice_record *ret_record,
                       struct error_detail *detail)
{
    struct notice_record record = {.handler = "", .approver = ""};
    struct store_letter letter;
    struct party party;
    const struct stage *stage = NULL;
    char id[NOTICE_ID_MAX];
    int result = find_letter(file, arena, &letter, &stage, detail);
    if (result < 0)
        return result;
    result = store_party_find(file->app->store, file->record.party, arena, &party);
    if (result < 0)
        return app_store_failed(file->app, result, detail, "party");
    result = notice_state(file, arena, &record.state, detail);
    if (result < 0)
        return result;
    notice_id(file->record.id, id);
    record.id = arena_copy_text(arena, id);
    record.case_id = arena_copy_text(arena, file->record.id);
    record.kind = stage->id;
    record.party_id = party.id;
    record.party_name = party.name;
    record.iana_id = party.iana_id;
    record.subject = arena_copy_text(arena, file->record.subject);
    record.tld = party.kind == PARTY_REGISTRY ? record.subject : "";
    record.effect = catalogue_word(catalogue_find("en"), "effect", record.state);
    put_law(file, arena, &record);
    if (!record.id || !record.case_id || !record.subject || !record.obligation_id)
        return ERR_LIMIT;
    result = put_letter(file->app, arena, &letter, &record, detail);
    if (result >= 0)
        result = put_cure(file, arena, &record, detail);
    if (result >= 0)
        result = put_updates(file, record.id, arena, &record, detail);
    if (result >= 0)
        result = put_evidence(file, letter.created_at, arena, &record, detail);
    if (result < 0) {
        notice_record_done(&record);
        return result;
    }
    record.published_at = record.update_count ? record.updates[0].at : record.sent_at;
    if (strcmp(record.state, "open") == 0 || strcmp(record.state, "suspended") == 0)
        record.next_update_due = file->state.last_at + UPDATE_WITHIN_DAYS * CIVIL_DAY_US;
    *ret_record = record;
    return 0;
}
