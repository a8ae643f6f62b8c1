#include "app/complaints/similar.h"

#include "app/complaints/buckets.h"
#include "app/complaints/cluster.h"
#include "app/complaints/said.h"
#include "proto/text/fold.h"
#include "store/sketch.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    ARENA_MAX = 16 << 20,
    TEXTS_MAX = COMPLAINT_ITEMS_MAX + COMPLAINT_EXHIBITS_MAX,
    EXHIBIT_TEXT_BYTES = 32 << 10, /* of a text exhibit: some pages */
};

static const int64_t day_us = INT64_C(86400000000);

/* --- what is looked at --- */

struct noting {
    const struct complaint_document *document;
    struct arena *arena;
    struct sketch_source source;
    const char **texts;
    struct digest *exhibits;
    struct error_detail *detail;
};

static int add_text(struct noting *noting, const char *text, size_t size)
{
    if (noting->source.text_count == TEXTS_MAX)
        return 0;
    int result = text_fold(text, size, noting->arena, &noting->texts[noting->source.text_count]);
    if (result >= 0)
        noting->source.text_count++;
    return result;
}

/* Days and choices are of the reporter, or the same for many matters. */
static int add_answer(struct noting *noting, const struct complaint_answer *answer)
{
    const struct complaint_question *question =
        complaint_question_find(noting->document->type, answer->question);
    if (!question || !answer->value[0])
        return 0;
    switch (question->kind) {
    case COMPLAINT_TEXT:
    case COMPLAINT_IP:
    case COMPLAINT_URL:
        return add_text(noting, answer->value, strlen(answer->value));
    case COMPLAINT_DOMAIN: /* a name, which is looked at elsewhere */
    case COMPLAINT_DATE:
    case COMPLAINT_CHOICE:
    case COMPLAINT_FILE:
    case COMPLAINT_YES_NO:
    case COMPLAINT_ANSWER_COUNT:
        break;
    }
    return 0;
}

static int add_exhibit(struct noting *noting, const struct document_exhibit *exhibit)
{
    size_t size = exhibit->size < EXHIBIT_TEXT_BYTES ? exhibit->size : EXHIBIT_TEXT_BYTES;
    noting->exhibits[noting->source.exhibit_count++] = exhibit->sha256;
    return strcmp(exhibit->media_type, "text/plain") == 0
               ? add_text(noting, (const char *)exhibit->bytes, size)
               : 0;
}

static int read_document(struct noting *noting)
{
    const struct complaint_document *document = noting->document;
    const struct said said = {document->type, document->names, document->name_count,
                              document->answers, document->answer_count};
    const char **names;
    noting->texts = arena_array(noting->arena, TEXTS_MAX, sizeof *noting->texts);
    noting->exhibits =
        arena_array(noting->arena, document->exhibit_count + 1, sizeof *noting->exhibits);
    int result = noting->texts && noting->exhibits ? 0 : ERR_LIMIT;
    if (result >= 0)
        result = said_names(&said, noting->arena, &names, &noting->source.name_count);
    if (result >= 0)
        noting->source.names = names;
    for (size_t i = 0; result >= 0 && i < document->answer_count; i++)
        result = add_answer(noting, &document->answers[i]);
    for (size_t i = 0; result >= 0 && i < document->exhibit_count; i++)
        result = add_exhibit(noting, &document->exhibits[i]);
    noting->source.type = document->type->id;
    noting->source.texts = noting->texts;
    noting->source.exhibits = noting->exhibits;
    noting->source.reporter = "";
    if (result >= 0 && document->has_reporter && document->email[0])
        result = text_fold(document->email, strlen(document->email), noting->arena,
                           &noting->source.reporter);
    return result;
}

/* --- noting --- */

/* Made with the first complaint. */
static int find_key(struct app *app, struct hash_key *ret_key, struct error_detail *detail)
{
    int result = store_sketch_key_find(app->store, ret_key);
    if (result == ERR_NOT_FOUND) {
        random_bytes(ret_key->bytes, sizeof ret_key->bytes);
        result = store_sketch_key_put(app->store, ret_key);
    }
    return result < 0 ? app_store_failed(app, result, detail, "key of sketches") : 0;
}

