/* Any bytes as an X-ARF report: a refusal says where and why in valid UTF-8, and what was read has
 * one form for the pipe. */
#include "base/text.h"
#include "fuzz.h"
#include "proto/mail/message.h"

#include <string.h>

static void check_text(const char *text)
{
    for (size_t left = strlen(text); left > 0;) {
        size_t length = text_utf8_length(text, left);
        if (length == 0)
            __builtin_trap();
        text += length;
        left -= length;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct buffer one BUFFER_CLEANUP = {0}, other BUFFER_CLEANUP = {0};
    struct mail mail, again;
    arena_init(&arena, 64 << 20);
    buffer_init(&one, MAIL_FACTS_MAX);
    buffer_init(&other, MAIL_FACTS_MAX);
    if (mail_parse_xarf(data, size, &arena, &mail) < 0)
        return 0;
    check_text(mail.fault);
    if (!mail.report == !mail.fault[0])
        __builtin_trap();
    if (mail_encode(&mail, &one) < 0 || mail_decode(one.data, one.size, &arena, &again) < 0 ||
        mail_encode(&again, &other) < 0 || one.size != other.size ||
        memcmp(one.data, other.data, one.size) != 0)
        __builtin_trap();
    return 0;
}
