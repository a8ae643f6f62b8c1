#include "view/sample.h"

#include "base/civil.h"

#include <stdlib.h>
#include <string.h>

enum { DAY_S = 86400 };

#define AT(days, hour) ((INT64_C(1795478400) + (days)*DAY_S + (hour)*3600) * 1000000)
#define HASH "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

const struct site sample_site = {
    .url = "https://notices.authority.example",
    .authority_name = "The Example Authority",
    .authority_short = "EA",
    .contact_email = "compliance@authority.example",
    .rulebook_version = "2026-11-01/" HASH,
    .log_origin = "log.authority.example/2026",
    .made_at = AT(40, 9),
    .demo = true,
};

static const char *const trace[] = {
    "The notice was effectively served on Tuesday 24 November 2026 (e-mail, same day in UTC).",
    "Rule ra.4.3-e gives 30 calendar days from the day after service.",
    "The last day is Thursday 24 December 2026; it ends at 23:59:59 UTC.",
};

static const char *const evidence[] = {
    HASH, "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"};

#define UPDATE(name, when, word, words)                                                            \
    .id = (name), .at = (when), .updated_at = (when), .kind = (word), .notice_kind = "breach",     \
    .text = (words), .reason = "", .about = "", .corrected_by = "", .withdrawn_by = ""

static const struct notice_update cured_updates[] = {
    {UPDATE("n-1-u1", AT(0, 10), "sent",
            "Notice of breach sent to the registry operator and published.")},
    {.id = "n-1-u2",
     .at = AT(9, 15),
     .updated_at = AT(10, 9),
     .kind = "progress",
     .notice_kind = "breach",
     .text = "The registry operator reports that two of five servers answer again.",
     .reason = "",
     .about = "",
     .corrected_by = "n-1-u3",
     .withdrawn_by = ""},
    {.id = "n-1-u3",
     .at = AT(10, 9),
     .updated_at = AT(10, 9),
     .kind = "correction",
     .notice_kind = "breach",
     .text = "The registry operator reports that two of four servers answer again.",
     .reason = "There are four servers.",
     .about = "n-1-u2",
     .corrected_by = "",
     .withdrawn_by = ""},
    {UPDATE("n-1-u4", AT(20, 11), "extended",
            "Time to cure extended to 2027-01-08, because a delivery is late.")},
    {UPDATE("n-1-u5", AT(38, 8), "cured",
            "All servers answer correctly from every vantage point since 2026-12-30.")},
};

static const struct notice_update open_updates[] = {
    {UPDATE("n-2-u1", AT(31, 10), "sent", "Notice of breach sent to the registrar and published.")},
};

static const struct notice_update suspended_updates[] = {
    {UPDATE("n-3-u1", AT(-60, 10), "sent", "Notice of breach sent.")},
    {.id = "n-3-u2",
     .at = AT(-30, 12),
     .updated_at = AT(-25, 12),
     .kind = "statement",
     .notice_kind = "breach",
     .text = "We are in talks.\nMore will follow.",
     .reason = "",
     .about = "",
     .corrected_by = "",
     .withdrawn_by = "n-3-u3"},
    {.id = "n-3-u3",
     .at = AT(-25, 12),
     .updated_at = AT(-25, 12),
     .kind = "withdrawal",
     .notice_kind = "breach",
     .text = "An entry was withdrawn.",
     .reason = "The party asked for it.",
     .about = "n-3-u2",
     .corrected_by = "",
     .withdrawn_by = ""},
    {.id = "n-3-u4",
     .at = AT(-20, 12),
     .updated_at = AT(-20, 12),
     .kind = "suspended",
     .notice_kind = "suspension",
     .text = "The registrar may not create or transfer in names.",
     .reason = "",
     .about = "",
     .corrected_by = "",
     .withdrawn_by = ""},
};

static const struct notice_correction corrections[] = {
    {"n-1-u3", "n-1-u2", AT(10, 9),
     "The registry operator reports that two of five servers answer again.",
     "The registry operator reports that two of four servers answer again.",
     "There are four servers."},
};

