/* What the core looks up for complaints: a name once for all of them, a server one name at a time,
 * what tells nothing three times, and what was under way again after a start. On a real store and
 * with the core's thread; in place of prober and judge stands a function. */
#include "app/core_parts.h"

#include "app/complaints/lookup.h"
#include "app/house.h"
#include "app/monitor/plan.h"
#include "app/query.h"
#include "refusal.h"
#include "store/evidence.h"
#include "store/log.h"
#include "store/party.h"
#include "testing.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TURNS_MAX = 4000, ASKED_MAX = 64, TLDS = 6 };
#define SECOND INT64_C(1000000)
#define REGISTERED                                                                                 \
    "{\"status\":200,\"registrar\":9995,\"abuse_contact\":true,\"statuses\":[\"active\"],"         \
    "\"name\":\"Zoe Quill\"}"
#define ON_HOLD "{\"status\":200,\"registrar\":9996,\"statuses\":[\"client hold\"]}"

static const struct actor anna = {.id = "anna", .roles = ROLE_ANALYST},
                          ada = {.id = "ada", .roles = ROLE_ADMINISTRATOR};

/* --- in place of prober and judge --- */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char asked[ASKED_MAX][80]; /* each name that was asked about, in its order */
static size_t asked_count;
static bool held; /* nobody answers */
static enum sight sight;
static const char *values;
static bool breaks; /* the process dies over it */

static void answer(struct observation *o)
{
    static const char id[] = "00000000000000000000000000000000000000000000000000000000000000ab";
    struct result *result = arena_alloc(&o->arena, sizeof *result);
    *result = (struct result){.check = "rdap.registration",
                              .version = 1,
                              .sight = sight,
                              .code = "rdap.not-registered",
                              .subject = o->plan.target,
                              .values = values};
    buffer_init(&o->measurement, 64);
    buffer_append_text(&o->measurement, "bytes of the answer");
    o->results = (struct result_set){.evidence = id, .vantage = "v", .results = result, .count = 1};
    o->failure = breaks ? error_set(&o->detail, ERR_UNAVAILABLE, "the judge died") : 0;
}

void __wrap_core_observe(struct worker *worker, void *observer);
void __wrap_core_observe(struct worker *worker, void *observer)
{
    struct job_list kept = {.last = &kept.first};
    (void)observer;
    while (worker_goes_on(worker)) {
        for (struct job *job; (job = worker_next(worker));) {
            struct observation *o = (struct observation *)job;
            pthread_mutex_lock(&lock);
            if (asked_count < ASKED_MAX)
                snprintf(asked[asked_count++], sizeof asked[0], "%s", o->plan.rdap_domain);
            pthread_mutex_unlock(&lock);
            job->next = NULL;
            *kept.last = job;
            kept.last = &job->next;
        }
        pthread_mutex_lock(&lock);
        bool wait = held;
        pthread_mutex_unlock(&lock);
        while (!wait && kept.first) {
            struct job *job = kept.first;
            kept.first = job->next;
            if (!kept.first)
                kept.last = &kept.first;
            answer((struct observation *)job);
            worker_end(worker, job);
        }
        struct pollfd wake = {.fd = worker->wake_fd, .events = POLLIN};
        poll(&wake, 1, wait ? 1 : 20);
    }
    while (kept.first) {
        struct job *job = kept.first;
        kept.first = job->next;
        ((struct observation *)job)->failure = ERR_CLOSED;
        worker_end(worker, job);
    }
}

static void hold(bool whether)
{
    pthread_mutex_lock(&lock);
    held = whether;
    pthread_mutex_unlock(&lock);
}

static size_t count_asked(void)
{
    pthread_mutex_lock(&lock);
    size_t count = asked_count;
    pthread_mutex_unlock(&lock);
    return count;
}

/* A step that fails, for a complaint that cannot be opened. */
static bool look_fails;
int __real_lookup_plan_make(struct app *app, const struct complaint_record *record,
                            struct arena *arena, struct lookup_plan *ret_plan,
                            struct error_detail *detail);
int __wrap_lookup_plan_make(struct app *app, const struct complaint_record *record,
                            struct arena *arena, struct lookup_plan *ret_plan,
                            struct error_detail *detail);
