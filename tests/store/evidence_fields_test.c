/* What is put comes back, each field in its own place: rulebooks, measurements, findings, events
 * and delegations. Every record has another value in every field, as in fields_test.c. */
#include "scene.h"

#include "store/evidence.h"
#include "store/party.h"

#include <string.h>

static void begin(struct scene *scene)
{
    assert_done(scene->store, store_begin(scene->store));
}

/* What was written is read from the file, not from anybody's memory. */
static void commit(struct scene *scene)
{
    assert_done(scene->store, store_commit(scene->store));
    scene_reopen(scene);
}

static struct bytes bytes_of(const char *text)
{
    return (struct bytes){(const uint8_t *)text, strlen(text)};
}

static void assert_bytes(struct bytes bytes, const char *text)
{
    assert_int_equal(bytes.size, strlen(text));
    if (bytes.size > 0)
        assert_memory_equal(bytes.data, text, bytes.size);
}

static void a_rulebook_keeps_its_fields(void **state)
{
    struct scene *scene = *state;
    const struct store_rulebook put = {
        "d-1", "icann", "v-1", SCENE_AT(1), "ann", "bob", {(const uint8_t *)"tree", 4}};
    struct store_rulebook found, *list;
    size_t count;
    begin(scene);
    assert_done(scene->store, store_rulebook_put(scene->store, &put));
    commit(scene);
    assert_done(scene->store, store_rulebook_list(scene->store, &scene->arena, &list, &count));
    assert_int_equal(count, 1);
    for (int listed = 0; listed < 2; listed++) {
        if (listed)
            found = list[0];
        else
            assert_done(scene->store, store_rulebook_current(scene->store, &scene->arena, &found));
        assert_string_equal(found.digest, "d-1");
        assert_string_equal(found.name, "icann");
        assert_string_equal(found.version, "v-1");
        assert_int_equal(found.adopted_at, SCENE_AT(1));
        assert_string_equal(found.proposed_by, "ann");
        assert_string_equal(found.adopted_by, "bob");
        assert_bytes(found.tree, listed ? "" : "tree");
    }
}

static void a_measurement_keeps_its_fields(void **state)
{
    struct scene *scene = *state;
    const struct store_measurement put = {.id = "m-1",
                                          .target = "example",
                                          .vantage = "here",
                                          .observed_at = SCENE_AT(2),
                                          .stored_at = SCENE_AT(3),
                                          .bytes = bytes_of("bytes")};
    struct store_measurement found;
    begin(scene);
    assert_done(scene->store, store_measurement_put(scene->store, &put));
    commit(scene);
    assert_done(scene->store, store_measurement_find(scene->store, "m-1", &scene->arena, &found));
    assert_string_equal(found.id, "m-1");
    assert_string_equal(found.target, "example");
    assert_string_equal(found.vantage, "here");
    assert_int_equal(found.observed_at, SCENE_AT(2));
    assert_int_equal(found.stored_at, SCENE_AT(3));
    assert_false(found.thinned);
    assert_bytes(found.bytes, "bytes");
    assert_bytes(found.results, "");
    begin(scene);
    assert_done(scene->store, store_measurement_judged(scene->store, "m-1", "results", 7));
    assert_done(scene->store, store_measurement_thin(scene->store, "m-1", "manifest", 8));
    commit(scene);
    assert_done(scene->store, store_measurement_find(scene->store, "m-1", &scene->arena, &found));
    assert_true(found.thinned);
    assert_bytes(found.bytes, "manifest");
    assert_bytes(found.results, "results");
}

/* One that was judged already when it was put is not judged again. */
static void a_measurement_may_come_with_its_results(void **state)
{
    struct scene *scene = *state;
    const struct store_measurement put = {.id = "m-1",
                                          .target = "example",
                                          .vantage = "here",
                                          .bytes = bytes_of("bytes"),
                                          .results = bytes_of("results")};
    struct store_measurement *list, found;
    size_t count;
    begin(scene);
    assert_done(scene->store, store_measurement_put(scene->store, &put));
    scene_measurement(scene, "m-2", SCENE_AT(1));
    commit(scene);
    assert_done(scene->store, store_measurement_find(scene->store, "m-1", &scene->arena, &found));
    assert_bytes(found.results, "results");
    assert_done(scene->store,
                store_measurement_unjudged(scene->store, 0, &scene->arena, &list, &count));
    assert_int_equal(count, 1);
    assert_string_equal(list[0].id, "m-2");
}

