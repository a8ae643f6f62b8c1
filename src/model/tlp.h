/* How far what somebody told may go: the labels of the Traffic Light Protocol, version 2.0 (FIRST,
 * August 2022). Who told it chooses; without a label the rules of access/ alone count.
 *
 * Here RED and AMBER+STRICT keep free words and exhibits in the house; with AMBER and less they go
 * to the party that has to act, where who complained agreed to it. Nothing of a complaint is
 * published, whatever its label. */
#ifndef BAILIWICK_MODEL_TLP_H
#define BAILIWICK_MODEL_TLP_H

#include <stdbool.h>

/* From the strictest on. */
#define TLP_LIST(E)                                                                                \
    E(RED, "red")                   /* for those alone who were told */                            \
    E(AMBER_STRICT, "amber+strict") /* for their organisation */                                   \
    E(AMBER, "amber")               /* and for whom it has to act with */                          \
    E(GREEN, "green")               /* for the community */                                        \
    E(CLEAR, "clear")               /* for everybody */

enum tlp {
#define E(name, text) TLP_##name,
    TLP_LIST(E)
#undef E
        TLP_COUNT
};
const char *tlp_text(enum tlp label);
int tlp_parse(const char *text, enum tlp *ret_label); /* ERR_SYNTAX */

/* Whether what bears it may leave the organisation that was told, as far as the label goes. */
bool tlp_may_leave(enum tlp label);

/* The strictest label that stands in a line of text, as "TLP:AMBER+STRICT" in the subject of a mail
 * (TLP 2.0, section 2b), in whatever case and with a blank behind the colon or none. TLP:WHITE, of
 * version 1, is CLEAR. TLP_COUNT for none. */
enum tlp tlp_find(const char *line);

#endif
