#include "proto/rdap/registration.h"

#include "base/json.h"
#include "base/text.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

enum { REGISTRAR_MAX = 99999999, LIST_MAX = 64 /* roles, ids and properties of one entity */ };

static const char *const statuses[] = {
#define S(text) text,
    RDAP_STATUS_LIST(S)
#undef S
};
static_assert(sizeof statuses / sizeof *statuses == RDAP_STATUSES, "as many as the header says");

const char *rdap_status_text(unsigned status)
{
    return statuses[status];
}

int rdap_status_find(const char *text)
{
    for (int i = 0; i < RDAP_STATUSES; i++) {
        if (strcasecmp(statuses[i], text) == 0)
            return i;
    }
    return -1;
}

static size_t at_most(const json_t *list, size_t limit)
{
    size_t count = json_array_size(list);
    return count < limit ? count : limit;
}

static bool has_role(const json_t *entity, const char *role)
{
    const json_t *roles = json_object_get(entity, "roles");
    for (size_t i = 0; i < at_most(roles, LIST_MAX); i++) {
        const char *text = json_string_value(json_array_get(roles, i));
        if (text && strcmp(text, role) == 0)
            return true;
    }
    return false;
}

/* RFC 9083 4.8; the type is as in the IANA's registry of them. */
static int64_t iana_id(const json_t *entity)
{
    const json_t *ids = json_object_get(entity, "publicIds");
    for (size_t i = 0; i < at_most(ids, LIST_MAX); i++) {
        const json_t *id = json_array_get(ids, i);
        const char *type = json_text(id, "type"), *text = json_text(id, "identifier");
        int64_t number;
        if (type && text && strcasecmp(type, "IANA Registrar ID") == 0 &&
            text_parse_int(text, 1, REGISTRAR_MAX, &number) >= 0)
            return number;
    }
    return RDAP_NO_REGISTRAR;
}

/* jCard: ["vcard", [["tel", {}, "uri", "tel:..."], ...]] (RFC 7095 3.3). */
static bool can_be_reached(const json_t *entity)
{
    const json_t *properties = json_array_get(json_object_get(entity, "vcardArray"), 1);
    for (size_t i = 0; i < at_most(properties, LIST_MAX); i++) {
        const json_t *property = json_array_get(properties, i);
        const char *name = json_string_value(json_array_get(property, 0));
        const char *value = json_string_value(json_array_get(property, 3));
        if (name && value && value[0] &&
            (strcasecmp(name, "tel") == 0 || strcasecmp(name, "email") == 0))
            return true;
    }
    return false;
}

static bool names_abuse_contact(const json_t *object)
{
    const json_t *entities = json_object_get(object, "entities");
    for (size_t i = 0; i < at_most(entities, RDAP_ENTITIES_MAX); i++) {
        const json_t *entity = json_array_get(entities, i);
        if (has_role(entity, "abuse") && can_be_reached(entity))
            return true;
    }
    return false;
}

static void read_registrars(const json_t *domain, struct rdap_registration *registration)
{
    const json_t *entities = json_object_get(domain, "entities");
    bool differ = false;
    for (size_t i = 0; i < at_most(entities, RDAP_ENTITIES_MAX); i++) {
        const json_t *entity = json_array_get(entities, i);
        if (!has_role(entity, "registrar"))
            continue;
        int64_t id = iana_id(entity);
        differ |= registration->registrar && id && id != registration->registrar;
        registration->registrar = id ? id : registration->registrar;
        registration->abuse_contact |= names_abuse_contact(entity);
    }
    if (differ)
        registration->registrar = RDAP_NO_REGISTRAR;
}

static void read_statuses(const json_t *domain, struct rdap_registration *registration)
{
    const json_t *list = json_object_get(domain, "status");
    for (size_t i = 0; i < at_most(list, LIST_MAX); i++) {
        const char *text = json_string_value(json_array_get(list, i));
        int status = text ? rdap_status_find(text) : -1;
        if (status >= 0)
            registration->statuses |= UINT32_C(1) << (unsigned)status;
    }
}

void rdap_registration_read(const void *body, size_t size,
                            struct rdap_registration *ret_registration)
{
    json_t *domain JSON_CLEANUP = NULL;
    *ret_registration = (struct rdap_registration){.registrar = RDAP_NO_REGISTRAR};
    if (json_parse(body, size, &domain, /* detail= */ NULL) < 0)
        return;
    ret_registration->abuse_contact = names_abuse_contact(domain);
    read_registrars(domain, ret_registration);
    read_statuses(domain, ret_registration);
}
