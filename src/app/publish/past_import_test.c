/* Past notices, on a real store: what a file says and what is refused of it, by two people, twice,
 * and what looks back over a party's conduct sees then. */
#include "app/publish/formal_notice.h"
#include "app/publish/past_read.h"
#include "app/query.h"
#include "app/world.h"
#include "base/civil.h"
#include "refusal.h"
#include "store/party.h"
#include "store/publication.h"

#include <stdio.h>
#include <string.h>

static const struct actor anna = {.id = "anna", .roles = ROLE_ANALYST | ROLE_APPROVER};
static const struct actor bert = {.id = "bert", .roles = ROLE_APPROVER};

#define HEAD "Party,Kind,Notice,Cure due,Cured,Suspended,Terminated,Clauses,Source\n"
#define URL "https://old.example/notices/"
#define GOOD                                                                                       \
    HEAD "7001,breach,2026-03-02,2026-03-23,2026-03-20,,,RAA 3.7.7; RAA 3.9," URL                  \
         "1\nOne Example Ltd,breach,2026-09-01,2026-09-22,,2026-10-01,,RAA 3.18.1," URL "2\n"      \
         ".alpha,breach,2025-02-03,,,,,RA 2.3," URL "3\n"

static void put_party(struct world *world, const char *id, enum party_kind kind, const char *name)
{
    const struct party party = {
        .id = id, .kind = kind, .name = name, .status = "", .rdap_url = "", .iana_id = 0};
    assert_int_equal(store_party_put(world->app.store, &party), 0);
}

static int make_world(void **state)
{
    struct world *world = world_new();
    const struct tld tld = {
        .name = "alpha", .tld_class = TLD_GENERIC, .party = "registry-a", .rdap_url = ""};
    *state = world;
    assert_int_equal(store_begin(world->app.store), 0);
    put_party(world, "registrar-7001", PARTY_REGISTRAR, "One Example Ltd");
    put_party(world, "registrar-7002", PARTY_REGISTRAR, "Twice");
    put_party(world, "registrar-7003", PARTY_REGISTRAR, "Twice");
    put_party(world, "registry-a", PARTY_REGISTRY, "Alpha Registry");
    assert_int_equal(store_tld_put(world->app.store, &tld), 0);
    return 0;
}

static int bring(struct world *world, const struct actor *actor, const char *name, const char *text,
                 int refused, json_t **ret_result, struct error_detail *detail)
{
    return world_run(world, actor, name, json_pack("{s:s, s:i}", "text", text, "refused", refused),
                     ret_result, detail);
}

static void import_good(struct world *world)
{
    assert_int_equal(bring(world, &anna, "notice.import", GOOD, 0, NULL, NULL), 0);
    assert_int_equal(bring(world, &bert, "notice.adopt", GOOD, 0, NULL, NULL), 0);
}

static size_t count_of(const json_t *result, const char *list)
{
    return json_array_size(json_object_get(result, list));
}

/* --- reading --- */

static void each_bad_row_is_refused_with_its_line(void **state)
{
    static const struct {
        const char *row, *reason;
    } rows[] = {
        {"9,breach,2026-03-02,,,,,," URL "1", "no party that is known here: '9'"},
        {"Twice,breach,2026-03-02,,,,,," URL "1", "the name of several parties: 'Twice'"},
        {"7001,warning,2026-03-02,,,,,," URL "1", "no kind (breach, suspension"},
        {"7001,breach,2026-02-30,,,,,," URL "1", "no date (2026-11-24): '2026-02-30'"},
        {"7001,breach,,,,,,," URL "1", "no date (2026-11-24): ''"},
        {"7001,breach,2026-03-02,soon,,,,," URL "1", "no date (2026-11-24): 'soon'"},
        {"7001,breach,2026-03-02,,2026-03-01,,,," URL "1", "a date before the notice"},
        {"7001,breach,2026-03-02,,,,,,javascript:x", "no address of what was published"},
        {"7001,breach,2026-03-02,,,,,,https://a b", "no address of what was published"},
        {"7001,breach,2026-03-02,,,,,RAA\a," URL "1", "a clause with a control character"},
    };
    struct world *world = *state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *text = arena_printf(
            &world->arena, HEAD "7001,breach,2026-01-02,,,,,," URL "0\n%s\n", rows[i].row);
        struct past_rows read;
        assert_int_equal(past_read(&world->app, text, &world->arena, &read, NULL), 0);
        assert_int_equal(read.count, 1);
        assert_int_equal(read.refused_count, 1);
        assert_int_equal(read.refused[0].line, 3);
        if (!strstr(read.refused[0].reason, rows[i].reason))
            fail_msg("%s: %s", rows[i].row, read.refused[0].reason);
    }
}

