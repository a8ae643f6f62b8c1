#include "proto/rdap/answer.h"

#include "base/json.h"
#include "base/json_grammar.h"
#include "proto/dns/name.h"

#include <assert.h>
#include <string.h>

static_assert((int)RDAP_NAME_TEXT == (int)DNS_NAME_TEXT, "ldhName is a domain name");

static void read_conformance(const json_t *object, struct rdap_answer *answer)
{
    const json_t *list = json_object_get(object, "rdapConformance");
    size_t count = json_array_size(list);
    answer->conformance = json_is_array(list) && count > 0;
    for (size_t i = 0; i < count; i++) {
        const char *text = json_string_value(json_array_get(list, i));
        if (text == NULL)
            answer->conformance = false;
        else if (strcmp(text, "rdap_level_0") == 0)
            answer->level_0 = true;
    }
}

static void read_names(const json_t *object, struct rdap_answer *answer)
{
    const char *class = json_text(object, "objectClassName");
    const char *name = json_text(object, "ldhName");
    if (class != NULL && strlen(class) < RDAP_CLASS_TEXT)
        memcpy(answer->object_class, class, strlen(class) + 1);
    if (name == NULL || dns_name_normalise(name, answer->ldh_name) < 0)
        answer->ldh_name[0] = '\0';
}

/* By the grammar alone. */
static enum rdap_body tell_body(const void *body, size_t size, struct error_detail *fault)
{
    int first = json_grammar_check(body, size, fault);
    if (first == ERR_LIMIT)
        return RDAP_BODY_UNREAD;
    if (first >= 0 && first != '{')
        error_set(fault, ERR_SYNTAX, "the value is not an object");
    return first == '{' ? RDAP_BODY_READ : RDAP_BODY_NOT_JSON;
}

void rdap_answer_read(const void *body, size_t size, struct rdap_answer *ret_answer)
{
    json_t *json JSON_CLEANUP = NULL;
    *ret_answer = (struct rdap_answer){.body = RDAP_BODY_NOT_JSON};
    ret_answer->body = tell_body(body, size, &ret_answer->fault);
    if (ret_answer->body != RDAP_BODY_READ)
        return;
    if (json_parse(body, size, &json, &ret_answer->fault) < 0) {
        ret_answer->body = RDAP_BODY_UNREAD;
        return;
    }
    ret_answer->notices = json_is_array(json_object_get(json, "notices"));
    read_conformance(json, ret_answer);
    read_names(json, ret_answer);
}
