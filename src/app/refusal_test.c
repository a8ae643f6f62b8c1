/* What each command and question refuses, and the words: a person must be able to tell from them
 * what to do instead. On a real store and under the rulebook that ships. */
#include "app/command.h"

#include "app/letters/drafting.h"
#include "app/query.h"
#include "app_world.h"
#include "base/civil.h"
#include "base/digest.h"
#include "refusal.h"
#include "store/case.h"
#include "store/letter.h"
#include "store/party.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#define START INT64_C(1799053200000000) /* 2027-01-04T09:00:00Z, a Monday */
#define NOBODYS "0000000000000000000000000000000000000000000000000000000000000000"
#define COUNT(list) (sizeof(list) / sizeof *(list))

struct world {
    char folder[APP_FOLDER_ROOM];
    struct app app;
    struct arena arena;
    const char *case_id;     /* of the registry that can be written to, at its first notice */
    const char *silent_case; /* of the one without a contact */
    char sha256[DIGEST_HEX]; /* of the letter drafted last */
    char letter[64];         /* its id */
};

static const struct actor anna = {
    .id = "anna", .roles = ROLE_ANALYST | ROLE_APPROVER | ROLE_PUBLISHER | ROLE_ADMINISTRATOR};

static void put_nouns(struct world *world)
{
    static const char *const ids[] = {"registry-reachable", "registry-silent"};
    const char *role = "analyst";
    const struct contact contact = {.party = ids[0],
                                    .role = "compliance",
                                    .name = "Compliance",
                                    .email = "compliance@reachable.example"};
    const struct tld free_of_contract = {
        .name = "beta", .tld_class = TLD_GENERIC, .party = "", .rdap_url = ""};
    for (size_t i = 0; i < COUNT(ids); i++) {
        const struct party party = {.id = ids[i],
                                    .kind = PARTY_REGISTRY,
                                    .name = ids[i],
                                    .status = "contracted",
                                    .rdap_url = ""};
        const struct agreement agreement = {.party = ids[i],
                                            .family = "ra",
                                            .version = "current",
                                            .subject = "alpha",
                                            .from = CIVIL_FAR_PAST,
                                            .until = CIVIL_FAR_FUTURE};
        assert_int_equal(store_party_put(world->app.store, &party), 0);
        assert_int_equal(store_agreement_put(world->app.store, &agreement), 0);
    }
    assert_int_equal(store_contact_put(world->app.store, &contact), 0);
    assert_int_equal(store_tld_put(world->app.store, &free_of_contract), 0);
    app_world_put_user(&world->app, "anna", role, "", START);
}

/* Runs a command that must work; its answer. */
static json_t *run(struct world *world, const char *name, json_t *arguments)
{
    JSON_CLEANUP json_t *mine = arguments;
    struct error_detail detail = {0};
    json_t *result = NULL;
    const struct command_request request = {name, anna, mine, /* file= */ NULL};
    if (command_run_alone(&world->app, &request, &result, &detail) < 0)
        fail_msg("%s: %s", name, detail.text);
    return result;
}

static const char *open_case(struct world *world, const char *party)
{
    JSON_CLEANUP json_t *result =
        run(world, "case.open",
            json_pack("{s:s, s:s, s:s, s:b}", "party", party, "obligation",
                      "ra.spec10.dns-service-availability", "subject", "alpha", "violation", 1));
    return arena_copy_text(&world->arena, json_text(result, "case"));
}

static void draft(struct world *world, const char *letter)
{
    JSON_CLEANUP json_t *result =
        run(world, "case.draft", json_pack("{s:s, s:s}", "case", world->case_id, "letter", letter));
    snprintf(world->sha256, sizeof world->sha256, "%s", json_text(result, "sha256"));
    snprintf(world->letter, sizeof world->letter, "%s", json_text(result, "letter"));
}

static int make_world(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    struct error_detail detail = {0};
    app_world_open(world->folder, START, &world->app);
    arena_init(&world->arena, 16 << 20);
    assert_int_equal(store_begin(world->app.store), 0);
    app_world_put_law(&world->app);
    put_nouns(world);
    assert_int_equal(store_commit(world->app.store), 0);
    assert_int_equal(app_load_rulebook(&world->app, &detail), 0);
    world->case_id = open_case(world, "registry-reachable");
    world->silent_case = open_case(world, "registry-silent");
    draft(world, "notice1");
    *state = world;
    return 0;
}

