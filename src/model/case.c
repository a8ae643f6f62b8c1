#include "model/case.h"

#include "base/error.h"
#include "base/text.h"

#define COUNT(list) (sizeof(list) / sizeof *(list))

static const char *const stage_kind_texts[] = {
#define E(name, text) [STAGE_##name] = text,
    STAGE_KIND_LIST(E)
#undef E
};

const char *stage_kind_text(enum stage_kind kind)
{
    return stage_kind_texts[kind];
}

int stage_kind_parse(const char *text, enum stage_kind *ret_kind)
{
    int found = text_index(stage_kind_texts, COUNT(stage_kind_texts), text);
    if (found < 0)
        return ERR_SYNTAX;
    *ret_kind = (enum stage_kind)found;
    return 0;
}

bool stage_kind_formal(enum stage_kind kind)
{
    return kind == STAGE_BREACH || kind == STAGE_SANCTION;
}

static const char *const awaits_texts[] = {
#define E(name, text) [AWAITS_##name] = text,
    CASE_AWAITS_LIST(E)
#undef E
};

const char *case_awaits_text(enum case_awaits awaits)
{
    return awaits_texts[awaits];
}

int case_awaits_parse(const char *text, enum case_awaits *ret_awaits)
{
    int found = text_index(awaits_texts, COUNT(awaits_texts), text);
    if (found < 0)
        return ERR_SYNTAX;
    *ret_awaits = (enum case_awaits)found;
    return 0;
}

static const char *const origin_texts[] = {"complaint", "monitoring", "audit"};

const char *case_origin_text(enum case_origin origin)
{
    return origin_texts[origin];
}

int case_origin_parse(const char *text, enum case_origin *ret_origin)
{
    int found = text_index(origin_texts, COUNT(origin_texts), text);
    if (found < 0)
        return ERR_SYNTAX;
    *ret_origin = (enum case_origin)found;
    return 0;
}

static const char *const source_texts[] = {"",      "article",    "post", "earlier-complaint",
                                           "trend", "measurement"};

const char *monitoring_source_text(enum monitoring_source source)
{
    return source_texts[source];
}

int monitoring_source_parse(const char *text, enum monitoring_source *ret_source)
{
    int found = text_index(source_texts, COUNT(source_texts), text);
    if (found < 0)
        return ERR_SYNTAX;
    *ret_source = (enum monitoring_source)found;
    return 0;
}

/* --- events --- */

static const struct vocabulary_row event_rows[] = {
#define E(name, text, machine, moves, summary) [CASE_##name] = {text, summary},
    CASE_EVENT_LIST(E)
#undef E
};

static const struct {
    bool machine, moves;
} event_frame[] = {
#define E(name, text, machine, moves, summary) [CASE_##name] = {machine, moves},
    CASE_EVENT_LIST(E)
#undef E
};

const char *case_event_text(enum case_event_type type)
{
    return event_rows[type].name;
}

const char *case_event_summary(enum case_event_type type)
{
    return event_rows[type].summary;
}

static int row_index(const struct vocabulary_row *rows, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (text_index(&rows[i].name, 1, name) == 0)
            return (int)i;
    }
    return ERR_NOT_FOUND;
}

int case_event_parse(const char *text, enum case_event_type *ret_type)
{
    int found = row_index(event_rows, COUNT(event_rows), text);
    if (found < 0)
        return ERR_SYNTAX;
    *ret_type = (enum case_event_type)found;
    return 0;
}

bool case_event_by_machine(enum case_event_type type)
{
    return event_frame[type].machine;
}

bool case_event_moves(enum case_event_type type)
{
    return event_frame[type].moves;
}

/* --- effects --- */

static const struct vocabulary_row effect_rows[] = {
#define E(name, text, argument, summary) [EFFECT_##name] = {text, summary},
    CASE_EFFECT_LIST(E)
#undef E
};

static const enum effect_argument effect_arguments[] = {
#define E(name, text, argument, summary) [EFFECT_##name] = ARGUMENT_##argument,
    CASE_EFFECT_LIST(E)
#undef E
};

const char *case_effect_text(enum case_effect effect)
{
    return effect_rows[effect].name;
}

int case_effect_parse(const char *text, enum case_effect *ret_effect)
{
    int found = row_index(effect_rows, COUNT(effect_rows), text);
    if (found < 0)
        return ERR_SYNTAX;
    *ret_effect = (enum case_effect)found;
    return 0;
}

enum effect_argument case_effect_argument(enum case_effect effect)
{
    return effect_arguments[effect];
}

/* --- facts --- */

static const struct vocabulary_row fact_rows[] = {
#define E(name, text, summary) [FACT_##name] = {text, summary},
    CASE_FACT_LIST(E)
#undef E
};

