/* What comes in: complaints of others, and matters that the authority opens by itself.
 *
 * Each minute of a day may bring one of each; so the number of a day is as good as Poisson and
 * every arrival has its own name, by day and minute. */
#include "app/casework/allegation.h"
#include "app/law.h"
#include "app/simulate/parts.h"
#include "base/civil.h"
#include "rulebook/rulebook.h"
#include "store/party.h"

#include <stdio.h>
#include <string.h>

enum { MINUTES = 1440, SCALE = 1 << 30, AGAIN_WITHIN_DAYS = 300 };

struct arrival {
    enum party_kind kind;
    int32_t day;
    int minute;
    bool ours; /* monitoring, not a complaint */
};

static uint64_t key_of(const struct arrival *arrival)
{
    return ((uint64_t)arrival->day * MINUTES + (uint64_t)arrival->minute) * 4 +
           (uint64_t)arrival->kind * 2 + arrival->ours;
}

static uint64_t seed_of(const struct simulation *sim)
{
    return (uint64_t)sim->options->seed;
}

/* How many of SCALE minutes of such a day bring something. */
static uint32_t chance_of(const struct simulation *sim, const struct arrival *arrival)
{
    const struct population_kind *kind = &sim->population.kinds[arrival->kind];
    int year, month, day;
    civil_from_days(arrival->day, &year, &month, &day);
    int32_t first = civil_days(year, month, 1);
    double in_month = (double)(arrival->ours ? kind->monitored : kind->received)[month - 1] *
                      (double)simulation_parties(sim, arrival->kind) / (double)kind->parties;
    return (uint32_t)(in_month * SCALE / (civil_add_months(first, 1) - first) / MINUTES);
}

/* Does this minute bring something? */
static bool comes(const struct simulation *sim, const struct arrival *arrival, uint32_t chance)
{
    const struct draw draw = {DRAW_ARRIVAL, key_of(arrival), 0};
    return draw_below(seed_of(sim), draw, SCALE) < chance;
}

/* --- what it is about --- */

static int load_agreements(struct simulation *sim, enum party_kind kind, struct arena *arena,
                           struct rulebook_question *question, struct error_detail *detail)
{
    char id[32];
    struct agreement *agreements;
    founding_party_id(kind, 0, id, sizeof id);
    int result =
        store_agreement_list(sim->app.store, id, arena, &agreements, &question->agreement_count);
    question->agreements = agreements;
    return result < 0 ? app_store_failed(&sim->app, result, detail, "agreements") : 0;
}

static bool binds(const struct rulebook_binding *bindings, size_t count, const char *obligation)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(bindings[i].obligation->id, obligation) == 0)
            return true;
    }
    return false;
}

/* The topics of a type of complaint share its weight. */
static int add_topics(struct simulation *sim, enum party_kind kind,
                      const struct complaint_type *type, const struct rulebook_binding *bindings,
                      size_t count)
{
    int family = case_fact_word(FACT_FAMILY, type->family);
    int64_t weight = population_weight_of(&sim->population, type->id) * DRAW_WHOLE;
    for (size_t i = 0; i < type->obligation_count; i++) {
        if (!binds(bindings, count, type->obligations[i]))
            continue;
        struct topic *slot = arena_push(&sim->topic_arena[kind], &sim->topics[kind],
                                        &sim->topic_count[kind], sizeof *slot);
        if (!slot)
            return ERR_LIMIT;
        *slot = (struct topic){type->obligations[i],
                               family < 0 ? FAMILY_DEFAULT : (enum fact_family)family,
                               weight / (int64_t)type->obligation_count};
    }
    return 0;
}

/* Parties of a kind have the same agreement, so what binds one today binds all. Once a month is
 * often enough to find out: a rule that begins meanwhile is complained about from the next on. */
static int find_topics(struct simulation *sim, enum party_kind kind, struct error_detail *detail)
{
    int year, month, day;
    struct arena arena ARENA_CLEANUP = {0};
    char tld[8] = "";
    const struct rulebook_binding *bindings;
    size_t count;
    civil_from_days(sim->day, &year, &month, &day);
    if (sim->topics_month[kind] == year * 12 + month)
        return 0;
    arena_init(&arena, STEP_ARENA_MAX);
    if (kind == PARTY_REGISTRY)
        founding_tld(0, tld, sizeof tld);
    struct rulebook_question question = {.kind = kind, .subject = tld, .day = law_today(&sim->app)};
    int result = load_agreements(sim, kind, &arena, &question, detail);
    if (result >= 0)
        result = rulebook_in_force(sim->rulebook, &question, &arena, &bindings, &count);
    arena_clear(&sim->topic_arena[kind]);
    sim->topics[kind] = NULL;
    sim->topic_count[kind] = 0;
    for (size_t i = 0; result >= 0 && i < sim->rulebook->complaint_count; i++)
        result = add_topics(sim, kind, &sim->rulebook->complaints[i], bindings, count);
    sim->topics_month[kind] = year * 12 + month;
    return result;
}

