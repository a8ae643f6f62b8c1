/* The JSON object of an event: what case_step_decode() needs to take the step again. */
#include "base/civil.h"
#include "base/json.h"
#include "base/json_flat.h"
#include "base/text.h"
#include "cases/allegation.h"
#include "cases/case.h"
#include "cases/demand.h"
#include "cases/letter.h"

#include <string.h>

static const char *const takes_back_texts[] = {"", "call", "recused"};

static const char *word(enum case_fact fact, int value)
{
    size_t count;
    return case_fact_words(fact, &count)[value];
}

static void put_text(struct json_out *out, const char *key, const char *text)
{
    if (text[0])
        json_out_member_text(out, key, text);
}

static void put_origin(struct json_out *out, const struct case_step *step)
{
    json_out_member_text(out, "party", party_kind_text(step->party));
    json_out_member_text(out, "origin", case_origin_text(step->origin));
    put_text(out, "source", monitoring_source_text(step->source));
    json_out_member_text(out, "family", word(FACT_FAMILY, (int)step->family));
    json_out_member_bool(out, "violation", step->violation);
    json_out_member_bool(out, "repeated", step->repeated);
}

static void put_letter(struct json_out *out, const struct case_step *step)
{
    char text[DIGEST_HEX];
    json_out_member_text(out, "letter", step->letter);
    json_out_member_text(out, "sha256", digest_format(&step->sha256, text));
    if (digest_given(&step->translation))
        json_out_member_text(out, "translation", digest_format(&step->translation, text));
    if (step->type == CASE_NOTICE_SENT)
        json_out_member_instant(out, "service_at", step->service_at);
    put_text(out, "channel", step->channel);
}

static bool has_origin(enum case_event_type type)
{
    return type == CASE_RECEIVED || type == CASE_OPENED;
}

/* What comes in later says nothing of where the case came from: nobody was asked. In older stores
 * such events name a registrar and a complaint, whatever is true; folding takes neither. */
static bool says_origin(enum case_event_type type, uint32_t seq)
{
    return has_origin(type) && (type == CASE_OPENED || seq == 1);
}

static bool has_letter(enum case_event_type type)
{
    return type == CASE_NOTICE_DRAFTED || type == CASE_NOTICE_APPROVED ||
           type == CASE_NOTICE_SENT || type == CASE_RESENT || type == CASE_BOUNCED;
}

static bool has_date(enum case_event_type type)
{
    return type == CASE_EXTENDED || type == CASE_REMEDIATION_AGREED ||
           type == CASE_MILESTONE_AGREED || type == CASE_NOT_RENEWED;
}

static void put_allegation(struct json_out *out, const struct case_step *step)
{
    if (step->allegation) {
        json_out_key(out, "allegation");
        allegation_print(out, step->allegation);
    }
    if (step->number)
        json_out_member_int(out, "number", step->number);
    if (step->outcome != ALLEGATION_OPEN || step->type == CASE_ALLEGATION_DECIDED)
        json_out_member_text(out, "outcome", allegation_outcome_text(step->outcome));
}

static void put_inputs(struct json_out *out, const struct case_step *step, uint32_t seq)
{
    if (says_origin(step->type, seq))
        put_origin(out, step);
    if (has_letter(step->type))
        put_letter(out, step);
    put_allegation(out, step);
    demand_print(out, step);
    if (step->judgement != ANSWER_NONE)
        json_out_member_text(out, "judgement", word(FACT_ANSWER, (int)step->judgement));
    if (step->criterion != CRITERION_NONE)
        json_out_member_text(out, "criterion", word(FACT_CRITERION, (int)step->criterion));
    if (step->dispute != DISPUTE_NONE)
        json_out_member_text(out, "dispute", word(FACT_DISPUTE, (int)step->dispute));
    if (has_date(step->type))
        json_out_member_date(out, "until", step->until);
    put_text(out, "call", call_outcome_text(step->call));
    put_text(out, "with", call_role_text(step->with));
    put_text(out, "ground", step->ground);
    if (step->notices > 0)
        json_out_member_int(out, "notices", step->notices);
    put_text(out, "imported", step->imported);
    put_text(out, "closure", step->closure);
    put_text(out, "object", step->object);
    put_text(out, "takes_back", takes_back_texts[step->takes_back]);
    put_text(out, "whom", step->whom);
    put_text(out, "second", step->second);
}

