#include "access/access.h"

#include "base/error.h"
#include "testing.h"

#include <stdlib.h>
#include <string.h>

/* Written by hand, apart from the table: what outsiders may see, and nothing else. */
struct expected {
    enum access_object object;
    enum audience audience;
    const char *fields; /* separated by one blank, ending in one */
};

static const char notice_fields[] =
    "id kind case party_id party_name party_kind iana_id tld subject obligation statement clause "
    "document state ended effect sent_at published_at cure next_update_due overdue_since updates "
    "corrections party_statement letters evidence rulebook ";

static const struct expected expected[] = {
    {OBJECT_NOTICE, AUDIENCE_PUBLIC, notice_fields},
    {OBJECT_NOTICE, AUDIENCE_COMPLAINANT, notice_fields},
    {OBJECT_NOTICE_UPDATE, AUDIENCE_PUBLIC,
     "id at updated_at kind notice_kind text reason about corrected_by withdrawn_by "},
    {OBJECT_CORRECTION, AUDIENCE_PUBLIC, "id about at old new reason "},
    {OBJECT_NOTICE_LETTER, AUDIENCE_PUBLIC, "kind sent_at subject sha256 text redactions "},
    {OBJECT_REDACTION, AUDIENCE_PUBLIC, "at reason "},
    {OBJECT_PARTY_STATEMENT, AUDIENCE_PUBLIC, "at text "},
    {OBJECT_CURE, AUDIENCE_PUBLIC, "date instant zone trace extended_date extended_instant "},
    {OBJECT_CASE, AUDIENCE_PUBLIC, ""},
    {OBJECT_CASE, AUDIENCE_PARTY,
     "id party_id party_name subject obligation statement clause stage due letters findings "
     "outcome "},
    {OBJECT_CASE, AUDIENCE_COMPLAINANT, "id subject outcome "},
    {OBJECT_CASE_EVENT, AUDIENCE_PUBLIC, ""},
    {OBJECT_CASE_EVENT, AUDIENCE_PARTY, ""},
    {OBJECT_CASE_EVENT, AUDIENCE_COMPLAINANT, ""},
    {OBJECT_LETTER, AUDIENCE_PUBLIC, ""},
    {OBJECT_LETTER, AUDIENCE_PARTY, "id step message_id sha256 sent_at subject text "},
    {OBJECT_LETTER, AUDIENCE_COMPLAINANT, ""},
    {OBJECT_FINDING, AUDIENCE_PUBLIC, ""},
    {OBJECT_FINDING, AUDIENCE_PARTY,
     "id obligation clause subject verdict observed codes guidance cure evidence "},
    {OBJECT_FINDING, AUDIENCE_COMPLAINANT, ""},
    {OBJECT_COMPLAINT, AUDIENCE_PUBLIC, ""},
    {OBJECT_COMPLAINT, AUDIENCE_PARTY, ""},
    {OBJECT_COMPLAINT, AUDIENCE_COMPLAINANT,
     "reference received_at type language state closure reason text may_ask_review names party "
     "role answers exhibits missing told_first suggested report_id report_source happened_at salt "
     "erased_at "},
    {OBJECT_COMPLAINT_ANSWER, AUDIENCE_PUBLIC, ""},
    {OBJECT_COMPLAINT_ANSWER, AUDIENCE_PARTY, ""},
    {OBJECT_COMPLAINT_ANSWER, AUDIENCE_COMPLAINANT, "question answer "},
    {OBJECT_COMPLAINT_EXHIBIT, AUDIENCE_PUBLIC, ""},
    {OBJECT_COMPLAINT_EXHIBIT, AUDIENCE_PARTY, ""},
    {OBJECT_COMPLAINT_EXHIBIT, AUDIENCE_COMPLAINANT,
     "number evidence media_type name size sha256 "},
    {OBJECT_COMPLAINT_LACK, AUDIENCE_PUBLIC, ""},
    {OBJECT_COMPLAINT_LACK, AUDIENCE_PARTY, ""},
    {OBJECT_COMPLAINT_LACK, AUDIENCE_COMPLAINANT, "kind id "},
    {OBJECT_COMPLAINT_TOLD, AUDIENCE_PUBLIC, ""},
    {OBJECT_COMPLAINT_TOLD, AUDIENCE_PARTY, ""},
    {OBJECT_COMPLAINT_TOLD, AUDIENCE_COMPLAINANT, "told on how "},
    {OBJECT_COMPLAINT_EVENT, AUDIENCE_PUBLIC, ""},
    {OBJECT_COMPLAINT_EVENT, AUDIENCE_PARTY, ""},
    {OBJECT_COMPLAINT_EVENT, AUDIENCE_COMPLAINANT, ""},
    {OBJECT_HEALTH, AUDIENCE_PUBLIC, "status "},
};

