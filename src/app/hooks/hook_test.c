/* Hooks: who may have which, what is told to whom, in which order, how often it is tried, and when
 * that ends. On a real store, under the rulebook that ships; no receiver is asked. */
#include "app/hooks/delivery.h"
#include "app/hooks/news.h"

#include "app/effect.h"
#include "app/party/scene.h"
#include "app/query.h"
#include "refusal.h"

#include <stdlib.h>
#include <string.h>

#define URL "https://hooks.example/in"
#define SECOND INT64_C(1000000)

static const struct actor petra = {.id = "petra", .roles = ROLE_PARTY};

/* --- making --- */

static int add(struct world *world, const struct actor *actor, const char *user, const char *url,
               const char *kinds, json_t **ret_made, struct error_detail *detail)
{
    json_t *arguments = json_pack("{s:s, s:s*}", "id", user, "url", url);
    if (kinds)
        json_object_set_new(arguments, "for", json_loads(kinds, 0, NULL));
    return world_run(world, actor, "user.hook.add", arguments, ret_made, detail);
}

static json_t *must_add(struct world *world, const char *user, const char *kinds)
{
    json_t *made = NULL;
    assert_int_equal(add(world, &ada, user, URL, kinds, &made, NULL), 0);
    return made;
}

static void listen(struct world *world, const char *user, const char *kinds)
{
    json_decref(must_add(world, user, kinds));
}

#define ALL_OF_CASES "[\"case.told\", \"letter.served\", \"case.changed\"]"

static int change(struct world *world, const struct actor *actor, const char *command,
                  const char *user, int number, struct error_detail *detail)
{
    return world_run(world, actor, command, json_pack("{s:s, s:i}", "id", user, "number", number),
                     NULL, detail);
}

/* --- what there is --- */

static struct store_hook hook_of(struct world *world, const char *user, uint32_t number)
{
    struct store_hook hook;
    assert_int_equal(store_hook_find(world->app.store, user, number, &world->arena, &hook), 0);
    return hook;
}

static int64_t waiting(struct world *world, const char *user, uint32_t number)
{
    int64_t count = -1;
    assert_int_equal(store_delivery_count(world->app.store, user, number, &count), 0);
    return count;
}

/* Tells what happened so far. */
static void tell(struct world *world)
{
    struct store_task *tasks;
    size_t count;
    struct error_detail detail = {0};
    const struct store_outbox_query query = {.kind = HOOK_NEWS_TASK, .now = INT64_MAX};
    assert_int_equal(store_outbox_list_due(world->app.store, &query, &world->arena, &tasks, &count),
                     0);
    for (size_t i = 0; i < count; i++) {
        struct effect_done done = {0};
        int result = effect_carry_out(&world->app, &tasks[i], &done, &detail);
        if (result < 0)
            fail_msg("%s: %s", tasks[i].key, detail.text);
    }
}

/* The kinds that wait at a hook, which then has none: "case.told case.changed". */
static const char *take_kinds(struct world *world, const char *user, uint32_t number)
{
    const char *kinds = "";
    struct store_delivery first;
    tell(world);
    while (store_delivery_first(world->app.store, user, number, &world->arena, &first) >= 0) {
        kinds = arena_printf(&world->arena, "%s%s%s", kinds, kinds[0] ? " " : "", first.kind);
        assert_int_equal(store_delivery_forget(world->app.store, &first), 1);
    }
    return kinds;
}

/* The next attempt of a hook; NULL for none. */
static struct delivery *begin(struct world *world, const char *user, uint32_t number)
{
    struct delivery *delivery = NULL;
    const struct store_hook hook = hook_of(world, user, number);
    int result = delivery_begin(&world->app, &hook, &delivery, NULL);
    assert_int_equal(result, delivery != NULL);
    return delivery;
}

static void end(struct world *world, struct delivery *delivery, enum herald_outcome outcome,
                int status)
{
    assert_non_null(delivery);
    delivery->reply = (struct herald_reply){outcome, status, SECOND};
    assert_int_equal(delivery_end(&world->app, delivery, NULL), 0);
    delivery_free(delivery);
}

static void answer(struct world *world, const char *user, int status)
{
    end(world, begin(world, user, 1), HERALD_ANSWERED, status);
}

