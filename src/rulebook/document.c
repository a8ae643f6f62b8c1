/* A file of documents/: an agreement or policy and the versions of its obligations. */
#include "rulebook/load.h"

#include "base/civil.h"
#include "base/json.h"
#include "base/text.h"

#include <string.h>

enum {
    PARAMETERS_MAX = 4096, /* bytes of JSON; a matrix of limits has a tenth */
    TEXT_LONG = 4000,      /* of guidance or cure: what a letter can carry */
    ROWS_MAX = 20, /* of the catalogue in one obligation; more want obligations of their own */
};

#define COUNT(list) (sizeof(list) / sizeof *(list))

static const char *const root_keys[] = {"id",       "title",  "kind",       "agreement",
                                        "versions", "source", "obligations"};
static const char *const clause_keys[] = {
    "id",   "row",       "kind",       "theme",    "binds",       "clause",   "state",
    "from", "until",     "comply-by",  "versions", "statement",   "guidance", "cure",
    "test", "test-note", "parameters", "severity", "consequence", "source",   "confirmed"};
static const char *const severity_words[] = {"critical", "major", "minor"};
/* What may be declared; the rest follows from the dates (rulebook_state_on). */
static const char *const state_words[] = {"proposed", "transition"};

/* What the obligations of a document share. */
struct document_reader {
    struct rulebook_loader *loader;
    const struct rulebook_document *document;
    enum obligation_kind kind;
    bool has_kind;
    uint32_t versions;
};

/* --- parameters: a map becomes a JSON object with sorted keys --- */

static void write_json(const struct yaml_node *node, struct json_out *out);

static void write_scalar(const struct yaml_node *node, struct json_out *out)
{
    int64_t number;
    bool plain = node->plain;
    if (plain && text_parse_int(node->text, INT64_MIN / 2, INT64_MAX / 2, &number) >= 0)
        json_out_int(out, number);
    else if (plain && (strcmp(node->text, "true") == 0 || strcmp(node->text, "false") == 0))
        json_out_bool(out, node->text[0] == 't');
    else
        json_out_text(out, node->text);
}

/* The key that comes after `last` in the order of bytes, NULL at the end. */
static const struct yaml_node *next_key(const struct yaml_node *map, const char *last)
{
    const struct yaml_node *next = NULL;
    for (size_t i = 0; i < map->count; i++) {
        const struct yaml_node *key = map->keys[i];
        if ((!last || strcmp(key->text, last) > 0) && (!next || strcmp(key->text, next->text) < 0))
            next = key;
    }
    return next;
}

static void write_map(const struct yaml_node *map, struct json_out *out)
{
    json_out_object(out);
    for (const struct yaml_node *key = next_key(map, NULL); key; key = next_key(map, key->text)) {
        json_out_key(out, key->text);
        write_json(yaml_find(map, key->text), out);
    }
    json_out_end(out);
}

static void write_json(const struct yaml_node *node, struct json_out *out)
{
    if (node->kind == YAML_SCALAR) {
        write_scalar(node, out);
    } else if (node->kind == YAML_MAP) {
        write_map(node, out);
    } else {
        json_out_array(out);
        for (size_t i = 0; i < node->count; i++)
            write_json(node->items[i], out);
        json_out_end(out);
    }
}

static const char *read_parameters(struct rulebook_loader *loader, const struct yaml_map *map)
{
    const struct yaml_node *node = yaml_take(map, "parameters", YAML_MAP);
    struct buffer text BUFFER_CLEANUP;
    struct json_out out;
    buffer_init(&text, PARAMETERS_MAX);
    if (!node)
        return "{}";
    json_out_init(&out, &text, /* indent= */ false);
    write_json(node, &out);
    if (buffer_error(&text) == ERR_LIMIT)
        yaml_fault(loader->faults, node, "more than %d bytes of parameters", PARAMETERS_MAX);
    const char *copy = buffer_error(&text) == ERR_NO_MEMORY
                           ? NULL
                           : arena_copy_text(loader->arena, buffer_text(&text));
    if (!copy)
        loader->failure = ERR_NO_MEMORY;
    return copy;
}

