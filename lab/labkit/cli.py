"""The command line of the lab."""

import argparse
import fcntl
import hashlib
import json
import os
import random
import select
import shutil
import signal
import socket
import sys
import time

from . import packages, sandbox, world as worlds
from .errors import LabError

MADE = ("keys", "mail", "ns", "rdap", "tls", "zones")       # folders of one run
PAPERS = ("control", "world.json", "root.zone", "root.hints", "trust-anchor", "delv.conf", "ca.pem", "root-db.html",
          "registrars.csv", "contacts.csv", "rdap-dns.json", "log", "mail-log")


def say(text):
    print(f"lab: {text}", file=sys.stderr, flush=True)


# -- talking to a running lab -----------------------------------------------------------------

def connect(folder):
    """The control socket of a running lab, or None.  A long path would not fit in the address,
    so the folder is named by a descriptor."""
    try:
        handle = os.open(folder, os.O_PATH | os.O_DIRECTORY)
    except OSError:
        return None
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.connect(f"/proc/self/fd/{handle}/control")
        return connection
    except OSError:
        connection.close()
        return None
    finally:
        os.close(handle)


def need(folder):
    connection = connect(folder)
    if not connection:
        raise LabError(f"no lab is up in {folder} (lab/ctl up)", 3)
    return connection


def ask(folder, do, *arguments):
    with need(folder) as connection, connection.makefile("rwb") as stream:
        stream.write(json.dumps({"do": do, "with": arguments}).encode() + b"\n")
        stream.flush()
        line = stream.readline()
    if not line:
        raise LabError("the lab ended while it was asked", 3)
    answer = json.loads(line)
    if "error" in answer:
        raise LabError(answer["error"], answer["status"])
    return answer["ok"]


def load_world(folder):
    need(folder).close()
    with open(os.path.join(folder, "world.json"), encoding="utf-8") as plan:
        return json.load(plan)


# -- commands ---------------------------------------------------------------------------------

def clear_remains(folder):
    """Removes what an earlier lab left, and nothing else, from the folder."""
    for name in MADE:
        shutil.rmtree(os.path.join(folder, name), ignore_errors=True)
    for name in PAPERS:
        try:
            os.unlink(os.path.join(folder, name))
        except FileNotFoundError:
            pass


def wait_ready(child, status):
    """Reads the keeper's one line; a lab that does not come up is taken down again."""
    try:
        text, end = b"", time.monotonic() + 60
        while not text.endswith(b"\n"):
            if not select.select([status], [], [], max(0, end - time.monotonic()))[0]:
                raise LabError("the lab did not come up within 60 s")
            piece = os.read(status, 4096)
            if not piece:
                break
            text += piece
        if text != b"ready\n":
            raise LabError("the lab did not come up: " + (text.decode("utf-8", "replace").strip() or "see the log"))
    except BaseException:
        sandbox.abandon(child)
        raise
    finally:
        os.close(status)


def up(options):
    folder = options.dir
    sandbox.check_tools()
    packages.provide(say)
    os.makedirs(folder, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)     # held until `up` ends
    except BlockingIOError as error:
        raise LabError(f"another `up` is at work in {folder}", 2) from error
    running = connect(folder)
    if running:
        running.close()
        raise LabError(f"a lab is already up in {folder} (lab/ctl down)", 2)
    clear_remains(folder)
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(1, 10**6)
    print(f"seed {seed}", flush=True)
    began = time.monotonic()
    world = worlds.plan(seed)
    with open(os.path.join(folder, "world.json"), "w", encoding="utf-8") as out:
        json.dump(world, out, indent=1)
    ctl = os.path.join(os.path.dirname(os.path.dirname(os.path.realpath(__file__))), "ctl")
    wishes = json.dumps({"healthy": options.healthy, "without": options.without})
    log = os.path.join(folder, "log")
    try:
        companion = None if options.until_end_of is None else os.pidfd_open(options.until_end_of)
    except OSError as error:
        raise LabError(f"--until-end-of {options.until_end_of}: {error.strerror}", 2) from error
    child, status = sandbox.launch([ctl, "keeper", folder, wishes], log, companion)
    try:
        wait_ready(child, status)
    except LabError as error:
        with open(log, encoding="utf-8", errors="replace") as text:
            tail = "".join(text.readlines()[-5:]).strip()
        raise LabError(f"{error}\n{tail}\n({log})") from error
    child.returncode = 0        # it goes on without us
    print(f"up in {time.monotonic() - began:.1f} s in {folder}")
    return 0


