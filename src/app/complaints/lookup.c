/* What there is to look up, in the words of a complaint. complaint.look-up: again, for a person. */
#include "app/complaints/lookup.h"

#include "app/command_list.h"
#include "app/complaints/addition.h"
#include "app/complaints/said.h"
#include "app/monitor/appraise.h"
#include "base/keyed_hash.h"
#include "base/text.h"
#include "store/party.h"
#include "store/sketch.h"

#include <stdio.h>
#include <string.h>

enum {
    NAME_MAX_BYTES = 253,
    LABEL_MAX = 63,
    TESTED_MAX = 8, /* TLDs of one complaint for which the law is asked: that takes milliseconds */
};

int lookup_want(struct app *app, const char *reference, int64_t fresh_us,
                struct error_detail *detail)
{
    int64_t now = clock_wall(&app->clock);
    const struct store_lookup find = {.reference = reference,
                                      .what = LOOKUP_FIND,
                                      .tld = "",
                                      .fresh_from = now - fresh_us,
                                      .due_at = now};
    if (!app->config.lookups || app_is_demo(app))
        return 0;
    int result = store_lookup_put(app->store, &find);
    return result < 0 ? app_store_failed(app, result, detail, "what is to be looked up") : 0;
}

int lookup_forget(struct app *app, const char *reference, struct arena *arena,
                  struct error_detail *detail)
{
    int result = store_lookup_erase(app->store, reference, arena);
    return result < 0 ? app_store_failed(app, result, detail, "what was looked up") : 0;
}

/* --- names --- */

/* RFC 1035 2.3.1: no other text than that of a name goes out (L2). */
static bool is_name(const char *text)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
    size_t size = strlen(text);
    if (size > NAME_MAX_BYTES)
        return false;
    for (;;) {
        size_t label = strspn(text, letters);
        if (label == 0 || label > LABEL_MAX || text[0] == '-' || text[label - 1] == '-')
            return false;
        if (text[label] == '\0')
            return true;
        if (text[label] != '.')
            return false;
        text += label + 1;
    }
}

static const char *last_labels(const char *name, int count)
{
    const char *at = name + strlen(name);
    for (; at > name; at--) {
        if (at[-1] == '.' && --count == 0)
            return at;
    }
    return name;
}

bool lookup_name_read(const char *said, struct arena *arena, struct lookup_name *ret_name)
{
    char *own = arena_copy_text(arena, said);
    if (!own)
        return false;
    text_lower(own);
    size_t size = strlen(own);
    if (size > 1 && own[size - 1] == '.')
        own[size - 1] = '\0';
    const char *tld = last_labels(own, 1), *domain = last_labels(own, 2);
    if (tld == own || !is_name(own))
        return false;
    *ret_name = (struct lookup_name){.domain = domain, .tld = tld, .deep = domain != own};
    return true;
}

int lookup_name_hash(struct app *app, struct lookup_name *name)
{
    struct hash_key key;
    char text[NAME_MAX_BYTES + 16];
    int result = store_sketch_key_find(app->store, &key);
    if (result < 0)
        return result;
    int size = snprintf(text, sizeof text, "lookup/%s", name->domain);
    name->hash = (int64_t)keyed_hash(&key, text, (size_t)size);
    return 0;
}

/* --- the plan --- */

struct planning {
    struct app *app;
    struct arena *arena;
    struct error_detail *detail;
    const struct complaint_type *type; /* of its own rulebook */
    const json_t *words;
    struct lookup_plan plan;
    bool wants_tlds;
    const char *tested[TESTED_MAX]; /* TLDs that were looked at already */
    size_t tested_count;
};

static bool has_service(const struct tld *tld)
{
    return tld_class_contracted(tld->tld_class) && tld->party && tld->party[0] && tld->rdap_url &&
           text_starts_with(tld->rdap_url, "https://");
}

/* Whether checks can see something that this type is about, of who answers for the TLD now. */
static int is_testable(struct planning *planning, const struct tld *tld)
{
    const struct complaint_type *type = planning->type;
    struct duty *duties;
    size_t count;
    int result =
        appraise_duties_now(planning->app, tld, planning->arena, &duties, &count, planning->detail);
    for (size_t i = 0; result >= 0 && i < count; i++) {
        if (duties[i].profile &&
            text_index(type->obligations, type->obligation_count, duties[i].obligation->id) >= 0)
            return 1;
    }
    return result < 0 ? result : 0;
}

static int add_tld(struct planning *planning, const struct tld *tld)
{
    struct lookup_plan *plan = &planning->plan;
    if (!tld_class_contracted(tld->tld_class) || !tld->party || !tld->party[0] ||
        plan->tld_count == LOOKUP_TLDS_MAX || planning->tested_count == TESTED_MAX)
        return 0;
    for (size_t i = 0; i < planning->tested_count; i++) {
        if (strcmp(planning->tested[i], tld->name) == 0)
            return 0;
    }
    planning->tested[planning->tested_count++] = tld->name;
    int result = is_testable(planning, tld);
    if (result > 0)
        plan->tlds[plan->tld_count++] = tld->name;
    return result < 0 ? result : 0;
}

static int add_name(struct planning *planning, const struct lookup_name *name)
{
    struct lookup_plan *plan = &planning->plan;
    for (size_t i = 0; i < plan->name_count; i++) {
        if (strcmp(plan->names[i].domain, name->domain) == 0)
            return 0;
    }
    if (plan->name_count == LOOKUP_NAMES_MAX)
        return 0;
    plan->names[plan->name_count] = *name;
    int result = lookup_name_hash(planning->app, &plan->names[plan->name_count]);
    plan->name_count += result >= 0;
    return result < 0 ? app_store_failed(planning->app, result, planning->detail, "key of sketches")
                      : 0;
}