/* --- versions of the agreement --- */

static int version_index(const struct agreement_family *family, const char *id)
{
    for (size_t i = 0; i < family->version_count; i++) {
        if (strcmp(family->versions[i].id, id) == 0)
            return (int)i;
    }
    return ERR_NOT_FOUND;
}

/* The bits of the listed versions; `fallback` when none are listed. */
static uint32_t read_version_bits(struct rulebook_loader *loader, const struct yaml_map *map,
                                  const struct agreement_family *family, uint32_t fallback)
{
    struct text_list list = {0};
    uint32_t bits = 0;
    if (!loader_take_texts(loader, map, "versions", TEXT_ID, &list))
        return fallback;
    if (!family) {
        yaml_fault(loader->faults, yaml_find_key(map->node, "versions"),
                   "versions belong to an agreement, and this document names none");
        return fallback;
    }
    for (size_t i = 0; i < list.count; i++) {
        int index = version_index(family, list.texts[i]);
        if (index < 0)
            yaml_fault(loader->faults, list.nodes[i], "agreement '%s' has no version '%s'",
                       family->id, list.texts[i]);
        else
            bits |= UINT32_C(1) << index;
    }
    return bits;
}

/* The first day on which somebody can have signed one of the versions. */
static int32_t first_day(const struct agreement_family *family, uint32_t versions)
{
    int32_t first = CIVIL_FAR_FUTURE;
    for (size_t i = 0; i < family->version_count; i++) {
        if ((versions >> i & 1) && family->versions[i].from < first)
            first = family->versions[i].from;
    }
    return first;
}

/* --- one obligation --- */

typedef int word_parser(const char *text, int *ret_value);

static int parse_kind(const char *text, int *ret_value)
{
    enum obligation_kind kind;
    int r = obligation_kind_parse(text, &kind);
    if (r >= 0)
        *ret_value = (int)kind;
    return r;
}

static int parse_theme(const char *text, int *ret_value)
{
    enum obligation_theme theme;
    int r = obligation_theme_parse(text, &theme);
    if (r >= 0)
        *ret_value = (int)theme;
    return r;
}

static int parse_test(const char *text, int *ret_value)
{
    enum obligation_test test;
    int r = obligation_test_parse(text, &test);
    if (r >= 0)
        *ret_value = (int)test;
    return r;
}

/* A word that the model knows. */
static bool take_model_word(const struct yaml_map *map, const char *key, word_parser *parse,
                            int *ret_value)
{
    const char *text;
    if (!yaml_take_text(map, key, &text))
        return false;
    if (parse(text, ret_value) >= 0)
        return true;
    yaml_fault(map->faults, yaml_find(map->node, key), "'%.60s' is not a %s", text, key);
    return false;
}

static void read_classes(const struct document_reader *reader, const struct yaml_map *map,
                         struct obligation *obligation)
{
    int value = 0;
    obligation->kind = reader->kind;
    if (take_model_word(map, "kind", parse_kind, &value))
        obligation->kind = (enum obligation_kind)value;
    else if (!reader->has_kind && !yaml_find(map->node, "kind"))
        yaml_need(map, "kind");
    if (yaml_need(map, "theme") && take_model_word(map, "theme", parse_theme, &value))
        obligation->theme = (enum obligation_theme)value;
    if (yaml_need(map, "test") && take_model_word(map, "test", parse_test, &value))
        obligation->test = (enum obligation_test)value;
    if (yaml_need_word(map, "severity", severity_words, COUNT(severity_words), &value))
        obligation->severity = severity_words[value];
    loader_need_binds(map, "binds", &obligation->binds);
}

static void need_words(const struct yaml_map *map, const char *key, const char **ret_text)
{
    if (yaml_need_text(map, key, ret_text) && strlen(*ret_text) > TEXT_LONG)
        yaml_fault(map->faults, yaml_find(map->node, key), "longer than %d bytes", TEXT_LONG);
}

