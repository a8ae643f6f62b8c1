#!/usr/bin/env python3
"""The named statements: none walks a table that grows, and every list has one order only.

A new store of the newest schema is asked for its plan of each statement (EXPLAIN QUERY PLAN). What walks
a whole table or sorts it must stand below with the reason why it may. Whatever is ordered is ordered to
its end: the columns that a statement compares with a value and those that it orders by hold a unique key
of the table, so that pages never repeat or lose a row."""
import pathlib
import re
import sqlite3
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "src/store")]
from embed_sql import read_statements  # noqa: E402
from support import Tally, read_options  # noqa: E402

# Tables that hold few rows however long a store lives.
SMALL = {"calendar", "meta", "counter", "rulebook", "person", "log_tree", "log_plan", "log_checkpoint", "open_cases"}
# Statements that may walk a table.
MAY_SCAN = {
    "approval_list": "sorts the few of one letter",
    "attempt_list_begun": "along an index of those under way, which are few",
    "case_last": "once, when the daemon starts",
    "case_list_due": "along an index that holds it in this order; stops at its limit",
    "hook_count_failing": "for the metrics: as many as users have, a few each",
    "hook_count_state": "the same",
    "hook_recover": "once, when the daemon starts, along an index of those that wait",
    "finding_latest_again": "for `rebuild`, which reads everything",
    "finding_latest_wrong": "for `rebuild --check`, which reads everything",
    "finding_list": "along an index by time, newest first: a person's question",
    "finding_list_latest": "along an index by time, newest first, for the matrix",
    "lookup_answer_bytes": "sorts the few of one complaint",
    "lookup_answer_of": "the same",
    "measurement_unjudged": "along an index of those that wait; stops at its limit",
    "measurement_window": "sorts as many as its limit has let through",
    "opening_list_lost": "for `log verify`, which reads everything",
    "opening_number": "the two levels of heads, looked into one by one",
    "opening_number_waiting": "what came since the last tick",
    "notice_item_list": "along an index by time: a person's question",
    "notice_item_list_waiting": "along an index of those that wait",
    "publication_list_party": "sorts the notices of one party",
    "proposal_list": "for one case, or for those that wait",
    "calendar_list": "sorts a small table",
    "case_count": "for who waits for a `rebuild`, which reads everything",
    "complaint_count": "the same",
    "cluster_sorted": "the end of the table's own tree",
    "draw_last": "the same",
    "sketch_bucket_count": "for `rebuild --check`, which reads everything",
    **{f"lost_{what}": "for `rebuild`, which reads everything" for what in ("case", "deadline", "link", "complaint", "join", "look")},
    "receipt_attempt_list_begun": "along an index of those under way, which are few",
    "receipt_forget_old": "along an index of those of the last day",
    "restriction_forget": "along an index of those whose time was not over, which are few",
    "rulebook_current": "sorts a small table",
    "rulebook_list": "sorts a small table",
}
# Statements whose order holds no key of one table.
MAY_TIE = {
    "opening_head_at": "the key of the table, of one level",
    "case_count_open": "the key of the table",
    "retention_list": "the key of complaints, which the first table that it names is not",
    "finding_latest_wrong": "a union without doubles, ordered by all its columns",
}


def read_sql():
    for path in sorted((ROOT / "src/store/sql").glob("*.sql")):
        if path.name != "sqlite.sql":
            yield from read_statements(path)


def new_store():
    store = sqlite3.connect(":memory:", isolation_level=None)
    for path in sorted((ROOT / "src/store/sql/migrations").glob("*.sql")):
        store.executescript(path.read_text())
    return store


def plan_of(store, text):
    values = {str(n): 1 for n in range(1, 26)}
    return [row[3] for row in store.execute(f"EXPLAIN QUERY PLAN {text}", values)]


def unique_keys(store, table):
    for _, index, unique, *_ in store.execute(f"PRAGMA index_list({table})").fetchall():
        names = [row[2] for row in store.execute(f"PRAGMA index_info({index})")]
        if unique and None not in names:
            yield set(names)
    yield {row[1] for row in store.execute(f"PRAGMA table_info({table})") if row[5]}


def faults_of(text, step):
    """What is wrong with one step of a plan, unless the statement may do it."""
    found = re.match(r"(SCAN|SEARCH) (?:TABLE )?(\w+)(.*)", step)
    if "TEMP B-TREE" in step:
        return "sorts"
    if not found or found[2] in SMALL or found[2] in ("CONSTANT", "later"):
        return ""
    if found[1] == "SCAN" or "(" not in found[3]:
        return "walks a table"
    # A filter that may be missing is no condition of a search: the rows between are all read.
    if " OR " in text and "=?" not in found[3]:
        return "walks past what a filter leaves out"
    return ""


def check_plans(tally, store, statements):
    needed = set()
    for name, text in statements:
        if not re.match(r"SELECT|INSERT|UPDATE|DELETE", text):
            continue
        for step in plan_of(store, text):
            fault = faults_of(text, step)
            needed |= {name} if fault else set()
            tally.check(not fault or name in MAY_SCAN, f"{name} {fault}", step)
    tally.equal(sorted(set(MAY_SCAN) - needed), [], "who may walk does")


def check_orders(tally, store, statements):
    for name, text in statements:
        found = re.search(r"FROM (\w+)\b.*ORDER BY (.+?)(?: LIMIT .*)?$", text)
        if not text.startswith("SELECT") or not found or name in MAY_TIE:
            continue
        table, order = found[1], found[2]
        names = {re.sub(r"^\w+\.", "", term.split()[0]) for term in order.split(",")}
        names |= set(re.findall(r"(\w+) = \$\d+", text.split(" ORDER BY ")[0]))
        if " JOIN " in text:
            table = re.findall(r" JOIN (\w+)", text)[-1]
        tally.check(any(key <= names for key in unique_keys(store, table)), f"{name} has one order only",
                    f"ordered by {order}")


def main():
    read_options(__doc__)
    tally, store, statements = Tally(), new_store(), list(read_sql())
    tally.check(len(statements) > 80, "the statements are found", len(statements))
    check_plans(tally, store, statements)
    check_orders(tally, store, statements)
    tally.equal(sorted(set(MAY_TIE) - {name for name, _ in statements}), [], "what may tie is there")
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