static void put_rule(struct json_out *out, const struct edge *edge)
{
    json_out_key(out, "rule");
    json_out_object(out);
    json_out_member_text(out, "from", edge->from->id);
    json_out_member_text(out, "to", edge->to->id);
    put_text(out, "guard", edge->guard.text);
    json_out_end(out);
}

/* A clock that its rule started shows the day-by-day trace; a moved date names its rule alone. */
static int put_deadline(struct json_out *out, const struct case_step *step,
                        const struct case_deadline *deadline)
{
    bool stands = step->type == CASE_RULES_MIGRATED && deadline->clock == CLOCK_STOPPED;
    if (deadline->clock != CLOCK_RUNNING && !stands) {
        json_out_key(out, "deadline");
        json_out_null(out);
        return 0;
    }
    json_out_key(out, "deadline");
    if (!has_date(step->type) && step->type != CASE_RESUMED && step->type != CASE_ANSWER_JUDGED) {
        BUFFER_CLEANUP struct buffer text;
        buffer_init(&text, CASE_DATA_MAX);
        int result = deadline_print_json(&deadline->due, &text);
        json_out_raw(out, buffer_text(&text), text.size);
        return result;
    }
    json_out_object(out);
    json_out_member_text(out, "rule", deadline->due.rule->id);
    json_out_member_date(out, "date", deadline->due.date);
    json_out_member_instant(out, "instant", deadline->due.instant);
    json_out_end(out);
    return 0;
}

int case_data_encode(const struct case_step *step, const struct case_outcome *outcome,
                     struct buffer *buffer)
{
    struct json_out out;
    int result = 0;
    json_out_init(&out, buffer, /* indent= */ false);
    json_out_object(&out);
    put_inputs(&out, step, outcome->state.seq);
    put_rule(&out, outcome->edge);
    /* What the items say together, where it is not what was said of the rest. */
    int answer = outcome->state.facts.values[FACT_ANSWER];
    if (step->type == CASE_ANSWER_JUDGED && outcome->edge->to == outcome->edge->from &&
        answer != (int)step->judgement)
        json_out_member_text(&out, "answer", word(FACT_ANSWER, answer));
    if (outcome->deadline_changed)
        result = put_deadline(&out, step, &outcome->state.deadline);
    json_out_end(&out);
    return result < 0 ? result : buffer_error(buffer);
}

/* --- decoding --- */

struct decoder {
    const struct json_item *json;
    int failure;
    struct error_detail *detail;
};

static void bad_member(struct decoder *decoder, const char *key)
{
    if (decoder->failure == 0)
        decoder->failure = error_set(decoder->detail, ERR_SYNTAX, "data: '%s' is not valid", key);
}

static void take_text(struct decoder *decoder, const char *key, char *field, size_t size)
{
    const struct json_item *value = json_item_member(decoder->json, key);
    const char *text = json_item_text(value);
    if (value && (!text || case_text_set(field, size, text) < 0))
        bad_member(decoder, key);
}

static uint8_t take_word(struct decoder *decoder, const char *key, enum case_fact fact)
{
    const struct json_item *value = json_item_member(decoder->json, key);
    const char *text = json_item_text(value);
    int found = text ? case_fact_word(fact, text) : value ? ERR_SYNTAX : 0;
    if (found < 0)
        bad_member(decoder, key);
    return found < 0 ? 0 : (uint8_t)found;
}

