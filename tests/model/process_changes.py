"""What may be changed in a process.yaml, one place at a time: for tests/soak/mutate-process.py.

`changes(text)` gives {kind: [(from, to, new text, words)]}. Edges lose an origin, their `when` is turned
or loses a part, `to`, effects, approvals, the second person and clocks go or become others; so do the numbers
of deadline rules, the least cure, grounds and closure families.
"""
import re

ATOM = re.compile(r"(?:not )?\b([a-z]+)(?: (==|!=) ([a-z-]+))?(?![a-z-])")
WORDS = {"and", "or", "not"}


def items(text, section):
    """(from, to) of each `- {...}` of a section."""
    found = re.search(rf"^{section}:\n", text, re.M)
    if not found:
        return
    end = re.compile(r"^\S", re.M).search(text, found.end())
    end = end.start() if end else len(text)
    for opening in re.compile(r"^  - \{", re.M).finditer(text, found.end(), end):
        depth, at = 0, opening.end() - 1
        while True:
            depth += (text[at] == "{") - (text[at] == "}")
            at += 1
            if not depth:
                break
        yield opening.start(), at


def value(text, start, end, key):
    """(from, to) of the value of a key in an item: a word, a list, or a guard."""
    found = re.compile(rf"[{{\s]{key}: ").search(text, start, end)
    if not found:
        return None
    at, depth = found.end(), 0
    while at < end:
        depth += (text[at] in "[{(") - (text[at] in "]})")
        if depth < 0 or not depth and text[at] == ",":
            break
        at += 1
    return found.end(), at


def removal(text, start, end):
    """(from, to) of a whole `key: value` with the comma before it."""
    key = max(text.rfind(", ", 0, start), text.rfind(",\n", 0, start))
    return key, end


def without(listed, one):
    return "[" + ", ".join(word for word in listed if word != one) + "]"


def members(text):
    return [word.strip() for word in text.strip("[]").split(",") if word.strip()]


