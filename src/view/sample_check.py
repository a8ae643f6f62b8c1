#!/usr/bin/env python3
"""Reads what view_sample writes with parsers that share nothing with the program.

usage: sample_check.py VIEW_SAMPLE NOTICE_SCHEMA"""
import email
import email.policy
import glob
import html.parser
import json
import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml

VOID = {"meta", "link", "br", "input", "hr", "img"}
ATOM = "{http://www.w3.org/2005/Atom}"


class Page(html.parser.HTMLParser):
    """Every element is closed in order, ids are unique, headings do not skip a level, every input has
    a label, every own link inside the page has its target."""

    def __init__(self, name):
        super().__init__()
        self.name, self.stack, self.ids, self.fragments, self.level = name, [], set(), set(), 0
        self.labels, self.inputs = set(), set()

    def need(self, truth, words):
        if not truth:
            sys.exit(f"{self.name}:{self.getpos()[0]}: {words}")

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.need(len(values) == len(attributes), f"<{tag}> has an attribute twice")
        if "id" in values:
            self.need(values["id"] not in self.ids, f"id {values['id']} stands twice")
            self.ids.add(values["id"])
        if values.get("href", "").startswith("#"):
            self.fragments.add(values["href"][1:])
        if tag in ("h1", "h2", "h3"):
            self.need(int(tag[1]) <= self.level + 1, f"<{tag}> skips a level")
            self.level = int(tag[1])
        if tag == "label":
            self.labels.add(values["for"])
        if tag in ("input", "textarea") and values.get("type") != "hidden":
            self.inputs.add(values["id"])
        self.need(not any(key.startswith("on") or key == "style" for key in values), "runs a program")
        if tag not in VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.need("svg" in self.stack, f"<{tag}/> outside SVG")

    def handle_endtag(self, tag):
        self.need(self.stack and self.stack.pop() == tag, f"</{tag}> closes another element")

    def finish(self):
        self.need(not self.stack, f"not closed: {self.stack}")
        self.need(self.fragments <= self.ids, f"no target: {self.fragments - self.ids}")
        self.need(self.inputs <= self.labels, f"no label: {self.inputs - self.labels}")


def check_pages(folder):
    pages = glob.glob(f"{folder}/*.html")
    assert len(pages) == 15, pages
    for path in pages:
        with open(path, encoding="utf-8") as file:
            text = file.read()
        page = Page(os.path.basename(path))
        page.feed(text)
        page.finish()
        assert text.count("<h1>") == 1, path
        assert len(text) < 50_000, path
        for start in range(len(text)):
            start = text.find("<svg", start)
            if start < 0:
                break
            xml.fromstring(text[start:text.index("</svg>", start) + 6])
            break


def check_feeds(folder):
    feed = xml.parse(f"{folder}/feed.atom").getroot()
    assert feed.tag == ATOM + "feed"
    for name in ("id", "title", "updated"):
        assert len(feed.findall(ATOM + name)) == 1, name
    entries = feed.findall(ATOM + "entry")
    ids = [entry.find(ATOM + "id").text for entry in entries]
    assert len(set(ids)) == len(ids) == 10, ids
    stamps = [entry.find(ATOM + "updated").text for entry in entries]
    assert stamps == sorted(stamps, reverse=True)
    with open(f"{folder}/feed.json", encoding="utf-8") as file:
        items = json.load(file)["items"]
    assert [item["id"] for item in items] == ids


def check_letter(folder):
    with open(f"{folder}/letter.eml", "rb") as file:
        data = file.read()
    assert data.count(b"\n") == data.count(b"\r\n")
    assert max(len(line) for line in data.split(b"\r\n")) <= 78
    letter = email.message_from_bytes(data, policy=email.policy.default)
    assert not letter.defects, letter.defects
    assert letter["From"].addresses[0].display_name == "Die Behörde", letter["From"]
    assert letter["From"].addresses[0].addr_spec == "compliance@authority.example"
    assert "–" in letter["Subject"], letter["Subject"]
    assert 'Bücher & Söhne "Registry"' in letter.get_content()
    assert letter["Date"].datetime.isoformat() == "2027-01-03T09:00:00+00:00"


TYPES = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool, "null": type(None)}


def check_schema(value, schema, path):
    """The part of JSON Schema that docs/schema uses."""
    known = {"$schema", "$id", "title", "description", "format", "type", "const", "enum", "pattern", "minimum", "items",
             "required", "properties", "additionalProperties"}
    assert schema.keys() <= known, f"{path}: schema has {schema.keys() - known}"
    kinds = schema.get("type", list(TYPES))
    kinds = [kinds] if isinstance(kinds, str) else kinds
    assert any(type(value) is TYPES[kind] for kind in kinds), f"{path}: {value!r} is not {kinds}"
    assert value == schema.get("const", value), path
    assert value in schema.get("enum", [value]), f"{path}: {value!r}"
    if isinstance(value, str):
        assert re.search(schema.get("pattern", ""), value), f"{path}: {value!r}"
    if isinstance(value, list):
        for index, item in enumerate(value):
            check_schema(item, schema["items"], f"{path}/{index}")
    if isinstance(value, dict):
        assert set(schema["required"]) <= value.keys() <= schema["properties"].keys(), \
            f"{path}: {value.keys() ^ schema['properties'].keys()}"
        for key, member in value.items():
            check_schema(member, schema["properties"][key], f"{path}/{key}")


def check_records(folder, schema_path):
    with open(schema_path, encoding="utf-8") as file:
        schema = json.load(file)
    records = glob.glob(f"{folder}/n-*.json")
    assert len(records) == 3
    for path in records:
        with open(path, encoding="utf-8") as file:
            text = file.read()
        record = json.loads(text)
        assert text == json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n"
        check_schema(record, schema, os.path.basename(path))


with tempfile.TemporaryDirectory() as place:
    subprocess.run([sys.argv[1], place], check=True)
    check_pages(place)
    check_feeds(place)
    check_letter(place)
    check_records(place, sys.argv[2])
