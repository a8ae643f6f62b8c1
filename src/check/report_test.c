/* Where checks write their results (report.h), the set of names that they compare, and the list of
 * codes that people read. */
#include "check/report.h"

#include "base/error.h"
#include "check/check.h"
#include "check/fixture.h"
#include "testing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA = 64 << 20 };

struct scene {
    struct arena arena;
    struct measurement measurement;
    struct report report;
};

static void begin(struct scene *scene)
{
    const struct fixture_world world = {.not_signed = true};
    struct view *view;
    const struct check *check;
    *scene = (struct scene){.arena = {.used = 0}};
    arena_init(&scene->arena, ARENA);
    fixture_build(&world, &scene->arena, &scene->measurement);
    assert_int_equal(view_build(&scene->measurement, &scene->arena, &view), 0);
    report_init(&scene->report, view);
    assert_non_null(check_code_find("dns.lame", &check));
    scene->report.check = check;
}

static void end(struct scene *scene)
{
    report_done(&scene->report);
    arena_done(&scene->arena);
}

/* "Citations and values belong to the next report_add() and are empty again afterwards." */
static void a_result_takes_what_was_cited_for_it(void **state)
{
    (void)state;
    struct scene scene;
    static const size_t cited[] = {5, 2, 5, 9, 2};
    begin(&scene);
    for (size_t i = 0; i < 5; i++)
        report_cite(&scene.report, &scene.measurement.exchanges[cited[i]]);
    json_out_member_int(report_values(&scene.report), "a", 1);
    json_out_member_int(report_values(&scene.report), "b", 2);
    report_add(&scene.report, "dns.lame", "one", SIGHT_SEEN);
    report_add(&scene.report, "dns.malformed", "two", SIGHT_NOT_SEEN);
    report_cite(&scene.report, &scene.measurement.exchanges[0]);
    json_out_member_int(report_values(&scene.report), "c", 3);
    report_drop(&scene.report);
    report_add(&scene.report, "dns.lame", "three", SIGHT_UNKNOWN);
    assert_int_equal(scene.report.count, 3);
    const struct result *results = scene.report.results;
    assert_string_equal(results[0].check, "dns.authoritative");
    assert_string_equal(results[0].code, "dns.lame");
    assert_string_equal(results[0].subject, "one");
    assert_int_equal(results[0].sight, SIGHT_SEEN);
    assert_int_equal(results[0].version, scene.report.check->version);
    assert_string_equal(results[0].values, "{\"a\":1,\"b\":2}");
    static const uint32_t ids[] = {3, 6, 10}; /* exchanges are numbered from 1 */
    assert_int_equal(results[0].exchange_count, 3);
    assert_memory_equal(results[0].exchanges, ids, sizeof ids);
    assert_string_equal(results[1].code, "dns.malformed");
    for (size_t i = 1; i < 3; i++) {
        assert_string_equal(results[i].values, "{}");
        assert_int_equal(results[i].exchange_count, 0);
    }
    assert_int_equal(report_end(&scene.report), 0);
    end(&scene);
}

/* REPORT_VALUES_MAX: names of others that fill the room do not take the result away. */
static void values_that_are_too_long_are_cut(void **state)
{
    (void)state;
    static char name[REPORT_VALUES_MAX];
    struct scene scene;
    begin(&scene);
    memset(name, 'n', sizeof name - 1);
    json_out_member_text(report_values(&scene.report), "name", name);
    report_add(&scene.report, "dns.lame", "one", SIGHT_SEEN);
    report_add(&scene.report, "dns.lame", "two", SIGHT_SEEN);
    assert_string_equal(scene.report.results[0].values, "{\"cut\":true}");
    assert_string_equal(scene.report.results[1].values, "{}");
    assert_int_equal(report_end(&scene.report), 0);
    end(&scene);
}

static void the_first_failure_sticks(void **state)
{
    (void)state;
    struct scene scene;
    begin(&scene);
    report_fail(&scene.report, ERR_NO_MEMORY);
    report_fail(&scene.report, ERR_LIMIT);
    report_add(&scene.report, "dns.lame", "one", SIGHT_SEEN);
    assert_int_equal(report_end(&scene.report), ERR_NO_MEMORY);
    end(&scene);
}

