"""A TCP relay in front of the servers, to be killed: python -m tests.faults.relay PORT BACKEND…

Each connection goes to the next server that answers. With MAILLAGE_RELAY_HOLDS=1 it holds what a server sends until the
server ends the answer, as proxies that buffer do: streams never pass, short answers do.
"""

import asyncio
import contextlib
import itertools
import os
import re
import sys

HOLDS = os.environ.get("MAILLAGE_RELAY_HOLDS") == "1"


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    with contextlib.suppress(OSError):
        writer.write_eof()


async def _copy_whole_answers(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Lets an answer pass once all of it is there: its length is said, or its last chunk came."""
    held = b""
    with contextlib.suppress(OSError):
        while data := await reader.read(65_536):
            held += data
            while (size := _whole(held)) is not None:
                writer.write(held[:size])
                await writer.drain()
                held = held[size:]
    with contextlib.suppress(OSError):
        writer.write_eof()


def _whole(held: bytes) -> int | None:
    head, separator, body = held.partition(b"\r\n\r\n")
    if not separator:
        return None
    begun = len(head) + len(separator)
    if re.match(rb"HTTP/1.1 (204|304|1\d\d)", head):
        return begun
    if length := re.search(rb"(?i)\r\ncontent-length: *(\d+)", head):
        size = begun + int(length[1])
        return size if len(held) >= size else None
    end = body.find(b"0\r\n\r\n")
    return begun + end + 5 if end == 0 or (end > 0 and body[end - 2 : end] == b"\r\n") else None


async def main(port: int, backends: list[int]) -> None:
    turn = itertools.cycle(backends)

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            for _try in backends:
                with contextlib.suppress(OSError):
                    inside, outside = await asyncio.open_connection("127.0.0.1", next(turn))
                    break
            else:
                return
            back = _copy_whole_answers if HOLDS else _copy
            ways = [asyncio.ensure_future(_copy(reader, outside)), asyncio.ensure_future(back(inside, writer))]
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)  # whoever hangs up ends both ways
            for way in ways:
                way.cancel()
            outside.close()
        finally:
            writer.close()

    server = await asyncio.start_server(carry, "127.0.0.1", port, backlog=2048)
    print("ready", flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), [int(backend) for backend in sys.argv[2:]]))