static const char *join_rows(struct rulebook_loader *loader, const struct text_list *list)
{
    const char *rows = list->texts[0];
    for (size_t i = 1; rows && i < list->count; i++)
        rows = arena_printf(loader->arena, "%s, %s", rows, list->texts[i]);
    if (!rows)
        loader->failure = ERR_NO_MEMORY;
    return rows ? rows : "";
}

/* One row of the catalogue, or a list of them, which is kept as "A, B". */
static void read_rows(struct rulebook_loader *loader, const struct yaml_map *map,
                      struct obligation *obligation)
{
    const struct yaml_node *node = yaml_need(map, "row");
    struct text_list list = {.texts = &obligation->row, .nodes = &node, .count = 1};
    obligation->row = "";
    if (!node ||
        !(node->kind == YAML_SEQUENCE ? loader_take_texts(loader, map, "row", TEXT_FREE, &list)
                                      : yaml_as_text(node, loader->faults, &obligation->row)))
        return;
    /* An older program let "A, B" be adopted, and what was adopted stays readable. */
    for (size_t i = 0; loader->vocabulary && i < list.count; i++) {
        if (strchr(list.texts[i], ','))
            yaml_fault(loader->faults, list.nodes[i], "several rows are written as a list");
    }
    if (list.count > ROWS_MAX || list.count == 0)
        yaml_fault(loader->faults, node, "at least one and at most %d rows", ROWS_MAX);
    else
        obligation->row = join_rows(loader, &list);
    if (strlen(obligation->row) > TEXT_LONG)
        yaml_fault(loader->faults, node, "longer than %d bytes", TEXT_LONG);
}

static void read_texts(struct rulebook_loader *loader, const struct yaml_map *map,
                       struct obligation *obligation)
{
    yaml_need_id(map, "id", RULEBOOK_ID_MAX, &obligation->id);
    read_rows(loader, map, obligation);
    need_words(map, "clause", &obligation->clause);
    need_words(map, "statement", &obligation->statement);
    need_words(map, "guidance", &obligation->guidance);
    need_words(map, "cure", &obligation->cure);
    need_words(map, "consequence", &obligation->consequence);
    yaml_take_text(map, "test-note", &obligation->test_note);
    yaml_take_bool(map, "confirmed", &obligation->confirmed);
    if (obligation->test == TEST_NONE_YET && !obligation->test_note)
        yaml_fault(map->faults, map->node, "'test: none-yet' needs a test-note that says why");
    if (!obligation->test_note)
        obligation->test_note = "";
}

static void read_begin(const struct yaml_map *map, struct obligation *obligation)
{
    const struct yaml_node *from = yaml_find(map->node, "from");
    bool proposed = obligation->state == OBLIGATION_PROPOSED;
    if (!from && proposed) {
        obligation->from = CIVIL_FAR_FUTURE;
    } else if (from && from->kind == YAML_SCALAR && strcmp(from->text, "on-signature") == 0) {
        obligation->from = CIVIL_FAR_PAST;
        obligation->from_signature = true;
    } else {
        yaml_need_date(map, "from", &obligation->from);
    }
}

static void read_dates(const struct yaml_map *map, struct obligation *obligation)
{
    const int32_t first = civil_days(1980, 1, 1), last = civil_days(2200, 1, 1);
    read_begin(map, obligation);
    yaml_take_date(map, "until", &obligation->until);
    yaml_take_date(map, "comply-by", &obligation->comply_by);
    bool has_from = obligation->from != CIVIL_FAR_PAST && obligation->from != CIVIL_FAR_FUTURE;
    if (has_from && (obligation->from < first || obligation->from >= last))
        yaml_fault(map->faults, yaml_find(map->node, "from"), "not between 1980 and 2199");
    if (has_from && obligation->until <= obligation->from)
        yaml_fault(map->faults, yaml_find(map->node, "until"),
                   "'until' is the first day on which it no longer holds, after 'from'");
    if (obligation->comply_by != CIVIL_FAR_PAST &&
        (obligation->comply_by < obligation->from || obligation->comply_by >= obligation->until))
        yaml_fault(map->faults, yaml_find(map->node, "comply-by"),
                   "'comply-by' lies between 'from' and 'until'");
}