static int end_world(void **state)
{
    struct world *world = *state;
    app_world_close(&world->app, world->folder);
    arena_done(&world->arena);
    free(world);
    return 0;
}

/* --- tables --- */

struct refused {
    const char *name;
    const char *arguments; /* JSON; the values in capitals stand for the world's (arguments_of()) */
    int code;
    const char *words;
};

static json_t *arguments_of(const struct world *world, const char *text)
{
    const char *const known[][2] = {{"CASE", world->case_id},
                                    {"SILENT", world->silent_case},
                                    {"BYTES", world->sha256},
                                    {"LETTER", world->letter}};
    json_t *arguments = NULL, *value;
    const char *key;
    assert_int_equal(json_parse(text, strlen(text), &arguments, NULL), 0);
    json_object_foreach(arguments, key, value)
    {
        for (size_t i = 0; json_is_string(value) && i < COUNT(known); i++) {
            if (strcmp(json_string_value(value), known[i][0]) == 0) {
                json_string_set(value, known[i][1]);
                break;
            }
        }
    }
    return arguments;
}

static void expect_command(struct world *world, const struct refused *row)
{
    JSON_CLEANUP json_t *arguments = arguments_of(world, row->arguments);
    struct error_detail detail = {0};
    json_t *result = NULL;
    const struct command_request request = {row->name, anna, arguments, /* file= */ NULL};
    assert_refused(command_run_alone(&world->app, &request, &result, &detail), row->code, &detail,
                   row->words);
    assert_null(result);
}

static void expect_commands(struct world *world, const struct refused *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        expect_command(world, &rows[i]);
}

static void expect_question(struct world *world, const struct refused *row)
{
    JSON_CLEANUP json_t *arguments = arguments_of(world, row->arguments);
    struct error_detail detail = {0};
    json_t *result = NULL;
    assert_refused(query_run(&world->app, row->name, arguments, &result, &detail), row->code,
                   &detail, row->words);
    assert_null(result);
}

/* --- commands --- */

static void steps_of_cases_are_refused_with_words(void **state)
{
    static const struct refused rows[] = {
        {"case.adopt", "{\"case\":\"CASE\"}", ERR_SYNTAX,
         "case.adopt: the argument 'sha256' is missing"},
        {"case.adopt", "{\"case\":\"CASE\",\"sha256\":\"xyz\"}", ERR_SYNTAX,
         "case.adopt: 'xyz' is no SHA-256 (64 hexadecimal digits)"},
        {"case.adopt", "{\"case\":\"CASE\",\"sha256\":\"" NOBODYS "\"}", ERR_NOT_FOUND,
         " has no letter with the bytes " NOBODYS},
        {"case.approve", "{\"case\":\"c-none\",\"sha256\":\"" NOBODYS "\"}", ERR_NOT_FOUND,
         "case.approve: case c-none: there is no case 'c-none'"},
        {"case.send", "{\"case\":\"CASE\",\"sha256\":\"BYTES\"}", ERR_REFUSED,
         "the letter 'notice1' opens no step of its own"},
        {"case.judge", "{\"case\":\"CASE\",\"judgement\":\"fine\"}", ERR_SYNTAX,
         "an answer is adequate, partial or inadequate, not 'fine'"},
        {"case.record", "{\"case\":\"CASE\",\"event\":\"dance\"}", ERR_SYNTAX,
         "unknown event 'dance'"},
        {"case.record", "{\"case\":\"CASE\",\"event\":\"opened\"}", ERR_REFUSED,
         "'opened' is not recorded by hand"},
        {"case.record", "{\"case\":\"CASE\",\"event\":\"extended\",\"until\":\"soon\"}", ERR_SYNTAX,
         "'soon' is no date (2026-11-24)"},
        {"case.record", "{\"case\":\"CASE\",\"event\":\"reopened\"}", ERR_REFUSED,
         "case.record: case c-"},
        {"case.record", "{\"case\":\"CASE\",\"event\":\"cured\"}", ERR_REFUSED,
         "'cured' in stage 'notice1' is refused: the process does not list it"},
        {"case.answer", "{\"case\":\"CASE\",\"text\":\"\"}", ERR_LIMIT,
         "an answer has 1 to 65536 bytes"},
    };
    expect_commands(*state, rows, COUNT(rows));
}