/* A meeting, which no party sees. */
static void meet(struct world *world, const char *id)
{
    json_decref(world_must(
        world, &anna, "case.record",
        json_pack("{s:s, s:s, s:s}", "case", id, "event", "meeting", "reason", "a reason")));
}

/* --- who may have one --- */

static void a_hook_is_made_and_its_secret_shown_once(void **state)
{
    struct world *world = *state;
    json_t *made JSON_CLEANUP = must_add(world, "anna", "[\"case.changed\", \"case.told\"]");
    uint8_t secret[DIGEST_SIZE];
    size_t size = 0;
    char key[SIGNATURE_KEY_ID];
    assert_int_equal(base64_parse(json_text(made, "secret"), secret, sizeof secret, &size), 0);
    assert_int_equal(size, sizeof secret);
    assert_string_equal(json_text(made, "for"), "case.told case.changed");
    json_t *told JSON_CLEANUP = world_ask(world, "user.hooks", "id", "anna");
    const json_t *row = json_array_get(json_object_get(told, "hooks"), 0);
    const struct store_hook hook = hook_of(world, "anna", 1);
    assert_memory_equal(hook.secret.bytes, secret, size);
    assert_string_equal(json_text(row, "url"), URL);
    assert_string_equal(json_text(row, "state"), "active");
    assert_string_equal(json_text(row, "key_id"), signature_key_id(&hook.secret, key));
    struct buffer text BUFFER_CLEANUP = {0};
    buffer_init(&text, 1 << 16);
    assert_int_equal(json_canonical(told, &text), 0);
    assert_null(strstr(buffer_text(&text), json_text(made, "secret")));
}

static void hooks_are_ones_own_or_an_administrators(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    struct actor narrow = anna;
    assert_int_equal(add(world, &anna, "anna", URL, "[\"case.changed\"]", NULL, &detail), 0);
    assert_int_equal(add(world, &petra, "petra", URL, "[\"case.told\"]", NULL, &detail), 0);
    assert_refused(add(world, &anna, "petra", URL, "[\"case.told\"]", NULL, &detail), ERR_DENIED,
                   &detail, "hooks of petra are for petra and for an administrator, not for anna");
    assert_refused(change(world, &anna, "user.hook.revoke", "petra", 1, &detail), ERR_DENIED,
                   &detail, "hooks of petra are for petra and for an administrator, not for anna");
    strcpy(narrow.scope, "user.hook.add /matrix");
    assert_refused(add(world, &narrow, "anna", URL, "[\"case.changed\"]", NULL, &detail),
                   ERR_DENIED, &detail,
                   "a token for 'user.hook.add /matrix' makes no hook, which hears whatever may be "
                   "read");
    app_world_put_user(&world->app, "mta", "mail", "", WORLD_START);
    assert_refused(add(world, &ada, "mta", URL, "[\"case.changed\"]", NULL, &detail), ERR_REFUSED,
                   &detail, "mta reads nothing by the API, and hears nothing");
    for (int i = 1; i < HOOKS_OF_ONE_MAX; i++)
        listen(world, "anna", "[\"case.changed\"]");
    assert_refused(add(world, &anna, "anna", URL, "[\"case.changed\"]", NULL, &detail), ERR_LIMIT,
                   &detail, "anna has 8 hooks; revoke one first");
    assert_int_equal(change(world, &anna, "user.hook.revoke", "anna", 8, &detail), 0);
    assert_int_equal(add(world, &anna, "anna", URL, "[\"case.changed\"]", NULL, &detail), 0);
}

