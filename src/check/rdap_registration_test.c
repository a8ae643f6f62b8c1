/* One name that is looked up, at the boundaries of what answers can tell: what is seen and what
 * cannot be told was worked out by hand. */
#include "check/check.h"
#include "check/fixture_scene.h"

#include <stdio.h>
#include <string.h>

#define HELP IS(PURPOSE_RDAP_HELP)
#define DOMAIN IS(PURPOSE_RDAP_DOMAIN)
#define NAME "\"objectClassName\":\"domain\",\"ldhName\":\"nic.example\""

static void set_answer(struct scene *scene, const struct choice *choice, int status,
                       const char *type, const char *body)
{
    for (size_t i = 0; i < scene->measurement.exchange_count; i++) {
        struct exchange *exchange = &scene->measurement.exchanges[i];
        if (!scene_fits(exchange, choice))
            continue;
        const char *text = arena_printf(
            &scene->arena, "HTTP/1.1 %d X\r\nContent-Type: %s\r\n\r\n%s", status, type, body);
        exchange->outcome = OUTCOME_ANSWERED;
        exchange->received = (struct bytes){(const uint8_t *)text, strlen(text)};
    }
}

static enum sight sight_of(struct scene *scene, const char *code)
{
    assert_int_equal(check_run_all(&scene->measurement, &scene->arena, &scene->set), 0);
    const struct result *result = scene_result_of(scene, code);
    assert_non_null(result);
    return result->sight;
}

static size_t count_of(const struct scene *scene, const char *code)
{
    return scene_count_of(scene, code, SIGHT_SEEN) + scene_count_of(scene, code, SIGHT_NOT_SEEN) +
           scene_count_of(scene, code, SIGHT_UNKNOWN);
}

/* Of a measurement of one name all that there is to see. */
static void what_is_seen_is_told_without_names(void **state)
{
    struct scene scene;
    (void)state;
    scene_begin(&scene, "name-registered");
    assert_int_equal(sight_of(&scene, "rdap.not-registered"), SIGHT_NOT_SEEN);
    const struct result *result = scene_result_of(&scene, "rdap.not-registered");
    assert_string_equal(result->subject, "nic.example");
    assert_string_equal(result->values, "{\"status\":200,\"registrar\":9995,\"abuse_contact\":true,"
                                        "\"statuses\":[\"active\",\"client hold\"]}");
    assert_int_equal(result->exchange_count, 2);
    assert_int_equal(count_of(&scene, "rdap.domain-missing"), 0);
    scene_end(&scene);
}

/* A survey of a TLD is none, whatever its nic name answers. */
static void a_survey_says_nothing_of_registrations(void **state)
{
    struct scene scene;
    (void)state;
    scene_begin(&scene, "rdap-no-domain");
    assert_int_equal(sight_of(&scene, "rdap.domain-missing"), SIGHT_SEEN);
    assert_int_equal(count_of(&scene, "rdap.not-registered"), 0);
    scene_end(&scene);
}

/* RFC 7480 5.3: 404 is "no such object" of an RDAP server, and of any web server. */
static void who_does_not_speak_rdap_knows_no_registration(void **state)
{
    const struct choice help = {.purpose = HELP}, domain = {.purpose = DOMAIN};
    static const struct {
        const char *help_body, *type; /* of the 404 */
        int help_status;
        enum sight sight;
    } rows[] = {
        {"{\"rdapConformance\":[\"rdap_level_0\"]}", "text/html", 200, SIGHT_SEEN},
        {"{}", "text/html", 200, SIGHT_UNKNOWN},
        {"<p>no", "text/html", 200, SIGHT_UNKNOWN},
        {"{\"rdapConformance\":[\"rdap_level_0\"]}", "text/html", 404, SIGHT_UNKNOWN},
        {"<p>no", "application/rdap+json", 404, SIGHT_SEEN},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct scene scene;
        scene_begin(&scene, "name-not-registered");
        set_answer(&scene, &help, rows[i].help_status, "text/html", rows[i].help_body);
        set_answer(&scene, &domain, 404, rows[i].type, "");
        assert_int_equal(sight_of(&scene, "rdap.not-registered"), rows[i].sight);
        scene_end(&scene);
    }
}

