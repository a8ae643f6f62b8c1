/* How a case ended, told to each who complained, by the message and by the link (invariants 2 and
 * 19 of casework), and no more of the matter than access/ lets them see (13, 14, 24). */
#include "app/letters/case_ended.h"

#include "app/effect.h"
#include "app/letters/complaint_mail.h"
#include "app/letters/receipt.h"
#include "app/query.h"
#include "app/world.h"
#include "refusal.h"
#include "store/party.h"

#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof *(list))
#define ABOUT "bad.example"
#define COMPLAINT_IN(language, reporter)                                                           \
    "{\"type\":\"dns-abuse-registrar\",\"language\":\"" language "\",\"names\":[\"" ABOUT "\"],"   \
    "\"answers\":{\"kind\":\"phishing\",\"domain\":\"" ABOUT "\",\"reported-at\":"                 \
    "\"2026-12-01\"}," reporter "}"
#define COMPLAINT(reporter) COMPLAINT_IN("en", reporter)
#define REPORTER(email) "\"reporter\":{\"name\":\"Zoe\",\"email\":\"" email "\",\"share\":false}"
#define NOBODY "\"party\":\"registrar-1\""
#define SUSPENDED "The domain had been suspended or deleted before"

static const struct actor anna = {.id = "anna", .roles = ROLE_ANALYST},
                          ada = {.id = "ada", .roles = ROLE_ADMINISTRATOR};

enum { MESSAGES_MAX = 2 * CASE_ENDED_PAGE };

/* What went out, in its order. */
struct box {
    const char *to[MESSAGES_MAX], *text[MESSAGES_MAX];
    size_t count;
};

static int make_world(void **state)
{
    struct world *world = world_new();
    world_begin(world, RULEBOOK_SOURCE_DIR);
    world->app.config.mail_from = "desk@authority.example";
    const struct tld tld = {"example", TLD_GENERIC, NULL, ""};
    assert_true(store_tld_put(world->app.store, &tld) >= 0);
    world_put_agreement(world);
    *state = world;
    return 0;
}

/* --- doing --- */

static void put_away(struct world *world, struct box *box, struct dispatch *dispatch)
{
    assert_true(box->count < MESSAGES_MAX);
    box->to[box->count] = arena_copy_text(&world->arena, dispatch->to);
    box->text[box->count++] = arena_copy_slice(
        &world->arena, (const char *)dispatch->record.bytes.data, dispatch->record.bytes.size);
    world_answer(world, dispatch, SMTP_ACCEPTED);
}

/* Works the outbox until it is empty; every message is taken. */
static struct box deliver(struct world *world)
{
    struct box box = {.count = 0};
    size_t count;
    do {
        struct store_task *tasks = world_claim(world, &count);
        for (size_t i = 0; i < count; i++) {
            struct effect_done done = {0};
            struct error_detail detail = {0};
            if (effect_carry_out(&world->app, &tasks[i], &done, &detail) < 0)
                fail_msg("%s: %s", tasks[i].kind, detail.text);
            if (done.dispatch)
                put_away(world, &box, done.dispatch);
        }
    } while (count);
    return box;
}

static const char *file_one(struct world *world, const char *document, const char **ret_link)
{
    json_t *receipt JSON_CLEANUP = world_file(world, document, /* anyway= */ true);
    if (ret_link)
        *ret_link = arena_copy_text(&world->arena, json_text(receipt, "link"));
    return arena_copy_text(&world->arena, json_text(receipt, "reference"));
}

/* Finds it in scope of the one case, which it opens or joins. */
static void take_up(struct world *world, const char *reference)
{
    json_t *result JSON_CLEANUP =
        world_must(world, &anna, "complaint.decide",
                   json_pack("{s:s, s:b, s:s, s:s, s:s}", "complaint", reference, "in-scope", 1,
                             "obligation", WORLD_DUTY, "party", "registrar-1", "subject", ABOUT));
    world->case_id = arena_copy_text(&world->arena, json_text(result, "case"));
}

static const char *complain(struct world *world, const char *document, const char **ret_link)
{
    const char *reference = file_one(world, document, ret_link);
    take_up(world, reference);
    return reference;
}

static void record(struct world *world, const char *event, json_t *arguments)
{
    json_object_set_new(arguments, "case", json_string(world->case_id));
    json_object_set_new(arguments, "event", json_string(event));
    json_decref(world_must(world, &anna, "case.record", arguments));
}

static void close_case(struct world *world)
{
    record(world, "closed",
           json_pack("{s:s, s:s, s:s}", "closure", "domain-suspended-before", "outcome",
                     "not-substantiated", "reason", "looked-at"));
}

