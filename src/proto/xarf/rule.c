#include "proto/xarf/rule.h"

#include "base/civil.h"
#include "base/text.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <regex.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* RFC 6901 3: "~" and "/" of a name are written "~0" and "~1". */
static void append_name(char pointer[RULE_POINTER_MAX], const char *name)
{
    size_t at = strlen(pointer);
    if (at + 1 < RULE_POINTER_MAX)
        pointer[at++] = '/';
    for (; *name && at + 2 < RULE_POINTER_MAX; name++) {
        bool escape = *name == '~' || *name == '/';
        if (escape)
            pointer[at++] = '~';
        if (escape)
            pointer[at++] = *name == '~' ? '0' : '1';
        else
            pointer[at++] = *name;
    }
    pointer[at] = '\0';
}

/* A text that was cut, or that a stranger named, as one line of whole characters. */
static void clean(char *text)
{
    size_t left = strlen(text);
    while (left > 0) {
        size_t length = text_utf8_length(text, left);
        if (length == 0)
            break;
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            *text = '?';
        text += length;
        left -= length;
    }
    *text = '\0';
}

int rule_refuse(struct rule_refusal *refusal, const char *pointer, const char *name,
                const char *format, ...)
{
    va_list list;
    (void)snprintf(refusal->pointer, sizeof refusal->pointer, "%s", pointer);
    if (name)
        append_name(refusal->pointer, name);
    va_start(list, format);
    (void)vsnprintf(refusal->reason, sizeof refusal->reason, format, list);
    va_end(list);
    clean(refusal->pointer);
    clean(refusal->reason);
    return ERR_SYNTAX;
}

static bool is_ipv4(const char *text)
{
    unsigned char bytes[sizeof(struct in_addr)];
    return inet_pton(AF_INET, text, bytes) == 1;
}

static bool is_ipv6(const char *text)
{
    unsigned char bytes[sizeof(struct in6_addr)];
    return inet_pton(AF_INET6, text, bytes) == 1;
}

bool rule_is_address(const char *text)
{
    return is_ipv4(text) || is_ipv6(text);
}

static bool is_host(const char *text)
{
    size_t label = 0, size = strlen(text);
    if (size == 0 || size > 253)
        return false;
    for (const char *at = text; *at; at++) {
        if (*at == '.'   ? label == 0 || at[-1] == '-' || !at[1]
            : *at == '-' ? label == 0
                         : !isalnum((unsigned char)*at))
            return false;
        label = *at == '.' ? 0 : label + 1;
        if (label > 63)
            return false;
    }
    return text[size - 1] != '-';
}

static bool is_mail(const char *text)
{
    const char *sign = strrchr(text, '@');
    if (!sign || sign == text || sign - text > 64)
        return false;
    for (const char *at = text; at < sign; at++) {
        if ((unsigned char)*at <= ' ' || *at == '@' || *at == 0x7f)
            return false;
    }
    return is_host(sign + 1);
}

/* RFC 3986 3: a scheme, a colon, and nothing that a URL cannot hold. */
static bool is_url(const char *text)
{
    const char *colon = strchr(text, ':');
    if (!colon || !colon[1] || !isalpha((unsigned char)text[0]))
        return false;
    for (const char *at = text; at < colon; at++) {
        if (!isalnum((unsigned char)*at) && *at != '+' && *at != '-' && *at != '.')
            return false;
    }
    for (const char *at = colon; *at; at++) {
        if ((unsigned char)*at <= ' ' || (unsigned char)*at >= 0x7f || strchr("<>\"\\^`{|}", *at))
            return false;
    }
    return true;
}

static bool is_uuid(const char *text)
{
    for (size_t i = 0; i < 36; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text[i] != '-' : !isxdigit((unsigned char)text[i]))
            return false;
    }
    return text[36] == '\0';
}

/* RFC 4648 4, padded, without line ends. */
static bool is_base64(const char *text)
{
    size_t size = strlen(text), padding = 0;
    while (padding < 2 && padding < size && text[size - padding - 1] == '=')
        padding++;
    if (size % 4 != 0)
        return false;
    for (size_t i = 0; i < size - padding; i++) {
        if (!isalnum((unsigned char)text[i]) && text[i] != '+' && text[i] != '/')
            return false;
    }
    return true;
}

static bool is_instant(const char *text)
{
    int64_t instant;
    return civil_parse_instant(text, &instant) >= 0;
}

static bool is_date(const char *text)
{
    int32_t day;
    return civil_parse_date(text, &day) >= 0;
}