/* Refuses ada2, whose token was handed out a moment after everything here was made. */
static void expect_called_up(struct world *world, const char *command, json_t *arguments,
                             const char *words)
{
    const struct actor called = {.id = "ada2", .roles = ROLE_APPROVER, .since = START + 1};
    const struct command_request request = {command, called, arguments, /* file= */ NULL};
    struct error_detail detail = {0};
    json_t *result = NULL;
    assert_refused(command_run_alone(&world->app, &request, &result, &detail), ERR_REFUSED, &detail,
                   words);
}

static void invariant_8_nobody_is_called_up_to_approve(void **state)
{
    struct world *world = *state;
    const struct actor in_time = {.id = "bert", .roles = ROLE_APPROVER, .since = START};
    json_t *result = NULL;
    draft(world, "escalated");
    JSON_CLEANUP json_t *arguments =
        json_pack("{s:s, s:s}", "case", world->case_id, "sha256", world->sha256);
    expect_called_up(world, "case.approve", arguments,
                     "ada2 got a token after the letter was made, and is no second person for it");
    const struct command_request request = {"case.approve", in_time, arguments, /* file= */ NULL};
    assert_int_equal(command_run_alone(&world->app, &request, &result, NULL), 0);
    json_decref(result);
}

static void a_criterion_that_nobody_knows_is_refused(void **state)
{
    static const struct refused row = {
        "case.send", "{\"case\":\"CASE\",\"sha256\":\"BYTES\",\"criterion\":\"mood\"}", ERR_SYNTAX,
        "unknown criterion 'mood'"};
    draft(*state, "escalated");
    expect_command(*state, &row);
}

#define DUTY "\"obligation\":\"ra.spec10.dns-service-availability\""

static void matters_that_cannot_be_opened_say_why(void **state)
{
    static const struct refused rows[] = {
        {"case.open", "{\"party\":\"registry-none\"," DUTY "}", ERR_NOT_FOUND,
         "there is no party 'registry-none'"},
        {"case.open", "{\"party\":\"registry-silent\"," DUTY ",\"origin\":\"rumour\"}", ERR_SYNTAX,
         "'rumour' is no origin: complaint, monitoring or audit"},
        {"case.open", "{\"party\":\"registry-silent\"," DUTY ",\"source\":\"dream\"}", ERR_SYNTAX,
         "'dream' is no source of monitoring"},
        {"case.open", "{\"party\":\"registry-silent\",\"obligation\":\"ra.none\"}", ERR_NOT_FOUND,
         "the rulebook knows no obligation 'ra.none'"},
    };
    expect_commands(*state, rows, COUNT(rows));
}

static void letters_that_cannot_be_written_say_why(void **state)
{
    static const struct refused rows[] = {
        {"case.draft", "{\"case\":\"CASE\",\"letter\":\"ode\"}", ERR_NOT_FOUND,
         ": the rulebook has no letter 'ode' in English"},
        {"case.draft", "{\"case\":\"SILENT\",\"letter\":\"notice1\"}", ERR_REFUSED,
         "the party has no contact to write to"},
    };
    expect_commands(*state, rows, COUNT(rows));
}

static void a_case_has_only_so_many_letters(void **state)
{
    static const struct refused row = {"case.draft", "{\"case\":\"CASE\",\"letter\":\"notice1\"}",
                                       ERR_LIMIT, " has 999 letters already"};
    struct world *world = *state;
    assert_int_equal(store_begin(world->app.store), 0);
    for (int i = 0; i < 998; i++) {
        char id[40];
        snprintf(id, sizeof id, "l-%03d", i);
        const struct store_letter letter = {.id = id,
                                            .case_id = world->case_id,
                                            .kind = "notice1",
                                            .message_id = id,
                                            .recipient = "x@y.example",
                                            .subject = "",
                                            .drafted_by = "anna",
                                            .sha256 = digest_of("x", 1),
                                            .bytes = {(const uint8_t *)"x", 1}};
        assert_int_equal(store_letter_put(world->app.store, &letter), 0);
    }
    assert_int_equal(store_commit(world->app.store), 0);
    expect_command(world, &row);
}