int similar_reporter(struct app *app, const char *email, struct arena *arena,
                     uint64_t *ret_reporter, struct error_detail *detail)
{
    struct hash_key key;
    const char *folded;
    int result = store_sketch_key_find(app->store, &key);
    *ret_reporter = 0;
    if (result < 0)
        return result == ERR_NOT_FOUND ? 0
                                       : app_store_failed(app, result, detail, "key of sketches");
    result = text_fold(email, strlen(email), arena, &folded);
    if (result >= 0)
        *ret_reporter = sketch_reporter(&key, folded);
    return result;
}

int similar_note(struct app *app, const char *reference, const struct complaint_document *document,
                 struct error_detail *detail)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct noting noting = {.document = document, .arena = &arena, .detail = detail};
    struct hash_key key;
    struct sketch sketch;
    uint8_t bytes[SKETCH_BYTES_MAX];
    int64_t buckets[SKETCH_BUCKETS_MAX];
    arena_init(&arena, ARENA_MAX);
    int result = find_key(app, &key, detail);
    if (result >= 0)
        result = read_document(&noting);
    if (result >= 0)
        result = sketch_make(&key, &noting.source, &arena, &sketch);
    if (result < 0)
        return result;
    size_t count = sketch_buckets(&sketch, buckets);
    const struct bytes sealed = {bytes, sketch_encode(&sketch, bytes)};
    result = store_sketch_put(app->store, reference, sealed, buckets, count);
    return result < 0 ? app_store_failed(app, result, detail, "sketch of a complaint") : 0;
}

/* --- finding --- */

struct looking {
    struct app *app;
    struct arena *arena;
    struct error_detail *detail;
    struct store_sketch row;
    struct sketch sketch;
    int64_t *numbers; /* of others, in order; each once */
    size_t number_count;
    struct similar *found;
    size_t found_count;
};

static int decode(struct looking *looking, const struct store_sketch *row,
                  struct sketch *ret_sketch)
{
    return complaint_sketch_decode(row, looking->arena, ret_sketch, looking->detail);
}