static void reopen_case(struct world *world)
{
    record(world, "reopened", json_pack("{s:s}", "reason", "new-facts"));
}

/* --- looking --- */

/* What a complaint's events of one kind say under a name, each behind a blank. */
static const char *events_of(struct world *world, const char *reference, const char *event,
                             const char *name)
{
    json_t *shown JSON_CLEANUP = world_ask(world, "complaint.show", "complaint", reference);
    const json_t *row;
    const char *list = "";
    size_t i;
    json_array_foreach(json_object_get(json_object_get(shown, "complaint"), "events"), i, row)
    {
        if (strcmp(json_text(row, "event"), event) == 0)
            list = arena_printf(&world->arena, "%s %s", list,
                                json_text(row, name) ? json_text(row, name) : "-");
    }
    return list;
}

/* How it ended, as who complained reads it by the link; "" while it has not. */
static const char *followed(struct world *world, const char *link)
{
    json_t *answer JSON_CLEANUP = world_ask(world, "complaint.follow", "token", link);
    const json_t *complaint = json_object_get(answer, "complaint");
    const char *outcome = json_text(complaint, "case_outcome");
    assert_null(json_object_get(complaint, "case"));
    assert_null(json_object_get(complaint, "events"));
    return outcome ? arena_copy_text(&world->arena, outcome) : "";
}

static size_t given_up(struct world *world)
{
    struct store_task *tasks;
    size_t count;
    assert_int_equal(
        store_outbox_list(world->app.store, OUTBOX_DEAD, NULL, 0, &world->arena, &tasks, &count),
        0);
    return count;
}

/* Which party it is, what it must do, and which case it is, is not for who complained. */
static void check_tells_nothing(struct world *world, const char *text)
{
    static const char *const matter[] = {"registrar-1", "Registrar One", WORLD_DUTY, ABOUT, "3.18"};
    for (size_t i = 0; i < COUNT(matter); i++)
        assert_null(strstr(text, matter[i]));
    assert_null(strstr(text, world->case_id));
}

/* --- the end --- */

static void invariant_2_each_who_complained_is_told_how_it_ended(void **state)
{
    struct world *world = *state;
    const char *link, *quiet;
    const char *first = complain(world, COMPLAINT(REPORTER("zoe@mail.example")), &link);
    const char *none = complain(world, COMPLAINT(NOBODY), &quiet);
    const char *erased = complain(world, COMPLAINT(REPORTER("yan@mail.example")), NULL);
    const char *last = complain(world, COMPLAINT(REPORTER("xia@mail.example")), NULL);
    deliver(world);
    json_decref(world_must(world, &ada, "complaint.erase",
                           json_pack("{s:s, s:s}", "complaint", erased, "reason", "person-asked")));
    assert_string_equal(followed(world, link), "");
    close_case(world);
    const struct box box = deliver(world);
    assert_int_equal(box.count, 2);
    for (size_t i = 0; i < box.count; i++) {
        bool zoe = strcmp(box.to[i], "zoe@mail.example") == 0;
        assert_string_equal(box.to[i], zoe ? "zoe@mail.example" : "xia@mail.example");
        assert_non_null(strstr(box.text[i], zoe ? first : last));
        assert_non_null(strstr(box.text[i], "What became of your complaint"));
        assert_non_null(strstr(box.text[i], "How it ended: " SUSPENDED));
        assert_non_null(strstr(box.text[i], "Auto-Submitted: auto-generated\r\n"));
        check_tells_nothing(world, box.text[i]);
    }
    assert_string_not_equal(box.to[0], box.to[1]);
    assert_non_null(strstr(events_of(world, first, "case-ended", "told"), SUSPENDED));
    assert_non_null(strstr(events_of(world, erased, "case-ended", "told"), SUSPENDED));
    assert_string_equal(events_of(world, first, "receipt", "receipt"), " queued sent queued sent");
    assert_string_equal(events_of(world, none, "receipt", "receipt"), "");
    assert_non_null(strstr(followed(world, link), SUSPENDED));
    assert_non_null(strstr(followed(world, quiet), SUSPENDED));
    assert_int_equal(given_up(world), 0);
}

