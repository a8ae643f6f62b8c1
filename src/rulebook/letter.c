/* letters/ID/LANGUAGE.md: front matter and Mustache placeholders.
 *
 * The renderer of the letters is another room; here only what a template may name is checked, so
 * that a typing error is found by `rulebook check` and not on the day the letter is due. */
#include "rulebook/load.h"

#include <string.h>

enum {
    LETTER_SECTIONS_MAX = 8,  /* open at the same time */
    LETTER_TAGS_MAX = 500,    /* of one letter */
    LETTER_SUBJECT_MAX = 300, /* bytes before the placeholders are filled in */
};

#define COUNT(list) (sizeof(list) / sizeof *(list))

static const char *const head_keys[] = {"subject", "kind"};
static const char *const kind_words[] = {"informal", "formal", "closing", LETTER_KIND_RECEIPT,
                                         LETTER_KIND_COMPLAINT};

/* What stands in one element of a list, beside everything outside of it. */
static const struct item_word {
    const char *list, *word;
} item_words[] = {
    {"codes", "code"},      {"codes", "summary"},
    {"evidence_ids", "id"}, {"previous", "date"},
    {"previous", "step"},   {"previous", "deadline"},
    {"demands", "number"},  {"previous", "outcome"},
    {"demands", "text"},    {"complaint_missing", "what"},
};

/* Invariant 7 of the house: a letter that asks for something names obligation, clause, evidence
 * and cure. Every letter says when the clock of its store was displaced. */
static const char *const words_of_demands[] = {"obligation_statement", "obligation_clause",
                                               "evidence_ids", "cure", "deadline_date"};
/* It is about no case and no party yet. */
static const char *const words_of_receipts[] = {"complaint_reference", "complaint_link", "demo"};
static const char *const words_of_complaints[] = {"complaint_reference", "demo"};
static const char *const words_of_all[] = {"party_name", "case_id", "demo"};
/* Which party it is about, and what it is asked, is not for who complained: nothing of that is
 * filled in (app/letters/drafting.h). */
static const char *const words_to_complainant[] = {"case_id", "demo"};

struct tag {
    char sign;        /* 0 for a plain name, else '#', '^', '/', '!', '&', '{', '>' or '=' */
    const char *name; /* in the template, not terminated */
    size_t size;
    int line, column;
};

struct letter_reader {
    struct rulebook_loader *loader;
    const char *file;
    const char *at, *end;
    int line;
    const char *line_start;
    struct tag sections[LETTER_SECTIONS_MAX];
    size_t depth;
    size_t tags;
};

#define fault_at_tag(reader, tag, ...)                                                             \
    yaml_fault_at((reader)->loader->faults, (reader)->file, (tag)->line, (tag)->column, __VA_ARGS__)

static bool tag_is(const struct tag *tag, const char *name)
{
    return strlen(name) == tag->size && memcmp(tag->name, name, tag->size) == 0;
}

/* Bytes of UTF-8 that continue a character take no column. */
static int column_of(const struct letter_reader *reader, const char *at)
{
    int column = 1;
    for (const char *c = reader->line_start; c < at; c++)
        column += ((unsigned char)*c & 0xc0) != 0x80;
    return column;
}

static void walk_to(struct letter_reader *reader, const char *to)
{
    for (; reader->at < to; reader->at++) {
        if (*reader->at == '\n') {
            reader->line++;
            reader->line_start = reader->at + 1;
        }
    }
}

static void trim(struct tag *tag)
{
    while (tag->size && (tag->name[0] == ' ' || tag->name[0] == '\t')) {
        tag->name++;
        tag->size--;
    }
    while (tag->size && (tag->name[tag->size - 1] == ' ' || tag->name[tag->size - 1] == '\t'))
        tag->size--;
}

/* The next `{{...}}`. False at the end or where one is not closed. */
static bool next_tag(struct letter_reader *reader, struct tag *ret_tag)
{
    const char *open = memmem(reader->at, (size_t)(reader->end - reader->at), "{{", 2);
    if (!open)
        return false;
    walk_to(reader, open);
    struct tag tag = {.line = reader->line, .column = column_of(reader, open)};
    const char *close = memmem(open + 2, (size_t)(reader->end - open - 2), "}}", 2);
    if (!close) {
        fault_at_tag(reader, &tag, "'{{' is not closed by '}}'");
        return false;
    }
    tag.name = open + 2;
    tag.size = (size_t)(close - tag.name);
    if (tag.size && strchr("#^/!&{>=", *tag.name)) {
        tag.sign = *tag.name++;
        tag.size--;
    }
    trim(&tag);
    walk_to(reader, close + (tag.sign == '{' && close + 2 < reader->end ? 3 : 2));
    *ret_tag = tag;
    return true;
}

