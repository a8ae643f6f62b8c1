#include "cases/promela.h"

#include <string.h>

#define BIT(name) (1U << FACT_##name)

/* What step.c and apply.c read or set whatever the guards say. */
static const uint32_t frame_facts =
    BIT(PARTY) | BIT(LETTER) | BIT(ANSWER) | BIT(EXPIRED) | BIT(FINDING) | BIT(PLAN) | BIT(TOLLED);
static const uint32_t input_facts = BIT(CRITERION) | BIT(GROUND) | BIT(CLOSURE);

uint32_t promela_facts(const struct process *process)
{
    uint32_t facts = frame_facts;
    for (size_t i = 0; i < process->edge_count; i++) {
        uint32_t read = process->edges[i].guard.facts;
        facts |= process->edges[i].event == CASE_OPENED ? read & ~BIT(VIOLATION) : read;
    }
    return facts & ~input_facts;
}

int promela_letter(const struct process *process, const char *id)
{
    for (size_t i = 0; i < process->letter_count; i++) {
        if (strcmp(process->letters[i], id) == 0)
            return (int)i + 1;
    }
    return 0;
}

static bool moves(const struct edge *edge)
{
    return edge->to != edge->from;
}

int promela_approvals(const struct process *process, const char *letter)
{
    int most = 0;
    for (size_t i = 0; i < process->edge_count; i++) {
        const struct edge *edge = &process->edges[i];
        if (moves(edge) && edge->approvals.needed > most && strcmp(edge->to->letter, letter) == 0)
            most = edge->approvals.needed;
    }
    return most;
}

bool promela_asks_second(const struct process *process, enum case_event_type event)
{
    for (size_t i = 0; i < process->edge_count; i++) {
        if (process->edges[i].event == event && process->edges[i].second_person)
            return true;
    }
    return false;
}

/* --- constants --- */

static void print_name(struct buffer *out, const char *text)
{
    for (const char *c = text; *c; c++)
        buffer_append_byte(out, *c == '-' ? '_' : (uint8_t)*c);
}

static void print_constant(struct buffer *out, const char *prefix, const char *name, size_t value)
{
    buffer_append_text(out, "#define ");
    print_name(out, prefix);
    buffer_append_byte(out, '_');
    print_name(out, name);
    buffer_printf(out, " %zu\n", value);
}

static void print_constants(const struct process *process, struct buffer *out)
{
    for (size_t i = 0; i < process->stage_count; i++)
        print_constant(out, "stage", process->stages[i].id, i);
    for (size_t i = 0; i < process->letter_count; i++)
        print_constant(out, "paper", process->letters[i], i + 1);
    for (int event = 0; event < CASE_EVENT_COUNT; event++)
        print_constant(out, "event", case_event_text((enum case_event_type)event),
                       (size_t)event + 1);
    for (int fact = 0; fact < CASE_FACT_COUNT; fact++) {
        size_t count;
        const char *const *words = case_fact_words((enum case_fact)fact, &count);
        for (size_t i = 0; i < count; i++)
            print_constant(out, case_fact_text((enum case_fact)fact), words[i], i);
        print_constant(out, "keeps", case_fact_text((enum case_fact)fact),
                       promela_facts(process) >> fact & 1);
    }
    print_constant(out, "turns", "set", 1);
    print_constant(out, "turns", "cancelled", 2);
    print_constant(out, "initial", "stage", (size_t)(process->initial - process->stages));
}

/* --- macros about stages, letters, grounds --- */

static void print_kinds(const struct process *process, struct buffer *out)
{
    for (int kind = 0; kind < STAGE_KIND_COUNT; kind++) {
        buffer_append_text(out, "#define is_");
        print_name(out, stage_kind_text((enum stage_kind)kind));
        buffer_append_text(out, "(s) (false");
        for (size_t i = 0; i < process->stage_count; i++) {
            if (process->stages[i].kind == (enum stage_kind)kind)
                buffer_printf(out, " || s == %zu", i);
        }
        buffer_append_text(out, ")\n");
    }
}

/* A macro NAME(s) that gives a number for each stage. */
static void print_of_stage(const struct process *process, const char *name,
                           int (*value)(const struct process *, const struct stage *),
                           struct buffer *out)
{
    buffer_printf(out, "#define %s(s) (", name);
    for (size_t i = 0; i < process->stage_count; i++)
        buffer_printf(out, "s == %zu -> %d : (", i, value(process, &process->stages[i]));
    buffer_append_byte(out, '0');
    for (size_t i = 0; i < process->stage_count; i++)
        buffer_append_byte(out, ')');
    buffer_append_text(out, ")\n");
}

static int level_of(const struct process *process, const struct stage *stage)
{
    (void)process;
    return stage->level;
}

static int paper_of(const struct process *process, const struct stage *stage)
{
    return promela_letter(process, stage->letter);
}

/* letter_is_proposable(); a letter that is the stage's own is drafted as such. */
static void print_proposable(const struct process *process, struct buffer *out)
{
    buffer_append_text(out, "#define may_propose(s, p) (false");
    for (size_t i = 0; i < process->edge_count; i++) {
        const struct edge *edge = &process->edges[i];
        bool own = strcmp(edge->to->letter, edge->from->letter) == 0;
        if (moves(edge) && edge->approvals.needed > 0 && edge->to->letter[0] && !own)
            buffer_printf(out, " || s == %zu && p == %d", (size_t)(edge->from - process->stages),
                          promela_letter(process, edge->to->letter));
    }
    buffer_append_text(out, ")\n#define approvals_of(p) (");
    for (size_t i = 0; i < process->letter_count; i++)
        buffer_printf(out, "p == %zu -> %d : (", i + 1,
                      promela_approvals(process, process->letters[i]));
    buffer_append_byte(out, '0');
    for (size_t i = 0; i < process->letter_count; i++)
        buffer_append_byte(out, ')');
    buffer_append_text(out, ")\n");
}

