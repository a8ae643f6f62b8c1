#include "app/config.h"

#include "app/monitor/observer.h"
#include "base/text.h"
#include "view/letter.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

enum { CONFIG_FILE_MAX = 256 * 1024 };

struct option {
    const char *key;
    const char *fallback;
    const char *meaning;
    size_t offset;
    int64_t least, most; /* of numbers; both 0 for text */
    bool address;        /* of mail */
};

#define TEXT(field) offsetof(struct config, field), 0, 0, false
#define ADDRESS(field) offsetof(struct config, field), 0, 0, true
#define NUMBER(field, least, most) offsetof(struct config, field), least, most, false

static const struct option options[] = {
    {"public.listen", "127.0.0.1:8080",
     "Address and port of the public door. A socket named `public` that the service manager hands\n"
     "over wins.",
     TEXT(public_listen)},
    {"public.url", "",
     "Address under which the public reaches that door; letters and feeds name it. Empty: the\n"
     "address on which it listens.",
     TEXT(public_url)},
    {"staff.listen", "127.0.0.1:8081",
     "Address and port of the staff door (socket name `staff`). Everybody there needs a token.",
     TEXT(staff_listen)},
    {"staff.certificate", "",
     "PEM file with the certificate of the staff door and those that lead to its CA. With it the "
     "door\n"
     "speaks TLS 1.3 and nothing else. Read anew on SIGHUP. Empty: plain HTTP.",
     TEXT(staff_certificate)},
    {"staff.key", "",
     "PEM file with its key, which its owner alone may read (mode 0600), without a password.",
     TEXT(staff_key)},
    {"staff.client-certificates", "1",
     "1: whoever connects there by TLS is asked for a certificate and may have none, so that "
     "tokens\n"
     "can be bound to one (`user token add --certificate`). Browsers with certificates of their "
     "own\n"
     "then ask which to show; 0: nobody is asked, and such tokens are nobody's.",
     NUMBER(staff_client_certificates, 0, 1)},
    {"staff.proxy", "",
     "Address of the web server with TLS in front of the staff door. From it, and from nobody "
     "else,\n"
     "X-Forwarded-For says who asks and X-Forwarded-Proto whether the cookie is for TLS alone.\n"
     "Empty: browsers come by themselves.",
     TEXT(staff_proxy)},
    {"session.idle", "3600",
     "Seconds after which a session at the staff door ends when nobody came.",
     NUMBER(session_idle_s, 120, 86400)},
    {"session.most", "28800", "Seconds after which a session ends in any case.",
     NUMBER(session_most_s, 120, 86400 * 7)},
    {"dns.hints", "/usr/share/dns/root.hints",
     "File with names and addresses of the root servers, in master-file form.", TEXT(hints)},
    {"dns.trust-anchor", "/usr/share/dns/root.ds",
     "File with the root's DS or DNSKEY records. Without it no chain of trust is judged.",
     TEXT(trust_anchor)},
    {"dns.net-map", "",
     "Laboratories: file with lines `ADDR#PORT ADDR#PORT`, where to send instead.", TEXT(net_map)},
    {"measure.network", "",
     "Laboratories: the network namespace to measure from, as `readlink /proc/self/ns/net` prints "
     "it.\n"
     "In another one nothing is asked and no daemon starts: a laboratory's addresses are "
     "strangers'\n"
     "elsewhere. Empty: from anywhere.",
     TEXT(network)},
    {"http.ca-file", "/etc/ssl/certs/ca-certificates.crt",
     "Certificates that RDAP servers and receivers of hooks are verified against (PEM).",
     TEXT(ca_file)},
    {"reference.url", "",
     "An HTTPS address that answers whenever our own network works; its Date header is compared\n"
     "with our clock.",
     TEXT(reference_url)},
    {"debug", "0",
     "1: lines for developers on standard error too, of the daemon and its processes: where "
     "something\n"
     "failed that is only answered otherwise. No line, with or without, tells of whom or what a "
     "matter is.",
     NUMBER(debug, 0, 1)},
    {"vantage", "local", "Name of this vantage point in findings.", TEXT(vantage)},
    {"measure.every", "0",
     "Seconds between two measurements of one TLD; 0 takes what the rulebook's profiles say.",
     NUMBER(measure_every_s, 0, 86400 * 31)},
    {"measure.at-once", "8",
     "How many TLDs are surveyed side by side. Each address is asked as politely as by one; with\n"
     "more than 8, silent servers that many TLDs share can cost a survey all its time, which then\n"
     "is undetermined.",
     NUMBER(measure_at_once, 1, OBSERVER_AT_ONCE)},
    {"measure.repeat-after", "60",
     "Seconds after which a failure is looked at again, before anybody is written to.",
     NUMBER(repeat_after_s, 1, 86400)},
    {"mail.smtp-host", "127.0.0.1", "Mail server that letters are handed to.", TEXT(smtp_host)},
    {"mail.smtp-port", "25", "Its port.", NUMBER(smtp_port, 1, 65535)},
    {"mail.from", "compliance@localhost",
     "Sender of letters, a bare address; bounces come back to it.", ADDRESS(mail_from)},
    {"complaints.lookups", "1",
     "1: what a machine can see about a complaint that is filed is looked up: whether its names "
     "are\n"
     "registered, by RDAP, and whether a fault of the TLD shows now. 0: nothing is asked because "
     "of a\n"
     "complaint. Without root servers or certificates (dns.hints, http.ca-file) it waits.",
     NUMBER(lookups, 0, 1)},
    {"hooks.resolver", "",
     "Resolver that hosts of hooks are looked up with, `ADDR#PORT` (IPv4). Empty: those of\n"
     "/etc/resolv.conf.",
     TEXT(hook_resolver)},
    {"log.name", "bailiwick.invalid/log",
     "Name of the transparency log: its origin line and key name. Choose it once, for ever.",
     TEXT(log_name)},
    {"log.tick", "3600", "Seconds between two checkpoints.", NUMBER(log_tick_s, 1, 86400)},
};

