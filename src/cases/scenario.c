#include "cases/scenario.h"

#include "base/civil.h"

#include <stdio.h>
#include <string.h>

static const char *value_of(const char *word, const char *key)
{
    size_t length = strlen(key);
    return strncmp(word, key, length) == 0 && word[length] == '=' ? word + length + 1 : NULL;
}

static int64_t instant_of(const char *text)
{
    int64_t instant = 0;
    if (civil_parse_instant(text, &instant) < 0)
        scenario_wrong("'%s' is no instant", text);
    return instant;
}

static int32_t date_of(const char *text)
{
    int32_t date = 0;
    if (civil_parse_date(text, &date) < 0)
        scenario_wrong("'%s' is no date", text);
    return date;
}

static uint8_t fact_of(enum case_fact fact, const char *word)
{
    int index = case_fact_word(fact, word);
    if (index < 0)
        scenario_wrong("'%s' is no %s", word, case_fact_text(fact));
    return (uint8_t)index;
}

static bool read_text(struct case_step *step, const char *word)
{
    const struct {
        const char *key;
        char *field;
        size_t size;
    } texts[] = {
        {"by", step->actor, sizeof step->actor},
        {"role", step->role, sizeof step->role},
        {"second", step->second, sizeof step->second},
        {"ground", step->ground, sizeof step->ground},
        {"closure", step->closure, sizeof step->closure},
        {"letter", step->letter, sizeof step->letter},
        {"object", step->object, sizeof step->object},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const char *value = value_of(word, texts[i].key);
        if (value)
            return case_text_set(texts[i].field, texts[i].size, value) == 0;
    }
    return false;
}

static bool read_fact(struct case_step *step, const char *word)
{
    const char *value;
    if (strcmp(word, "violation") == 0)
        step->violation = true;
    else if ((value = value_of(word, "party")))
        step->party = (enum party_kind)fact_of(FACT_PARTY, value);
    else if ((value = value_of(word, "origin")))
        step->origin = (enum case_origin)fact_of(FACT_ORIGIN, value);
    else if ((value = value_of(word, "family")))
        step->family = (enum fact_family)fact_of(FACT_FAMILY, value);
    else if ((value = value_of(word, "answer")))
        step->judgement = (enum fact_answer)fact_of(FACT_ANSWER, value);
    else if ((value = value_of(word, "criterion")))
        step->criterion = (enum fact_criterion)fact_of(FACT_CRITERION, value);
    else if ((value = value_of(word, "dispute")))
        step->dispute = (enum fact_dispute)fact_of(FACT_DISPUTE, value);
    else
        return false;
    return true;
}

/* At noon in UTC, or later on that day where the story has come that far. */
static void read_day(struct case_step *step, int32_t date)
{
    int64_t noon = (int64_t)date * CIVIL_DAY_US + 12 * SCENARIO_HOUR_US;
    if (civil_day_of(step->at) != date || step->at < noon)
        step->at = noon;
}

/* The due date that a history gives, whatever the rule says. */
static void record_date(struct case_step *step, int32_t date)
{
    step->deadline_recorded = true;
    step->deadline_date = date;
    step->deadline_instant = ((int64_t)date + 1) * CIVIL_DAY_US;
}

/* signed=LETTER/N, or drafted=LETTER/N for one that no person adopted. */
static void read_signature(struct scenario_line *line, const char *value)
{
    const char *slash = strchr(value, '/');
    snprintf(line->signs, sizeof line->signs, "%.*s", slash ? (int)(slash - value) : 0, value);
    line->approvers = slash ? slash[1] - '0' : 0;
    if (line->approvers < 0 || line->approvers > SCENARIO_APPROVERS_MAX)
        scenario_wrong("'%s' is not LETTER/N", value);
}

void scenario_read_step(struct scenario_line *line, struct case_step *step)
{
    char words[SCENARIO_TEXT_MAX], *rest = words, *word;
    const char *value;
    snprintf(words, sizeof words, "%s", line->words ? line->words : "");
    while ((word = strsep(&rest, " "))) {
        line->by_machine = line->by_machine || value_of(word, "drafted");
        if ((value = value_of(word, "on")))
            read_day(step, date_of(value));
        else if ((value = value_of(word, "at")))
            step->at = instant_of(value);
        else if ((value = value_of(word, "until")))
            step->until = date_of(value);
        else if ((value = value_of(word, "recorded")))
            record_date(step, date_of(value));
        else if ((value = value_of(word, "signed")) || (value = value_of(word, "drafted")))
            read_signature(line, value);
        else if (strcmp(word, "early") == 0)
            line->early = true;
        else if (word[0] && !read_text(step, word) && !read_fact(step, word))
            scenario_wrong("'%s' says nothing of a step", word);
    }
}

void scenario_read_result(struct scenario_line *line, char *text)
{
    char *rest = text, *word;
    const char *value;
    snprintf(line->stage, sizeof line->stage, "%s", strsep(&rest, " "));
    while ((word = strsep(&rest, " "))) {
        if ((value = value_of(word, "due")))
            snprintf(line->due, sizeof line->due, "%s", value);
        else if ((value = value_of(word, "ends")))
            snprintf(line->ends, sizeof line->ends, "%s", value);
        else if ((value = value_of(word, "as")))
            line->family = value;
        else if (strcmp(word, "no-clock") == 0)
            line->no_clock = true;
        else if (strcmp(word, "stopped") == 0)
            line->stopped = true;
        else if (line->effect_count < PROCESS_EFFECTS_MAX)
            snprintf(line->effects[line->effect_count++], sizeof line->effects[0], "%s", word);
    }
}
