#include "app/complaints/proof.h"

#include "app/monitor/judge.h"
#include "app/stranger.h"
#include "base/civil.h"
#include "base/text.h"
#include "proto/mail/sent.h"
#include "store/party.h"

#include <string.h>

enum { DAYS_BACK = 3660 /* ten years: older mail tells nothing about a matter of today */ };

struct looking {
    struct app *app;
    const struct proof_question *question;
    struct arena *arena;
    const char *names[SENT_NAMES_MAX];
    size_t name_count;
    struct contact *contacts;
    size_t contact_count;
};

/* --- who the party is --- */

static void add_name(struct looking *looking, const char *name)
{
    if (name[0] && looking->name_count < SENT_NAMES_MAX)
        looking->names[looking->name_count++] = name;
}

/* By its id, else by the name that it is called. */
static int find_party(struct looking *looking, struct error_detail *detail)
{
    struct store *store = looking->app->store;
    const char *id = looking->question->party;
    struct party party, *found;
    size_t count = 0;
    add_name(looking, looking->question->named);
    int result = id[0] ? store_party_find(store, id, looking->arena, &party) : ERR_NOT_FOUND;
    if (result == ERR_NOT_FOUND) {
        result =
            store_party_find_name(store, looking->question->named, looking->arena, &found, &count);
        if (result >= 0 && count != 1)
            return 0;
        if (result >= 0)
            party = found[0];
    }
    if (result >= 0) {
        add_name(looking, party.name);
        result = store_contact_list(store, party.id, looking->arena, &looking->contacts,
                                    &looking->contact_count);
    }
    return result < 0 ? app_store_failed(looking->app, result, detail, "party") : 0;
}

/* --- reading --- */

/* Negative: it could not be read, which says nothing about the exhibit. */
static int read_exhibit(struct looking *looking, struct bytes bytes, struct sent *ret_sent)
{
    struct buffer ask BUFFER_CLEANUP = {0}, reply BUFFER_CLEANUP = {0};
    struct error_detail reason = {0};
    const struct sent_question question = {(const char *)bytes.data,
                                           bytes.size < SENT_READ_MAX ? bytes.size : SENT_READ_MAX,
                                           looking->names, looking->name_count};
    buffer_init(&ask, SENT_READ_MAX + SENT_FACTS_MAX);
    buffer_init(&reply, SENT_FACTS_MAX);
    int result = sent_question_encode(&question, &ask);
    if (result >= 0)
        result = stranger_judge(looking->app, &reason);
    if (result < 0)
        return result;
    const struct child_question asked = {JUDGE_FRAME_SENT, JUDGE_FRAME_SENT_FACTS, ask.data,
                                         ask.size};
    result = child_ask(&looking->app->judge, &asked, &reply, &reason);
    if (result >= 0)
        result = sent_decode(reply.data, reply.size, looking->arena, ret_sent);
    /* Silent: that a complaint has such an exhibit is nobody's business. */
    if (result < 0)
        child_stop(&looking->app->judge);
    return result;
}

/* --- judging --- */

/* Of the party's own domain, which is that of a contact, or below it. */
static bool is_of_party(const struct looking *looking, const char *address)
{
    const char *host = strrchr(address, '@');
    for (size_t i = 0; host && i < looking->contact_count; i++) {
        const char *own = strrchr(looking->contacts[i].email, '@');
        size_t least = own ? strlen(own + 1) : 0, size = strlen(host + 1);
        const char *end = size >= least ? host + 1 + (size - least) : NULL;
        if (least && end && text_equal_nocase(end, own + 1) && (end == host + 1 || end[-1] == '.'))
            return true;
    }
    return false;
}

/* A name alone would be shown by any letter about the party; with somebody else's addresses too it
 * may be one to a third. */
static bool concerns_party(const struct looking *looking, const struct sent *sent)
{
    for (size_t i = 0; i < sent->address_count; i++) {
        if (is_of_party(looking, sent->addresses[i]))
            return true;
    }
    return sent->named && (sent->address_count == 0 || looking->contact_count == 0);
}

static void take(const struct looking *looking, const struct sent *sent, unsigned number,
                 struct proof *proof)
{
    int32_t received = civil_day_of(looking->question->received_at);
    for (size_t i = 0; i < sent->day_count && concerns_party(looking, sent); i++) {
        bool before = sent->days[i] <= received && sent->days[i] > received - DAYS_BACK;
        if (!before || (proof->found && proof->day <= sent->days[i]))
            continue;
        proof->found = true;
        proof->day = sent->days[i];
        proof->number = number;
    }
}

bool proof_reads(const char *media_type)
{
    return text_starts_with(media_type, "text/plain") ||
           text_starts_with(media_type, "message/rfc822");
}

int proof_find(struct app *app, const struct proof_question *question, struct arena *arena,
               struct proof *ret_proof, struct error_detail *detail)
{
    struct looking looking = {.app = app, .question = question, .arena = arena};
    struct proof proof = {0};
    int result = find_party(&looking, detail);
    bool known = looking.name_count > 0 || looking.contact_count > 0;
    for (size_t i = 0; known && result >= 0 && !proof.unread && i < question->count; i++) {
        struct sent sent;
        if (!proof_reads(question->exhibits[i].media_type))
            continue;
        if (read_exhibit(&looking, question->exhibits[i].bytes, &sent) < 0)
            proof.unread = true;
        else
            take(&looking, &sent, question->exhibits[i].number, &proof);
    }
    if (result >= 0)
        *ret_proof = proof;
    return result;
}
