#include "rulebook/guard.h"

#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum node_kind { NODE_AND, NODE_OR, NODE_NOT, NODE_COMPARE };
enum comparison { IS, IS_NOT, BELOW, AT_MOST, ABOVE, AT_LEAST };

static const char *const comparison_texts[] = {"==", "!=", "<", "<=", ">", ">="};

struct guard_node {
    enum node_kind kind;
    const struct guard_node *left, *right; /* NOT uses left */
    enum case_fact fact;
    enum comparison comparison;
    uint8_t value;
};

struct parser {
    const char *text, *at;
    struct arena *arena;
    uint32_t facts;
    int depth;
    int failure;
    struct guard_position *position;
    struct error_detail *detail;
};

/* --- words --- */

static void skip_blanks(struct parser *parser)
{
    while (*parser->at == ' ' || *parser->at == '\n' || *parser->at == '\t')
        parser->at++;
}

static void locate(struct parser *parser, const char *at)
{
    parser->position->line = 1;
    parser->position->column = 1;
    for (const char *c = parser->text; c < at; c++) {
        parser->position->column++;
        if (*c == '\n') {
            parser->position->line++;
            parser->position->column = 1;
        }
    }
}

__attribute__((format(printf, 4, 5))) static struct guard_node *
fail(struct parser *parser, const char *at, int code, const char *format, ...)
{
    if (parser->failure == 0) {
        char words[200];
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(words, sizeof words, format, arguments);
        va_end(arguments);
        parser->failure = error_set(parser->detail, code, "%s", words);
        locate(parser, at);
    }
    return NULL;
}

static bool is_word_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

/* Length of the word at the parser, 0 for none. */
static size_t word_length(const struct parser *parser)
{
    size_t length = 0;
    while (is_word_char(parser->at[length]))
        length++;
    return length;
}

static bool take_keyword(struct parser *parser, const char *keyword)
{
    skip_blanks(parser);
    size_t length = word_length(parser);
    if (length != strlen(keyword) || strncmp(parser->at, keyword, length) != 0)
        return false;
    parser->at += length;
    return true;
}

static bool take_word(struct parser *parser, char *word, size_t room)
{
    size_t length = word_length(parser);
    if (length == 0 || length >= room)
        return false;
    memcpy(word, parser->at, length);
    word[length] = '\0';
    parser->at += length;
    return true;
}

static struct guard_node *new_node(struct parser *parser, enum node_kind kind,
                                   const struct guard_node *left, const struct guard_node *right)
{
    struct guard_node *node = arena_alloc(parser->arena, sizeof *node);
    if (!node)
        return fail(parser, parser->at, ERR_NO_MEMORY, "out of memory");
    node->kind = kind;
    node->left = left;
    node->right = right;
    return node;
}

/* --- grammar, one function per line of it ---
 *
 * take_keyword() skips blanks first, and each function begins or ends with one. */

static struct guard_node *parse_or(struct parser *parser);

static bool take_comparison(struct parser *parser, enum comparison *ret_comparison)
{
    static const enum comparison longest_first[] = {IS, IS_NOT, AT_MOST, AT_LEAST, BELOW, ABOVE};
    skip_blanks(parser);
    for (size_t i = 0; i < sizeof longest_first / sizeof *longest_first; i++) {
        const char *text = comparison_texts[longest_first[i]];
        if (text_starts_with(parser->at, text)) {
            parser->at += strlen(text);
            *ret_comparison = longest_first[i];
            return true;
        }
    }
    return false;
}

static struct guard_node *parse_value(struct parser *parser, struct guard_node *node)
{
    char word[40] = "", known[120] = "";
    size_t count;
    const char *const *words = case_fact_words(node->fact, &count);
    skip_blanks(parser);
    const char *start = parser->at;
    int index = take_word(parser, word, sizeof word) ? text_index(words, count, word) : -1;
    int64_t number;
    if (text_parse_int(word, 0, (int64_t)count - 1, &number) == 0) /* no word is a number */
        index = (int)number;
    if (index < 0) {
        for (size_t i = 0, used = 0; i < count && used < sizeof known; i++)
            used +=
                (size_t)snprintf(known + used, sizeof known - used, i ? ", %s" : "%s", words[i]);
        return fail(parser, start, ERR_SYNTAX, "%s must be compared with one of: %s",
                    case_fact_text(node->fact), known);
    }
    node->value = (uint8_t)index;
    return node;
}

