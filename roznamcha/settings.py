"""What the program was told: where its data lie, which database and broker it uses, and the station's time zone."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from consumers.topics import PREFIX
from roznamcha.errors import Usage

URL = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
LONGEST = 200
"""Letters of a prefix: Kafka's names of topics have 249 at most, and ours add to it."""
NAMES = re.compile(rf"(?!\.)[a-zA-Z0-9._-]{{1,{LONGEST}}}(?<!\.)")
HIDDEN = "(not readable, and not shown)"
SECRET = re.compile(r"^([^=]*password[^=]*)=.*$", re.IGNORECASE)


@dataclass(frozen=True)
class Settings:
    """The settings of contracts.md. An empty string means: not set, use the embedded default."""

    data: Path
    database_url: str = ""
    kafka: str = ""
    kafka_options: str = ""
    topics: str = PREFIX
    registry_url: str = ""
    timezone: str = "Asia/Kolkata"
    documents: str = ""
    closed_days: Path | None = None

    @property
    def documents_place(self) -> str:
        """Where the files of documents lie: the place that was named, or a folder among the data."""
        return self.documents or str(self.data / "documents")

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which days are counted. Raises Usage for one nobody knows."""
        try:
            return ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            message = f"ROZNAMCHA_TIMEZONE is {self.timezone!r}, which is no time zone: use a name like Asia/Kolkata"
            raise Usage(message) from None

    @property
    def prefix(self) -> str:
        """What the names of topics begin with. Raises Usage for one that no broker takes."""
        if not NAMES.fullmatch(self.topics):
            message = (
                f"ROZNAMCHA_TOPICS is {self.topics[:60]!r}: use at most {LONGEST} letters, digits, dots, dashes and "
                "underscores, without a dot at its ends"
            )
            raise Usage(message)
        return self.topics

    def shown(self) -> dict[str, str]:
        """What is in force, with every password masked."""
        return {
            "ROZNAMCHA_DATA": str(self.data),
            "ROZNAMCHA_DATABASE_URL": masked(self.database_url) or "(embedded PostgreSQL in the data folder)",
            "ROZNAMCHA_KAFKA": self.kafka or "(none: the store's own log is followed)",
            "ROZNAMCHA_KAFKA_OPTIONS": _path_of(self.kafka_options) or "(none)",
            "ROZNAMCHA_TOPICS": self.topics,
            "ROZNAMCHA_REGISTRY_URL": masked(self.registry_url) or "(none)",
            "ROZNAMCHA_TIMEZONE": self.timezone,
            "ROZNAMCHA_DOCUMENTS": masked(self.documents) or "(the folder documents of the data folder)",
            "ROZNAMCHA_CLOSED_DAYS": str(self.closed_days) if self.closed_days else "(none: no closed days are known)",
        }


def masked(url: str) -> str:
    """A URL or conninfo without its secrets."""
    if url and not URL.match(url):
        try:
            given = conninfo_to_dict(url)
        except ProgrammingError:
            return HIDDEN
        return make_conninfo("", **{key: "***" if "password" in key else value for key, value in given.items()})
    try:
        parts = urlsplit(url)
    except ValueError:
        return HIDDEN
    if parts.password is None and "password" not in parts.query.lower():
        return url
    host = parts.netloc.rpartition("@")[2]
    query = "&".join(SECRET.sub(r"\1=***", part) for part in parts.query.split("&"))
    netloc = parts.netloc if parts.password is None else f"{parts.username or ''}:***@{host}"
    return urlunsplit((parts.scheme, netloc, parts.path, query, parts.fragment))


def settings(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings in force, from the environment."""
    env = os.environ if environment is None else environment
    return Settings(
        data=Path(env.get("ROZNAMCHA_DATA") or ".roznamcha").absolute(),
        database_url=env.get("ROZNAMCHA_DATABASE_URL", ""),
        kafka=env.get("ROZNAMCHA_KAFKA", ""),
        kafka_options=env.get("ROZNAMCHA_KAFKA_OPTIONS", ""),
        topics=env.get("ROZNAMCHA_TOPICS") or PREFIX,
        registry_url=env.get("ROZNAMCHA_REGISTRY_URL", ""),
        timezone=env.get("ROZNAMCHA_TIMEZONE") or "Asia/Kolkata",
        documents=env.get("ROZNAMCHA_DOCUMENTS", ""),
        closed_days=Path(closed).absolute() if (closed := env.get("ROZNAMCHA_CLOSED_DAYS")) else None,
    )


def _path_of(options: str) -> str:
    """The path of the broker's options; what was given in its place may be the options, with a password."""
    return "(no path, and not shown)" if "{" in options else options