/* All results of this view, as bytes. */
static void run_checks(struct view *view, struct buffer *out)
{
    struct report report;
    size_t count;
    const struct check *const *checks = check_table(&count);
    report_init(&report, view);
    for (size_t i = 0; i < count; i++) {
        report.check = checks[i];
        checks[i]->run(&report);
    }
    assert_int_equal(report_end(&report), 0);
    const struct result_set set = {
        .evidence = "", .vantage = "", .results = report.results, .count = report.count};
    assert_int_equal(result_set_encode(&set, out), 0);
    report_done(&report);
}

/* The last hosts are taken from the view, or the last servers from the measurement; broken servers
 * show more. */
static void run_with_fewer(const struct fixture_world *world, size_t hosts, size_t servers,
                           struct buffer *out)
{
    struct arena arena ARENA_CLEANUP;
    struct measurement measurement;
    struct view *view;
    arena_init(&arena, ARENA);
    fixture_build(world, &arena, &measurement);
    measurement.server_count -= servers;
    assert_int_equal(view_build(&measurement, &arena, &view), 0);
    view->host_count -= hosts;
    run_checks(view, out);
}

/* view.h: host_count hosts, whatever stands behind them. */
static void no_check_looks_behind_the_hosts(void **state)
{
    (void)state;
    for (enum server_mode mode = SERVER_NORMAL; mode <= SERVER_NO_SIGNATURES; mode++) {
        struct buffer whole BUFFER_CLEANUP, without BUFFER_CLEANUP, cut BUFFER_CLEANUP;
        const struct fixture_world world = {.servers = {mode, mode, SERVER_NORMAL},
                                            .not_signed = true};
        buffer_init(&whole, ARENA);
        buffer_init(&without, ARENA);
        buffer_init(&cut, ARENA);
        run_with_fewer(&world, 0, 0, &whole);
        run_with_fewer(&world, 0, FIXTURE_FAMILIES, &without);
        run_with_fewer(&world, FIXTURE_FAMILIES, 0, &cut);
        assert_int_not_equal(without.size, whole.size);
        assert_int_equal(cut.size, without.size);
        assert_memory_equal(cut.data, without.data, cut.size);
    }
}

static void *exact_copy(const void *items, size_t size)
{
    void *copy = malloc(size);
    assert_non_null(copy);
    return memcpy(copy, items, size);
}

/* The same with nothing at all behind any list: a sanitizer sees who looks there. */
static void lists_end_where_they_end(void **state)
{
    (void)state;
    struct arena arena ARENA_CLEANUP;
    struct buffer whole BUFFER_CLEANUP, exact BUFFER_CLEANUP;
    /* without an RDAP server, what looks for its certificate looks at everything */
    const struct fixture_world world = {.servers = {SERVER_OLD_SERIAL}, .rdap_down = true};
    struct measurement measurement;
    struct view *view;
    arena_init(&arena, ARENA);
    buffer_init(&whole, ARENA);
    buffer_init(&exact, ARENA);
    run_with_fewer(&world, 0, 0, &whole);
    fixture_build(&world, &arena, &measurement);
    void *exchanges = exact_copy(measurement.exchanges,
                                 measurement.exchange_count * sizeof *measurement.exchanges);
    void *servers =
        exact_copy(measurement.servers, measurement.server_count * sizeof *measurement.servers);
    measurement.exchanges = exchanges;
    measurement.servers = servers;
    assert_int_equal(view_build(&measurement, &arena, &view), 0);
    void *heard = exact_copy(view->heard, view->heard_count * sizeof *view->heard);
    struct host *hosts = exact_copy(view->hosts, view->host_count * sizeof *view->hosts);
    for (size_t i = 0; i < view->host_count; i++)
        hosts[i].heard =
            exact_copy(hosts[i].heard, hosts[i].heard_count * sizeof(const struct heard *));
    void *anchors = exact_copy(view->anchors, view->anchor_count * sizeof *view->anchors);
    view->heard = heard;
    view->hosts = hosts;
    view->anchors = anchors;
    run_checks(view, &exact);
    assert_int_equal(exact.size, whole.size);
    assert_memory_equal(exact.data, whole.data, exact.size);
    free(exchanges);
    free(servers);
    for (size_t i = 0; i < view->host_count; i++)
        free(hosts[i].heard);
    free(heard);
    free(hosts);
    free(anchors);
}