/* A rulebook with a letter that no stage announces: nobody could say what it demands by when. */
static void put_law_with_remark(struct world *world)
{
    static const char before[] = "letters: [inquiry,", after[] = "letters: [remark, inquiry,";
    struct rulebook_tree tree RULEBOOK_TREE_CLEANUP = {0}, changed RULEBOOK_TREE_CLEANUP = {0};
    static struct tree_file files[TREE_FILES_MAX];
    struct buffer process BUFFER_CLEANUP = {0};
    buffer_init(&process, TREE_FILE_MAX);
    assert_int_equal(rulebook_tree_read(RULEBOOK_SOURCE_DIR, &tree, NULL), 0);
    for (size_t i = 0; i < tree.count; i++) {
        files[i] = tree.files[i];
        if (strcmp(files[i].path, "process.yaml") != 0)
            continue;
        const char *text = (const char *)files[i].data;
        const char *at = memmem(text, files[i].size, before, sizeof before - 1);
        assert_non_null(at);
        buffer_append(&process, text, (size_t)(at - text));
        buffer_append_text(&process, after);
        at += sizeof before - 1;
        buffer_append(&process, at, files[i].size - (size_t)(at - text));
        files[i] = (struct tree_file){"process.yaml", process.data, process.size};
    }
    files[tree.count] = *rulebook_tree_find(&tree, "letters/notice1/en.md");
    files[tree.count].path = "letters/remark/en.md";
    assert_int_equal(rulebook_tree_make(files, tree.count + 1, &changed, NULL), 0);
    app_world_put_tree(&world->app, &changed);
}

static void a_letter_of_no_stage_is_not_written(void **state)
{
    static const struct refused row = {"case.draft", "{\"case\":\"CASE\",\"letter\":\"remark\"}",
                                       ERR_NOT_FOUND,
                                       ": the process has no stage with the letter 'remark'"};
    struct world world = {.silent_case = ""};
    (void)state;
    app_world_open(world.folder, START, &world.app);
    arena_init(&world.arena, 1 << 20);
    assert_int_equal(store_begin(world.app.store), 0);
    put_law_with_remark(&world);
    put_nouns(&world);
    assert_int_equal(store_commit(world.app.store), 0);
    assert_int_equal(app_load_rulebook(&world.app, NULL), 0);
    world.case_id = open_case(&world, "registry-reachable");
    expect_command(&world, &row);
    arena_done(&world.arena);
    app_world_close(&world.app, world.folder);
}

#define RESEND(arguments) "letter.resend", "{\"letter\":\"LETTER\"" arguments "}"

/* Nobody stands behind it, unlike what a person drafts. */
static void draft_as_machine(struct world *world)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    const struct actor machine = command_machine();
    assert_int_equal(store_begin(world->app.store), 0);
    assert_int_equal(casefile_open(&world->app, world->case_id, &file, NULL), 0);
    assert_true(drafting_write(&file, "notice1", &machine, NULL) > 0);
    assert_int_equal(store_commit(world->app.store), 0);
    snprintf(world->letter, sizeof world->letter, "%s-l002", world->case_id);
}

/* As if a mail server had said no to the letter drafted last. */
static void put_attempt(struct world *world)
{
    struct store_attempt ended = {
        .letter = world->letter, .ended_at = START, .phase = ATTEMPT_REFUSED, .reply = "550"};
    assert_int_equal(store_begin(world->app.store), 0);
    assert_int_equal(store_attempt_begin(world->app.store, world->letter,
                                         "compliance@reachable.example", START, &ended.number),
                     0);
    assert_int_equal(store_attempt_end(world->app.store, &ended), 0);
    assert_int_equal(store_commit(world->app.store), 0);
}

