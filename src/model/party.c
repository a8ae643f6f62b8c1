#include "model/party.h"

#include "base/error.h"
#include "base/text.h"

static const char *const party_kind_texts[] = {
    [PARTY_REGISTRY] = "registry",
    [PARTY_REGISTRAR] = "registrar",
};

const char *party_kind_text(enum party_kind value)
{
    return party_kind_texts[value];
}

int party_kind_parse(const char *text, enum party_kind *ret_value)
{
    int found =
        text_index(party_kind_texts, sizeof party_kind_texts / sizeof *party_kind_texts, text);
    if (found >= 0)
        *ret_value = (enum party_kind)found;
    return found < 0 ? ERR_SYNTAX : 0;
}

static const char *const tld_class_texts[] = {
    [TLD_UNCLASSIFIED] = "unclassified",
    [TLD_GENERIC] = "generic",
    [TLD_SPONSORED] = "sponsored",
    [TLD_RESTRICTED] = "generic-restricted",
    [TLD_COUNTRY_CODE] = "country-code",
    [TLD_INFRASTRUCTURE] = "infrastructure",
    [TLD_TEST] = "test",
};

const char *tld_class_text(enum tld_class value)
{
    return tld_class_texts[value];
}

int tld_class_parse(const char *text, enum tld_class *ret_value)
{
    int found = text_index(tld_class_texts, sizeof tld_class_texts / sizeof *tld_class_texts, text);
    if (found >= 0)
        *ret_value = (enum tld_class)found;
    return found < 0 ? ERR_SYNTAX : 0;
}

bool tld_class_contracted(enum tld_class tld_class)
{
    return tld_class == TLD_GENERIC || tld_class == TLD_SPONSORED || tld_class == TLD_RESTRICTED;
}