/* And a second time when it ends again; nothing is told twice. */
static void what_is_taken_up_again_is_told_too(void **state)
{
    struct world *world = *state;
    const char *link;
    const char *reference = complain(world, COMPLAINT(REPORTER("zoe@mail.example")), &link);
    deliver(world);
    for (int i = 1; i <= 2; i++) {
        close_case(world);
        struct box box = deliver(world);
        assert_int_equal(box.count, 1);
        assert_non_null(strstr(box.text[0], "How it ended: "));
        reopen_case(world);
        box = deliver(world);
        assert_int_equal(box.count, 1);
        assert_non_null(strstr(box.text[0], "We look at your complaint again"));
        assert_null(strstr(box.text[0], SUSPENDED));
        check_tells_nothing(world, box.text[0]);
        assert_string_equal(followed(world, link), "");
    }
    assert_string_equal(events_of(world, reference, "case-resumed", "told"), " - -");
    /* Both within one turn: as it stands then, they know already. */
    close_case(world);
    reopen_case(world);
    assert_int_equal(deliver(world).count, 0);
}

static void each_is_told_in_their_language(void **state)
{
    struct world *world = *state;
    const char *link;
    complain(world, COMPLAINT_IN("ar", REPORTER("zoe@mail.example")), &link);
    deliver(world);
    for (int i = 0; i < 2; i++) {
        if (i == 0)
            close_case(world);
        else
            reopen_case(world);
        const struct box box = deliver(world);
        assert_int_equal(box.count, 1);
        assert_non_null(strstr(box.text[0], "quoted-printable"));
        assert_null(strstr(box.text[0], "your complaint"));
        assert_string_equal(followed(world, link),
                            i == 0 ? "كان اسم النطاق قد عُلّق أو حُذف من قبل" : "");
    }
}

/* What is decided anew belongs to the case no more, and it is not told how that ends. */
static void what_left_the_case_is_not_told_of_it(void **state)
{
    struct world *world = *state;
    const char *link;
    const char *reference = complain(world, COMPLAINT(REPORTER("zoe@mail.example")), &link);
    json_decref(world_must(world, &anna, "complaint.decide",
                           json_pack("{s:s, s:s, s:s}", "complaint", reference, "out-of-scope",
                                     "country-code", "reason", "Not ours.")));
    deliver(world);
    close_case(world);
    assert_int_equal(deliver(world).count, 0);
    assert_string_equal(followed(world, link), "");
    assert_int_equal(given_up(world), 1); /* nobody is known who complained */
}

static void what_is_linked_and_no_complaint_is_passed_over(void **state)
{
    struct world *world = *state;
    static const char *const objects[] = {"ticket-7", "aaaa-aaaa-aaaa"};
    complain(world, COMPLAINT(REPORTER("zoe@mail.example")), NULL);
    const char *filed = file_one(world, COMPLAINT(REPORTER("yan@mail.example")), NULL);
    for (size_t i = 0; i <= COUNT(objects); i++)
        json_decref(
            world_must(world, &anna, "case.link",
                       json_pack("{s:s, s:s, s:s}", "case", world->case_id, "kind", "complaint",
                                 "object", i < COUNT(objects) ? objects[i] : filed)));
    deliver(world);
    close_case(world);
    const struct box box = deliver(world);
    assert_int_equal(box.count, 1);
    assert_string_equal(box.to[0], "zoe@mail.example");
    assert_int_equal(given_up(world), 1); /* who told us of ticket-7 is known to a person alone */
    assert_string_equal(events_of(world, filed, "case-ended", "told"), "");
}

/* Page by page; the program's own limit for one address (Q2) holds here too. */
static void many_are_told_page_by_page(void **state)
{
    struct world *world = *state;
    for (int i = 0; i <= CASE_ENDED_PAGE; i++)
        complain(
            world,
            arena_printf(&world->arena, COMPLAINT(REPORTER("zoe%d@mail.example")), i == 0 ? 1 : i),
            NULL);
    deliver(world);
    close_case(world);
    assert_int_equal(deliver(world).count, CASE_ENDED_PAGE + 1);
}

/* --- beside an address that a person typed in --- */

static void type_in(struct world *world, const char *email)
{
    json_decref(world_must(world, &anna, "case.complainant",
                           json_pack("{s:s, s:s}", "case", world->case_id, "email", email)));
}

static void who_was_typed_in_is_told_once(void **state)
{
    struct world *world = *state;
    const char *reference = complain(world, COMPLAINT(REPORTER("zoe@mail.example")), NULL);
    deliver(world);
    type_in(world, "Zoe@mail.example");
    close_case(world);
    const struct box box = deliver(world);
    assert_int_equal(box.count, 1);
    assert_string_equal(box.to[0], "Zoe@mail.example");
    assert_non_null(strstr(box.text[0], "Your report about " ABOUT));
    assert_non_null(strstr(box.text[0], "How it ended: " SUSPENDED));
    assert_string_equal(events_of(world, reference, "receipt", "receipt"), " queued sent by-case");
}

