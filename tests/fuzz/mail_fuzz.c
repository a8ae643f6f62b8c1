/* Any bytes as a mail that came in: what was read has one form for the pipe, and survives it. */
#include "base/arena.h"
#include "base/buffer.h"
#include "fuzz.h"
#include "proto/mail/message.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct buffer one BUFFER_CLEANUP = {0}, other BUFFER_CLEANUP = {0};
    struct mail mail, again;
    struct error_detail detail = {0};
    mail_prepare();
    arena_init(&arena, 64 << 20);
    buffer_init(&one, MAIL_FACTS_MAX);
    buffer_init(&other, MAIL_FACTS_MAX);
    /* Bytes of the pipe are read by the core. */
    (void)mail_decode(data, size, &arena, &again);
    int result = mail_parse(data, size, &arena, &mail, &detail);
    if (result < 0 && detail.text[0] == '\0')
        __builtin_trap(); /* a refusal says why */
    if (result < 0)
        return 0;
    if (mail_encode(&mail, &one) < 0 || mail_decode(one.data, one.size, &arena, &again) < 0 ||
        mail_encode(&again, &other) < 0 || one.size != other.size ||
        memcmp(one.data, other.data, one.size) != 0)
        __builtin_trap();
    return 0;
}
