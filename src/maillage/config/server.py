"""uvicorn, with three things of ours: a taken port is said in French, streams end at once, a slow client is known."""

import asyncio
import contextlib
import errno
import resource
import signal
import socket
import struct
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any, cast

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from maillage.config.supervisor import PULSE, PULSE_EVERY, READY, become_supervisor
from maillage.config.systemd import announce, inherited_socket
from maillage.lib.system_errors import os_error_words

BACKLOG = 2048  # connections that wait to be accepted: a whole day comes back at once after a restart
HEAD_WITHIN = 15.0  # seconds for the head of a request
BODY_SILENCE = 30.0  # seconds between two parts of a body: a slow upload goes on, a silent one is cut
IDLE_WITHIN = 30  # seconds a connection waits for its next request: longer than clients and proxies keep one in hand
UNSENT_MOST = 65_536  # bytes of one connection the system takes beyond what its client has room for
UNHEARD_MOST = 30_000  # ms a client may leave unacknowledged what it was sent
LINUX_BOUNDS = {18: UNHEARD_MOST, 25: UNSENT_MOST}  # TCP_USER_TIMEOUT, TCP_NOTSENT_LOWAT: Python 3.11 lacks a name
BYTES_ACKED = struct.Struct("=120xQ")  # tcpi_bytes_acked in Linux’s tcp_info, since 4.2
STOP_WITHIN = 5  # seconds for what is being answered when the server is asked to stop


class PortTaken(Exception):
    """Carries the sentence the command prints."""

    def __init__(self, host: str, port: int) -> None:
        self.sentence = (
            f"Le port {port} est déjà pris sur {host} : un autre programme, ou une autre fenêtre de Maillage, s’en "
            f"sert. Fermez-le, ou choisissez un autre port : --port {port + 1} (avec make : PORT={port + 1})."
        )
        super().__init__(self.sentence)


class AddressRefused(Exception):
    def __init__(self, host: str, port: int, why: str) -> None:
        self.sentence = f"On ne peut pas servir sur {host}, port {port} : {why}. Essayez --host 127.0.0.1 --port 8000."
        super().__init__(self.sentence)


class Protocol(HttpToolsProtocol):
    """HTTP/1.1, a line of the hub: whether its client reads, and how to cut it.

    A client that opens a line and says nothing, or half a request, is cut too: a few hundred would fill the server.
    """

    _deadline: asyncio.TimerHandle | None = None
    on_free: Callable[[], None] | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # narrower, as uvicorn’s
        super().connection_made(transport)
        self._wait_for(HEAD_WITHIN)

    def connection_lost(self, exc: Exception | None) -> None:
        self._wait_for(None)
        super().connection_lost(exc)

    def on_headers_complete(self) -> None:
        self._wait_for(BODY_SILENCE)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._wait_for(BODY_SILENCE)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._wait_for(None)
        super().on_message_complete()

    def _wait_for(self, seconds: float | None) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline = self.loop.call_later(seconds, self.transport.abort) if seconds is not None else None

    def on_message_begin(self) -> None:
        self._wait_for(HEAD_WITHIN)
        super().on_message_begin()
        cast("dict[str, Any]", self.scope)["extensions"] = {
            "maillage.abort": self.transport.abort,
            "maillage.line": self,
        }

    def resume_writing(self) -> None:
        super().resume_writing()
        if self.on_free is not None:
            self.on_free()

    @property
    def free(self) -> bool:
        return not self.flow.write_paused

    def write(self, chunk: bytes) -> None:
        """Part of an answer whose head gave no length: already a chunk of HTTP, as uvicorn would write it."""
        self.transport.write(chunk)

    def hold_little(self) -> None:
        self.transport.set_write_buffer_limits(high=0)

    def taken(self) -> int:
        """Bytes the client acknowledged, as Linux counts them; elsewhere one sees only what waits here grow less."""
        connection = self.transport.get_extra_info("socket")
        if sys.platform != "linux" or connection is None:
            return -self.transport.get_write_buffer_size()
        with contextlib.suppress(OSError):  # cut meanwhile
            (acknowledged,) = BYTES_ACKED.unpack_from(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 192))
            return int(acknowledged)
        return 0


