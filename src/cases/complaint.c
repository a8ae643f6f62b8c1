/* Completeness and scope of a complaint. */
#include "cases/complaint.h"

#include "base/civil.h"
#include "base/error.h"
#include "base/text.h"

#include <arpa/inet.h>
#include <string.h>

/* --- the form of an answer --- */

/* RFC 1035 2.3.4: labels of at most 63 bytes, 253 in all; RFC 5890: other scripts as A-labels. */
static bool is_domain(const char *text)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    if (strlen(text) > 253)
        return false;
    for (;;) {
        size_t label = strspn(text, letters);
        if (label == 0 || label > 63 || text[0] == '-' || text[label - 1] == '-')
            return false;
        text += label;
        if (*text == '.')
            text++;
        else
            return *text == '\0';
        if (*text == '\0') /* a dot at the end is the root's */
            return true;
    }
}

static bool is_url(const char *text)
{
    const char *rest = text_starts_with(text, "https://")  ? text + 8
                       : text_starts_with(text, "http://") ? text + 7
                                                           : "";
    return *rest && *rest != '/' && !strpbrk(rest, " \t\r\n");
}

static bool is_address(const char *text)
{
    unsigned char bytes[16];
    return inet_pton(AF_INET, text, bytes) == 1 || inet_pton(AF_INET6, text, bytes) == 1;
}

static bool is_choice(const struct complaint_question *question, const char *text)
{
    for (size_t i = 0; i < question->choice_count; i++) {
        if (strcmp(question->choices[i].id, text) == 0)
            return true;
    }
    return false;
}

static bool has_form(const struct complaint_question *question, const char *text)
{
    int32_t day;
    switch (question->kind) {
    case COMPLAINT_DATE:
        return civil_parse_date(text, &day) >= 0;
    case COMPLAINT_DOMAIN:
        return is_domain(text);
    case COMPLAINT_URL:
        return is_url(text);
    case COMPLAINT_IP:
        return is_address(text);
    case COMPLAINT_CHOICE:
        return is_choice(question, text);
    case COMPLAINT_YES_NO:
        return strcmp(text, "yes") == 0 || strcmp(text, "no") == 0;
    case COMPLAINT_TEXT:
    case COMPLAINT_FILE:
    case COMPLAINT_ANSWER_COUNT:
        break;
    }
    return true;
}

/* --- what is missing --- */

struct reading {
    const struct complaint_type *type;
    const struct complaint_answer *answers;
    size_t answer_count;
    const struct complaint_exhibit *exhibits;
    size_t exhibit_count;
    bool asked[COMPLAINT_ITEMS_MAX];
    struct arena *arena;
    struct complaint_lack *lacks;
    size_t lack_count;
};

/* NULL when nothing but blanks was said. */
static const char *answer_to(const struct reading *reading, const char *question)
{
    for (size_t i = 0; i < reading->answer_count; i++) {
        const char *value = reading->answers[i].value;
        if (strcmp(reading->answers[i].question, question) == 0)
            return value[strspn(value, " \t\r\n")] ? value : NULL;
    }
    return NULL;
}

/* An answer to a question that was not asked fulfils nothing. */
static bool holds(const struct reading *reading, const struct complaint_condition *when)
{
    if (!when->question)
        return true;
    const char *answer = answer_to(reading, when->question);
    for (size_t i = 0; i < reading->type->question_count; i++) {
        if (strcmp(reading->type->questions[i].id, when->question) == 0 && !reading->asked[i])
            return false;
    }
    for (size_t i = 0; answer && i < when->count; i++) {
        if (strcmp(when->values[i], answer) == 0)
            return true;
    }
    return false;
}

static int add_lack(struct reading *reading, struct complaint_lack lack)
{
    struct complaint_lack *slot =
        arena_push(reading->arena, &reading->lacks, &reading->lack_count, sizeof *slot);
    if (!slot)
        return ERR_NO_MEMORY;
    *slot = lack;
    return 0;
}

static int look_at_question(struct reading *reading, size_t at)
{
    const struct complaint_question *question = &reading->type->questions[at];
    const char *answer = answer_to(reading, question->id);
    reading->asked[at] = holds(reading, &question->when);
    if (!reading->asked[at] || question->kind == COMPLAINT_FILE)
        return 0;
    if (!answer && question->required)
        return add_lack(
            reading, (struct complaint_lack){COMPLAINT_LACKS_ANSWER, question->id, &question->ask});
    if (answer && !has_form(question, answer))
        return add_lack(
            reading, (struct complaint_lack){COMPLAINT_LACKS_FORM, question->id, &question->ask});
    return 0;
}

static bool is_accepted(const struct complaint_evidence *evidence, const char *media_type)
{
    for (size_t i = 0; i < evidence->accept_count; i++) {
        if (strcmp(evidence->accept[i], media_type) == 0)
            return true;
    }
    return evidence->accept_count == 0;
}