static size_t characters(const char *text)
{
    size_t count = 0;
    for (; *text; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}

/* Texts of a form that has a name. */
static const struct {
    bool (*is)(const char *text);
    const char *fault;
} forms[] = {
    [RULE_MAIL] = {is_mail, "not a mail address"},
    [RULE_HOST] = {is_host, "not a host name"},
    [RULE_URL] = {is_url, "not a URL"},
    [RULE_UUID] = {is_uuid, "not a UUID"},
    [RULE_INSTANT] = {is_instant, "not a date and time of RFC 3339"},
    [RULE_DATE] = {is_date, "not a date of RFC 3339"},
    [RULE_ADDRESS] = {rule_is_address, "not an IP address"},
    [RULE_IPV4] = {is_ipv4, "not an IPv4 address"},
    [RULE_IPV6] = {is_ipv6, "not an IPv6 address"},
    [RULE_BASE64] = {is_base64, "not base64"},
};

static bool is_word(const char *text, const char *const *words)
{
    while (*words && strcmp(*words, text) != 0)
        words++;
    return *words != NULL;
}

/* 1, 0, or ERR_NO_MEMORY: a pattern of the tables always compiles otherwise. */
static int matches(const char *text, const char *pattern)
{
    regex_t compiled;
    if (strlen(text) > RULE_LIKE_MAX)
        return 0;
    if (regcomp(&compiled, pattern, REG_EXTENDED | REG_NOSUB) != 0)
        return ERR_NO_MEMORY;
    int found = regexec(&compiled, text, 0, NULL, 0);
    regfree(&compiled);
    return found == 0;
}

static int check_like(const char *text, const struct rule *rule, const char *pointer,
                      struct rule_refusal *refusal)
{
    int result = matches(text, rule->pattern);
    return result == 0 ? rule_refuse(refusal, pointer, NULL, "does not match %s", rule->pattern)
                       : result;
}

static int check_text(const json_t *value, const struct rule *rule, const char *pointer,
                      struct rule_refusal *refusal)
{
    const char *text = json_string_value(value);
    if (!text)
        return rule_refuse(refusal, pointer, NULL, "not a text");
    if (strlen(text) > RULE_TEXT_MAX)
        return rule_refuse(refusal, pointer, NULL, "longer than %d bytes", RULE_TEXT_MAX);
    if (rule->kind == RULE_TEXT)
        return (double)characters(text) <= rule->most
                   ? 0
                   : rule_refuse(refusal, pointer, NULL, "longer than %.0f characters", rule->most);
    if (rule->kind == RULE_LIKE)
        return check_like(text, rule, pointer, refusal);
    if (rule->kind == RULE_WORD)
        return is_word(text, rule->words)
                   ? 0
                   : rule_refuse(refusal, pointer, NULL, "not one of the allowed words");
    return forms[rule->kind].is(text)
               ? 0
               : rule_refuse(refusal, pointer, NULL, "%s", forms[rule->kind].fault);
}

static int check_number(const json_t *value, const struct rule *rule, const char *pointer,
                        struct rule_refusal *refusal)
{
    if (rule->kind == RULE_INTEGER ? !json_is_integer(value) : !json_is_number(value))
        return rule_refuse(refusal, pointer, NULL,
                           rule->kind == RULE_INTEGER ? "not an integer" : "not a number");
    double number = json_number_value(value);
    if (number < rule->least)
        return rule_refuse(refusal, pointer, NULL, "below %g", rule->least);
    return number > rule->most ? rule_refuse(refusal, pointer, NULL, "above %.0f", rule->most) : 0;
}

static int check_value(const json_t *value, const struct rule *rule, const char *pointer,
                       struct rule_refusal *refusal);

static int check_list(const json_t *value, const struct rule *rule, const char *pointer,
                      struct rule_refusal *refusal)
{
    double size = (double)json_array_size(value);
    if (!json_is_array(value))
        return rule_refuse(refusal, pointer, NULL, "not an array");
    if (size < rule->least || size > rule->most)
        return rule_refuse(refusal, pointer, NULL,
                           size > rule->most ? "more than %.0f elements"
                                             : "less than %.0f elements",
                           size > rule->most ? rule->most : rule->least);
    for (size_t i = 0; i < json_array_size(value); i++) {
        char inner[RULE_POINTER_MAX], index[24];
        (void)snprintf(index, sizeof index, "%zu", i);
        (void)snprintf(inner, sizeof inner, "%s", pointer);
        append_name(inner, index);
        int result = check_value(json_array_get(value, i), rule->each, inner, refusal);
        if (result < 0)
            return result;
    }
    return 0;
}

static int check_object(const json_t *value, const struct rule_set *set, const char *pointer,
                        struct rule_refusal *refusal);

static int check_value(const json_t *value, const struct rule *rule, const char *pointer,
                       struct rule_refusal *refusal)
{
    switch (rule->kind) {
    case RULE_INTEGER:
    case RULE_NUMBER:
        return check_number(value, rule, pointer, refusal);
    case RULE_FLAG:
        return json_is_boolean(value) ? 0 : rule_refuse(refusal, pointer, NULL, "not a boolean");
    case RULE_OBJECT:
        return check_object(value, rule->inner, pointer, refusal);
    case RULE_SOME:
        if (!json_is_array(value))
            return check_value(value, rule->each, pointer, refusal);
        return check_list(value, rule, pointer, refusal);
    case RULE_LIST:
        return check_list(value, rule, pointer, refusal);
    case RULE_TEXT:
    case RULE_LIKE:
    case RULE_WORD:
    case RULE_MAIL:
    case RULE_HOST:
    case RULE_URL:
    case RULE_UUID:
    case RULE_INSTANT:
    case RULE_DATE:
    case RULE_ADDRESS:
    case RULE_IPV4:
    case RULE_IPV6:
    case RULE_BASE64:
        break;
    }
    return check_text(value, rule, pointer, refusal);
}

/* --- objects --- */

static int check_rules(const json_t *object, const struct rule_set *set, const char *pointer,
                       struct rule_refusal *refusal)
{
    for (const struct rule *rule = set->rules; rule->name; rule++) {
        char inner[RULE_POINTER_MAX];
        const json_t *member = json_object_get(object, rule->name);
        if (!member && rule->required)
            return rule_refuse(refusal, pointer, rule->name, "missing");
        if (!member)
            continue;
        (void)snprintf(inner, sizeof inner, "%s", pointer);
        append_name(inner, rule->name);
        int result = check_value(member, rule, inner, refusal);
        if (result < 0)
            return result;
    }
    return 0;
}

static int check_needs(const json_t *object, const struct rule_set *set, const char *pointer,
                       struct rule_refusal *refusal)
{
    for (const struct rule_need *need = set->needs; need->member; need++) {
        const char *text = json_text(object, need->member);
        bool holds = text && (need->word ? strcmp(text, need->word) == 0 : rule_is_address(text));
        if (holds == need->unless)
            continue;
        for (const char *const *name = need->needed; *name; name++) {
            if (!json_object_get(object, *name))
                return rule_refuse(refusal, pointer, *name, "missing, %s this %s",
                                   need->unless ? "without" : "with", need->member);
        }
    }
    return 0;
}

static bool is_there(const json_t *object, const char *path)
{
    char name[64];
    const char *slash = strchr(path, '/');
    if (!slash)
        return json_object_get(object, path) != NULL;
    (void)snprintf(name, sizeof name, "%.*s", (int)(slash - path), path);
    return is_there(json_object_get(object, name), slash + 1);
}

static int check_any(const json_t *object, const struct rule_set *set, const char *pointer,
                     struct rule_refusal *refusal)
{
    for (const char *const *const *list = set->any_of; *list; list++) {
        const char *const *path = *list;
        while (*path && !is_there(object, *path))
            path++;
        if (!*path)
            return rule_refuse(refusal, pointer, NULL, "lacks %s%s", (*list)[0],
                               (*list)[1] ? " and what may stand for it" : "");
    }
    return 0;
}

static int check_names(const json_t *object, const struct rule_set *set, const char *pointer,
                       struct rule_refusal *refusal)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)object, key, value)
    {
        const struct rule *rule = set->rules;
        while (rule->name && strcmp(rule->name, key) != 0)
            rule++;
        if (!rule->name)
            return rule_refuse(refusal, pointer, key, "not allowed here");
    }
    return 0;
}

static int check_object(const json_t *value, const struct rule_set *set, const char *pointer,
                        struct rule_refusal *refusal)
{
    if (!json_is_object(value))
        return rule_refuse(refusal, pointer, NULL, "not an object");
    int result = check_rules(value, set, pointer, refusal);
    if (result >= 0)
        result = check_needs(value, set, pointer, refusal);
    if (result >= 0)
        result = check_any(value, set, pointer, refusal);
    return result >= 0 && set->closed ? check_names(value, set, pointer, refusal) : result;
}

int rule_check(const json_t *value, const struct rule_set *set, const char *pointer,
               struct rule_refusal *refusal)
{
    return check_object(value, set, pointer, refusal);
}
