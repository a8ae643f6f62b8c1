/* Texts for complainants, in the languages of rulebook.yaml, and the words of the lists. */
#include "rulebook/complaint_read.h"

#include <string.h>

const char *complaint_answer_text(enum complaint_answer_kind kind)
{
    static const char *const words[] = {
#define A(name, text) text,
        COMPLAINT_ANSWER_LIST(A)
#undef A
    };
    return words[kind];
}

const char *complaint_test_text(enum complaint_test test)
{
    static const char *const words[] = {
#define T(name, text) text,
        COMPLAINT_TEST_LIST(T)
#undef T
    };
    return words[test];
}

const char *complaint_role_text(enum complaint_role role)
{
    static const char *const words[] = {
#define R(name, text) text,
        COMPLAINT_ROLE_LIST(R)
#undef R
    };
    return words[role];
}

static void miss(struct complaint_reader *reader, size_t language, const struct yaml_node *node)
{
    if (!reader->missing[language])
        reader->missing[language] = node;
}

static void read_languages(struct complaint_reader *reader, const struct yaml_node *node,
                           struct complaint_text *ret_text)
{
    const struct rulebook *rulebook = reader->loader->rulebook;
    const char *known[COMPLAINT_LANGUAGES_MAX + 1];
    size_t count = rulebook->complainant_language_count;
    struct yaml_map map;
    if (rulebook->language_count == 0)
        return; /* said at rulebook.yaml */
    known[0] = rulebook->languages[0];
    for (size_t i = 0; i < count; i++)
        known[i + 1] = rulebook->complainant_languages[i];
    if (!yaml_map_open(node, known, count + 1, reader->loader->faults, &map))
        return;
    const char **others = arena_array(reader->loader->arena, count + 1, sizeof *others);
    if (!others) {
        reader->loader->failure = ERR_NO_MEMORY;
        return;
    }
    yaml_need_text(&map, known[0], &ret_text->official);
    for (size_t i = 0; i < count; i++) {
        others[i] = NULL;
        if (!yaml_take_text(&map, known[i + 1], &others[i]))
            miss(reader, i, node);
    }
    ret_text->others = others;
}

void complaint_read_text(struct complaint_reader *reader, const struct yaml_map *map,
                         const char *key, struct complaint_text *ret_text)
{
    const struct yaml_node *node = yaml_need(map, key);
    ret_text->official = "";
    if (node && node->kind == YAML_MAP) {
        read_languages(reader, node, ret_text);
    } else if (node) {
        yaml_as_text(node, reader->loader->faults, &ret_text->official);
        for (size_t i = 0; i < reader->loader->rulebook->complainant_language_count; i++)
            miss(reader, i, node);
    }
}

static bool is_among(const char *const *texts, size_t count, const char *text)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(texts[i], text) == 0)
            return true;
    }
    return false;
}

void complaint_read_untranslated(struct complaint_reader *reader, const struct yaml_map *root)
{
    struct yaml_faults *faults = reader->loader->faults;
    const struct rulebook *rulebook = reader->loader->rulebook;
    const char *const *languages = rulebook->complainant_languages;
    struct text_list marked = {0};
    if (rulebook->language_count == 0)
        return; /* said at rulebook.yaml */
    loader_take_texts(reader->loader, root, "untranslated", TEXT_ID, &marked);
    for (size_t i = 0; i < rulebook->complainant_language_count; i++) {
        if (reader->missing[i] && !is_among(marked.texts, marked.count, languages[i]))
            yaml_fault(faults, reader->missing[i],
                       "no text in '%s'; a type that is not translated says so: "
                       "untranslated: [%s]",
                       languages[i], languages[i]);
    }
    for (size_t i = 0; i < marked.count; i++) {
        size_t at = 0;
        while (at < rulebook->complainant_language_count &&
               strcmp(languages[at], marked.texts[i]) != 0)
            at++;
        if (at == rulebook->complainant_language_count)
            yaml_fault(faults, marked.nodes[i],
                       "'%s' is not among the complainant-languages of rulebook.yaml",
                       marked.texts[i]);
        else if (!reader->missing[at])
            yaml_fault(faults, marked.nodes[i], "every text is there in '%s'", marked.texts[i]);
    }
    reader->type.untranslated = marked.texts;
    reader->type.untranslated_count = marked.count;
}
