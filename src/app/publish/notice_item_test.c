/* What people write for the public about a notice, on a real store and under the rulebook that
 * ships: who may, what is refused, what becomes public and when. */
#include "app/publish/notice.h"

#include "app/publish/notice_record.h"
#include "app/query.h"
#include "app/world.h"
#include "app_world.h"
#include "base/civil.h"
#include "refusal.h"
#include "store/letter.h"

#include <stdio.h>
#include <string.h>

static const struct actor anna = {.id = "anna", .roles = ROLE_ANALYST};
static const struct actor bert = {.id = "bert", .roles = ROLE_APPROVER};

static void put_user(struct world *world, const char *id, const char *role)
{
    app_world_put_user(&world->app, id, role, "", 0);
}

static void put_letter(struct world *world, const char *id, const char *kind, const char *bytes)
{
    const struct store_letter letter = {.id = id,
                                        .case_id = world->case_id,
                                        .kind = kind,
                                        .message_id = arena_printf(&world->arena, "%s@x", id),
                                        .recipient = "x@y.example",
                                        .subject = "S",
                                        .drafted_by = "anna",
                                        .sha256 = digest_of(bytes, strlen(bytes)),
                                        .bytes = {(const uint8_t *)bytes, strlen(bytes)},
                                        .state = LETTER_STATE_SENT,
                                        .created_at = WORLD_START,
                                        .updated_at = WORLD_START};
    assert_int_equal(store_letter_put(world->app.store, &letter), 0);
}

static const char *notice_of(struct world *world)
{
    return arena_printf(&world->arena, "n-%s", world->case_id);
}

static int make_world(void **state)
{
    struct world *world = world_new();
    *state = world;
    world_open_termination(world);
    put_user(world, "anna", "analyst");
    put_user(world, "bert", "approver");
    put_letter(world, "l-1", "termination", APP_WORLD_LETTER("S", "Dear Ann Bee, x x x"));
    put_letter(world, "l-2", "notice1", APP_WORLD_LETTER("S", "Informal"));
    assert_int_equal(notice_publish(&world->app, world->case_id, NULL), 0);
    return 0;
}

static int run(struct world *world, const struct actor *actor, const char *name,
               json_t **ret_result, struct error_detail *detail, const char *arguments)
{
    json_t *given;
    char text[600];
    snprintf(text, sizeof text, "%s", arguments);
    assert_int_equal(json_parse(text, strlen(text), &given, NULL), 0);
    return world_run(world, actor, name, given, ret_result, detail);
}

static json_t *published(struct world *world)
{
    struct store_publication found;
    json_t *document;
    assert_int_equal(
        store_publication_find(world->app.store, notice_of(world), &world->arena, &found), 0);
    assert_int_equal(json_parse(found.record, strlen(found.record), &document, NULL), 0);
    json_t *notice = json_incref(json_object_get(document, "notice"));
    json_decref(document);
    return notice;
}

static int tell(struct world *world, const char *item, uint32_t seq, struct error_detail *detail)
{
    const struct notice_cause cause = {world->case_id, seq, item};
    return notice_update(&world->app, &cause, detail);
}

/* Anna writes a statement; its id. */
static const char *write_statement(struct world *world, const char **ret_sha256)
{
    JSON_CLEANUP json_t *result = NULL;
    assert_int_equal(run(world, &anna, "notice.statement", &result, NULL,
                         arena_printf(&world->arena, "{\"notice\":\"%s\",\"text\":\"We regret.\"}",
                                      notice_of(world))),
                     0);
    assert_string_equal(json_text(result, "state"), "waiting");
    *ret_sha256 = arena_copy_text(&world->arena, json_text(result, "sha256"));
    return arena_copy_text(&world->arena, json_text(result, "item"));
}

static void agree(struct world *world, const char *item, const char *sha256)
{
    assert_int_equal(
        run(world, &bert, "notice.agree", NULL, NULL,
            arena_printf(&world->arena, "{\"item\":\"%s\",\"sha256\":\"%s\"}", item, sha256)),
        0);
}

/* --- refusals --- */

/* The arguments with the notice's id for each @. */
static const char *with_notice(struct world *world, const char *pattern)
{
    const char *out = "";
    for (const char *at = pattern; out && *at; at++)
        out = *at == '@' ? arena_printf(&world->arena, "%s%s", out, notice_of(world))
                         : arena_printf(&world->arena, "%s%c", out, *at);
    return out;
}