int __wrap_lookup_plan_make(struct app *app, const struct complaint_record *record,
                            struct arena *arena, struct lookup_plan *ret_plan,
                            struct error_detail *detail)
{
    return look_fails ? error_set(detail, ERR_DAMAGED, "its words are damaged")
                      : __real_lookup_plan_make(app, record, arena, ret_plan, detail);
}

/* --- a core over some registries --- */

static void put_parties(struct world *world)
{
    struct store *store = world->app.store;
    const struct party registry = {.id = "registry-r",
                                   .kind = PARTY_REGISTRY,
                                   .name = "R",
                                   .status = "contracted",
                                   .rdap_url = ""};
    const struct party registrars[] = {
        {"registrar-9995", PARTY_REGISTRAR, "One", 9995, "accredited", ""},
        {"registrar-9996", PARTY_REGISTRAR, "Two", 9996, "terminated", ""}};
    assert_int_equal(store_party_put(store, &registry), 0);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(store_party_put(store, &registrars[i]), 0);
    for (int i = 0; i < TLDS; i++) { /* the first two at one server */
        char name[8], url[64];
        snprintf(name, sizeof name, "t%d", i);
        snprintf(url, sizeof url, "https://rdap%d.example/%d/", i == 1 ? 0 : i, i);
        const struct tld tld = {name, TLD_GENERIC, registry.id, url};
        const struct agreement agreement = {registry.id, "ra", "2024", name, 15000, 30000};
        assert_int_equal(store_tld_put(store, &tld), 0);
        assert_int_equal(store_agreement_put(store, &agreement), 0);
    }
    const struct tld others[] = {{"zz", TLD_COUNTRY_CODE, NULL, "https://rdap.zz/"},
                                 {"plain", TLD_GENERIC, registry.id, "http://rdap.plain/"},
                                 {"none", TLD_GENERIC, registry.id, ""}};
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(store_tld_put(store, &others[i]), 0);
}

static void start_looking(struct house *house)
{
    core_start_lookups(house->core);
    buffer_init(&house->core->files.hints, 64);
    buffer_init(&house->core->files.ca, 64);
    buffer_append_text(&house->core->files.hints, "hints");
    buffer_append_text(&house->core->files.ca, "certificates");
}

static void end_looking(struct house *house)
{
    house->core->stop = true;
    core_end_lookups(house->core);
    plan_free_files(&house->core->files);
    house->core->stop = false;
}

static int make_house(void **state)
{
    struct house *house = house_new();
    world_begin(house->world, RULEBOOK_SOURCE_DIR);
    put_parties(house->world);
    assert_int_equal(store_commit(house->world->app.store), 0);
    start_looking(house);
    asked_count = 0;
    held = breaks = look_fails = false;
    sight = SIGHT_NOT_SEEN;
    values = REGISTERED;
    *state = house;
    return 0;
}

static int end_house(void **state)
{
    struct house *house = *state;
    end_looking(house);
    house_free(house);
    return 0;
}

/* --- complaints --- */

static const char *file_text(struct house *house, const char *document)
{
    struct world *world = house->world;
    assert_int_equal(store_begin(world->app.store), 0);
    json_t *receipt JSON_CLEANUP = world_file(world, document, /* anyway= */ true);
    assert_int_equal(store_commit(world->app.store), 0);
    return arena_copy_text(&world->arena, json_text(receipt, "reference"));
}

/* About names, as JSON. */
static const char *file(struct house *house, const char *names)
{
    char document[2048];
    snprintf(document, sizeof document,
             "{\"type\":\"registration-data-inaccuracy\",\"names\":[%s],\"answers\":{"
             "\"element\":\"name\",\"why\":\"It is Zoe Quill's.\"}}",
             names);
    return file_text(house, document);
}

static json_t *show(struct house *house, const char *reference)
{
    json_t *answer JSON_CLEANUP = world_ask(house->world, "complaint.show", "complaint", reference);
    return json_incref(json_object_get(answer, "complaint"));
}

static size_t count_looks(struct house *house, const char *reference)
{
    json_t *complaint JSON_CLEANUP = show(house, reference);
    size_t i, count = 0;
    const json_t *event;
    json_array_foreach(json_object_get(complaint, "events"), i, event)
    {
        count += strcmp(json_text(event, "event"), "looked-up") == 0;
    }
    return count;
}

