"""The papers around the root: IANA-shaped database page and registrar list, contacts, bootstrap."""

import csv
import html
import io
import time


def other_ds(ds):
    """A DS of the same form that matches no key: every hex digit of the digest is turned round."""
    tag, algorithm, kind, *digest = ds.split()
    turned = "".join(digest).lower().translate(str.maketrans("0123456789abcdef", "fedcba9876543210"))
    return f"{(int(tag) + 1) % 65536} {algorithm} {kind} {turned}"


def adopt(text, world, least_serial):
    """A published root zone with the lab's servers as its own name servers, and with a serial of at
    least least_serial.  Returns (text, serial)."""
    lines, serial = [], None
    for line in text.splitlines():
        words = line.split()
        if not words:
            continue
        if words[0] == "." and words[3].upper() == "NS":
            continue
        if words[0] == "." and words[3].upper() == "SOA":
            if serial is not None:
                continue        # published files end with a second SOA
            serial = max(int(words[6]), least_serial)
            words[6] = str(serial)
            line = " ".join(words)
        lines.append(line)
    if serial is None:
        raise ValueError("the file has no SOA of the root")
    own = {server["name"].lower() + "." for server in world["root"]}
    lines = [line for line in lines if line.split()[0].lower() not in own]
    for server in world["root"]:
        lines.append(f". 518400 IN NS {server['name']}.")
        lines.append(f"{server['name']}. 518400 IN A {server['ipv4']}")
        lines.append(f"{server['name']}. 518400 IN AAAA {server['ipv6']}")
    return "\n".join(lines) + "\n", serial


def root_db(world):
    """The page that lists every TLD with its type and manager, shaped as IANA's."""
    rows = [(tld["name"], "generic", tld["party"]["name"]) for tld in world["tlds"]]
    rows.append((world["infra"], "infrastructure", "Lab Infrastructure"))
    body = ""
    for name, kind, manager in sorted(rows):
        body += f"""
    <tr>
        <td>

            <span class="domain tld"><a href="/domains/root/db/{name}.html">.{name}</a></span></td>

        <td>{kind}</td>
        <td>{html.escape(manager)}</td>
    </tr>
"""
    return f"""<!doctype html>
<html>
<head>
	<title>Root Zone Database</title>
	<meta charset="utf-8" />
</head>
<body>
<main>
    <h1>Root Zone Database</h1>
    <div class="iana-table-frame">
    <table id="tld-table" class="iana-table">
    <thead>
        <tr>
            <th>Domain</th>
            <th>Type</th>
            <th>TLD Manager</th>
        </tr>
    </thead>
    <tbody>
{body}
    </tbody>
    </table>
    </div>
</main>
</body>
</html>
"""


def _csv(rows):
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue()


def registrars(world):
    rows = [("ID", "Registrar Name", "Status", "RDAP Base URL"), ("1", "Reserved", "Reserved", "")]
    rows += [(r["iana_id"], r["name"], "Accredited", r["rdap"]["url"]) for r in world["registrars"]]
    return _csv(rows)


def contacts(world):
    """The authority's own address book: who is written to."""
    rows = [("Kind", "ID", "Name", "Role", "E-mail")]
    rows += [("registry", tld["name"], tld["party"]["name"], "compliance", tld["party"]["mailbox"])
             for tld in world["tlds"]]
    rows += [("registrar", r["iana_id"], r["name"], "compliance", r["mailbox"]) for r in world["registrars"]]
    return _csv(rows)


def bootstrap(world):
    """RFC 9224 section 4: which base URL serves which TLD."""
    return {"description": "RDAP bootstrap file for the lab's top-level domains", "version": "1.0",
            "publication": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "services": [[[tld["name"]], [tld["rdap"]["url"]]] for tld in world["tlds"]]}
