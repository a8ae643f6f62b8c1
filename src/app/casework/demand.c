#include "app/casework/demand.h"

#include "app/casework/allegation.h"
#include "app/law.h"
#include "rulebook/rulebook.h"
#include "view/catalogue.h"

#include <string.h>

static const char *subjects_of(const struct case_allegation *allegation, struct arena *arena)
{
    const char *words = "";
    for (size_t i = 0; words && i < allegation->subject_count; i++)
        words = arena_printf(arena, "%s%s%s", words, i ? ", " : "", allegation->subjects[i]);
    return words;
}

/* What the audits of this version ask about the obligation; "" for nothing. */
static const char *evidence_of(const struct rulebook *rulebook, const char *obligation,
                               struct arena *arena)
{
    const char *words = "";
    for (size_t i = 0; i < rulebook->audit_count; i++) {
        const struct audit_questionnaire *audit = &rulebook->audits[i];
        for (size_t n = 0; n < audit->question_count; n++) {
            const struct audit_question *question = &audit->questions[n];
            for (size_t e = 0; words && e < question->evidence_count &&
                               strcmp(question->obligation, obligation) == 0;
                 e++)
                words = arena_printf(arena, "%s%s%s", words, words[0] ? " " : "",
                                     question->evidence[e]);
        }
    }
    return words;
}

/* The text of one kind of item; NULL when the allegation gives none, ERR_LIMIT. */
static int text_of(const struct casefile *file, const struct case_allegation *allegation,
                   enum demand_kind kind, struct arena *arena, const char **ret_text)
{
    const struct catalogue *words = catalogue_find("en");
    const struct rulebook *rulebook;
    const struct process *process;
    const char *text = NULL;
    *ret_text = NULL;
    if (kind == DEMAND_EXPLAIN) {
        *ret_text = catalogue_word(words, "demand", "explain");
        return 0;
    }
    int result = app_version_of(file->app, allegation->rulebook, &rulebook, &process, NULL);
    if (result < 0)
        return result;
    const struct obligation *o =
        rulebook_obligation_find(rulebook, allegation->obligation, allegation->version);
    if (kind == DEMAND_EVIDENCE)
        text = evidence_of(rulebook, allegation->obligation, arena);
    else
        text = o && o->cure[0] ? o->cure : catalogue_word(words, "demand", "cure");
    if (!text)
        return ERR_LIMIT;
    if (!text[0])
        return 0;
    *ret_text = arena_printf(arena, "%s%s%s (%s): %s", o ? o->clause : allegation->obligation,
                             allegation->subjects[0][0] ? ", " : "", subjects_of(allegation, arena),
                             catalogue_word(words, "demand", kind == DEMAND_EVIDENCE ? "records" : "remedy"),
                             text);
    return *ret_text ? 0 : ERR_LIMIT;
}

static int add(const struct casefile *file, const struct case_allegation *allegation,
               enum demand_kind kind, struct arena *arena, struct demand_texts *demands)
{
    const char *text;
    int result = text_of(file, allegation, kind, arena, &text);
    if (result < 0 || !text)
        return result;
    if (demands->count == DEMANDS_MAX)
        return ERR_LIMIT;
    demands->items[demands->count] =
        (struct demand){.number = (uint8_t)(demands->count + 1),
                        .allegation = allegation ? (uint8_t)allegation->number : 0,
                        .kind = kind,
                        .sha256 = digest_of(text, strlen(text))};
    demands->texts[demands->count++] = text;
    return 0;
}

int demand_make(const struct casefile *file, struct arena *arena, struct demand_texts *ret_demands,
                struct error_detail *detail)
{
    struct demand_texts demands = {.count = 0};
    struct case_allegation *list;
    size_t count;
    int result = casefile_allegations(file, arena, &list, &count, detail);
    if (result < 0)
        return result;
    for (size_t i = 0; result >= 0 && i < count; i++) {
        if (list[i].outcome != ALLEGATION_OPEN)
            continue;
        result = add(file, &list[i], DEMAND_CURE, arena, &demands);
        if (result >= 0)
            result = add(file, &list[i], DEMAND_EVIDENCE, arena, &demands);
    }
    if (result >= 0)
        result = add(file, /* allegation= */ NULL, DEMAND_EXPLAIN, arena, &demands);
    if (result < 0)
        return error_set(detail, result, "what the letter asks for: %s", error_text(result));
    *ret_demands = demands;
    return 0;
}

int demand_recall(const struct casefile *file, struct arena *arena,
                  struct demand_texts *ret_demands, struct error_detail *detail)
{
    struct case_allegation *list;
    size_t count;
    int result = casefile_allegations(file, arena, &list, &count, detail);
    if (result >= 0)
        result = demand_list(file->events, file->event_count, file->state.letter.id,
                             ret_demands->items, &ret_demands->count);
    for (size_t i = 0; result >= 0 && i < ret_demands->count; i++) {
        const struct demand *item = &ret_demands->items[i];
        bool whole = item->allegation == 0 || item->allegation > count;
        const char *text = NULL;
        if (!whole || item->kind == DEMAND_EXPLAIN)
            result = text_of(file, whole ? NULL : &list[item->allegation - 1], item->kind, arena,
                             &text);
        struct digest now = text ? digest_of(text, strlen(text)) : (struct digest){{0}};
        ret_demands->texts[i] = text && digest_equal(&now, &item->sha256) ? text : "";
    }
    return result < 0 ? error_set(detail, result, "items of the letter: %s", error_text(result))
                      : 0;
}
