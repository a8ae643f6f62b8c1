/* Runs one survey and prints its exchanges: for looking at the laboratory by hand and for
 * measuring how long a survey takes. Not installed.
 *
 *   survey_try TARGET HINTS [--rdap URL DOMAIN] [--ca FILE] [--reference URL] [--times N]
 *              [--prober yes]   through a prober process in its sandbox */
#include "base/clock.h"
#include "base/frame.h"
#include "measure/prober.h"
#include "measure/survey.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static struct bytes load(struct buffer *buffer, const char *path)
{
    buffer_init(buffer, SURVEY_PLAN_MAX);
    if (buffer_load_file(buffer, path) < 0)
        fprintf(stderr, "survey_try: cannot read %s\n", path);
    return (struct bytes){buffer->data, buffer->size};
}

static void print_exchange(const struct exchange *exchange)
{
    char address[NET_ADDRESS_TEXT];
    printf("%4u %-11s %-8s %-11s %-28s %-28s start %6.1f ms, took %7.2f ms, tries %u, got %zu",
           exchange->id, exchange_purpose_text(exchange->purpose),
           exchange_kind_text(exchange->kind), exchange_outcome_text(exchange->outcome),
           exchange->server, net_address_format(&exchange->address, address),
           (double)exchange->started_us / 1000, (double)exchange->elapsed_us / 1000,
           exchange->tries, exchange->received.size);
    if (exchange->url)
        printf(" %s %s verify %d chain %zu", exchange->url,
               exchange->tls_version ? exchange->tls_version : "-", exchange->tls_verify,
               exchange->chain_count);
    printf("\n");
}

/* Asks a prober in a child; the measurement must not differ in kind. */
static int run_in_prober(const struct survey_plan *plan)
{
    struct buffer body BUFFER_CLEANUP;
    struct arena arena ARENA_CLEANUP;
    struct measurement measurement;
    struct error_detail detail = {0};
    int ends[2], result;
    uint32_t kind = 0;
    buffer_init(&body, PROBER_NUMBER_SIZE + MEASUREMENT_ENCODED_MAX);
    buffer_append(&body, "\0\0\0\0", PROBER_NUMBER_SIZE);
    arena_init(&arena, 256 * 1024 * 1024);
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
        return 4;
    pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        _exit(prober_main(ends[1], ends[1]) < 0);
    }
    close(ends[1]);
    result = survey_plan_encode(plan, &body);
    if (result >= 0)
        result = frame_write(ends[0], PROBER_FRAME_SURVEY, body.data, body.size);
    if (result >= 0)
        result = frame_read(ends[0], &kind, &body);
    if (result >= 0 && kind == PROBER_FRAME_MEASUREMENT)
        result = measurement_decode(body.data + PROBER_NUMBER_SIZE, body.size - PROBER_NUMBER_SIZE,
                                    &arena, &measurement, &detail);
    close(ends[0]);
    waitpid(child, NULL, 0);
    if (result < 0 || kind != PROBER_FRAME_MEASUREMENT) {
        fprintf(stderr, "survey_try: prober: %s %s\n", error_words(&detail, result),
                kind == PROBER_FRAME_FAILURE ? buffer_text(&body) + PROBER_NUMBER_SIZE : "");
        return 1;
    }
    for (size_t i = 0; i < measurement.exchange_count; i++)
        print_exchange(&measurement.exchanges[i]);
    return 0;
}

static int run_once(struct surveyor *surveyor, const struct survey_plan *plan, bool print)
{
    struct arena arena ARENA_CLEANUP;
    struct buffer encoded BUFFER_CLEANUP;
    struct clock clock;
    struct measurement measurement;
    struct error_detail detail = {0};
    arena_init(&arena, 256 * 1024 * 1024);
    buffer_init(&encoded, MEASUREMENT_ENCODED_MAX);
    clock_init(&clock);
    int64_t start = clock_mono();
    int result = surveyor_run(surveyor, plan, &arena, &clock, &measurement, &detail);
    int64_t middle = clock_mono();
    if (result >= 0)
        result = measurement_encode(&measurement, &encoded);
    int64_t end = clock_mono();
    if (result < 0) {
        fprintf(stderr, "survey_try: %s\n", error_words(&detail, result));
        return 1;
    }
    for (size_t i = 0; print && i < measurement.exchange_count; i++)
        print_exchange(&measurement.exchanges[i]);
    printf("%zu servers, %zu exchanges, survey %.2f ms, encoding %.2f ms, %zu bytes\n",
           measurement.server_count, measurement.exchange_count, (double)(middle - start) / 1000,
           (double)(end - middle) / 1000, encoded.size);
    return 0;
}

int main(int argc, char **argv)
{
    struct buffer hints BUFFER_CLEANUP, ca BUFFER_CLEANUP;
    struct survey_plan plan = {.vantage = "here", .tool = "survey_try"};
    struct surveyor *surveyor = NULL;
    int times = 1, result = 0;
    bool prober = false;
    buffer_init(&ca, 1);
    if (argc < 3)
        return 2;
    plan.target = argv[1];
    plan.hints = load(&hints, argv[2]);
    for (int i = 3; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--rdap") == 0 && i + 2 < argc) {
            plan.rdap_url = argv[i + 1];
            plan.rdap_domain = argv[i + 2];
            i++;
        } else if (strcmp(argv[i], "--ca") == 0) {
            plan.ca = load(&ca, argv[i + 1]);
        } else if (strcmp(argv[i], "--reference") == 0) {
            plan.reference_url = argv[i + 1];
        } else if (strcmp(argv[i], "--prober") == 0) {
            prober = true;
        } else if (strcmp(argv[i], "--times") == 0) {
            sscanf(argv[i + 1], "%d", &times);
        }
    }
    if (prober)
        return run_in_prober(&plan);
    if (surveyor_new(&surveyor) < 0)
        return 4;
    for (int i = 0; i < times && !result; i++)
        result = run_once(surveyor, &plan, /* print= */ times == 1);
    surveyor_free(surveyor);
    return result;
}
