/* complaint.clusters: complaints that are alike as one row, for staff; with the reasons. */
#include "access/access.h"
#include "app/casework/casefile.h"
#include "app/complaints/buckets.h"
#include "app/complaints/cluster.h"
#include "app/complaints/record.h"
#include "app/complaints/said.h"
#include "app/query/list.h"
#include "base/text.h"
#include "cases/likeness.h"
#include "rulebook/rulebook.h"

#include <stdio.h>
#include <string.h>

enum {
    CLUSTERS_PAGE = 50,  /* rows */
    MEMBERS_PAGE = 1000, /* of one cluster: whoever decides about all of them walks all */
    LOOKED_AT = 20,      /* compared with the face, the newest that wait: reasons are of them */
    NAMES_SHOWN = 5,
};

/* What the rows of a sample have in common with the face. */
struct sample {
    const struct store_cluster *cluster;
    struct store_sketch face;
    struct sketch face_sketch;
    struct store_sketch *rows;
    struct sketch *sketches;
    size_t count; /* without the face */
    size_t same_names, same_reporter, exact, worded;
    int least_words, most_words;
};

static int failed(struct query_call *call, int result)
{
    return app_store_failed(call->app, result, call->detail, "clusters of complaints");
}

/* --- what they have in common --- */

static void note_likeness(struct sample *sample, const struct likeness *likeness)
{
    sample->same_names += likeness->same_names > 0;
    sample->same_reporter += likeness->same_reporter;
    sample->exact += likeness->exact;
    if (!likeness->samples)
        return;
    if (sample->worded++ == 0)
        sample->least_words = sample->most_words = likeness->words;
    if (likeness->words < sample->least_words)
        sample->least_words = likeness->words;
    if (likeness->words > sample->most_words)
        sample->most_words = likeness->words;
}

static int look_at(struct query_call *call, struct sample *sample, const struct store_sketch *row)
{
    struct sketch *sketch = &sample->sketches[sample->count];
    if (row->number == sample->cluster->face)
        return 0;
    int result = complaint_sketch_decode(row, call->arena, sketch, call->detail);
    if (result < 0)
        return result;
    sample->count++;
    const struct likeness likeness = likeness_compare(&sample->face_sketch, sketch);
    note_likeness(sample, &likeness);
    return 0;
}

static int take_sample(struct query_call *call, const struct store_cluster *cluster,
                       struct sample *sample)
{
    size_t count;
    *sample = (struct sample){.cluster = cluster};
    const struct store_member_query query = {
        .cluster = cluster->number, .latest_first = true, .limit = LOOKED_AT};
    int result =
        store_sketch_find_number(call->app->store, cluster->face, call->arena, &sample->face);
    if (result >= 0)
        result = store_member_list(call->app->store, &query, call->arena, &sample->rows, &count);
    if (result < 0)
        return failed(call, result);
    sample->sketches = arena_array(call->arena, count + 1, sizeof *sample->sketches);
    if (!sample->sketches)
        return ERR_LIMIT;
    result =
        complaint_sketch_decode(&sample->face, call->arena, &sample->face_sketch, call->detail);
    if (result == ERR_DAMAGED) /* it is listed all the same: somebody has to read it */
        return 0;
    for (size_t i = 0; result >= 0 && i < count; i++)
        result = look_at(call, sample, &sample->rows[i]);
    return result;
}

static void add_count(json_t *list, size_t count, size_t of, const char *what)
{
    if (count > 0)
        json_array_append_new(list, json_sprintf("%zu of %zu %s", count, of, what));
}

/* Numbers, and no word of any complaint. New reference. */
static json_t *reasons_json(const struct sample *sample)
{
    json_t *list = json_array();
    add_count(list, sample->exact, sample->count,
              "have the type, names and evidence of the first one");
    add_count(list, sample->same_names, sample->count, "name what the first one names");
    if (sample->worded > 0)
        json_array_append_new(list,
                              json_sprintf("%zu of %zu have %d to %d of 100 parts of its wording",
                                           sample->worded, sample->count, sample->least_words,
                                           sample->most_words));
    add_count(list, sample->same_reporter, sample->count, "are of its reporter");
    return list;
}

/* --- names --- */

static bool all_have(const struct sample *sample, const struct hash_key *key, const char *name)
{
    for (size_t i = 0; i < sample->count; i++) {
        if (!sketch_has_name(key, &sample->sketches[i], name))
            return false;
    }
    return sample->count > 0;
}