static void letters_that_cannot_go_out_again_say_why(void **state)
{
    static const struct refused unknown = {"letter.resend", "{\"letter\":\"l-none\"}",
                                           ERR_NOT_FOUND, "there is no letter 'l-none'"},
                                nobodys = {RESEND(), ERR_REFUSED, "nobody stands behind letter c-"},
                                stranger = {RESEND(",\"to\":\"x@y.example\""), ERR_REFUSED,
                                            "'x@y.example' is no contact of registry-reachable; "
                                            "import it first"},
                                under_way = {RESEND(), ERR_REFUSED, " is on its way"},
                                other = {RESEND(), ERR_REFUSED, " is not the one that case c-"};
    struct world *world = *state;
    expect_command(world, &unknown);
    draft_as_machine(world);
    expect_command(world, &nobodys);
    draft(world, "notice1");
    expect_command(world, &stranger);
    expect_command(world, &under_way); /* it was not tried even once */
    put_attempt(world);
    json_decref(run(world, "letter.resend", json_pack("{s:s}", "letter", world->letter)));
    expect_command(world, &under_way); /* asked for twice */
    draft(world, "escalated");
    expect_command(world, &other);
}

static void users_are_refused_with_words(void **state)
{
    static const struct refused rows[] = {
        {"user.add", "{\"id\":\"eve\",\"roles\":[]}", ERR_SYNTAX, "a user has 1 to 32 roles"},
        {"user.add", "{\"id\":\"eve\",\"roles\":[\"king\"]}", ERR_SYNTAX, "unknown role 'king'"},
        {"user.add", "{\"id\":\"Eve!\",\"roles\":[\"analyst\"]}", ERR_SYNTAX,
         "'Eve!': an id has 1 to 63 of a-z"},
        {"user.add", "{\"id\":\"complainant\",\"roles\":[\"analyst\"]}", ERR_SYNTAX,
         "is none of 'machine', 'founder' and 'complainant'"},
        {"user.add", "{\"id\":\"anna\",\"roles\":[\"analyst\"]}", ERR_CONFLICT,
         "the user 'anna' is there already"},
    };
    struct world *world = *state;
    struct error_detail detail = {0};
    struct actor actor;
    expect_commands(world, rows, COUNT(rows));
    assert_refused(command_actor(&world->app, "guessed", &actor, &detail), ERR_DENIED, &detail,
                   "this token is nobody's");
    assert_refused(command_actor(&world->app, NULL, &actor, &detail), ERR_DENIED, &detail,
                   "who is acting? Say --token FILE");
}

#define CONTACTS(rows) "{\"contacts\":\"Kind,ID,Name,Role,E-mail\\n" rows "\"}"

#define GOOD "registrar,9,N,r,e@x.example\\n"
#define LONG                                                                                       \
    "abcdefghijklmnopqrstuvwxyzabcdef" /* twice is all that RFC 5321 lets stand before the @ */
#define BAD_ADDRESS "contacts: line 3: the e-mail address is none that mail can be sent to"
#define CONTROL "contacts: line 3: ID, name or role holds a control character"

static void files_to_import_are_refused_by_name(void **state)
{
    static const struct refused rows[] = {
        {"party.import", CONTACTS("broker,1,N,r,e@x.example\\n"), ERR_SYNTAX,
         "contacts: line 2: kind 'broker' is neither registry nor registrar"},
        {"party.import", CONTACTS("registry,beta,N,r,e@x.example\\n"), ERR_NOT_FOUND,
         "contacts: the TLD 'beta' has no contracted party"},
        {"party.import", CONTACTS("registrar,7,N,r,e@x.example\\n"), ERR_NOT_FOUND,
         "contacts: no party 'registrar-7'"},
        {"party.import", CONTACTS(GOOD "registrar,7,N,r,e x@x.example\\n"), ERR_SYNTAX,
         BAD_ADDRESS},
        {"party.import", CONTACTS(GOOD "registrar,7,N,r,\\\"e@x.example\\r\\nBcc: a@x\\\"\\n"),
         ERR_SYNTAX, BAD_ADDRESS},
        {"party.import", CONTACTS(GOOD "registrar,7,N,r,e\\u0001@x.example\\n"), ERR_SYNTAX,
         BAD_ADDRESS},
        {"party.import", CONTACTS(GOOD "registrar,7,N,r,-e@x.example\\n"), ERR_SYNTAX, BAD_ADDRESS},
        {"party.import", CONTACTS(GOOD "registrar,7,N,r,x.example\\n"), ERR_SYNTAX, BAD_ADDRESS},
        {"party.import", CONTACTS(GOOD "registrar,7,N,r,\\n"), ERR_SYNTAX, BAD_ADDRESS},
        {"party.import", CONTACTS(GOOD "registrar,7,N,r," LONG LONG "a@x.example\\n"), ERR_SYNTAX,
         BAD_ADDRESS},
        {"party.import", CONTACTS(GOOD "registrar,7,N\\u001b,r,e@x.example\\n"), ERR_SYNTAX,
         CONTROL},
        {"party.import", CONTACTS(GOOD "registrar,7,N,r\\u007f,e@x.example\\n"), ERR_SYNTAX,
         CONTROL},
        {"party.import", CONTACTS(GOOD "registrar,\\u009b,N,r,e@x.example\\n"), ERR_SYNTAX,
         CONTROL},
        {"party.import", "{\"contacts\":\"\"}", ERR_DAMAGED, "contacts: the last line is cut off"},
        {"party.import", "{\"rdap_bootstrap\":\"{}\"}", ERR_SYNTAX,
         "rdap_bootstrap: no array 'services': not an RDAP bootstrap registry"},
        {"party.import", "{\"registrars\":\"x\\n\"}", ERR_SYNTAX, "registrars: line 1: "},
    };
    expect_commands(*state, rows, COUNT(rows));
}

