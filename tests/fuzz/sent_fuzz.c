/* Any bytes as an exhibit that may show that somebody was told, and as what comes through the pipe.
 */
#include "base/arena.h"
#include "base/buffer.h"
#include "fuzz.h"
#include "proto/mail/sent.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct buffer one BUFFER_CLEANUP = {0}, other BUFFER_CLEANUP = {0};
    struct sent sent, again;
    struct sent_question asked;
    const char *const names[] = {"Example Names"};
    const struct sent_question question = {(const char *)data, size, names, 1};
    arena_init(&arena, 16 << 20);
    buffer_init(&one, SENT_FACTS_MAX);
    buffer_init(&other, SENT_FACTS_MAX);
    (void)sent_decode(data, size, &arena, &again);
    if (sent_question_decode(data, size, &arena, &asked) >= 0)
        (void)sent_read(&asked, &arena, &again);
    if (sent_read(&question, &arena, &sent) < 0 || sent_encode(&sent, &one) < 0 ||
        sent_decode(one.data, one.size, &arena, &again) < 0 || sent_encode(&again, &other) < 0 ||
        one.size != other.size || memcmp(one.data, other.data, one.size) != 0)
        __builtin_trap();
    return 0;
}
