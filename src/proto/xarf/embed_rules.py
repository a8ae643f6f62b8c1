#!/usr/bin/env python3
"""Makes C tables (rule.h) of the rules of a format.

Usage: embed_rules.py NAME IN.rules OUT.c

    set NAME [closed]                       an object; a closed one refuses other members
    type CATEGORY NAME [as KIND] [SET ...]  a type of report: these sets, then what follows
      member KIND ...                       `member!` must be there
      when MEMBER is WORD needs MEMBER ...  `when MEMBER is-address` for an IP address
      unless MEMBER is WORD needs MEMBER ...
      any-of PATH ...                       one of them at least must be there

A kind is one of

    text [MOST]         at most so many characters
    like PATTERN        a text that the extended regular expression matches
    word WORD ...       one of these
    integer|number [LEAST [MOST]]          `-` for no bound
    mail host url uuid instant date address ipv4 ipv6 base64 flag
    object SET
    list [LEAST..MOST] KIND ...            an array
    some KIND ...                          one, or an array of them
"""
import re
import sys

PLAIN = ("mail", "host", "url", "uuid", "instant", "date", "address", "ipv4", "ipv6", "base64", "flag")


class Maker:
    def __init__(self, name, path):
        self.name, self.path, self.number = name, path, 0
        self.out, self.sets, self.types, self.block = [], set(), [], None

    def fail(self, words):
        sys.exit(f"{self.path}:{self.number}: {words}")

    def c(self, text):
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

    def words(self, words):
        return "(const char *const[]){" + ", ".join([*map(self.c, words), "NULL"]) + "}"

    def set_of(self, name):
        if name not in self.sets:
            self.fail(f"there is no set {name} before")
        return f"&set_{name.replace('-', '_')}"

    def bounds(self, words):
        least, most = (words + ["-", "-"])[:2]
        return (f".least = {'-HUGE_VAL' if least == '-' else least}, "
                f".most = {'HUGE_VAL' if most == '-' else most}")

    def kind(self, words):
        """The members of a struct rule for a kind."""
        word, rest = words[0], words[1:]
        if word in PLAIN and not rest:
            return f".kind = RULE_{word.upper()}"
        if word == "text":
            return f".kind = RULE_TEXT, .most = {rest[0] if rest else 'RULE_TEXT_MAX'}"
        if word == "like" and len(rest) == 1:
            return f".kind = RULE_LIKE, .pattern = {self.c(rest[0])}"
        if word == "word" and rest:
            return f".kind = RULE_WORD, .words = {self.words(rest)}"
        if word in ("integer", "number"):
            return f".kind = RULE_{word.upper()}, {self.bounds(rest)}"
        if word == "object" and len(rest) == 1:
            return f".kind = RULE_OBJECT, .inner = {self.set_of(rest[0])}"
        if word in ("list", "some") and rest:
            range_ = re.fullmatch(r"(\d*)\.\.(\d*)", rest[0])
            least, most = (range_[1] or "0", range_[2] or "RULE_ARRAY_MAX") if range_ else ("0", "RULE_ARRAY_MAX")
            each = self.kind(rest[1:] if range_ else rest)
            return (f".kind = RULE_{word.upper()}, .least = {least}, .most = {most}, "
                    f".each = &(const struct rule){{{each}}}")
        self.fail(f"'{' '.join(words)}' is no kind")

    def begin(self, head, tail):
        self.end()
        self.block = {"head": head, "tail": tail, "rules": [], "needs": [], "any": []}

    def end(self):
        if not self.block:
            return
        b, self.block = self.block, None
        name = b["head"]
        rules = ", ".join(b["rules"] + ["{.name = NULL}"])
        needs = ", ".join(b["needs"] + ["{.member = NULL}"])
        any_of = ", ".join(b["any"] + ["NULL"])
        self.out.append(f"static const struct rule_set set_{name.replace('-', '_')} = {{\n"
                        f"    .rules = (const struct rule[]){{{rules}}},\n"
                        f"    .needs = (const struct rule_need[]){{{needs}}},\n"
                        f"    .any_of = (const char *const *const[]){{{any_of}}},\n"
                        f"    .closed = {b['tail']}}};\n")
        self.sets.add(name)

    def take_type(self, words):
        category, name, *rest = words
        kind = f"{category}/{name}"
        if rest[:1] == ["as"]:
            kind, rest = rest[1], rest[2:]
        own = f"type-{category}-{name}"
        self.end()
        sets = [self.set_of(other) for other in rest]
        self.begin(own, "false")
        self.types.append((category, name, kind, sets, own))

    def take_need(self, words):
        if words[2] == "is-address":
            member, word, rest = words[1], None, words[3:]
        else:
            member, word, rest = words[1], words[3], words[4:]
        if rest[:1] != ["needs"] or len(rest) < 2:
            self.fail("a condition needs something")
        self.block["needs"].append(
            f"{{.member = {self.c(member)}, .word = {self.c(word) if word else 'NULL'}, "
            f".unless = {'true' if words[0] == 'unless' else 'false'}, .needed = {self.words(rest[1:])}}}")

    def take(self, words):
        if words[0] == "set":
            self.begin(words[1], "true" if words[2:] == ["closed"] else "false")
        elif words[0] == "type":
            self.take_type(words[1:])
        elif words[0] in ("when", "unless"):
            self.take_need(words)
        elif words[0] == "any-of":
            self.block["any"].append(self.words(words[1:]))
        else:
            name, must = words[0].rstrip("!"), words[0].endswith("!")
            self.block["rules"].append(f"{{.name = {self.c(name)}, .required = {'true' if must else 'false'}, "
                                       f"{self.kind(words[1:])}}}")

    def read(self):
        with open(self.path, encoding="utf-8") as source:
            for self.number, line in enumerate(source, 1):
                if line.strip() and not line.startswith("#"):
                    self.take(line.split())
        self.end()

    def write(self, path):
        rows = []
        for category, name, kind, sets, own in self.types:
            listed = ", ".join([*sets, f"&set_{own.replace('-', '_')}", "NULL"])
            rows.append(f"    {{{self.c(category)}, {self.c(name)}, {self.c('xarf/' + kind)},\n"
                        f"     (const struct rule_set *const[]){{{listed}}}}},\n")
        with open(path, "w", encoding="ascii") as out:
            out.write('#include "proto/xarf/type.h"\n\n#include <math.h>\n\n' + "\n".join(self.out))
            for exported in ("core", "report"):
                if exported in self.sets:
                    out.write(f"\nconst struct rule_set *const xarf_{self.name}_{exported} = &set_{exported};\n")
            out.write(f"\nconst struct xarf_type xarf_{self.name}_types[] = {{\n{''.join(rows)}    {{.category = NULL}}}};\n")


def main():
    maker = Maker(sys.argv[1], sys.argv[2])
    maker.read()
    maker.write(sys.argv[3])


main()
