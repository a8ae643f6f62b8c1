#include "app/letters/recipient.h"

#include "base/text.h"
#include "view/letter.h"

#include <string.h>

bool recipient_same(const char *one, const char *other)
{
    return text_equal_nocase(one, other);
}

const char *recipient_of(const struct store_letter *letter, const struct store_attempt *attempt)
{
    return attempt->recipient[0] ? attempt->recipient : letter->recipient;
}

/* --- addresses that failed --- */

struct addresses {
    struct store_attempt *attempts; /* that failed */
    size_t count;
};

static bool have(const struct addresses *failed, const char *address)
{
    for (size_t i = 0; i < failed->count; i++) {
        if (recipient_same(failed->attempts[i].recipient, address))
            return true;
    }
    return false;
}

static int list_failed(struct casefile *file, struct addresses *failed, struct error_detail *detail)
{
    int result = store_attempt_list_failed(file->app->store, file->record.id, &file->arena,
                                           &failed->attempts, &failed->count);
    return result < 0 ? app_store_failed(file->app, result, detail, "attempts of a case") : 0;
}

/* --- contacts --- */

static int list_contacts(struct casefile *file, struct contact **ret_contacts, size_t *ret_count,
                         struct error_detail *detail)
{
    int result = store_contact_list(file->app->store, file->record.party, &file->arena,
                                    ret_contacts, ret_count);
    return result < 0 ? app_store_failed(file->app, result, detail, "contacts of a party") : 0;
}

static int rank(const struct contact *contact, const struct addresses *failed)
{
    return (have(failed, contact->email) ? 2 : 0) + (strcmp(contact->role, "compliance") ? 1 : 0);
}

int recipient_choose(struct casefile *file, struct contact *ret_contact,
                     struct error_detail *detail)
{
    struct addresses failed = {0};
    struct contact *contacts;
    const struct contact *chosen = NULL;
    size_t count;
    int result = list_contacts(file, &contacts, &count, detail);
    if (result >= 0)
        result = list_failed(file, &failed, detail);
    if (result < 0)
        return result;
    for (size_t i = 0; i < count; i++) {
        if (letter_address_valid(contacts[i].email) &&
            (!chosen || rank(&contacts[i], &failed) < rank(chosen, &failed)))
            chosen = &contacts[i];
    }
    if (!chosen)
        return 0;
    *ret_contact = *chosen;
    return 1;
}

int recipient_is_contact(struct casefile *file, const char *address, bool *ret_is,
                         struct error_detail *detail)
{
    struct contact *contacts;
    size_t count;
    int result = list_contacts(file, &contacts, &count, detail);
    if (result < 0)
        return result;
    *ret_is = false;
    for (size_t i = 0; i < count; i++)
        *ret_is = *ret_is || strcmp(contacts[i].email, address) == 0;
    return 0;
}

bool recipient_failed(struct casefile *file, const char *address)
{
    struct addresses failed = {0};
    return list_failed(file, &failed, NULL) < 0 || have(&failed, address);
}