static struct guard_node *parse_compare(struct parser *parser)
{
    char word[40];
    size_t count;
    const char *start = parser->at;
    enum case_fact fact;
    if (!take_word(parser, word, sizeof word))
        return fail(parser, start, ERR_SYNTAX,
                    *start ? "expected the name of a fact" : "the guard ends too early");
    if (case_fact_parse(word, &fact) < 0)
        return fail(parser, start, ERR_SYNTAX, "'%s' is no fact of a case", word);
    struct guard_node *node = new_node(parser, NODE_COMPARE, NULL, NULL);
    if (!node)
        return NULL;
    node->fact = fact;
    parser->facts |= 1U << fact;
    if (take_comparison(parser, &node->comparison))
        return parse_value(parser, node);
    node->comparison = IS;
    node->value = 1;
    if (strcmp(case_fact_words(fact, &count)[0], "no") != 0)
        return fail(parser, start, ERR_SYNTAX, "'%s' is not yes or no: compare it with a word",
                    word);
    return node;
}

static struct guard_node *parse_primary(struct parser *parser)
{
    if (*parser->at != '(')
        return parse_compare(parser);
    const char *start = parser->at++;
    struct guard_node *inside = parse_or(parser);
    if (inside && *parser->at != ')')
        return fail(parser, start, ERR_SYNTAX, "this bracket is not closed");
    if (inside)
        parser->at++;
    return inside;
}

static struct guard_node *parse_not(struct parser *parser)
{
    struct guard_node *node = NULL;
    if (parser->depth >= GUARD_DEPTH_MAX)
        return fail(parser, parser->at, ERR_LIMIT, "nested more than %d deep", GUARD_DEPTH_MAX);
    parser->depth++;
    if (take_keyword(parser, "not")) {
        struct guard_node *inside = parse_not(parser);
        node = inside ? new_node(parser, NODE_NOT, inside, NULL) : NULL;
    } else {
        node = parse_primary(parser);
    }
    parser->depth--;
    return node;
}

static struct guard_node *parse_and(struct parser *parser)
{
    struct guard_node *left = parse_not(parser);
    while (left && take_keyword(parser, "and")) {
        struct guard_node *right = parse_not(parser);
        left = right ? new_node(parser, NODE_AND, left, right) : NULL;
    }
    return left;
}

static struct guard_node *parse_or(struct parser *parser)
{
    struct guard_node *left = parse_and(parser);
    while (left && take_keyword(parser, "or")) {
        struct guard_node *right = parse_and(parser);
        left = right ? new_node(parser, NODE_OR, left, right) : NULL;
    }
    return left;
}

int guard_parse(const char *text, struct arena *arena, struct guard *ret_guard,
                struct guard_position *ret_position, struct error_detail *detail)
{
    struct guard_position position = {0};
    struct parser parser = {
        .text = text, .at = text, .arena = arena, .position = &position, .detail = detail};
    struct guard guard = {.text = arena_copy_text(arena, text)};
    if (strlen(text) > GUARD_TEXT_MAX)
        fail(&parser, text, ERR_LIMIT, "a guard has at most %d characters", GUARD_TEXT_MAX);
    else if (!guard.text)
        fail(&parser, text, ERR_NO_MEMORY, "out of memory");
    skip_blanks(&parser);
    if (parser.failure == 0 && *parser.at != '\0') {
        guard.root = parse_or(&parser);
        if (guard.root && *parser.at != '\0')
            fail(&parser, parser.at, ERR_SYNTAX, "expected 'and', 'or' or the end");
    }
    if (parser.failure < 0) {
        *ret_position = position;
        return parser.failure;
    }
    guard.facts = parser.facts;
    *ret_guard = guard;
    return 0;
}

/* --- evaluation --- */