/* "Sorted set of names", at most VIEW_NAMES_MAX, each once. */
static void a_set_of_names_is_sorted_and_has_a_limit(void **state)
{
    (void)state;
    struct arena arena ARENA_CLEANUP;
    struct name_set set = {.count = 0}, other = {.count = 0};
    char name[20];
    arena_init(&arena, ARENA);
    assert_false(name_set_has(&set, "n000"));
    assert_true(name_set_equal(&set, &other));
    for (int i = 0; i < VIEW_NAMES_MAX; i++) {
        snprintf(name, sizeof name, "n%03d", i * 7 % VIEW_NAMES_MAX);
        assert_int_equal(name_set_add(&set, name, &arena), 0);
        assert_int_equal(name_set_add(&set, name, &arena), 0);
        assert_int_equal(set.count, i + 1);
        assert_true(name_set_has(&set, name));
        assert_false(name_set_equal(&set, &other));
    }
    assert_int_equal(name_set_add(&set, "one-more", &arena), ERR_LIMIT);
    assert_int_equal(name_set_add(&set, "n000", &arena), 0);
    for (int i = VIEW_NAMES_MAX - 1; i >= 0; i--) {
        snprintf(name, sizeof name, "n%03d", i);
        assert_string_equal(set.names[i], name);
        assert_int_equal(name_set_add(&other, i == 0 ? "n0" : name, &arena), 0);
    }
    assert_int_equal(other.count, set.count);
    assert_false(name_set_equal(&set, &other)); /* one name differs */
}

/* docs/checks.md is made of this: every code with its check, needs and other names. */
static void the_list_has_every_code_with_all_its_members(void **state)
{
    (void)state;
    struct buffer text BUFFER_CLEANUP;
    struct json_out out;
    struct vocabulary vocabulary;
    json_t *json JSON_CLEANUP = NULL;
    buffer_init(&text, 1 << 20);
    json_out_init(&out, &text, /* indent= */ false);
    check_prepare();
    check_list_write(&out);
    check_vocabulary(&vocabulary);
    assert_int_equal(json_parse(buffer_text(&text), text.size, &json, NULL), 0);
    assert_int_equal(json_array_size(json), vocabulary.code_count);
    for (size_t i = 0; i < vocabulary.code_count; i++) {
        const json_t *row = json_array_get(json, i);
        const struct check *check;
        const struct check_code *code = check_code_find(vocabulary.codes[i].name, &check);
        assert_non_null(code);
        assert_true(i == 0 || strcmp(vocabulary.codes[i - 1].name, vocabulary.codes[i].name) < 0);
        assert_string_equal(json_text(row, "code"), code->code);
        assert_string_equal(json_text(row, "check"), check->id);
        assert_string_equal(json_text(row, "summary"), code->summary);
        assert_string_equal(json_text(row, "rfc"), code->rfc);
        assert_string_equal(json_text(row, "fixture_bad"), code->fixture_bad);
        assert_string_equal(json_text(row, "fixture_good"), code->fixture_good);
        assert_int_equal(json_object_size(json_object_get(row, "also")), 3);
    }
    assert_null(check_code_find("dns.no-such-code", NULL));
    assert_non_null(strstr(buffer_text(&text),
                           "\"needs\":[\"parent:DS:udp\",\"parent:DNSKEY:udp\",\"apex:DNSKEY:udp\"]"
                           ",\"also\":{\"rst\":["
                           "\"dnssec-01\"],\"zonemaster\":[\"DS01_PARENT_SERVER_NO_DS\"],"
                           "\"rdapct\":[]}"));
}

TEST_MAIN(cmocka_unit_test(a_result_takes_what_was_cited_for_it),
          cmocka_unit_test(values_that_are_too_long_are_cut),
          cmocka_unit_test(the_first_failure_sticks),
          cmocka_unit_test(no_check_looks_behind_the_hosts),
          cmocka_unit_test(lists_end_where_they_end),
          cmocka_unit_test(a_set_of_names_is_sorted_and_has_a_limit),
          cmocka_unit_test(the_list_has_every_code_with_all_its_members))