static int compare_numbers(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static int add_bucket(struct looking *looking, int64_t bucket)
{
    int64_t *numbers;
    size_t count;
    int result = store_sketch_bucket(looking->app->store, bucket, SIMILAR_OF_BUCKET, looking->arena,
                                     &numbers, &count);
    if (result < 0)
        return app_store_failed(looking->app, result, looking->detail, "sketches");
    for (size_t i = 0; i < count && looking->number_count < SIMILAR_LOOKED_AT; i++) {
        if (numbers[i] != looking->row.number)
            looking->numbers[looking->number_count++] = numbers[i];
    }
    return 0;
}

static int gather(struct looking *looking)
{
    int64_t buckets[SKETCH_BUCKETS_MAX];
    size_t left = 0, count = sketch_buckets(&looking->sketch, buckets);
    int result = 0;
    looking->numbers = arena_array(looking->arena, SIMILAR_LOOKED_AT, sizeof *looking->numbers);
    if (!looking->numbers)
        return ERR_LIMIT;
    for (size_t i = 0; result >= 0 && i < count; i++)
        result = add_bucket(looking, buckets[i]);
    qsort(looking->numbers, looking->number_count, sizeof *looking->numbers, compare_numbers);
    for (size_t i = 0; i < looking->number_count; i++) {
        if (left == 0 || looking->numbers[left - 1] != looking->numbers[i])
            looking->numbers[left++] = looking->numbers[i];
    }
    looking->number_count = left;
    return result;
}

static int look_at(struct looking *looking, int64_t number)
{
    struct store_sketch row;
    struct sketch sketch;
    int result = store_sketch_find_number(looking->app->store, number, looking->arena, &row);
    if (result < 0)
        return app_store_failed(looking->app, result, looking->detail, "sketch of a complaint");
    result = decode(looking, &row, &sketch);
    if (result < 0)
        return result;
    struct likeness likeness = likeness_compare(&looking->sketch, &sketch);
    if (likeness.kind != LIKENESS_NONE)
        looking->found[looking->found_count++] = (struct similar){
            row.reference, row.received_at, row.number < looking->row.number, likeness};
    return 0;
}

static int compare_found(const void *a, const void *b)
{
    const struct similar *x = a, *y = b;
    if (x->likeness.kind != y->likeness.kind)
        return x->likeness.kind > y->likeness.kind ? -1 : 1;
    if (x->likeness.score != y->likeness.score)
        return x->likeness.score > y->likeness.score ? -1 : 1;
    return strcmp(x->reference, y->reference);
}

int similar_find(struct app *app, const char *reference, struct arena *arena,
                 struct similar **ret_list, size_t *ret_count, struct error_detail *detail)
{
    struct looking looking = {.app = app, .arena = arena, .detail = detail};
    *ret_list = NULL;
    *ret_count = 0;
    int result = store_sketch_find(app->store, reference, arena, &looking.row);
    if (result == ERR_NOT_FOUND)
        return 0;
    if (result < 0)
        return app_store_failed(app, result, detail, "sketch of a complaint");
    result = decode(&looking, &looking.row, &looking.sketch);
    if (result >= 0)
        result = gather(&looking);
    if (result >= 0)
        looking.found = arena_array(arena, looking.number_count + 1, sizeof *looking.found);
    if (result >= 0 && !looking.found)
        result = ERR_LIMIT;
    for (size_t i = 0; result >= 0 && i < looking.number_count; i++)
        result = look_at(&looking, looking.numbers[i]);
    if (result < 0)
        return result;
    qsort(looking.found, looking.found_count, sizeof *looking.found, compare_found);
    *ret_list = looking.found;
    *ret_count = looking.found_count < SIMILAR_MAX ? looking.found_count : SIMILAR_MAX;
    return 0;
}

/* --- forgetting --- */

/* The files are searched for this piece of it after the erasure. */
static void note_piece(struct app *app, struct bytes sketch)
{
    struct digest piece;
    if (sketch.size <= DIGEST_SIZE)
        return;
    memcpy(piece.bytes, sketch.data + 1, DIGEST_SIZE);
    app_note_erased(app, &piece);
}

int similar_forget(struct app *app, const char *reference, struct error_detail *detail)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct looking looking = {.app = app, .arena = &arena, .detail = detail};
    int64_t buckets[SKETCH_BUCKETS_MAX];
    arena_init(&arena, ARENA_MAX);
    int result = store_sketch_find(app->store, reference, &arena, &looking.row);
    if (result == ERR_NOT_FOUND)
        return 0;
    if (result < 0)
        return app_store_failed(app, result, detail, "sketch of a complaint");
    result = decode(&looking, &looking.row, &looking.sketch);
    if (result < 0)
        return result;
    note_piece(app, looking.row.sketch);
    result = cluster_leave(app, reference, detail);
    if (result < 0)
        return result;
    result = store_sketch_erase(app->store, looking.row.number, buckets,
                                sketch_buckets(&looking.sketch, buckets));
    return result < 0 ? app_store_failed(app, result, detail, "sketch of a complaint") : 0;
}

/* --- telling --- */

/* Numbers and no word of either complaint. New reference. */
static json_t *reasons_json(const struct similar *similar, int64_t received_at)
{
    const struct likeness *likeness = &similar->likeness;
    json_t *list = json_array();
    int64_t apart = received_at - similar->received_at;
    if (likeness->exact)
        json_array_append_new(list, json_string("same type, names and evidence"));
    if (likeness->same_names)
        json_array_append_new(list,
                              json_sprintf("names that both have: %zu", likeness->same_names));
    else if (likeness->same_domain)
        json_array_append_new(list, json_string("names below the same domain"));
    if (likeness->samples)
        json_array_append_new(list, json_sprintf("%d of %d samples of the wording are alike",
                                                 likeness->samples_alike, likeness->samples));
    if (likeness->details)
        json_array_append_new(
            list, json_sprintf("%d of %d details (numbers, addresses, exhibits) are alike",
                               likeness->details_alike, likeness->details));
    if (likeness->same_reporter)
        json_array_append_new(list, json_string("same reporter"));
    json_array_append_new(
        list, json_sprintf("days apart: %" PRId64, (apart < 0 ? -apart : apart) / day_us));
    return list;
}

json_t *similar_json(const struct similar *list, size_t count, int64_t received_at)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(array, json_pack("{s:s, s:b, s:s, s:i, s:o}", "reference",
                                               list[i].reference, "earlier", list[i].earlier,
                                               "kind", likeness_text(list[i].likeness.kind),
                                               "score", list[i].likeness.score, "reasons",
                                               reasons_json(&list[i], received_at)));
    return array;
}
