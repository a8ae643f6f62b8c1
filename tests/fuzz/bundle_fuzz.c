/* Any bytes as the proof bundle of a notice: without the signature of the pinned key none holds. */
#include "fuzz.h"
#include "tlog/bundle.h"

static const uint8_t public[SIGN_PUBLIC_SIZE] = {1};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct note_key key;
    struct bundle_report report;
    struct digest digest;
    struct error_detail detail = {0};
    if (note_key_init(&key, "log.example", public) < 0)
        return 0;
    if (tlog_bundle_check(data, size, &key, &report, &detail) >= 0 || detail.text[0] == '\0')
        __builtin_trap();
    (void)tlog_record_digest((const char *)data, size, &digest, /* detail= */ NULL);
    return 0;
}
