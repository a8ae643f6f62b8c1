/* Any bytes as an RDAP body. */
#include "fuzz.h"
#include "proto/rdap/answer.h"
#include "proto/rdap/registration.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rdap_answer answer;
    struct rdap_registration registration;
    rdap_answer_read(data, size, &answer);
    if (answer.body != RDAP_BODY_READ && answer.fault.text[0] == '\0')
        __builtin_trap(); /* a refusal says why */
    rdap_registration_read(data, size, &registration);
    if (registration.statuses >> RDAP_STATUSES || registration.registrar < RDAP_NO_REGISTRAR)
        __builtin_trap(); /* what no answer can say */
    return 0;
}