static bool take_bool(struct decoder *decoder, const char *key)
{
    const struct json_item *value = json_item_member(decoder->json, key);
    enum json_item_kind kind = json_item_kind(value);
    if (value && kind != JSON_ITEM_TRUE && kind != JSON_ITEM_FALSE)
        bad_member(decoder, key);
    return kind == JSON_ITEM_TRUE;
}

static void take_instant(struct decoder *decoder, const struct json_item *object, const char *key,
                         int64_t *ret_instant)
{
    const char *text = json_flat_text(object, key);
    if (!text || civil_parse_instant(text, ret_instant) < 0)
        bad_member(decoder, key);
}

static void take_date(struct decoder *decoder, const struct json_item *object, const char *key,
                      int32_t *ret_date)
{
    const char *text = json_flat_text(object, key);
    if (!text || civil_parse_date(text, ret_date) < 0)
        bad_member(decoder, key);
}

static void take_origin(struct decoder *decoder, struct case_step *step)
{
    const char *source = json_flat_text(decoder->json, "source");
    step->party = (enum party_kind)take_word(decoder, "party", FACT_PARTY);
    step->origin = (enum case_origin)take_word(decoder, "origin", FACT_ORIGIN);
    step->family = (enum fact_family)take_word(decoder, "family", FACT_FAMILY);
    step->violation = take_bool(decoder, "violation");
    step->repeated = take_bool(decoder, "repeated");
    if (source && monitoring_source_parse(source, &step->source) < 0)
        bad_member(decoder, "source");
}

static void take_letter(struct decoder *decoder, struct case_step *step)
{
    const char *digest = json_flat_text(decoder->json, "sha256");
    take_text(decoder, "letter", step->letter, sizeof step->letter);
    take_text(decoder, "channel", step->channel, sizeof step->channel);
    if (!digest || digest_parse(digest, &step->sha256) < 0)
        bad_member(decoder, "sha256");
    const char *translation = json_flat_text(decoder->json, "translation");
    if (translation && digest_parse(translation, &step->translation) < 0)
        bad_member(decoder, "translation");
    if (step->type == CASE_NOTICE_SENT)
        take_instant(decoder, decoder->json, "service_at", &step->service_at);
}

static void take_deadline(struct decoder *decoder, struct case_step *step)
{
    const struct json_item *deadline = json_item_member(decoder->json, "deadline");
    if (json_item_kind(deadline) != JSON_ITEM_OBJECT)
        return;
    step->deadline_recorded = true;
    take_date(decoder, deadline, "date", &step->deadline_date);
    take_instant(decoder, deadline, "instant", &step->deadline_instant);
    const char *calendar = json_flat_text(deadline, "calendar_version");
    if (calendar && digest_parse(calendar, &step->deadline_calendar) < 0)
        bad_member(decoder, "calendar_version");
}

static uint8_t take_number(struct decoder *decoder, const char *key)
{
    const struct json_item *value = json_item_member(decoder->json, key);
    int64_t number = json_item_integer(value);
    bool integer = json_item_kind(value) == JSON_ITEM_INTEGER;
    if (value && (!integer || number < 0 || number > UINT8_MAX))
        bad_member(decoder, key);
    return (uint8_t)number;
}

static void take_allegation(struct decoder *decoder, struct case_step *step)
{
    const struct json_item *allegation = json_item_member(decoder->json, "allegation");
    const char *outcome = json_flat_text(decoder->json, "outcome");
    step->alleges = json_item_kind(allegation) == JSON_ITEM_OBJECT;
    if (allegation && !step->alleges)
        bad_member(decoder, "allegation");
    step->number = take_number(decoder, "number");
    if (outcome && allegation_outcome_parse(outcome, &step->outcome) < 0)
        bad_member(decoder, "outcome");
}