static void assert_finding(const struct store_finding *found)
{
    assert_string_equal(found->id, "f-1");
    assert_string_equal(found->finding.obligation, "ra.x");
    assert_string_equal(found->finding.clause, "clause 7");
    assert_string_equal(found->finding.party, "registry-a");
    assert_string_equal(found->finding.subject, "example");
    assert_int_equal(found->finding.period_from, SCENE_AT(4));
    assert_int_equal(found->finding.period_until, SCENE_AT(5));
    assert_int_equal(found->finding.verdict, VERDICT_NOT_MET);
    assert_string_equal(found->finding.rulebook, "book");
    assert_string_equal(found->finding.reason, "It was seen.");
    assert_int_equal(found->decided_at, SCENE_AT(6));
    assert_int_equal(found->finding.code_count, 2);
    assert_string_equal(found->finding.codes[0], "dns.lame");
    assert_string_equal(found->finding.codes[1], "dns.wildcard");
    assert_int_equal(found->finding.seen_by_count, 1);
    assert_string_equal(found->finding.seen_by[0], "here");
    assert_int_equal(found->finding.evidence_count, 2);
    assert_string_equal(found->finding.evidence[0].measurement, "m-1");
    assert_int_equal(found->finding.evidence[0].count, 3);
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(found->finding.evidence[0].exchanges[i], 10 + i);
    assert_string_equal(found->finding.evidence[1].measurement, "m-2");
    assert_int_equal(found->finding.evidence[1].count, 0);
}

static void a_finding_keeps_its_fields(void **state)
{
    struct scene *scene = *state;
    const char *codes[] = {"dns.lame", "dns.wildcard"}, *seen_by[] = {"here"};
    uint32_t exchanges[] = {10, 11, 12};
    struct finding_evidence evidence[] = {{"m-1", exchanges, 3}, {"m-2", NULL, 0}};
    struct store_finding put = {.id = "f-1",
                                .finding = {.obligation = "ra.x",
                                            .clause = "clause 7",
                                            .party = "registry-a",
                                            .subject = "example",
                                            .period_from = SCENE_AT(4),
                                            .period_until = SCENE_AT(5),
                                            .verdict = VERDICT_NOT_MET,
                                            .codes = codes,
                                            .code_count = 2,
                                            .seen_by = seen_by,
                                            .seen_by_count = 1,
                                            .evidence = evidence,
                                            .evidence_count = 2,
                                            .rulebook = "book",
                                            .reason = "It was seen."},
                                .decided_at = SCENE_AT(6)};
    struct store_finding found, *list;
    size_t count;
    begin(scene);
    scene_measurement(scene, "m-1", SCENE_AT(1));
    scene_measurement(scene, "m-2", SCENE_AT(2));
    put.entry = scene_opening(scene, "finding");
    assert_int_equal(store_finding_put(scene->store, &put), 0);
    commit(scene);
    assert_done(scene->store, store_finding_find(scene->store, "f-1", &scene->arena, &found));
    assert_finding(&found);
    assert_memory_equal(found.entry.bytes, put.entry.bytes, DIGEST_SIZE);
    static const struct store_finding_query queries[] = {
        {.subject = "example"},
        {.subject = ""},
        {.latest = true},
        {.party = "registry-a"},
        {.obligation = "ra.x", .before = SCENE_AT(7)}};
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
        assert_int_equal(
            store_finding_list(scene->store, &queries[i], &scene->arena, &list, &count), 0);
        assert_int_equal(count, 1);
        assert_finding(&list[0]);
    }
    const struct store_finding_query before = {.before = SCENE_AT(6)};
    assert_int_equal(store_finding_list(scene->store, &before, &scene->arena, &list, &count), 0);
    assert_int_equal(count, 0);
}

