#include "model/verdict.h"

#include "base/error.h"

#include <string.h>

static const char *const verdict_texts[] = {
    [VERDICT_NOT_APPLICABLE] = "not applicable",
    [VERDICT_MET] = "met",
    [VERDICT_UNDETERMINED] = "undetermined",
    [VERDICT_NOT_MET] = "not met",
};

const char *verdict_text(enum verdict verdict)
{
    return verdict_texts[verdict];
}

int verdict_parse(const char *text, enum verdict *ret_verdict)
{
    for (size_t i = 0; i < sizeof verdict_texts / sizeof *verdict_texts; i++) {
        if (strcmp(text, verdict_texts[i]) == 0) {
            *ret_verdict = (enum verdict)i;
            return 0;
        }
    }
    return ERR_SYNTAX;
}

const char *sight_text(enum sight sight)
{
    static const char *const texts[] = {"unknown", "not seen", "seen"};
    return texts[sight];
}

/* The enum's own order is the rank of "all of". */
enum verdict verdict_all_of(const enum verdict *verdicts, size_t count)
{
    enum verdict highest = VERDICT_NOT_APPLICABLE;
    for (size_t i = 0; i < count; i++) {
        if (verdicts[i] > highest)
            highest = verdicts[i];
    }
    return highest;
}

static int any_of_rank(enum verdict verdict)
{
    static const int ranks[] = {
        [VERDICT_NOT_APPLICABLE] = 0,
        [VERDICT_NOT_MET] = 1,
        [VERDICT_UNDETERMINED] = 2,
        [VERDICT_MET] = 3,
    };
    return ranks[verdict];
}

enum verdict verdict_any_of(const enum verdict *verdicts, size_t count)
{
    enum verdict highest = VERDICT_NOT_APPLICABLE;
    for (size_t i = 0; i < count; i++) {
        if (any_of_rank(verdicts[i]) > any_of_rank(highest))
            highest = verdicts[i];
    }
    return highest;
}

enum verdict verdict_k_of_n(size_t quorum, size_t count, size_t seen, size_t not_seen)
{
    if (count == 0)
        return VERDICT_UNDETERMINED;
    if (seen >= quorum)
        return VERDICT_NOT_MET;
    if (count - not_seen < quorum)
        return VERDICT_MET;
    return VERDICT_UNDETERMINED;
}

int verdict_exit_code(enum verdict verdict)
{
    static const int codes[] = {
        [VERDICT_NOT_APPLICABLE] = 0,
        [VERDICT_MET] = 0,
        [VERDICT_UNDETERMINED] = 3,
        [VERDICT_NOT_MET] = 1,
    };
    return codes[verdict];
}
