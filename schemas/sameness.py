"""Whether two schemas say the same, however they are written down: registries write them in their own way.

A registry may leave out a namespace that stands around a record anyway, write a plain type with or without braces, and
order keys as it likes. Everything else must agree: docs, labels, defaults and seals too.
"""

from __future__ import annotations

import json
from typing import Any

NAMED = {"record", "error", "enum", "fixed"}
PLAIN = {"null", "boolean", "int", "long", "float", "double", "bytes", "string"}


def same(one: str, other: str) -> bool:
    """Whether two schemas, each as JSON, are one; False for what is no JSON."""
    try:
        return bool(normal(json.loads(one)) == normal(json.loads(other)))
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        return False


def normal(node: Any, space: str = "") -> Any:  # noqa: ANN401 (any JSON)
    """A schema with every name in full and every type in its shortest form."""
    if isinstance(node, str):
        return node if node in PLAIN or "." in node or not space else f"{space}.{node}"
    if isinstance(node, list):
        return [normal(each, space) for each in node]
    kind = node["type"]
    if kind in NAMED:
        name = node["name"]
        space = name.rpartition(".")[0] or node.get("namespace", space)
        rest = {key: value for key, value in node.items() if key not in {"namespace", "fields"}}
        fields = [{**each, "type": normal(each["type"], space)} for each in node.get("fields", ())]
        return {**rest, "name": f"{space}.{name.rpartition('.')[2]}", "fields": fields}
    if len(node) == 1:
        return normal(kind, space)
    inner = {key: normal(node[key], space) for key in ("items", "values") if kind in {"array", "map"} and key in node}
    return {**node, **inner, "type": kind if kind in {"array", "map"} else normal(kind, space)}