static void turn(struct house *house)
{
    struct pollfd done = {.fd = house->core->looking.event_fd, .events = POLLIN};
    poll(&done, 1, /* timeout= */ 1);
    core_collect_lookups(house->core);
    house->core->next_lookups_us = 0;
    core_give_lookups(house->core);
}

/* Until the complaint was told of so often. */
static void look_until(struct house *house, const char *reference, size_t count)
{
    for (int i = 0; i < TURNS_MAX && count_looks(house, reference) < count; i++)
        turn(house);
    assert_int_equal(count_looks(house, reference), count);
}

static void turn_often(struct house *house)
{
    for (int i = 0; i < 60; i++)
        turn(house);
}

static void go_on(struct house *house, int64_t seconds)
{
    struct app *app = &house->world->app;
    clock_init_frozen(&app->clock, clock_wall(&app->clock) + seconds * SECOND);
}

/* What a scope test says, such as "yes lookup". */
static const char *test_of(struct house *house, const char *reference, const char *test)
{
    json_t *answer JSON_CLEANUP =
        world_ask(house->world, "complaint.scope", "complaint", reference);
    size_t i;
    const json_t *row;
    json_array_foreach(json_object_get(answer, "tests"), i, row)
    {
        const char *from = json_text(row, "from");
        if (strcmp(json_text(row, "test"), test) == 0)
            return arena_printf(&house->world->arena, "%s %s", json_text(row, "holds"),
                                from ? from : "-");
    }
    return "";
}

/* --- a name --- */

/* L4: what a judge would pass on besides is in no event and in no answer. */
static void a_registered_name_becomes_facts(void **state)
{
    struct house *house = *state;
    const char *reference = file(house, "\"Bad.T2.\"");
    assert_string_equal(test_of(house, reference, "registered"), "unknown -");
    look_until(house, reference, 1);
    assert_string_equal(asked[0], "bad.t2");
    json_t *complaint JSON_CLEANUP = show(house, reference);
    const json_t *row = json_array_get(json_object_get(complaint, "looked_up"), 0);
    assert_string_equal(json_text(row, "name"), "bad.t2");
    assert_string_equal(json_text(row, "registered"), "yes");
    assert_int_equal(json_number(row, "registrar", 0), 9995);
    assert_true(json_is_true(json_object_get(row, "abuse_contact")));
    assert_int_equal(json_array_size(json_object_get(row, "statuses")), 1);
    assert_string_equal(json_text(complaint, "state"), "filed");
    assert_string_equal(test_of(house, reference, "registered"), "yes lookup");
    assert_string_equal(test_of(house, reference, "contracted-registrar"), "yes lookup");
    assert_string_equal(test_of(house, reference, "not-suspended"), "yes lookup");
    char *text = json_dumps(complaint, JSON_COMPACT);
    assert_non_null(strstr(text, "looked_up"));
    assert_null(strstr(strstr(text, "looked_up"), "\"name\":\"Zoe"));
    free(text);
}

static void a_registrar_whose_agreement_ended_is_none(void **state)
{
    struct house *house = *state;
    values = ON_HOLD;
    const char *reference = file(house, "\"bad.t2\"");
    look_until(house, reference, 1);
    assert_string_equal(test_of(house, reference, "contracted-registrar"), "no lookup");
    assert_string_equal(test_of(house, reference, "not-suspended"), "no lookup");
}

/* K1: of several names a fact is known where all agree; of one that lies deeper nothing follows
 * from an answer that its parent is not there. */
static void a_name_that_is_not_registered(void **state)
{
    struct house *house = *state;
    sight = SIGHT_SEEN;
    values = "{\"status\":404}";
    const char *plain = file(house, "\"bad.t2\""), *deep = file(house, "\"www.bad.t2\"");
    const char *both = file(house, "\"bad.t2\",\"www.bad.t2\"");
    look_until(house, both, 1);
    assert_string_equal(test_of(house, plain, "registered"), "no lookup");
    assert_string_equal(test_of(house, plain, "contracted-registrar"), "unknown -");
    assert_string_equal(test_of(house, plain, "not-suspended"), "unknown -");
    assert_string_equal(test_of(house, deep, "registered"), "unknown -");
    assert_string_equal(test_of(house, both, "registered"), "unknown -");
    assert_int_equal(count_asked(), 1);
}