def down(options):
    connection = connect(options.dir)
    if not connection:
        say(f"no lab is up in {options.dir}")
        return 0
    with connection:
        try:
            sandbox.end_all(sandbox.peer_pid(connection))
        except (ProcessLookupError, FileNotFoundError):
            pass        # it ended by itself
    os.unlink(os.path.join(options.dir, "control"))
    return 0


def env(options):
    folder = options.dir
    world = load_world(folder)
    values = {
        "BAILIWICK_LAB_DIR": folder,
        "BAILIWICK_NETWORK": ask(folder, "status")["network"],   # the program refuses to measure outside
        "LAB_SEED": world["seed"],
        "LAB_HINTS": os.path.join(folder, "root.hints"),
        "LAB_TRUST_ANCHOR": os.path.join(folder, "trust-anchor"),
        "LAB_CA": os.path.join(folder, "ca.pem"),
        "LAB_SMTP_HOST": world["mail"]["ipv4"],
        "LAB_SMTP_PORT": world["mail"]["port"],
        "LAB_OPERATOR_MAILBOX": maildir(folder, world["authority"]["mailbox"]),
        "LAB_MAIL_FROM": world["authority"]["mailbox"],
        "LAB_BOUNCING_MAILBOX": world["bouncing_mailbox"],
        "LAB_REFERENCE_URL": world["reference"]["url"],
        "LAB_INFRA_ZONE": world["infra"],
        "LAB_ROOT_ZONE": os.path.join(folder, "root.zone"),
        "LAB_ROOT_DB": os.path.join(folder, "root-db.html"),
        "LAB_REGISTRARS": os.path.join(folder, "registrars.csv"),
        "LAB_CONTACTS": os.path.join(folder, "contacts.csv"),
        "LAB_RDAP_BOOTSTRAP": os.path.join(folder, "rdap-dns.json"),
        "LAB_DELV_ANCHOR": os.path.join(folder, "delv.conf"),
    }
    for name, value in values.items():
        quoted = str(value).replace("'", "'\\''")
        print(f"export {name}='{quoted}'")
    return 0


def listing(options):
    if options.faults:
        from .faults import ALL
        print("\n".join(ALL))
        return 0
    world = load_world(options.dir)
    state = ask(options.dir, "status")
    rows = []
    for tld in world["tlds"]:
        rows.append({
            "role": tld["role"], "tld": tld["name"], "party": tld["party"]["name"], "mailbox": tld["party"]["mailbox"],
            "rdap": tld["rdap"]["url"], "domain": tld["domain"], "algorithm": tld["algorithm"], "denial": tld["denial"],
            "servers": [{key: server[key] for key in ("name", "ipv4", "ipv6", "software")} for server in tld["servers"]],
            "rdap_addresses": [tld["rdap"]["ipv4"], tld["rdap"]["ipv6"]],
            "faults": list(state["faults"][tld["role"]]), "fault_servers": state["faults"][tld["role"]]})
    registrars = [{"iana_id": r["iana_id"], "party": r["name"], "mailbox": r["mailbox"], "rdap": r["rdap"]["url"]}
                  for r in world["registrars"]]
    if options.json:
        print(json.dumps({"seed": world["seed"], "cut": state["cut"], "infra": world["infra"], "tlds": rows,
                          "registrars": registrars, "authority": world["authority"]}, indent=1, sort_keys=True))
        return 0
    print(f"seed {world['seed']}; infrastructure zone {world['infra']}; cut: {state['cut'] or 'none'}")
    for row in rows:
        print(f"\n{row['role']}  .{row['tld']}  {row['party']}  {row['mailbox']}\n"
              f"  rdap {row['rdap']}  knows {row['domain']}")
        for server in row["servers"]:
            print(f"  {server['name']}  {server['ipv4']}  {server['ipv6']}  ({server['software']})")
        words = [fault + (f" at {where}" if where else "") for fault, where in row["fault_servers"].items()]
        print("  faults: " + (", ".join(words) or "none"))
    print()
    for row in registrars:
        print(f"registrar {row['iana_id']}  {row['party']}  {row['mailbox']}  {row['rdap']}")
    return 0


