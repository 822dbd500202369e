"""What a police record is, and what the law asks of it. Pure: no input or output, no clock, no chance."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache


@cache
def load() -> None:
    """Import every chapter once, so that each act has claimed its name. A new file needs no line anywhere."""
    for module in pkgutil.walk_packages(__path__, prefix="domain."):
        importlib.import_module(module.name)