static void an_address_is_as_it_is_signed(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    static const char *const wrong[] = {
        "http://a.example/",          "https://a.example",      "https://A.example/",
        "https://u@a.example/",       "https://a.example:443/", "https://a.example/#x",
        "https://a.example/../b",     "https://a.example/b/.",  "https://a.example/a b",
        "https://a.example/\xc3\xa9", "https://a.example./",    "no address"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_refused(add(world, &ada, "anna", wrong[i], "[\"case.told\"]", NULL, &detail),
                       ERR_SYNTAX, &detail, "url: an https address as it will be signed");
    assert_refused(add(world, &ada, "anna", NULL, "[\"case.told\"]", NULL, &detail), ERR_SYNTAX,
                   &detail, "url");
    static const char *const special[] = {"https://127.0.0.1/", "https://[::1]:8443/a",
                                          "https://10.1.2.3/", "https://169.254.169.254/latest",
                                          "https://[::ffff:127.0.0.1]/"};
    for (size_t i = 0; i < sizeof special / sizeof *special; i++)
        assert_refused(add(world, &ada, "anna", special[i], "[\"case.told\"]", NULL, &detail),
                       ERR_REFUSED, &detail, "is a special address");
    static const char *const right[] = {"https://a.example/?b=c", "https://a.example:8443/x/y",
                                        "https://[2600::1]/"};
    for (size_t i = 0; i < sizeof right / sizeof *right; i++)
        assert_int_equal(add(world, &ada, "anna", right[i], "[\"case.told\"]", NULL, &detail), 0);
    world->app.config.net_map = "/a/laboratory";
    assert_int_equal(add(world, &ada, "anna", special[0], "[\"case.told\"]", NULL, &detail), 0);
}

static void a_hook_is_for_kinds(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    static const char *const none[] = {NULL, "[]", "\"case.told\""};
    static const char *const wrong[] = {"[\"case.tol\"]", "[7]", "[\"hook.resumed\"]"};
    for (size_t i = 0; i < 3; i++) {
        json_t *arguments = json_pack("{s:s, s:s}", "id", "anna", "url", URL);
        if (none[i])
            json_object_set_new(arguments, "for", json_loads(none[i], JSON_DECODE_ANY, NULL));
        assert_refused(world_run(world, &ada, "user.hook.add", arguments, NULL, &detail),
                       ERR_SYNTAX, &detail, "for: a hook is for something: a list of kinds");
        assert_refused(add(world, &ada, "anna", URL, wrong[i], NULL, &detail), ERR_SYNTAX, &detail,
                       "is no kind that a hook could be for");
    }
    assert_refused(add(world, &ada, "petra", URL, "[\"complaint.changed\"]", NULL, &detail),
                   ERR_REFUSED, &detail, "a contracted party hears of cases, not of complaints");
}

static void what_there_is_not_is_not_ended(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    listen(world, "anna", "[\"case.changed\"]");
    assert_refused(change(world, &ada, "user.hook.revoke", "anna", 2, &detail), ERR_NOT_FOUND,
                   &detail, "anna has no hook 2 that is in use");
    assert_refused(change(world, &ada, "user.hook.revoke", "anna", 0, &detail), ERR_NOT_FOUND,
                   &detail, "anna has no hook 0 that is in use");
    assert_refused(change(world, &ada, "user.hook.resume", "anna", 1, &detail), ERR_NOT_FOUND,
                   &detail, "anna has no hook 1 that is set aside");
    assert_int_equal(change(world, &ada, "user.hook.revoke", "anna", 1, &detail), 0);
    const struct digest none = {{0}};
    struct store_hook hook = hook_of(world, "anna", 1);
    assert_int_equal(hook.state, HOOK_REVOKED);
    assert_true(digest_equal(&hook.secret, &none));
    assert_string_equal(hook.state_by, "ada");
    assert_refused(change(world, &ada, "user.hook.revoke", "anna", 1, &detail), ERR_NOT_FOUND,
                   &detail, "anna has no hook 1 that is in use");
}

static void who_is_no_user_any_more_hears_nothing(void **state)
{
    struct world *world = *state;
    listen(world, "anna", "[\"case.changed\"]");
    const char *id = open_case(world, "registrar-1", "a.example");
    tell(world);
    assert_true(waiting(world, "anna", 1) > 0);
    json_decref(world_must(world, &ada, "user.disable", json_pack("{s:s}", "id", "anna")));
    assert_int_equal(hook_of(world, "anna", 1).state, HOOK_REVOKED);
    assert_int_equal(waiting(world, "anna", 1), 0);
    meet(world, id);
    assert_string_equal(take_kinds(world, "anna", 1), "");
}

/* --- what is told to whom --- */

/* H1 of hook.h. */
static void staff_hear_of_each_step_unless_recused(void **state)
{
    struct world *world = *state;
    app_world_put_user(&world->app, "eve", "auditor", "", WORLD_START);
    listen(world, "anna", "[\"case.changed\"]");
    listen(world, "eve", ALL_OF_CASES);
    const char *id = open_case(world, "registrar-1", "a.example");
    assert_string_equal(take_kinds(world, "anna", 1), "case.changed");
    assert_string_equal(take_kinds(world, "eve", 1), "case.changed");
    serve(world, id, "notice1");
    const char *told = take_kinds(world, "eve", 1);
    assert_non_null(strstr(told, "case.told"));
    assert_null(strstr(told, "letter.served")); /* which is the same change */
    assert_null(strstr(take_kinds(world, "anna", 1), "case.told"));
    meet(world, id);
    tell(world);
    json_decref(world_must(world, &anna, "case.record",
                           json_pack("{s:s, s:s, s:s, s:s}", "case", id, "event", "recused",
                                     "object", "eve", "reason", "knows them")));
    meet(world, id);
    tell(world);
    assert_int_equal(waiting(world, "eve", 1), 1); /* of before, and H2: */
    assert_null(begin(world, "eve", 1));
    assert_int_equal(waiting(world, "eve", 1), 0);
    assert_string_equal(take_kinds(world, "anna", 1), "case.changed case.changed case.changed");
}

/* The timing channel: what the house does beside is told to no party. */
static void a_party_hears_of_what_it_sees_and_nothing_else(void **state)
{
    struct world *world = *state;
    listen(world, "petra", ALL_OF_CASES);
    listen(world, "quinn", ALL_OF_CASES);
    const char *id = open_case(world, "registrar-1", "a.example");
    meet(world, id);
    assert_string_equal(take_kinds(world, "petra", 1), "");
    serve(world, id, "notice1");
    assert_string_equal(take_kinds(world, "petra", 1), "case.told");
    meet(world, id);
    meet(world, id);
    assert_string_equal(take_kinds(world, "petra", 1), "");
    json_decref(world_must(world, &anna, "case.answer",
                           json_pack("{s:s, s:s}", "case", id, "text", "we did it")));
    assert_string_equal(take_kinds(world, "petra", 1), "case.changed");
    assert_string_equal(take_kinds(world, "quinn", 1), "");
}

/* Steps beside a visible one leave no delivery of their own. */
static void one_look_tells_one_difference(void **state)
{
    struct world *world = *state;
    const char *id = open_served(world, "registrar-1", "a.example");
    listen(world, "petra", "[\"case.changed\"]");
    meet(world, id);
    json_decref(world_must(world, &anna, "case.answer",
                           json_pack("{s:s, s:s}", "case", id, "text", "we did it")));
    meet(world, id);
    assert_string_equal(take_kinds(world, "petra", 1), "case.changed");
}

/* While nobody listened nobody looked: what is old tells nothing. */
static void a_first_hook_hears_nothing_of_before(void **state)
{
    struct world *world = *state;
    const char *id = open_served(world, "registrar-1", "a.example");
    listen(world, "petra", "[\"case.changed\"]");
    meet(world, id);
    assert_string_equal(take_kinds(world, "petra", 1), "");
    assert_int_equal(change(world, &petra, "user.hook.revoke", "petra", 1, NULL), 0);
    json_decref(world_must(world, &anna, "case.answer",
                           json_pack("{s:s, s:s}", "case", id, "text", "we did it")));
    listen(world, "petra", "[\"case.changed\"]");
    meet(world, id);
    assert_string_equal(take_kinds(world, "petra", 2), "");
    assert_int_equal(waiting(world, "petra", 1), 0);
}

static void a_grant_that_ended_ends_what_it_let_hear(void **state)
{
    struct world *world = *state;
    listen(world, "petra", ALL_OF_CASES);
    const char *id = open_served(world, "registrar-1", "a.example");
    tell(world);
    assert_int_equal(waiting(world, "petra", 1), 1);
    json_decref(world_must(world, &ada, "user.grant.revoke",
                           json_pack("{s:s, s:i}", "id", "petra", "number", 1)));
    assert_null(begin(world, "petra", 1)); /* H2 */
    json_decref(world_must(world, &anna, "case.answer",
                           json_pack("{s:s, s:s}", "case", id, "text", "we did it")));
    assert_string_equal(take_kinds(world, "petra", 1), "");
}

static void staff_hear_of_complaints(void **state)
{
    struct world *world = *state;
    listen(world, "anna", "[\"complaint.changed\"]");
    json_t *receipt JSON_CLEANUP =
        world_file(world, "{\"type\":\"dns-abuse-registrar\",\"language\":\"en\"}", true);
    tell(world);
    struct delivery *delivery = begin(world, "anna", 1);
    assert_non_null(delivery);
    json_t *body JSON_CLEANUP = json_loads(delivery->body, 0, NULL);
    assert_string_equal(json_text(body, "kind"), "complaint.changed");
    assert_string_equal(
        json_text(body, "object"),
        arena_printf(&world->arena, "/api/v1/complaints/%s", json_text(receipt, "reference")));
    delivery_free(delivery);
}

static void news_of_nothing_are_damaged(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    assert_refused(hook_news_tell(&world->app, NULL, &detail), ERR_DAMAGED, &detail,
                   "news for hooks are of a case or a complaint");
}

/* --- how it is told --- */

static void a_delivery_says_where_to_look_and_is_signed(void **state)
{
    struct world *world = *state;
    listen(world, "petra", ALL_OF_CASES);
    const char *id = open_served(world, "registrar-1", "a.example");
    tell(world);
    struct delivery *delivery = begin(world, "petra", 1);
    assert_non_null(delivery);
    const struct herald_request request = delivery_request(delivery);
    assert_string_equal(
        delivery->body,
        arena_printf(&world->arena,
                     "{\"at\":\"2027-01-04T09:00:00Z\",\"id\":\"%s\",\"kind\":\"case.told\","
                     "\"object\":\"/api/v1/own/cases/%s\"}",
                     delivery->record.id, id));
    assert_int_equal(strlen(delivery->record.id), HOOK_DELIVERY_ID - 1);
    assert_string_equal(request.url, URL);
    assert_string_equal(request.fields[0], "Content-Type: application/json");
    assert_non_null(strstr(request.fields[2], delivery->record.id));
    assert_null(request.fields[4]);
    delivery_free(delivery);
}

/* Worked out by another implementation. */
static void the_signature_is_that_of_rfc_9421(void **state)
{
    struct digest secret;
    struct signature_fields fields;
    (void)state;
    for (size_t i = 0; i < sizeof secret.bytes; i++)
        secret.bytes[i] = (uint8_t)i;
    const struct signature_request request = {&secret, URL, "{}", 2, "abc", 1700000000};
    assert_int_equal(signature_make(&request, &fields), 0);
    assert_string_equal(fields.digest,
                        "Content-Digest: sha-256=:RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=:");
    assert_string_equal(
        fields.input,
        "Signature-Input: hook=(\"@method\" \"@target-uri\" \"content-type\" \"content-digest\");"
        "created=1700000000;nonce=\"abc\";keyid=\"630dcd2966c43366\";alg=\"hmac-sha256\"");
    assert_string_equal(fields.signature,
                        "Signature: hook=:NXdfip6UpQsmdH+nnfjMqM5X5NnsfXsQFERp0HqYu40=:");
    char url[9000];
    memset(url, 'a', sizeof url);
    url[sizeof url - 1] = '\0';
    const struct signature_request long_one = {&secret, url, "{}", 2, "abc", 1700000000};
    assert_int_equal(signature_make(&long_one, &fields), ERR_LIMIT);
}

/* H3, H4. */
static void a_queue_goes_one_by_one_and_is_tried_again(void **state)
{
    struct world *world = *state;
    listen(world, "anna", "[\"case.changed\"]");
    meet(world, open_case(world, "registrar-1", "a.example"));
    tell(world);
    assert_int_equal(waiting(world, "anna", 1), 2);
    struct delivery *first = begin(world, "anna", 1);
    const char *id = arena_copy_text(&world->arena, first->record.id);
    assert_true(hook_of(world, "anna", 1).due_at > WORLD_START); /* nobody else takes it */
    end(world, first, HERALD_ANSWERED, 503);
    struct store_hook hook = hook_of(world, "anna", 1);
    assert_int_equal(hook.failed, 1);
    assert_int_equal(hook.due_at, WORLD_START + 5 * SECOND);
    assert_string_equal(hook.last_words, "status 503");
    json_t *told JSON_CLEANUP = world_ask(world, "user.hooks", "id", "anna");
    assert_string_equal(json_text(json_array_get(json_object_get(told, "hooks"), 0), "state"),
                        "failing");
    struct delivery *again = begin(world, "anna", 1);
    assert_string_equal(again->record.id, id);
    assert_int_equal(delivery_request(again).turn, 1);
    end(world, again, HERALD_ANSWERED, 301); /* is no address of ours to follow */
    assert_int_equal(hook_of(world, "anna", 1).due_at, WORLD_START + 10 * SECOND);
    for (int i = 0; i < 20; i++)
        end(world, begin(world, "anna", 1), HERALD_REFUSED, 0);
    hook = hook_of(world, "anna", 1);
    assert_int_equal(hook.due_at, WORLD_START + 3600 * SECOND);
    assert_string_equal(hook.last_words, "connection refused");
    assert_false(hook.quick);
    answer(world, "anna", 204);
    hook = hook_of(world, "anna", 1);
    assert_int_equal(hook.failed, 0);
    assert_int_equal(hook.failing_since, 0);
    assert_int_equal(hook.delivered, 1);
    assert_true(hook.quick);
    assert_int_equal(hook.due_at, WORLD_START);
    answer(world, "anna", 200);
    assert_int_equal(hook_of(world, "anna", 1).due_at, 0);
    assert_null(begin(world, "anna", 1));
}

/* H5. */
static void who_fails_for_days_is_set_aside_until_somebody_looks(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    listen(world, "petra", ALL_OF_CASES);
    const char *id = open_served(world, "registrar-1", "a.example");
    tell(world);
    end(world, begin(world, "petra", 1), HERALD_TIMED_OUT, 0);
    assert_int_equal(clock_jump(&world->app.clock, WORLD_START + HOOK_PATIENCE_US - SECOND), 0);
    end(world, begin(world, "petra", 1), HERALD_TIMED_OUT, 0);
    assert_int_equal(hook_of(world, "petra", 1).state, HOOK_ACTIVE);
    assert_int_equal(clock_jump(&world->app.clock, WORLD_START + HOOK_PATIENCE_US), 0);
    end(world, begin(world, "petra", 1), HERALD_TIMED_OUT, 0);
    assert_int_equal(hook_of(world, "petra", 1).state, HOOK_SET_ASIDE);
    json_decref(world_must(world, &anna, "case.answer",
                           json_pack("{s:s, s:s}", "case", id, "text", "we did it")));
    tell(world);
    assert_int_equal(waiting(world, "petra", 1), 1); /* of before */
    assert_int_equal(change(world, &petra, "user.hook.resume", "petra", 1, &detail), 0);
    struct store_hook hook = hook_of(world, "petra", 1);
    assert_int_equal(hook.state, HOOK_ACTIVE);
    assert_int_equal(hook.due_at, clock_wall(&world->app.clock));
    answer(world, "petra", 200);
    struct delivery *last = begin(world, "petra", 1);
    assert_non_null(strstr(last->body, "\"kind\":\"hook.resumed\""));
    assert_non_null(strstr(last->body, "\"object\":\"/api/v1/own/parties\""));
    end(world, last, HERALD_ANSWERED, 200);
}

/* Nobody is said to fail because our own network was down. */
static void our_own_failure_sets_nobody_aside(void **state)
{
    struct world *world = *state;
    listen(world, "anna", "[\"case.changed\"]");
    open_case(world, "registrar-1", "a.example");
    tell(world);
    end(world, begin(world, "anna", 1), HERALD_OURS, 0);
    assert_int_equal(clock_jump(&world->app.clock, WORLD_START + 2 * HOOK_PATIENCE_US), 0);
    end(world, begin(world, "anna", 1), HERALD_OURS, 0);
    const struct store_hook hook = hook_of(world, "anna", 1);
    assert_int_equal(hook.state, HOOK_ACTIVE);
    assert_int_equal(hook.failing_since, 0);
    assert_true(hook.due_at > clock_wall(&world->app.clock));
}

static void gone_ends_it(void **state)
{
    struct world *world = *state;
    listen(world, "anna", "[\"case.changed\"]");
    open_case(world, "registrar-1", "a.example");
    tell(world);
    answer(world, "anna", 410);
    const struct store_hook hook = hook_of(world, "anna", 1);
    assert_int_equal(hook.state, HOOK_GONE);
    assert_string_equal(hook.state_by, "machine");
    assert_int_equal(waiting(world, "anna", 1), 0);
    json_t *told JSON_CLEANUP = world_ask(world, "user.hooks", "id", "anna");
    const json_t *row = json_array_get(json_object_get(told, "hooks"), 0);
    assert_string_equal(json_text(row, "state"), "gone");
    assert_true(json_is_null(json_object_get(row, "key_id")));
}

/* What came of an attempt that was under way when its hook was revoked changes nothing. */
static void an_answer_to_a_revoked_hook_counts_for_nothing(void **state)
{
    struct world *world = *state;
    listen(world, "anna", "[\"case.changed\"]");
    open_case(world, "registrar-1", "a.example");
    tell(world);
    struct delivery *under_way = begin(world, "anna", 1);
    assert_int_equal(change(world, &anna, "user.hook.revoke", "anna", 1, NULL), 0);
    end(world, under_way, HERALD_ANSWERED, 200);
    assert_int_equal(hook_of(world, "anna", 1).delivered, 0);
}

static void a_queue_that_is_full_is_set_aside(void **state)
{
    struct world *world = *state;
    listen(world, "anna", "[\"case.changed\"]");
    const struct store_hook hook = hook_of(world, "anna", 1);
    for (int i = 0; i < HOOK_WAITING_MAX; i++)
        assert_int_equal(
            hook_tell(&world->app, &hook, HOOK_CASE_CHANGED, "case", "c-1", WORLD_START, NULL), 0);
    assert_int_equal(hook_of(world, "anna", 1).state, HOOK_ACTIVE);
    assert_int_equal(
        hook_tell(&world->app, &hook, HOOK_CASE_CHANGED, "case", "c-1", WORLD_START, NULL), 0);
    assert_int_equal(hook_of(world, "anna", 1).state, HOOK_SET_ASIDE);
    assert_int_equal(waiting(world, "anna", 1), HOOK_WAITING_MAX);
    assert_int_equal(change(world, &anna, "user.hook.resume", "anna", 1, NULL), 0);
    assert_string_equal(take_kinds(world, "anna", 1), "hook.resumed");
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, make_hooks_world, world_end)

static int make_hooks_world(void **state)
{
    make_world(state);
    struct world *world = *state;
    app_world_put_user(&world->app, "anna", "analyst", "", WORLD_START);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_WORLD(a_hook_is_made_and_its_secret_shown_once),
        IN_WORLD(hooks_are_ones_own_or_an_administrators),
        IN_WORLD(an_address_is_as_it_is_signed),
        IN_WORLD(a_hook_is_for_kinds),
        IN_WORLD(what_there_is_not_is_not_ended),
        IN_WORLD(who_is_no_user_any_more_hears_nothing),
        IN_WORLD(staff_hear_of_each_step_unless_recused),
        IN_WORLD(a_party_hears_of_what_it_sees_and_nothing_else),
        IN_WORLD(one_look_tells_one_difference),
        IN_WORLD(a_first_hook_hears_nothing_of_before),
        IN_WORLD(a_grant_that_ended_ends_what_it_let_hear),
        IN_WORLD(staff_hear_of_complaints),
        IN_WORLD(news_of_nothing_are_damaged),
        IN_WORLD(a_delivery_says_where_to_look_and_is_signed),
        cmocka_unit_test(the_signature_is_that_of_rfc_9421),
        IN_WORLD(a_queue_goes_one_by_one_and_is_tried_again),
        IN_WORLD(who_fails_for_days_is_set_aside_until_somebody_looks),
        IN_WORLD(our_own_failure_sets_nobody_aside),
        IN_WORLD(gone_ends_it),
        IN_WORLD(an_answer_to_a_revoked_hook_counts_for_nothing),
        IN_WORLD(a_queue_that_is_full_is_set_aside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
