#!/usr/bin/env python3
"""Writes what can be read off the program: the configuration file, the man pages, the completion
for bash, the table of checks and the types of complaint.

    tools/make_docs.py [--program build/bailiwick] [--check]

--check writes nothing and ends with 1 when a file differs, naming it. Nobody edits these files by
hand; what they say stands in the program (src/app/config.c, src/cli/, the tables of src/check/, rulebook/icann).
"""
import argparse
import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
MADE = "made by tools/make_docs.py from the program; do not edit"


def ask(program, *words):
    return subprocess.run([str(program), *words], check=True, capture_output=True, text=True).stdout


# --- docs/checks.md ---------------------------------------------------------------------------

def cell(text):
    return text.replace("|", "\\|")


def others(also):
    words = []
    for key, tool in (("rst", "RST"), ("zonemaster", "Zonemaster"), ("rdapct", "RDAP tool")):
        if also[key]:
            words.append(f"{tool}: {', '.join(also[key])}")
    return "; ".join(words)


def checks_page(codes):
    lines = [f"<!-- {MADE} -->", "# Checks and their codes", "",
             "A check reads one measurement and says of each of its codes, for each server or zone, whether what",
             "the code names was seen, was not seen, or could not be told. Whether that breaks an obligation is the",
             "rulebook's business (`rulebook/*/profiles/`). `bailiwick check --list` prints the same as JSON.", ""]
    for check in sorted({code["check"] for code in codes}):
        mine = [code for code in codes if code["check"] == check]
        needs = ", ".join(f"`{need}`" for need in mine[0]["needs"])
        lines += [f"## {check}", "", f"Asks: {needs or 'nothing of its own'}", "",
                  "| code | seen when | standard | others call it |", "|---|---|---|---|"]
        lines += [f"| `{c['code']}` | {cell(c['summary'])} | {cell(c['rfc'])} | {cell(others(c['also']))} |"
                  for c in mine]
        lines.append("")
    lines.append(f"{len(codes)} codes of {len({c['check'] for c in codes})} checks.")
    return "\n".join(lines) + "\n"


# --- docs/complaints.md ------------------------------------------------------------------------

LAW = ("--rulebook", str(ROOT / "rulebook/icann"))


def marked(row):
    return f"`{row['id']}`" + (" (required)" if row["required"] else "")


def asked_when(row):
    return f"; when `{row['when']['question']}` is {' or '.join(row['when']['is'])}" if row["when"] else ""


def scope_words(row):
    more = f" {row['days']}" if row["days"] is not None else ""
    return f"{row['test']}{more}" + (f" ({', '.join(row['who'])})" if row["who"] else "")


def complaint_section(kind):
    lines = [f"## {kind['id']}", "", f"{kind['title']}. About a {' or a '.join(kind['binds'])}: "
             + ", ".join(f"`{o}`" for o in kind["obligations"]) + ".", ""]
    if kind["untranslated"]:
        lines += [f"Not in: {', '.join(kind['untranslated'])}.", ""]
    lines += ["| question | kind | asked |", "|---|---|---|"]
    lines += [f"| {marked(q)} | {q['kind']} | {cell(q['ask'])}{asked_when(q)} |" for q in kind["questions"]]
    lines += ["", "| evidence | asked | why |", "|---|---|---|"]
    lines += [f"| {marked(e)} | {cell(e['ask'])}{asked_when(e)} | {cell(e['why'])} |" for e in kind["evidence"]]
    lines += ["", "| in scope when | else closed as | and told |", "|---|---|---|"]
    lines += [f"| {scope_words(s)} | `{s['closure']}` | {cell(s['words'])} |" for s in kind["scope"]]
    return lines + [""]


def complaints_page(program):
    types = json.loads(ask(program, "complaint", "types", *LAW, "--json"))["types"]
    lines = [f"<!-- {MADE} -->", "# Types of complaint", "",
             "What may be complained about by `rulebook/icann`. `bailiwick complaint types` and `complaint type ID` print the same; the words of",
             "the tests stand in `rulebook/README.md`.", ""]
    for row in types:
        lines += complaint_section(json.loads(ask(program, "complaint", "type", row["id"], *LAW, "--json")))
    lines.append(f"{len(types)} types.")
    return "\n".join(lines) + "\n"


# --- man pages ----------------------------------------------------------------------------------

def roff(text):
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\n".join("\\&" + line if line[:1] in (".", "'") else line for line in text.split("\n"))


def option_lines(options):
    lines = []
    for option in options:
        name = roff("--" + option["name"])
        lines.append(".TP")
        lines.append(f"\\fB{name}\\fR \\fI{roff(option['argument'])}\\fR" if option["argument"]
                     else f"\\fB{name}\\fR")
        lines.append(roff(option["meaning"]))
    return lines


def command_lines(command):
    words = f" \\fI{roff(command['arguments'])}\\fR" if command["arguments"] else ""
    lines = [f".SS \"{command['name']}\"", f"\\fBbailiwick {roff(command['name'])}\\fR{words}", ".PP",
             roff(command["summary"][0].upper() + command["summary"][1:] + ".")]
    if command["text"]:
        lines += [".PP", roff(command["text"])]
    return lines + option_lines(command["options"])


EXITS = (("0", "met, or done"), ("1", "not met"), ("2", "wrong usage, or bad input"),
         ("3", "undetermined, or not available now"), ("4", "our own failure"))


