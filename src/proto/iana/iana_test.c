/* The three files of the IANA: whole ones are read, damaged ones refused as a whole. */
#include "proto/iana/registrars.h"
#include "proto/iana/root_db.h"
#include "proto/iana/root_zone.h"

#include "testing.h"

#include <stdio.h>
#include <string.h>

static const char signed_zone[] =
    ".\t86400\tIN\tSOA\ta.root-servers.net. nstld.example. 2026112400 1800 900 604800 86400\n"
    ".\t518400\tIN\tNS\ta.root-servers.net.\n"
    ".\t86400\tIN\tNSEC\taaa. NS SOA RRSIG NSEC DNSKEY\n"
    "AAA.\t172800\tIN\tNS\tNS2.nic.aaa.\n"
    "aaa.\t172800\tIN\tNS\tns1.nic.aaa.\n"
    "aaa.\t86400\tIN\tDS\t1 13 2 AB CD\n"
    "aaa.\t86400\tIN\tNSEC\tzw. NS DS RRSIG NSEC\n"
    "ns1.nic.aaa.\t172800\tIN\tA\t192.0.2.1\n"
    "ns1.nic.aaa.\t172800\tIN\tAAAA\t2001:db8::1\n"
    "zw.\t172800\tIN\tNS\tns.zw.\n"
    "zw.\t86400\tIN\tNSEC\t. NS RRSIG NSEC\n";

static int parse_zone(const char *text, size_t size, struct root_zone *zone,
                      struct error_detail *detail)
{
    static struct arena arena;
    arena_done(&arena);
    arena_init(&arena, 1 << 20);
    return root_zone_parse(text, size, &arena, zone, detail);
}

static void delegations_are_grouped_sorted_and_lower_case(void **state)
{
    (void)state;
    struct root_zone zone;
    assert_int_equal(parse_zone(signed_zone, strlen(signed_zone), &zone, NULL), 0);
    assert_int_equal(zone.serial, 2026112400);
    assert_int_equal(zone.count, 2);
    assert_string_equal(zone.delegations[0].tld, "aaa");
    assert_int_equal(zone.delegations[0].ns_count, 2);
    assert_string_equal(zone.delegations[0].ns[1], "ns2.nic.aaa");
    assert_string_equal(zone.delegations[0].ds[0], "1 13 2 AB CD");
    assert_int_equal(zone.delegations[0].glue_count, 2);
    assert_string_equal(zone.delegations[0].glue[0], "ns1.nic.aaa 192.0.2.1");
    assert_string_equal(zone.delegations[1].tld, "zw");
}

static void every_cut_of_a_signed_zone_is_refused(void **state)
{
    (void)state;
    for (size_t size = 0; size < strlen(signed_zone); size++) {
        struct root_zone zone;
        assert_true(parse_zone(signed_zone, size, &zone, NULL) < 0);
    }
}

static void an_unsigned_zone_needs_its_closing_soa(void **state)
{
    (void)state;
    static const char soa[] = ". 86400 IN SOA a. b. 7 1 1 1 1\n", tld[] = "aaa. 1 IN NS ns.aaa.\n";
    char text[256];
    struct root_zone zone;
    snprintf(text, sizeof text, "%s%s", soa, tld);
    assert_int_equal(parse_zone(text, strlen(text), &zone, NULL), ERR_DAMAGED);
    snprintf(text, sizeof text, "%s%s%s", soa, tld, soa);
    assert_int_equal(parse_zone(text, strlen(text), &zone, NULL), 0);
    assert_int_equal(zone.count, 1);
    /* Halves of two transfers put together: the closing SOA is another one. */
    snprintf(text, sizeof text, "%s%s%s", soa, tld, ". 86400 IN SOA a. b. 8 1 1 1 1\n");
    assert_int_equal(parse_zone(text, strlen(text), &zone, NULL), ERR_DAMAGED);
}

static void a_bad_line_is_named(void **state)
{
    (void)state;
    struct root_zone zone;
    struct error_detail detail = {0};
    static const char text[] = ". 1 IN SOA a. b. 7 1 1 1 1\naaa. 1 IN NS ns.aaa\n";
    assert_int_equal(parse_zone(text, strlen(text), &zone, &detail), ERR_SYNTAX);
    assert_non_null(strstr(detail.text, "line 2"));
}

static const char page[] =
    "<table id=\"tld-table\"><tbody>\n<tr><td><span><a href=\"/domains/root/db/aaa.html\">.aaa</a>"
    "</span></td>\n<td>generic</td>\n<td>A &amp; B\n  &#233;</td></tr>\n"
    "<tr><td><a "
    "href=\"/domains/root/db/xn--p1ai.html\">.x</a></td><td>country-code</td><td>C</td></tr>\n"
    "</tbody></table>";

static void root_database_rows_are_read_and_a_cut_page_refused(void **state)
{
    (void)state;
    struct arena arena ARENA_CLEANUP;
    arena_init(&arena, 1 << 20);
    struct root_db db;
    assert_int_equal(root_db_parse(page, strlen(page), &arena, &db, NULL), 0);
    assert_int_equal(db.count, 2);
    assert_string_equal(db.rows[0].manager, "A & B \xc3\xa9");
    assert_int_equal(db.rows[1].tld_class, TLD_COUNTRY_CODE);
    assert_string_equal(db.rows[1].tld, "xn--p1ai");
    assert_int_equal(root_db_parse(page, strlen(page) - 8, &arena, &db, NULL), ERR_DAMAGED);
}

static void registrar_rows_are_read_and_damage_refused(void **state)
{
    (void)state;
    struct arena arena ARENA_CLEANUP;
    arena_init(&arena, 1 << 20);
    struct registrar_list list;
    struct error_detail detail = {0};
    static const char good[] =
        "\"ID\",Registrar Name,Status,RDAP Base URL\n2,\"X, \"\"Y\"\" LLC\",Accredited,"
        "https://r.example/\n1,Z,Reserved,\n";
    assert_int_equal(registrars_parse(good, strlen(good), &arena, &list, NULL), 0);
    assert_int_equal(list.count, 2);
    assert_int_equal(list.rows[0].id, 1);
    assert_string_equal(list.rows[1].name, "X, \"Y\" LLC");
    assert_string_equal(list.rows[1].status, "accredited");
    assert_int_equal(registrars_parse(good, strlen(good) - 1, &arena, &list, NULL), ERR_DAMAGED);
    static const char twice[] =
        "ID,Registrar Name,Status,RDAP Base URL\n1,Z,Reserved,\n1,Z,Reserved,\n";
    assert_int_equal(registrars_parse(twice, strlen(twice), &arena, &list, NULL), ERR_SYNTAX);
    static const char short_row[] = "ID,Registrar Name,Status,RDAP Base URL\n1,Z\n";
    assert_int_equal(registrars_parse(short_row, strlen(short_row), &arena, &list, &detail),
                     ERR_SYNTAX);
    assert_string_equal(detail.text, "line 2: 2 fields, expected 4");
    static const char header[] = "Id,Name\n";
    assert_int_equal(registrars_parse(header, strlen(header), &arena, &list, NULL), ERR_SYNTAX);
}

TEST_MAIN(cmocka_unit_test(delegations_are_grouped_sorted_and_lower_case),
          cmocka_unit_test(every_cut_of_a_signed_zone_is_refused),
          cmocka_unit_test(an_unsigned_zone_needs_its_closing_soa),
          cmocka_unit_test(a_bad_line_is_named),
          cmocka_unit_test(root_database_rows_are_read_and_a_cut_page_refused),
          cmocka_unit_test(registrar_rows_are_read_and_damage_refused))