/* Leaves the count alone where there is none to tell. */
static int names_of(struct query_call *call, const struct complaint_record *record,
                    const char ***ret_names, size_t *ret_count)
{
    const struct rulebook *rulebook;
    const struct process *process;
    struct said said;
    json_t *words JSON_CLEANUP = NULL;
    int result = app_version_of(call->app, record->row.rulebook, &rulebook, &process, call->detail);
    if (result < 0)
        return result;
    const struct complaint_type *type = rulebook_complaint_find(rulebook, record->row.type);
    if (!type) /* a row that no program of ours wrote stops no list */
        return 0;
    result =
        record_get_json(call->app, record->row.reference, 0, call->arena, &words, call->detail);
    if (result >= 0)
        result = said_read(words, type, call->arena, &said);
    return result < 0 ? result : said_names(&said, call->arena, ret_names, ret_count);
}

/* Whoever may not see the case of the first one sees no name of it. */
static bool may_read(struct query_call *call, const struct complaint_record *record)
{
    struct actor reader = {.id = ""};
    const char *user = json_text(call->arguments, "user");
    if (!user)
        return true;
    snprintf(reader.id, sizeof reader.id, "%s", user);
    return casefile_admit(call->app, &reader, record->row.case_id, /* detail= */ NULL) >= 0;
}

static bool has_text(const json_t *list, const char *text)
{
    size_t i;
    const json_t *value;
    json_array_foreach(list, i, value)
    {
        if (strcmp(json_string_value(value), text) == 0)
            return true;
    }
    return false;
}

/* What the first one names and all others that were looked at. */
static int put_names(struct query_call *call, const struct complaint_record *record,
                     const struct sample *sample, json_t *row)
{
    struct hash_key key;
    const char **names = NULL;
    size_t count = 0;
    json_t *list = json_array();
    json_object_set_new(row, "names", list);
    if (sample->count == 0 || record->row.erased_at || !may_read(call, record))
        return 0;
    int result = store_sketch_key_find(call->app->store, &key);
    if (result < 0)
        return failed(call, result);
    result = names_of(call, record, &names, &count);
    for (size_t i = 0; result >= 0 && i < count && json_array_size(list) < NAMES_SHOWN; i++) {
        if (all_have(sample, &key, names[i]) && !has_text(list, names[i]))
            json_array_append_new(list, json_string(names[i]));
    }
    return result;
}

/* --- a row --- */

static int project(json_t *full, json_t **ret_row)
{
    json_t *owned JSON_CLEANUP = full;
    return owned ? access_project(OBJECT_COMPLAINT_CLUSTER, owned, AUDIENCE_STAFF, ret_row)
                 : ERR_NO_MEMORY;
}

static int cluster_json(struct query_call *call, const struct store_cluster *cluster,
                        json_t **ret_row)
{
    struct complaint_record first;
    struct sample sample;
    int result = take_sample(call, cluster, &sample);
    if (result >= 0)
        result = record_find(call->app, sample.face.reference, call->arena, &first, call->detail);
    if (result < 0)
        return result;
    int64_t latest = sample.count ? sample.rows[0].received_at : first.row.received_at;
    json_t *full = json_pack("{s:s, s:s, s:I, s:I, s:I, s:o}", "reference", first.row.reference,
                             "type", first.row.type, "filed", (json_int_t)cluster->filed, "members",
                             (json_int_t)cluster->members, "looked_at", (json_int_t)sample.count,
                             "reasons", reasons_json(&sample));
    json_object_set_new(full, "first_at", query_instant(first.row.received_at));
    json_object_set_new(full, "latest_at", query_instant(latest));
    result = put_names(call, &first, &sample, full);
    if (result < 0) {
        json_decref(full);
        return result;
    }
    return project(full, ret_row);
}

/* --- the list --- */

/* The member that an argument names. ERR_NOT_FOUND, without a difference, for what there is not, is
 * in no cluster, or may not be read. */
static int find_member(struct query_call *call, const char *reference,
                       struct store_member *ret_member)
{
    struct complaint_record record;
    struct error_detail own = {0};
    int result = record_find(call->app, reference, call->arena, &record, &own);
    if (result >= 0 && !may_read(call, &record))
        result = ERR_NOT_FOUND;
    else if (result >= 0)
        result = store_member_find(call->app->store, record.row.reference, ret_member);
    if (result == ERR_NOT_FOUND)
        return error_set(call->detail, result,
                         "there is no complaint %.64s that was compared with others: that is done"
                         " within moments, and no more once it is erased",
                         reference);
    if (result == ERR_SYNTAX)
        return error_set(call->detail, result, "%s", own.text);
    return result < 0 ? failed(call, result) : 0;
}

