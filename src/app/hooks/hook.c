#include "app/hooks/hook.h"

#include "app/command_list.h"
#include "app/people/owner.h"
#include "app/publish/ledger.h"
#include "base/text.h"
#include "net/endpoint.h"
#include "net/https.h"
#include "store/user.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

enum { ARENA_MAX = 4 << 20, KINDS_TEXT_MAX = 128 };

static const char *const kind_texts[] = {
#define E(name, text) text,
    HOOK_KIND_LIST(E)
#undef E
};

const char *hook_kind_text(enum hook_kind kind)
{
    return kind_texts[kind];
}

bool hook_is_for(const struct store_hook *hook, enum hook_kind kind)
{
    const char *word = kind_texts[kind], *at = hook->kinds;
    size_t size = strlen(word);
    for (; (at = strstr(at, word)); at += size) {
        if ((at == hook->kinds || at[-1] == ' ') && (at[size] == '\0' || at[size] == ' '))
            return true;
    }
    return false;
}

static int failed(struct app *app, int failure, struct error_detail *detail)
{
    return app_store_failed(app, failure, detail, "hook");
}

/* The log learns whose hook it is and what for, not where it leads. */
static int tell(struct app *app, const char *kind, const struct store_hook *hook, const char *by,
                struct error_detail *detail)
{
    return ledger_tell(app, kind,
                       json_pack("{s:s, s:I, s:s, s:s, s:I}", "user", hook->person, "number",
                                 (json_int_t)hook->number, "for", hook->kinds, "actor", by, "at",
                                 (json_int_t)clock_wall(&app->clock)),
                       detail);
}

/* --- one more, one less --- */

int hook_set_state(struct app *app, const struct store_hook *hook, enum hook_state state,
                   const char *by, struct error_detail *detail)
{
    static const char *const told[] = {"hook-resumed", "hook-set-aside", "hook-gone",
                                       "hook-revoked"};
    bool over = state == HOOK_GONE || state == HOOK_REVOKED;
    int result = store_hook_set_state(app->store, hook, state, clock_wall(&app->clock), by);
    if (result >= 0 && over)
        result = store_delivery_forget_all(app->store, hook->person, hook->number);
    return result < 0 ? failed(app, result, detail) : tell(app, told[state], hook, by, detail);
}

int hook_tell(struct app *app, const struct store_hook *hook, enum hook_kind kind,
              const char *object_kind, const char *object, int64_t at, struct error_detail *detail)
{
    int64_t waiting = 0;
    uint8_t bytes[(HOOK_DELIVERY_ID - 1) / 2];
    char id[HOOK_DELIVERY_ID];
    int result = store_delivery_count(app->store, hook->person, hook->number, &waiting);
    if (result < 0)
        return failed(app, result, detail);
    if (waiting >= HOOK_WAITING_MAX)
        return hook_set_state(app, hook, HOOK_SET_ASIDE, "machine", detail);
    random_bytes(bytes, sizeof bytes);
    const struct store_delivery delivery = {.person = hook->person,
                                            .number = hook->number,
                                            .id = hex_format(bytes, sizeof bytes, id),
                                            .kind = hook_kind_text(kind),
                                            .object_kind = object_kind,
                                            .object = object,
                                            .at = at};
    result = store_delivery_put(app->store, &delivery, clock_wall(&app->clock));
    return result < 0 ? failed(app, result, detail) : 0;
}

int hook_revoke_all(struct app *app, const char *person, const char *by,
                    struct error_detail *detail)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct store_hook *hooks;
    size_t count = 0;
    arena_init(&arena, ARENA_MAX);
    int result = store_hook_list(app->store, person, &arena, &hooks, &count);
    if (result < 0)
        return failed(app, result, detail);
    for (size_t i = 0; result >= 0 && i < count; i++) {
        bool over = hooks[i].state == HOOK_GONE || hooks[i].state == HOOK_REVOKED;
        result = over ? 0 : hook_set_state(app, &hooks[i], HOOK_REVOKED, by, detail);
    }
    return result;
}

