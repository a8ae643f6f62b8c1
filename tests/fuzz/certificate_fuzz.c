/* Any bytes as a certificate. */
#include "fuzz.h"
#include "proto/x509/certificate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes der = {.data = data, .size = size};
    struct certificate certificate;
    (void)certificate_read(&der, "rdap.example", &certificate);
    return 0;
}
