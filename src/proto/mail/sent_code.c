/* The forms of sent.h for the pipe. */
#include "base/cbor.h"
#include "base/error.h"
#include "proto/mail/sent.h"

enum { SENT_FIELDS = 3, QUESTION_FIELDS = 2 };

int sent_encode(const struct sent *sent, struct buffer *out)
{
    cbor_put_array(out, SENT_FIELDS);
    cbor_put_array(out, sent->day_count);
    for (size_t i = 0; i < sent->day_count; i++)
        cbor_put_int(out, sent->days[i]);
    cbor_put_array(out, sent->address_count);
    for (size_t i = 0; i < sent->address_count; i++)
        cbor_put_text(out, sent->addresses[i]);
    cbor_put_bool(out, sent->named);
    return buffer_error(out);
}

int sent_decode(const void *bytes, size_t size, struct arena *arena, struct sent *ret_sent)
{
    struct cbor_in in;
    struct sent sent = {0};
    cbor_in_init(&in, bytes, size);
    if (cbor_get_array(&in) != SENT_FIELDS)
        return ERR_SYNTAX;
    sent.day_count = cbor_get_array(&in);
    if (sent.day_count > SENT_DAYS_MAX)
        return ERR_LIMIT;
    for (size_t i = 0; i < sent.day_count; i++) {
        int64_t day = cbor_get_int(&in);
        if (day < 0 || day > INT32_MAX)
            cbor_fail(&in, ERR_SYNTAX);
        sent.days[i] = (int32_t)day;
    }
    sent.address_count = cbor_get_array(&in);
    if (sent.address_count > SENT_ADDRESSES_MAX)
        return ERR_LIMIT;
    for (size_t i = 0; i < sent.address_count; i++)
        sent.addresses[i] = cbor_need_text(&in, arena);
    sent.named = cbor_get_bool(&in);
    int result = cbor_finish(&in);
    if (result >= 0)
        *ret_sent = sent;
    return result;
}

int sent_question_encode(const struct sent_question *question, struct buffer *out)
{
    cbor_put_array(out, QUESTION_FIELDS);
    cbor_put_bytes(out, question->text, question->size);
    cbor_put_array(out, question->name_count);
    for (size_t i = 0; i < question->name_count; i++)
        cbor_put_text(out, question->names[i]);
    return buffer_error(out);
}

int sent_question_decode(const void *bytes, size_t size, struct arena *arena,
                         struct sent_question *ret_question)
{
    struct cbor_in in;
    struct sent_question question = {0};
    const char **names = arena_array(arena, SENT_NAMES_MAX, sizeof *names);
    if (!names)
        return ERR_LIMIT;
    cbor_in_init(&in, bytes, size);
    if (cbor_get_array(&in) != QUESTION_FIELDS)
        return ERR_SYNTAX;
    question.text = (const char *)cbor_get_bytes(&in, &question.size);
    question.name_count = cbor_get_array(&in);
    if (question.name_count > SENT_NAMES_MAX)
        return ERR_LIMIT;
    for (size_t i = 0; i < question.name_count; i++)
        names[i] = cbor_need_text(&in, arena);
    question.names = names;
    int result = cbor_finish(&in);
    if (result >= 0)
        *ret_question = question;
    return result;
}