static bool names(const char *fields, const char *field)
{
    size_t size = strlen(field);
    for (const char *at = fields; (at = strstr(at, field)); at += size) {
        if ((at == fields || at[-1] == ' ') && at[size] == ' ')
            return true;
    }
    return false;
}

/* Invariant 1 of the plan: the table is exactly the list above for every audience listed. */
static void outsiders_see_exactly_the_list(void **state)
{
    (void)state;
    size_t count;
    const struct access_row *rows = access_rows(&count);
    for (size_t e = 0; e < sizeof expected / sizeof *expected; e++) {
        size_t wanted = 0, seen = 0;
        for (const char *at = expected[e].fields; *at; at++)
            wanted += *at == ' ';
        for (size_t i = 0; i < count; i++) {
            if (rows[i].object != expected[e].object ||
                !access_may(rows[i].object, rows[i].field, expected[e].audience))
                continue;
            seen++;
            if (!names(expected[e].fields, rows[i].field))
                fail_msg("%s sees %s.%s", audience_text(expected[e].audience),
                         access_object_text(rows[i].object), rows[i].field);
        }
        if (seen != wanted)
            fail_msg("%s of %s: %zu fields, not %zu", audience_text(expected[e].audience),
                     access_object_text(expected[e].object), seen, wanted);
    }
}

static void informal_objects_have_no_public_field(void **state)
{
    (void)state;
    size_t count;
    const struct access_row *rows = access_rows(&count);
    static const enum access_object informal[] = {OBJECT_CASE,
                                                  OBJECT_CASE_EVENT,
                                                  OBJECT_LETTER,
                                                  OBJECT_FINDING,
                                                  OBJECT_COMPLAINT,
                                                  OBJECT_COMPLAINT_ANSWER,
                                                  OBJECT_COMPLAINT_EXHIBIT,
                                                  OBJECT_COMPLAINT_LACK,
                                                  OBJECT_COMPLAINT_TOLD,
                                                  OBJECT_COMPLAINT_EVENT};
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < sizeof informal / sizeof *informal; k++) {
            if (rows[i].object == informal[k])
                assert_int_equal(rows[i].audiences >> AUDIENCE_PUBLIC & 1, 0);
        }
    }
}

static void staff_see_every_row_and_no_row_stands_twice(void **state)
{
    (void)state;
    size_t count;
    const struct access_row *rows = access_rows(&count);
    for (size_t i = 0; i < count; i++) {
        assert_true(access_may(rows[i].object, rows[i].field, AUDIENCE_STAFF));
        for (size_t k = 0; k < i; k++)
            assert_false(rows[i].object == rows[k].object &&
                         strcmp(rows[i].field, rows[k].field) == 0);
    }
}

static void what_no_row_names_is_denied(void **state)
{
    (void)state;
    assert_false(access_may(OBJECT_NOTICE, "secret", AUDIENCE_STAFF));
    assert_false(access_may(OBJECT_NONE, "id", AUDIENCE_STAFF));
    assert_false(access_may(OBJECT_NOTICE, "id", AUDIENCE_COUNT));
}

static void projection_drops_what_is_inside(void **state)
{
    (void)state;
    JSON_CLEANUP json_t *full =
        json_pack("{s:s, s:s, s:[{s:s, s:s}], s:{s:s}, s:s, s:[s, {s:s}]}", "id", "n-1", "approver",
                  "ann", "updates", "id", "u1", "actor", "bob", "effect", "hidden", "x", "unknown",
                  "y", "evidence", "aa", "path", "/tmp");
    JSON_CLEANUP json_t *seen = NULL;
    assert_int_equal(access_project(OBJECT_NOTICE, full, AUDIENCE_PUBLIC, &seen), 0);
    char *text = json_dumps(seen, JSON_SORT_KEYS | JSON_COMPACT);
    assert_string_equal(text,
                        "{\"evidence\":[\"aa\"],\"id\":\"n-1\",\"updates\":[{\"id\":\"u1\"}]}");
    free(text);
    json_t *none = NULL;
    JSON_CLEANUP json_t *word = json_string("x");
    assert_int_equal(access_project(OBJECT_NOTICE, word, AUDIENCE_PUBLIC, &none), ERR_SYNTAX);
    assert_null(none);
}

TEST_MAIN(cmocka_unit_test(outsiders_see_exactly_the_list),
          cmocka_unit_test(informal_objects_have_no_public_field),
          cmocka_unit_test(staff_see_every_row_and_no_row_stands_twice),
          cmocka_unit_test(what_no_row_names_is_denied),
          cmocka_unit_test(projection_drops_what_is_inside))
