/* What of a telephone call goes on record: how it came out and the role of who was spoken to, never
 * a name or a number. */
#ifndef BAILIWICK_MODEL_CALL_H
#define BAILIWICK_MODEL_CALL_H

enum call_outcome {
    CALL_NOTED, /* a note about a call; it proves nothing */
    CALL_NOT_REACHED,
    CALL_REACHED,
};

#define CALL_ROLE_LIST(E)                                                                          \
    E(NONE, "")                                                                                    \
    E(COMPLIANCE, "compliance")                                                                    \
    E(LEGAL, "legal")                                                                              \
    E(ABUSE, "abuse")                                                                              \
    E(TECHNICAL, "technical")                                                                      \
    E(MANAGEMENT, "management")                                                                    \
    E(FRONT_DESK, "front-desk")                                                                    \
    E(OTHER, "other")

enum call_role {
#define E(name, text) CALL_ROLE_##name,
    CALL_ROLE_LIST(E)
#undef E
        CALL_ROLE_COUNT
};

const char *call_outcome_text(enum call_outcome outcome);                 /* "" for a note */
int call_outcome_parse(const char *text, enum call_outcome *ret_outcome); /* ERR_SYNTAX */

const char *call_role_text(enum call_role role);                 /* "" for none */
int call_role_parse(const char *text, enum call_role *ret_role); /* ERR_SYNTAX */

#endif
