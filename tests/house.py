"""The rules of the house, each as a function that walks a tree of files and names every place that breaks it."""

from __future__ import annotations

import ast
import importlib.util
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

PACKAGES = ("domain", "projections", "consumers", "schemas", "roznamcha")
PURE = ("domain", "projections")
LINES = 350

TOO_LONG: dict[str, str] = {
    "roznamcha/ledger/verify.py": "goes to court as one file, so that nobody need trust a second one",
}
"""Files longer than that, each with a reason a reader would accept."""

PLAIN = frozenset(
    """
    __future__ abc bisect calendar collections contextlib copy csv dataclasses datetime decimal difflib enum fractions
    functools hashlib heapq io itertools json math numbers operator re string textwrap types typing unicodedata uuid
    zlib
    """.split()  # noqa: SIM905 (a list of names reads better as a line of text)
)
"""The modules of the standard library that know no clock, no chance, no environment and nothing outside."""

EXCEPTIONS = {
    "domain/__init__.py": {"importlib": "imports its own chapters", "pkgutil": "finds its own chapters"},
    "domain/law/book.py": {
        "importlib.resources": "reads the rules that ship with the program",
        "yaml": "they are YAML",
    },
    "domain/law/offences.py": {"importlib.resources": "reads the offences that ship with it"},
}
"""Who may import more, what, and why."""

IMPURE = {
    "a clock": "datetime.datetime.now datetime.datetime.utcnow datetime.datetime.today datetime.date.today",
    "chance": "uuid.uuid1 uuid.uuid4 uuid.uuid6 uuid.uuid7 uuid.uuid8 uuid.getnode",
    "input or output": "io.open io.FileIO io.open_code open input print breakpoint",
    "code that is not there to read": "eval exec compile __import__",
}
IMPURE_NAMES = {name: what for what, names in IMPURE.items() for name in names.split()}


def sources(root: Path, *folders: str) -> Iterator[tuple[str, ast.Module]]:
    """Every Python file of the folders: its path from `root`, and what it says."""
    for folder in folders:
        for path in sorted((root / folder).rglob("*.py")):
            yield path.relative_to(root).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def imports(tree: ast.Module) -> Iterator[tuple[ast.stmt, str, str, str]]:
    """Every import: where, the full name of what is imported, its name here, and what that name stands for."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for each in node.names:
                top = each.name.partition(".")[0]
                yield node, each.name, each.asname or top, each.name if each.asname else top
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            for each in node.names:
                yield node, f"{node.module}.{each.name}", each.asname or each.name, f"{node.module}.{each.name}"


def impure(root: Path) -> list[str]:
    """Below the shell: clock, chance, environment, input and output, by what is imported and by what is called."""
    found = []
    for file, tree in sources(root, *PURE):
        names = {}
        for node, name, here, meant in imports(tree):
            allowed = {*PLAIN, *PACKAGES, *EXCEPTIONS.get(file, ())}
            if not any(name == each or name.startswith(each + ".") for each in allowed):
                found.append(f"{file}:{node.lineno}: {name} is not among the modules that know nothing outside")
            names[here] = meant
        found += [f"{file}:{node.lineno}: {told}" for node, told in _impure_uses(tree, names)]
    return found


def _impure_uses(tree: ast.Module, names: dict[str, str]) -> Iterator[tuple[ast.expr, str]]:
    """What is used under a forbidden name, however it was renamed; and the machine's own time zone."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.Attribute) and (name := _dotted(node, names)) in IMPURE_NAMES:
            yield node, f"{name} is {IMPURE_NAMES[name]}"
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            given, method = len(node.args) + len(node.keywords), node.func.attr
            if (method, given) in {("astimezone", 0), ("fromtimestamp", 1)}:
                yield node, f"{method} without a time zone takes the machine's"


def _dotted(node: ast.expr, names: dict[str, str]) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value, names)}.{node.attr}"
    return names.get(node.id, node.id) if isinstance(node, ast.Name) else "?"


def beyond_the_library(root: Path) -> list[str]:
    """In the domain: whatever is neither the standard library nor the domain, but for the law book's YAML loader."""
    return [
        f"{file}:{node.lineno}: {name} is neither the standard library nor the domain"
        for file, tree in sources(root, "domain")
        for node, name, *_ in imports(tree)
        if (top := name.partition(".")[0]) not in {*sys.stdlib_module_names, "domain"}
        and top not in EXCEPTIONS.get(file, ())
    ]


