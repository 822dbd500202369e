"""Whether a long-running process is at its post: seen from the store, so that a dead one can't say that it lives."""

from __future__ import annotations

from typing import Annotated

import typer

from consumers.embedded import connected
from roznamcha.errors import Unavailable, Usage
from roznamcha.health import LIVING
from roznamcha.office import database
from roznamcha.posts import POSTS as KNOWN
from roznamcha.screen import AsJson, many, print_json, say
from roznamcha.settings import settings

app = typer.Typer()
POSTS = {each.name: each.called for each in KNOWN if each.called}


@app.command()
def alive(
    post: Annotated[str, typer.Argument(help=f"Which: {', '.join(POSTS)}")],
    *,
    as_json: AsJson = False,
) -> None:
    """Say whether such a process is connected to the store; exit code 4 when none is. It costs one look."""
    if post not in POSTS:
        message = f"there is no such process: {post[:60]!r}; they are {', '.join(POSTS)}"
        raise Usage(message)
    with database(settings(), reading=True) as url, connected(url, "roznamcha alive") as connection:
        count = dict(connection.execute(LIVING.encode()).fetchall()).get(POSTS[post], 0)
    if not count:
        message = f"no {post} is at work on this store"
        raise Unavailable(message)
    if as_json:
        print_json({"post": post, "alive": count})
    else:
        say(f"{many(count, post)} at work")