/* While no party listened nobody looked, and what was seen then is old. */
static int forget_old(struct app *app, const struct store_hook *hook, struct error_detail *detail)
{
    if (strcmp(hook->audience, HOOK_AUDIENCE_PARTY) != 0)
        return 0;
    int result = store_hook_any(app->store, HOOK_AUDIENCE_PARTY);
    if (result == 0)
        result = store_seen_forget_all(app->store);
    return result < 0 ? failed(app, result, detail) : 0;
}

/* --- what somebody wants --- */

/* As it is signed: what a client would write in another way first is refused. */
static bool is_normal(const char *url, const struct https_target *target)
{
    char start[HTTPS_HOST_MAX + 32];
    bool v6 = strchr(target->host, ':') != NULL;
    int size =
        snprintf(start, sizeof start, "https://%s%s%s", v6 ? "[" : "", target->host, v6 ? "]" : "");
    if (target->port != 443)
        size += snprintf(start + size, sizeof start - (size_t)size, ":%u", target->port);
    if (strncmp(url, start, (size_t)size) != 0 || url[size] != '/')
        return false;
    for (const char *at = url; *at; at++) {
        if (*at <= ' ' || *at > '~' || strchr("#\"<>\\^`{|}", *at))
            return false;
    }
    return !strstr(url, "/./") && !strstr(url, "/../") && !text_ends_with(url, "/.") &&
           !text_ends_with(url, "/..");
}

/* A name is looked at when it is sent to: what it leads to may change. */
static bool is_special(const char *host)
{
    uint8_t bytes[16];
    struct endpoint endpoint;
    if (inet_pton(AF_INET, host, bytes) == 1)
        endpoint = endpoint_make(AF_INET, bytes, 0);
    else if (inet_pton(AF_INET6, host, bytes) == 1)
        endpoint = endpoint_make(AF_INET6, bytes, 0);
    else
        return false;
    return endpoint_is_special(&endpoint);
}

static int read_url(struct call *call, const char **ret_url)
{
    struct https_target target;
    const char *url;
    int result = call_need_text(call, "url", &url);
    if (result < 0)
        return result;
    if (https_parse_url(url, &target) < 0 || !is_normal(url, &target))
        return error_set(call->detail, ERR_SYNTAX,
                         "url: an https address as it will be signed: host in lower case, a path, "
                         "no user, no port 443, no fragment");
    if (is_special(target.host) && !call->app->config.net_map[0])
        return error_set(call->detail, ERR_REFUSED,
                         "url: %s is a special address (loopback, private, link-local ...), which "
                         "nothing is sent to",
                         target.host);
    *ret_url = url;
    return 0;
}

static int find_kind(struct call *call, const json_t *value, bool party)
{
    const char *word = json_is_string(value) ? json_string_value(value) : "";
    int kind = text_index(kind_texts, HOOK_KIND_COUNT, word);
    if (kind < 0 || kind == HOOK_HOOK_RESUMED)
        return error_set(call->detail, ERR_SYNTAX,
                         "for: '%.64s' is no kind that a hook could be for (case.told, "
                         "letter.served, case.changed, complaint.changed)",
                         word);
    if (kind == HOOK_COMPLAINT_CHANGED && party)
        return error_set(call->detail, ERR_REFUSED,
                         "for: a contracted party hears of cases, not of complaints");
    return kind;
}

/* In the order of the list, each once. */
static int read_kinds(struct call *call, bool party, char text[KINDS_TEXT_MAX])
{
    const json_t *list = json_object_get(call->arguments, "for");
    bool wanted[HOOK_KIND_COUNT] = {false};
    size_t index, size = 0;
    json_t *value;
    if (json_array_size(list) == 0)
        return error_set(call->detail, ERR_SYNTAX, "for: a hook is for something: a list of kinds");
    json_array_foreach(list, index, value)
    {
        int kind = find_kind(call, value, party);
        if (kind < 0)
            return kind;
        wanted[kind] = true;
    }
    for (size_t i = 0; i < HOOK_KIND_COUNT; i++) {
        if (wanted[i])
            size += (size_t)snprintf(text + size, KINDS_TEXT_MAX - size, "%s%s", size ? " " : "",
                                     kind_texts[i]);
    }
    return 0;
}

