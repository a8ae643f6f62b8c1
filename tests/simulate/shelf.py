"""The SQLite file, read table by table for many cases at once."""
import collections
import json
import pathlib
import sqlite3

MAPPED = 8 << 30   # bytes of the file that are read as memory

# Each asks for the cases in `?`, an object of their ids and how many events of them are known (a.key, a.value).
EVENTS = ("SELECT e.case_id, e.seq, e.type, e.at, e.actor, e.reason, e.evidence, e.data, e.entry, o.key, o.json, (SELECT COUNT(*) FROM log_place p JOIN log_entry l ON l.number = p.number"
          " WHERE p.opening = o.number AND l.entry = e.entry)"
          " + (SELECT COUNT(*) FROM log_waiting w WHERE w.opening = o.number) AS logged"
          " FROM json_each(?) a CROSS JOIN case_event e ON e.case_id = a.key AND e.seq > a.value"
          " LEFT JOIN opening o ON o.number = e.opening AND o.entry = e.entry")
LETTERS = "SELECT l.case_id, l.id, l.kind, l.sha256, l.state FROM json_each(?) a CROSS JOIN letter l ON l.case_id = a.key"
BYTES = "SELECT l.case_id, l.id, l.bytes FROM json_each(?) a CROSS JOIN letter l ON l.case_id = a.key"
ATTEMPTS = ("SELECT l.case_id, t.letter, t.number, t.ended_at, t.phase FROM json_each(?) a CROSS JOIN letter l ON l.case_id = a.key"
            " CROSS JOIN letter_attempt t ON t.letter = l.id")
APPROVALS = ("SELECT l.case_id, p.sha256, p.approver FROM json_each(?) a CROSS JOIN letter l ON l.case_id = a.key"
             " CROSS JOIN approval p ON p.letter = l.id")
RUNNING = ("SELECT d.case_id, d.due_at FROM json_each(?) a CROSS JOIN deadline d ON d.case_id = a.key"
           " WHERE d.state = 'running'")
COMPLAINTS = ("SELECT k.case_id, k.object FROM json_each(?) a CROSS JOIN case_link k ON k.case_id = a.key"
              " WHERE k.kind = 'complaint'")
TELLING = ("SELECT a.key AS case_id, o.state, o.error FROM json_each(?) a"
           " CROSS JOIN outbox o ON o.key >= a.key || '/' AND o.key < a.key || '0' WHERE o.kind = 'tell-complainant'")
PROPOSALS = ("SELECT p.case_id FROM json_each(?) a CROSS JOIN case_proposal p ON p.case_id = a.key"
             " WHERE p.state = 'waiting'")
PUBLICATIONS = ("SELECT p.case_id, p.state, p.next_update_due FROM json_each(?) a"
                " CROSS JOIN publication p ON p.case_id = a.key")

# The other cases of a matter, in two parts because there is an index for those that are open and one for the rest.
MATTER = " UNION ALL ".join("SELECT id, opened_at, closed_at FROM case_file WHERE party = ?1 AND obligation = ?2 AND subject = ?3"
                            f" AND id <> ?4 AND closed_at {part} 0" for part in ("=", "<>"))


class Shelf:
    def __init__(self, data, mode="ro"):
        self.db = open_store(data, mode)
        self.db.execute(f"PRAGMA mmap_size = {MAPPED}")

    def rows(self, query, *values):
        return self.db.execute(query, values).fetchall()

    def one(self, query, *values):
        return self.db.execute(query, values).fetchone()

    def of(self, cases, query):
        """Id of a case -> its rows, as dictionaries; none for a case without."""
        cursor, found = self.db.cursor(), collections.defaultdict(list)
        cursor.row_factory = None
        cursor.execute(query, (json.dumps({case.id: case.count for case in cases}),))
        names = [column[0] for column in cursor.description]
        place = names.index("case_id")
        for row in cursor:
            found[row[place]].append(dict(zip(names, row)))
        return found


def open_store(data, mode="ro"):
    db = sqlite3.connect(f"file:{pathlib.Path(data) / 'store.db'}?mode={mode}", uri=True, isolation_level=None)
    db.row_factory = sqlite3.Row
    return db