static void what_cannot_be_written_is_refused_with_words(void **state)
{
    static const struct {
        const char *name, *arguments;
        int failure;
        const char *words;
    } rows[] = {
        {"notice.progress", "{\"notice\":\"@\",\"text\":\" \\n \"}", ERR_LIMIT,
         "'text' has 1 to 4000"},
        {"notice.statement", "{\"notice\":\"@\",\"text\":\"a\\u0007\"}", ERR_SYNTAX,
         "is plain text"},
        {"notice.statement", "{\"notice\":\"@\",\"text\":\"a\\u202eb\"}", ERR_SYNTAX,
         "is plain text"},
        {"notice.statement", "{\"notice\":\"@\",\"text\":\"a\\u0085b\"}", ERR_SYNTAX,
         "is plain text"},
        {"notice.statement", "{\"notice\":\"n-x@\",\"text\":\"a\"}", ERR_NOT_FOUND, "is published"},
        {"notice.withdraw", "{\"notice\":\"@\",\"about\":\"n-1-u1\",\"reason\":\"r\"}",
         ERR_NOT_FOUND, "has no update 'n-1-u1'"},
        {"notice.withdraw", "{\"notice\":\"@\",\"about\":\"@-u1\",\"reason\":\"r\"}", ERR_REFUSED,
         "it can be corrected, not withdrawn"},
        {"notice.redact", "{\"letter\":\"l-9\",\"words\":\"@\",\"reason\":\"r\"}", ERR_NOT_FOUND,
         "there is no letter 'l-9'"},
        {"notice.redact", "{\"letter\":\"l-2\",\"words\":\"@\",\"reason\":\"r\"}", ERR_REFUSED,
         "letter l-2 is never public"},
        {"notice.redact", "{\"letter\":\"l-1\",\"words\":\"@\",\"reason\":\"r\"}", ERR_NOT_FOUND,
         "letter l-1 does not have these words"},
    };
    struct world *world = *state;
    struct error_detail detail = {0};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_refused(
            run(world, &anna, rows[i].name, NULL, &detail, with_notice(world, rows[i].arguments)),
            rows[i].failure, &detail, rows[i].words);
    }
}

static void words_that_stand_too_often_are_not_redacted(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    struct buffer bytes BUFFER_CLEANUP = {0};
    buffer_init(&bytes, 1 << 10);
    buffer_append_text(&bytes, APP_WORLD_LETTER("S", ""));
    for (int i = 0; i < 101; i++)
        buffer_append_text(&bytes, "y ");
    put_letter(world, "l-3", "termination", buffer_text(&bytes));
    assert_refused(run(world, &anna, "notice.redact", NULL, &detail,
                       "{\"letter\":\"l-3\",\"words\":\"y\",\"reason\":\"r\"}"),
                   ERR_LIMIT, &detail, "letter l-3 has these words more than 100 times");
}

static void what_was_withdrawn_is_not_withdrawn_again(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    JSON_CLEANUP json_t *result = NULL;
    const char *sha256, *item = write_statement(world, &sha256);
    const char *withdrawal =
        with_notice(world, "{\"notice\":\"@\",\"about\":\"@-u2\",\"reason\":\"r\"}");
    agree(world, item, sha256);
    assert_int_equal(tell(world, item, 0, NULL), 0);
    assert_int_equal(run(world, &anna, "notice.withdraw", &result, NULL, withdrawal), 0);
    agree(world, json_text(result, "item"), json_text(result, "sha256"));
    assert_refused(run(world, &anna, "notice.withdraw", NULL, &detail, withdrawal), ERR_REFUSED,
                   &detail, "-u2' was withdrawn");
}

static void a_letter_that_cannot_be_read_is_named(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    put_letter(world, "l-3", "termination", "no mail");
    assert_refused(run(world, &anna, "notice.redact", NULL, &detail,
                       "{\"letter\":\"l-3\",\"words\":\"y\",\"reason\":\"r\"}"),
                   ERR_DAMAGED, &detail, "letter l-3: these bytes are no letter of ours");
}

