/* The plan on the prober's pipe. */
#include "base/cbor.h"
#include "measure/survey.h"

enum { PLAN_VERSION = 2, PLAN_FIELDS = 15, LIMIT_FIELDS = 9 };

static void put_limits(const struct survey_limits *limits, struct buffer *out)
{
    cbor_put_array(out, LIMIT_FIELDS);
    cbor_put_uint(out, limits->udp_timeout_ms);
    cbor_put_uint(out, limits->udp_tries);
    cbor_put_uint(out, limits->tcp_timeout_ms);
    cbor_put_uint(out, limits->https_connect_ms);
    cbor_put_uint(out, limits->https_total_ms);
    cbor_put_uint(out, limits->survey_ms);
    cbor_put_uint(out, limits->burst);
    cbor_put_uint(out, limits->per_second);
    cbor_put_uint(out, limits->in_flight);
}

int survey_plan_encode(const struct survey_plan *plan, struct buffer *out)
{
    if (plan->given_count > SURVEY_GIVEN_MAX)
        return ERR_LIMIT;
    cbor_put_array(out, PLAN_FIELDS);
    cbor_put_uint(out, PLAN_VERSION);
    cbor_put_text(out, plan->target);
    cbor_put_text(out, plan->vantage);
    cbor_put_text(out, plan->tool);
    cbor_put_bytes(out, plan->hints.data, plan->hints.size);
    cbor_put_text(out, plan->trust_anchor);
    cbor_put_text(out, plan->given_ds);
    cbor_put_array(out, plan->given_count);
    for (size_t i = 0; i < plan->given_count; i++) {
        cbor_put_array(out, 2);
        cbor_put_text(out, plan->given[i].name);
        cbor_put_text(out, plan->given[i].address);
    }
    cbor_put_text(out, plan->rdap_url);
    cbor_put_text(out, plan->rdap_domain);
    cbor_put_bytes(out, plan->ca.data, plan->ca.size);
    cbor_put_text(out, plan->reference_url);
    cbor_put_text(out, plan->net_map);
    cbor_put_uint(out, plan->lookup);
    put_limits(&plan->limits, out);
    return buffer_error(out);
}

static uint32_t get_number(struct cbor_in *in)
{
    uint64_t value = cbor_get_uint(in);
    if (value > UINT32_MAX)
        cbor_fail(in, ERR_SYNTAX);
    return (uint32_t)value;
}

static bool get_flag(struct cbor_in *in)
{
    uint64_t value = cbor_get_uint(in);
    if (value > 1)
        cbor_fail(in, ERR_SYNTAX);
    return value == 1;
}

static void expect_fields(struct cbor_in *in, size_t count)
{
    if (cbor_get_array(in) != count)
        cbor_fail(in, ERR_SYNTAX);
}

static void get_given(struct cbor_in *in, struct arena *arena, struct survey_plan *plan)
{
    size_t count = cbor_get_array(in);
    if (count > SURVEY_GIVEN_MAX) {
        cbor_fail(in, ERR_SYNTAX);
        return;
    }
    plan->given = arena_array(arena, count + 1, sizeof *plan->given);
    if (!plan->given) {
        cbor_fail(in, ERR_NO_MEMORY);
        return;
    }
    for (size_t i = 0; i < count && !in->failure; i++) {
        expect_fields(in, 2);
        plan->given[i].name = cbor_need_text(in, arena);
        plan->given[i].address = cbor_copy_text(in, arena);
    }
    plan->given_count = count;
}

static void get_limits(struct cbor_in *in, struct survey_limits *limits)
{
    expect_fields(in, LIMIT_FIELDS);
    limits->udp_timeout_ms = get_number(in);
    limits->udp_tries = get_number(in);
    limits->tcp_timeout_ms = get_number(in);
    limits->https_connect_ms = get_number(in);
    limits->https_total_ms = get_number(in);
    limits->survey_ms = get_number(in);
    limits->burst = get_number(in);
    limits->per_second = get_number(in);
    limits->in_flight = get_number(in);
}

int survey_plan_decode(const void *data, size_t size, struct arena *arena,
                       struct survey_plan *ret_plan)
{
    struct cbor_in in;
    struct survey_plan plan = {0};
    if (size > SURVEY_PLAN_MAX)
        return ERR_LIMIT;
    cbor_in_init(&in, data, size);
    expect_fields(&in, PLAN_FIELDS);
    if (cbor_get_uint(&in) != PLAN_VERSION)
        return ERR_SYNTAX;
    plan.target = cbor_need_text(&in, arena);
    plan.vantage = cbor_need_text(&in, arena);
    plan.tool = cbor_need_text(&in, arena);
    plan.hints.data = cbor_copy_bytes(&in, arena, &plan.hints.size);
    plan.trust_anchor = cbor_copy_text(&in, arena);
    plan.given_ds = cbor_copy_text(&in, arena);
    get_given(&in, arena, &plan);
    plan.rdap_url = cbor_copy_text(&in, arena);
    plan.rdap_domain = cbor_copy_text(&in, arena);
    plan.ca.data = cbor_copy_bytes(&in, arena, &plan.ca.size);
    plan.reference_url = cbor_copy_text(&in, arena);
    plan.net_map = cbor_copy_text(&in, arena);
    plan.lookup = get_flag(&in);
    get_limits(&in, &plan.limits);
    int result = cbor_finish(&in);
    if (result >= 0)
        *ret_plan = plan;
    return result;
}