/* The letters that a draft may be of: the stage's own, and those of next stages. */
static void print_letters(const struct process *process, struct buffer *out)
{
    buffer_append_text(out, "inline choose_letter() {\n    if\n    :: target = paper_of(stage)\n");
    for (size_t i = 0; i < process->letter_count; i++)
        buffer_printf(out, "    :: may_propose(stage, %zu) -> target = %zu\n", i + 1, i + 1);
    buffer_append_text(out, "    fi\n}\n");
}

static void print_inputs(const struct process *process, struct buffer *out)
{
    buffer_append_text(out, "#define ground_is_there(g) (g == ground_none");
    for (size_t i = 0; i < process->ground_count; i++) {
        for (int party = 0; party < 2; party++) {
            if (process->grounds[i].for_party[party])
                buffer_printf(out, " || party == %d && g == %d", party,
                              (int)process->grounds[i].kind);
        }
    }
    buffer_append_text(out, ")\n#define closure_is_there(c) (false");
    for (size_t i = 0; i < process->closure_count; i++)
        buffer_printf(out, " || c == %d", (int)process->closure_codes[i].family);
    buffer_append_text(out, ")\n#define asks_second(e) (false");
    for (int event = 0; event < CASE_EVENT_COUNT; event++) {
        if (promela_asks_second(process, (enum case_event_type)event))
            buffer_printf(out, " || e == %d", event + 1);
    }
    buffer_append_text(out, ")\n");
}

/* --- edges --- */

/* What of the effects the state shows. Of two that turn the clock the later one counts. */
static void print_effects(const struct edge *edge, struct buffer *out)
{
    const char *turns = NULL;
    bool publishes = false, tells = false;
    for (size_t i = 0; i < edge->effect_count; i++) {
        enum case_effect effect = edge->effects[i].effect;
        if (effect == EFFECT_SET_DEADLINE || effect == EFFECT_CANCEL_DEADLINE)
            turns = effect == EFFECT_SET_DEADLINE ? "turns_set" : "turns_cancelled";
        publishes = publishes || effect == EFFECT_PUBLISH;
        tells = tells || effect == EFFECT_NOTIFY;
    }
    if (turns)
        buffer_printf(out, "; turns = %s", turns);
    if (publishes)
        buffer_append_text(out, "; publishes = 1");
    if (tells)
        buffer_append_text(out, "; tells = 1");
}

static void print_edge(const struct process *process, const struct edge *edge, struct buffer *out)
{
    buffer_append_text(out, "        :: event == event_");
    print_name(out, case_event_text(edge->event));
    buffer_append_text(out, " && (");
    guard_print_promela(&edge->guard, out);
    buffer_printf(out, ") ->\n           edge = %zu", (size_t)(edge - process->edges) + 1);
    if (moves(edge)) {
        buffer_append_text(out, "; to = stage_");
        print_name(out, edge->to->id);
    }
    if (edge->approvals.needed)
        buffer_printf(out, "; needs = %d", edge->approvals.needed);
    if (edge->second_person)
        buffer_append_text(out, "; two = 1");
    print_effects(edge, out);
    buffer_printf(out, " /* line %d */\n", edge->line);
}

/* choose_edge(): no edge leaves `edge` at 0. Frame F9 lets at most one guard hold. */
static void print_edges(const struct process *process, struct buffer *out)
{
    buffer_append_text(out, "inline choose_edge() {\n    if\n");
    for (size_t i = 0; i < process->stage_count; i++) {
        const struct stage *stage = &process->stages[i];
        buffer_append_text(out, "    :: stage == stage_");
        print_name(out, stage->id);
        buffer_append_text(out, " ->\n        if\n");
        for (size_t j = 0; j < process->edge_count; j++) {
            if (process->edges[j].from == stage)
                print_edge(process, &process->edges[j], out);
        }
        buffer_append_text(out, "        :: else\n        fi\n");
    }
    buffer_append_text(out, "    fi\n}\n");
}

/* --- all of it --- */

static int check_supported(const struct process *process, struct error_detail *detail)
{
    if (process->letter_count > PROMELA_LETTERS_MAX)
        return error_set(detail, ERR_UNSUPPORTED, "the model knows %d letters at most",
                         PROMELA_LETTERS_MAX);
    for (size_t i = 0; i < process->edge_count; i++) {
        const struct edge *edge = &process->edges[i];
        if (edge->approvals.needed > 0 && !moves(edge))
            return error_set(detail, ERR_UNSUPPORTED,
                             "line %d: the model knows no approvals on an edge that stays",
                             edge->line);
        if (edge->approvals.needed > PROMELA_APPROVALS_MAX)
            return error_set(detail, ERR_UNSUPPORTED, "line %d: the model counts %d approvals",
                             edge->line, PROMELA_APPROVALS_MAX);
    }
    return 0;
}

int promela_print(const struct process *process, struct buffer *out, struct error_detail *detail)
{
    int result = check_supported(process, detail);
    if (result < 0)
        return result;
    buffer_printf(out, "/* The process '%s', printed from its process.yaml. */\n", process->id);
    print_constants(process, out);
    print_kinds(process, out);
    print_of_stage(process, "level_of", level_of, out);
    print_of_stage(process, "paper_of", paper_of, out);
    print_proposable(process, out);
    print_letters(process, out);
    print_inputs(process, out);
    print_edges(process, out);
    return buffer_error(out);
}