def break_(options):
    ask(options.dir, "break", options.target, options.fault)
    return 0


def repair(options):
    ask(options.dir, "repair", options.target, options.fault)
    return 0


def cut(options):
    ask(options.dir, "cut", options.kind)
    return 0


def join(options):
    ask(options.dir, "join")
    return 0


def serve_root(options):
    text = None
    if options.file != "lab":
        try:
            with open(options.file, encoding="utf-8") as zone:
                text = zone.read()
        except OSError as error:
            raise LabError(f"{options.file}: {error.strerror}", 2) from error
    ask(options.dir, "serve-root", text)
    return 0


def execute(options):
    command = options.command[1:] if options.command[:1] == ["--"] else options.command
    if not command:
        raise LabError("exec: no command", 2)
    connection = need(options.dir)
    pid = sandbox.peer_pid(connection)
    connection.close()
    listeners = sandbox.listen_sockets(options.listen)
    if options.listen_file:
        with open(options.listen_file + ".new", "w", encoding="ascii") as out:
            out.writelines(sandbox.address_text(listener) + "\n" for listener in listeners)
        os.replace(options.listen_file + ".new", options.listen_file)
    return sandbox.execute(pid, command, listeners)


# -- mail -------------------------------------------------------------------------------------

def maildir(folder, mailbox):
    return os.path.join(folder, "mail", mailbox)


def find_mailbox(world, party):
    """By mailbox, TLD, role, IANA ID, name or `authority`/`operator`."""
    if party in ("authority", "operator", world["authority"]["mailbox"]):
        return world["authority"]["mailbox"]
    tld = worlds.find_tld(world, party)
    if tld:
        return tld["party"]["mailbox"]
    for known in worlds.parties(world):
        if party in (known["mailbox"], known["name"], known["slug"], str(known.get("iana_id", ""))):
            return known["mailbox"]
    raise LabError(f"no party `{party}`; see `lab/ctl list`", 2)


def as_sent(raw):
    """The message as it went over SMTP: without the fields that the server put before it, and with
    the line ends that a Maildir does not keep."""
    lines = raw.split(b"\n")
    for field in (b"return-path:", b"delivered-to:", b"received:"):
        if lines and lines[0].lower().startswith(field):
            del lines[0]
            while lines and lines[0][:1] in (b" ", b"\t"):
                del lines[0]
    return b"\r\n".join(lines)


def readable(field):
    """A header field as text; encoded words are decoded, and a broken one is shown as it is."""
    import email.errors
    import email.header
    if field is None:
        return None
    try:
        return str(email.header.make_header(email.header.decode_header(field)))
    except (ValueError, LookupError, email.errors.MessageError):
        return str(field)


def mail(options):
    import email.policy     # slow to load, and needed here only
    world = load_world(options.dir)
    box = maildir(options.dir, find_mailbox(world, options.party))
    if options.dir_only:
        print(box)
        return 0
    messages = []
    for part in ("new", "cur"):
        folder = os.path.join(box, part)
        if os.path.isdir(folder):
            messages += [os.path.join(folder, name) for name in os.listdir(folder)]
    rows = []
    for path in sorted(messages, key=lambda path: (os.stat(path).st_mtime_ns, path)):
        with open(path, "rb") as file:
            raw = file.read()
        parsed = email.message_from_bytes(raw, policy=email.policy.compat32)
        sent = as_sent(raw)
        rows.append({"file": path, "message_id": readable(parsed["Message-ID"]),
                     "from": readable(parsed["From"]), "subject": readable(parsed["Subject"]), "size": len(sent), "sha256": hashlib.sha256(sent).hexdigest(),
                     "body_sha256": hashlib.sha256(sent.partition(b"\r\n\r\n")[2]).hexdigest()})
        if not options.json:
            sys.stdout.flush()
            sys.stdout.buffer.write(f"===== {os.path.basename(path)}\n".encode() + raw
                                    + (b"" if raw.endswith(b"\n") else b"\n"))
            sys.stdout.buffer.flush()
    if options.json:
        print(json.dumps(rows, indent=1, sort_keys=True))
    return 0