static bool name_is_known(const struct letter_reader *reader, const struct tag *tag)
{
    const struct vocabulary *words = reader->loader->vocabulary;
    if (!words)
        return true;
    for (size_t i = 0; i < words->placeholder_count; i++) {
        if (tag_is(tag, words->placeholders[i].name))
            return true;
    }
    for (size_t i = 0; i < COUNT(item_words); i++) {
        for (size_t open = 0; open < reader->depth; open++) {
            if (tag_is(tag, item_words[i].word) &&
                tag_is(&reader->sections[open], item_words[i].list))
                return true;
        }
    }
    return reader->depth && tag_is(tag, ".");
}

static void take_section(struct letter_reader *reader, const struct tag *tag)
{
    if (reader->depth == LETTER_SECTIONS_MAX)
        fault_at_tag(reader, tag, "more than %d sections inside each other", LETTER_SECTIONS_MAX);
    else
        reader->sections[reader->depth++] = *tag;
}

static void end_section(struct letter_reader *reader, const struct tag *tag)
{
    const struct tag *open = reader->depth ? &reader->sections[reader->depth - 1] : NULL;
    if (!open)
        fault_at_tag(reader, tag, "'{{/%.*s}}' ends a section that was not begun", (int)tag->size,
                     tag->name);
    else if (open->size != tag->size || memcmp(open->name, tag->name, tag->size) != 0)
        fault_at_tag(reader, tag, "'{{/%.*s}}' ends another section than '%.*s' of line %d",
                     (int)tag->size, tag->name, (int)open->size, open->name, open->line);
    if (open)
        reader->depth--;
}

static void take_tag(struct letter_reader *reader, const struct tag *tag)
{
    if (tag->sign == '!')
        return;
    if (tag->sign == '>' || tag->sign == '=') {
        fault_at_tag(reader, tag, "'{{%c' has no place in a letter", tag->sign);
        return;
    }
    if (tag->sign == '/') {
        end_section(reader, tag);
        return;
    }
    if (!name_is_known(reader, tag))
        fault_at_tag(reader, tag, "unknown placeholder '%.*s'",
                     tag->size < 60 ? (int)tag->size : 60, tag->name);
    if (tag->sign == '#' || tag->sign == '^')
        take_section(reader, tag);
}

static void read_tags(struct letter_reader *reader)
{
    struct tag tag;
    while (next_tag(reader, &tag)) {
        if (++reader->tags > LETTER_TAGS_MAX) {
            fault_at_tag(reader, &tag, "more than %d placeholders", LETTER_TAGS_MAX);
            return;
        }
        take_tag(reader, &tag);
    }
    for (size_t i = 0; i < reader->depth; i++)
        fault_at_tag(reader, &reader->sections[i], "the section '%.*s' is not ended",
                     (int)reader->sections[i].size, reader->sections[i].name);
}

/* Whether the template has {{name}}, {{#name}} or another form of it. */
static bool uses(const struct rulebook_letter *letter, const char *name)
{
    size_t size = strlen(name);
    const char *at = letter->text, *end = letter->text + letter->size;
    while ((at = memmem(at, (size_t)(end - at), name, size))) {
        const char *before = at - 1, *after = at + size;
        bool opened = at > letter->text && strchr("{#^& ", *before);
        if (opened && after < end && (*after == '}' || *after == ' '))
            return true;
        at = after;
    }
    return false;
}

static void need_names(struct rulebook_loader *loader, const struct rulebook_letter *letter,
                       const char *file, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!uses(letter, names[i]))
            yaml_fault_at(loader->faults, file, 1, 1, "the letter never says '{{%s}}'", names[i]);
    }
}

/* --- front matter --- */

/* End of the block between two lines `---`; NULL when there is none. */
static const char *front_end(const char *text)
{
    if (strncmp(text, "---\n", 4) != 0)
        return NULL;
    const char *end = strstr(text + 3, "\n---\n");
    return end ? end + 1 : NULL;
}