static void one_who_may_not_is_no_second_person(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    const char *sha256, *item = write_statement(world, &sha256);
    struct actor both = anna, late = bert, other = {.id = "olga", .roles = ROLE_ANALYST};
    const char *right =
        arena_printf(&world->arena, "{\"item\":\"%s\",\"sha256\":\"%s\"}", item, sha256);
    both.roles |= ROLE_APPROVER;
    late.since = clock_wall(&world->app.clock) + 1;
    assert_refused(
        run(world, &bert, "notice.agree", NULL, &detail, "{\"item\":\"i-none\",\"sha256\":\"00\"}"),
        ERR_NOT_FOUND, &detail, "there is no item 'i-none'");
    assert_refused(run(world, &bert, "notice.agree", NULL, &detail,
                       arena_printf(&world->arena, "{\"item\":\"%s\",\"sha256\":\"00\"}", item)),
                   ERR_REFUSED, &detail, "has another SHA-256 than '00'");
    assert_refused(run(world, &both, "notice.agree", NULL, &detail, right), ERR_REFUSED, &detail,
                   "anna wrote this; a second person has to agree");
    assert_refused(run(world, &late, "notice.agree", NULL, &detail, right), ERR_REFUSED, &detail,
                   "is no second person for it");
    assert_refused(run(world, &other, "notice.drop", NULL, &detail, right), ERR_DENIED, &detail,
                   "only an approver or a publisher may drop it");
    assert_int_equal(run(world, &anna, "notice.drop", NULL, NULL, right), 0);
    assert_refused(run(world, &bert, "notice.agree", NULL, &detail, right), ERR_REFUSED, &detail,
                   "does not wait any more: it was dropped");
}

/* Who is recused from the case writes nothing for its notice and agrees to nothing. */
static void who_is_recused_is_refused(void **state)
{
    struct world *world = *state;
    struct casefile file CASEFILE_CLEANUP = {0};
    struct error_detail detail = {0};
    struct case_step step = {.type = CASE_RECUSED};
    const char *sha256, *item = write_statement(world, &sha256);
    CASE_TEXT(step.object, "bert");
    CASE_TEXT(step.reason, "interest");
    assert_int_equal(casefile_open(&world->app, world->case_id, &file, NULL), 0);
    world_step(&file, &anna, step);
    assert_refused(
        run(world, &bert, "notice.agree", NULL, &detail,
            arena_printf(&world->arena, "{\"item\":\"%s\",\"sha256\":\"%s\"}", item, sha256)),
        ERR_REFUSED, &detail, "recused");
    assert_refused(run(world, &bert, "notice.drop", NULL, &detail,
                       arena_printf(&world->arena, "{\"item\":\"%s\"}", item)),
                   ERR_REFUSED, &detail, "recused");
}

static void a_question_names_a_notice_that_is_there(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    JSON_CLEANUP json_t *arguments = json_pack("{s:s}", "notice", "n-none");
    json_t *result = NULL;
    assert_refused(query_run(&world->app, "notice.show", arguments, &result, &detail),
                   ERR_NOT_FOUND, &detail, "no notice 'n-none' is published");
}

/* --- what becomes public --- */

/* A step whose object names what still waits must not let one person publish it. */
static void what_waits_is_not_published_by_naming_it(void **state)
{
    struct world *world = *state;
    struct casefile file CASEFILE_CLEANUP = {0};
    struct case_step step = {.type = CASE_PROGRESS};
    const char *sha256, *item = write_statement(world, &sha256);
    CASE_TEXT(step.object, item);
    assert_int_equal(casefile_open(&world->app, world->case_id, &file, NULL), 0);
    world_step(&file, &anna, step);
    assert_int_equal(tell(world, "", file.state.seq, NULL), 0);
    assert_int_equal(tell(world, item, 0, NULL), 0);
    JSON_CLEANUP json_t *notice = published(world);
    char *text = json_dumps(notice, 0);
    assert_null(strstr(text, "We regret."));
    free(text);
    agree(world, item, sha256);
    assert_int_equal(tell(world, item, 0, NULL), 0);
    JSON_CLEANUP json_t *after = published(world);
    assert_string_equal(json_text(json_object_get(after, "party_statement"), "text"), "We regret.");
}

/* The text is that of the bytes, less what two people hid. */
static void a_redaction_hides_the_words_and_tells_why(void **state)
{
    struct world *world = *state;
    JSON_CLEANUP json_t *result = NULL;
    assert_int_equal(run(world, &anna, "notice.redact", &result, NULL,
                         "{\"letter\":\"l-1\",\"words\":\"Ann Bee\",\"reason\":\"A person.\"}"),
                     0);
    agree(world, json_text(result, "item"), json_text(result, "sha256"));
    assert_int_equal(tell(world, json_text(result, "item"), 0, NULL), 0);
    JSON_CLEANUP json_t *notice = published(world);
    const json_t *letter = json_array_get(json_object_get(notice, "letters"), 0);
    assert_string_equal(json_text(letter, "text"), "Dear [redacted], x x x\n");
    const json_t *redaction = json_array_get(json_object_get(letter, "redactions"), 0);
    assert_string_equal(json_text(redaction, "reason"), "A person.");
}

