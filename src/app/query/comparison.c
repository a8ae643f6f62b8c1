#include "app/query/comparison.h"

#include <string.h>

void comparison_differ(struct comparison *at, const char *field, json_t *stored, json_t *folded)
{
    json_array_append_new(at->differences,
                          json_pack("{s:s, s:s, s:s, s:s, s:o, s:o}", "case", at->case_id, "table",
                                    at->table, "key", at->key, "field", field, "stored", stored,
                                    "folded", folded));
}

void comparison_text(struct comparison *at, const char *field, const char *stored,
                     const char *folded)
{
    if (strcmp(stored, folded) != 0)
        comparison_differ(at, field, json_string(stored), json_string(folded));
}

void comparison_number(struct comparison *at, const char *field, int64_t stored, int64_t folded)
{
    if (stored != folded)
        comparison_differ(at, field, json_integer(stored), json_integer(folded));
}