/* Anything else than the name that was asked for, or that it is not there, says nothing (C1). */
static void what_is_no_clear_answer_is_unknown(void **state)
{
    const struct choice domain = {.purpose = DOMAIN};
    static const struct {
        int status;
        const char *body;
    } rows[] = {
        {500, "{" NAME "}"},
        {302, "{" NAME "}"},
        {429, ""},
        {200, "{\"objectClassName\":\"domain\",\"ldhName\":\"other.example\"}"},
        {200, "{\"objectClassName\":\"entity\",\"ldhName\":\"nic.example\"}"},
        {200, "{" NAME},
        {200, ""},
        {200, "[]"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct scene scene;
        scene_begin(&scene, "name-registered");
        set_answer(&scene, &domain, rows[i].status, "application/rdap+json", rows[i].body);
        assert_int_equal(sight_of(&scene, "rdap.not-registered"), SIGHT_UNKNOWN);
        assert_int_equal(sight_of(&scene, "rdap.registrar-missing"), SIGHT_UNKNOWN);
        assert_int_equal(sight_of(&scene, "rdap.abuse-contact-missing"), SIGHT_UNKNOWN);
        assert_null(strstr(scene_result_of(&scene, "rdap.not-registered")->values, "registrar"));
        scene_end(&scene);
    }
}

static void silence_is_unknown(void **state)
{
    const struct choice domain = {.purpose = DOMAIN};
    static const enum exchange_outcome outcomes[] = {OUTCOME_TIMED_OUT,  OUTCOME_REFUSED,
                                                     OUTCOME_TLS_FAILED, OUTCOME_TOO_LARGE,
                                                     OUTCOME_NO_ADDRESS, OUTCOME_OWN_FAILURE};
    (void)state;
    for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++) {
        struct scene scene;
        scene_begin(&scene, "name-registered");
        scene_change_each(&scene, &domain, scene_set_outcome, (int)outcomes[i]);
        assert_int_equal(sight_of(&scene, "rdap.not-registered"), SIGHT_UNKNOWN);
        scene_end(&scene);
    }
}

/* One family that answers is enough; two that say different things are nothing. */
static void families_must_agree(void **state)
{
    const struct choice v6 = {.purpose = DOMAIN, .family = ADDRESS_IPV6};
    struct scene scene;
    (void)state;
    scene_begin(&scene, "name-registered");
    scene_change_each(&scene, &v6, scene_set_outcome, OUTCOME_TIMED_OUT);
    assert_int_equal(sight_of(&scene, "rdap.not-registered"), SIGHT_NOT_SEEN);
    set_answer(&scene, &v6, 500, "text/html", "");
    assert_int_equal(sight_of(&scene, "rdap.not-registered"), SIGHT_NOT_SEEN);
    set_answer(&scene, &v6, 404, "application/rdap+json", "");
    assert_int_equal(sight_of(&scene, "rdap.not-registered"), SIGHT_UNKNOWN);
    set_answer(&scene, &v6, 200, "application/rdap+json", "{" NAME "}");
    assert_int_equal(sight_of(&scene, "rdap.not-registered"), SIGHT_NOT_SEEN);
    assert_int_equal(sight_of(&scene, "rdap.registrar-missing"), SIGHT_UNKNOWN);
    scene_end(&scene);
    scene_begin(&scene, "name-not-registered");
    scene_change_each(&scene, &v6, scene_set_outcome, OUTCOME_TIMED_OUT);
    assert_int_equal(sight_of(&scene, "rdap.not-registered"), SIGHT_SEEN);
    set_answer(&scene, &v6, 500, "text/html", "");
    assert_int_equal(sight_of(&scene, "rdap.not-registered"), SIGHT_UNKNOWN);
    assert_int_equal(sight_of(&scene, "rdap.registrar-missing"), SIGHT_UNKNOWN);
    scene_end(&scene);
}

TEST_MAIN(cmocka_unit_test(what_is_seen_is_told_without_names),
          cmocka_unit_test(a_survey_says_nothing_of_registrations),
          cmocka_unit_test(who_does_not_speak_rdap_knows_no_registration),
          cmocka_unit_test(what_is_no_clear_answer_is_unknown),
          cmocka_unit_test(silence_is_unknown), cmocka_unit_test(families_must_agree))
