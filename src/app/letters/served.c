/* letter.served: a letter that a person had delivered, by another channel than e-mail. */
#include "app/argument.h"
#include "app/casework/arguments.h"
#include "app/command_list.h"
#include "app/known.h"
#include "app/law.h"
#include "app/letters/service.h"
#include "base/zone.h"
#include "store/letter.h"

#include <string.h>

enum { PROOF_MAX = 200 };

/* E-mail is not among them: of that the program keeps its own records. */
static const char *const channels[] = {"registered-mail", "courier", "fax", "by-hand"};

struct served {
    struct store_letter letter;
    const char *channel, *proof, *failed; /* failed NULL: it was delivered */
    int32_t day;
};

static int read_channel(struct call *call, struct served *served)
{
    int result = call_need_text(call, "channel", &served->channel);
    for (size_t i = 0; result >= 0 && i < sizeof channels / sizeof *channels; i++) {
        if (strcmp(channels[i], served->channel) == 0)
            return 0;
    }
    return result < 0 ? result
                      : error_set(call->detail, ERR_SYNTAX,
                                  "a letter goes by registered-mail, courier, fax or by-hand, not "
                                  "by '%s'",
                                  served->channel);
}

/* Delivery without proof is a claim of ours; an attempt that failed needs the reason alone. */
static int read_proof(struct call *call, struct served *served)
{
    const char *proof = json_text(call->arguments, "proof");
    served->failed = json_text(call->arguments, "failed");
    served->proof = proof ? proof : "";
    const char *needed = served->failed ? served->failed : served->proof;
    if (!needed[0] || strlen(needed) > PROOF_MAX || strlen(served->proof) > PROOF_MAX)
        return error_set(call->detail, ERR_LIMIT,
                         "the proof of delivery, or why it failed, has 1 to %d bytes", PROOF_MAX);
    return 0;
}

static int read_day(struct call *call, struct served *served)
{
    const char *on;
    int result = call_need_text(call, "on", &on);
    return result < 0 ? result : argument_day(call->arguments, "on", 0, &served->day, call->detail);
}

static int read_letter(struct call *call, struct arena *arena, struct served *served)
{
    const char *id;
    int result = call_need_text(call, "letter", &id);
    return result < 0 ? result
                      : app_find_letter(call->app, id, arena, &served->letter, call->detail);
}

/* The end of the day in the zone of the letter's clock, or now while the day is not over: never
 * earlier than it happened, so that no clock starts too early. */
static int64_t service_moment(const struct casefile *file, int32_t day)
{
    const struct case_state *state = &file->state;
    const struct deadline_rule *rule =
        law_service_clock(state->process, state->stage, &state->facts);
    int64_t now = clock_wall(&file->app->clock);
    int64_t end = zone_day_start(rule ? rule->zone : zone_utc(), day + 1) - 1;
    return end < now ? end : now;
}

static int keep_attempt(struct call *call, const struct served *served, int64_t at)
{
    const struct store_attempt attempt = {.letter = served->letter.id,
                                          .begun_at = at,
                                          .ended_at = clock_wall(&call->app->clock),
                                          .phase =
                                              served->failed ? ATTEMPT_REFUSED : ATTEMPT_ACCEPTED,
                                          .reply = served->failed ? served->failed : "",
                                          .recipient = "",
                                          .channel = served->channel,
                                          .proof = served->proof};
    uint32_t number;
    int result = store_attempt_record(call->app->store, &attempt, &number);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "attempt");
    json_object_set_new(call->result, "attempt", json_integer(number));
    return 0;
}

/* The log learns the digest of the proof: a reference may name a person. */
static int take_service(struct call *call, struct casefile *file, const struct served *served,
                        int64_t at)
{
    char hex[DIGEST_HEX];
    const char *evidence = hex;
    const struct digest proof = digest_of(served->proof, strlen(served->proof));
    bool copy = served->letter.state == LETTER_STATE_SENT;
    digest_format(&proof, hex);
    struct casefile_step request = {.step = {.type = copy ? CASE_RESENT : CASE_NOTICE_SENT,
                                             .sha256 = served->letter.sha256,
                                             .service_at = at},
                                    .evidence = &evidence,
                                    .evidence_count = 1};
    CASE_TEXT(request.step.letter, served->letter.kind);
    CASE_TEXT(request.step.channel, served->channel);
    int result = arguments_finish(call, file, &request);
    if (result < 0 || copy)
        return result;
    result = store_letter_set_state(call->app->store, served->letter.id, LETTER_STATE_SENT, at);
    return result < 0 ? app_store_failed(call->app, result, call->detail, "letter") : 0;
}

/* letter.served {letter, channel, on, proof} or {letter, channel, on, failed} */
int letter_served(struct call *call)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    struct arena arena ARENA_CLEANUP = {0};
    struct served served = {.day = 0};
    arena_init(&arena, 4 << 20);
    int result = read_letter(call, &arena, &served);
    if (result >= 0)
        result = read_channel(call, &served);
    if (result >= 0)
        result = read_proof(call, &served);
    if (result >= 0)
        result = read_day(call, &served);
    if (result >= 0)
        result =
            casefile_open_for(call->app, &call->actor, served.letter.case_id, &file, call->detail);
    if (result >= 0)
        result = service_check_letter(&file, &served.letter, call->detail);
    if (result < 0)
        return result;
    int64_t at = service_moment(&file, served.day);
    if (result >= 0 && !served.failed)
        result = take_service(call, &file, &served, at);
    return result < 0 ? result : keep_attempt(call, &served, at);
}