static void what_is_said_twice_or_too_much_is_refused(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    struct past_rows read;
    const char *clauses = "", *text = HEAD;
    for (int i = 0; i <= PAST_CLAUSES_MAX; i++)
        clauses = arena_printf(&world->arena, "%sc%d;", clauses, i);
    text =
        arena_printf(&world->arena,
                     HEAD "7001,breach,2026-01-02,,,,,," URL "1\n7001,breach,2026-01-02,,,,,," URL
                          "1\n7001,breach,2026-01-02,,,,,%s," URL "2\n",
                     clauses);
    assert_int_equal(past_read(&world->app, text, &world->arena, &read, NULL), 0);
    assert_int_equal(read.count, 1);
    assert_non_null(strstr(read.refused[0].reason, "the same notice stands before"));
    assert_non_null(strstr(read.refused[1].reason, "more clauses than one notice has"));
    struct buffer many BUFFER_CLEANUP = {0};
    buffer_init(&many, 1 << 20);
    buffer_append_text(&many, HEAD);
    for (int i = 0; i <= PAST_ROWS_MAX; i++)
        buffer_append_text(&many, "x,x,x,,,,,,x\n");
    assert_refused(past_read(&world->app, buffer_text(&many), &world->arena, &read, &detail),
                   ERR_LIMIT, &detail, "more than 5000 past notices in one file");
}

static void json_says_the_same_as_csv(void **state)
{
    static const char text[] =
        "[{\"party\":7001,\"kind\":\"breach\",\"notice\":\"2026-03-02\",\"cure_due\":\"2026-03-"
        "23\","
        "\"cured\":\"2026-03-20\",\"clauses\":[\"RAA 3.7.7\",\"RAA 3.9\"],\"source\":\"" URL "1\"},"
        "{\"party\":true},3,{\"party\":\"7001\",\"clauses\":[1]}]";
    struct world *world = *state;
    struct error_detail detail = {0};
    struct past_rows one, other;
    assert_int_equal(past_read(&world->app, text, &world->arena, &one, NULL), 0);
    assert_int_equal(past_read(&world->app, GOOD, &world->arena, &other, NULL), 0);
    assert_int_equal(one.count, 1);
    assert_string_equal(one.list[0].id, other.list[0].id);
    assert_int_equal(one.list[0].cured, other.list[0].cured);
    assert_string_equal(one.list[0].clauses[1], "RAA 3.9");
    assert_int_equal(one.refused_count, 3);
    assert_int_equal(one.refused[0].line, 2);
    assert_non_null(strstr(one.refused[0].reason, "a member that is no text: 'party'"));
    assert_refused(past_read(&world->app, "{}", &world->arena, &one, &detail), ERR_SYNTAX, &detail,
                   "past notices in JSON are a list of objects");
}

/* --- two people --- */

static void a_file_is_shown_proposed_and_imported_by_another(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    struct actor late = bert;
    JSON_CLEANUP json_t *shown = NULL, *again = NULL;
    late.since = clock_wall(&world->app.clock) + 1;
    assert_refused(bring(world, &bert, "notice.adopt", GOOD, 0, NULL, &detail), ERR_REFUSED,
                   &detail, "nobody proposed this file");
    assert_int_equal(bring(world, &anna, "notice.import", GOOD, 0, &shown, NULL), 0);
    assert_string_equal(json_text(shown, "state"), "proposed");
    assert_int_equal(count_of(shown, "added"), 3);
    assert_refused(bring(world, &anna, "notice.adopt", GOOD, 0, NULL, &detail), ERR_REFUSED,
                   &detail, "anna proposed this file; a second person has to bring it");
    assert_refused(bring(world, &late, "notice.adopt", GOOD, 0, NULL, &detail), ERR_REFUSED,
                   &detail, "is no second person for it");
    assert_refused(bring(world, &bert, "notice.adopt", HEAD, 0, NULL, &detail), ERR_REFUSED,
                   &detail, "nobody proposed this file");
    assert_int_equal(bring(world, &bert, "notice.adopt", GOOD, 0, NULL, NULL), 0);
    assert_int_equal(bring(world, &anna, "notice.import", GOOD, 0, &again, NULL), 0);
    assert_int_equal(count_of(again, "added") + count_of(again, "changed"), 0);
    assert_int_equal(json_number(again, "same", 0), 3);
}

static void rows_are_left_out_only_by_who_says_how_many(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    static const char text[] = GOOD "9,breach,2026-03-02,,,,,," URL "9\n";
    assert_refused(bring(world, &anna, "notice.import", text, 0, NULL, &detail), ERR_REFUSED,
                   &detail,
                   "1 rows are refused, not 0; the first: no party that is known here: '9'");
    assert_refused(bring(world, &anna, "notice.import", text, 2, NULL, &detail), ERR_REFUSED,
                   &detail, "1 rows are refused, not 2");
    assert_int_equal(bring(world, &anna, "notice.import", text, 1, NULL, NULL), 0);
    assert_int_equal(bring(world, &bert, "notice.adopt", text, 1, NULL, NULL), 0);
}

/* --- looking back --- */

