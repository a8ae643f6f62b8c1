/* The plan on the prober's pipe. */
#include "base/cbor.h"
#include "measure/survey.h"

#include <string.h>

enum { PLAN_VERSION = 1, PLAN_FIELDS = 14, LIMIT_FIELDS = 9 };

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
    put_limits(&plan->limits, out);
    return buffer_error(out);
}

struct reading {
    struct cbor_in in;
    struct arena *arena;
    bool no_memory;
};

static const char *get_text(struct reading *reading)
{
    size_t size;
    const char *text = cbor_get_text(&reading->in, &size);
    if (!text)
        return NULL;
    if (size && memchr(text, '\0', size)) {
        reading->in.failure = ERR_SYNTAX;
        return NULL;
    }
    const char *copy = arena_copy_slice(reading->arena, text, size);
    reading->no_memory |= !copy;
    return copy;
}

static const char *get_needed_text(struct reading *reading)
{
    const char *text = get_text(reading);
    if (!text)
        reading->in.failure = ERR_SYNTAX;
    return text;
}

static struct bytes get_bytes(struct reading *reading)
{
    size_t size;
    const uint8_t *data = cbor_get_bytes(&reading->in, &size);
    const uint8_t *copy = data ? arena_copy(reading->arena, data, size) : NULL;
    reading->no_memory |= data && !copy;
    return (struct bytes){copy, copy ? size : 0};
}

static uint32_t get_number(struct reading *reading)
{
    uint64_t value = cbor_get_uint(&reading->in);
    if (value > UINT32_MAX)
        reading->in.failure = ERR_SYNTAX;
    return (uint32_t)value;
}

static void expect_fields(struct reading *reading, size_t count)
{
    if (cbor_get_array(&reading->in) != count)
        reading->in.failure = ERR_SYNTAX;
}

static void get_given(struct reading *reading, struct survey_plan *plan)
{
    size_t count = cbor_get_array(&reading->in);
    if (count > SURVEY_GIVEN_MAX) {
        reading->in.failure = ERR_SYNTAX;
        return;
    }
    plan->given = arena_array(reading->arena, count + 1, sizeof *plan->given);
    reading->no_memory |= !plan->given;
    for (size_t i = 0; i < count && !reading->in.failure && !reading->no_memory; i++) {
        expect_fields(reading, 2);
        plan->given[i].name = get_needed_text(reading);
        plan->given[i].address = get_text(reading);
    }
    plan->given_count = count;
}

static void get_limits(struct reading *reading, struct survey_limits *limits)
{
    expect_fields(reading, LIMIT_FIELDS);
    limits->udp_timeout_ms = get_number(reading);
    limits->udp_tries = get_number(reading);
    limits->tcp_timeout_ms = get_number(reading);
    limits->https_connect_ms = get_number(reading);
    limits->https_total_ms = get_number(reading);
    limits->survey_ms = get_number(reading);
    limits->burst = get_number(reading);
    limits->per_second = get_number(reading);
    limits->in_flight = get_number(reading);
}

int survey_plan_decode(const void *data, size_t size, struct arena *arena,
                       struct survey_plan *ret_plan)
{
    struct reading reading = {.arena = arena};
    struct survey_plan plan = {0};
    if (size > SURVEY_PLAN_MAX)
        return ERR_LIMIT;
    cbor_in_init(&reading.in, data, size);
    expect_fields(&reading, PLAN_FIELDS);
    if (cbor_get_uint(&reading.in) != PLAN_VERSION)
        return ERR_SYNTAX;
    plan.target = get_needed_text(&reading);
    plan.vantage = get_needed_text(&reading);
    plan.tool = get_needed_text(&reading);
    plan.hints = get_bytes(&reading);
    plan.trust_anchor = get_text(&reading);
    plan.given_ds = get_text(&reading);
    get_given(&reading, &plan);
    plan.rdap_url = get_text(&reading);
    plan.rdap_domain = get_text(&reading);
    plan.ca = get_bytes(&reading);
    plan.reference_url = get_text(&reading);
    plan.net_map = get_text(&reading);
    get_limits(&reading, &plan.limits);
    if (reading.no_memory)
        return ERR_NO_MEMORY;
    if (cbor_finish(&reading.in) < 0)
        return ERR_SYNTAX;
    *ret_plan = plan;
    return 0;
}