/* Also from a rulebook whose letter would say more. */
static void who_was_typed_in_hears_nothing_of_the_matter(void **state)
{
    static const char text[] =
        "---\nsubject: \"{{case_id}} {{party_name}}{{step_name}}\"\nkind: closing\n---\n"
        "about {{subject}}{{party_id}}{{obligation_statement}}{{obligation_clause}}{{guidance}}"
        "{{cure}}{{observed}}{{next_step}}{{deadline_date}}{{notice_url}}{{document_title}}"
        "{{#previous}}{{step}}{{/previous}} ended {{complaint_outcome}} {{demo}}\n";
    struct world *world = *state;
    complain(world, COMPLAINT(REPORTER("zoe@mail.example")), NULL);
    deliver(world);
    type_in(world, "yan@mail.example");
    struct casefile file CASEFILE_CLEANUP = {0};
    assert_int_equal(casefile_open(&world->app, world->case_id, &file, NULL), 0);
    for (size_t i = 0; i < file.rulebook->letter_count; i++) {
        struct rulebook_letter *letter = (struct rulebook_letter *)&file.rulebook->letters[i];
        if (strcmp(letter->id, "complainant") == 0) {
            letter->text = text;
            letter->size = sizeof text - 1;
        }
    }
    close_case(world);
    const struct box box = deliver(world);
    assert_int_equal(box.count, 2);
    const char *told = box.text[strcmp(box.to[0], "yan@mail.example") == 0 ? 0 : 1];
    assert_non_null(strstr(told, "about " ABOUT " ended " SUSPENDED));
}

/* --- what cannot be told --- */

static void an_older_rulebook_leaves_it_to_a_person(void **state)
{
    struct world *world = *state;
    const char *link;
    const char *reference = complain(world, COMPLAINT(REPORTER("zoe@mail.example")), &link);
    deliver(world);
    world->app.rulebook->letter_count = 0;
    close_case(world);
    assert_int_equal(deliver(world).count, 0);
    assert_string_equal(events_of(world, reference, "receipt", "receipt"),
                        " queued sent no-template");
    assert_non_null(strstr(followed(world, link), SUSPENDED));
    assert_int_equal(given_up(world), 1);
}

static void a_task_that_is_damaged_tells_nobody(void **state)
{
    struct world *world = *state;
    static const char *const payloads[] = {"{}", "{\"case\":\"c-x\",\"of\":\"c-x/1/0\"}"};
    const struct store_task task = {.key = "c-x/1/0/complaints/", .kind = CASE_ENDED_TASK};
    for (size_t i = 0; i < COUNT(payloads); i++) {
        struct json_flat payload JSON_FLAT_CLEANUP = {0};
        struct error_detail detail = {0};
        assert_int_equal(json_flat_read(&payload, payloads[i], strlen(payloads[i]), &detail), 0);
        assert_refused(case_ended_tell(&world->app, &task, payload.root, &detail), ERR_DAMAGED,
                       &detail, "task c-x/1/0/complaints/ names no case");
    }
}

static void of_other_steps_nobody_is_told(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    struct complaint_record record;
    struct call call = {.app = &world->app, .actor = command_machine(), .detail = &detail};
    const char *reference = file_one(world, COMPLAINT(REPORTER("zoe@mail.example")), NULL);
    assert_int_equal(record_find(&world->app, reference, &world->arena, &record, &detail), 0);
    assert_refused(complaint_mail_decided(&call, &record, COMPLAINT_EVENT_SEEN, NULL),
                   ERR_UNSUPPORTED, &detail, "nobody is told of 'seen'");
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, make_world, world_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_WORLD(invariant_2_each_who_complained_is_told_how_it_ended),
        IN_WORLD(what_is_taken_up_again_is_told_too),
        IN_WORLD(each_is_told_in_their_language),
        IN_WORLD(what_left_the_case_is_not_told_of_it),
        IN_WORLD(what_is_linked_and_no_complaint_is_passed_over),
        IN_WORLD(many_are_told_page_by_page),
        IN_WORLD(who_was_typed_in_is_told_once),
        IN_WORLD(who_was_typed_in_hears_nothing_of_the_matter),
        IN_WORLD(an_older_rulebook_leaves_it_to_a_person),
        IN_WORLD(a_task_that_is_damaged_tells_nobody),
        IN_WORLD(of_other_steps_nobody_is_told)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
