/* RDAP answers, certificates and our own clock at the boundaries of what is right. Each world
 * starts from a fixture; what is seen and what cannot be told was worked out by hand. */
#include "base/civil.h"
#include "check/check.h"
#include "check/fixture_message.h"
#include "check/fixture_scene.h"

#include <stdio.h>
#include <string.h>

/* An HTTP answer of that status. */
static void set_status(struct scene *scene, struct exchange *exchange, int status)
{
    const char *text = arena_printf(
        &scene->arena, "HTTP/1.1 %d X\r\nContent-Type: application/rdap+json\r\n\r\n{}", status);
    exchange->outcome = OUTCOME_ANSWERED;
    exchange->received = (struct bytes){.data = (const uint8_t *)text, .size = strlen(text)};
}

/* --- RDAP --- */

/* RFC 7480 5: 200 and 404 are the good ones; a redirect without a Location is none. */
static void statuses_are_judged(void **state)
{
    (void)state;
    const struct choice domain = {.purpose = IS(PURPOSE_RDAP_DOMAIN)};
    static const struct {
        int status;
        const char *seen;
    } rows[] = {
        {199, "rdap.bad-status=1 rdap.domain-missing=1"},
        {201, "rdap.bad-status=1 rdap.domain-missing=1"},
        {299, "rdap.bad-status=1 rdap.domain-missing=1"},
        {300, "rdap.bad-status=1 rdap.domain-missing=1"},
        {304, "rdap.bad-status=1 rdap.domain-missing=1"},
        {399, "rdap.bad-status=1 rdap.domain-missing=1"},
        {400, "rdap.bad-status=1 rdap.domain-missing=1"},
        {403, "rdap.bad-status=1 rdap.domain-missing=1"},
        {404, "rdap.domain-missing=1"},
        {405, "rdap.bad-status=1 rdap.domain-missing=1"},
        {200, "rdap.conformance-missing=1 rdap.wrong-name=1 rdap.wrong-object=1"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct scene scene;
        scene_begin(&scene, "healthy");
        scene_change_each(&scene, &domain, set_status, rows[i].status);
        scene_expect(&scene, rows[i].seen, "");
        assert_int_equal(scene_count_of(&scene, "rdap.bad-status", SIGHT_NOT_SEEN),
                         strstr(rows[i].seen, "bad-status") ? 1 : 2);
        scene_end(&scene);
    }
}

/* An answer as it stands. */
static void set_answer(struct scene *scene, const struct choice *choice, const char *text)
{
    for (size_t i = 0; i < scene->measurement.exchange_count; i++) {
        struct exchange *exchange = &scene->measurement.exchanges[i];
        if (scene_fits(exchange, choice))
            exchange->received = (struct bytes){(const uint8_t *)text, strlen(text)};
    }
}

static void expect_answer(const struct choice *choice, const char *text, const char *seen,
                          const char *unknown)
{
    struct scene scene;
    scene_begin(&scene, "healthy");
    set_answer(&scene, choice, text);
    scene_expect(&scene, seen, unknown);
    scene_end(&scene);
}

/* RFC 7480 5.2: where a redirect leads over HTTPS is judged, not that it was one. */
static void redirects_are_followed_within_https_only(void **state)
{
    (void)state;
    const struct choice domain = {.purpose = IS(PURPOSE_RDAP_DOMAIN)};
    static const char astray[] = "rdap.bad-status=1 rdap.domain-missing=1";
    static const struct {
        const char *answer, *seen;
    } rows[] = {
        {"HTTP/1.1 302 X\r\nLocation: https://other.example/a:b\r\n\r\n", ""},
        {"HTTP/1.1 308 X\r\nLocation: HTTPS://other.example/\r\n\r\n", ""},
        {"HTTP/1.1 301 X\r\nLocation: //other.example:1/\r\n\r\n", ""},
        {"HTTP/1.1 303 X\r\nLocation: /a:b\r\n\r\n", ""},
        {"HTTP/1.1 303 X\r\nLocation: /\r\n\r\n", ""},
        {"HTTP/1.1 307 X\r\nLocation: ?http:\r\n\r\n", ""},
        {"HTTP/1.1 307 X\r\nLocation: #http:\r\n\r\n", ""},
        {"HTTP/1.1 300 X\r\nLocation: https:\r\n\r\n", ""},
        {"HTTP/1.1 399 X\r\nLocation: there\r\n\r\n", ""},
        {"HTTP/1.1 299 X\r\nLocation: there\r\n\r\n", astray},
        {"HTTP/1.1 400 X\r\nLocation: there\r\n\r\n", astray},
        {"HTTP/1.1 302 X\r\nLocation: http://other.example/\r\n\r\n", astray},
        {"HTTP/1.1 302 X\r\nLocation: ftp:x\r\n\r\n", astray},
        {"HTTP/1.1 302 X\r\nLocation:\r\n\r\n", astray},
        {"HTTP/1.1 304 X\r\nLocation: /there\r\n\r\n", astray},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        expect_answer(&domain, rows[i].answer, rows[i].seen, "");
}

/* What a result repeats of a Location has an end (C4: bytes of others never make a run fail). */
static void a_location_is_told_up_to_a_limit(void **state)
{
    (void)state;
    enum { LONG = 60000, TOLD = 512 };
    const struct choice domain = {.purpose = IS(PURPOSE_RDAP_DOMAIN)};
    static char answer[LONG + 100];
    int head = snprintf(answer, sizeof answer, "HTTP/1.1 302 X\r\nLocation: http:");
    memset(answer + head, 'x', LONG);
    memcpy(answer + head + LONG, "\r\n\r\n", 5);
    struct scene scene;
    scene_begin(&scene, "healthy");
    set_answer(&scene, &domain, answer);
    scene_expect(&scene, "rdap.bad-status=1 rdap.domain-missing=1", "");
    static const char *const codes[] = {"rdap.bad-status", "rdap.domain-missing"};
    for (size_t i = 0; i < 2; i++) {
        const char *values = scene_result_of(&scene, codes[i])->values;
        assert_ptr_equal(strstr(values, "{\"location\":\"http:xxx"), values);
        assert_int_equal(strlen(values), TOLD + strlen("{\"location\":\"\",\"status\":302}"));
    }
    scene_end(&scene);
}

/* Moves a question to the IPv4 address, so that its URL was asked twice there. */
static void move_to_ipv4(struct scene *scene, struct exchange *exchange, int family)
{
    const struct choice v4 = {.purpose = IS(PURPOSE_RDAP_DOMAIN), .family = family};
    for (size_t i = 0; i < scene->measurement.exchange_count; i++) {
        if (scene_fits(&scene->measurement.exchanges[i], &v4))
            exchange->address = scene->measurement.exchanges[i].address;
    }
}

/* A loop is one that ends nowhere: the same URL twice, and nothing but redirects. */
static void a_loop_is_seen_when_nothing_else_came(void **state)
{
    (void)state;
    const struct choice domain = {.purpose = IS(PURPOSE_RDAP_DOMAIN)};
    const struct choice v6 = {.purpose = IS(PURPOSE_RDAP_DOMAIN), .family = ADDRESS_IPV6};
    static const char back[] = "HTTP/1.1 302 X\r\nLocation: /domain/nic.example\r\n\r\n";
    static const char loop[] = "rdap.bad-status=1 rdap.domain-missing=1";
    /* once over each family: where it leads was not asked any more */
    expect_answer(&domain, back, "", "");
    static const struct {
        int outcome;
        const char *last, *seen;
    } rows[] = {{OUTCOME_ANSWERED, back, loop},
                {OUTCOME_TIMED_OUT, "", ""},
                {OUTCOME_ANSWERED, "HTTP/1.1 404 X\r\n\r\n", "rdap.domain-missing=1"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct scene scene;
        scene_begin(&scene, "healthy");
        set_answer(&scene, &domain, back);
        set_answer(&scene, &v6, rows[i].last);
        scene_change_each(&scene, &v6, scene_set_outcome, rows[i].outcome);
        scene_change_each(&scene, &v6, move_to_ipv4, ADDRESS_IPV4);
        scene_expect(&scene, rows[i].seen, "");
        scene_end(&scene);
    }
    /* a visit that stands behind the measurement is none */
    struct scene cut;
    scene_begin(&cut, "healthy");
    set_answer(&cut, &domain, back);
    scene_change_each(&cut, &v6, move_to_ipv4, ADDRESS_IPV4);
    struct exchange *last = &cut.measurement.exchanges[cut.measurement.exchange_count - 1];
    for (struct exchange *at = cut.measurement.exchanges; at < last; at++) {
        struct exchange kept = *at;
        if (!scene_fits(at, &domain))
            continue;
        *at = *last;
        *last = kept;
        break;
    }
    cut.measurement.exchange_count--;
    scene_expect(&cut, "", "");
    scene_end(&cut);
    /* the shortest reference that there is leads back, too, and is told */
    static const char least[] = "HTTP/1.1 302 X\r\nLocation: /\r\n\r\n";
    struct scene scene;
    scene_begin(&scene, "healthy");
    set_answer(&scene, &domain, least);
    scene_change_each(&scene, &v6, move_to_ipv4, ADDRESS_IPV4);
    struct exchange *first = &scene.measurement.exchanges[0], *visit = first;
    while (!scene_fits(visit, &domain))
        visit++;
    const struct exchange moved = *visit; /* the first visit may be the first of all exchanges */
    *visit = *first;
    *first = moved;
    scene_expect(&scene, loop, "");
    assert_string_equal(scene_result_of(&scene, "rdap.bad-status")->values,
                        "{\"location\":\"/\",\"status\":302}");
    scene_end(&scene);
}

#define DOMAIN_UNKNOWN                                                                             \
    "rdap.bad-status=1 rdap.conformance-missing=1 rdap.domain-missing=1 rdap.not-json=1 "          \
    "rdap.wrong-name=1 rdap.wrong-object=1 rdap.wrong-type=1"

/* RFC 7480 5.5: that we asked too much says nothing about the answers. */
static void our_own_rate_is_not_held_against_the_server(void **state)
{
    (void)state;
    const struct choice domain = {.purpose = IS(PURPOSE_RDAP_DOMAIN)};
    const struct choice domain_v6 = {.purpose = IS(PURPOSE_RDAP_DOMAIN), .family = ADDRESS_IPV6};
    const struct choice help = {.purpose = IS(PURPOSE_RDAP_HELP)};
    static const char busy[] = "HTTP/1.1 503 X\r\nRetry-After: 60\r\n\r\n";
    scene_expect_changed("healthy", &domain, set_status, 429, "", DOMAIN_UNKNOWN);
    expect_answer(&domain, busy, "", DOMAIN_UNKNOWN);
    expect_answer(&help, busy, "",
                  "rdap.bad-status=1 rdap.conformance-missing=1 rdap.help-missing=1 "
                  "rdap.not-json=1 rdap.wrong-type=1");
    expect_answer(&domain, "HTTP/1.1 503 X\r\n\r\n", "rdap.bad-status=1 rdap.domain-missing=1", "");
    /* C2: judged on the answers that came */
    scene_expect_changed("healthy", &domain_v6, set_status, 429, "", "");
    expect_answer(&domain_v6, busy, "", "");
}

/* RFC 6585 4: what a result says of the status is that of the last answer; that we asked too much
 * is told only when nothing else was heard. */
static void our_own_rate_is_the_status_when_nothing_else_came(void **state)
{
    (void)state;
    static const struct {
        int ipv4, ipv6;
        const char *values;
    } rows[] = {
        {429, 429, "{\"status\":429}"},
        {500, 429, "{\"status\":500}"},
        {429, 500, "{\"status\":500}"},
        {404, 500, "{\"status\":500}"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct choice v4 = {.purpose = IS(PURPOSE_RDAP_DOMAIN), .family = ADDRESS_IPV4};
        const struct choice v6 = {.purpose = IS(PURPOSE_RDAP_DOMAIN), .family = ADDRESS_IPV6};
        struct scene scene;
        scene_begin(&scene, "healthy");
        scene_change_each(&scene, &v4, set_status, rows[i].ipv4);
        scene_change_each(&scene, &v6, set_status, rows[i].ipv6);
        assert_int_equal(check_run_all(&scene.measurement, &scene.arena, &scene.set), 0);
        const struct result *result = scene_result_of(&scene, "rdap.bad-status");
        assert_string_equal(result->subject, "https://rdap.nic.example/domain/nic.example");
        assert_string_equal(result->values, rows[i].values);
        scene_end(&scene);
    }
}

#define HELP_UNREAD "rdap.conformance-missing=1 rdap.not-json=1"
#define DOMAIN_UNREAD HELP_UNREAD " rdap.wrong-name=1 rdap.wrong-object=1"

/* RFC 9110 8.4: a coding is allowed although we ask for none; what is in it we do not know. */
static void a_coded_body_is_unknown(void **state)
{
    (void)state;
    const struct choice domain = {.purpose = IS(PURPOSE_RDAP_DOMAIN)};
    const struct choice domain_v6 = {.purpose = IS(PURPOSE_RDAP_DOMAIN), .family = ADDRESS_IPV6};
#define CODED(coding, type)                                                                        \
    "HTTP/1.1 200 X\r\nContent-Type: " type "\r\nContent-Encoding: " coding "\r\n\r\n\x1f\x8b\x08"
    expect_answer(&domain, CODED("gzip", "application/rdap+json"), "", DOMAIN_UNREAD);
    expect_answer(&domain, CODED("br", "text/html"), "rdap.wrong-type=1", DOMAIN_UNREAD);
    expect_answer(&domain, CODED("compress", "application/rdap+json"), "", DOMAIN_UNREAD);
    expect_answer(&domain, CODED("ident", "application/rdap+json"), "", DOMAIN_UNREAD);
    expect_answer(&domain, CODED("Identity", "application/rdap+json"), "rdap.not-json=1", "");
    expect_answer(&domain, CODED("", "application/rdap+json"), "rdap.not-json=1", "");
    expect_answer(&domain_v6, CODED("gzip", "application/rdap+json"), "", "");
    struct scene scene;
    scene_begin(&scene, "healthy");
    set_answer(&scene, &domain, CODED("gzip", "application/rdap+json"));
    scene_expect(&scene, "", DOMAIN_UNREAD);
    for (size_t i = 0; i < scene.set.count; i++) {
        const struct result *result = &scene.set.results[i];
        if (!strcmp(result->code, "rdap.not-json") && result->sight == SIGHT_UNKNOWN)
            assert_string_equal(result->values,
                                "{\"fault\":\"the content coding is gzip\",\"status\":200}");
    }
    scene_end(&scene);
}

/* RFC 8259 4, 6, 8.2, 9: what we do not read is JSON all the same. */
static void json_that_we_do_not_read_is_unknown(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "{\"a\":123456789012345678901234567890}",
        "{\"a\":1e999}",
        "{\"a\":\"\\u0000\"}",
        "{\"a\":\"\\ud800\"}",
        "{\"a\":1,\"a\":1}",
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct scene scene;
        scene_begin(&scene, "healthy");
        scene.world.help_body = rows[i];
        fixture_build(&scene.world, &scene.arena, &scene.measurement);
        scene_expect(&scene, "", HELP_UNREAD);
        scene_end(&scene);
    }
}

/* RFC 9083 4.1: the array, and "rdap_level_0" in it. */
static void conformance_names_level_0(void **state)
{
    (void)state;
    static const char *const bodies[] = {"{\"rdapConformance\":[]}",
                                         "{\"rdapConformance\":[\"rdap_level_1\"]}",
                                         "{\"rdapConformance\":\"rdap_level_0\"}", "{}"};
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        struct scene scene;
        scene_begin(&scene, "healthy");
        scene.world.help_body = bodies[i];
        fixture_build(&scene.world, &scene.arena, &scene.measurement);
        scene_expect(&scene, "rdap.conformance-missing=1", "");
        scene_end(&scene);
    }
}

/* One URL is judged once over all addresses, the worst counts; an address is reached when any of
 * its questions was. */
static void addresses_and_urls_are_judged_each_for_itself(void **state)
{
    (void)state;
    const struct choice help = {.purpose = IS(PURPOSE_RDAP_HELP)};
    const struct choice domain_v6 = {.purpose = IS(PURPOSE_RDAP_DOMAIN), .family = ADDRESS_IPV6};
    const struct choice v6 = {.server = "rdap.nic.example", .family = ADDRESS_IPV6};
    const struct choice all = {.server = "rdap.nic.example"};
    scene_expect_changed("healthy", &help, scene_set_outcome, OUTCOME_TIMED_OUT, "", "");
    scene_expect_changed("healthy", &domain_v6, scene_set_outcome, OUTCOME_TIMED_OUT, "", "");
    /* C2: reached once, an address was reached, whatever failed on our side before or after */
    const struct choice help_v6 = {.purpose = IS(PURPOSE_RDAP_HELP), .family = ADDRESS_IPV6};
    scene_expect_changed("healthy", &domain_v6, scene_set_outcome, OUTCOME_OWN_FAILURE, "", "");
    scene_expect_changed("healthy", &help_v6, scene_set_outcome, OUTCOME_OWN_FAILURE, "", "");
    scene_expect_changed("healthy", &domain_v6, set_status, 500,
                         "rdap.bad-status=1 rdap.domain-missing=1", "");
    scene_expect_changed("healthy", &domain_v6, set_status, 404, "rdap.domain-missing=1", "");
    scene_expect_changed("healthy", &v6, scene_set_outcome, OUTCOME_TIMED_OUT, "rdap.unreachable=1",
                         "");
    scene_expect_changed("healthy", &v6, scene_set_outcome, OUTCOME_OWN_FAILURE, "",
                         "rdap.unreachable=1");
    scene_expect_changed("healthy", &all, scene_set_outcome, OUTCOME_TOO_LARGE, "", "");
    scene_expect_changed("healthy", &all, scene_set_outcome, OUTCOME_TLS_FAILED, "", "");
    /* nothing could be looked at: each URL has one unknown of each of its codes */
    scene_expect_changed("healthy", &all, scene_set_outcome, OUTCOME_NO_ADDRESS, "",
                         "rdap.bad-status=2 rdap.conformance-missing=2 rdap.domain-missing=1 "
                         "rdap.help-missing=1 rdap.not-json=2 rdap.unreachable=2 rdap.wrong-name=1 "
                         "rdap.wrong-object=1 rdap.wrong-type=2");
}

/* The results as lines: what was seen where, and on how many exchanges it rests. */
static void write_results(struct scene *scene, struct buffer *out)
{
    assert_int_equal(check_run_all(&scene->measurement, &scene->arena, &scene->set), 0);
    for (size_t i = 0; i < scene->set.count; i++) {
        const struct result *result = &scene->set.results[i];
        buffer_printf(out, "%s %s %d %zu\n", result->code, result->subject, (int)result->sight,
                      result->exchange_count);
    }
    assert_int_equal(buffer_error(out), 0);
}

/* Exchanges are in no order that matters: whichever stands first, the results are the same. */
static void any_exchange_may_stand_first(void **state)
{
    (void)state;
    struct scene scene;
    struct buffer expected BUFFER_CLEANUP;
    buffer_init(&expected, 1 << 20);
    const struct choice one = {.purpose = IS(PURPOSE_RDAP_DOMAIN), .family = ADDRESS_IPV4};
    scene_begin(&scene, "rdap-wrong-name");
    scene_change_each(&scene, &one, set_status, 500); /* of two answers one shows each fault */
    write_results(&scene, &expected);
    for (size_t i = 1; i < scene.measurement.exchange_count; i++) {
        struct buffer found BUFFER_CLEANUP;
        struct exchange *exchanges = scene.measurement.exchanges, first = exchanges[0];
        buffer_init(&found, 1 << 20);
        exchanges[0] = exchanges[i];
        exchanges[i] = first;
        write_results(&scene, &found);
        assert_string_equal(buffer_text(&found), buffer_text(&expected));
        exchanges[i] = exchanges[0];
        exchanges[0] = first;
    }
    scene_end(&scene);
}

/* model/measurement.h: exchange_count exchanges, whatever stands behind them. */
static void no_check_looks_behind_the_exchanges(void **state)
{
    (void)state;
    struct scene scene;
    scene_begin(&scene, "unsigned");
    const struct choice one = {.server = "rdap.nic.example", .family = ADDRESS_IPV6};
    scene_change_each(&scene, &one, set_status, 500);
    struct exchange *exchanges = scene.measurement.exchanges;
    for (size_t count = scene.measurement.exchange_count - 1; count > 0; count--) {
        struct buffer longer BUFFER_CLEANUP, exact BUFFER_CLEANUP;
        const struct exchange behind = exchanges[count];
        buffer_init(&longer, 1 << 20);
        buffer_init(&exact, 1 << 20);
        scene.measurement.exchange_count = count;
        write_results(&scene, &longer);
        exchanges[count] = (struct exchange){.server = ""};
        write_results(&scene, &exact);
        exchanges[count] = behind;
        assert_string_equal(buffer_text(&longer), buffer_text(&exact));
    }
    scene_end(&scene);
}

static void drop_chain(struct scene *scene, struct exchange *exchange, int outcome)
{
    exchange->chain_count = 0;
    scene_set_outcome(scene, exchange, outcome);
}

static void drop_address(struct scene *scene, struct exchange *exchange, int outcome)
{
    drop_chain(scene, exchange, outcome);
    exchange->address = (struct net_address){.family = ADDRESS_NONE};
}

#define NO_RDAP                                                                                    \
    "rdap.bad-status=2 rdap.certificate-expired=%d rdap.certificate-name=%d "                      \
    "rdap.certificate-not-yet-valid=%d rdap.certificate-untrusted=%d rdap.conformance-missing=2 "  \
    "rdap.domain-missing=1 rdap.help-missing=1 rdap.not-json=2 rdap.unreachable=%d "               \
    "rdap.wrong-name=1 rdap.wrong-object=1 rdap.wrong-type=2"

/* C1, C2: a handshake that showed no certificate reached nobody; a name without an address is
 * unknown under its bare name. */
static void without_certificate_or_address_nobody_was_reached(void **state)
{
    (void)state;
    const struct choice all = {.server = "rdap.nic.example"};
    char unknown[600];
    scene_expect_changed("healthy", &all, drop_chain, OUTCOME_TLS_FAILED, "rdap.unreachable=2", "");
    scene_expect_changed("healthy", &all, drop_chain, OUTCOME_TOO_LARGE, "", "");
    snprintf(unknown, sizeof unknown, NO_RDAP, 2, 2, 2, 2, 2);
    scene_expect_changed("healthy", &all, drop_chain, OUTCOME_OWN_FAILURE, "", unknown);
    snprintf(unknown, sizeof unknown, NO_RDAP, 1, 1, 1, 1, 1);
    struct scene scene;
    scene_begin(&scene, "healthy");
    scene_change_each(&scene, &all, drop_address, OUTCOME_TIMED_OUT);
    scene_expect(&scene, "", unknown);
    assert_string_equal(scene_result_of(&scene, "rdap.unreachable")->subject, "rdap.nic.example");
    scene_end(&scene);
}

static void set_verify(struct scene *scene, struct exchange *exchange, int error)
{
    (void)scene;
    exchange->tls_verify = error;
}

/* OpenSSL's numbers: what is about dates or names is not about trust. C1: without a reference whose
 * certificate we trust, our own list may be at fault. */
static void trust_is_believed_when_it_works_elsewhere(void **state)
{
    (void)state;
    const struct choice all = {.server = "rdap.nic.example"};
    const struct choice web = {.purpose = IS(PURPOSE_REFERENCE), .kind = IS(EXCHANGE_HTTPS)};
    struct scene scene;
    static const struct {
        int error;
        const char *seen;
    } rows[] = {
        {0, ""},
        {20, "rdap.certificate-untrusted=2"},
        {18, "rdap.certificate-untrusted=2"},
        {10, "rdap.certificate-expired=2"},
        {9, "rdap.certificate-not-yet-valid=2"},
        {62, ""},
        {64, ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        scene_expect_changed("healthy", &all, set_verify, rows[i].error, rows[i].seen, "");
    scene_begin(&scene, "certificate-untrusted");
    scene_change_each(&scene, &web, set_verify, 20);
    scene_expect(&scene, "", "rdap.certificate-untrusted=2");
    scene_end(&scene);
}

/* RFC 5280 4.1.2.5: valid from the first date to the second, both included. */
static void a_certificate_holds_on_both_its_dates(void **state)
{
    (void)state;
    static const uint8_t utc_time[] = {0x17, 13};
    static const struct {
        const char *from, *until, *seen;
    } rows[] = {
        {"260601000000Z", "260701000000Z", ""},
        {"260601000001Z", "260701000000Z", "rdap.certificate-not-yet-valid=2"},
        {"260501000000Z", "260601000000Z", ""},
        {"260501000000Z", "260531235959Z", "rdap.certificate-expired=2"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct scene scene;
        scene_begin(&scene, "healthy");
        for (size_t n = 0; n < scene.measurement.exchange_count; n++) {
            struct exchange *exchange = &scene.measurement.exchanges[n];
            if (exchange->chain_count == 0)
                continue;
            uint8_t *der =
                arena_copy(&scene.arena, exchange->chain[0].data, exchange->chain[0].size);
            uint8_t *at = memmem(der, exchange->chain[0].size, utc_time, sizeof utc_time);
            assert_non_null(at);
            memcpy(at + 2, rows[i].from, 13);
            memcpy(at + 17, rows[i].until, 13);
            exchange->chain[0].data = der;
        }
        scene_expect(&scene, rows[i].seen, "");
        scene_end(&scene);
    }
}

static void spoil_chain(struct scene *scene, struct exchange *exchange, int error)
{
    static const struct bytes rubbish = {.data = (const uint8_t *)"rubbish", .size = 7};
    if (exchange->chain_count > 0)
        exchange->chain[0] = rubbish;
    set_verify(scene, exchange, error);
}

/* RFC 6125 6: a certificate that cannot be read names nobody; its dates are not known, so that only
 * the handshake may have told of them. */
static void a_certificate_that_cannot_be_read_is_for_nobody(void **state)
{
    (void)state;
    const struct choice all = {.server = "rdap.nic.example"};
    scene_expect_changed("healthy", &all, spoil_chain, 0, "rdap.certificate-name=2", "");
    scene_expect_changed("healthy", &all, spoil_chain, 10,
                         "rdap.certificate-expired=2 rdap.certificate-name=2", "");
    scene_expect_changed("healthy", &all, spoil_chain, 9,
                         "rdap.certificate-name=2 rdap.certificate-not-yet-valid=2", "");
    struct scene scene;
    scene_begin(&scene, "healthy");
    scene_change_each(&scene, &all, spoil_chain, 0);
    scene_expect(&scene, "rdap.certificate-name=2", "");
    assert_string_equal(scene_result_of(&scene, "rdap.certificate-name")->values, "{}");
    scene_end(&scene);
}

/* --- our clock --- */

/* C3: a minute is allowed to both sides, and a second more because HTTP dates have no fraction. The
 * fixture asks its reference one millisecond after the start and waits twenty. */
static void the_clock_may_be_a_minute_off(void **state)
{
    (void)state;
    static const struct {
        int64_t error_us;
        bool trusted;
    } rows[] = {
        {60999000, true}, {60999001, false}, {-60021000, true}, {-60021001, false}, {0, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct scene scene;
        scene_begin(&scene, "expired-signature");
        scene.world.clock_error_us = rows[i].error_us;
        fixture_build(&scene.world, &scene.arena, &scene.measurement);
        assert_int_equal(check_run_all(&scene.measurement, &scene.arena, &scene.set), 0);
        assert_int_equal(scene_count_of(&scene, "dnssec.expired", SIGHT_SEEN),
                         rows[i].trusted ? 6 : 0);
        assert_int_equal(scene_count_of(&scene, "dnssec.expired", SIGHT_UNKNOWN),
                         rows[i].trusted ? 0 : 6);
        const char *values = scene_result_of(&scene, "dnssec.chain-broken")->values;
        assert_true(rows[i].trusted ==
                    !strstr(values, "\"clock\":\"the date of a reference web server differs"));
        scene_end(&scene);
    }
}

/* RFC 4034 3.1.5: a signature holds at both its moments. Only a reference's signature of SOA tells,
 * and one that doubts outweighs one that confirms. */
static void a_references_signature_holds_at_both_its_moments(void **state)
{
    (void)state;
    static const struct {
        int64_t error_us;
        bool trusted;
    } rows[] = {
        {CIVIL_DAY_US, true},
        {CIVIL_DAY_US + 1, false},
        {-CIVIL_DAY_US, true},
        {-CIVIL_DAY_US - 1, false},
    };
    const struct choice web = {.purpose = IS(PURPOSE_REFERENCE), .kind = IS(EXCHANGE_HTTPS)};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct scene scene;
        scene_begin(&scene, "healthy");
        scene.world.clock_error_us = rows[i].error_us;
        fixture_build(&scene.world, &scene.arena, &scene.measurement);
        scene_change_each(&scene, &web, scene_set_outcome, OUTCOME_TIMED_OUT);
        assert_int_equal(check_run_all(&scene.measurement, &scene.arena, &scene.set), 0);
        bool told =
            strstr(scene_result_of(&scene, "dnssec.chain-broken")->values, "\"clock\"") == NULL;
        assert_int_equal(told, rows[i].trusted);
        if (!told)
            assert_non_null(strstr(scene_result_of(&scene, "dnssec.chain-broken")->values,
                                   "our clock lies outside the time of a reference's signature"));
        scene_end(&scene);
    }
}

static void drop_family(struct scene *scene, struct exchange *exchange, int unused)
{
    (void)scene;
    (void)unused;
    exchange->address.family = ADDRESS_NONE;
}

/* C1: silence is proved by the first reference that answered on the same path; one whose address is
 * not known proves nothing. */
static void the_first_reference_of_a_path_proves_silence(void **state)
{
    (void)state;
    const struct choice references = {.purpose = IS(PURPOSE_REFERENCE)};
    struct scene scene;
    scene_begin(&scene, "rdap-down");
    size_t count = scene.measurement.exchange_count;
    for (size_t i = 0; i < count; i++) {
        if (!scene_fits(&scene.measurement.exchanges[i], &references))
            continue;
        struct exchange second = scene.measurement.exchanges[i];
        struct exchange *slot = arena_push(&scene.arena, &scene.measurement.exchanges,
                                           &scene.measurement.exchange_count, sizeof *slot);
        *slot = second;
        slot->id = (uint32_t)scene.measurement.exchange_count;
        slot->server = "second.test";
    }
    scene_expect(&scene, "rdap.unreachable=2", "");
    assert_string_equal(scene_result_of(&scene, "rdap.unreachable")->values,
                        "{\"outcome\":\"refused\",\"reference\":\"www.reference.test\"}");
    scene_change_each(&scene, &references, drop_family, 0);
    assert_int_equal(check_run_all(&scene.measurement, &scene.arena, &scene.set), 0);
    assert_int_equal(scene_count_of(&scene, "rdap.unreachable", SIGHT_UNKNOWN), 2);
    scene_end(&scene);
}

static void without_a_reference_nobody_told_the_time(void **state)
{
    (void)state;
    const struct choice references = {.purpose = IS(PURPOSE_REFERENCE)};
    struct scene scene;
    scene_begin(&scene, "healthy");
    scene_change_each(&scene, &references, scene_set_outcome, OUTCOME_TIMED_OUT);
    assert_int_equal(check_run_all(&scene.measurement, &scene.arena, &scene.set), 0);
    assert_non_null(strstr(scene_result_of(&scene, "dnssec.chain-broken")->values,
                           "\"clock\":\"no reference told the time\""));
    scene_end(&scene);
}

/* view.h: observed_at up to the year 9000, exchanges within a day. */
static void times_at_the_limit_make_sense(void **state)
{
    (void)state;
    static const struct {
        int64_t observed_at, started_us, elapsed_us;
        int result;
    } rows[] = {
        {0, 0, 0, 0},
        {INT64_C(221845392000000000), CIVIL_DAY_US, CIVIL_DAY_US, 0},
        {INT64_C(221845392000000001), 0, 0, ERR_SYNTAX},
        {-1, 0, 0, ERR_SYNTAX},
        {0, CIVIL_DAY_US + 1, 0, ERR_SYNTAX},
        {0, -1, 0, ERR_SYNTAX},
        {0, 0, CIVIL_DAY_US + 1, ERR_SYNTAX},
        {0, 0, -1, ERR_SYNTAX},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct scene scene;
        scene_begin(&scene, "unsigned");
        scene.measurement.observed_at = rows[i].observed_at;
        struct exchange *last = &scene.measurement.exchanges[scene.measurement.exchange_count - 1];
        last->started_us = rows[i].started_us;
        last->elapsed_us = rows[i].elapsed_us;
        assert_int_equal(check_run_all(&scene.measurement, &scene.arena, &scene.set),
                         rows[i].result);
        scene_end(&scene);
    }
}

TEST_MAIN(cmocka_unit_test(statuses_are_judged),
          cmocka_unit_test(redirects_are_followed_within_https_only),
          cmocka_unit_test(a_location_is_told_up_to_a_limit),
          cmocka_unit_test(a_loop_is_seen_when_nothing_else_came),
          cmocka_unit_test(our_own_rate_is_not_held_against_the_server),
          cmocka_unit_test(our_own_rate_is_the_status_when_nothing_else_came),
          cmocka_unit_test(a_coded_body_is_unknown),
          cmocka_unit_test(json_that_we_do_not_read_is_unknown),
          cmocka_unit_test(conformance_names_level_0),
          cmocka_unit_test(addresses_and_urls_are_judged_each_for_itself),
          cmocka_unit_test(any_exchange_may_stand_first),
          cmocka_unit_test(no_check_looks_behind_the_exchanges),
          cmocka_unit_test(without_certificate_or_address_nobody_was_reached),
          cmocka_unit_test(trust_is_believed_when_it_works_elsewhere),
          cmocka_unit_test(a_certificate_holds_on_both_its_dates),
          cmocka_unit_test(a_certificate_that_cannot_be_read_is_for_nobody),
          cmocka_unit_test(the_clock_may_be_a_minute_off),
          cmocka_unit_test(a_references_signature_holds_at_both_its_moments),
          cmocka_unit_test(the_first_reference_of_a_path_proves_silence),
          cmocka_unit_test(without_a_reference_nobody_told_the_time),
          cmocka_unit_test(times_at_the_limit_make_sense))