static int is_set(struct query_call *call, const char *name, bool *ret_set)
{
    const json_t *value = json_object_get(call->arguments, name);
    const char *text = json_string_value(value);
    *ret_set = json_is_true(value) || (text && strcmp(text, "true") == 0);
    return !text || *ret_set || strcmp(text, "false") == 0
               ? 0
               : error_set(call->detail, ERR_SYNTAX, "'%.32s' is neither true nor false", text);
}

static int list_page(struct query_call *call, size_t limit, struct store_cluster **ret_list,
                     size_t *ret_count)
{
    const char *after = json_text(call->arguments, "after");
    struct store_member member = {.cluster = 0};
    struct store_cluster from;
    bool singles;
    int result = is_set(call, "singles", &singles);
    if (result >= 0 && after)
        result = find_member(call, after, &member);
    if (result < 0)
        return result == ERR_NOT_FOUND ? ERR_SYNTAX
                                       : result; /* of what is asked, not of the list */
    if (after && !singles)
        result = store_cluster_find(call->app->store, member.cluster, &from);
    if (result >= 0)
        result = singles ? store_cluster_list_open(call->app->store, member.cluster, limit,
                                                   call->arena, ret_list, ret_count)
                         : store_cluster_list_size(call->app->store, after ? &from : NULL, limit,
                                                   call->arena, ret_list, ret_count);
    return result < 0 ? failed(call, result) : 0;
}

static int list_clusters(struct query_call *call)
{
    struct store_cluster *clusters;
    size_t limit = 0, count = 0;
    json_t *list = json_array(), *row = NULL;
    json_object_set_new(call->result, "clusters", list);
    int result = query_limit(call, CLUSTERS_PAGE, &limit);
    if (result >= 0)
        result = list_page(call, limit, &clusters, &count);
    for (size_t i = 0; result >= 0 && i < count; i++) {
        result = cluster_json(call, &clusters[i], &row);
        if (result >= 0)
            json_array_append_new(list, row);
    }
    if (result < 0)
        return result;
    json_object_set_new(call->result, "next",
                        count == limit ? json_incref(json_object_get(row, "reference"))
                                       : json_null());
    return 0;
}

/* --- one --- */

static int member_json(struct query_call *call, const struct store_sketch *member, json_t *list)
{
    uint32_t next;
    int result = store_complaint_event_next(call->app->store, member->reference, &next);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "events of a complaint");
    json_t *row = json_pack("{s:s, s:o, s:I}", "reference", member->reference, "received_at",
                            query_instant(member->received_at), "version", (json_int_t)next - 1);
    return json_array_append_new(list, row) < 0 ? ERR_NO_MEMORY : 0;
}

static int put_members(struct query_call *call, const struct store_cluster *cluster)
{
    const char *after = json_text(call->arguments, "after");
    struct store_member_query query = {.cluster = cluster->number, .filed_only = true};
    struct store_member from;
    struct store_sketch *rows;
    size_t count;
    json_t *list = json_array();
    json_object_set_new(call->result, "members", list);
    int result = query_limit(call, MEMBERS_PAGE, &query.limit);
    if (result >= 0 && after)
        result = find_member(call, after, &from);
    if (result < 0)
        return result == ERR_NOT_FOUND ? ERR_SYNTAX : result;
    query.after = after ? from.number : 0;
    result = store_member_list(call->app->store, &query, call->arena, &rows, &count);
    if (result < 0)
        return failed(call, result);
    for (size_t i = 0; result >= 0 && i < count; i++)
        result = member_json(call, &rows[i], list);
    json_object_set_new(call->result, "next",
                        count == query.limit ? json_string(rows[count - 1].reference)
                                             : json_null());
    return result;
}

/* Of a cluster and those of it that wait. */
static int show_cluster(struct query_call *call, const char *reference)
{
    struct store_member member;
    struct store_cluster cluster;
    json_t *row = NULL;
    int result = find_member(call, reference, &member);
    if (result < 0) /* what no reference could be is not there either */
        return result == ERR_SYNTAX ? ERR_NOT_FOUND : result;
    result = store_cluster_find(call->app->store, member.cluster, &cluster);
    if (result < 0)
        return failed(call, result);
    result = cluster_json(call, &cluster, &row);
    if (result < 0)
        return result;
    json_object_set_new(call->result, "cluster", row);
    return put_members(call, &cluster);
}

/* complaint.clusters {singles, after, limit}: of which at least two wait, most first; with
 * `singles` all of which one waits, the oldest first. complaint.clusters {complaint, after, limit}:
 * the cluster of that complaint, with those of it that wait. `next` is where to go on after. */
int query_complaint_clusters(struct query_call *call)
{
    const char *reference = json_text(call->arguments, "complaint");
    return reference ? show_cluster(call, reference) : list_clusters(call);
}
