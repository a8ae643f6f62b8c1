"""Entering and leaving the lab's private namespaces.

`launch` starts the keeper in new user (unless root), network, mount and process namespaces.
`execute` runs a command inside the network and process namespaces of a running lab, with the
caller's own files, terminal and working folder.  The end of the first process of the process
namespace ends everything inside.
"""

import ctypes
import os
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys

from .errors import LabError

CLONE_NEWNS, CLONE_NEWUSER, CLONE_NEWNET, CLONE_NEWPID = 0x20000, 0x10000000, 0x40000000, 0x20000000
MS_REC, MS_PRIVATE, MS_BIND = 16384, 1 << 18, 4096
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True)


def _checked(result, what):
    if result != 0:
        number = ctypes.get_errno()
        raise LabError(f"{what}: {os.strerror(number)}")


def mount(source, target, kind, flags):
    words = [None if word is None else os.fsencode(word) for word in (source, target, kind)]
    _checked(LIBC.mount(*words, ctypes.c_ulong(flags), None), f"mount {target}")


def die_with_parent(number):
    LIBC.prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)


def check_tools():
    """Without root, namespaces need the tools of `uidmap` and a range of ids."""
    missing = []
    if not shutil.which("unshare"):
        missing.append("util-linux")
    if os.geteuid() != 0 and not (shutil.which("newuidmap") and shutil.which("newgidmap")):
        missing.append("uidmap")
    if missing:
        raise LabError("missing tools; please run:\n  sudo apt-get install -y " + " ".join(missing), 2)
    if os.geteuid() == 0:
        return
    import pwd
    name = pwd.getpwuid(os.getuid()).pw_name
    for path in ("/etc/subuid", "/etc/subgid"):
        try:
            with open(path, encoding="utf-8") as ranges:
                if any(line.split(":")[0] in (name, str(os.getuid())) for line in ranges):
                    continue
        except FileNotFoundError:
            pass
        raise LabError(f"the user {name} has no line in {path}; please run:\n  sudo usermod "
                       f"--add-subuids 200000-265535 --add-subgids 200000-265535 {name}", 2)


def launch(arguments, log, companion=None):
    """Starts the keeper as the child of `unshare`; returns (unshare's Popen, its status pipe).
    companion: pidfd of a process with which the lab is to end."""
    read_end, write_end = os.pipe()
    user = [] if os.geteuid() == 0 else ["--user", "--map-root-user", "--map-auto"]
    command = ["unshare", *user, "--net", "--mount", "--propagation", "private", "--pid", "--fork",
               "--kill-child", "--mount-proc", sys.executable, "-B", *arguments, str(write_end),
               str(-1 if companion is None else companion)]
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    with open(log, "wb") as out:
        child = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                 pass_fds=[write_end] + ([] if companion is None else [companion]), start_new_session=True)
    os.close(write_end)
    return child, read_end


def peer_pid(connection):
    """The process at the other end of a Unix socket, as numbered on this side."""
    return struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0]


def parent_of(pid):
    with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as status:
        for line in status:
            if line.startswith("PPid:"):
                return int(line.split()[1])
    raise LabError(f"process {pid} has no parent")


def end_all(keeper_pid, limit_s=10):
    """Ends process 1 of the lab, the keeper's parent; with it the kernel ends the rest.  Returns when
    that and `unshare` outside have ended."""
    first = parent_of(keeper_pid)
    handles = [os.pidfd_open(first), os.pidfd_open(parent_of(first))]
    signal.pidfd_send_signal(handles[0], signal.SIGKILL)
    for handle in handles:
        if not select.select([handle], [], [], limit_s)[0]:
            raise LabError(f"the lab did not end within {limit_s} s")
        os.close(handle)


def abandon(child):
    """Ends a lab that is still coming up.  child: unshare, with whom (--kill-child) process 1 dies."""
    inner = []
    try:
        with open(f"/proc/{child.pid}/task/{child.pid}/children", encoding="ascii") as children:
            inner = [os.pidfd_open(int(pid)) for pid in children.read().split()]
    except OSError:
        pass
    child.kill()
    child.wait()
    for handle in inner:
        select.select([handle], [], [], 10)
        os.close(handle)


def _join_namespaces(pid):
    kinds = (["user"] if os.geteuid() != 0 else []) + ["net", "pid"]
    flags = {"user": CLONE_NEWUSER, "net": CLONE_NEWNET, "pid": CLONE_NEWPID}
    handles = [(kind, os.open(f"/proc/{pid}/ns/{kind}", os.O_RDONLY | os.O_CLOEXEC)) for kind in kinds]
    for kind, handle in handles:
        _checked(LIBC.setns(handle, flags[kind]), f"entering the lab's {kind} namespace")
        os.close(handle)


def listen_sockets(addresses):
    """Opens ADDR:PORT sockets in the caller's own network (IPv6 addresses in brackets)."""
    sockets = []
    for text in addresses:
        host, colon, port = text.rpartition(":")
        host = host.strip("[]")
        if not colon or not port.isdigit():
            raise LabError(f"--listen {text}: not ADDR:PORT", 2)
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            sockets.append(socket.create_server((host, int(port)), family=family, backlog=512))
        except OSError as error:
            raise LabError(f"--listen {text}: {error.strerror}") from error
    return sockets


def address_text(listener):
    host, port = listener.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _become(command, listeners):
    """In the child: own /proc, sockets at descriptors 3 and up, then the command."""
    die_with_parent(signal.SIGTERM)
    try:
        _checked(LIBC.unshare(CLONE_NEWNS), "own mount namespace")
        mount("none", "/", None, MS_REC | MS_PRIVATE)
        mount("proc", "/proc", "proc", 0)
    except LabError:
        pass    # where /proc is masked (some containers) the command sees the outer one
    if listeners:
        # First out of the way, for the sockets themselves may hold the numbers 3, 4, ...
        high = [os.dup2(listener.fileno(), 200 + n) for n, listener in enumerate(listeners)]
        for number, descriptor in enumerate(high):
            os.dup2(descriptor, 3 + number, inheritable=True)
        os.closerange(3 + len(listeners), 1024)
        os.environ["LISTEN_PID"] = str(os.getpid())
        os.environ["LISTEN_FDS"] = str(len(listeners))
        os.environ["LISTEN_FDNAMES"] = ":".join(f"listen{n}" for n in range(len(listeners)))
    for number in (signal.SIGINT, signal.SIGPIPE):
        signal.signal(number, signal.SIG_DFL)
    try:
        os.execvp(command[0], command)
    except OSError as error:
        print(f"lab/ctl: {command[0]}: {error.strerror}", file=sys.stderr)
        os._exit(127 if isinstance(error, FileNotFoundError) else 126)


def execute(keeper_pid, command, listeners):
    """Runs the command in the lab and returns its exit status as a shell would give it."""
    _join_namespaces(keeper_pid)
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child == 0:
        try:
            _become(command, listeners)
        finally:
            os._exit(126)
    for listener in listeners:
        listener.close()
    # The terminal's signals reach the command by themselves; others are handed on.
    signal.signal(signal.SIGINT, lambda *_: None)
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2):
        signal.signal(number, lambda got, _: os.kill(child, got))
    _, status = os.waitpid(child, 0)
    return 128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
