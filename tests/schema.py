"""A validator for the part of JSON Schema (2020-12) that docs/schema/ uses, without any package.

`faults(value, schema)` lists what is wrong, each with the place. A keyword that it does not know is
an error of the schema, so that nothing is ever silently not checked.
"""
import json
import pathlib
import re

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "docs/schema"
NOTES = {"$schema", "$id", "$defs", "title", "description", "format"}
KINDS = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}


def load(name):
    return json.loads((FOLDER / name).read_text())


def is_kind(value, kind):
    if kind in ("integer", "number"):
        return isinstance(value, int) and not isinstance(value, bool) or \
            (kind == "number" and isinstance(value, float))
    return isinstance(value, KINDS[kind])


def same(a, b):
    return a == b and isinstance(a, bool) == isinstance(b, bool)


class Validator:
    def __init__(self, root):
        self.root = root

    def faults(self, value, schema, place=""):
        if schema is True:
            return []
        if schema is False:
            return [f"{place}: nothing may stand here"]
        found = []
        for keyword, wanted in schema.items():
            if keyword in NOTES:
                continue
            check = getattr(self, "check_" + keyword.lstrip("$").lower(), None)
            if not check:
                raise ValueError(f"schema at {place or '/'}: keyword '{keyword}' is not supported")
            found += check(value, wanted, place, schema)
        return found

    def check_ref(self, value, wanted, place, _):
        target = self.root
        for part in wanted.removeprefix("#/").split("/"):
            target = target[part]
        return self.faults(value, target, place)

    def check_type(self, value, wanted, place, _):
        kinds = wanted if isinstance(wanted, list) else [wanted]
        return [] if any(is_kind(value, kind) for kind in kinds) else [f"{place}: {value!r} is not {wanted}"]

    def check_const(self, value, wanted, place, _):
        return [] if same(value, wanted) else [f"{place}: {value!r} is not {wanted!r}"]

    def check_enum(self, value, wanted, place, _):
        return [] if any(same(value, one) for one in wanted) else [f"{place}: {value!r} is none of {wanted}"]

    def check_anyof(self, value, wanted, place, _):
        tries = [self.faults(value, one, place) for one in wanted]
        return [] if any(not faults for faults in tries) else tries[0]

    def check_pattern(self, value, wanted, place, _):
        return [] if not isinstance(value, str) or re.search(wanted, value) else \
            [f"{place}: {value!r} does not match {wanted}"]

    def check_minimum(self, value, wanted, place, _):
        return [] if not is_kind(value, "number") or value >= wanted else [f"{place}: {value} is below {wanted}"]

    def check_minlength(self, value, wanted, place, _):
        return [] if not isinstance(value, str) or len(value) >= wanted else [f"{place}: too short"]

    def check_maxlength(self, value, wanted, place, _):
        return [] if not isinstance(value, str) or len(value) <= wanted else [f"{place}: too long"]

    def check_minitems(self, value, wanted, place, _):
        return [] if not isinstance(value, list) or len(value) >= wanted else [f"{place}: fewer than {wanted}"]

    def check_maxitems(self, value, wanted, place, _):
        return [] if not isinstance(value, list) or len(value) <= wanted else [f"{place}: more than {wanted}"]

    def check_items(self, value, wanted, place, _):
        if not isinstance(value, list):
            return []
        return [f for i, one in enumerate(value) for f in self.faults(one, wanted, f"{place}/{i}")]

    def check_required(self, value, wanted, place, _):
        return [f"{place}/{key} is missing" for key in wanted if isinstance(value, dict) and key not in value]

    def check_properties(self, value, wanted, place, _):
        return [f for key, schema in wanted.items() if isinstance(value, dict) and key in value
                for f in self.faults(value[key], schema, f"{place}/{key}")]

    def check_additionalproperties(self, value, wanted, place, schema):
        if not isinstance(value, dict):
            return []
        return [f for key in value if key not in schema.get("properties", {})
                for f in self.faults(value[key], wanted, f"{place}/{key}")]


def faults(value, schema):
    return Validator(schema).faults(value, schema)