def undeclared(root: Path) -> list[str]:
    """Imports that only another package's dependencies happen to bring: they are gone in a plain installation."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extra = [each for some in project.get("optional-dependencies", {}).values() for each in some]
    declared = {plain(re.split(r"[\[<>=!~; ]", each)[0]) for each in [*project["dependencies"], *extra]}
    extras = {f"{plain(name)}-{extra}" for name, extra in _extras(project["dependencies"])}
    known = packages_distributions()
    return [
        f"{file}:{node.lineno}: {name} is of no package that pyproject.toml declares"
        for file, tree in sources(root, *PACKAGES)
        for node, name, *_ in imports(tree)
        if (top := name.partition(".")[0]) not in {*sys.stdlib_module_names, *PACKAGES}
        and not {plain(each) for each in known.get(top, ())} & (declared | extras)
    ]


def plain(name: str) -> str:
    """A package's name as the lock file writes it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _extras(requirements: list[str]) -> Iterator[tuple[str, str]]:
    for each in requirements:
        if found := re.match(r"([\w.-]+)\[([\w,-]+)\]", each):
            yield from ((found[1], extra) for extra in found[2].split(","))


def from_elsewhere(root: Path) -> list[str]:
    """Packages of ours whose name is answered by another place than this checkout."""
    found = []
    for name in PACKAGES:
        spec = importlib.util.find_spec(name)
        origin = Path(spec.origin).resolve() if spec and spec.origin else None
        if origin != (root / name / "__init__.py").resolve():
            found.append(f"{name} is imported from {origin}")
    return found


def too_long(root: Path) -> list[str]:
    """Files with more lines than a reader takes in, and exceptions that are none any more."""
    lengths = {file: len((root / file).read_text(encoding="utf-8").splitlines()) for file in tracked(root, ".py")}
    long = [f"{file}: {n} lines, at most {LINES}" for file, n in lengths.items() if n > LINES and file not in TOO_LONG]
    return long + [f"{file}: no exception is needed" for file in TOO_LONG if lengths.get(file, LINES + 1) <= LINES]


def unexplained(root: Path) -> list[str]:
    """Modules and tests without a docstring."""
    found = []
    for file in tracked(root, ".py"):
        tree = ast.parse((root / file).read_text(encoding="utf-8"))
        if not ast.get_docstring(tree):
            found.append(f"{file}: the module has no docstring")
        found += [
            f"{file}:{node.lineno}: {node.name} does not say its rule in words"
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and not ast.get_docstring(node)
            and Path(file).name.startswith("test_")
        ]  # fmt: skip
    return found


def machine_paths(root: Path) -> list[str]:
    """Places that exist on one machine only."""
    places = re.compile(r"(?<![\w.\])}])/(?:work|root|home)/")
    found = []
    for file in tracked(root):
        try:
            lines = (root / file).read_text(encoding="utf-8").splitlines()
        except (UnicodeDecodeError, IsADirectoryError):
            continue
        found += [
            f"{file}:{number}: {line.strip()[:80]}" for number, line in enumerate(lines, 1) if places.search(line)
        ]
    return found


def misnumbered(root: Path) -> list[str]:
    """Decisions whose number another one has, that leave one out, or whose heading says another."""
    found = []
    names = [each for each in tracked(root, ".md") if each.startswith("docs/decisions/")]
    for number, name in enumerate(sorted(names), 1):
        heading = (root / name).read_text(encoding="utf-8").partition("\n")[0]
        if not name.startswith(f"docs/decisions/{number:04}-") or not heading.startswith(f"# {number}. "):
            found.append(f"{name}: it comes as number {number}, with the heading {heading!r}")
    return found


def tracked(root: Path, suffix: str = "") -> list[str]:
    """The files that belong to the project; outside a checkout, all that are there."""
    command = ["git", "-c", "safe.directory=*", "-C", str(root), "ls-files", "-z", "--cached"]
    told = subprocess.run(command, capture_output=True, check=False) if (root / ".git").exists() else None
    if told is not None and told.returncode == 0:
        names = told.stdout.decode().split("\0")
    else:
        names = [path.relative_to(root).as_posix() for path in sorted(root.rglob("*")) if path.is_file()]
    return [name for name in names if name and name.endswith(suffix) and (root / name).is_file()]
