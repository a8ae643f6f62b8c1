#include "conformance.h"

int main(void)
{
    int failures = conformance_nouns();
    failures += conformance_cases();
    failures += conformance_complaints();
    failures += conformance_log();
    failures += conformance_lookups();
    return failures;
}