static bool compare(uint8_t left, enum comparison comparison, uint8_t right)
{
    switch (comparison) {
    case IS:
        return left == right;
    case IS_NOT:
        return left != right;
    case BELOW:
        return left < right;
    case AT_MOST:
        return left <= right;
    case ABOVE:
        return left > right;
    case AT_LEAST:
        return left >= right;
    }
    return false;
}

static bool node_holds(const struct guard_node *node, const struct case_facts *facts)
{
    switch (node->kind) {
    case NODE_AND:
        return node_holds(node->left, facts) && node_holds(node->right, facts);
    case NODE_OR:
        return node_holds(node->left, facts) || node_holds(node->right, facts);
    case NODE_NOT:
        return !node_holds(node->left, facts);
    case NODE_COMPARE:
        return compare(facts->values[node->fact], node->comparison, node->value);
    }
    return false;
}

bool guard_holds(const struct guard *guard, const struct case_facts *facts)
{
    return !guard->root || node_holds(guard->root, facts);
}

/* --- printing --- */

static void print_word(struct buffer *out, const char *word, bool promela)
{
    for (const char *c = word; *c; c++)
        buffer_append_byte(out, promela && *c == '-' ? '_' : (uint8_t)*c);
}

static void print_compare(const struct guard_node *node, struct buffer *out, bool promela)
{
    size_t count;
    const char *const *words = case_fact_words(node->fact, &count);
    print_word(out, case_fact_text(node->fact), promela);
    buffer_printf(out, " %s ", comparison_texts[node->comparison]);
    if (promela) {
        print_word(out, case_fact_text(node->fact), promela);
        buffer_append_byte(out, '_');
    }
    print_word(out, words[node->value], promela);
}

static void print_node(const struct guard_node *node, struct buffer *out, bool promela)
{
    if (node->kind == NODE_COMPARE) {
        print_compare(node, out, promela);
        return;
    }
    if (node->kind == NODE_NOT) {
        buffer_append_text(out, promela ? "!(" : "not (");
        print_node(node->left, out, promela);
        buffer_append_text(out, ")");
        return;
    }
    const char *joint =
        node->kind == NODE_AND ? (promela ? " && " : " and ") : (promela ? " || " : " or ");
    buffer_append_text(out, "(");
    print_node(node->left, out, promela);
    buffer_append_text(out, joint);
    print_node(node->right, out, promela);
    buffer_append_text(out, ")");
}

void guard_print_promela(const struct guard *guard, struct buffer *out)
{
    if (guard->root)
        print_node(guard->root, out, /* promela= */ true);
    else
        buffer_append_text(out, "true");
}

/* Descends through "and" to the first part that fails; anything else is shown whole. */
void guard_explain(const struct guard *guard, const struct case_facts *facts, struct buffer *out)
{
    const struct guard_node *node = guard->root;
    if (guard_holds(guard, facts))
        return;
    while (node->kind == NODE_AND)
        node = node_holds(node->left, facts) ? node->right : node->left;
    buffer_append_text(out, "needs ");
    print_node(node, out, /* promela= */ false);
    if (node->kind == NODE_COMPARE) {
        size_t count;
        const char *const *words = case_fact_words(node->fact, &count);
        buffer_printf(out, ", but %s is %s", case_fact_text(node->fact),
                      words[facts->values[node->fact]]);
    }
}

/* --- walking --- */

void guard_walk_begin(struct guard_walk *walk, const struct case_facts *start, uint32_t mask)
{
    walk->facts = *start;
    walk->mask = mask;
    for (int fact = 0; fact < CASE_FACT_COUNT; fact++) {
        if (mask >> fact & 1)
            walk->facts.values[fact] = 0;
    }
}

/* Counts like an odometer whose wheels are the facts of the mask. */
bool guard_walk_next(struct guard_walk *walk)
{
    for (int fact = 0; fact < CASE_FACT_COUNT; fact++) {
        size_t count;
        if (!(walk->mask >> fact & 1))
            continue;
        case_fact_words((enum case_fact)fact, &count);
        if (++walk->facts.values[fact] < count)
            return true;
        walk->facts.values[fact] = 0;
    }
    return false;
}