static void a_redaction_that_is_damaged_stops_the_record(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    struct store_publication_update *updates;
    size_t count;
    assert_int_equal(store_publication_update_list(world->app.store, notice_of(world),
                                                   &world->arena, &updates, &count),
                     0);
    struct store_notice_item item = {.id = "i-1",
                                     .case_id = world->case_id,
                                     .kind = NOTICE_ITEM_REDACTION,
                                     .about = "l-1",
                                     .text = "",
                                     .ranges = "all",
                                     .reason = "r",
                                     .actor = "anna",
                                     .entry = updates[0].entry,
                                     .settled_by = "bert"};
    assert_int_equal(store_notice_item_put(world->app.store, &item), 0);
    item.state = NOTICE_ITEM_AGREED;
    assert_int_equal(store_notice_item_settle(world->app.store, &item), 0);
    assert_refused(tell(world, "", 0, &detail), ERR_SYNTAX, &detail, "redactions of letter l-1: ");
}

/* --- updates that are due --- */

static void an_update_that_does_not_come_is_told_once(void **state)
{
    struct world *world = *state;
    struct store_publication found;
    int64_t due, count, since;
    assert_int_equal(store_publication_next_due(world->app.store, &due), 0);
    assert_int_equal(due, WORLD_START + 30 * CIVIL_DAY_US);
    assert_int_equal(notice_pass_due(&world->app, NULL), 0);
    assert_int_equal(clock_jump(&world->app.clock, due), 0);
    assert_int_equal(notice_pass_due(&world->app, NULL), 1);
    assert_int_equal(notice_pass_due(&world->app, NULL), 0);
    assert_int_equal(store_publication_overdue(world->app.store, &count, &since), 0);
    assert_int_equal(count, 1);
    assert_int_equal(since, due);
    JSON_CLEANUP json_t *notice = published(world);
    assert_string_equal(json_text(notice, "overdue_since"), json_text(notice, "next_update_due"));
    /* Words of the party are no update; what the authority tells is. */
    const char *sha256, *item = write_statement(world, &sha256);
    agree(world, item, sha256);
    assert_int_equal(tell(world, item, 0, NULL), 0);
    assert_int_equal(
        store_publication_find(world->app.store, notice_of(world), &world->arena, &found), 0);
    assert_int_equal(found.overdue_since, due);
    assert_int_equal(tell(world, "", 0, NULL), 0);
    assert_int_equal(
        store_publication_find(world->app.store, notice_of(world), &world->arena, &found), 0);
    assert_int_equal(found.overdue_since, 0);
    assert_int_equal(found.next_update_due, due + 30 * CIVIL_DAY_US);
}

static void a_notice_has_a_limit_of_updates(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    struct store_publication_update *updates;
    size_t count;
    assert_int_equal(store_publication_update_list(world->app.store, notice_of(world),
                                                   &world->arena, &updates, &count),
                     0);
    struct store_publication_update more = updates[0];
    for (more.seq = 2; more.seq <= NOTICE_UPDATES_MAX; more.seq++)
        assert_int_equal(store_publication_update_append(world->app.store, &more), 0);
    assert_refused(tell(world, "", 0, &detail), ERR_LIMIT, &detail, "has 5000 updates already");
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, make_world, world_end)

TEST_MAIN(IN_WORLD(what_cannot_be_written_is_refused_with_words),
          IN_WORLD(words_that_stand_too_often_are_not_redacted),
          IN_WORLD(what_was_withdrawn_is_not_withdrawn_again),
          IN_WORLD(a_letter_that_cannot_be_read_is_named),
          IN_WORLD(one_who_may_not_is_no_second_person), IN_WORLD(who_is_recused_is_refused),
          IN_WORLD(a_question_names_a_notice_that_is_there),
          IN_WORLD(what_waits_is_not_published_by_naming_it),
          IN_WORLD(a_redaction_hides_the_words_and_tells_why),
          IN_WORLD(a_redaction_that_is_damaged_stops_the_record),
          IN_WORLD(an_update_that_does_not_come_is_told_once),
          IN_WORLD(a_notice_has_a_limit_of_updates))
