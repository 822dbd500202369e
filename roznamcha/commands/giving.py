"""What every command asks that hands something out: on whose word seals are opened, and into which file it goes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

By = Annotated[str, typer.Option(help="Who makes it, where sealed columns are opened: id,rank,role")]
Reason = Annotated[str, typer.Option(help="What they are opened for")]
Order = Annotated[str, typer.Option(help="Number of the order, if there is one")]
Written = Annotated[Path | None, typer.Option("--output", "-o", help="The file to write; default: stdout")]
