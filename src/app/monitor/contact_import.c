#include "app/monitor/contact_import.h"

#include "view/letter.h"

#include <stdlib.h>
#include <string.h>

/* C0, DEL, and C1 in UTF-8. */
static bool has_control(const char *text)
{
    for (const unsigned char *at = (const unsigned char *)text; *at; at++) {
        if (*at < 0x20 || *at == 0x7f || (*at == 0xc2 && at[1] >= 0x80 && at[1] < 0xa0))
            return true;
    }
    return false;
}

int contact_check(const struct contact *contact, struct error_detail *detail)
{
    if (has_control(contact->party) || has_control(contact->role) || has_control(contact->name))
        return error_set(detail, ERR_SYNTAX, "ID, name or role holds a control character");
    /* A hyphen in front is an option to some mail programs. */
    if (contact->email[0] == '-' || !letter_address_valid(contact->email))
        return error_set(detail, ERR_SYNTAX, "the e-mail address is none that mail can be sent to");
    return 0;
}

int contact_compare(const struct contact *a, const struct contact *b)
{
    int order = strcmp(a->role, b->role);
    return order ? order : strcmp(a->email, b->email);
}

struct numbered {
    struct contact contact;
    size_t number; /* of its row: qsort() keeps no order among equals */
};

static int compare_numbered(const void *one, const void *other)
{
    const struct numbered *a = one, *b = other;
    int order = strcmp(a->contact.party, b->contact.party);
    if (!order)
        order = contact_compare(&a->contact, &b->contact);
    return order ? order : (a->number > b->number) - (a->number < b->number);
}

int contacts_settle(struct contact *rows, size_t *count, struct arena *arena)
{
    size_t kept = 0;
    struct numbered *numbered = arena_array(arena, *count + 1, sizeof *numbered);
    if (!numbered)
        return ERR_LIMIT;
    for (size_t i = 0; i < *count; i++)
        numbered[i] = (struct numbered){rows[i], i};
    qsort(numbered, *count, sizeof *numbered, compare_numbered);
    for (size_t i = 0; i < *count; i++) {
        const struct contact *row = &numbered[i].contact;
        bool again = kept && strcmp(rows[kept - 1].party, row->party) == 0 &&
                     contact_compare(&rows[kept - 1], row) == 0;
        kept += !again;
        rows[kept - 1] = *row;
    }
    *count = kept;
    return 0;
}
