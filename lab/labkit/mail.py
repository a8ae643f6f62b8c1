"""The mail server: OpenSMTPD, delivering into one Maildir per party.

OpenSMTPD has its paths and users compiled in, so it runs in a small root of its own (a tmpfs that
vanishes with the lab) with its own passwd file.  Messages are kept as they were sent; only
Return-Path, Delivered-To and Received are put before them.
"""

import os
import socket

from . import packages, world as worlds
from .dnsprobe import SOURCE
from .process import Process, wait_until
from .sandbox import MS_BIND, MS_REC, mount

PASSWD = """root:x:0:0:root:/:/bin/sh
opensmtpd:x:201:201:server:/var/lib/opensmtpd/empty:/bin/false
opensmtpq:x:202:202:queue:/var/lib/opensmtpd/empty:/bin/false
vmail:x:203:203:mailboxes:/:/bin/sh
"""
GROUP = "root:x:0:\nopensmtpd:x:201:\nopensmtpq:x:202:\nvmail:x:203:\n"

# Delivery is by our own few lines: files that the lab's user can read and remove, whole or not at all.
DELIVER = """#!/bin/sh
umask 022
box="/boxes/$1"
name="$(date +%s.%N).$$"
# Whoever takes mail for this box says by an exit code what became of each.
if [ -d "$box/asks" ]; then
    (umask 0; mkfifo "$box/tmp/$name.answer") || exit 75
    printf %s "$2" > "$box/tmp/$name.sender"
    cat > "$box/tmp/$name" && mv "$box/tmp/$name" "$box/asks/$name" || exit 75
    read -r code < "$box/tmp/$name.answer"
    rm -f "$box/tmp/$name.answer" "$box/tmp/$name.sender"
    exit "$code"
fi
cat > "$box/tmp/$name" && mv "$box/tmp/$name" "$box/new/$name" || exit 75
"""


class MailServer:
    """tree: an empty folder of the tmpfs; boxes: where the Maildirs are kept."""

    def __init__(self, world, tree, boxes, root):
        self.world = world
        self.tree = tree
        self.boxes = boxes
        self.root = root
        self.process = None

    def mailboxes(self):
        return [party["mailbox"] for party in worlds.parties(self.world)] + [self.world["authority"]["mailbox"]]

    def _write(self, path, text, mode=0o644):
        with open(os.path.join(self.tree, path), "w", encoding="utf-8") as out:
            out.write(text)
        os.chmod(os.path.join(self.tree, path), mode)

    def _bind(self, source, path):
        target = os.path.join(self.tree, path)
        os.makedirs(target, exist_ok=True)
        mount(source, target, None, MS_BIND | MS_REC)

    def _build_tree(self):
        os.umask(0o022)
        for folder in ("etc", "tmp", "run", "var/spool/smtpd", "var/lib/opensmtpd/empty", "usr"):
            os.makedirs(os.path.join(self.tree, folder))
        os.symlink("/run", os.path.join(self.tree, "var/run"))
        os.symlink("/bin", os.path.join(self.tree, "usr/bin"))
        os.chmod(os.path.join(self.tree, "tmp"), 0o1777)
        os.chmod(os.path.join(self.tree, "var/spool/smtpd"), 0o711)
        # The system's own programs and libraries, and the unpacked ones beside them.
        for folder in ("bin", "lib", "lib64", "dev"):
            if os.path.isdir("/" + folder):
                self._bind(os.path.realpath("/" + folder), folder)
        self._bind(os.path.join(self.root, "usr/libexec"), "usr/libexec")
        self._bind(self.root, "lab-root")
        for box in self.mailboxes():
            for part in ("tmp", "new", "cur"):
                path = os.path.join(self.boxes, box, part)
                os.makedirs(path)
                os.chmod(path, 0o777)
        self._bind(self.boxes, "boxes")

    def _configure(self):
        mail = self.world["mail"]
        boxes = self.mailboxes()
        bouncing = self.world["bouncing_mailbox"]
        self._write("etc/passwd", PASSWD)
        self._write("etc/group", GROUP)
        self._write("etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files\n")
        self._write("etc/hosts", f"127.0.0.1 localhost\n{mail['ipv4']} {mail['host']}\n{mail['ipv6']} {mail['host']}\n")
        self._write("etc/resolv.conf", "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
        self._write("etc/mailname", mail["host"] + "\n")
        self._write("etc/boxes", "".join(f"{box}: vmail\n" for box in boxes + [bouncing]))
        self._write("etc/known", "".join(f"{box}\n" for box in boxes))
        self._write("deliver", DELIVER, 0o755)
        listens = "".join(f"listen on {mail[family]} port {port} hostname {mail['host']}\n"
                          for family in ("ipv4", "ipv6") for port in (25, mail["port"]))
        self._write("etc/smtpd.conf", f"""table boxes file:/etc/boxes
table known file:/etc/known
{listens}smtp max-message-size "64M"
action "fail" mda "exit 69" virtual <boxes>
action "keep" mda "/deliver %{{rcpt}} %{{sender}}" virtual <boxes>
match from any for rcpt-to "{bouncing}" action "fail"
match from any for rcpt-to <known> action "keep"
""")

    def start(self):
        self._build_tree()
        self._configure()
        environment = packages.tool_environment(self.root)
        environment["LD_LIBRARY_PATH"] = packages.loader_path(self.root).replace(self.root, "/lab-root")
        self.process = Process(["/lab-root/usr/sbin/smtpd", "-d", "-f", "/etc/smtpd.conf"], environment,
                               os.path.join(os.path.dirname(self.boxes), "mail-log"), root=self.tree)

    def _greets(self):
        if not self.process.running():
            raise RuntimeError("the mail server ended: " + self.process.last_words())
        try:
            with socket.create_connection((self.world["mail"]["ipv4"], self.world["mail"]["port"]), 2,
                                          source_address=(SOURCE, 0)) as smtp:
                return smtp.recv(4) == b"220 "
        except OSError:
            return False

    def settle(self):
        wait_until(self._greets, 10, "the mail server")