# -- arguments --------------------------------------------------------------------------------

def parser():
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--dir", default=os.environ.get("BAILIWICK_LAB_DIR")
                        or os.path.join(packages.PROJECT, "build", "lab"), help="the lab's folder (build/lab)")
    top = argparse.ArgumentParser(prog="lab/ctl", description="A small Internet on this machine.")
    verbs = top.add_subparsers(dest="verb", required=True, metavar="COMMAND")

    def verb(name, action, words):
        made = verbs.add_parser(name, help=words, description=words, parents=[common])
        made.set_defaults(action=action)
        return made

    made = verb("up", up, "bring a lab up")
    made.add_argument("--seed", type=int, help="names, addresses and ports are drawn from it (random)")
    made.add_argument("--healthy", action="store_true", help="no faults at the start")
    made.add_argument("--without", action="append", default=[], choices=["mail-server"], help="leave a part out")
    made.add_argument("--until-end-of", type=int, metavar="PID", help="end the lab when this process ends")
    verb("down", down, "end the lab and everything in it")
    verb("env", env, "print shell variables")
    made = verb("list", listing, "print TLDs, servers, parties, faults")
    made.add_argument("--json", action="store_true")
    made.add_argument("--faults", action="store_true", help="print the faults that there are, one a line")
    made = verb("break", break_, "put a fault on a TLD")
    made.add_argument("target", help="TLD or role (tld3)")
    made.add_argument("fault", help="one of those that `list --faults` prints")
    made = verb("repair", repair, "take a fault, or all faults, off a TLD")
    made.add_argument("target")
    made.add_argument("fault", nargs="?")
    verb("cut", cut, "cut our own network").add_argument("kind", nargs="?", default="all", help="all, silent, udp-replies or ipv6")
    verb("join", join, "undo the cut")
    made = verb("mail", mail, "print a party's mails")
    made.add_argument("party", help="TLD, role, IANA ID, mailbox, party name, or `operator`")
    made.add_argument("--json", action="store_true")
    made.add_argument("--dir-only", "--maildir", action="store_true", help="print the mailbox's path")
    verb("serve-root", serve_root, "sign and serve a published root zone").add_argument(
        "file", help="zone file, or `lab` for the lab's own root again")
    made = verb("exec", execute, "run a command inside the lab's network")
    made.add_argument("--listen", action="append", default=[], metavar="ADDR:PORT",
                      help="a socket of the outer network, handed over as systemd would")
    made.add_argument("--listen-file", metavar="FILE", help="where to write the chosen addresses")
    made.add_argument("command", nargs=argparse.REMAINDER)
    return top


def main(arguments):
    if arguments[:1] == ["keeper"]:      # inside the namespaces, started by `up`
        from . import keeper            # pulls in what only the keeper needs
        folder, wishes, status, companion = arguments[1:]
        return keeper.run(folder, json.loads(wishes), int(status), int(companion))
    # `mail PARTY --dir` alone prints the Maildir; with a value --dir names the lab, as everywhere.
    if arguments[:1] == ["mail"] and arguments[-1] == "--dir":
        arguments = arguments[:-1] + ["--dir-only"]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        options = parser().parse_args(arguments)
        options.dir = os.path.abspath(options.dir)
        return options.action(options)
    except LabError as error:
        print(f"lab/ctl: {error}", file=sys.stderr)
        return error.status
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 1