enum { OPTION_COUNT = sizeof options / sizeof *options };
_Static_assert(OPTION_COUNT <= 64, "one bit each in read_line()");

static int assign(struct config *config, const struct option *option, const char *value,
                  struct arena *arena, struct error_detail *detail)
{
    unsigned char *field = (unsigned char *)config + option->offset;
    if (option->most) {
        int64_t number;
        int result = text_parse_int(value, option->least, option->most, &number);
        if (result < 0)
            return error_set(detail, result, "%s: '%s' is not a whole number from %lld to %lld",
                             option->key, value, (long long)option->least, (long long)option->most);
        memcpy(field, &number, sizeof number);
        return 0;
    }
    if (option->address && !letter_address_valid(value))
        return error_set(detail, ERR_SYNTAX, "%s: '%s' is not a bare mail address, as in '%s'",
                         option->key, value, option->fallback);
    const char *copy = arena_copy_text(arena, value);
    if (!copy)
        return ERR_NO_MEMORY;
    memcpy(field, &copy, sizeof copy);
    return 0;
}

static const struct option *find_option(const char *key)
{
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        if (strcmp(options[i].key, key) == 0)
            return &options[i];
    }
    return NULL;
}

/* Cuts blanks from both ends, in place. */
static char *trim(char *text)
{
    while (*text == ' ' || *text == '\t')
        text++;
    size_t size = strlen(text);
    while (size && (text[size - 1] == ' ' || text[size - 1] == '\t' || text[size - 1] == '\r'))
        text[--size] = '\0';
    return text;
}

/* `seen` has a bit for each option that stood in the file before. */
static int read_line(struct config *config, char *line, uint64_t *seen, struct arena *arena,
                     struct error_detail *detail)
{
    line = trim(line);
    if (!*line || *line == '#')
        return 0;
    char *equals = strchr(line, '=');
    if (!equals)
        return error_set(detail, ERR_SYNTAX, "expected `key = value`, found '%s'", line);
    *equals = '\0';
    const char *key = trim(line);
    const struct option *option = find_option(key);
    if (!option)
        return error_set(detail, ERR_SYNTAX,
                         "unknown option '%s'; `bailiwick config` prints all of them", key);
    uint64_t bit = UINT64_C(1) << (option - options);
    if (*seen & bit)
        return error_set(detail, ERR_SYNTAX, "the option '%s' stands twice", key);
    *seen |= bit;
    return assign(config, option, trim(equals + 1), arena, detail);
}

int config_load(const char *path, struct arena *arena, struct config *ret_config,
                struct error_detail *detail)
{
    struct config config = {0};
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        int result = assign(&config, &options[i], options[i].fallback, arena, detail);
        if (result < 0)
            return result;
    }
    if (path) {
        struct buffer text BUFFER_CLEANUP = {0};
        buffer_init(&text, CONFIG_FILE_MAX);
        int result = buffer_load_file(&text, path);
        if (result < 0)
            return error_set(detail, result, "%s: %s", path, error_text(result));
        if (memchr(text.data, '\0', text.size))
            return error_set(detail, ERR_SYNTAX, "%s: holds a NUL byte: not a text file", path);
        int number = 1;
        uint64_t seen = 0;
        for (char *line = (char *)text.data, *next; line; line = next, number++) {
            next = strchr(line, '\n');
            if (next)
                *next++ = '\0';
            result = read_line(&config, line, &seen, arena, detail);
            if (result < 0)
                return error_context(detail, result, "%s:%d", path, number);
        }
    }
    *ret_config = config;
    return 0;
}

void config_print_example(struct buffer *out)
{
    buffer_append_text(
        out, "# Configuration of Bailiwick. Every option stands here with its default.\n");
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        buffer_append_text(out, "\n# ");
        for (const char *at = options[i].meaning; *at; at++) {
            buffer_append_byte(out, (uint8_t)*at);
            if (*at == '\n')
                buffer_append_text(out, "# ");
        }
        buffer_printf(out, "\n#%s = %s\n", options[i].key, options[i].fallback);
    }
}
