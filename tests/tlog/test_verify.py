#!/usr/bin/env python3
"""verify.py accepts logs that the program writes and refuses each kind of tampering."""
import argparse
import functools
import http.server
import pathlib
import random
import subprocess
import sys
import tempfile
import threading

HERE = pathlib.Path(__file__).resolve().parent


class Handler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


class Log:
    def __init__(self, maker, folder):
        self.maker, self.folder = maker, pathlib.Path(folder)
        self.public, self.secret = self.folder / "public", self.folder / "secret"
        self.state = self.folder / "state"
        handler = functools.partial(Handler, directory=str(self.public))
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def make(self, size, secret=None):
        done = subprocess.run([self.maker, self.public, secret or self.secret, str(size)],
                              check=True, stdout=subprocess.PIPE, text=True)
        return done.stdout.strip()

    def verify(self, key, *options):
        done = subprocess.run([sys.executable, HERE / "verify.py", self.url, "--key", key, *options],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        return done.returncode, done.stdout + done.stderr


def expect(outcome, code, words):
    assert outcome[0] == code and words in outcome[1], (outcome, words)


def grows_consistently(log):
    for size in (0, 1, 16, 256, 300, 528, 70000):
        key = log.make(size)
        expect(log.verify(key, "--state", str(log.state)), 0, f"size {size} ")


def refuses_a_rewritten_history(log):
    key = log.make(300)
    expect(log.verify(key, "--state", str(log.state)), 0, "size 300")
    log.make(200)
    expect(log.verify(key, "--state", str(log.state)), 1, "history was rewritten")


def refuses_another_key(log):
    key = log.make(40)
    other = log.make(40, log.folder / "other")
    expect(log.verify(key), 1, "another key is served")
    (log.public / "log/key").write_text(key)
    expect(log.verify(key), 1, "not signed by the pinned key")
    renamed = other.replace("example", "exampl3")
    (log.public / "log/key").write_text(renamed)
    expect(log.verify(renamed), 1, "pinned key does not have its id")


def refuses_any_changed_file(log):
    key = log.make(300)
    chance = random.Random(7)
    for path in sorted(p for p in (log.public / "log").rglob("*") if p.is_file()):
        good = path.read_bytes()
        for _ in range(3):
            bad, at = bytearray(good), chance.randrange(len(good))
            bad[at] ^= 1 << chance.randrange(7)
            path.write_bytes(bytes(bad))
            code, text = log.verify(key)
            assert code != 0, (path, at, text)
        path.write_bytes(good)
    expect(log.verify(key), 0, "size 300")


def checks_a_bundle(log):
    key = log.make(300)
    bundle = log.public / "bundle.json"
    expect(log.verify(key, "--bundle", str(bundle)), 0, "size 300")
    expect(log.verify(key, "--bundle", log.url + "/bundle.json"), 0, "size 300")
    good = bundle.read_text()
    for old, new, words in (("Caf", "Cof", "names the record"), ("breached", "breaches", "event of"),
                            ('"index":7', '"index":8', "is another one"),
                            ('"index":7', '"index":700', "is another one")):
        assert old in good
        bundle.write_text(good.replace(old, new))
        expect(log.verify(key, "--bundle", str(bundle)), 1, words)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=pathlib.Path, required=True)
    options = parser.parse_args()
    makers = sorted(options.build.rglob("tlog_make_log"), key=lambda p: p.stat().st_mtime)
    if not makers:
        print("the program tlog_make_log is not built", file=sys.stderr)
        print("0 passed, 0 failed, 1 skipped")
        return 0
    passed = failed = 0
    for test in (grows_consistently, refuses_a_rewritten_history, refuses_another_key,
                 refuses_any_changed_file, checks_a_bundle):
        with tempfile.TemporaryDirectory(prefix="bailiwick-log-") as folder:
            log = Log(makers[-1].resolve(), folder)
            try:
                test(log)
                passed += 1
            except AssertionError as error:
                failed += 1
                print(f"{test.__name__}: {error}", file=sys.stderr)
            log.server.shutdown()
            log.server.server_close()
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


sys.exit(main())
