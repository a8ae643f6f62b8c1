#!/usr/bin/env python3
"""`simulate`, in short: some months of casework violate nothing, give the same report for the same seed also
when the run is killed and goes on, and another authority's rulebook goes through its own ladder."""
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as xml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "simulate"))
import schema as schemas  # noqa: E402
from checker import check  # noqa: E402
from shelf import open_store  # noqa: E402
from test_checker import silent_registrars  # noqa: E402
from support import ROOT, Tally, read_options, run, scratch  # noqa: E402

SMALL = ("--registrars", "100", "--registries", "50", "--until", "2022-10-01")


def simulate(options, data, *words, expect=(0,)):
    return run([options.binary, "simulate", "--data", data, "--json", *SMALL, *words], expect=expect).stdout


def kill_and_go_on(options, folder, whole, tally):
    """Killed wherever it happens to be, a few times; the report of what goes on is that of the whole."""
    data, kills = folder / "cut", 0
    words = [options.binary, "simulate", "--data", data, "--json", *SMALL, "--seed", str(options.seed)]
    while kills < 3:
        going = subprocess.Popen([*map(str, words), *(["--resume"] if kills else [])], stdout=subprocess.DEVNULL)
        while going.poll() is None and days_done(data) < 20 * (kills + 1):
            time.sleep(0.01)
        going.kill()
        going.wait()
        kills += 1
    tally.equal(run([*words, "--resume"]).stdout, whole, "killed three times, the same bytes")
    tally.equal(check(data, ROOT / "rulebook/icann", json.loads(whole)), [], "and nothing is violated")


def days_done(data):
    if not (data / "store.db").exists():
        return 0
    try:
        db = open_store(data)
        rows = db.execute("SELECT value FROM meta WHERE key = 'simulation'").fetchall()
        db.close()
        return json.loads(rows[0]["value"])["day"] - 19144 if rows else 0
    except Exception:  # noqa: BLE001 - it is being made right now
        return 0