#define ROOT_ZONE                                                                                  \
    ".\\t86400\\tIN\\tSOA\\ta.root-servers.net. nstld.example. 2027010400 1800 900 604800 "        \
    "86400\\n"                                                                                     \
    ".\\t86400\\tIN\\tNSEC\\tgamma. NS SOA RRSIG NSEC DNSKEY\\n"                                   \
    "gamma.\\t172800\\tIN\\tNS\\tns.gamma.\\n"                                                     \
    "gamma.\\t86400\\tIN\\tNSEC\\t. NS RRSIG NSEC\\n"

/* The root zone of the day before the TLD that is there; whoever confirms another number may have
 * read another file. */
static void removals_are_confirmed_by_their_number(void **state)
{
    static const struct refused row = {
        "party.import", "{\"root_zone\":\"" ROOT_ZONE "\",\"confirm_removals\":7}", ERR_REFUSED,
        "1 of 1 TLDs would be removed (beta), which is not the number that was confirmed: look "
        "with "
        "--dry-run; if they are meant to go, add --confirm-removals 1"};
    expect_command(*state, &row);
}

static void too_many_contacts_are_refused(void **state)
{
    struct world *world = *state;
    struct buffer text BUFFER_CLEANUP = {0};
    struct error_detail detail = {0};
    json_t *result = NULL;
    buffer_init(&text, 8 << 20);
    buffer_append_text(&text, "Kind,ID,Name,Role,E-mail\n");
    for (int i = 0; i <= 200000; i++)
        buffer_append_text(&text, "registrar,7,N,r,e@x.example\n");
    JSON_CLEANUP json_t *arguments = json_pack("{s:s}", "contacts", buffer_text(&text));
    const struct command_request request = {"party.import", anna, arguments, /* file= */ NULL};
    assert_refused(command_run_alone(&world->app, &request, &result, &detail), ERR_LIMIT, &detail,
                   "contacts: more than 200000 contacts");
}

/* --- rulebooks --- */

static json_t *archive_of(const struct rulebook_tree *tree)
{
    struct buffer bytes BUFFER_CLEANUP = {0};
    buffer_init(&bytes, 2 * TREE_BYTES_MAX);
    assert_int_equal(rulebook_tree_encode(tree, &bytes), 0);
    size_t room = BASE64_ROOM(bytes.size);
    char *text = malloc(room);
    assert_non_null(text);
    base64_format(bytes.data, bytes.size, text, room);
    json_t *arguments = json_pack("{s:s}", "tree", text);
    free(text);
    return arguments;
}

static void expect_archive(struct world *world, const char *command, json_t *arguments, int code,
                           const char *words)
{
    struct error_detail detail = {0};
    json_t *result = NULL;
    const struct command_request request = {command, anna, arguments, /* file= */ NULL};
    assert_refused(command_run_alone(&world->app, &request, &result, &detail), code, &detail,
                   words);
}

