#include "model/obligation.h"

#include "base/error.h"
#include "base/text.h"

static const char *const obligation_kind_texts[] = {
    [OBLIGATION_CONTRACT] = "contract",
    [OBLIGATION_BASELINE_AGREEMENT] = "baseline-agreement",
    [OBLIGATION_TEMPORARY_SPECIFICATION] = "temporary-specification",
    [OBLIGATION_COMMUNITY_POLICY] = "community-policy",
};

const char *obligation_kind_text(enum obligation_kind value)
{
    return obligation_kind_texts[value];
}

int obligation_kind_parse(const char *text, enum obligation_kind *ret_value)
{
    int found = text_index(obligation_kind_texts,
                           sizeof obligation_kind_texts / sizeof *obligation_kind_texts, text);
    if (found >= 0)
        *ret_value = (enum obligation_kind)found;
    return found < 0 ? ERR_SYNTAX : 0;
}

static const char *const obligation_theme_texts[] = {
    [THEME_SECURITY] = "security",     [THEME_STABILITY] = "stability",
    [THEME_RESILIENCY] = "resiliency", [THEME_ABUSE] = "abuse",
    [THEME_OTHER] = "other",
};

const char *obligation_theme_text(enum obligation_theme value)
{
    return obligation_theme_texts[value];
}

int obligation_theme_parse(const char *text, enum obligation_theme *ret_value)
{
    int found = text_index(obligation_theme_texts,
                           sizeof obligation_theme_texts / sizeof *obligation_theme_texts, text);
    if (found >= 0)
        *ret_value = (enum obligation_theme)found;
    return found < 0 ? ERR_SYNTAX : 0;
}

static const char *const obligation_state_texts[] = {
    [OBLIGATION_PROPOSED] = "proposed",     [OBLIGATION_ADOPTED] = "adopted",
    [OBLIGATION_TRANSITION] = "transition", [OBLIGATION_IN_FORCE] = "in-force",
    [OBLIGATION_SUPERSEDED] = "superseded",
};

const char *obligation_state_text(enum obligation_state value)
{
    return obligation_state_texts[value];
}

static const char *const obligation_test_texts[] = {
    [TEST_CHECK] = "check",
    [TEST_DOCUMENT_REQUEST] = "document-request",
    [TEST_AUDIT] = "audit",
    [TEST_NONE_YET] = "none-yet",
};

const char *obligation_test_text(enum obligation_test value)
{
    return obligation_test_texts[value];
}

int obligation_test_parse(const char *text, enum obligation_test *ret_value)
{
    int found = text_index(obligation_test_texts,
                           sizeof obligation_test_texts / sizeof *obligation_test_texts, text);
    if (found >= 0)
        *ret_value = (enum obligation_test)found;
    return found < 0 ? ERR_SYNTAX : 0;
}