def who_is_away_does_nothing(data, tally):
    """Whoever said so by `user absent` acts in no case on those days."""
    db = open_store(data)
    rows = list(db.execute("SELECT person, from_day, until_day, deputy FROM absence"))
    away = {(row["person"], day) for row in rows for day in range(row["from_day"], row["until_day"])}
    acts = {(row["actor"], row["day"]) for row in db.execute("SELECT actor, at / 86400000000 AS day FROM case_event")}
    db.close()
    weeks = {row["from_day"] // 7 for row in rows}
    tally.check(len(weeks) >= 10 and any(person.startswith("analyst") for person, _ in acts), "people go away, others work",
                (len(rows), len(weeks)))
    tally.equal(sorted(acts & away)[:3], [], "who is away does nothing")
    tally.equal([dict(row) for row in rows if (row["deputy"], row["from_day"]) in away], [], "and who stands in is there")


def what_if(options, folder, first, tally):
    """A second notice of three days, on the same seed, beside the process as it is."""
    law, report, picture = folder / "three.yaml", folder / "first.json", folder / "two.svg"
    report.write_text(first)
    law.write_text(re.sub(r"(\{id: second, label: 2nd notice, n: )5", r"\g<1>3",
                          (ROOT / "rulebook/icann/process.yaml").read_text()))
    words = ("--seed", str(options.seed), "--process", law)
    told = json.loads(simulate(options, folder / "three", *words, "--beside", report, "--picture", picture))
    tally.equal(schemas.faults(told, schemas.load("simulate.json"))[:3], [], "the report fits its schema")
    tally.equal(check(folder / "three", ROOT / "rulebook/icann", told, process=law), [], "nor does a trial violate anything")
    rows = {(row["party"], row["figure"]): row for row in told["beside"]}
    for party in ("registrar", "registry"):
        tally.equal(rows[party, "first"]["one"], rows[party, "first"]["other"], f"{party}: the same came in")
        for figure in ("second", "third"):
            sums = [sum(row[figure] for row in which["months"] if row["party"] == party) for which in (json.loads(first), told)]
            tally.equal([rows[party, figure][side] for side in ("one", "other")], sums, f"{party}: {figure} is that of the reports")
    texts = [text.text for text in xml.parse(picture).getroot().iter("{http://www.w3.org/2000/svg}text")]
    tally.equal(texts.count("second"), 2, "the picture has both kinds of party")
    tally.check(str(law) in texts and str(report) in texts, "and says what stands beside what")


def what_if_refuses(options, folder, tally):
    """Two days, which are founded in a moment; each time anew."""
    report, bad = folder / "short.json", folder / "bad.json"
    bad.write_text("{")

    def short(seed, *words):
        with tempfile.TemporaryDirectory(dir=folder) as place:
            return subprocess.run([*map(str, (options.binary, "simulate", "--json", "--data", place + "/data", *SMALL[:4],
                                              "--until", "2022-06-03", "--seed", seed, *words))], capture_output=True, text=True)
    report.write_text(short(1).stdout)
    for seed, words, fault in ((1, ("--beside", folder / "no.json"), "no.json': No such file"),
                               (1, ("--beside", bad), f"report '{bad}'"),
                               (2, ("--beside", report), "the report to set beside has other seed"),
                               (1, ("--beside", report, "--picture", folder / "no/two.svg"), "no/two.svg: No such file")):
        done = short(seed, *words)
        tally.check(done.returncode not in (0, 1) and fault in done.stderr, f"told: {fault}", done.stderr)


def refuses(options, folder, tally):
    """A run goes on as what it was, or not at all."""
    data, seed = folder / "first", ("--seed", str(options.seed))
    other = folder / "other.yaml"
    other.write_text((ROOT / "simulate/population.yaml").read_text() + "# another\n")
    process = folder / "process.yaml"
    process.write_text((ROOT / "rulebook/icann/process.yaml").read_text() + "# another\n")
    for words, what in ((("--seed", str(options.seed + 1)), "seed"), ((*seed, "--registrars", "101"), "registrars"),
                        ((*seed, "--registries", "51"), "registries"), ((*seed, "--years", "2"), "years"),
                        ((*seed, "--population", other), "population"), ((*seed, "--process", process), "rulebook"),
                        ((*seed, "--rulebook", ROOT / "rulebook/cctld-example"), "rulebook")):
        kept = [part for i in range(0, len(SMALL), 2) if SMALL[i] not in words for part in SMALL[i:i + 2]]
        done = subprocess.run([*map(str, (options.binary, "simulate", "--data", data, *kept, *words, "--resume"))],
                              capture_output=True, text=True)
        tally.check(done.returncode not in (0, 1) and f"was simulated with other {what}\n" in done.stderr,
                    f"another {' '.join(map(str, words[-2:]))} is refused", done.stderr)
    simulate(options, data, *seed, expect=(2, 3, 4))
    tally.check(True, "a store that is there is not written over")


def another_authority(options, folder, tally):
    law, data = ROOT / "rulebook/cctld-example", folder / "cctld"
    report = json.loads(simulate(options, data, "--rulebook", law, "--registrars", "400", "--population",
                                 silent_registrars(folder)))
    tally.equal(check(data, law, report), [], "the other rulebook violates nothing")
    for figure in ("first", "second", "out_of_scope", "breach", "termination"):
        tally.check(sum(row[figure] for row in report["months"]), f"the other ladder: {figure}")
    db = open_store(data)
    texts = [bytes(row["bytes"]).decode() for row in db.execute("SELECT bytes FROM letter")]
    db.close()
    texts += [path.read_text() for path in (data / "public").rglob("*")
              if path.suffix in (".html", ".json", ".atom")]
    named = [text[:80] for text in texts if re.search(r"\b(ICANN|gTLD|RAA)\b", text)]
    tally.equal(named[:3], [], "no letter or page speaks of another authority")


def who_works_first_has_the_case(data, tally):
    """Each case that was not turned away at once has one analyst, who was there that day."""
    db = open_store(data)
    given = list(db.execute("SELECT case_id, actor, at / 86400000000 AS day FROM case_event WHERE type = 'assigned'"))
    away = {(row["person"], day) for row in db.execute("SELECT person, from_day, until_day FROM absence")
            for day in range(row["from_day"], row["until_day"])}
    handlers = {row["id"]: row["handler"] for row in db.execute("SELECT id, handler FROM case_file")}
    worked = {row["case_id"] for row in db.execute("SELECT case_id FROM case_event WHERE type = 'notice-sent'")}
    db.close()
    tally.check(given, "cases are assigned")
    tally.equal([row["case_id"] for row in given if row["actor"] != handlers[row["case_id"]]
                 or not row["actor"].startswith("analyst-")][:3], [], "the analyst who began with it is its handler")
    tally.equal(len({row["case_id"] for row in given}), len(given), "once")
    tally.equal([row["case_id"] for row in given if (row["actor"], row["day"]) in away][:3], [], "who is away gets none")
    tally.equal(sorted(worked - {row["case_id"] for row in given})[:3], [], "no letter goes out in a case that nobody has")


def main():
    options = read_options(__doc__)
    tally = Tally()
    with scratch() as place:
        folder = pathlib.Path(place)
        seed = ("--seed", str(options.seed))
        first = simulate(options, folder / "first", *seed)
        tally.equal(simulate(options, folder / "again", *seed), first, "the same seed, the same bytes")
        who_is_away_does_nothing(folder / "first", tally)
        who_works_first_has_the_case(folder / "first", tally)
        other = simulate(options, folder / "other", "--seed", str(options.seed + 1))
        tally.check(other != first, "another seed, other months")
        months = json.loads(first)["months"]
        tally.equal(len(months), 8, "a row for each month and kind of party")
        for figure in ("received", "out_of_scope", "first", "second", "closed"):
            tally.check(sum(row[figure] for row in months) > 0, f"something was {figure}")
        tally.equal(check(folder / "first", ROOT / "rulebook/icann", json.loads(first)), [], "nothing is violated")
        kill_and_go_on(options, folder, first, tally)
        another_authority(options, folder, tally)
        run([options.binary, "rebuild", "--check", "--data", folder / "first"])
        tally.check(True, "the projections agree with the events")
        what_if(options, folder, first, tally)
        what_if_refuses(options, folder, tally)
        refuses(options, folder, tally)
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
