#!/usr/bin/env python3
"""The answers of a whole story fit docs/schema/: a broken TLD, a case, letters, a notice.
Last line: `N passed, N failed, N skipped`.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
import schema as schemas  # noqa: E402


def ask(binary, record, *words):
    done = subprocess.run([binary, *words, "--data", record["data"], "--config", record["config"], "--json"],
                          capture_output=True, text=True)
    if done.returncode:
        return f"{' '.join(words)}: exit {done.returncode}: {done.stderr}"
    return json.loads(done.stdout)


def answers(binary, record):
    """(schema, what was answered, what must be true of it besides)."""
    cases = ask(binary, record, "case", "list")
    letters = ask(binary, record, "letter", "list")
    notice = json.loads((pathlib.Path(record["data"]) / f"public/notices/n-{record['case']}.json").read_text())
    yield "story.json", record, record["outcome"] == "cured"
    yield "case-list.json", cases, len(cases["cases"]) >= 1
    yield "letter-list.json", letters, len(letters["letters"]) >= 5
    yield "log-verify.json", ask(binary, record, "log", "verify"), True
    yield "notice.json", notice, notice["notice"]["state"] == "cured"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    build = parser.parse_args().build.resolve()
    passed = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "story.json"
        done = subprocess.run([sys.executable, ROOT / "tests/story/story.py", "--build", build, "--headless",
                               "--folder", pathlib.Path(folder) / "story", "--record", path],
                              capture_output=True, text=True, env=dict(os.environ), stdin=subprocess.DEVNULL)
        if done.returncode or not path.exists():
            print(done.stdout[-3000:] + done.stderr[-2000:])
            print("0 passed, 1 failed, 0 skipped")
            return 1
        for name, answer, good in answers(build / "bailiwick", json.loads(path.read_text())):
            faults = schemas.faults(answer, schemas.load(name))
            if faults or not good:
                failed += 1
                print(f"{name}: {'; '.join(faults[:5]) or 'not what the story makes'}")
            else:
                passed += 1
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