/* Staff hear what staff may read; who has no role that reads hears nothing. */
static int find_audience(struct call *call, const struct store_user *user,
                         const char **ret_audience)
{
    unsigned roles = command_actor_of(user).roles;
    if (roles & ROLE_PARTY) {
        *ret_audience = HOOK_AUDIENCE_PARTY;
        return 0;
    }
    if (!(roles & ~(unsigned)ROLE_MAIL))
        return error_set(call->detail, ERR_REFUSED,
                         "%s reads nothing by the API, and hears nothing", user->id);
    *ret_audience = HOOK_AUDIENCE_STAFF;
    return 0;
}

/* A hook lets its user hear whatever they may read: so may the token that makes it. */
static int check_maker(struct call *call, const struct store_user *user)
{
    int64_t count;
    if (call->actor.scope[0] && !scope_covers(call->actor.scope, "read"))
        return error_set(call->detail, ERR_DENIED,
                         "a token for '%s' makes no hook, which hears whatever may be read",
                         call->actor.scope);
    int result = store_hook_count(call->app->store, user->id, &count);
    if (result < 0)
        return failed(call->app, result, call->detail);
    return count < HOOKS_OF_ONE_MAX
               ? 0
               : error_set(call->detail, ERR_LIMIT, "%s has %d hooks; revoke one first", user->id,
                           HOOKS_OF_ONE_MAX);
}

/* --- commands --- */

static int find_last(struct call *call, const char *person, struct arena *arena,
                     struct store_hook *ret_hook)
{
    struct store_hook *hooks;
    size_t count;
    int result = store_hook_list(call->app->store, person, arena, &hooks, &count);
    if (result < 0 || count == 0)
        return failed(call->app, result < 0 ? result : ERR_DAMAGED, call->detail);
    *ret_hook = hooks[count - 1];
    return 0;
}

static int answer(struct call *call, const struct store_hook *hook)
{
    json_object_set_new(call->result, "id", json_string(hook->person));
    json_object_set_new(call->result, "number", json_integer((json_int_t)hook->number));
    return json_object_set_new(call->result, "for", json_string(hook->kinds)) < 0 ? ERR_NO_MEMORY
                                                                                  : 0;
}

static int make(struct call *call, struct store_hook *hook, struct arena *arena)
{
    char secret[BASE64_ROOM(DIGEST_SIZE)];
    random_bytes(hook->secret.bytes, sizeof hook->secret.bytes);
    hook->made_at = clock_wall(&call->app->clock);
    hook->made_by = call->actor.id;
    int result = forget_old(call->app, hook, call->detail);
    if (result < 0)
        return result;
    result = store_hook_append(call->app->store, hook);
    if (result < 0)
        return failed(call->app, result, call->detail);
    base64_format(hook->secret.bytes, sizeof hook->secret.bytes, secret, sizeof secret);
    if (json_object_set_new(call->result, "secret", json_string(secret)) < 0)
        return ERR_NO_MEMORY;
    result = find_last(call, hook->person, arena, hook);
    return result < 0 ? result : tell(call->app, "hook-added", hook, call->actor.id, call->detail);
}

/* user.hook.add {id, url, for: [KIND]} */
int user_hook_add(struct call *call)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct store_user user;
    char kinds[KINDS_TEXT_MAX];
    struct store_hook hook = {.kinds = kinds};
    arena_init(&arena, ARENA_MAX);
    int result = owner_find(call, "hooks", &arena, &user);
    if (result >= 0)
        result = check_maker(call, &user);
    if (result >= 0)
        result = find_audience(call, &user, &hook.audience);
    if (result >= 0)
        result = read_url(call, &hook.url);
    if (result >= 0)
        result = read_kinds(call, strcmp(hook.audience, HOOK_AUDIENCE_PARTY) == 0, kinds);
    if (result < 0)
        return result;
    hook.person = user.id;
    result = make(call, &hook, &arena);
    return result < 0 ? result : answer(call, &hook);
}