static void take_call(struct decoder *decoder, struct case_step *step)
{
    const char *outcome = json_flat_text(decoder->json, "call"),
               *role = json_flat_text(decoder->json, "with");
    if (outcome && call_outcome_parse(outcome, &step->call) < 0)
        bad_member(decoder, "call");
    if (role && call_role_parse(role, &step->with) < 0)
        bad_member(decoder, "with");
}

static void take_notices(struct decoder *decoder, struct case_step *step)
{
    const struct json_item *value = json_item_member(decoder->json, "notices");
    int64_t count = json_item_kind(value) == JSON_ITEM_INTEGER ? json_item_integer(value) : -1;
    if (value && (count < 0 || count > UINT32_MAX))
        bad_member(decoder, "notices");
    else if (value)
        step->notices = (uint32_t)count;
    take_text(decoder, "imported", step->imported, sizeof step->imported);
}

static void take_correction(struct decoder *decoder, struct case_step *step)
{
    const char *text = json_flat_text(decoder->json, "takes_back");
    int found = text ? text_index(takes_back_texts, 3, text) : 0;
    if (found < 0)
        bad_member(decoder, "takes_back");
    else
        step->takes_back = (enum case_takes_back)found;
    take_text(decoder, "whom", step->whom, sizeof step->whom);
}

static void take_inputs(struct decoder *decoder, struct case_step *step)
{
    if (has_origin(step->type))
        take_origin(decoder, step);
    if (has_letter(step->type))
        take_letter(decoder, step);
    if (has_date(step->type))
        take_date(decoder, decoder->json, "until", &step->until);
    take_allegation(decoder, step);
    if (demand_take(decoder->json, step) < 0)
        bad_member(decoder, "items");
    step->judgement = (enum fact_answer)take_word(decoder, "judgement", FACT_ANSWER);
    step->criterion = (enum fact_criterion)take_word(decoder, "criterion", FACT_CRITERION);
    step->dispute = (enum fact_dispute)take_word(decoder, "dispute", FACT_DISPUTE);
    take_call(decoder, step);
    take_notices(decoder, step);
    take_correction(decoder, step);
    take_text(decoder, "ground", step->ground, sizeof step->ground);
    take_text(decoder, "closure", step->closure, sizeof step->closure);
    take_text(decoder, "object", step->object, sizeof step->object);
    take_text(decoder, "second", step->second, sizeof step->second);
    take_deadline(decoder, step);
}

static int take_head(const struct case_event *event, struct case_step *step,
                     struct error_detail *detail)
{
    if (event->version != CASE_EVENT_VERSION)
        return error_set(detail, ERR_UNSUPPORTED,
                         "form %d of an event is not known to this program", event->version);
    step->type = event->type;
    step->at = event->at;
    if (CASE_TEXT(step->actor, event->actor) < 0 || CASE_TEXT(step->role, event->actor_role) < 0 ||
        CASE_TEXT(step->reason, event->reason) < 0)
        return error_set(detail, ERR_LIMIT, "actor, role or reason longer than %d bytes",
                         CASE_NAME_MAX - 1);
    return 0;
}

int case_step_decode(const struct case_event *event, struct case_step *ret_step,
                     struct error_detail *detail)
{
    struct case_step step = {0};
    struct json_flat data JSON_FLAT_CLEANUP = {0};
    int result = take_head(event, &step, detail);
    if (result < 0)
        return result;
    if (strlen(event->data) > CASE_DATA_MAX)
        return error_set(detail, ERR_LIMIT, "data of more than %d bytes", CASE_DATA_MAX);
    result = json_flat_read(&data, event->data, strlen(event->data), detail);
    if (result < 0)
        return result;
    struct decoder decoder = {.json = data.root, .detail = detail};
    if (json_item_kind(data.root) != JSON_ITEM_OBJECT)
        decoder.failure = error_set(detail, ERR_SYNTAX, "data is not an object");
    else
        take_inputs(&decoder, &step);
    if (decoder.failure < 0)
        return decoder.failure;
    *ret_step = step;
    return 0;
}