static const char *const fact_words[CASE_FACT_COUNT][CASE_FACT_WORDS_MAX] = {
    [FACT_PARTY] = {"registry", "registrar"},
    [FACT_ORIGIN] = {"complaint", "monitoring", "audit"},
    [FACT_FAMILY] = {"default", "registration-data", "audit-request", "audit-remediation"},
    [FACT_VIOLATION] = {"no", "yes"},
    [FACT_LETTER] = {"none", "drafted", "sent", "bounced"},
    [FACT_ANSWER] = {"none", "received", "adequate", "partial", "inadequate"},
    [FACT_EXPIRED] = {"no", "yes"},
    [FACT_FINDING] = {"unknown", "met", "not-met"},
    [FACT_PLAN] = {"none", "agreed", "overdue"},
    [FACT_TOLLED] = {"no", "yes"},
    [FACT_DISPUTE] = {"none", "open", "upheld", "denied", "withdrawn"},
    [FACT_CALLED] = {"no", "yes"},
    [FACT_REPEATED] = {"no", "yes"},
    [FACT_CRITERION] = {"none", "harm", "overdue-remediation", "repeat"},
    [FACT_GROUND] = {"none", "noticed", "immediate"},
    [FACT_CLOSURE] = {"none", "resolved", "out-of-scope", "authority-issue"},
};

const char *const *case_fact_words(enum case_fact fact, size_t *ret_count)
{
    size_t count = 0;
    while (count < CASE_FACT_WORDS_MAX && fact_words[fact][count])
        count++;
    *ret_count = count;
    return fact_words[fact];
}

const char *case_fact_text(enum case_fact fact)
{
    return fact_rows[fact].name;
}

const char *case_fact_summary(enum case_fact fact)
{
    return fact_rows[fact].summary;
}

int case_fact_parse(const char *text, enum case_fact *ret_fact)
{
    int found = row_index(fact_rows, COUNT(fact_rows), text);
    if (found < 0)
        return ERR_NOT_FOUND;
    *ret_fact = (enum case_fact)found;
    return 0;
}

int case_fact_word(enum case_fact fact, const char *word)
{
    size_t count;
    const char *const *words = case_fact_words(fact, &count);
    return text_index(words, count, word);
}

/* An input fact is set in its own event and nowhere else. */
static bool inputs_possible(enum case_event_type event, const struct case_facts *facts)
{
    bool has_ground = facts->values[FACT_GROUND] != GROUND_NONE;
    bool takes_ground =
        event == CASE_BREACHED || event == CASE_SUSPENDED || event == CASE_TERMINATED;
    return (event == CASE_ESCALATED) == (facts->values[FACT_CRITERION] != CRITERION_NONE) &&
           (event == CASE_CLOSED) == (facts->values[FACT_CLOSURE] != CLOSURE_NONE) &&
           (takes_ground || !has_ground);
}

bool case_facts_possible(enum case_event_type event, const struct case_facts *facts)
{
    const uint8_t *values = facts->values;
    if (!inputs_possible(event, facts))
        return false;
    if (event == CASE_DEADLINE_PASSED)
        return values[FACT_EXPIRED] && !values[FACT_TOLLED] && values[FACT_LETTER] == LETTER_SENT;
    if (event == CASE_ANSWERED)
        return values[FACT_ANSWER] == ANSWER_RECEIVED;
    if (event == CASE_ANSWER_JUDGED)
        return values[FACT_ANSWER] > ANSWER_RECEIVED;
    if (event == CASE_DISPUTED)
        return values[FACT_DISPUTE] != DISPUTE_NONE;
    if (event == CASE_DISPUTE_ENDED)
        return values[FACT_DISPUTE] > DISPUTE_OPEN;
    if (event == CASE_MILESTONE_MISSED)
        return values[FACT_PLAN] == PLAN_OVERDUE;
    if (event == CASE_FINDING_MET)
        return values[FACT_FINDING] == FINDING_MET;
    if (event == CASE_FINDING_NOT_MET)
        return values[FACT_FINDING] == FINDING_NOT_MET;
    return true;
}

uint32_t case_event_facts(enum case_event_type event)
{
    if (event == CASE_ESCALATED)
        return 1U << FACT_CRITERION;
    if (event == CASE_CLOSED)
        return 1U << FACT_CLOSURE;
    if (event == CASE_BREACHED || event == CASE_SUSPENDED || event == CASE_TERMINATED)
        return 1U << FACT_GROUND;
    if (event == CASE_DEADLINE_PASSED)
        return 1U << FACT_EXPIRED | 1U << FACT_TOLLED | 1U << FACT_LETTER;
    if (event == CASE_ANSWERED || event == CASE_ANSWER_JUDGED)
        return 1U << FACT_ANSWER;
    if (event == CASE_DISPUTED || event == CASE_DISPUTE_ENDED)
        return 1U << FACT_DISPUTE;
    if (event == CASE_MILESTONE_MISSED)
        return 1U << FACT_PLAN;
    return event == CASE_FINDING_MET || event == CASE_FINDING_NOT_MET ? 1U << FACT_FINDING : 0;
}

/* --- closure --- */

static const char *const closure_texts[] = {"none", "resolved", "out-of-scope", "authority-issue"};

const char *closure_family_text(enum closure_family family)
{
    return closure_texts[family];
}

void case_vocabulary(struct vocabulary *vocabulary)
{
    vocabulary->facts = fact_rows;
    vocabulary->fact_count = COUNT(fact_rows);
    vocabulary->events = event_rows;
    vocabulary->event_count = COUNT(event_rows);
    vocabulary->effects = effect_rows;
    vocabulary->effect_count = COUNT(effect_rows);
}