static void read_state(const struct yaml_map *map, struct obligation *obligation)
{
    int state = 0;
    if (yaml_take_word(map, "state", state_words, COUNT(state_words), &state))
        obligation->state = state == 0 ? OBLIGATION_PROPOSED : OBLIGATION_TRANSITION;
}

static void read_clause(const struct document_reader *reader, const struct yaml_node *node)
{
    struct rulebook_loader *loader = reader->loader;
    struct yaml_map map;
    if (!yaml_map_open(node, clause_keys, COUNT(clause_keys), loader->faults, &map))
        return;
    struct rulebook_clause clause = {.document = reader->document,
                                     .source = "",
                                     .file = node->file,
                                     .line = node->line,
                                     .column = node->column};
    struct obligation *obligation = &clause.obligation;
    *obligation = (struct obligation){.id = "",
                                      .document = reader->document->id,
                                      .state = OBLIGATION_IN_FORCE,
                                      .from = CIVIL_FAR_PAST,
                                      .until = CIVIL_FAR_FUTURE,
                                      .comply_by = CIVIL_FAR_PAST,
                                      .confirmed = true};
    read_classes(reader, &map, obligation);
    read_texts(loader, &map, obligation);
    read_state(&map, obligation);
    read_dates(&map, obligation);
    yaml_take_text(&map, "source", &clause.source);
    obligation->parameters = read_parameters(loader, &map);
    clause.versions = read_version_bits(loader, &map, reader->document->family, reader->versions);
    if (obligation->from_signature && !reader->document->family)
        yaml_fault(loader->faults, node, "'on-signature' needs a document with an agreement");
    else if (obligation->from_signature)
        obligation->from = first_day(reader->document->family, clause.versions);
    struct rulebook_clause *slot =
        loader_push(loader, &loader->clauses, &loader->clause_count, sizeof *slot);
    if (slot)
        *slot = clause;
}

/* --- one document --- */

static const struct agreement_family *find_family(const struct rulebook_loader *loader,
                                                  const char *id)
{
    for (size_t i = 0; i < loader->family_count; i++) {
        if (strcmp(loader->families[i].id, id) == 0)
            return &loader->families[i];
    }
    return NULL;
}

static void read_head(struct document_reader *reader, const struct yaml_map *map,
                      struct rulebook_document *document)
{
    struct rulebook_loader *loader = reader->loader;
    const char *family = NULL;
    int kind = 0;
    yaml_need_id(map, "id", RULEBOOK_ID_MAX, &document->id);
    yaml_need_text(map, "title", &document->title);
    yaml_take_text(map, "source", &document->source);
    reader->has_kind = take_model_word(map, "kind", parse_kind, &kind);
    reader->kind = (enum obligation_kind)kind;
    if (yaml_take_id(map, "agreement", RULEBOOK_ID_MAX, &family)) {
        document->family = find_family(loader, family);
        if (!document->family)
            yaml_fault(loader->faults, yaml_find(map->node, "agreement"),
                       "rulebook.yaml has no agreement '%s'", family);
    }
    reader->versions = read_version_bits(loader, map, document->family, UINT32_MAX);
}

void read_document(struct rulebook_loader *loader, const struct tree_file *file)
{
    const struct yaml_node *root = loader_parse(loader, file);
    struct yaml_map map;
    if (!root || !yaml_map_open(root, root_keys, COUNT(root_keys), loader->faults, &map))
        return;
    struct rulebook_document document = {.id = "", .title = "", .source = "", .file = root->file};
    struct document_reader reader = {.loader = loader, .document = &document};
    read_head(&reader, &map, &document);
    loader_check_name(loader, file, root, document.id);
    const struct yaml_node *list =
        yaml_need(&map, "obligations") ? yaml_take(&map, "obligations", YAML_SEQUENCE) : NULL;
    for (size_t i = 0; list && i < list->count; i++)
        read_clause(&reader, list->items[i]);
    struct rulebook_document *slot =
        loader_push(loader, &loader->documents, &loader->document_count, sizeof *slot);
    if (slot)
        *slot = document;
}
