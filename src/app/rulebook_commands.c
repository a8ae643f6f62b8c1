/* rulebook.propose and rulebook.adopt: a version enters the store by two people. */
#include "app/command_list.h"
#include "app/law.h"
#include "app/publish/ledger.h"
#include "store/case.h"
#include "store/evidence.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char proposed_key[] = "rulebook-proposed";

/* The archive comes as base64 in the argument "tree". */
static int read_tree(struct call *call, struct buffer *archive, struct rulebook_tree *ret_tree)
{
    const char *text;
    int result = call_need_text(call, "tree", &text);
    if (result < 0)
        return result;
    size_t room = strlen(text) / 4 * 3 + 3, size;
    uint8_t *bytes = malloc(room);
    if (!bytes)
        return ERR_NO_MEMORY;
    result = base64_parse(text, bytes, room, &size);
    if (result >= 0)
        result = buffer_append(archive, bytes, size);
    free(bytes);
    if (result < 0)
        return error_set(call->detail, result, "the rulebook's archive: %s", error_text(result));
    return rulebook_tree_decode(archive->data, archive->size, ret_tree, call->detail);
}

/* Loads it as an adopted one would be, against this program's words. */
static int check_tree(struct call *call, const struct rulebook_tree *tree,
                      struct rulebook **ret_rulebook)
{
    struct process *process = NULL;
    int result = law_load_tree(tree, ret_rulebook, call->detail);
    if (result < 0)
        return result;
    result = law_load_process(tree, &process, call->detail);
    process_free(process);
    if (result < 0)
        rulebook_free(*ret_rulebook);
    return result;
}

/* Cases that run under another version; they stay under it until their rules migrate. */
static int list_cases(struct call *call)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct store_case_query query = {.open_only = true, .after = ""};
    struct store_case *page;
    size_t count;
    json_t *list = json_array();
    arena_init(&arena, 64 << 20);
    json_object_set_new(call->result, "cases", list);
    do {
        int result = store_case_list(call->app->store, &query, &arena, &page, &count);
        if (result < 0)
            return app_store_failed(call->app, result, call->detail, "cases");
        for (size_t i = 0; i < count; i++)
            json_array_append_new(list, json_string(page[i].id));
        query.after = count ? page[count - 1].id : "";
    } while (count == STORE_PAGE_MAX);
    return 0;
}

/* Who did what with which version; the second person's word names the first as well. */
static int tell_log(struct call *call, const char *kind, const struct rulebook *rulebook,
                    const char *proposer)
{
    return ledger_tell(call->app, kind,
                       json_pack("{s:s, s:s, s:s}", "version", rulebook->digest_text, "proposed_by",
                                 proposer, "actor", call->actor.id),
                       call->detail);
}

/* rulebook.propose {tree}: remembers who wants which version; nothing is in force yet. */
int rulebook_propose(struct call *call)
{
    struct buffer archive BUFFER_CLEANUP = {0};
    struct rulebook_tree tree RULEBOOK_TREE_CLEANUP = {0};
    struct rulebook *rulebook = NULL;
    buffer_init(&archive, 2 * TREE_BYTES_MAX);
    int result = read_tree(call, &archive, &tree);
    if (result >= 0)
        result = check_tree(call, &tree, &rulebook);
    if (result < 0)
        return result;
    json_object_set_new(call->result, "version", json_string(rulebook->digest_text));
    json_object_set_new(call->result, "name", json_string(rulebook->name));
    char value[DIGEST_HEX + ACTOR_NAME_MAX + 24];
    snprintf(value, sizeof value, "%s %s %" PRId64, rulebook->digest_text, call->actor.id,
             clock_wall(&call->app->clock));
    result = store_meta_set(call->app->store, proposed_key, value);
    if (result < 0)
        app_store_failed(call->app, result, call->detail, "proposal");
    else
        result = tell_log(call, "rulebook-proposed", rulebook, call->actor.id);
    rulebook_free(rulebook);
    return result < 0 ? result : list_cases(call);
}

/* "WHO WHEN". An older program wrote no time: that proposal is older than every token, so it is
 * made anew. ERR_LIMIT. */
static int64_t read_proposer(const char *text, struct arena *arena, const char **ret_proposer)
{
    size_t size = strcspn(text, " ");
    const char *name = arena_copy_slice(arena, text, size);
    if (!name)
        return ERR_LIMIT;
    *ret_proposer = name;
    return text[size] ? strtoll(text + size, NULL, 10) : 0;
}

static int check_proposal(struct call *call, const char *version, struct arena *arena,
                          const char **ret_proposer)
{
    const char *value;
    int result = store_meta_get(call->app->store, proposed_key, arena, &value);
    if (result < 0 || strncmp(value, version, DIGEST_HEX - 1) != 0)
        return error_set(call->detail, ERR_REFUSED,
                         "the version %s was not proposed by anybody; adoption needs two people",
                         version);
    int64_t at = read_proposer(value + DIGEST_HEX, arena, ret_proposer);
    if (at < 0)
        return ERR_LIMIT;
    if (strcmp(*ret_proposer, call->actor.id) == 0)
        return error_set(call->detail, ERR_REFUSED,
                         "%s proposed this version; a second person has to adopt it",
                         call->actor.id);
    return command_check_second(&call->actor, at, "the proposal", call->detail);
}

/* rulebook.adopt {tree}: another person brings the same bytes; from now on they are the law. */
int rulebook_adopt(struct call *call)
{
    struct buffer archive BUFFER_CLEANUP = {0};
    struct rulebook_tree tree RULEBOOK_TREE_CLEANUP = {0};
    struct rulebook *rulebook = NULL;
    struct arena arena ARENA_CLEANUP = {0};
    const char *proposer = "";
    arena_init(&arena, 1 << 20);
    buffer_init(&archive, 2 * TREE_BYTES_MAX);
    int result = read_tree(call, &archive, &tree);
    if (result >= 0)
        result = check_tree(call, &tree, &rulebook);
    if (result < 0)
        return result;
    result = check_proposal(call, rulebook->digest_text, &arena, &proposer);
    if (result >= 0) {
        const struct store_rulebook record = {.digest = rulebook->digest_text,
                                              .name = rulebook->id,
                                              .version = rulebook->version,
                                              .adopted_at = clock_wall(&call->app->clock),
                                              .proposed_by = proposer,
                                              .adopted_by = call->actor.id,
                                              .tree = {archive.data, archive.size}};
        result = store_rulebook_put(call->app->store, &record);
        if (result < 0)
            app_store_failed(call->app, result, call->detail, "rulebook");
    }
    if (result >= 0)
        result = tell_log(call, "rulebook-adopted", rulebook, proposer);
    json_object_set_new(call->result, "version", json_string(rulebook->digest_text));
    rulebook_free(rulebook);
    if (result >= 0)
        result = list_cases(call);
    if (result >= 0)
        call->app->rulebook_adopted = true;
    return result;
}