/* The first `---` begins a YAML document, so lines are those of the file. */
static bool read_head(struct rulebook_loader *loader, const char *file,
                      struct rulebook_letter *letter)
{
    const char *end = front_end(letter->text), *subject = "";
    const struct yaml_node *root = NULL;
    struct yaml_map map;
    int kind = 0;
    if (!end) {
        yaml_fault_at(loader->faults, file, 1, 1,
                      "a letter begins with front matter between two lines '---'");
        return false;
    }
    int parsed = yaml_parse(file, letter->text, (size_t)(end - letter->text), loader->arena,
                            loader->faults, &root);
    if (parsed == ERR_NO_MEMORY)
        loader->failure = parsed;
    if (parsed < 0 || !yaml_map_open(root, head_keys, COUNT(head_keys), loader->faults, &map))
        return false;
    if (yaml_need_text(&map, "subject", &subject) &&
        (strlen(subject) > LETTER_SUBJECT_MAX || strchr(subject, '\n') ||
         yaml_find(root, "subject")->block))
        yaml_fault(loader->faults, yaml_find(root, "subject"), "one line of at most %d bytes",
                   LETTER_SUBJECT_MAX);
    if (!yaml_need_word(&map, "kind", kind_words, COUNT(kind_words), &kind))
        return false;
    letter->kind = kind_words[kind];
    return true;
}

/* "letters/notice1/en.md" -> "notice1", "en". */
static bool read_names(struct rulebook_loader *loader, const char *path,
                       struct rulebook_letter *letter)
{
    const char *id = path + strlen("letters/"), *slash = strchr(id, '/');
    const char *language = slash ? slash + 1 : NULL;
    if (!language || strchr(language, '/'))
        return false;
    letter->id = arena_copy_slice(loader->arena, id, (size_t)(slash - id));
    letter->language = arena_copy_slice(loader->arena, language, strlen(language) - strlen(".md"));
    if (!letter->id || !letter->language)
        loader->failure = ERR_NO_MEMORY;
    return letter->id && letter->language;
}

static void check_content(struct rulebook_loader *loader, const char *file,
                          const struct rulebook_letter *letter)
{
    struct letter_reader reader = {.loader = loader,
                                   .file = file,
                                   .at = letter->text,
                                   .end = letter->text + letter->size,
                                   .line = 1,
                                   .line_start = letter->text};
    read_tags(&reader);
    if (strcmp(letter->kind, LETTER_KIND_RECEIPT) == 0) {
        need_names(loader, letter, file, words_of_receipts, COUNT(words_of_receipts));
        return;
    }
    if (strcmp(letter->kind, LETTER_KIND_COMPLAINT) == 0) {
        need_names(loader, letter, file, words_of_complaints, COUNT(words_of_complaints));
        return;
    }
    if (strcmp(letter->id, "complainant") == 0) {
        need_names(loader, letter, file, words_to_complainant, COUNT(words_to_complainant));
        return;
    }
    need_names(loader, letter, file, words_of_all, COUNT(words_of_all));
    if (strcmp(letter->kind, "closing") != 0)
        need_names(loader, letter, file, words_of_demands, COUNT(words_of_demands));
}

void read_letter(struct rulebook_loader *loader, const struct tree_file *file)
{
    const char *shown = loader_shown(loader, file->path);
    struct rulebook_letter letter = {.size = file->size, .kind = ""};
    if (!read_names(loader, file->path, &letter)) {
        yaml_fault_at(loader->faults, shown, 1, 1, "letters stand at letters/ID/LANGUAGE.md");
        return;
    }
    letter.text = arena_copy_slice(loader->arena, (const char *)file->data, file->size);
    letter.version = digest_of(file->data, file->size);
    if (!letter.text) {
        loader->failure = ERR_NO_MEMORY;
        return;
    }
    if (strlen(letter.text) != letter.size)
        yaml_fault_at(loader->faults, shown, 1, 1, "a NUL byte cannot stand in a letter");
    /* One with a wrong head is there nevertheless: nobody is told that it is missing. */
    if (read_head(loader, shown, &letter))
        check_content(loader, shown, &letter);
    struct rulebook_letter *slot =
        loader_push(loader, &loader->letters, &loader->letter_count, sizeof *slot);
    if (slot)
        *slot = letter;
}
