"""What systemd says to a service and hears from it. Without systemd, nothing of it happens."""

import contextlib
import os
import socket

FIRST_SOCKET = 3  # the number of the first file systemd hands over


def inherited_socket() -> socket.socket | None:
    """The socket a .socket unit has opened for us: connections wait in it while we restart, none is refused."""
    if os.environ.get("LISTEN_PID") != str(os.getpid()) or os.environ.get("LISTEN_FDS", "0") == "0":
        return None
    for name in ("LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"):
        os.environ.pop(name, None)  # it is ours, and nobody else's
    listener = socket.socket(fileno=FIRST_SOCKET)
    listener.setblocking(False)
    return listener


def socket_of_systemd() -> socket.socket | None:
    """The same, for as long as a door is closed in our place: closing this one leaves systemd's open."""
    if os.environ.get("LISTEN_PID") != str(os.getpid()) or os.environ.get("LISTEN_FDS", "0") == "0":
        return None
    return socket.socket(fileno=os.dup(FIRST_SOCKET))


def announce(state: str) -> None:
    """READY=1, RELOADING=1, STOPPING=1: `systemctl start` waits for the first."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as line:
        line.connect(address)
        line.send(state.encode())