/* Whether a question that was asked demands it. */
static bool is_demanded(const struct reading *reading, const struct complaint_evidence *evidence)
{
    const struct complaint_type *type = reading->type;
    for (size_t i = 0; i < type->question_count; i++) {
        const struct complaint_question *question = &type->questions[i];
        if (question->kind == COMPLAINT_FILE && question->required && reading->asked[i] &&
            strcmp(question->evidence, evidence->id) == 0)
            return true;
    }
    return evidence->required && holds(reading, &evidence->when);
}

static int look_at_evidence(struct reading *reading, const struct complaint_evidence *evidence)
{
    bool there = false, accepted = false;
    for (size_t i = 0; i < reading->exhibit_count; i++) {
        if (strcmp(reading->exhibits[i].evidence, evidence->id) != 0)
            continue;
        there = true;
        accepted = accepted || is_accepted(evidence, reading->exhibits[i].media_type);
    }
    if (there && !accepted)
        return add_lack(
            reading, (struct complaint_lack){COMPLAINT_LACKS_MEDIA, evidence->id, &evidence->ask});
    if (!there && is_demanded(reading, evidence))
        return add_lack(reading, (struct complaint_lack){COMPLAINT_LACKS_EVIDENCE, evidence->id,
                                                         &evidence->ask});
    return 0;
}

int complaint_missing(const struct complaint_type *type, const struct complaint_answer *answers,
                      size_t answer_count, const struct complaint_exhibit *exhibits,
                      size_t exhibit_count, struct arena *arena,
                      const struct complaint_lack **ret_lacks, size_t *ret_count)
{
    struct reading reading = {.type = type,
                              .answers = answers,
                              .answer_count = answer_count,
                              .exhibits = exhibits,
                              .exhibit_count = exhibit_count,
                              .arena = arena};
    int r = type->question_count > COMPLAINT_ITEMS_MAX ? ERR_LIMIT : 0;
    for (size_t i = 0; r >= 0 && i < type->question_count; i++)
        r = look_at_question(&reading, i);
    for (size_t i = 0; r >= 0 && i < type->evidence_count; i++)
        r = look_at_evidence(&reading, &type->evidence[i]);
    if (r < 0)
        return r;
    *ret_lacks = reading.lacks;
    *ret_count = reading.lack_count;
    return 0;
}

/* Whether what it asks was answered so: as a question that is asked always. */
static bool fits(const struct complaint_condition *when, const struct complaint_answer *answers,
                 size_t count)
{
    for (size_t i = 0; when->question && i < count; i++) {
        if (strcmp(answers[i].question, when->question) != 0)
            continue;
        for (size_t k = 0; k < when->count; k++) {
            if (strcmp(when->values[k], answers[i].value) == 0)
                return true;
        }
    }
    return !when->question;
}

const struct complaint_urgency *complaint_urgency_find(const struct complaint_type *type,
                                                       const struct complaint_answer *answers,
                                                       size_t answer_count)
{
    for (size_t i = 0; i < type->urgency_count; i++) {
        if (fits(&type->urgencies[i].when, answers, answer_count))
            return &type->urgencies[i];
    }
    return NULL;
}

/* --- scope --- */

static enum complaint_fact judge(const struct complaint_scope *scope,
                                 const struct complaint_facts *facts)
{
    enum complaint_fact fact = facts->is[scope->test];
    if (scope->test == COMPLAINT_TEST_COMPLAINANT) {
        if (!facts->role_known)
            return COMPLAINT_UNKNOWN;
        return scope->who & (1u << facts->role) ? COMPLAINT_SO : COMPLAINT_NOT_SO;
    }
    if (scope->test == COMPLAINT_TEST_TOLD_FIRST && fact == COMPLAINT_SO && scope->days > 0) {
        if (!facts->told_days_known)
            return COMPLAINT_UNKNOWN;
        return facts->told_days >= scope->days ? COMPLAINT_SO : COMPLAINT_NOT_SO;
    }
    return fact;
}

struct complaint_scope_answer complaint_scope(const struct complaint_type *type,
                                              const struct complaint_facts *facts)
{
    struct complaint_scope_answer answer = {COMPLAINT_IN_SCOPE, NULL};
    for (size_t i = 0; i < type->scope_count; i++) {
        const struct complaint_scope *scope = &type->scopes[i];
        enum complaint_fact fact = judge(scope, facts);
        if (fact == COMPLAINT_NOT_SO)
            return (struct complaint_scope_answer){COMPLAINT_OUT_OF_SCOPE, scope};
        if (fact == COMPLAINT_UNKNOWN && !answer.test)
            answer = (struct complaint_scope_answer){COMPLAINT_UNDETERMINED, scope};
    }
    return answer;
}
