"""Server programs without installing them.

A mail or name server package would replace the user's own and start on its ports, so the
packages named by the `lab` lines of debian-packages.txt are downloaded and unpacked under
build/lab-root, together with the libraries that this machine lacks.  A stamp holds the list
that was unpacked: a second run needs no network.
"""

import fcntl
import glob
import os
import re
import shutil
import subprocess

from .errors import LabError

PROJECT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
LIST = os.path.join(PROJECT, "debian-packages.txt")
ROOT = os.path.join(PROJECT, "build", "lab-root")

# Client tools whose own copy on this machine will do: a newer one may want newer libraries.
SYSTEM_WILL_DO = {"openssl": "openssl", "iproute2": "ip"}

# Never taken from the archive: a second C library beside the system's cannot work.
NEVER = ("libc6", "libc-bin", "libcrypt1", "libgcc-s1", "dpkg", "debconf", "init-system-helpers")


def wanted():
    """The package names of the `lab` group."""
    names = []
    with open(LIST, encoding="utf-8") as lines:
        for line in lines:
            words = line.split("#", 1)[0].split()
            if len(words) >= 2 and words[0] == "lab":
                names.extend(words[1:])
    if not names:
        raise LabError(f"{LIST} has no `lab` lines", 2)
    return sorted(set(names))


def _missing_dependencies(names):
    """What apt would newly install for these names, as `-s` tells it; nothing is installed."""
    run = subprocess.run(
        ["apt-get", "-s", "-o", "Debug::NoLocking=1", "install", "--no-install-recommends", *names],
        capture_output=True, encoding="utf-8", env={**os.environ, "LC_ALL": "C"}, check=False)
    if run.returncode != 0:
        raise LabError("apt-get cannot plan the lab's packages (is `apt-get update` needed?):\n"
                       + run.stderr.strip(), 2)
    # "Inst name (version ...)" is new here; "Inst name [old] (new ...)" would be an upgrade.
    return re.findall(r"^Inst (\S+) \(", run.stdout, re.MULTILINE)


def _fetch(names, into):
    os.makedirs(into)
    run = subprocess.run(["apt-get", "-q", "download", *names], cwd=into, capture_output=True,
                         encoding="utf-8", env={**os.environ, "LC_ALL": "C"}, check=False)
    if run.returncode != 0:
        raise LabError("apt-get download failed (a first run needs the network):\n"
                       + run.stderr.strip(), 2)


def provide(say):
    """Make build/lab-root hold every lab package; quick when it does already."""
    names = wanted()
    stamp_text = "\n".join(names) + "\n"
    stamp = os.path.join(ROOT, ".unpacked")
    os.makedirs(os.path.dirname(ROOT), exist_ok=True)
    with open(ROOT + ".lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            with open(stamp, encoding="utf-8") as have:
                if have.read() == stamp_text:
                    return
        except FileNotFoundError:
            pass
        for tool in ("apt-get", "dpkg-deb"):
            if not shutil.which(tool):
                raise LabError(f"{tool} is not here: the lab needs a Debian-like system", 2)
        fresh = f"{ROOT}.new"
        shutil.rmtree(fresh, ignore_errors=True)
        os.makedirs(fresh)
        say("fetching the lab's servers (unpacked under build/lab-root, never installed)")
        names = [name for name in names
                 if name not in SYSTEM_WILL_DO or not shutil.which(SYSTEM_WILL_DO[name])]
        every = sorted((set(names) | set(_missing_dependencies(names))) - set(NEVER))
        debs = os.path.join(fresh, ".debs")
        _fetch(every, debs)
        for deb in sorted(glob.glob(os.path.join(glob.escape(debs), "*.deb"))):
            subprocess.run(["dpkg-deb", "-x", deb, fresh], check=True)
        shutil.rmtree(debs)
        with open(os.path.join(fresh, ".unpacked"), "w", encoding="utf-8") as out:
            out.write(stamp_text)
        shutil.rmtree(ROOT, ignore_errors=True)
        os.rename(fresh, ROOT)


def loader_path(root):
    """LD_LIBRARY_PATH for programs of an unpacked root."""
    found = []
    for folder in ("usr/lib", "lib"):
        found += sorted(glob.glob(os.path.join(glob.escape(root), folder, "*-linux-gnu*")))
    return ":".join(found)


def tool(name, root=ROOT):
    """Full path of a program, from the unpacked root or else from the system."""
    for folder in ("usr/sbin", "usr/bin", "sbin", "bin"):
        path = os.path.join(root, folder, name)
        if os.access(path, os.X_OK) and not os.path.isdir(path):
            return path
    path = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin:/usr/bin:/bin")
    if not path:
        raise LabError(f"the program `{name}` is missing; is its package in debian-packages.txt?", 2)
    return path


def tool_environment(root=ROOT):
    """A small, fixed environment: no locale, no time zone, no user settings leak into servers."""
    return {"PATH": f"{root}/usr/sbin:{root}/usr/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "LD_LIBRARY_PATH": loader_path(root), "LC_ALL": "C", "TZ": "UTC", "HOME": "/nonexistent"}
