/* Labels of the Traffic Light Protocol (TLP 2.0). */
#include "model/tlp.h"

#include "base/error.h"
#include "testing.h"

static void labels_have_words(void **state)
{
    enum tlp label = TLP_COUNT;
    (void)state;
    for (int i = 0; i < TLP_COUNT; i++) {
        assert_int_equal(tlp_parse(tlp_text((enum tlp)i), &label), 0);
        assert_int_equal(label, i);
        assert_int_equal(tlp_may_leave(label), i >= TLP_AMBER);
    }
    assert_int_equal(tlp_parse("white", &label), ERR_SYNTAX);
    assert_int_equal(tlp_parse("", &label), ERR_SYNTAX);
    assert_int_equal(label, TLP_CLEAR);
}

static void a_label_is_found_in_a_line(void **state)
{
    static const struct {
        const char *line;
        enum tlp label;
    } rows[] = {
        {"[TLP:RED] phishing", TLP_RED},
        {"TLP:AMBER+STRICT", TLP_AMBER_STRICT},
        {"tlp: amber", TLP_AMBER},
        {"report (TLP:GREEN)", TLP_GREEN},
        {"TLP:CLEAR and TLP:AMBER", TLP_AMBER},
        {"TLP:AMBER+STRICT over TLP:GREEN", TLP_AMBER_STRICT},
        {"Re: TLP:WHITE", TLP_CLEAR},
        {"TLP:AMBER+", TLP_COUNT},
        {"TLP:REDACTED", TLP_COUNT},
        {"XTLP:RED", TLP_COUNT},
        {"TLP RED", TLP_COUNT},
        {"TLP:", TLP_COUNT},
        {"", TLP_COUNT},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (tlp_find(rows[i].line) != rows[i].label)
            fail_msg("'%s' is read as %d", rows[i].line, (int)tlp_find(rows[i].line));
    }
}

TEST_MAIN(cmocka_unit_test(labels_have_words), cmocka_unit_test(a_label_is_found_in_a_line))
