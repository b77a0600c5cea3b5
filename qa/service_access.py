"""Who may ask: API keys and Host headers, checked before a byte of the body is read."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address
from typing import Protocol

from starlette.datastructures import Headers

from qa.service_refusals import Refusal

#: addresses that hold no data, and need no key
_OPEN = frozenset({"/health", "/health/ready", "/", "/library"})
_OPEN_BELOW = "/page/"


class Keys(Protocol):
    """The API keys that the service knows."""

    def owner_of(self, presented: str) -> str | None:
        """A digest that tells whose key it is; None for a key that is not known."""
        ...


def needs_key(path: str) -> bool:
    """Whether an address is served only to those with a key, where there are keys."""
    return path not in _OPEN and not path.startswith(_OPEN_BELOW)


def check_key(headers: Headers, keys: Keys) -> str | Refusal:
    """The owner of the key that a request came with, or why it is refused."""
    told = headers.getlist("authorization")
    scheme, _, presented = told[0].partition(" ") if len(told) == 1 else ("", "", "")
    owner = keys.owner_of(presented.strip()) if scheme.lower() == "bearer" else None
    if owner is not None:
        return owner
    what = "This API key is not known" if told else "An API key is needed"
    return Refusal(
        401,
        "UNAUTHORIZED",
        f"{what}; send one of the service's keys as Authorization: Bearer KEY.",
        {"WWW-Authenticate": "Bearer"},
    )


def own_names(listens_on: str) -> tuple[str, ...] | None:
    """The Host headers of requests to a service that listens on this machine alone.

    None, which is all, where other machines reach it: by names that it cannot know.
    """
    try:
        is_own = ip_address(listens_on).is_loopback
    except ValueError:
        is_own = listens_on.lower() == "localhost"
    if not is_own:
        return None
    shown = f"[{listens_on}]" if ":" in listens_on else listens_on.lower()
    return tuple(dict.fromkeys(("localhost", "127.0.0.1", "[::1]", shown)))


def check_host(headers: Headers, allowed: Sequence[str]) -> Refusal | None:
    """Why a request is refused that was sent to another name than those of this machine.

    A page of somebody else's can have its own name resolve to this machine and read what a
    service there tells everybody; its requests carry that name.
    """
    told = headers.getlist("host")
    if len(told) == 1 and _name(told[0]) in allowed:
        return None
    return Refusal(
        421,
        "WRONG_HOST",
        f"Without API keys this service answers only to the names {', '.join(allowed)}; use one "
        "of them as the Host, or set DATELINE_API_KEYS.",
    )


def _name(host: str) -> str:
    """A Host header without its port, in lower case; an IPv6 address keeps its brackets."""
    name, colon, port = host.strip().lower().rpartition(":")
    return name if colon and (port.isdecimal() or not port) else host.strip().lower()
