#!/usr/bin/env python3
"""Documents agree with the program: files made from it are current, and docs/interfaces.md names
every command, route of the two doors and exit code. Last line: `N passed, N failed, N skipped`.
"""
import argparse
import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))
sys.dont_write_bytecode = True
import make_docs  # noqa: E402  (the path above must be set first)

ROUTE = re.compile(r'(?:FILE_ROUTE|PAGE|API|FORM)\("([^"]+)"|\{"(?:GET|POST)", "([^"]+)"')


def read(name):
    return (ROOT / name).read_text()


def current_files(program):
    """Every file that tools/make_docs.py writes is as it would write it."""
    stale = [name for name, text in make_docs.make_all(program).items()
             if not (ROOT / name).exists() or read(name) != text]
    return [f"{name} is not current; run tools/make_docs.py" for name in stale]


def commands(program):
    page = read("docs/interfaces.md")
    table = json.loads(make_docs.ask(program, "help", "--json"))
    return [f"docs/interfaces.md says nothing of `{c['name']}`" for c in table["commands"]
            if f"`{c['name']}" not in page]


def common_options(program):
    """With the argument that the help shows."""
    page = read("docs/interfaces.md")
    table = json.loads(make_docs.ask(program, "help", "--json"))
    shown = [" ".join(filter(None, ("--" + option["name"], option["argument"]))) for option in table["common_options"]]
    return [f"docs/interfaces.md says nothing of `{words}`" for words in shown
            if words != "--help" and f"| `{words}` |" not in page]


def routes(_):
    page = read("docs/interfaces.md")
    faults = []
    for source in ("src/web/public.c", "src/web/staff.c"):
        found = [a or b for a, b in ROUTE.findall(read(source))]
        if len(found) < 10:
            faults.append(f"{source}: only {len(found)} routes could be read; the table looks different now")
        faults += [f"docs/interfaces.md says nothing of {path} ({source})" for path in found
                   if f"`{path}`" not in page]
    return faults


def help_texts(program):
    """`COMMAND --help` works for every command and ends with 0."""
    table = json.loads(make_docs.ask(program, "help", "--json"))
    faults = []
    for command in table["commands"]:
        done = subprocess.run([program, *command["name"].split(), "--help"], capture_output=True, text=True)
        if done.returncode or command["summary"] not in done.stdout:
            faults.append(f"{command['name']} --help: exit {done.returncode}")
    return faults


def completion(_):
    done = subprocess.run(["bash", "-c", "source etc/completion/bailiwick; COMP_WORDS=(bailiwick case expl); "
                           "COMP_CWORD=2; _bailiwick; echo ${COMPREPLY[@]}"],
                          cwd=ROOT, capture_output=True, text=True)
    return [] if done.stdout.strip() == "explain" else [f"completion gave '{done.stdout}{done.stderr}'"]


def version(_):
    """The program, the build description and the change log name one version."""
    number = make_docs.version()
    faults = []
    if f'APP_VERSION "{number}"' not in read("src/app/app.h"):
        faults.append(f"src/app/app.h: not {number}")
    if not re.search(rf"^## {re.escape(number)}\b", read("CHANGELOG.md"), re.M):
        faults.append(f"CHANGELOG.md has no section {number}")
    return faults


def links(_):
    """Files that the documents link to or name in `backticks` with a folder are there."""
    faults = []
    for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]:
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text()):
            if not re.match(r"[a-z]+:", target) and not (page.parent / target).exists():
                faults.append(f"{page.relative_to(ROOT)}: {target} is not there")
        for target in re.findall(r"`((?:src|docs|tests|lab|rulebook|templates|tools|etc|man)/[\w./-]+)`",
                                 page.read_text()):
            if not (ROOT / target).exists():
                faults.append(f"{page.relative_to(ROOT)}: `{target}` is not there")
    return faults


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    program = (parser.parse_args().build / "bailiwick").resolve()
    failed = 0
    tests = (current_files, commands, common_options, routes, help_texts, completion, version, links)
    for test in tests:
        faults = test(program)
        failed += bool(faults)
        for fault in faults:
            print(f"{test.__name__}: {fault}")
    print(f"{len(tests) - failed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
