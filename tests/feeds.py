"""Do two documents keep to RFC 4287 (Atom) and to JSON Feed 1.1? Written from the two specifications and
nothing else; each function returns what is wrong, as words.
"""
import datetime
import json
import re
import urllib.parse
import xml.etree.ElementTree as xml

ATOM = "{http://www.w3.org/2005/Atom}"
STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")  # RFC 3339, upper case
FEED_KEYS = {"version", "title", "home_page_url", "feed_url", "description", "user_comment", "next_url", "icon",
             "favicon", "authors", "language", "expired", "hubs", "items"}
ITEM_KEYS = {"id", "url", "external_url", "title", "content_html", "content_text", "summary", "image",
             "banner_image", "date_published", "date_modified", "authors", "tags", "language", "attachments"}


def stamp(text):
    if not isinstance(text, str) or not STAMP.fullmatch(text):
        return None
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def is_iri(text):
    parts = urllib.parse.urlsplit(text or "")
    return bool(parts.scheme and (parts.netloc or parts.path))


def count_children(node, name, least, most, where):
    found = len(node.findall(ATOM + name))
    if not least <= found <= most:
        yield f"{where}: {found} of <{name}>"


def atom_common(node, where):
    """4.1.1 and 4.1.2: one id, title and updated; dates, persons, links and categories."""
    for name in ("id", "title", "updated"):
        yield from count_children(node, name, 1, 1, where)
    if not is_iri(node.findtext(ATOM + "id")):
        yield f"{where}: the id is no IRI"
    for name in ("updated", "published"):
        for date in node.findall(ATOM + name):
            if stamp(date.text) is None:
                yield f"{where}: {name} {date.text!r}"
    for person in [*node.findall(ATOM + "author"), *node.findall(ATOM + "contributor")]:
        yield from count_children(person, "name", 1, 1, where)
    alternates = []
    for link in node.findall(ATOM + "link"):
        if not link.get("href"):
            yield f"{where}: a link without href"
        if link.get("rel", "alternate") == "alternate":
            alternates.append((link.get("type"), link.get("hreflang")))
    if len(set(alternates)) != len(alternates):
        yield f"{where}: two alternate links of one type"
    for category in node.findall(ATOM + "category"):
        if not category.get("term"):
            yield f"{where}: a category without term"
    for text in [*node.findall(ATOM + "title"), *node.findall(ATOM + "summary")]:
        if text.get("type", "text") not in ("text", "html", "xhtml") or (text.get("type", "text") == "text" and len(text)):
            yield f"{where}: {text.tag}"


def atom_entry(entry, author):
    where = f"entry {entry.findtext(ATOM + 'id')}"
    yield from atom_common(entry, where)
    for name in ("content", "published", "rights", "source", "summary"):
        yield from count_children(entry, name, 0, 1, where)
    if not author and not entry.findall(ATOM + "author"):
        yield f"{where}: nobody is the author"
    content = entry.find(ATOM + "content")
    if content is None and not [link for link in entry.findall(ATOM + "link") if link.get("rel") == "alternate"]:
        yield f"{where}: neither content nor an alternate link"
    if content is not None and content.get("type", "text") == "text" and len(content):
        yield f"{where}: text with children"
    published, updated = (stamp(entry.findtext(ATOM + name)) for name in ("published", "updated"))
    if published and updated and updated < published:
        yield f"{where}: updated before it was published"


def atom_faults(data):
    feed = xml.fromstring(data)
    if feed.tag != ATOM + "feed":
        return [f"the root is {feed.tag}"]
    faults = [*atom_common(feed, "feed")]
    for name in ("generator", "icon", "logo", "rights", "subtitle"):
        faults += count_children(feed, name, 0, 1, "feed")
    if not [link for link in feed.findall(ATOM + "link") if link.get("rel") == "self"]:
        faults.append("feed: no link to itself")
    entries = feed.findall(ATOM + "entry")
    for entry in entries:
        faults += atom_entry(entry, bool(feed.findall(ATOM + "author")))
    ids = [entry.findtext(ATOM + "id") for entry in entries]
    if len(set(ids)) != len(ids):
        faults.append("feed: an id stands twice")
    stamps = [stamp(entry.findtext(ATOM + "updated")) for entry in entries]
    if entries and None not in stamps and stamp(feed.findtext(ATOM + "updated")) != max(stamps):
        faults.append("feed: not updated when its entries were")
    return faults


def item_faults(item):
    where = f"item {item.get('id')!r}"
    if not isinstance(item.get("id"), str) or not item["id"]:
        yield f"{where}: the id is no text"
    if not isinstance(item.get("content_text", item.get("content_html")), str):
        yield f"{where}: no content"
    for key in ("url", "external_url"):
        if key in item and not is_iri(item[key]):
            yield f"{where}: {key}"
    for key in ("date_published", "date_modified"):
        if key in item and stamp(item[key]) is None:
            yield f"{where}: {key} {item[key]!r}"
    if "date_modified" in item and stamp(item["date_modified"]) < stamp(item["date_published"]):
        yield f"{where}: modified before it was published"
    if not all(isinstance(tag, str) for tag in item.get("tags", [])):
        yield f"{where}: tags"
    for key in item:
        if key not in ITEM_KEYS and not key.startswith("_"):
            yield f"{where}: unknown {key}"


def json_feed_faults(data):
    feed = json.loads(data)
    faults = [f"feed: unknown {key}" for key in feed if key not in FEED_KEYS and not key.startswith("_")]
    if feed.get("version") != "https://jsonfeed.org/version/1.1":
        faults.append("feed: version")
    if not isinstance(feed.get("title"), str) or not isinstance(feed.get("items"), list):
        return faults + ["feed: no title or no items"]
    for key in ("home_page_url", "feed_url"):
        if key in feed and not is_iri(feed[key]):
            faults.append(f"feed: {key}")
    if not all(set(author) & {"name", "url", "avatar"} for author in feed.get("authors", [{"name": ""}])):
        faults.append("feed: an author without name, url and avatar")
    for item in feed["items"]:
        faults += item_faults(item)
    ids = [item.get("id") for item in feed["items"]]
    if len(set(ids)) != len(ids):
        faults.append("feed: an id stands twice")
    return faults
