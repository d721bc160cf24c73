"""The baseline of the fan-out: a plain loop that writes the same bytes to the same sockets. No Django, no HTTP.

python -m maillage.config.bench.broadcast PORT FILE. Whoever sends « go » is told nothing; all the others get the file.
"""

import asyncio
import sys
from pathlib import Path
from typing import Any

from maillage.config.bench.phones import run


async def broadcast(port: int, data: bytes) -> None:
    transports: set[Any] = set()

    class Listener(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            self.transport = transport

        def data_received(self, received: bytes) -> None:
            if received != b"go":
                transports.add(self.transport)  # a phone says something first, as a request does
                return
            for transport in transports:
                transport.write(data)

        def connection_lost(self, exc: Exception | None) -> None:
            transports.discard(self.transport)

    server = await asyncio.get_running_loop().create_server(Listener, "127.0.0.1", port, backlog=2048)
    await server.serve_forever()


if __name__ == "__main__":
    run(broadcast(int(sys.argv[1]), Path(sys.argv[2]).read_bytes()))