/* The argument "number", of a hook of the user that is in one of two states. */
static int find_own(struct call *call, struct arena *arena, bool active,
                    struct store_hook *ret_hook)
{
    struct store_user user;
    int64_t number = json_number(call->arguments, "number", 0);
    const char *text = json_text(call->arguments, "number");
    int result = owner_find(call, "hooks", arena, &user);
    if (result < 0)
        return result;
    if (text && text_parse_int(text, 1, UINT32_MAX, &number) < 0)
        number = 0;
    result = number < 1 || number > UINT32_MAX
                 ? ERR_NOT_FOUND
                 : store_hook_find(call->app->store, user.id, (uint32_t)number, arena, ret_hook);
    if (result < 0 && result != ERR_NOT_FOUND)
        return failed(call->app, result, call->detail);
    bool fits = result >= 0 &&
                (ret_hook->state == HOOK_SET_ASIDE || (active && ret_hook->state == HOOK_ACTIVE));
    return fits ? 0
                : error_set(call->detail, ERR_NOT_FOUND, "%s has no hook %lld that is %s", user.id,
                            (long long)number, active ? "in use" : "set aside");
}

/* user.hook.revoke {id, number}: nothing is sent there any more. */
int user_hook_revoke(struct call *call)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct store_hook hook;
    arena_init(&arena, ARENA_MAX);
    int result = find_own(call, &arena, /* active= */ true, &hook);
    if (result >= 0)
        result = hook_set_state(call->app, &hook, HOOK_REVOKED, call->actor.id, call->detail);
    return result < 0 ? result : answer(call, &hook);
}

/* user.hook.resume {id, number}: somebody looked. What waits is tried again at once, and after it
 * the receiver is told that it may have missed something (H5). */
int user_hook_resume(struct call *call)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct store_hook hook;
    int64_t now = clock_wall(&call->app->clock), waiting;
    arena_init(&arena, ARENA_MAX);
    int result = find_own(call, &arena, /* active= */ false, &hook);
    if (result >= 0)
        result = forget_old(call->app, &hook, call->detail);
    if (result >= 0)
        result = hook_set_state(call->app, &hook, HOOK_ACTIVE, call->actor.id, call->detail);
    if (result < 0)
        return result;
    /* A queue that is full tells nothing that the last word does not tell. */
    result = store_delivery_count(call->app->store, hook.person, hook.number, &waiting);
    if (result >= 0 && waiting >= HOOK_WAITING_MAX)
        result = store_delivery_forget_all(call->app->store, hook.person, hook.number);
    if (result < 0)
        return failed(call->app, result, call->detail);
    result = hook_tell(call->app, &hook, HOOK_HOOK_RESUMED, "hook", "", now, call->detail);
    return result < 0 ? result : answer(call, &hook);
}

/* --- the same of oneself, as the staff door may ask --- */

static int of_oneself(struct call *call, int (*run)(struct call *call))
{
    json_t *arguments JSON_CLEANUP = json_copy((json_t *)call->arguments);
    struct call own = *call;
    if (!arguments || json_object_set_new(arguments, "id", json_string(call->actor.id)) < 0)
        return ERR_NO_MEMORY;
    own.arguments = arguments;
    return run(&own);
}

/* own.hook.add {url, for: [KIND]} */
int own_hook_add(struct call *call)
{
    return of_oneself(call, user_hook_add);
}

/* own.hook.revoke {number} */
int own_hook_revoke(struct call *call)
{
    return of_oneself(call, user_hook_revoke);
}

/* own.hook.resume {number} */
int own_hook_resume(struct call *call)
{
    return of_oneself(call, user_hook_resume);
}