def program_page(table, version):
    lines = [f".\\\" {MADE}", f".TH BAILIWICK 1 \"\" \"bailiwick {version}\" \"User commands\"", ".SH NAME",
             "bailiwick \\- monitor DNS registries and registrars and carry failures to a notice",
             ".SH SYNOPSIS", "\\fBbailiwick\\fR \\fICOMMAND\\fR [\\fIARGUMENT\\fR ...] [\\fB\\-\\-option\\fR \\fIVALUE\\fR ...]",
             ".SH DESCRIPTION",
             roff("Data goes to standard output, words to standard error. With --json, commands that answer print\n"
                  "JSON. Commands that change something go through the running daemon's socket, or take the store's\n"
                  "lock themselves when no daemon runs. `help --json` prints this table of commands as JSON."),
             ".SH OPTIONS OF EVERY COMMAND", *option_lines(table["common_options"]), ".SH COMMANDS"]
    for command in table["commands"]:
        lines += command_lines(command)
    lines.append(".SH EXIT STATUS")
    for code, meaning in EXITS:
        lines += [".TP", code, meaning]
    lines += [".SH SEE ALSO", "\\fBbailiwick.conf\\fR(5)"]
    return "\n".join(lines) + "\n"


def read_options(config):
    """(key, default, meaning) of every option of the printed configuration file."""
    options, words = [], []
    for line in config.splitlines()[1:]:
        found = re.match(r"#([a-z][a-z.-]*) = (.*)", line)
        if found:
            options.append((found.group(1), found.group(2), "\n".join(words)))
            words = []
        elif line.startswith("# "):
            words.append(line[2:])
    return options


def config_page(config, version):
    lines = [f".\\\" {MADE}", f".TH BAILIWICK.CONF 5 \"\" \"bailiwick {version}\" \"File formats\"", ".SH NAME",
             "bailiwick.conf \\- configuration of bailiwick", ".SH DESCRIPTION",
             roff("Lines of the form `key = value`; empty lines and lines that begin with # are skipped. An unknown\n"
                  "key is refused with file and line. The file is named by --config or BAILIWICK_CONFIG; without one,\n"
                  "every option has its default. `bailiwick config` prints a file with all of them."),
             ".SH OPTIONS"]
    for key, fallback, meaning in read_options(config):
        lines += [".TP", f"\\fB{roff(key)}\\fR = \\fI{roff(fallback) or '(empty)'}\\fR", roff(meaning)]
    lines += [".SH SEE ALSO", "\\fBbailiwick\\fR(1)"]
    return "\n".join(lines) + "\n"


# --- completion -----------------------------------------------------------------------------------

FILES = {"FILE", "DIR", "BUNDLE", "DIR|VERSION", "KEY"}


def completion(table):
    first, second, options, with_file, files = [], {}, {}, set(), set()
    common = " ".join("--" + o["name"] for o in table["common_options"])
    for command in table["commands"]:
        words = command["name"].split()
        if words[0] not in first:
            first.append(words[0])
        if len(words) > 1:
            second.setdefault(words[0], []).append(words[1])
        options[command["name"]] = " ".join("--" + o["name"] for o in command["options"])
        if set(command["arguments"].split()) & FILES:
            files.add(command["name"])
        with_file |= {o["name"] for o in command["options"] if o["argument"] in FILES}
    with_file |= {o["name"] for o in table["common_options"] if o["argument"] in FILES}
    lines = [f"# bash completion for bailiwick; {MADE}", "", "_bailiwick() {",
             '    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}',
             '    local name=${COMP_WORDS[1]} words verbs', "    COMPREPLY=()",
             "    case $before in",
             f"    {' | '.join('--' + n for n in sorted(with_file))})",
             '        mapfile -t COMPREPLY < <(compgen -f -- "$word")', "        return", "        ;;", "    esac",
             "    if [ \"$COMP_CWORD\" = 1 ]; then",
             f"        words='help {' '.join(first)}'",
             "    else", "        case $name in"]
    lines += [f"        {name}) verbs='{' '.join(verbs)}' ;;" for name, verbs in second.items()]
    lines += ["        esac", "        if [ -n \"$verbs\" ] && [ \"$COMP_CWORD\" = 2 ]; then", "            words=$verbs",
              "        elif [ -n \"$verbs\" ]; then", "            name=\"$name ${COMP_WORDS[2]}\"", "        fi",
              "        case $name in"]
    for name, words in options.items():
        if words:
            lines += [f"        '{name}') words=\"$words {words}\" ;;"]
    lines += ["        esac", f"        words=\"$words {common}\"", "    fi",
              '    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")',
              "    case $name in",
              f"    {' | '.join(repr(n) for n in sorted(files))})",
              '        [[ $word == --* ]] || mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$word")',
              "        ;;", "    esac", "}", "complete -o filenames -F _bailiwick bailiwick"]
    return "\n".join(lines) + "\n"


# --- all of them ------------------------------------------------------------------------------------

def version():
    return re.search(r"version: '([^']+)'", (ROOT / "meson.build").read_text()).group(1)


def make_all(program):
    table = json.loads(ask(program, "help", "--json"))
    config = ask(program, "config")
    return {"docs/checks.md": checks_page(json.loads(ask(program, "check", "--list"))),
            "docs/complaints.md": complaints_page(program),
            "etc/bailiwick.conf": config,
            "etc/completion/bailiwick": completion(table),
            "man/bailiwick.1": program_page(table, version()),
            "man/bailiwick.conf.5": config_page(config, version())}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / "build/bailiwick")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    stale = 0
    for name, text in make_all(options.program).items():
        path = ROOT / name
        if path.exists() and path.read_text() == text:
            continue
        stale += 1
        print(name)
        if not options.check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    return 1 if options.check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
