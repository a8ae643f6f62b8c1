/* The earlier letters of a case as a later one recites them: sent when, due when, and what came. It
 * is read from the case's events, so that a letter says what the record says. */
#ifndef BAILIWICK_APP_CASEWORK_CHRONOLOGY_H
#define BAILIWICK_APP_CASEWORK_CHRONOLOGY_H

#include "app/casework/casefile.h"

/* A list of {date, step, deadline, outcome}, one for each letter that was served; `deadline` is ""
 * where none ran and follows an extension, `outcome` words of the catalogue, "" while nothing came
 * and time remains. The caller owns the list. */
int chronology_make(struct casefile *file, json_t **ret_list, struct error_detail *detail);

#endif
