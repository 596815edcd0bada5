"""SSH addresses as people write them."""

from __future__ import annotations

import getpass

import pytest

from genba.remote.address import Endpoint, endpoint_of, parse_address
from genba.remote.errors import BadAddress
from genba.study.device import Target


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("jetson", ("", "jetson", 22)),
        ("pi@raspberrypi.local", ("pi", "raspberrypi.local", 22)),
        ("root@10.0.0.7:2222", ("root", "10.0.0.7", 2222)),
        ("pi@[fe80::1%eth0]:2222", ("pi", "fe80::1%eth0", 2222)),
        ("[::1]", ("", "::1", 22)),
    ],
)
def test_addresses(text: str, expected: tuple[str, str, int]) -> None:
    assert parse_address(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "a b", "host:0", "host:70000", "user@", "-oProxyCommand=x", "host;id", "ssh://h", "a@b@c"],
)
def test_what_is_none_is_refused(text: str) -> None:
    with pytest.raises(BadAddress):
        parse_address(text)


def test_an_endpoint_logs_in_as_this_user_by_default() -> None:
    target = Target(target_id="t", name="lab", host="h", port=2200, python="/usr/bin/python3")
    endpoint = endpoint_of(target)
    assert endpoint.login == getpass.getuser()
    assert (endpoint.port, endpoint.python) == (2200, "/usr/bin/python3")
    assert "key" not in repr(Endpoint("d", "h", client_key=b"secret"))
