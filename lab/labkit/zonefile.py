"""The zones as text, one record a line, before they are signed."""

DAY = 86400


def soa(apex, mname, serial):
    return f"{apex} 3600 IN SOA {mname} hostmaster.{mname} {serial} 1800 900 604800 3600"


def addresses(owner, host):
    return [f"{owner}. 3600 IN A {host['ipv4']}", f"{owner}. 3600 IN AAAA {host['ipv6']}"]


def root_zone(world, serial, ds_records):
    """The root, in the shape in which the real one is published (without its signatures).

    ds_records: label -> list of DS data."""
    lines = [f".\t86400\tIN\tSOA\t{world['root'][0]['name']}. hostmaster.{world['infra']}. {serial} 1800 900 604800 86400"]
    lines += [f".\t518400\tIN\tNS\t{server['name']}." for server in world["root"]]
    glue = {}
    delegations = [(world["infra"], world["infra_servers"])]
    delegations += [(tld["name"], tld["servers"]) for tld in world["tlds"]]
    for server in world["root"]:
        glue[server["name"]] = server
    for label, servers in sorted(delegations):
        for server in servers:
            lines.append(f"{label}.\t172800\tIN\tNS\t{server['name']}.")
            glue[server["name"]] = server
        lines += [f"{label}.\t86400\tIN\tDS\t{ds}" for ds in ds_records[label]]
    for name, host in sorted(glue.items()):
        lines.append(f"{name}.\t172800\tIN\tA\t{host['ipv4']}")
        lines.append(f"{name}.\t172800\tIN\tAAAA\t{host['ipv6']}")
    return "\n".join(lines) + "\n"


def hints(world):
    lines = ["; Root hints of the lab"]
    for server in world["root"]:
        lines.append(f".\t3600000\tIN\tNS\t{server['name']}.")
        lines.append(f"{server['name']}.\t3600000\tIN\tA\t{server['ipv4']}")
        lines.append(f"{server['name']}.\t3600000\tIN\tAAAA\t{server['ipv6']}")
    return "\n".join(lines) + "\n"


def tld_zone(world, tld, serial, child_ds, wildcard=False):
    """One TLD: its own web host, three delegations, and on demand a wildcard that answers all."""
    apex = tld["name"] + "."
    nic = f"nic.{tld['name']}"
    lines = [soa(apex, tld["servers"][0]["name"] + ".", serial)]
    lines += [f"{apex} {DAY} IN NS {server['name']}." for server in tld["servers"]]
    lines += addresses(nic, tld["rdap"])
    for server in tld["servers"]:
        if server["name"].endswith("." + tld["name"]):
            lines += addresses(server["name"], server)
    for child in (tld["domain"], tld["plain"]):
        lines += [f"{child}. {DAY} IN NS {server['name']}." for server in world["infra_servers"]]
    lines += [f"{tld['domain']}. {DAY} IN DS {ds}" for ds in child_ds]
    for number, server in enumerate(world["infra_servers"], 1):
        lines.append(f"{tld['glued']}. {DAY} IN NS ns{number}.{tld['glued']}.")
        lines += addresses(f"ns{number}.{tld['glued']}", server)
    if wildcard:
        lines += addresses("*." + tld["name"], tld["rdap"])
    return "\n".join(lines) + "\n"


def child_zone(world, tld, child, serial):
    """A registered domain, served by the infrastructure's servers."""
    apex = child + "."
    if child == tld["glued"]:
        names = [f"ns{number}.{child}" for number in range(1, len(world["infra_servers"]) + 1)]
    else:
        names = [server["name"] for server in world["infra_servers"]]
    lines = [soa(apex, names[0] + ".", serial)]
    for name, server in zip(names, world["infra_servers"]):
        lines.append(f"{apex} 3600 IN NS {name}.")
        if name.endswith("." + child):
            lines += addresses(name, server)
    lines += addresses(child, world["reference"])
    lines += addresses("www." + child, world["reference"])
    return "\n".join(lines) + "\n"


def infra_zone(world, serial):
    """The healthy zone under which everything lives that is not measured as a TLD."""
    infra = world["infra"]
    apex = infra + "."
    lines = [soa(apex, world["infra_servers"][0]["name"] + ".", serial)]
    lines += [f"{apex} {DAY} IN NS {server['name']}." for server in world["infra_servers"]]
    for server in world["infra_servers"] + world["root"]:
        lines += addresses(server["name"], server)
    for tld in world["tlds"]:
        lines += addresses(tld["rdap"]["host"], tld["rdap"])
        for server in tld["servers"]:
            if server["name"].endswith("." + infra):
                lines += addresses(server["name"], server)
    for registrar in world["registrars"]:
        lines += addresses(registrar["rdap"]["host"], registrar["rdap"])
    lines += addresses(world["reference"]["host"], world["reference"])
    lines += addresses(world["mail"]["host"], world["mail"])
    parties = [tld["party"] for tld in world["tlds"]] + world["registrars"] + [world["authority"]]
    for party in parties:
        lines.append(f"{party['domain']}. 3600 IN MX 10 {world['mail']['host']}.")
        lines += addresses(party["domain"], world["reference"])
    return "\n".join(lines) + "\n"


def strip_dnssec(text):
    """A published zone without the records that a signer makes (DS of delegations stay)."""
    made = {"RRSIG", "NSEC", "NSEC3", "NSEC3PARAM", "DNSKEY", "ZONEMD", "CDS", "CDNSKEY"}
    kept = []
    for line in text.splitlines():
        words = line.split()
        if len(words) > 3 and not line.startswith(";") and words[3].upper() not in made:
            kept.append(line)
    return "\n".join(kept) + "\n"
