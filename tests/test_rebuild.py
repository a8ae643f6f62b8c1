#!/usr/bin/env python3
"""`rebuild --check`: agrees with what the program wrote, and names each column that somebody changed."""
import json
import pathlib
import sqlite3
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from support import Tally, read_options, scratch, store_with_law  # noqa: E402

NOW = "2027-01-04T09:00:00Z"
REGISTRARS = "ID,Registrar Name,Status,RDAP Base URL\n9001,Example Names Ltd,Accredited,\n"
# column of the projection -> a wrong value and the field that must be named
WRONG = {"stage": ("'notice3'", "stage"), "stage_kind": ("'breach'", "stage_kind"),
         "seq": ("seq + 1", "seq"), "due_at": ("due_at + 1000000", "due_at"),
         "updated_at": ("updated_at - 1", "updated_at"), "closure": ("'fees-paid'", "closure"),
         "published": ("1 - published", "published"), "closed_at": ("1", "closed")}


def main():
    options = read_options(__doc__)
    tally = Tally()
    with scratch() as place:
        folder = pathlib.Path(place)
        call = store_with_law(options.binary, folder, "--now", NOW)
        (folder / "registrars.csv").write_text(REGISTRARS)
        call("party", "import", "--registrars", folder / "registrars.csv", user="ada")
        call("case", "open", "--party", "registrar-9001", "--obligation",
             "raa.3.18.2-dns-abuse-mitigation", "--violation", user="anna")
        words = json.loads(call("rebuild", "--check", "--json"))
        tally.equal(words, {"differences": [], "cases": 1}, "an untouched store agrees")
        for column, (value, field) in WRONG.items():
            store = sqlite3.connect(folder / "data/store.db")
            before = store.execute(f"SELECT {column} FROM case_file").fetchone()[0]
            store.execute(f"UPDATE case_file SET {column} = {value}")
            store.commit()
            found = json.loads(call("rebuild", "--check", "--json", expect=(1,)))["differences"]
            tally.equal([row["field"] for row in found], [field], f"a changed {column} is named")
            store.execute(f"UPDATE case_file SET {column} = ?", (before,))
            store.commit()
            store.close()
        tally.equal(json.loads(call("rebuild", "--check", "--json"))["differences"], [],
                    "the store agrees again")
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
