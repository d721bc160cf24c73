"""Where this machine is found in the network of a room. Nothing is sent to find out."""

import contextlib
import ipaddress
import socket
import struct
import sys
import time
from collections.abc import Iterator

try:
    import fcntl
except ImportError:  # a system whose host name alone will tell
    fcntl = None  # type: ignore[assignment]

ASK_ADDRESS = 0x8915 if sys.platform.startswith("linux") else 0xC0206921  # SIOCGIFADDR
OF_PROGRAMS = ("lo", "docker", "br-", "veth", "virbr", "vmnet", "vboxnet", "utun", "tun", "tap", "wg", "cni")
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
FRESH = 2.0  # seconds an answer is kept: a page asks several times

_known: tuple[float, list[str]] = (float("-inf"), [])


def lan_addresses(*, fresh: bool = False) -> list[str]:
    """The IPv4 addresses phones can type, the likeliest first; empty without a network."""
    global _known
    if fresh or time.monotonic() - _known[0] > FRESH:
        found = [address for address in _all() if _is_of_a_room(address)]
        _known = time.monotonic(), list(dict.fromkeys(found))
    return list(_known[1])


def _all() -> Iterator[str]:
    yield from _routed()
    yield from _of_interfaces()
    with contextlib.suppress(OSError):
        yield from socket.gethostbyname_ex(socket.gethostname())[2]


def _routed() -> Iterator[str]:
    """The address a packet for outside would leave from. Connecting a UDP socket chooses a route and sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, contextlib.suppress(OSError):
        probe.connect(("192.0.2.1", 9))  # TEST-NET-1, RFC 5737
        yield probe.getsockname()[0]


def _of_interfaces() -> Iterator[str]:
    """A box without internet may give no route outside: then each interface is asked for its own address."""
    if fcntl is None:
        return
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        for _number, name in socket.if_nameindex():
            if name.startswith(OF_PROGRAMS):
                continue
            with contextlib.suppress(OSError):
                answer = fcntl.ioctl(asking.fileno(), ASK_ADDRESS, struct.pack("256s", name.encode()[:15]))
                yield socket.inet_ntoa(answer[20:24])


def _is_of_a_room(address: str) -> bool:
    found = ipaddress.ip_address(address)
    return not (found.is_loopback or found.is_unspecified or found.is_multicast)


class RoomHosts(list[str]):
    """What ALLOWED_HOSTS is on a room server: the names it was given, and the addresses this machine has now.

    Never « any name »: a page of elsewhere that points its own name at this machine is refused, whatever the network.
    A browser only asks for an address by its digits when somebody typed or scanned them.
    """

    def __iter__(self) -> Iterator[str]:
        yield from super().__iter__()
        yield from lan_addresses()

    def __contains__(self, host: object) -> bool:
        return host in list(self)


def is_loopback(host: str) -> bool:
    """Of a Host header, port included."""
    return host.startswith(LOOPBACK)