static void rulebooks_are_adopted_by_two_people(void **state)
{
    struct world *world = *state;
    struct rulebook_tree tree RULEBOOK_TREE_CLEANUP = {0};
    assert_int_equal(rulebook_tree_read(RULEBOOK_SOURCE_DIR, &tree, NULL), 0);
    JSON_CLEANUP json_t *whole = archive_of(&tree);
    expect_archive(world, "rulebook.adopt", whole, ERR_REFUSED,
                   " was not proposed by anybody; adoption needs two people");
    json_decref(run(world, "rulebook.propose", json_incref(whole)));
    assert_int_equal(app_world_told(&world->app, "rulebook-proposed", "anna"), 1);
    expect_archive(world, "rulebook.adopt", whole, ERR_REFUSED,
                   "anna proposed this version; a second person has to adopt it");
    expect_called_up(world, "rulebook.adopt", whole,
                     "ada2 got a token after the proposal was made");
}

static void archives_that_hold_no_law_say_why(void **state)
{
    struct world *world = *state;
    struct rulebook_tree tree RULEBOOK_TREE_CLEANUP = {0};
    const struct tree_file file = {"rulebook.yaml", (const uint8_t *)"id: x\n", 6};
    assert_int_equal(rulebook_tree_make(&file, 1, &tree, NULL), 0);
    JSON_CLEANUP json_t *part = archive_of(&tree);
    JSON_CLEANUP json_t *odd = json_pack("{s:s}", "tree", "!!!!");
    expect_archive(world, "rulebook.propose", odd, ERR_SYNTAX,
                   "rulebook.propose: the rulebook's archive: malformed input");
    expect_archive(world, "rulebook.propose", part, ERR_SYNTAX,
                   "rulebook.propose: process.yaml:1:1: the file is missing\n");
}

/* --- questions --- */

