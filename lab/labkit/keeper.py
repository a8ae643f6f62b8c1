"""The keeper: the process inside the namespaces that starts, watches and changes the lab.

Process 1 of the namespace only reaps; the keeper is its child and answers requests, one JSON line
each way, on the Unix socket `control` in the lab's folder.  When either ends, all ends.
"""

import json
import os
import select
import socket
import threading
import traceback

from . import packages
from .errors import LabError
from .internet import Internet
from .sandbox import MS_BIND, MS_PRIVATE, MS_REC, mount

VIEW = "/mnt"       # inside, short paths without blanks: /mnt/lab, /mnt/root, /mnt/mail


def run(folder, options, status, companion):
    """Entry point inside fresh namespaces.  status: descriptor that is told the outcome;
    companion: descriptor of a process with which the lab ends, or -1."""
    keeper = os.fork()
    if keeper != 0:
        os.close(status)
        while True:
            pid, _ = os.wait()
            if pid == keeper:
                os._exit(0)
    if companion >= 0:
        threading.Thread(target=_end_with, args=(companion,), daemon=True).start()
    try:
        _make_view(folder)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        os.umask(0o077)
        listener.bind(f"{VIEW}/lab/control")
        os.umask(0o022)
        listener.listen(8)
        with open(f"{VIEW}/lab/world.json", encoding="utf-8") as plan:
            world = json.load(plan)
        internet = Internet(world, f"{VIEW}/lab", f"{VIEW}/root", f"{VIEW}/mail", options["without"])
        internet.start(options["healthy"])
        internet.write_papers()
        os.write(status, b"ready\n")
        os.close(status)
    except BaseException as error:      # pylint: disable=broad-except
        try:
            traceback.print_exc()
            os.write(status, f"{error}\n".encode())
        finally:
            os._exit(1)
    _serve(listener, internet)


def _end_with(companion):
    select.select([companion], [], [])      # a pidfd can be read when its process has ended
    os._exit(0)


def _make_view(folder):
    handles = {"lab": os.open(folder, os.O_PATH), "root": os.open(packages.ROOT, os.O_PATH)}
    mount("none", "/", None, MS_REC | MS_PRIVATE)
    mount("tmpfs", VIEW, "tmpfs", 0)
    for name, handle in handles.items():
        os.mkdir(f"{VIEW}/{name}")
        mount(f"/proc/self/fd/{handle}", f"{VIEW}/{name}", None, MS_BIND | MS_REC)
        os.close(handle)
    os.mkdir(f"{VIEW}/mail")
    os.chdir(f"{VIEW}/lab")


def _serve(listener, internet):
    actions = {"break": internet.break_, "repair": internet.repair, "cut": internet.cut, "join": internet.join,
               "serve-root": internet.serve_root, "status": internet.status}
    while True:
        connection, _ = listener.accept()
        with connection, connection.makefile("rwb") as stream:
            try:
                line = stream.readline()
                if not line:
                    continue
                request = json.loads(line)
                answer = {"ok": actions[request["do"]](*request["with"])}
            except LabError as error:
                answer = {"error": str(error), "status": error.status}
            except Exception as error:      # pylint: disable=broad-except
                traceback.print_exc()
                answer = {"error": f"{type(error).__name__}: {error}", "status": 1}
            try:
                stream.write(json.dumps(answer).encode() + b"\n")
                stream.flush()
            except OSError:
                pass
