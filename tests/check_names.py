#!/usr/bin/env python3
"""What one Python file takes from another of the project (tests, benches, the lab) is there.

A file that takes a name that is gone fails only when it is run, and the long forms are run seldom. Files are found
by their names alone, wherever they lie. Prints each breach as FILE:LINE and ends with 1 when there is one.
--self-test proves that a breach would be seen.
"""
import ast
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDERS = ("bench", "lab", "tests", "tools")


def names_in(tree):
    """All that a file gives a name to, at whatever depth."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    return names


def breaches(tree, modules):
    """(line, words) of each name that is taken and not there; `modules` are the names in each file of the project."""
    modules_here = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules_here |= {alias.asname or alias.name: alias.name for alias in node.names if alias.name in modules}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module in modules:
            for alias in node.names:
                if alias.name not in modules[node.module]:
                    yield node.lineno, f"{node.module}.py has no {alias.name}"
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            module = modules_here.get(node.value.id)
            if module and node.attr not in modules[module]:
                yield node.lineno, f"{module}.py has no {node.attr}"


def self_test():
    house = "class Door:\n    pass\nasync def ask():\n    pass\nNOW = 1\ndef set_up():\n    pass\n"
    modules = {"house": names_in(ast.parse(house))}
    bad = ast.parse("import house as home\nfrom house import Window\nhome.roof()\n")
    good = ast.parse("import house\nfrom house import Door, NOW, ask\nhouse.set_up()\nimport json\njson.roof()\n")
    assert [line for line, _ in breaches(bad, modules)] == [2, 3]
    assert not list(breaches(good, modules))


def main():
    if "--self-test" in sys.argv:
        self_test()
    trees = {path: ast.parse(path.read_text()) for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))}
    modules = {}
    for path, tree in trees.items():
        modules.setdefault(path.stem, set()).update(names_in(tree))
    found = [f"{path.relative_to(ROOT)}:{line}: {words}" for path, tree in trees.items()
             for line, words in breaches(tree, modules)]
    for breach in found:
        print(breach)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