static void an_event_keeps_its_fields(void **state)
{
    struct scene *scene = *state;
    const char *evidence[] = {"m-1", "m-2"};
    struct store_event *list;
    size_t count;
    begin(scene);
    scene_case(scene, "C-1", "example");
    struct digest entry = scene_opening(scene, "event");
    const struct case_event put = {.case_id = "C-1",
                                   .seq = 1,
                                   .type = CASE_ANSWERED,
                                   .version = 7,
                                   .at = SCENE_AT(8),
                                   .actor = "ann",
                                   .actor_role = "analyst",
                                   .reason = "mail",
                                   .evidence = evidence,
                                   .evidence_count = 2,
                                   .data = "{\"a\":1}"};
    assert_int_equal(store_event_append(scene->store, &put, &entry), 0);
    commit(scene);
    assert_done(scene->store,
                store_event_list(scene->store, "C-1", 0, 0, &scene->arena, &list, &count));
    assert_int_equal(count, 1);
    assert_string_equal(list[0].event.case_id, "C-1");
    assert_int_equal(list[0].event.seq, 1);
    assert_int_equal(list[0].event.type, CASE_ANSWERED);
    assert_int_equal(list[0].event.version, 7);
    assert_int_equal(list[0].event.at, SCENE_AT(8));
    assert_string_equal(list[0].event.actor, "ann");
    assert_string_equal(list[0].event.actor_role, "analyst");
    assert_string_equal(list[0].event.reason, "mail");
    assert_int_equal(list[0].event.evidence_count, 2);
    assert_string_equal(list[0].event.evidence[0], "m-1");
    assert_string_equal(list[0].event.evidence[1], "m-2");
    assert_string_equal(list[0].event.data, "{\"a\":1}");
    assert_memory_equal(list[0].entry.bytes, entry.bytes, DIGEST_SIZE);
}

/* Records of two TLDs: each has its own, of its own kinds. */
static void assert_records(const struct store_delegation *one)
{
    assert_string_equal(one->tld, "example");
    assert_int_equal(one->ns_count, 2);
    assert_string_equal(one->ns[0], "a.nic.example");
    assert_string_equal(one->ns[1], "b.nic.example");
    assert_int_equal(one->ds_count, 1);
    assert_string_equal(one->ds[0], "1 15 2 00");
    assert_int_equal(one->glue_count, 3);
    assert_string_equal(one->glue[2], "b.nic.example AAAA 2001:db8::2");
}

static void a_delegation_keeps_its_records(void **state)
{
    struct scene *scene = *state;
    const char *ns[] = {"a.nic.example", "b.nic.example"}, *ds[] = {"1 15 2 00"};
    const char *glue[] = {"a.nic.example A 192.0.2.1", "b.nic.example A 192.0.2.2",
                          "b.nic.example AAAA 2001:db8::2"};
    const struct store_delegation one = {"example", ns, 2, ds, 1, glue, 3};
    const struct store_delegation two = {"other", ns, 1, NULL, 0, NULL, 0};
    const struct tld tlds[] = {{"example", TLD_GENERIC, "registry-a", ""},
                               {"other", TLD_GENERIC, "registry-a", ""}};
    struct store_delegation first, second;
    begin(scene);
    scene_party(scene, "registry-a");
    assert_done(scene->store, store_tld_put(scene->store, &tlds[0]));
    assert_done(scene->store, store_tld_put(scene->store, &tlds[1]));
    assert_int_equal(store_delegation_put(scene->store, &one), 0);
    assert_int_equal(store_delegation_put(scene->store, &two), 0);
    commit(scene);
    assert_done(scene->store,
                store_delegation_find(scene->store, "example", &scene->arena, &first));
    assert_records(&first);
    assert_done(scene->store, store_delegation_find(scene->store, "other", &scene->arena, &second));
    assert_string_equal(second.tld, "other");
    assert_int_equal(second.ns_count, 1);
    assert_int_equal(second.ds_count + second.glue_count, 0);
    /* Never a part of them: without memory for all there is none. */
    int result = ERR_NO_MEMORY;
    for (size_t limit = 0; limit < 10000 && result < 0; limit += 8) {
        struct arena small ARENA_CLEANUP;
        struct store_delegation found;
        arena_init(&small, limit);
        result = store_delegation_find(scene->store, "example", &small, &found);
        if (result >= 0)
            assert_records(&found);
    }
    assert_int_equal(result, 0);
}

#define IN_SCENE(test) cmocka_unit_test_setup_teardown(test, scene_setup, scene_teardown)

TEST_MAIN(IN_SCENE(a_rulebook_keeps_its_fields), IN_SCENE(a_measurement_keeps_its_fields),
          IN_SCENE(a_measurement_may_come_with_its_results), IN_SCENE(a_finding_keeps_its_fields),
          IN_SCENE(an_event_keeps_its_fields), IN_SCENE(a_delegation_keeps_its_records))
