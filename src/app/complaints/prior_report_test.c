/* Who has to tell the party first finds a report that is ready to be sent; what stands in it is
 * their own. A draft is filed as it is by the link. */
#include "app/complaints/record.h"
#include "app/query.h"
#include "app/world.h"
#include "refusal.h"
#include "store/party.h"

#include <string.h>

static const struct actor own = {.id = ACTOR_COMPLAINANT, .roles = ROLE_COMPLAINANT};

#define DRAFT(language, more)                                                                      \
    "{\"type\":\"dns-abuse-registrar\",\"language\":\"" language "\",\"names\":"                   \
    "[\"bad.example\",\"worse.example\"],\"answers\":{\"kind\":\"spam\",\"domain\":"               \
    "\"bad.example\",\"answer\":\"{party} said no\"}," more "}"
#define UNTOLD "\"told_first\":{\"told\":false}"

static json_t *follow(struct world *world, const json_t *receipt)
{
    json_t *answer JSON_CLEANUP =
        world_ask(world, "complaint.follow", "token", json_text(receipt, "link"));
    return json_incref(json_object_get(answer, "complaint"));
}

static void the_report_is_ready(void **state)
{
    struct world *world = *state;
    const struct contact abuse = {.party = "registrar-1",
                                  .name = "",
                                  .role = "abuse",
                                  .email = "abuse@names.example"},
                         desk = {.party = "registrar-1",
                                 .name = "",
                                 .role = "compliance",
                                 .email = "desk@names.example"};
    assert_true(store_contact_put(world->app.store, &abuse) >= 0);
    assert_true(store_contact_put(world->app.store, &desk) >= 0);
    json_t *receipt JSON_CLEANUP =
        world_file(world, DRAFT("en", UNTOLD ",\"party\":\"registrar-1\""), false);
    assert_string_equal(json_text(receipt, "state"), "held");
    json_t *seen JSON_CLEANUP = follow(world, receipt);
    const json_t *report = json_object_get(seen, "report"), *to = json_object_get(report, "to");
    const char *text = json_text(report, "text");
    assert_int_equal(json_array_size(to), 1);
    assert_string_equal(json_string_value(json_array_get(to, 0)), "abuse@names.example");
    assert_string_equal(json_text(report, "subject"), "Report about bad.example, worse.example");
    assert_non_null(strstr(text, "Which kind of abuse is it?\nspam\n"));
    assert_non_null(strstr(text, "{party} said no")); /* what was answered is filled in nowhere */
    assert_non_null(strstr(text, "2027-01-04"));
    assert_null(strstr(text, json_text(receipt, "reference")));
}

static void it_speaks_the_language_of_the_complaint(void **state)
{
    struct world *world = *state;
    json_t *receipt JSON_CLEANUP = world_file(world, DRAFT("ar", UNTOLD), false);
    json_t *seen JSON_CLEANUP = follow(world, receipt);
    const json_t *report = json_object_get(seen, "report");
    assert_non_null(strstr(json_text(report, "subject"), "بلاغ"));
    assert_int_equal(json_array_size(json_object_get(report, "to")), 0);
}

static void who_told_the_party_needs_none(void **state)
{
    struct world *world = *state;
    json_t *receipt JSON_CLEANUP = world_file(
        world, DRAFT("en", "\"told_first\":{\"told\":true,\"on\":\"2026-12-01\"}"), false);
    json_t *seen JSON_CLEANUP = follow(world, receipt);
    assert_null(json_object_get(seen, "report"));
}

static void a_draft_is_filed_as_it_is(void **state)
{
    struct world *world = *state;
    struct error_detail detail = {0};
    json_t *receipt JSON_CLEANUP = world_file(world, DRAFT("en", UNTOLD), false);
    for (int i = 0; i < 2; i++) {
        json_t *told JSON_CLEANUP =
            world_must(world, &own, "complaint.insist",
                       json_pack("{s:s}", "link", json_text(receipt, "link")));
        assert_string_equal(json_text(told, "state"), "filed");
        assert_int_equal(json_is_true(json_object_get(told, "repeated")), i);
    }
    json_t *filed JSON_CLEANUP = world_file(world, DRAFT("en", UNTOLD), true);
    assert_refused(world_run(world, &own, "complaint.insist",
                             json_pack("{s:s}", "link", json_text(filed, "link")), NULL, &detail),
                   ERR_REFUSED, &detail, "'filed-anyway' cannot happen now");
}

static int start(void **state)
{
    const struct tld tld = {"example", TLD_GENERIC, NULL, ""};
    assert_int_equal(world_start(state), 0);
    struct world *world = *state;
    assert_true(store_tld_put(world->app.store, &tld) >= 0);
    world_put_agreement(world);
    return 0;
}

#define REPORT_TEST(name) cmocka_unit_test_setup_teardown(name, start, world_end)

TEST_MAIN(REPORT_TEST(the_report_is_ready), REPORT_TEST(it_speaks_the_language_of_the_complaint),
          REPORT_TEST(who_told_the_party_needs_none), REPORT_TEST(a_draft_is_filed_as_it_is))
