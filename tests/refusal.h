/* What a person is told when something is refused: the code, and words that name what and where. */
#ifndef BAILIWICK_TESTS_REFUSAL_H
#define BAILIWICK_TESTS_REFUSAL_H

#include "base/error.h"

#include "testing.h"

#include <string.h>

/* `result` is `code`, and the detail holds `words`. Empties the detail for the next call. */
static inline void assert_refused(int result, int code, struct error_detail *detail,
                                  const char *words)
{
    if (result != code || !strstr(detail->text, words))
        fail_msg("%d (%s) \"%s\"; expected %d (%s) and \"%s\"", result, error_name(result),
                 detail->text, code, error_name(code), words);
    *detail = (struct error_detail){0};
}

#endif
