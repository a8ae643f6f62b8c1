/* Any bytes as an RDAP body. */
#include "fuzz.h"
#include "proto/rdap/answer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rdap_answer answer;
    rdap_answer_read(data, size, &answer);
    if (answer.body != RDAP_BODY_READ && answer.fault.text[0] == '\0')
        __builtin_trap(); /* a refusal says why */
    return 0;
}