static void who_looks_back_sees_the_window(void **state)
{
    struct world *world = *state;
    struct formal_notice *notices;
    size_t count;
    int32_t march, september;
    import_good(world);
    assert_int_equal(civil_parse_date("2026-03-02", &march), 0);
    assert_int_equal(civil_parse_date("2026-09-01", &september), 0);
    const struct formal_notice_query all = {"registrar-7001", march, september + 1};
    const struct formal_notice_query first = {"registrar-7001", march, september};
    assert_int_equal(formal_notice_list(&world->app, &all, &world->arena, &notices, &count, NULL),
                     0);
    assert_int_equal(count, 2);
    assert_int_equal(notices[0].day, march);
    assert_true(notices[0].imported);
    assert_string_equal(notices[0].source, URL "1");
    assert_int_equal(notices[0].clause_count, 2);
    assert_int_equal(formal_notice_list(&world->app, &first, &world->arena, &notices, &count, NULL),
                     0);
    assert_int_equal(count, 1);
}

/* A file that says more of the same notice makes a new version; the one before is kept. */
static void what_changed_is_a_new_version(void **state)
{
    struct world *world = *state;
    JSON_CLEANUP json_t *shown = NULL;
    static const char text[] =
        HEAD "7001,breach,2026-09-01,2026-09-22,2026-10-09,2026-10-01,,RAA 3.18.1," URL "2\n";
    import_good(world);
    assert_int_equal(bring(world, &anna, "notice.import", text, 0, &shown, NULL), 0);
    const json_t *changed = json_array_get(json_object_get(shown, "changed"), 0);
    assert_true(json_is_null(json_object_get(json_object_get(changed, "before"), "cured")));
    assert_string_equal(json_text(json_object_get(changed, "after"), "cured"), "2026-10-09");
    assert_int_equal(bring(world, &bert, "notice.adopt", text, 0, NULL, NULL), 0);
    struct store_past_notice found;
    const char *id = json_text(json_object_get(changed, "after"), "id");
    assert_int_equal(store_past_notice_find(world->app.store, id, &world->arena, &found), 0);
    assert_int_equal(found.version, 2);
}

static void a_question_counts_the_breaches_of_twelve_months(void **state)
{
    static const struct {
        const char *as_of;
        int breaches;
    } rows[] = {{"2026-09-01", 2}, {"2027-03-01", 2}, {"2027-03-02", 1}, {"2026-03-01", 0}};
    struct world *world = *state;
    struct error_detail detail = {0};
    import_good(world);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        JSON_CLEANUP json_t *arguments =
            json_pack("{s:s, s:s}", "party", "7001", "as_of", rows[i].as_of);
        JSON_CLEANUP json_t *result = NULL;
        assert_int_equal(query_run(&world->app, "notice.history", arguments, &result, NULL), 0);
        assert_int_equal(json_number(result, "breaches_in_twelve_months", -1), rows[i].breaches);
    }
    JSON_CLEANUP json_t *unknown = json_pack("{s:s}", "party", "Twice");
    JSON_CLEANUP json_t *wrong = json_pack("{s:s, s:s}", "party", "7001", "from", "May");
    json_t *result = NULL;
    assert_refused(query_run(&world->app, "notice.history", unknown, &result, &detail),
                   ERR_NOT_FOUND, &detail, "'Twice' names no party, or several");
    assert_refused(query_run(&world->app, "notice.history", wrong, &result, &detail), ERR_SYNTAX,
                   &detail, "'May' is no date");
}

/* A record that cannot be read is not passed over: a repeat would count as the first. */
static void a_damaged_record_is_named(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    struct formal_notice *notices;
    size_t count;
    const struct formal_notice_query all = {"registrar-1", CIVIL_FAR_PAST, CIVIL_FAR_FUTURE};
    assert_int_equal(store_rollback(world->app.store), 0);
    world_open_termination(world);
    const struct store_publication damaged = {.notice = "n-1",
                                              .case_id = world->case_id,
                                              .state = "termination",
                                              .record = "{\"notice\":",
                                              .published_at = WORLD_START,
                                              .updated_at = WORLD_START};
    assert_int_equal(store_publication_put(world->app.store, &damaged), 0);
    assert_refused(formal_notice_list(&world->app, &all, &world->arena, &notices, &count, &detail),
                   ERR_SYNTAX, &detail, "notice n-1: ");
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, make_world, world_end)

TEST_MAIN(IN_WORLD(each_bad_row_is_refused_with_its_line),
          IN_WORLD(what_is_said_twice_or_too_much_is_refused), IN_WORLD(json_says_the_same_as_csv),
          IN_WORLD(a_file_is_shown_proposed_and_imported_by_another),
          IN_WORLD(rows_are_left_out_only_by_who_says_how_many),
          IN_WORLD(a_damaged_record_is_named), IN_WORLD(who_looks_back_sees_the_window),
          IN_WORLD(what_changed_is_a_new_version),
          IN_WORLD(a_question_counts_the_breaches_of_twelve_months))
