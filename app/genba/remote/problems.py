"""Turns what asyncssh and the socket raise into errors that a person can act on."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from genba.remote.errors import HostSilent, HostUnknown, LinkLost, NotSsh, PortClosed


@contextmanager
def translated(host: str, port: int, timeout_s: float) -> Iterator[None]:
    """Raise the named errors of the way to a host in place of the library's.

    Raises:
        HostUnknown: the name does not resolve.
        HostSilent: no answer in time, or no route.
        PortClosed: the connection was refused.
        NotSsh: what answers speaks no SSH that we accept.
        LinkLost: the connection broke.
    """
    import asyncssh

    try:
        yield
    except socket.gaierror as error:
        raise HostUnknown(host=host) from error
    except TimeoutError as error:
        raise HostSilent(host=host, seconds=timeout_s) from error
    except (asyncssh.KeyExchangeFailed, asyncssh.ProtocolError, asyncssh.MACError) as error:
        raise NotSsh(host=host, port=port, reason=error.reason) from error
    except (asyncssh.ConnectionLost, ConnectionResetError, BrokenPipeError) as error:
        raise LinkLost(host=host) from error
    except asyncssh.DisconnectError as error:
        raise NotSsh(host=host, port=port, reason=error.reason) from error
    except ConnectionRefusedError as error:
        raise PortClosed(host=host, port=port) from error
    except OSError as error:
        # asyncio joins the failures of several addresses in one OSError without a number.
        if "Connect call failed" in str(error) and str(errno.ECONNREFUSED) in str(error):
            raise PortClosed(host=host, port=port) from error
        raise HostSilent(host=host, seconds=timeout_s) from error
