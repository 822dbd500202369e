"""The indicators and schemes of ranking that ship with the program, and a scheme that somebody keeps in a file."""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from domain.law.book import StrictLoader
from domain.ranking.scheme import BadScheme, Scales, Scheme, digest_of, read_indicators, read_scheme
from roznamcha.bounded import read_at_most
from roznamcha.errors import Usage

SHIPPED = resources.files("domain.ranking")
LARGEST = 1_000_000
"""Bytes of a scheme file."""


@cache
def shipped() -> Scales:
    """What ships. Raises BadScheme when it is wrong."""
    text = _read("indicators.yaml", (SHIPPED / "indicators.yaml").read_bytes())
    indicators = read_indicators(text)
    schemes = {}
    for each in sorted((SHIPPED / "schemes").iterdir(), key=lambda file: file.name):
        name = each.name.removesuffix(".yaml")
        schemes[name] = read_scheme(name, _read(each.name, each.read_bytes()), indicators)
    return Scales(indicators, schemes, digest_of(text))


def scheme_called(name: str) -> Scheme:
    """A scheme that ships, by its name, or one in a file, by its path. Raises Usage."""
    scales = shipped()
    if name in scales.schemes:
        return scales.schemes[name]
    path = Path(name)
    if path.suffix not in {".yaml", ".yml"}:
        message = f"there is no scheme {name[:60]!r}; there are {', '.join(scales.schemes)}, or give a file (.yaml)"
        raise Usage(message)
    data = read_at_most(path, LARGEST)
    try:
        return read_scheme(path.stem, _read(path.name, data), scales.indicators)
    except BadScheme as error:
        raise Usage(str(error)) from None


def _read(name: str, data: bytes) -> Any:  # noqa: ANN401 (what a file says)
    try:
        return yaml.load(data.decode("utf-8"), StrictLoader)  # noqa: S506 (a SafeLoader, made stricter)
    except UnicodeDecodeError:
        message = f"{name}: this is not UTF-8"
        raise BadScheme(message) from None
    except RecursionError:
        message = f"{name}: this is nested too deeply"
        raise BadScheme(message) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        message = f"{name}{where}: {getattr(error, 'problem', None) or 'this is not YAML'}"
        raise BadScheme(message) from None