/* L3. */
static void many_complaints_ask_once(void **state)
{
    struct house *house = *state;
    enum { COMPLAINTS = 20 };
    const char *references[COMPLAINTS];
    for (size_t i = 0; i < COMPLAINTS; i++)
        references[i] = file(house, "\"bad.t2\"");
    for (size_t i = 0; i < COMPLAINTS; i++)
        look_until(house, references[i], 1);
    assert_int_equal(count_asked(), 1);
    go_on(house, 3700);
    const char *later = file(house, "\"bad.t2\"");
    look_until(house, later, 1);
    assert_int_equal(count_asked(), 2);
}

/* L2: nobody is asked about what is under no contract, has no RDAP service over HTTPS, or is no
 * plain name. */
static void nothing_else_is_asked(void **state)
{
    struct house *house = *state;
    const char *reference =
        file(house, "\"bad.zz\",\"bad.plain\",\"bad.none\",\"bad.elsewhere\",\"t2\"");
    turn_often(house);
    assert_int_equal(count_asked(), 0);
    assert_int_equal(count_looks(house, reference), 0);
    struct lookup_name name;
    struct arena *arena = &house->world->arena;
    static const char *const wrong[] = {"t2",     "a..t2",  "-a.t2",    "a-.t2",
                                        "a_b.t2", "a b.t2", "a/../.t2", "a?b.t2",
                                        "",       ".",      ".t2",      "\xc3\xa9.t2"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(lookup_name_read(wrong[i], arena, &name));
    assert_true(lookup_name_read("WWW.Bad.T2.", arena, &name));
    assert_string_equal(name.domain, "bad.t2");
    assert_string_equal(name.tld, "t2");
    assert_true(name.deep);
}

static void names_of_one_complaint_have_a_limit(void **state)
{
    struct house *house = *state;
    char names[1024] = "";
    for (int i = 0; i < LOOKUP_NAMES_MAX + 5; i++)
        snprintf(names + strlen(names), sizeof names - strlen(names), "%s\"n%d.t2\"", i ? "," : "",
                 i);
    const char *reference = file(house, names);
    look_until(house, reference, 1);
    assert_int_equal(count_asked(), LOOKUP_NAMES_MAX);
}

/* --- how many at once --- */

static void a_server_is_asked_one_thing_at_a_time(void **state)
{
    struct house *house = *state;
    hold(true);
    file(house, "\"a.t0\",\"b.t0\",\"a.t1\""); /* one server */
    turn_often(house);
    assert_int_equal(count_asked(), 1);
    file(house, "\"a.t2\",\"a.t3\",\"a.t4\",\"a.t5\"");
    turn_often(house);
    assert_int_equal(count_asked(), CORE_LOOKUPS_AT_ONCE);
    hold(false);
    for (int i = 0; i < TURNS_MAX && count_asked() < 7; i++)
        turn(house);
    assert_int_equal(count_asked(), 7);
}

/* --- what tells nothing --- */

static void what_tells_nothing_is_asked_three_times(void **state)
{
    struct house *house = *state;
    sight = SIGHT_UNKNOWN;
    const char *one = file(house, "\"bad.t2\""), *other = file(house, "\"bad.t2\"");
    turn_often(house);
    assert_int_equal(count_asked(), 1);
    go_on(house, house->world->app.config.repeat_after_s);
    turn_often(house);
    assert_int_equal(count_asked(), 2);
    go_on(house, 4 * house->world->app.config.repeat_after_s);
    turn_often(house);
    assert_int_equal(count_asked(), 2);
    go_on(house, house->world->app.config.repeat_after_s);
    look_until(house, one, 1);
    look_until(house, other, 1);
    assert_int_equal(count_asked(), LOOKUP_TRIES);
    json_t *complaint JSON_CLEANUP = show(house, one);
    const json_t *row = json_array_get(json_object_get(complaint, "looked_up"), 0);
    assert_string_equal(json_text(row, "registered"), "unknown");
    assert_string_equal(test_of(house, one, "registered"), "unknown -");
}

static void a_process_that_dies_is_a_try(void **state)
{
    struct house *house = *state;
    breaks = true;
    const char *reference = file(house, "\"bad.t2\"");
    turn_often(house);
    breaks = false;
    assert_int_equal(count_looks(house, reference), 0);
    go_on(house, house->world->app.config.repeat_after_s);
    look_until(house, reference, 1);
    assert_string_equal(test_of(house, reference, "registered"), "yes lookup");
    assert_int_equal(count_asked(), 2);
}

/* --- what happens meanwhile --- */

static void what_was_under_way_is_asked_again_after_a_start(void **state)
{
    struct house *house = *state;
    hold(true);
    const char *reference = file(house, "\"bad.t2\"");
    turn_often(house);
    assert_int_equal(count_asked(), 1);
    end_looking(house);
    assert_int_equal(count_looks(house, reference), 0);
    hold(false);
    start_looking(house);
    look_until(house, reference, 1);
    turn_often(house);
    assert_int_equal(count_asked(), 2);
    assert_int_equal(count_looks(house, reference), 1);
}

static void erase(struct house *house, const char *reference)
{
    assert_int_equal(store_begin(house->world->app.store), 0);
    json_decref(
        world_must(house->world, &ada, "complaint.erase",
                   json_pack("{s:s, s:s}", "complaint", reference, "reason", "person-asked")));
    assert_int_equal(store_commit(house->world->app.store), 0);
}

static void what_is_erased_meanwhile_is_dropped(void **state)
{
    struct house *house = *state;
    struct store_lookup_answer answer;
    struct lookup_name name;
    hold(true);
    const char *reference = file(house, "\"bad.t2\"");
    turn_often(house);
    assert_int_equal(count_asked(), 1);
    erase(house, reference);
    hold(false);
    turn_often(house);
    assert_int_equal(count_looks(house, reference), 0);
    assert_true(lookup_name_read("bad.t2", &house->world->arena, &name));
    assert_int_equal(lookup_name_hash(&house->world->app, &name), 0);
    assert_int_equal(store_lookup_answer_newest(house->world->app.store, name.hash, 0,
                                                &house->world->arena, &answer),
                     ERR_NOT_FOUND);
}

/* After an erasure history tells what was seen, and of which name nobody knows. */
static void what_was_seen_goes_with_its_complaint(void **state)
{
    struct house *house = *state;
    const char *reference = file(house, "\"bad.t2\"");
    look_until(house, reference, 1);
    json_t *before JSON_CLEANUP = show(house, reference);
    const char *measurement =
        json_text(json_array_get(json_object_get(before, "looked_up"), 0), "measurement");
    json_t *arguments JSON_CLEANUP =
        json_pack("{s:s, s:s}", "complaint", reference, "measurement", measurement);
    json_t *evidence JSON_CLEANUP = NULL, *none JSON_CLEANUP = NULL;
    struct error_detail detail = {0};
    assert_int_equal(
        query_run(&house->world->app, "complaint.evidence", arguments, &evidence, &detail), 0);
    assert_string_equal(json_text(evidence, "base64"), "Ynl0ZXMgb2YgdGhlIGFuc3dlcg==");
    erase(house, reference);
    json_t *after JSON_CLEANUP = show(house, reference);
    assert_null(json_object_get(after, "looked_up"));
    assert_int_equal(count_looks(house, reference), 1);
    assert_refused(query_run(&house->world->app, "complaint.evidence", arguments, &none, &detail),
                   ERR_NOT_FOUND, &detail, "cites no such lookup");
}

/* One that cannot be opened stands in no other's way, and is looked at again later. */
static void what_cannot_be_opened_waits(void **state)
{
    struct house *house = *state;
    look_fails = true;
    const char *reference = file(house, "\"bad.t2\"");
    turn_often(house);
    look_fails = false;
    const char *other = file(house, "\"good.t2\"");
    look_until(house, other, 1);
    assert_int_equal(count_looks(house, reference), 0);
    go_on(house, 601);
    look_until(house, reference, 1);
}

static void nothing_is_asked_where_it_is_off(void **state)
{
    struct house *house = *state;
    struct error_detail detail = {0};
    const char *waiting = file(house, "\"bad.t2\"");
    house->core->files.hints.size = 0; /* nobody can be asked: it waits */
    turn_often(house);
    house->world->app.config.lookups = 0;
    house->core->files.hints.size = 5;
    turn_often(house);
    const char *reference = file(house, "\"bad.t2\"");
    assert_int_equal(store_begin(house->world->app.store), 0);
    assert_refused(world_run(house->world, &anna, "complaint.look-up",
                             json_pack("{s:s}", "complaint", reference), NULL, &detail),
                   ERR_REFUSED, &detail, "nothing is looked up here");
    store_rollback(house->world->app.store);
    assert_int_equal(count_asked(), 0);
    house->world->app.config.lookups = 1;
    look_until(house, waiting, 1);
    turn_often(house);
    assert_int_equal(count_looks(house, reference), 0);
}

/* Whoever decides knew the complaint as it was filed: what was looked up since is no news. */
static void a_decision_does_not_wait_for_it(void **state)
{
    struct house *house = *state;
    struct error_detail detail = {0};
    const char *reference = file(house, "\"bad.t2\"");
    look_until(house, reference, 1);
    assert_int_equal(store_begin(house->world->app.store), 0);
    assert_int_equal(world_run(house->world, &anna, "complaint.decide",
                               json_pack("{s:s, s:i, s:s}", "complaint", reference, "version", 1,
                                         "need", "more"),
                               NULL, &detail),
                     0);
    store_rollback(house->world->app.store);
}

/* --- again --- */

static int look_up(struct house *house, const char *reference, struct error_detail *detail)
{
    struct store *store = house->world->app.store;
    assert_int_equal(store_begin(store), 0);
    int result = world_run(house->world, &anna, "complaint.look-up",
                           json_pack("{s:s}", "complaint", reference), NULL, detail);
    if (result < 0)
        store_rollback(store);
    else
        assert_int_equal(store_commit(store), 0);
    return result;
}

static void a_person_asks_again(void **state)
{
    struct house *house = *state;
    struct error_detail detail = {0};
    const char *reference = file(house, "\"bad.t2\"");
    look_until(house, reference, 1);
    go_on(house, 20);
    assert_int_equal(look_up(house, reference, &detail), 0);
    assert_refused(look_up(house, reference, &detail), ERR_CONFLICT, &detail,
                   "is being looked up already");
    values = ON_HOLD;
    look_until(house, reference, 2);
    assert_int_equal(count_asked(), 2);
    assert_string_equal(test_of(house, reference, "not-suspended"), "no lookup");
    sight = SIGHT_UNKNOWN; /* what could not be seen now does not undo what was seen before */
    go_on(house, 20);
    assert_int_equal(look_up(house, reference, &detail), 0);
    for (int i = 0; i < LOOKUP_TRIES; i++) {
        turn_often(house);
        go_on(house, 300);
    }
    look_until(house, reference, 3);
    assert_string_equal(test_of(house, reference, "not-suspended"), "no lookup");
    const char *nothing = file(house, "\"bad.zz\"");
    turn_often(house);
    assert_refused(look_up(house, nothing, &detail), ERR_REFUSED, &detail,
                   "names nothing that can be looked up");
    erase(house, reference);
    assert_refused(look_up(house, reference, &detail), ERR_REFUSED, &detail, "was erased");
}

/* --- a fault of a TLD --- */

static const char *file_down(struct house *house)
{
    return file_text(house, "{\"type\":\"registration-data-service-down\",\"names\":[],"
                            "\"answers\":{\"service\":\"t2\",\"query\":\"q\","
                            "\"when\":\"2027-01-03\"}}");
}

static void survey(struct house *house, const char *id, enum sight seen)
{
    struct store *store = house->world->app.store;
    static const char *const codes[] = {
        "rdap.certificate-expired",   "rdap.certificate-name", "rdap.certificate-not-yet-valid",
        "rdap.certificate-untrusted", "rdap.domain-missing",   "rdap.unreachable"};
    struct result results[6];
    struct buffer encoded BUFFER_CLEANUP = {0};
    int64_t now = clock_wall(&house->world->app.clock);
    for (size_t i = 0; i < 6; i++)
        results[i] = (struct result){.check = "c",
                                     .version = 1,
                                     .sight = i == 5 ? seen : SIGHT_NOT_SEEN,
                                     .code = codes[i],
                                     .subject = "t2",
                                     .values = "{}"};
    const struct result_set set = {.evidence = id,
                                   .vantage = "v",
                                   .observed_at = now,
                                   .results = results,
                                   .count = 6,
                                   .target = "t2"};
    buffer_init(&encoded, 1 << 16);
    assert_int_equal(result_set_encode(&set, &encoded), 0);
    const struct store_measurement row = {.id = id,
                                          .target = "t2",
                                          .vantage = "v",
                                          .observed_at = now,
                                          .stored_at = now,
                                          .bytes = {(const uint8_t *)"m", 1},
                                          .results = {encoded.data, encoded.size}};
    assert_int_equal(store_begin(store), 0);
    assert_int_equal(store_measurement_put(store, &row), 0);
    assert_int_equal(store_commit(store), 0);
}

static const char *fault_of(struct house *house, const char *reference, const char *obligation)
{
    json_t *complaint JSON_CLEANUP = show(house, reference);
    size_t i;
    const json_t *row;
    json_array_foreach(json_object_get(complaint, "services"), i, row)
    {
        if (strcmp(json_text(row, "obligation"), obligation) == 0)
            return arena_copy_text(&house->world->arena, json_text(row, "fault"));
    }
    return "";
}

static void put_target(struct house *house)
{
    house->core->targets = calloc(1, sizeof *house->core->targets);
    house->core->targets[0] = (struct target){.name = "t2", .due_at = INT64_MAX};
    house->core->target_count = 1;
}

static void a_fault_is_surveyed_now(void **state)
{
    struct house *house = *state;
    put_target(house);
    const char *reference = file_down(house);
    turn_often(house);
    assert_int_equal(house->core->targets[0].due_at, 0); /* wanted now */
    assert_int_equal(count_looks(house, reference), 0);
    survey(house, "m1", SIGHT_SEEN);
    go_on(house, 5);
    look_until(house, reference, 1);
    assert_string_equal(fault_of(house, reference, "ra.spec10.rdap-availability"), "seen");
    const char *other = file_down(house); /* by the survey of a moment ago */
    house->core->targets[0].due_at = INT64_MAX;
    look_until(house, other, 1);
    assert_int_equal(house->core->targets[0].due_at, INT64_MAX);
    assert_int_equal(count_asked(), 0);
    free(house->core->targets);
}

/* Of one whose results cannot be read nothing is told, and it stands in no other's way. */
static void a_damaged_survey_tells_nothing(void **state)
{
    struct house *house = *state;
    struct store *store = house->world->app.store;
    const char *reference = file_down(house);
    survey(house, "m1", SIGHT_SEEN);
    assert_int_equal(store_begin(store), 0);
    assert_int_equal(store_measurement_judged(store, "m1", "?", 1), 0);
    assert_int_equal(store_commit(store), 0);
    turn_often(house);
    assert_int_equal(count_looks(house, reference), 0);
    const char *other = file(house, "\"good.t3\"");
    look_until(house, other, 1);
    survey(house, "m2", SIGHT_NOT_SEEN);
    go_on(house, 601);
    look_until(house, reference, 1);
}

static void a_survey_that_does_not_come_tells_nothing(void **state)
{
    struct house *house = *state;
    const char *reference = file_down(house);
    turn_often(house);
    go_on(house, 200);
    turn_often(house);
    assert_int_equal(count_looks(house, reference), 0);
    go_on(house, 301);
    look_until(house, reference, 1);
    assert_string_equal(fault_of(house, reference, "ra.spec10.rdap-availability"), "unknown");
}

#define IN_HOUSE(test) cmocka_unit_test_setup_teardown(test, make_house, end_house)

TEST_MAIN(IN_HOUSE(a_registered_name_becomes_facts),
          IN_HOUSE(a_registrar_whose_agreement_ended_is_none),
          IN_HOUSE(a_name_that_is_not_registered), IN_HOUSE(many_complaints_ask_once),
          IN_HOUSE(nothing_else_is_asked), IN_HOUSE(names_of_one_complaint_have_a_limit),
          IN_HOUSE(a_server_is_asked_one_thing_at_a_time),
          IN_HOUSE(what_tells_nothing_is_asked_three_times), IN_HOUSE(a_process_that_dies_is_a_try),
          IN_HOUSE(what_was_under_way_is_asked_again_after_a_start),
          IN_HOUSE(what_is_erased_meanwhile_is_dropped),
          IN_HOUSE(what_was_seen_goes_with_its_complaint), IN_HOUSE(what_cannot_be_opened_waits),
          IN_HOUSE(nothing_is_asked_where_it_is_off), IN_HOUSE(a_decision_does_not_wait_for_it),
          IN_HOUSE(a_person_asks_again), IN_HOUSE(a_fault_is_surveyed_now),
          IN_HOUSE(a_damaged_survey_tells_nothing),
          IN_HOUSE(a_survey_that_does_not_come_tells_nothing))
