#!/usr/bin/env python3
"""TLDs measured and judged per second, against zonemaster-cli on the same servers in the same run.

  ./dev bench dns [--seed N] [--rounds N]

A healthy lab; each of its nine TLDs is tested by turns by both programs, one after the other:

  process       a process per TLD: `bailiwick check TLD`, DNS and DNSSEC only, and zonemaster-cli
                with those test cases that ask what our checks ask (CASES)
  modules       the same of ours; zonemaster-cli with whole modules (MODULES)
  with-rdap     as `process`, but ours looks at RDAP over TLS and at the reference host as well
  all           all TLDs in one process: `bailiwick check --all` with RDAP and an imported store,
                and Zonemaster's engine in one Perl process, with its cache

Both sides must find every TLD without fault, else there is no figure. Wall and processor seconds are
for all nine TLDs, the median of the rounds; a ratio is the peer's seconds divided by ours.
"""
import argparse
import json
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "shared"))
sys.path.insert(0, str(HERE.parent / "tests/story"))
from figures import Cost, Figures, Wrong, cost_of, median, run_main  # noqa: E402
from program import ROOT, Lab, Program  # noqa: E402

# Test cases with the question of one of our checks (`bailiwick check --list` names the counterparts);
# basic01 and basic02 run always. They are chosen by a profile: naming each on the command line makes
# Zonemaster ask everything anew for each.
CASES = ["connectivity01", "connectivity02", "consistency01", "consistency04", "consistency05",
         "delegation01", "delegation04", "delegation06", "delegation07", "nameserver02",
         "nameserver06", "dnssec01", "dnssec02", "dnssec04", "dnssec05", "dnssec08", "dnssec09",
         "dnssec11"]
MODULES = ["Basic", "Address", "Connectivity", "Consistency", "Delegation", "DNSSEC", "Nameserver"]
# `check` without RDAP leaves the RDAP obligations undetermined, which is its exit code 3.
EXIT_MET, EXIT_UNDETERMINED = 0, 3


# --- inside the lab -------------------------------------------------------------------------------

def findings_of(log):
    """The verdict of each obligation that a report in `log` has."""
    return {f["obligation"]: f["verdict"] for f in json.loads(log.read_text())["findings"]}


def ours(plan, tld, rdap, log):
    command = [plan["bailiwick"], "check", tld["tld"], "--json", "--hints", plan["LAB_HINTS"],
               "--trust-anchor", plan["LAB_TRUST_ANCHOR"], "--network", plan["BAILIWICK_NETWORK"], "--rulebook", plan["rulebook"]]
    if rdap:
        command += ["--rdap", tld["rdap"], "--rdap-domain", tld["domain"], "--rdap-ca",
                    plan["LAB_CA"], "--reference", plan["LAB_REFERENCE_URL"]]
    code, cost = cost_of(command, log)
    verdicts = findings_of(log) if code in (EXIT_MET, EXIT_UNDETERMINED) else {}
    looked_at = {verdict for name, verdict in verdicts.items() if rdap or "rdap" not in name}
    if looked_at != {"met"}:
        raise Wrong(f"bailiwick check {tld['tld']}: exit {code}: {log.read_text()[-2000:]}")
    return cost


def peers(plan, tld, profile, log):
    command = ["zonemaster-cli", "--hints", plan["LAB_HINTS"], "--raw", "--level", "ERROR",
               "--no-progress", "--count", *profile]
    for module in MODULES:
        command += ["--test", module]
    code, cost = cost_of([*command, tld["tld"]], log)
    words = log.read_text()
    if code or "ERROR" in words or "CRITICAL" in words or " entries." not in words:
        raise Wrong(f"zonemaster-cli {tld['tld']}: exit {code}: {words[-2000:]}")
    return cost


def all_ours(plan, log):
    code, cost = cost_of([plan["bailiwick"], "check", "--all", "--json", "--data", plan["data"],
                          "--config", plan["config"]], log)
    reports = log.read_text().count('"observed_at"')
    if code != EXIT_MET or reports < len(plan["tlds"]):
        raise Wrong(f"bailiwick check --all: exit {code}: {log.read_text()[-2000:]}")
    return cost


def all_peers(plan, log):
    code, cost = cost_of(["perl", HERE / "shared/zonemaster_all.pl", plan["LAB_HINTS"],
                          plan["profile"], ",".join(MODULES), *[tld["tld"] for tld in plan["tlds"]]], log)
    if code:
        raise Wrong(f"zonemaster's engine: exit {code}: {log.read_text()[-2000:]}")
    return cost