static const struct topic *draw_topic(const struct simulation *sim, enum party_kind kind,
                                      uint64_t key)
{
    int64_t sum = 0;
    for (size_t i = 0; i < sim->topic_count[kind]; i++)
        sum += sim->topics[kind][i].weight;
    int64_t at = draw_below(seed_of(sim), (struct draw){DRAW_TYPE, key, 0}, (uint32_t)sum);
    for (size_t i = 0; i < sim->topic_count[kind]; i++) {
        at -= sim->topics[kind][i].weight;
        if (at < 0)
            return &sim->topics[kind][i];
    }
    return NULL;
}

/* A few parties have most complaints: the smaller of two draws is taken. */
static int64_t draw_party(const struct simulation *sim, enum party_kind kind, uint64_t key)
{
    uint32_t parties = (uint32_t)simulation_parties(sim, kind);
    uint32_t one = draw_below(seed_of(sim), (struct draw){DRAW_PARTY, key, 0}, parties);
    uint32_t other = draw_below(seed_of(sim), (struct draw){DRAW_PARTY, key, 1}, parties);
    return one < other ? one : other;
}

struct about {
    char party[32], subject[40];
    const struct topic *topic;
};

static bool find_about(const struct simulation *sim, const struct arrival *arrival,
                       struct about *ret_about)
{
    uint64_t key = key_of(arrival);
    int64_t party = draw_party(sim, arrival->kind, key);
    ret_about->topic = draw_topic(sim, arrival->kind, key);
    founding_party_id(arrival->kind, party, ret_about->party, sizeof ret_about->party);
    if (arrival->kind == PARTY_REGISTRY)
        founding_tld(party, ret_about->subject, sizeof ret_about->subject);
    else
        snprintf(ret_about->subject, sizeof ret_about->subject, "n%d-%d.example", arrival->day,
                 arrival->minute);
    return ret_about->topic != NULL;
}

/* One more about what many complain about these days: what came last, today or yesterday, so that
 * nobody has looked at it yet. */
static bool in_crowd(const struct simulation *sim, const struct arrival *arrival)
{
    const struct population_kind *kind = &sim->population.kinds[arrival->kind];
    return !arrival->ours && draw_share(seed_of(sim), (struct draw){DRAW_CROWD, key_of(arrival), 0},
                                        kind->crowd[simulation_month(arrival->day)]);
}

static struct arrival joined(const struct simulation *sim, const struct arrival *arrival)
{
    struct arrival earlier = *arrival;
    for (; earlier.day >= sim->first_day && earlier.day >= arrival->day - 1; earlier.day--) {
        uint32_t chance = chance_of(sim, &earlier);
        while (earlier.minute-- > 0) {
            if (comes(sim, &earlier, chance) && !in_crowd(sim, &earlier))
                return earlier;
        }
        earlier.minute = MINUTES;
    }
    return *arrival;
}

/* An earlier arrival that this one is about again, when there was one on the drawn day. */
static struct arrival repeated(const struct simulation *sim, const struct arrival *arrival)
{
    uint64_t key = key_of(arrival);
    uint32_t back = draw_below(seed_of(sim), (struct draw){DRAW_AGAIN, key, 1}, AGAIN_WITHIN_DAYS);
    struct arrival earlier = {arrival->kind, arrival->day - 1 - (int32_t)back, 0, arrival->ours};
    uint32_t chance = chance_of(sim, &earlier);
    for (; earlier.day >= sim->first_day && earlier.minute < MINUTES; earlier.minute++) {
        if (comes(sim, &earlier, chance))
            return earlier;
    }
    return *arrival;
}

/* The arrival whose matter this one is about: its own as a rule. */
static struct arrival meant_by(const struct simulation *sim, const struct arrival *arrival)
{
    const struct population_kind *kind = &sim->population.kinds[arrival->kind];
    if (in_crowd(sim, arrival))
        return joined(sim, arrival);
    const struct draw draw = {DRAW_AGAIN, key_of(arrival), 0};
    return draw_share(seed_of(sim), draw, kind->again) ? repeated(sim, arrival) : *arrival;
}

/* --- taking it --- */