static const struct notice_redaction redactions[] = {{AT(1, 9), "The name of a private person."}};

static const struct notice_letter letters[] = {
    {.kind = "breach",
     .sent_at = AT(0, 10),
     .subject = "Notice of breach: .example (c-2026-0007)",
     .sha256 = HASH,
     .text = "Dear [redacted],\n\nwe saw that the name servers of .example do not answer.\n",
     .redactions = redactions,
     .redaction_count = 1},
    {.kind = "suspension",
     .sent_at = AT(-20, 12),
     .subject = "Notice of suspension",
     .sha256 = HASH,
     .text = "Names may not be created.\n"},
};

static struct notice_record cured(void)
{
    return (struct notice_record){
        .id = "n-1",
        .kind = "breach",
        .case_id = "c-2026-0007",
        .party_id = "registry-example",
        .party_name = "Example Registry Ltd.",
        .party_kind = "registry",
        .tld = "example",
        .subject = "name servers of .example",
        .obligation_id = "ra.spec10.dns-service-availability",
        .obligation_statement =
            "At least two name servers of the TLD answer correctly at all times.",
        .clause = "Specification 10, section 2.1",
        .document_title = "Base Registry Agreement",
        .state = "cured",
        .ended = true,
        .effect = "The breach was cured on 1 January 2027; nothing more is asked of the party.",
        .sent_at = AT(0, 10),
        .published_at = AT(0, 10),
        .cure_date = 20811,
        .cure_instant = AT(30, 24) - 1,
        .cure_zone = "UTC",
        .cure_trace = trace,
        .cure_trace_count = 3,
        .extended_date = 20826,
        .extended_instant = AT(45, 24) - 1,
        .updates = cured_updates,
        .update_count = 5,
        .corrections = corrections,
        .correction_count = 1,
        .party_statement = "We regret the outage and have added two sites.",
        .party_statement_at = AT(12, 9),
        .letters = letters,
        .letter_count = 1,
        .message_id = "c-2026-0007.4@authority.example",
        .evidence = evidence,
        .evidence_count = 2,
        .rulebook_version = "2026-11-01/" HASH,
        .handler = "SECRET-HANDLER",
        .approver = "SECRET-APPROVER",
    };
}

static void make_registrar(struct notice_record *record, const char *id, const char *state,
                           const char *effect)
{
    record->id = id;
    record->party_id = "registrar-1234";
    record->party_name = "Another Registrar, Inc.";
    record->party_kind = "registrar";
    record->iana_id = 1234;
    record->tld = "";
    record->subject = "RDAP service at https://rdap.registrar.example/";
    record->obligation_id = "raa.rdap.availability";
    record->obligation_statement = "The registrar's RDAP service answers with valid JSON.";
    record->clause = "RAA 3.3.1";
    record->document_title = "Registrar Accreditation Agreement";
    record->state = state;
    record->ended = false;
    record->effect = effect;
    record->extended_date = CIVIL_FAR_FUTURE;
    record->extended_instant = 0;
    record->correction_count = 0;
    record->party_statement = NULL;
}

void sample_notices(struct notice_record ret_records[SAMPLE_NOTICES])
{
    ret_records[0] = cured();
    make_registrar(&ret_records[0], "n-2", "open", "The registrar must cure by the date below.");
    ret_records[0].updates = open_updates;
    ret_records[0].update_count = 1;
    ret_records[0].sent_at = AT(31, 10);
    ret_records[0].cure_date = 20833;
    ret_records[0].cure_instant = AT(52, 24) - 1;
    ret_records[0].next_update_due = AT(45, 12);
    ret_records[1] = cured();
    ret_records[2] = cured();
    make_registrar(&ret_records[2], "n-3", "suspended",
                   "The registrar may not create or transfer in names until 2027-02-01.");
    ret_records[2].kind = "suspension";
    ret_records[2].updates = suspended_updates;
    ret_records[2].update_count = 4;
    ret_records[2].letters = letters;
    ret_records[2].letter_count = 2;
    ret_records[2].overdue_since = AT(30, 12);
    ret_records[2].sent_at = AT(-60, 10);
    ret_records[2].cure_date = CIVIL_FAR_FUTURE;
    ret_records[2].next_update_due = AT(30, 12);
}