class Changes:
    """Collects the changes of one file."""

    def __init__(self, text):
        self.text, self.found = text, {}
        self.facts = {}
        for fact, _, word in re.findall(r"\b([a-z]+) (==|!=) ([a-z-]+)", text):
            self.facts.setdefault(fact, set()).add(word)
        self.groups = {name: members(row) for name, row in re.findall(r"^  (\w+): (\[[^\]]*\])", text, re.M)}
        self.stages = [self.word(*item, "id") for item in items(text, "stages")]
        self.rules = [self.word(*item, "id") for item in items(text, "rules")]

    def word(self, start, end, key):
        place = value(self.text, start, end, key)
        return self.text[slice(*place)] if place else None

    def add(self, kind, start, end, new, words):
        self.found.setdefault(kind, []).append((start, end, new, words))

    def change(self, kind, item, key, new, words):
        place = value(self.text, *item, key)
        if place:
            self.add(kind, *place, new, words)

    def drop(self, kind, item, key, words):
        place = value(self.text, *item, key)
        if place:
            self.add(kind, *removal(self.text, *place), "", words)

    def others(self, kind, item, key, choices, words):
        """The value of the key becomes each other one."""
        for choice in choices:
            if choice != self.word(*item, key):
                self.change(kind, item, key, choice, words)

    # --- guards ---

    def guard(self, item, what):
        place = value(self.text, *item, "when")
        if not place:
            return
        start, end = place
        kind = f"guard of {what}"
        self.add(kind, start, end, f"not ({self.text[start:end]})", "guard negated")
        atoms = [m for m in ATOM.finditer(self.text, start, end) if m.group(1) not in WORDS]
        for atom in atoms:
            self.atom(kind, start, end, atom)
        for joint in re.compile(r"\b(and|or)\b").finditer(self.text, start, end):
            self.add(kind, *joint.span(), "or" if joint.group() == "and" else "and", "and/or")

    def atom(self, kind, start, end, atom):
        fact, comparison, word = atom.groups()
        before = re.search(r"\s+(and|or)\s+$", self.text[start:atom.start()])
        after = re.match(r"\s+(and|or)\s+", self.text[atom.end():end])
        if before:
            self.add(kind, start + before.start(), atom.end(), "", "part dropped")
        elif after:
            self.add(kind, atom.start(), atom.end() + after.end(), "", "part dropped")
        elif (atom.start(), atom.end()) == (start, end):
            self.add(kind, *removal(self.text, start, end), "", "guard dropped")
        if comparison:
            self.add(kind, *atom.span(2), "!=" if comparison == "==" else "==", "comparison")
            for other in sorted(self.facts[fact] - {word}):
                self.add(kind, *atom.span(3), other, "compared word")
        else:
            bare = atom.group().startswith("not ")
            self.add(kind, *atom.span(), fact if bare else f"not {fact}", "fact negated")

    # --- edges ---

    def edge(self, item):
        start, end = item
        self.add("edges", start, end + 1, "", "edge removed")
        self.origins(item)
        self.guard(item, "edges")
        self.drop("moves", item, "to", "move removed")
        self.others("moves", item, "to", self.stages, "another stage")
        self.effects(item)
        self.approvals(item)
        self.drop("second person", item, "second-person", "second person dropped")
        self.clocks(item)

    def origins(self, item):
        origin = self.word(*item, "from")
        listed = members(origin) if origin.startswith("[") else self.groups.get(origin, [])
        for stage in listed if len(listed) > 1 else ():
            self.change("origins", item, "from", without(listed, stage), f"no longer from {stage}")

    def effects(self, item):
        place = value(self.text, *item, "effects")
        listed = members(self.text[slice(*place)]) if place else []
        for effect in listed:
            self.add("effects", *place, without(listed, effect), f"effect {effect} removed")

    def approvals(self, item):
        needed = value(self.text, *item, "needed")
        if not needed:
            return
        count = int(self.text[slice(*needed)])
        if count > 1:
            self.add("approvals", *needed, str(count - 1), "one approval less")
        self.drop("approvals", item, "approvals", "no approval")

    def clocks(self, item):
        place = value(self.text, *item, "clock")
        listed = members(self.text[slice(*place)]) if place else []
        for rule in listed:
            if len(listed) > 1:
                self.add("clocks", *place, without(listed, rule), f"clock {rule} removed")
            for other in self.rules:
                if rule != "ground" and other not in listed:
                    swapped = [other if word == rule else word for word in listed]
                    self.add("clocks", *place, without(swapped, None), f"clock {other} for {rule}")

    # --- what is beside the edges ---

    def rule(self, item):
        count = int(self.word(*item, "n"))
        for other in {max(count - 1, 0), count + 1} - {count}:
            self.change("rules", item, "n", str(other), "another time")
        self.others("rules", item, "unit", ("working-days", "calendar-days"), "another unit")
        self.others("rules", item, "end-of-day", ("zone", "anywhere"), "another end of day")
        self.drop("rules", item, "roll", "no longer rolled")
        self.guard(item, "rules")

    def ground(self, item):
        self.others("grounds", item, "kind", ("noticed", "immediate"), "another kind")
        self.others("grounds", item, "party", ("[registrar]", "[registry]", "[registrar, registry]"), "another party")
        self.others("grounds", item, "clock", self.rules, "another clock")

    def least(self, item):
        days = int(self.word(*item, "days"))
        self.change("least cures", item, "days", str(days - 1), "a shorter cure")
        for party in members(self.word(*item, "party")):
            other = "registry" if party == "registrar" else "registrar"
            self.change("least cures", item, "party", f"[{other}]", "for another party")

    def code(self, item):
        families = re.findall(r"^  ([a-z-]+): ", re.search(r"^closure-families:\n((?:  .*\n)+)", self.text, re.M).group(1), re.M)
        self.others("closure codes", item, "family", families, "another family")


def changes(text):
    collected = Changes(text)
    for section, collect in (("edges", collected.edge), ("rules", collected.rule), ("grounds", collected.ground),
                             ("minimum-cures", collected.least), ("closure-codes", collected.code)):
        for item in items(text, section):
            collect(item)
    return collected.found
