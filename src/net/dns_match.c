/* Does this datagram answer our question? */
#include "base/error.h"
#include "net/dns_client.h"

enum { LABEL_MAX = 63, TYPE_AND_CLASS = 4 };

static unsigned get_u16(const uint8_t *at)
{
    return (unsigned)at[0] << 8 | at[1];
}

static uint8_t fold(uint8_t byte)
{
    return byte >= 'A' && byte <= 'Z' ? (uint8_t)(byte + 'a' - 'A') : byte;
}

/* Bytes of the uncompressed name at `offset`, 0 when there is none. */
static size_t name_size(const uint8_t *message, size_t size, size_t offset)
{
    size_t at = offset;
    while (at < size && message[at] <= LABEL_MAX) {
        if (message[at] == 0)
            return at + 1 - offset;
        at += (size_t)message[at] + 1;
    }
    return 0;
}

bool dns_answer_matches(const uint8_t *question, size_t question_size, const uint8_t *answer,
                        size_t answer_size)
{
    const uint8_t response = 0x80, opcode = 0x78, rcode = 0x0f;
    if (question_size < DNS_HEADER_SIZE || answer_size < DNS_HEADER_SIZE ||
        get_u16(question) != get_u16(answer) || !(answer[2] & response) ||
        (answer[2] & opcode) != (question[2] & opcode))
        return false;
    unsigned questions = get_u16(answer + 4);
    if (questions == 0)
        return (answer[3] & rcode) != 0;
    size_t name = name_size(question, question_size, DNS_HEADER_SIZE);
    size_t end = DNS_HEADER_SIZE + name + TYPE_AND_CLASS;
    if (questions != 1 || name == 0 || end > question_size || end > answer_size)
        return false;
    /* Servers may spell the name in another case (RFC 4343); type and class are exact. */
    for (size_t i = DNS_HEADER_SIZE; i < DNS_HEADER_SIZE + name; i++) {
        if (fold(question[i]) != fold(answer[i]))
            return false;
    }
    for (size_t i = DNS_HEADER_SIZE + name; i < end; i++) {
        if (question[i] != answer[i])
            return false;
    }
    return true;
}