class Server(uvicorn.Server):
    leash: socket.socket | None = None  # to the supervisor: told that we serve, watched for its end

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        self._end_streams()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.leash is None:
            announce("READY=1")
        else:
            self.leash.setblocking(False)
            asyncio.get_running_loop().add_reader(self.leash, self._leash_fell)
            with contextlib.suppress(OSError):
                self.leash.send(READY)
            self._say_pulse()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._close_hub()
        await super().shutdown(sockets)

    def _end_streams(self) -> None:
        """Streams end now, not when uvicorn next looks: it would wait for them."""
        with contextlib.suppress(RuntimeError):  # the signal came between two turns of the loop: shutdown() does it
            asyncio.get_running_loop().call_soon_threadsafe(self._close_hub)

    def _close_hub(self) -> None:
        """A screen whose stream ends comes back at once: the door is shut first, another process opens."""
        from maillage.live.runtime import live  # the settings are read when the server starts, not when it is imported

        for server in getattr(self, "servers", ()):
            server.close()
        live().hub.close()

    def _say_pulse(self) -> None:
        """From the event loop: one that turns no more says nothing, and is replaced."""
        with contextlib.suppress(OSError):  # fallen: the reader hears it
            cast("socket.socket", self.leash).send(PULSE)
        asyncio.get_running_loop().call_later(PULSE_EVERY, self._say_pulse)

    def _leash_fell(self) -> None:
        """The supervisor is gone: served by nobody's will, we would hold its address for ever."""
        asyncio.get_running_loop().remove_reader(cast("socket.socket", self.leash))
        self.should_exit = True
        self._close_hub()


def bind(host: str, port: int) -> socket.socket:
    """A listening socket, or the sentence that says why not. Port 0: any free one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    _bound_what_waits(listener)
    try:
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except (OSError, OverflowError) as error:
        listener.close()
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            raise PortTaken(host, port) from None
        why = os_error_words(error) if isinstance(error, OSError) else "ce numéro de port n’existe pas"
        raise AddressRefused(host, port, why) from None
    listener.setblocking(False)
    return listener


def _bound_what_waits(listener: socket.socket) -> None:
    """A phone that went without a word, or that hardly reads, would hold megabytes in the system: its stream is cut,
    and resumes. Each connection inherits this from the socket that accepts it.
    """
    for option, value in LINUX_BOUNDS.items() if sys.platform == "linux" else ():
        with contextlib.suppress(OSError):  # not of TCP: a socket that systemd opened may be of another kind
            listener.setsockopt(socket.IPPROTO_TCP, option, value)


def check_port(host: str, port: int) -> str | None:
    """The sentence that says why this port cannot be served, before long work is begun for nothing; None: it can."""
    try:
        bind(host, port).close()
    except (PortTaken, AddressRefused) as refusal:
        return refusal.sentence
    return None


def make_server(
    application: Any = "maillage.config.asgi:application", *, certificate: tuple[str, str] | None = None
) -> Server:
    """`certificate`: the files of a certificate and its key, for a server that speaks HTTPS itself."""
    certificate_file, key_file = certificate or (None, None)
    return Server(
        uvicorn.Config(
            application,
            http=Protocol,
            ws="none",
            loop="uvloop" if sys.platform != "win32" else "asyncio",
            lifespan="on",
            backlog=BACKLOG,
            log_config=None,  # its lines go where ours go, in the same form and through the same filters
            ssl_certfile=certificate_file,
            ssl_keyfile=key_file,
            log_level="warning",
            access_log=False,  # addresses of phones and paths of sessions: nobody needs them kept
            server_header=False,
            proxy_headers=True,
            forwarded_allow_ips=_proxies(),
            timeout_keep_alive=IDLE_WITHIN,
            timeout_graceful_shutdown=STOP_WITHIN,
        )
    )


def _proxies() -> list[str]:
    from django.conf import settings  # as above

    return list(settings.PROXIES)


def _allow_many_files() -> None:
    """Each open stream is a file: Linux gives 1,024 unless asked, a national day holds 5,000 phones."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = 65_536 if hard == resource.RLIM_INFINITY else min(hard, 65_536)
    with contextlib.suppress(ValueError, OSError):  # a system that refuses keeps its own limit
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def serve(
    *, host: str, port: int, workers: int = 1, certificate: tuple[str, str] | None = None, welcome: str = ""
) -> int:
    """Serves until stopped. 0: stopped as asked; a port that is taken is refused before anything starts.

    `welcome`: what to tell whoever started it, once the port is its own; nobody reads it where systemd holds the port.
    """
    listener = inherited_socket()
    if listener is None:
        listener = bind(host, port)
        if welcome:
            print(welcome, flush=True)  # noqa: T201 - to whoever typed the command
    else:
        _bound_what_waits(listener)
    _allow_many_files()
    if workers > 1:
        become_supervisor(listener, workers)
    return _run(make_server(certificate=certificate), listener)


def serve_one_of_many(listener: socket.socket, leash: socket.socket) -> int:
    """As `serve`, on the socket of a supervisor."""
    server = make_server()
    server.leash = leash
    return _run(server, listener)


def _run(server: Server, listener: socket.socket) -> int:
    # SIGHUP: its terminal was closed; a supervisor keeps this one for itself. SIGTERM: uvicorn hands it back at the
    # end to whoever had it before, and by default that is death.
    for number in (signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, server.handle_exit)
    try:
        server.run(sockets=[listener])
    except KeyboardInterrupt:
        pass  # uvicorn hands the signal back once everything is stopped: asked for, hence no error
    finally:
        listener.close()
    return 0 if server.started else 1
