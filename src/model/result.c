#include "model/result.h"

#include "base/cbor.h"
#include "base/error.h"

enum { FORMAT = 2, SET_FIELDS = 6, RESULT_FIELDS = 7 };

static void encode_result(const struct result *result, struct buffer *out)
{
    cbor_put_array(out, RESULT_FIELDS);
    cbor_put_text(out, result->check);
    cbor_put_int(out, result->version);
    cbor_put_text(out, result->code);
    cbor_put_text(out, result->subject);
    cbor_put_uint(out, (uint64_t)result->sight);
    cbor_put_text(out, result->values);
    cbor_put_array(out, result->exchange_count);
    for (size_t i = 0; i < result->exchange_count; i++)
        cbor_put_uint(out, result->exchanges[i]);
}

int result_set_encode(const struct result_set *set, struct buffer *out)
{
    cbor_put_array(out, SET_FIELDS);
    cbor_put_uint(out, FORMAT);
    cbor_put_text(out, set->target);
    cbor_put_text(out, set->evidence);
    cbor_put_text(out, set->vantage);
    cbor_put_int(out, set->observed_at);
    cbor_put_array(out, set->count);
    for (size_t i = 0; i < set->count; i++)
        encode_result(&set->results[i], out);
    return buffer_error(out);
}

static int decode_result(struct cbor_in *in, struct arena *arena, struct result *ret_result)
{
    struct result r = {0};
    if (cbor_get_array(in) != RESULT_FIELDS)
        return ERR_SYNTAX;
    r.check = cbor_need_text(in, arena);
    r.version = (int)cbor_get_int(in);
    r.code = cbor_need_text(in, arena);
    r.subject = cbor_need_text(in, arena);
    uint64_t sight = cbor_get_uint(in);
    r.values = cbor_need_text(in, arena);
    r.exchange_count = cbor_get_array(in);
    r.exchanges = arena_array(arena, r.exchange_count + 1, sizeof *r.exchanges);
    if (!r.exchanges)
        return ERR_NO_MEMORY;
    if (sight > SIGHT_SEEN)
        return ERR_SYNTAX;
    r.sight = (enum sight)sight;
    for (size_t i = 0; i < r.exchange_count; i++)
        r.exchanges[i] = (uint32_t)cbor_get_uint(in);
    *ret_result = r;
    return in->failure;
}

int result_set_decode(const void *data, size_t size, struct arena *arena,
                      struct result_set *ret_set)
{
    struct cbor_in in;
    struct result_set set = {0};
    cbor_in_init(&in, data, size);
    if (cbor_get_array(&in) != SET_FIELDS || cbor_get_uint(&in) != FORMAT)
        return ERR_SYNTAX;
    set.target = cbor_need_text(&in, arena);
    set.evidence = cbor_need_text(&in, arena);
    set.vantage = cbor_need_text(&in, arena);
    set.observed_at = cbor_get_int(&in);
    set.count = cbor_get_array(&in);
    if (in.failure || set.count > RESULTS_MAX)
        return in.failure ? in.failure : ERR_LIMIT;
    set.results = arena_array(arena, set.count + 1, sizeof *set.results);
    if (!set.results)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < set.count; i++) {
        int result = decode_result(&in, arena, &set.results[i]);
        if (result < 0)
            return result;
    }
    int result = cbor_finish(&in);
    if (result >= 0)
        *ret_set = set;
    return result;
}