json_t *sample_published(const struct notice_record *record)
{
    json_t *notice = NULL;
    if (notice_project(record, AUDIENCE_PUBLIC, &notice) < 0)
        abort();
    return notice;
}

#define PROPOSALS                                                                                  \
    "\"proposals\":[{\"sha256\":\"" HASH                                                           \
    "\",\"case\":\"c-7\",\"party_name\":\"Example Registry Ltd.\",\"step\":"                       \
    "\"extended until 2027-01-20\",\"reason\":\"storm\",\"proposed_by\":\"ann\","                  \
    "\"at\":\"2026-12-21T09:00:00Z\",\"can_agree\":true,\"why_not\":\"\"}],"
#define DUE                                                                                        \
    "{\"date\":\"2026-12-24\",\"weekday\":\"Thursday\",\"zone\":\"UTC\","                          \
    "\"instant\":\"2026-12-24T23:59:59Z\",\"in_words\":\"in 3 working days\",\"overdue\":false}"

static const char *context_text_of(enum staff_page page)
{
    static const char *const texts[STAFF_PAGE_COUNT] = {
        [STAFF_PAGE_WORKLIST] =
            "{" PROPOSALS "\"updates\":[{\"notice\":\"n-c-7\",\"case\":\"c-7\",\"until\":"
            "\"2026-12-21T09:00:00Z\",\"overdue\":true}],"
            "\"written\":[{\"item\":\"i-7\",\"notice\":\"n-c-7\",\"case\":\"c-7\",\"kind\":"
            "\"statement\",\"about\":\"\",\"text\":\"We regret.\",\"ranges\":\"\",\"reason\":\"\","
            "\"actor\":\"ann\",\"sha256\":\"" HASH
            "\",\"state\":\"waiting\",\"settled_by\":\"\",\"at\":\"2026-12-21T09:00:00Z\","
            "\"settled_at\":null}],"
            "\"calendars\":[{\"name\":\"icann\",\"sha256\":\"5d41\",\"proposed_by\":\"ann\","
            "\"at\":\"2026-11-20T08:00:00Z\"}],"
            "\"alarms\":[{\"kind\":\"log\",\"words\":\"an old backup was restored\"}],"
            "\"tasks\":[{\"key\":\"c-7/9/0\",\"kind\":\"publish\",\"case\":\"c-7\",\"letter\":"
            "\"breach\",\"state\":\"dead\",\"attempts\":20,\"error\":\"no room\","
            "\"due_at\":\"2026-12-21T09:00:00Z\"}],\"open_cases\":4,\"notices\":3,\"late_reviews\":"
            "2,\"late_answers\":1,\"approvals\":[{"
            "\"letter\":\"l-31\",\"case\":\"c-7\","
            "\"step\":"
            "\"Notice of breach\",\"party_name\":\"Example Registry Ltd.\",\"drafted_by\":\"ann\","
            "\"sha256\":\"" HASH "\"}],\"mails\":[{\"sha256\":\"" HASH
            "\",\"at\":\"2026-11-24T11:55:19Z\",\"sender\":\"desk@registry.example\",\"subject\":"
            "\"Re: 3rd "
            "notice\",\"case\":\"c-7\"}],\"items\":[{\"case\":\"c-7\",\"party_id\":\"registry-"
            "example\","
            "\"party_name\":\"Example Registry Ltd.\",\"subject\":\".example\",\"obligation\":"
            "\"ra.spec10.dns-service-availability\",\"stage\":\"third "
            "notice\",\"action\":\"escalate\",\"handler\":\"ann\",\"away\":true,"
            "\"deputy\":\"bob\",\"due\":" DUE
            "},{\"case\":\"c-8\",\"party_id\":\"registrar-1234\",\"party_name\":\"Another "
            "Registrar, "
            "Inc.\",\"subject\":\"RDAP\",\"obligation\":\"raa.rdap.availability\",\"stage\":"
            "\"first "
            "notice\",\"action\":\"second "
            "notice\",\"handler\":\"\",\"away\":false,\"deputy\":\"\",\"due\":{\"date\":"
            "\"2026-12-18\",\"weekday\":\"Friday\","
            "\"zone\":\"UTC\",\"instant\":\"2026-12-18T23:59:59Z\",\"in_words\":\"1 working day "
            "ago\","
            "\"overdue\":true}}]}",
        [STAFF_PAGE_MATRIX] =
            "{\"as_of\":\"2026-12-21T09:00:00Z\",\"obligations\":[{\"id\":\"ra.spec10.dns-service-"
            "availability\","
            "\"statement\":\"Two servers "
            "answer\"},{\"id\":\"ra.spec6.dnssec-signed\",\"statement\":"
            "\"Signed\"},{\"id\":\"raa.rdap.availability\",\"statement\":\"RDAP answers\"},{\"id\":"
            "\"ra.spec10.rdds-rtt\",\"statement\":\"In "
            "time\"}],\"parties\":[{\"id\":\"registry-example\","
            "\"name\":\"Example Registry Ltd.\",\"cells\":[{\"verdict\":\"not "
            "met\",\"finding\":\"f-1\"},"
            "{\"verdict\":\"met\",\"finding\":\"f-2\"},{\"verdict\":\"not "
            "applicable\",\"finding\":null},"
            "{\"verdict\":\"undetermined\",\"finding\":\"f-3\"}]},{\"id\":\"registrar-1234\","
            "\"name\":"
            "\"Another Registrar, "
            "Inc.\",\"cells\":[{\"verdict\":\"met\",\"finding\":\"f-4\"},{\"verdict\":"
            "null,\"finding\":null},{\"verdict\":\"met\",\"finding\":\"f-5\"},{\"verdict\":\"met\","
            "\"finding\":"
            "\"f-6\"}]}]}",
        [STAFF_PAGE_PARTY] =
            "{\"id\":\"registry-example\",\"name\":\"Example Registry "
            "Ltd.\",\"kind\":\"registry\",\"iana_id\":"
            "null,\"status\":\"contracted\",\"family\":{\"family\":\"example-group\",\"from_day\":"
            "\"2024-03-01\",\"until_day\":null,\"members\":[{\"party\":\"registrar-1234\",\"name\":"
            "\"Another Registrar, "
            "Inc.\",\"from_day\":\"2025-01-01\",\"until_day\":\"2027-06-01\"}]},\"tlds\":["
            "\"example\",\"xn--p1ai\"],\"contacts\":[{"
            "\"role\":"
            "\"legal\",\"name\":\"B. "
            "Bee\",\"email\":\"legal@registry.example\"}],\"findings\":[{\"id\":"
            "\"f-1\",\"obligation\":\"ra.spec10.dns-service-availability\",\"statement\":\"At "
            "least two "
            "name servers answer.\",\"clause\":\"Spec 10, "
            "2.1\",\"subject\":\".example\",\"verdict\":"
            "\"not "
            "met\",\"observed\":\"2026-12-20T11:02:03Z\"}],\"cases\":[{\"id\":\"c-7\",\"subject\":"
            "\".example\",\"obligation\":\"ra.spec10.dns-service-availability\",\"stage\":\"third "
            "notice\",\"due\":" DUE "}]}",
        [STAFF_PAGE_FINDING] =
            "{\"id\":\"f-1\",\"obligation\":\"ra.spec10.dns-service-availability\",\"statement\":"
            "\"At least "
            "two name servers answer.\",\"clause\":\"Spec 10, 2.1\",\"guidance\":\"Run servers in "
            "two "
            "networks.\",\"cure\":\"Bring two servers "
            "back.\",\"party_id\":\"registry-example\",\"party_name\":"
            "\"Example Registry Ltd.\",\"subject\":\".example\",\"verdict\":\"not "
            "met\",\"reason\":\"seen by "
            "3 of 3 vantage "
            "points\",\"from\":\"2026-12-20T11:02:03Z\",\"until\":\"2026-12-20T11:12:03Z\","
            "\"rulebook\":\"" HASH
            "\",\"codes\":[{\"code\":\"dns.lame\",\"summary\":\"not authoritative\"}],"
            "\"seen_by\":[\"ams\",\"nbo\",\"sin\"],\"evidence\":[{\"id\":\"" HASH
            "\",\"exchanges\":\"3, 4, 9\"}],\"case\":\"c-7\"}",
        [STAFF_PAGE_CASE] =
            "{\"id\":\"c-7\",\"party_id\":\"registry-example\",\"party_name\":\"Example Registry "
            "Ltd.\","
            "\"subject\":\".example\",\"obligation\":\"ra.spec10.dns-service-availability\","
            "\"statement\":"
            "\"At least two name servers answer.\",\"clause\":\"Spec 10, 2.1\",\"stage\":\"third "
            "notice\","
            "\"stage_kind\":\"informal\",\"origin\":\"monitoring (measurement)\",\"due\":" DUE
            ",\"due_trace\":[\"served on 2026-12-17\",\"5 working days\"],\"next\":\"Without an "
            "answer the "
            "case is escalated.\",\"rulebook\":\"" HASH
            "\",\"notice_url\":null,\"can_answer\":true,"
            "\"allegations\":[{\"number\":1,\"obligation\":\"ra.spec10.dns-service-availability\","
            "\"version\":\"2012-06-04\",\"clause\":\"Spec 10, 2.1\",\"statement\":\"Two servers "
            "answer\","
            "\"subjects\":[\".example\"],\"first_day\":\"2026-11-30\",\"last_day\":\"2026-12-01\","
            "\"outcome\":\"open\",\"reason\":\"\"}],\"items\":[{\"number\":1,\"asks\":\"Bring two "
            "servers back.\","
            "\"position\":\"comply\",\"judgement\":\"partial\",\"evidence\":\"" HASH
            "\"}],\"conduct\":{\"cured_late\":true,\"notices\":[{\"step\":\"First notice\","
            "\"served\":\"2026-12-01T10:00:00Z\",\"expires\":\"2026-12-09T00:00:00Z\","
            "\"answered\":null,\"late\":false,\"end\":\"expired\"}]},\"decision\":\"the letter was "
            "served\","
            "\"service\":[{\"letter\":\"l-30\",\"state\":\"sent\",\"next\":\"\",\"attempts\":[{"
            "\"number\":1,"
            "\"channel\":\"courier\",\"to\":\"desk@registry.example\",\"at\":\"2026-12-01T10:00:"
            "00Z\","
            "\"outcome\":\"accepted\",\"words\":\"\",\"proof\":\"RX 1\"}]}]," PROPOSALS
            "\"events\":[{\"seq\":1,\"at\":\"2026-12-01T09:00:00Z\",\"type\":\"opened\","
            "\"summary\":\"work "
            "begins\",\"actor\":\"machine\",\"reason\":\"finding\",\"rule\":\"intake.open\","
            "\"evidence\":[\"" HASH "\"],\"tone\":\"plain\"},{\"seq\":2,\"at\":\"2026-12-01T10:00:"
            "00Z\",\"type\":\"notice-sent\","
            "\"summary\":\"first "
            "notice\",\"actor\":\"ann\",\"reason\":\"\",\"rule\":\"n1.send\",\"evidence\":"
            "[],\"tone\":\"plain\"},{\"seq\":3,\"at\":\"2026-12-09T00:00:00Z\",\"type\":\"deadline-"
            "passed\","
            "\"summary\":\"no "
            "answer\",\"actor\":\"machine\",\"reason\":\"\",\"rule\":\"n1.expired\","
            "\"evidence\":[],\"tone\":\"bad\"},{\"seq\":4,\"at\":\"2026-12-17T08:00:00Z\",\"type\":"
            "\"finding-not-met\",\"summary\":\"still "
            "lame\",\"actor\":\"machine\",\"reason\":\"\",\"rule\":"
            "\"any.measure\",\"evidence\":[],\"tone\":\"bad\"}],\"letters\":[{\"id\":\"l-30\","
            "\"step\":"
            "\"First notice\",\"state\":\"sent\",\"sha256\":\"" HASH "\",\"drafted_by\":\"ann\","
            "\"approved_by\":\"\",\"at\":\"2026-12-01T10:00:00Z\"}],\"findings\":[{\"id\":\"f-1\","
            "\"verdict\":"
            "\"not met\",\"subject\":\".example\",\"observed\":\"2026-12-20T11:02:03Z\"}]}",
        [STAFF_PAGE_LETTER] =
            "{\"id\":\"l-31\",\"case\":\"c-7\",\"step\":\"Notice of breach\",\"state\":\"waits for "
            "approval\","
            "\"to\":\"legal@registry.example\",\"subject\":\"Notice of breach: "
            ".example\",\"message\":"
            "\"From: <compliance@authority.example>\\r\\nTo: "
            "<legal@registry.example>\\r\\nSubject: Notice "
            "of breach: .example\\r\\n\\r\\nDear Example Registry,\\r\\n\\r\\nthe name servers of "
            ".example "
            "do not answer.\\r\\n\",\"sha256\":\"" HASH
            "\",\"drafted_by\":\"ann\",\"approved_by\":\"\","
            "\"sent\":null,\"attempts\":[{\"at\":\"2026-12-21T09:00:00Z\",\"outcome\":\"deferred\","
            "\"text\":"
            "\"450 try "
            "later\"}],\"can_approve\":true,\"why_not\":\"\",\"can_send\":false,\"effect\":"
            "\"serves the notice of breach on Example Registry Ltd. by e-mail and publishes it.\"}",
        [STAFF_PAGE_DONE] = "{\"words\":\"The letter was approved.\",\"back\":\"/letters/l-31\"}",
        [STAFF_PAGE_SESSION] =
            "{\"sessions\":[{\"id\":\"s-0123456789\",\"user\":\"ann\",\"by\":\"password\","
            "\"token\":null,\"address\":\"192.0.2.7\",\"begun_at\":\"2026-12-21T08:00:00Z\","
            "\"seen_at\":\"2026-12-21T09:00:00Z\",\"ends_at\":\"2026-12-21T10:00:00Z\","
            "\"here\":true}]}",
        [STAFF_PAGE_LOGIN] = "{\"failed\":true,\"wait\":true}",
        [STAFF_PAGE_ERROR] = "{\"status\":422,\"words\":\"The approver drafted this letter.\"}",
    };
    return texts[page];
}

/* Words that the page itself reads: these stay. */
static bool is_own_word(const char *key)
{
    static const char *const keys[] = {"verdict", "tone",     "at",     "begun_at", "seen_at",
                                       "ends_at", "observed", "from",   "until",    "sent",
                                       "as_of",   "instant",  "served", "expires",  "answered"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (strcmp(keys[i], key) == 0)
            return true;
    }
    return false;
}

static void replace_texts(json_t *value, const char *foreign)
{
    const char *key;
    json_t *member;
    size_t index;
    if (json_is_array(value)) {
        json_array_foreach(value, index, member)
        {
            if (json_is_string(member))
                json_string_set(member, foreign);
            else
                replace_texts(member, foreign);
        }
    }
    json_object_foreach(value, key, member)
    {
        if (!json_is_string(member))
            replace_texts(member, foreign);
        else if (!is_own_word(key))
            json_string_set(member, foreign);
    }
}

json_t *sample_context(enum staff_page page, const char *foreign)
{
    const char *text = context_text_of(page);
    json_t *context = NULL;
    if (json_parse(text, strlen(text), &context, NULL) < 0)
        abort();
    if (foreign)
        replace_texts(context, foreign);
    return context;
}