def measure(plan):
    log = pathlib.Path(plan["folder"]) / "command.log"
    ways = {
        "process": lambda t: ours(plan, t, False, log),
        "with-rdap": lambda t: ours(plan, t, True, log),
        "zonemaster.cases": lambda t: peers(plan, t, ["--profile", plan["profile"]], log),
        "zonemaster.modules": lambda t: peers(plan, t, [], log),
    }
    costs = {name: [] for name in [*ways, "all", "zonemaster.all"]}
    for _ in range(plan["rounds"]):
        for name, way in ways.items():
            costs[name].append(sum((way(tld) for tld in plan["tlds"]), Cost(0, 0)))
        costs["all"].append(all_ours(plan, log))
        costs["zonemaster.all"].append(all_peers(plan, log))
    return {name: vars(median(list_)) for name, list_ in costs.items()}


# --- outside --------------------------------------------------------------------------------------

def import_store(build, lab, folder):
    """A store with the lab's parties and the rulebook adopted, for `check --all`."""
    config = folder / "bailiwick.conf"
    config.write_text("".join(f"{key} = {lab.env[name]}\n" for key, name in (
        ("dns.hints", "LAB_HINTS"), ("dns.trust-anchor", "LAB_TRUST_ANCHOR"),
        ("http.ca-file", "LAB_CA"), ("reference.url", "LAB_REFERENCE_URL"),
        ("mail.smtp-host", "LAB_SMTP_HOST"), ("mail.smtp-port", "LAB_SMTP_PORT"),
        ("measure.network", "BAILIWICK_NETWORK"), ("mail.from", "LAB_MAIL_FROM"))) + "log.name = bench.bailiwick.example/log\n")
    program = Program(build / "bailiwick", folder / "data", config)
    program.run("init")
    acting = None
    for person, role in (("ada", "administrator"), ("anna", "analyst"), ("bert", "approver")):
        program.tokens[person] = folder / f"{person}.token"
        program.run("user", "add", person, "--role", role, "--out", program.tokens[person],
                    user=acting)
        acting = "ada"
    program.run("rulebook", "adopt", ROOT / "rulebook/icann", user="anna")
    program.run("rulebook", "adopt", ROOT / "rulebook/icann", "--confirm", user="bert")
    program.run("party", "import", "--root-zone", lab.env["LAB_ROOT_ZONE"], "--root-db",
                lab.env["LAB_ROOT_DB"], "--registrars", lab.env["LAB_REGISTRARS"],
                "--rdap-bootstrap", lab.env["LAB_RDAP_BOOTSTRAP"], "--contacts",
                lab.env["LAB_CONTACTS"], user="ada")
    return {"data": str(program.data), "config": str(config)}


def run_inside(build, lab, folder, rounds):
    plan = {name: lab.env[name] for name in lab.env if name.startswith("LAB_") or name == "BAILIWICK_NETWORK"}
    plan.update(import_store(build, lab, folder), bailiwick=str(build / "bailiwick"),
                folder=str(folder), rulebook=str(ROOT / "rulebook/icann"), rounds=rounds,
                tlds=lab.list()["tlds"])
    plan["profile"] = str(folder / "profile.json")
    pathlib.Path(plan["profile"]).write_text(json.dumps({"test_cases": CASES}))
    (folder / "plan.json").write_text(json.dumps(plan))
    done = subprocess.run(lab.exec([sys.executable, __file__, "--inside", folder / "plan.json"]),
                          stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise Wrong("the measurement did not come to its end")
    return len(plan["tlds"]), json.loads(done.stdout)


def tell(figures, tlds, costs):
    figures.say("tlds", tlds, "count")
    for name, cost in costs.items():
        figures.say(f"{name}.wall", cost["wall"], "s")
        figures.say(f"{name}.cpu", cost["cpu"], "s")
        figures.say(f"{name}.rate", tlds / cost["wall"], "TLDs/s")
    for name, we, they in (("process", "process", "zonemaster.cases"),
                           ("modules", "process", "zonemaster.modules"),
                           ("with-rdap", "with-rdap", "zonemaster.cases"),
                           ("all", "all", "zonemaster.all")):
        for what in ("wall", "cpu"):
            figures.ratio(f"{name}.{what}", costs[they][what], costs[we][what])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1, 10**6))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--inside", type=pathlib.Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        print(json.dumps(measure(json.loads(options.inside.read_text()))))
        return 0
    if not shutil.which("zonemaster-cli"):
        print("zonemaster-cli is missing; the group `bench` of debian-packages.txt", file=sys.stderr)
        return 2
    figures = Figures(options.seed)
    with tempfile.TemporaryDirectory(prefix="bailiwick-bench-") as name:
        folder = pathlib.Path(name)
        lab = Lab(folder / "lab", "--seed", str(options.seed), "--healthy")
        try:
            tell(figures, *run_inside(options.build.resolve(), lab, folder, options.rounds))
        finally:
            lab.down()
    return 0


if __name__ == "__main__":
    run_main(main)
