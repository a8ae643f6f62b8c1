#!/usr/bin/env python3
"""Tokens, passwords and sessions at a real daemon and its staff door.

One-time passwords are computed here, by an own RFC 6238 from the address that the program prints.
Guesses, a repeated one-time password, a planted cookie, what the store holds and what a browser may
not do are each tried; time is not waited for (the waiting has unit tests, where it stands still).
"""
import base64
import hashlib
import hmac
import json
import pathlib
import re
import sqlite3
import struct
import subprocess
import sys
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import schema as schemas  # noqa: E402
from browser import Browser  # noqa: E402
from support import Tally, daemon, house, read_options  # noqa: E402

NOW = "2027-01-04T09:00:00Z"  # one-time passwords and sessions live in real time all the same
PASSWORD = "correct horse battery staple"
FREE = 5  # wrong guesses at one account that cost no time


def code_of(device, after=0):
    """The one-time password of now, or of the first step later than `after`, and its step."""
    query = urllib.parse.parse_qs(urllib.parse.urlparse(device).query)
    secret = base64.b32decode(query["secret"][0])
    step = max(int(time.time()) // 30, after + 1)
    mac = hmac.new(secret, struct.pack(">Q", step), hashlib.sha1).digest()
    at = mac[19] & 15
    return f"{(struct.unpack('>I', mac[at:at + 4])[0] & 0x7fffffff) % 10**6:06}", step


def set_up(program, folder):
    program.run("init", "--now", NOW)
    for name, role in (("ada", "administrator"), ("anna", "analyst"), ("bert", "approver")):
        program.tokens[name] = folder / f"{name}.token"
        program.run("user", "add", name, "--role", role, "--out", program.tokens[name],
                    user=None if name == "ada" else "ada")


def set_password(program, name):
    done = subprocess.run(program.command("user", "password", name, "--json", user=name), env=program.env,
                          input=PASSWORD + "\n", capture_output=True, text=True, timeout=60, check=True)
    return json.loads(done.stdout)["device"]


def check_password(tally, program, port, device):
    browser = Browser(port)
    code, step = code_of(device)
    status, head, _ = browser.sign_in(user="anna", password=PASSWORD, code=code)
    tally.equal(status, 303, "password and code sign in")
    cookie = head["Set-Cookie"]
    tally.check("HttpOnly" in cookie and "SameSite=Strict" in cookie and "Secure" not in cookie, "the cookie", cookie)
    status, _, text = browser.ask("GET", "/sessions")
    tally.check(status == 200 and "127.0.0.1" in text and "this one" in text, "the page of sessions", status)
    again = Browser(port)
    status, _, refused = again.sign_in(user="anna", password=PASSWORD, code=code)
    tally.check(status == 403 and not again.cookie, "a code opens once", status)
    nobody = Browser(port).sign_in(user="nobody", password=PASSWORD, code=code)
    tally.equal((nobody[0], nobody[2]), (403, refused), "a user that there is not is the same page")
    code, _ = code_of(device, after=step)  # one step ahead lies in the window
    tally.equal(again.sign_in(user="anna", password=PASSWORD, code=code)[0], 303, "the next code does")
    return browser


def check_sessions(tally, program, port, browser):
    listed = program.json("user", "sessions", "anna")
    tally.equal(schemas.faults(listed, schemas.load("user-sessions.json")), [], "as its schema says")
    rows = listed["sessions"]
    tally.equal([(row["user"], row["by"], row["address"]) for row in rows], [("anna", "password", "127.0.0.1")] * 2,
                "both are listed")
    secret = browser.cookie.split("=")[1]
    with sqlite3.connect(f"file:{program.data}/store.db?mode=ro", uri=True) as store:
        held = [row[0] for row in store.execute("SELECT sha256 FROM session")]
        everything = [str(row) for row in store.execute("SELECT * FROM session")]
    tally.check(hashlib.sha256(secret.encode()).digest() in held and secret not in str(everything),
                "the store has the digest alone")
    thief = Browser(port)
    thief.cookie = "bailiwick_session=" + held[0].hex()
    tally.equal(thief.ask("GET", "/")[0], 303, "which opens nothing")
    path = program.tokens["thief"] = program.data.parent / "thief.token"
    path.touch(mode=0o600)
    path.write_text(secret + "\n")
    tally.equal(program.run("status", user="thief", expect=None).returncode, 2, "a cookie counts at the door alone")
    page = browser.ask("GET", "/sessions")[2]
    csrf = re.search(r'name="csrf" value="([0-9a-f]+)"', page).group(1)
    other = [row["id"] for row in rows]
    tally.equal(browser.ask("POST", f"/sessions/{other[0]}/end", {"csrf": "0" * 64})[0], 403, "no foreign form")
    status, _, text = browser.ask("POST", f"/sessions/{other[0]}/end", {"csrf": csrf})
    tally.check(status == 200 and "The session has ended." in text, "a button ends one", status)
    tally.equal(len(program.json("user", "sessions")["sessions"]), 1, "one is left")
    tally.equal(program.run("user", "session", "end", other[1], user="bert", expect=None).returncode, 2, "not bert's")
    program.run("user", "session", "end", other[1], user="ada")
    tally.equal(browser.ask("GET", "/")[0], 303, "ended by an administrator")


def check_fixation(tally, program, port):
    token = program.tokens["bert"].read_text().strip()
    browser = Browser(port)
    browser.cookie = planted = "bailiwick_session=" + "0" * 64
    browser.sign_in(token=token)
    tally.check(browser.cookie != planted and browser.ask("GET", "/")[0] == 200, "a new cookie")
    first = browser.cookie
    browser.sign_in(token=token)
    old = Browser(port)
    old.cookie = first
    tally.equal((old.ask("GET", "/")[0], browser.ask("GET", "/")[0]), (303, 200), "and the former session ended")
    foreign = Browser(port).ask("POST", "/login", {"token": token}, Origin="https://evil.example")
    tally.equal((foreign[0], foreign[1]["Set-Cookie"]), (403, None), "another site signs nobody in")


def check_guessing(tally, port):
    def guess():
        return Browser(port).sign_in(user="anna", password="wrong horse battery", code="000000")[:2]

    tally.equal([guess()[0] for _ in range(FREE)], [403] * FREE, "wrong guesses are refused")
    # Each that is looked at doubles the wait: one of the next comes too early, on any machine.
    replies = [guess() for _ in range(8)]
    waits = [int(head["Retry-After"]) for status, head in replies if status == 429]
    tally.check(waits and all(1 <= wait <= 60 for wait in waits), "and then have to wait", replies)


def check_tokens(tally, program, folder, port):
    def narrow(name, *words):
        program.tokens[name] = folder / f"{name}.token"
        return program.json("user", "token", "add", "anna", *words, "--out", program.tokens[name], user="anna")

    def get(name, path):
        token = program.tokens[name].read_text().strip()
        return Browser(port).ask("GET", path, Authorization=f"Bearer {token}")[0]

    made = narrow("calendar", "--for", "/deadlines.ics", "--note", "my calendar")
    tally.equal((made["id"], made["number"], made["scope"]), ("anna", 2, "/deadlines.ics"), "one for a calendar")
    tally.equal([get("calendar", path) for path in ("/deadlines.ics", "/", "/api/v1/worklist", "/metrics")],
                [200, 403, 403, 403], "reads it and nothing else")
    refused = program.run("case", "answer", "c-1", "x", user="calendar", expect=None)
    tally.equal(refused.returncode, 2, "and does nothing")
    refused = program.run("user", "token", "add", "anna", user="calendar", expect=None)
    tally.check(refused.returncode == 2 and "is not for 'user.token.add'" in refused.stderr, "nor hands out", refused.stderr)
    tally.equal(program.run("user", "token", "add", "anna", user="bert", expect=None).returncode, 2, "nor another")
    listed = program.json("user", "token", "list", "anna")
    tally.equal(schemas.faults(listed, schemas.load("user-tokens.json")), [], "as its schema says")
    listed = listed["tokens"]
    tally.equal([(row["number"], row["scope"], row["note"], row["in_use"]) for row in listed],
                [(1, "read write", "", True), (2, "/deadlines.ics", "my calendar", True)], "listed")
    program.run("user", "token", "revoke", "anna", "2", user="anna")
    tally.equal(get("calendar", "/deadlines.ics"), 401, "revoked at once")
    tally.equal(program.run("user", "token", "revoke", "anna", "2", user="anna", expect=None).returncode, 2, "once")
    tally.equal(program.run("user", "token", "revoke", "anna", "two", user="anna", expect=None).returncode, 2, "a number")


def check_removal(tally, program, port, device):
    browser = Browser(port)
    browser.sign_in(token=program.tokens["anna"].read_text().strip())
    tally.equal(browser.ask("GET", "/")[0], 200, "anna is in")
    program.run("user", "password", "remove", "anna", user="ada")
    tally.equal(browser.ask("GET", "/")[0], 303, "no more")
    tally.equal(program.run("user", "password", "remove", "anna", user="ada", expect=None).returncode, 2, "gone")
    tally.equal(Browser(port).sign_in(user="anna", password=PASSWORD, code=code_of(device)[0])[0] in (403, 429), True,
                "nor by password")
    done = subprocess.run(program.command("user", "password", "bert", user="bert"), env=program.env, input="short\n",
                          capture_output=True, text=True, timeout=60, check=False)
    tally.check(done.returncode == 2 and "12 to 1024 bytes" in done.stderr, "a short one is refused", done.stderr)


def main():
    options = read_options(__doc__)
    tally = Tally()
    with house(options, "mail.smtp-port = 1", "mail.from = desk@authority.example") as (folder, program):
        set_up(program, folder)
        with tally.part("signing in"), daemon(program, NOW) as port:
            device = set_password(program, "anna")
            browser = check_password(tally, program, port, device)
            check_sessions(tally, program, port, browser)
            check_fixation(tally, program, port)
            check_tokens(tally, program, folder, port)
            check_guessing(tally, port)
            check_removal(tally, program, port, device)
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
