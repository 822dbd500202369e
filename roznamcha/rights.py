"""Who may do what on the broker: what the data grants to each service, what the broker grants, and making them agree.

A right is the broker's own ACL. Only rights of principals that were named are given or taken away; those of others are
nobody's business here, but for being shown where they lie under our prefix.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from consumers.clients import (
    ACL,
    ACLFilter,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    NoRights,
    ResourcePattern,
    ResourcePatternFilter,
    ResourceType,
    for_code,
)
from consumers.topics import Topics, data
from roznamcha.errors import Unavailable, Usage

PRINCIPAL = re.compile(r"[A-Za-z]+:\S.*")
ANYBODY = ACLFilter(
    None,
    None,
    ACLOperation.ANY,
    ACLPermissionType.ANY,
    ResourcePatternFilter(ResourceType.ANY, None, ACLResourcePatternType.ANY),
)


class Right(NamedTuple):
    """One right: who may do what, on which kind of thing, of which name. `deny` takes it away again."""

    principal: str
    may: str
    on: str
    named: str
    match: str
    host: str = "*"
    deny: bool = False

    def __str__(self) -> str:
        """The right in words."""
        name = f"{self.named}*" if self.match == "prefixed" else self.named
        host = "" if self.host == "*" else f" from {self.host}"
        return f"{self.principal} {'may not' if self.deny else 'may'} {self.may} the {self.on} {name}{host}"

    def pattern(self, kind: type[ResourcePatternFilter]) -> Any:  # noqa: ANN401 (kafka-python's)
        """The things it is about, as the broker's protocol has them."""
        return kind(ResourceType[self.on.upper()], self.named, ACLResourcePatternType[self.match.upper()])

    def acl(self, kind: type[ACLFilter] = ACL) -> Any:  # noqa: ANN401 (kafka-python's)
        """The same for the broker: to be given, or as the filter that finds exactly it."""
        permission = ACLPermissionType.DENY if self.deny else ACLPermissionType.ALLOW
        pattern = self.pattern(ResourcePattern if kind is ACL else ResourcePatternFilter)
        return kind(self.principal, self.host, ACLOperation[self.may.upper()], permission, pattern)


def services_of(given: Iterable[str]) -> dict[str, str]:
    """The principal of each service, from `relay=User:relay`. Raises Usage."""
    known, found = data()["rights"], {}
    for each in given:
        service, _, principal = each.partition("=")
        if service not in known or not PRINCIPAL.fullmatch(principal):
            message = f"--principal {each[:80]!r}: say SERVICE=User:NAME, with {', '.join(known)} for the service"
            raise Usage(message)
        found[service] = principal
    return found


def wanted(topics: Topics, services: Mapping[str, str]) -> set[Right]:
    """The rights in the data, of the services whose principals are named."""
    # With its dot: `roznamcha` alone would also begin the topics of `roznamcha-test`.
    names = {"prefix": f"{topics.prefix}.", "any": "*"}
    return {
        Right(principal, may, rule["kind"], names.get(rule["named"]) or topics[rule["named"]].name, rule["match"])
        for service, principal in services.items()
        for rule in data()["rights"][service]
        for may in rule["may"]
    }


def granted(admin: Any) -> set[Right] | None:  # noqa: ANN401 (kafka-python's admin)
    """Every right the broker knows; None when it asks nobody who he is."""
    try:
        found, _ = admin.describe_acls(ANYBODY)
    except NoRights:
        return None
    return {
        Right(
            each.principal,
            each.operation.name.lower(),
            each.resource_pattern.resource_type.name.lower(),
            each.resource_pattern.resource_name,
            each.resource_pattern.pattern_type.name.lower(),
            each.host,
            each.permission_type is ACLPermissionType.DENY,
        )
        for each in found
    }


def beneath(topics: Topics, right: Right) -> bool:
    """Whether a right is about things under our prefix."""
    return right.named.startswith(f"{topics.prefix}.")


def give(admin: Any, rights: Iterable[Right]) -> None:  # noqa: ANN401 (kafka-python's admin)
    """Give rights. Raises Unavailable with the first the broker doesn't take."""
    asked = sorted(rights)
    if asked and (failed := admin.create_acls([each.acl() for each in asked])["failed"]):
        message = f"the broker refused {len(failed)} of {len(asked)} rights: {failed[0].__name__}"
        raise Unavailable(message)


def take_away(admin: Any, rights: Iterable[Right]) -> None:  # noqa: ANN401 (kafka-python's admin)
    """Take rights away. Raises Unavailable when the broker keeps one."""
    asked = sorted(rights)
    answers = admin.delete_acls([each.acl(ACLFilter) for each in asked]) if asked else ()
    for right, (_, _, error) in zip(asked, answers, strict=True):
        if error is not for_code(0):
            message = f"the broker keeps a right ({error.__name__}): {right}"
            raise Unavailable(message)
