/* The conformance suite: what every backend of the store must do. One program, several files. */
#ifndef BAILIWICK_TESTS_STORE_CONFORMANCE_H
#define BAILIWICK_TESTS_STORE_CONFORMANCE_H

#define SCENE_TEST(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)

/* Each returns the number of failures. */
int conformance_nouns(void);
int conformance_cases(void);
int conformance_complaints(void);
int conformance_log(void);
int conformance_lookups(void);

#endif
