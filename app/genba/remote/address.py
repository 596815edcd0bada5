"""Where a device is: an SSH address as text, and the endpoint that a connection needs."""

from __future__ import annotations

import getpass
import re
from dataclasses import dataclass, field

from genba.remote.errors import BadAddress
from genba.study.device import Target

_ADDRESS = re.compile(
    r"(?:(?P<user>[^\s@:/\[\]]+)@)?"
    r"(?:\[(?P<six>[0-9A-Fa-f:.]+(?:%[\w.-]+)?)\]|(?P<host>[\w][\w.-]*))"
    r"(?::(?P<port>\d{1,5}))?"
)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One place to log in. `client_key` is a private key in memory (the demo device's only)."""

    name: str
    host: str
    port: int = 22
    user: str = ""
    identity: str = ""
    python: str = ""
    client_key: bytes | None = field(default=None, repr=False)
    demo: bool = False

    @property
    def login(self) -> str:
        """The user to log in as: the given one, or this computer's."""
        return self.user or getpass.getuser()


def parse_address(text: str) -> tuple[str, str, int]:
    """``user@host:port`` as (user, host, port); user may be empty, port defaults to 22.

    IPv6 addresses with a port stand in brackets: ``pi@[fe80::1]:2222``.

    Raises:
        BadAddress: it is none.
    """
    match = _ADDRESS.fullmatch(text.strip())
    if match is None or not 0 < int(match["port"] or 22) < 65536:
        raise BadAddress(address=text)
    return match["user"] or "", match["six"] or match["host"], int(match["port"] or 22)


def endpoint_of(target: Target) -> Endpoint:
    """The endpoint of a saved target."""
    return Endpoint(
        name=target.name, host=target.host, port=target.port, user=target.user,
        identity=target.identity, python=target.python,
    )  # fmt: skip
