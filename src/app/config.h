/* Configuration: one table of options, read from a file of `key = value` lines.
 *
 * The table is the only list: defaults, the commented example file (`bailiwick config`) and error
 * messages come from it. Unknown keys are refused with file and line, so that a typing error never
 * silently keeps a default. */
#ifndef BAILIWICK_APP_CONFIG_H
#define BAILIWICK_APP_CONFIG_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

struct config {
    const char *public_listen; /* "127.0.0.1:8080" */
    const char *staff_listen;
    const char *staff_certificate, *staff_key; /* PEM files; both "": plain HTTP */
    int64_t staff_client_certificates;         /* 1: who connects is asked for one */
    const char *staff_proxy;                   /* address of the web server in front; "": none */
    int64_t session_idle_s, session_most_s;
    const char *public_url; /* that letters and feeds name; "": as it listens */
    const char *hints;      /* file with the root servers */
    const char *trust_anchor;
    const char *ca_file;
    const char *reference_url;
    const char *net_map;
    const char *network; /* the only network namespace to measure from, "net:[N]"; "": any */
    const char *vantage;
    int64_t debug; /* 1: lines of LOG_LEVEL_DEBUG too */
    const char *smtp_host;
    int64_t smtp_port;
    const char *mail_from;
    int64_t lookups;           /* 1: what can be seen about a complaint is looked up */
    const char *hook_resolver; /* address and port; "": the system's */
    const char *log_name;      /* key name and origin of the transparency log */
    int64_t log_tick_s;
    int64_t measure_every_s; /* 0: as the rulebook's profiles say */
    int64_t measure_at_once; /* surveys side by side */
    int64_t repeat_after_s;  /* how soon a failure is looked at again */
};

/* Defaults, then the file when `path` is not NULL. Texts live in the arena. */
int config_load(const char *path, struct arena *arena, struct config *ret_config,
                struct error_detail *detail);

/* The example file: every option with its default and what it means. */
void config_print_example(struct buffer *out);

#endif