static void questions_are_refused_with_words(void **state)
{
    static const struct refused rows[] = {
        {"case.sing", "{}", ERR_NOT_FOUND, "no question 'case.sing'"},
        {"case.show", "{}", ERR_SYNTAX, "the argument 'case' is missing"},
        {"case.show", "{\"case\":\"c-none\"}", ERR_NOT_FOUND, "there is no case 'c-none'"},
        {"letter.show", "{\"letter\":\"l-none\"}", ERR_NOT_FOUND, "there is no letter 'l-none'"},
        {"obligation.list", "{\"as_of\":\"soon\"}", ERR_SYNTAX, "'soon' is no date (2026-11-24)"},
        {"obligation.list", "{\"party\":\"registry-none\"}", ERR_NOT_FOUND,
         "there is no party 'registry-none'"},
        {"obligation.show", "{\"obligation\":\"ra.none\"}", ERR_NOT_FOUND,
         "the rulebook has no obligation 'ra.none'"},
        {"complaint.types", "{\"language\":\"xx\"}", ERR_NOT_FOUND,
         "the rulebook has no complaint in 'xx'"},
        {"complaint.type", "{}", ERR_SYNTAX, "the argument 'type' is missing"},
        {"complaint.type", "{\"type\":\"noise\"}", ERR_NOT_FOUND,
         "the rulebook has no type of complaint 'noise'"},
        {"complaint.type", "{\"type\":\"transfer\",\"language\":\"xx\"}", ERR_NOT_FOUND,
         "the rulebook has no complaint in 'xx'"},
        {"complaint.list", "{\"state\":\"closed\"}", ERR_SYNTAX,
         "'closed' is no state of a complaint"},
        {"complaint.list", "{\"after\":\"aaaa\"}", ERR_SYNTAX,
         "'aaaa' is no reference of a complaint"},
        {"complaint.show", "{\"complaint\":\"aaaa-aaaa-aaab\"}", ERR_SYNTAX,
         "'aaaa-aaaa-aaab' is no reference of a complaint: a sign is wrong or missing"},
        {"complaint.show", "{\"complaint\":\"AAAA AAAA AAAA\"}", ERR_NOT_FOUND,
         "there is no complaint aaaa-aaaa-aaaa"},
        {"complaint.scope", "{\"complaint\":\"aaaaaaaaaaaa\"}", ERR_NOT_FOUND,
         "there is no complaint aaaa-aaaa-aaaa"},
        {"complaint.exhibit", "{}", ERR_SYNTAX, "the argument 'complaint' is missing"},
        {"complaint.follow", "{\"token\":\"x\"}", ERR_NOT_FOUND, "this link leads to no complaint"},
        {"deadline.compute", "{\"rule\":\"notice1\",\"service\":\"soon\"}", ERR_SYNTAX,
         "'soon' is no RFC 3339 time"},
        {"deadline.compute", "{\"rule\":\"none\",\"service\":\"2027-01-04T09:00:00Z\"}",
         ERR_NOT_FOUND, "the process has no rule 'none'"},
        {"desk.user", "{\"token_sha256\":\"xyz\"}", ERR_SYNTAX, "'xyz' is no SHA-256"},
        {"desk.user", "{\"token_sha256\":\"" NOBODYS "\"}", ERR_NOT_FOUND,
         "this token is nobody's of the staff"},
        {"desk.letter", "{\"letter\":\"l-none\",\"user\":\"anna\"}", ERR_NOT_FOUND,
         "there is no letter 'l-none'"},
        {"desk.worklist", "{\"user\":\"eve\"}", ERR_DENIED, "there is no active user 'eve'"},
        {"desk.party", "{\"party\":\"registry-none\"}", ERR_NOT_FOUND,
         "there is no party 'registry-none'"},
        {"desk.finding", "{\"finding\":\"f-none\"}", ERR_NOT_FOUND, "there is no finding 'f-none'"},
        {"mail.list", "{\"after\":\"xyz\"}", ERR_SYNTAX,
         "'xyz' is no SHA-256 (64 hexadecimal digits)"},
        {"mail.show", "{\"mail\":\"" NOBODYS "\"}", ERR_NOT_FOUND, "there is no mail " NOBODYS},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        expect_question(*state, &rows[i]);
}

static void a_letter_whose_bytes_are_no_text_is_not_shown(void **state)
{
    static const struct refused row = {"desk.letter", "{\"letter\":\"l-odd\",\"user\":\"anna\"}",
                                       ERR_DAMAGED, "the bytes of letter l-odd are not text"};
    struct world *world = *state;
    const struct store_letter letter = {.id = "l-odd",
                                        .case_id = world->case_id,
                                        .kind = "notice1",
                                        .message_id = "l-odd",
                                        .recipient = "x@y.example",
                                        .subject = "",
                                        .drafted_by = "anna",
                                        .sha256 = digest_of("\xff", 1),
                                        .bytes = {(const uint8_t *)"\xff", 1}};
    assert_int_equal(store_begin(world->app.store), 0);
    assert_int_equal(store_letter_put(world->app.store, &letter), 0);
    assert_int_equal(store_commit(world->app.store), 0);
    expect_question(world, &row);
}

/* --- before there is anything --- */

static void without_a_rulebook_both_say_what_to_do(void **state)
{
    static const struct refused question = {"obligation.list", "{}", ERR_UNAVAILABLE,
                                            "no rulebook is adopted yet; see 'bailiwick rulebook"};
    static const struct refused command = {"case.open", "{\"party\":\"p\",\"obligation\":\"o\"}",
                                           ERR_UNAVAILABLE,
                                           "case.open: no rulebook is adopted yet"};
    struct world world = {.case_id = "", .silent_case = ""};
    (void)state;
    app_world_open(world.folder, START, &world.app);
    expect_question(&world, &question);
    expect_command(&world, &command);
    app_world_close(&world.app, world.folder);
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, make_world, end_world)

TEST_MAIN(IN_WORLD(steps_of_cases_are_refused_with_words),
          IN_WORLD(invariant_8_nobody_is_called_up_to_approve),
          IN_WORLD(a_criterion_that_nobody_knows_is_refused),
          IN_WORLD(matters_that_cannot_be_opened_say_why),
          IN_WORLD(letters_that_cannot_be_written_say_why),
          IN_WORLD(a_case_has_only_so_many_letters),
          cmocka_unit_test(a_letter_of_no_stage_is_not_written),
          IN_WORLD(letters_that_cannot_go_out_again_say_why),
          IN_WORLD(users_are_refused_with_words), IN_WORLD(removals_are_confirmed_by_their_number),
          IN_WORLD(files_to_import_are_refused_by_name), IN_WORLD(too_many_contacts_are_refused),
          IN_WORLD(rulebooks_are_adopted_by_two_people),
          IN_WORLD(archives_that_hold_no_law_say_why), IN_WORLD(questions_are_refused_with_words),
          IN_WORLD(a_letter_whose_bytes_are_no_text_is_not_shown),
          cmocka_unit_test(without_a_rulebook_both_say_what_to_do))
