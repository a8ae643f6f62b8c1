#!/usr/bin/env python3
"""An installation into an empty folder has all that it needs, and its units are sound. Last line:
`N passed, N failed, N skipped`.
"""
import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
WANTED = ("bin/bailiwick", "share/bailiwick/rulebook/icann/rulebook.yaml",
          "share/bailiwick/rulebook/cctld-example/process.yaml", "share/man/man1/bailiwick.1",
          "share/man/man5/bailiwick.conf.5", "share/bash-completion/completions/bailiwick",
          "lib/systemd/system/bailiwick.service", "lib/systemd/system/bailiwick-public.socket",
          "lib/systemd/system/bailiwick-staff.socket", "lib/sysusers.d/bailiwick.conf",
          "lib/tmpfiles.d/bailiwick.conf")


def run(*command, **how):
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, **how)


def install(build, folder):
    """The prefix below `folder`."""
    done = run("meson", "install", "-C", build, "--no-rebuild", env=dict(os.environ, DESTDIR=str(folder)))
    assert done.returncode == 0, done.stdout + done.stderr
    found = list(folder.glob("**/bin/bailiwick"))
    assert len(found) == 1, found
    return found[0].parent.parent


def all_files_are_there(prefix, folder):
    missing = [name for name in WANTED if not (prefix / name).exists()]
    assert not missing, missing
    assert list(folder.glob("**/etc/bailiwick/bailiwick.conf")), "no configuration file"


def the_program_runs(prefix, _):
    done = run(prefix / "bin/bailiwick", "rulebook", "check", prefix / "share/bailiwick/rulebook/icann")
    assert done.returncode == 0, done.stdout + done.stderr
    conf = next(prefix.parent.glob("**/etc/bailiwick/bailiwick.conf"))
    done = run(prefix / "bin/bailiwick", "init", "--config", conf, "--data", prefix / "data")
    assert done.returncode == 0, done.stderr


def units_are_sound(prefix, folder):
    """Nothing that systemd would ignore. Without systemd only the substitutions are looked at."""
    units = folder / "units"
    shutil.copytree(prefix / "lib/systemd/system", units)
    service = units / "bailiwick.service"
    text = service.read_text()
    assert "@bindir@" not in text and "@sysconfdir@" not in text, text
    lines = [line if not line.startswith(("ExecStart=", "Documentation=")) else
             line.replace(line.split("=", 1)[1].split()[0], str(prefix / "bin/bailiwick"), 1)
             for line in text.splitlines() if not line.startswith("Documentation=")]
    service.write_text("\n".join(lines) + "\n")
    if shutil.which("systemd-analyze"):
        done = run("systemd-analyze", "verify", *sorted(units.iterdir()))
        words = [line for line in done.stderr.splitlines() if "bailiwick" in line]
        assert not words, words


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    build = parser.parse_args().build.resolve()
    build = build / "release" if (build / "release/build.ninja").exists() else build
    tests = (all_files_are_there, the_program_runs, units_are_sound)
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        prefix = install(build, folder)
        for test in tests:
            try:
                test(prefix, folder)
            except AssertionError as failure:
                failed += 1
                print(f"{test.__name__}: {failure}")
    print(f"{len(tests) - failed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