/* A name that a party holds for itself, such as that of its RDAP server, is looked up like any
 * other. */
static int look_at(struct planning *planning, const char *said)
{
    struct lookup_name name;
    struct tld tld;
    bool more = lookup_name_read(said, planning->arena, &name);
    int result =
        store_tld_find(planning->app->store, more ? name.tld : said, planning->arena, &tld);
    if (result == ERR_NOT_FOUND)
        return 0;
    if (result < 0)
        return app_store_failed(planning->app, result, planning->detail, "TLD");
    result = planning->wants_tlds ? add_tld(planning, &tld) : 0;
    return result < 0 || !more || !has_service(&tld) ? result : add_name(planning, &name);
}

/* Where no name tells the TLD: those of the registry that the complainant names. */
static int look_at_party(struct planning *planning)
{
    const char *party = json_text(planning->words, "party");
    struct tld *tlds;
    size_t count;
    if (!party || !party[0])
        return 0;
    int result =
        store_tld_list_of_party(planning->app->store, party, planning->arena, &tlds, &count);
    if (result < 0)
        return app_store_failed(planning->app, result, planning->detail, "TLDs of a party");
    for (size_t i = 0; result >= 0 && i < count; i++)
        result = add_tld(planning, &tlds[i]);
    return result;
}

static int look_at_all(struct planning *planning)
{
    struct said said;
    const char **names = NULL;
    size_t count = 0;
    int result = said_read(planning->words, planning->type, planning->arena, &said);
    if (result >= 0)
        result = said_names(&said, planning->arena, &names, &count);
    for (size_t i = 0; result >= 0 && i < count; i++)
        result = look_at(planning, names[i]);
    return result < 0 || count > 0 || !planning->wants_tlds ? result : look_at_party(planning);
}

/* Whether a check can see anything that the type is about, whoever it is about. */
static bool is_about_checks(const struct rulebook *rulebook, const struct complaint_type *type)
{
    for (size_t i = 0; i < type->obligation_count; i++) {
        if (rulebook_profile_find(rulebook, type->obligations[i]))
            return true;
    }
    return false;
}

static int make(struct planning *planning, const struct complaint_record *record)
{
    struct app *app = planning->app;
    json_t *words JSON_CLEANUP = NULL;
    struct record_law law;
    int result = app_need_rulebook(app, planning->detail);
    if (result >= 0)
        result = record_find_law(app, record, &law, planning->detail);
    if (result >= 0)
        result = addition_merge(app, record, planning->arena, &words, planning->detail);
    if (result < 0)
        return result;
    planning->words = words;
    planning->type = law.type;
    planning->wants_tlds = planning->wants_tlds && is_about_checks(app->rulebook, planning->type);
    return look_at_all(planning);
}

int lookup_plan_make(struct app *app, const struct complaint_record *record, struct arena *arena,
                     struct lookup_plan *ret_plan, struct error_detail *detail)
{
    struct planning planning = {.app = app, .arena = arena, .detail = detail, .wants_tlds = true};
    int result = make(&planning, record);
    if (result >= 0)
        *ret_plan = planning.plan;
    return result;
}

int lookup_plan_names(struct app *app, const struct complaint_record *record, struct arena *arena,
                      struct lookup_plan *ret_plan, struct error_detail *detail)
{
    struct planning planning = {.app = app, .arena = arena, .detail = detail};
    int result = make(&planning, record);
    if (result >= 0)
        *ret_plan = planning.plan;
    return result;
}

/* complaint.look-up {complaint}: what can be looked up about it is looked up again; the event tells
 * what was seen. */
int complaint_look_up(struct call *call)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct complaint_record record;
    struct lookup_plan plan;
    arena_init(&arena, 64 << 20);
    int result = record_find_for(call, "complaint", &arena, &record);
    if (result < 0)
        return result;
    if (!call->app->config.lookups || app_is_demo(call->app))
        return error_set(call->detail, ERR_REFUSED,
                         "nothing is looked up here: complaints.lookups is 0, or this is a "
                         "demonstration");
    const char *reference = record.row.reference;
    if (record.row.erased_at)
        return error_set(call->detail, ERR_REFUSED,
                         "complaint %s was erased: nothing is left of it", reference);
    int waits = store_lookup_waits(call->app->store, reference);
    if (waits < 0)
        return app_store_failed(call->app, waits, call->detail, "what is to be looked up");
    if (waits)
        return error_set(call->detail, ERR_CONFLICT, "complaint %s is being looked up already",
                         reference);
    result = lookup_plan_make(call->app, &record, &arena, &plan, call->detail);
    if (result >= 0 && plan.name_count + plan.tld_count == 0)
        return error_set(call->detail, ERR_REFUSED,
                         "complaint %s names nothing that can be looked up: no name under a "
                         "contracted TLD with an RDAP service, and no fault that checks can see",
                         reference);
    if (result >= 0)
        result = lookup_want(call->app, reference, LOOKUP_AGAIN_FRESH_US, call->detail);
    if (result < 0)
        return result;
    json_object_set_new(call->result, "reference", json_string(reference));
    json_object_set_new(call->result, "names", json_integer((json_int_t)plan.name_count));
    json_object_set_new(call->result, "tlds", json_integer((json_int_t)plan.tld_count));
    return 0;
}