static int receive(struct simulation *sim, const struct arrival *arrival, const struct about *about,
                   struct casefile *file, struct error_detail *detail)
{
    const struct actor machine = command_machine();
    struct casefile_step request = {.step = {.type = CASE_RECEIVED,
                                             .party = arrival->kind,
                                             .origin = ORIGIN_COMPLAINT,
                                             .family = about->topic->family},
                                    .actor = &machine};
    char object[CASE_NAME_MAX];
    const char *subject = about->subject;
    const int32_t today = law_today(&sim->app);
    struct case_allegation allegation = {.obligation = about->topic->obligation,
                                         .subjects = &subject,
                                         .subject_count = 1,
                                         .from = today,
                                         .to = today};
    if (file->event_count == 0) {
        int pinned = allegation_pin(&sim->app, about->party, CIVIL_FAR_PAST, &file->arena,
                                    &allegation, detail);
        if (pinned < 0)
            return pinned;
        request.step.alleges = true;
        request.step.allegation = &allegation;
    }
    CASE_TEXT(request.step.reason, file->event_count ? "complaint-joined" : "complaint");
    snprintf(object, sizeof object, "k-%llu", (unsigned long long)key_of(arrival));
    int result = casefile_step(file, &request, detail);
    if (result < 0)
        return result;
    const struct store_link link = {.case_id = file->record.id,
                                    .kind = "complaint",
                                    .object = object,
                                    .linked_at = clock_wall(&sim->app.clock),
                                    .linked_by = machine.id,
                                    .unlinked_by = ""};
    result = store_link_put(sim->app.store, &link);
    if (result < 0)
        return app_store_failed(&sim->app, result, detail, "link of a complaint");
    return matter_refresh(sim, file->record.id, detail);
}

/* A complaint about an open matter joins it (invariant 9). */
static int take_complaint(struct simulation *sim, const struct arrival *arrival,
                          const struct about *about, struct error_detail *detail)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    struct arena arena ARENA_CLEANUP = {0};
    struct store_case open;
    const struct store_case_key key = {about->party, about->topic->obligation, about->subject};
    arena_init(&arena, 1 << 20);
    int result = store_case_find_open(sim->app.store, &key, &arena, &open);
    if (result >= 0) {
        result = casefile_open(&sim->app, open.id, &file, detail);
    } else if (result == ERR_NOT_FOUND) {
        const struct store_case record = {.party = key.party,
                                          .obligation = key.obligation,
                                          .subject = key.subject,
                                          .process = sim->rulebook->digest_text,
                                          .origin = ORIGIN_COMPLAINT};
        result = casefile_new(&sim->app, &record, &file, detail);
    } else {
        app_store_failed(&sim->app, result, detail, "open case");
    }
    return result < 0 ? result : receive(sim, arrival, about, &file, detail);
}

/* What we noticed ourselves, as yet without proof of a violation: an inquiry. */
static int open_ours(struct simulation *sim, const struct about *about, uint64_t key,
                     struct error_detail *detail)
{
    struct actor analyst;
    json_t *result JSON_CLEANUP = NULL;
    if (!staff_pick(sim, STAFF_ANALYST, key, NULL, &analyst))
        return 0;
    int failure = staff_command(sim, &analyst, "case.open",
                                json_pack("{s:s, s:s, s:s, s:s, s:s}", "party", about->party,
                                          "obligation", about->topic->obligation, "subject",
                                          about->subject, "origin", "monitoring", "source", "post"),
                                &result, detail);
    return failure < 0 ? failure : matter_refresh(sim, json_text(result, "case"), detail);
}

static int take(struct simulation *sim, const struct arrival *arrival, struct error_detail *detail)
{
    struct about about;
    const struct arrival meant = meant_by(sim, arrival);
    if (!find_about(sim, &meant, &about))
        return 0; /* nothing binds such a party: nobody has a type of complaint to choose */
    return arrival->ours ? open_ours(sim, &about, key_of(arrival), detail)
                         : take_complaint(sim, arrival, &about, detail);
}

static int take_minute(struct simulation *sim, int minute, uint32_t chances[2][2],
                       struct error_detail *detail)
{
    int result = 0;
    for (int i = 0; result >= 0 && i < 4; i++) {
        const struct arrival arrival = {i & 2 ? PARTY_REGISTRAR : PARTY_REGISTRY, sim->day, minute,
                                        i & 1};
        uint32_t chance = chances[arrival.kind][arrival.ours];
        if (chance && comes(sim, &arrival, chance))
            result = take(sim, &arrival, detail);
    }
    return result;
}

int arrivals_take(struct simulation *sim, struct error_detail *detail)
{
    uint32_t chances[2][2];
    for (int kind = 0; kind < 2; kind++) {
        for (int ours = 0; ours < 2; ours++)
            chances[kind][ours] =
                chance_of(sim, &(struct arrival){(enum party_kind)kind, sim->day, 0, ours});
    }
    int result = find_topics(sim, PARTY_REGISTRY, detail);
    if (result >= 0)
        result = find_topics(sim, PARTY_REGISTRAR, detail);
    for (int minute = 0; result >= 0 && minute < MINUTES; minute++)
        result = take_minute(sim, minute, chances, detail);
    return result;
}
