#include "view/metrics.h"

#include <string.h>

/* OpenMetrics 1.0, "ABNF": names and label names (we allow no colons). */
static bool is_name(const char *text)
{
    bool first = true;
    for (const char *at = text; *at; at++, first = false) {
        bool letter = (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z') || *at == '_';
        if (!letter && (first || *at < '0' || *at > '9'))
            return false;
    }
    return *text != '\0';
}

static void put_escaped(const char *text, struct buffer *out)
{
    for (const char *at = text; *at; at++) {
        if (*at == '\n')
            buffer_append_text(out, "\\n");
        else if (*at == '"' || *at == '\\')
            buffer_printf(out, "\\%c", *at);
        else
            buffer_append_byte(out, (uint8_t)*at);
    }
}

static int put_labels(const json_t *labels, struct buffer *out)
{
    const char *name, *between = "{";
    json_t *value;
    json_object_foreach((json_t *)labels, name, value)
    {
        if (!is_name(name) || !json_is_string(value))
            return ERR_SYNTAX;
        buffer_printf(out, "%s%s=\"", between, name);
        put_escaped(json_string_value(value), out);
        buffer_append_byte(out, '"');
        between = ",";
    }
    if (*between == ',')
        buffer_append_byte(out, '}');
    return 0;
}

static int put_sample(const char *name, const char *ending, const json_t *labels,
                      const json_t *value, struct buffer *out)
{
    if (!json_is_integer(value))
        return ERR_SYNTAX;
    buffer_printf(out, "%s%s", name, ending);
    int result = put_labels(labels, out);
    buffer_printf(out, " %lld\n", (long long)json_integer_value(value));
    return result;
}

static int put_metric(const char *name, const json_t *metric, struct buffer *out)
{
    const char *type = json_text(metric, "type"), *help = json_text(metric, "help");
    if (!is_name(name) || !type || !help)
        return ERR_SYNTAX;
    bool counter = strcmp(type, "counter") == 0;
    if (!counter && strcmp(type, "gauge") != 0)
        return ERR_SYNTAX;
    buffer_printf(out, "# TYPE %s %s\n# HELP %s ", name, type, name);
    put_escaped(help, out);
    buffer_append_byte(out, '\n');
    const char *ending = counter ? "_total" : "";
    const json_t *value = json_object_get(metric, "value");
    if (value)
        return put_sample(name, ending, NULL, value, out);
    size_t index;
    json_t *sample;
    json_array_foreach(json_object_get(metric, "samples"), index, sample)
    {
        int result = put_sample(name, ending, json_object_get(sample, "labels"),
                                json_object_get(sample, "value"), out);
        if (result < 0)
            return result;
    }
    return 0;
}

int metrics_write(const json_t *metrics, struct buffer *out, struct error_detail *detail)
{
    const char *name;
    json_t *metric;
    json_object_foreach((json_t *)metrics, name, metric)
    {
        int result = put_metric(name, metric, out);
        if (result < 0)
            return error_set(detail, result, "metric '%s' is not well formed", name);
    }
    buffer_append_text(out, "# EOF\n");
    return buffer_error(out);
}
