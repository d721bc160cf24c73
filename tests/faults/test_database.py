"""The database dies, restarts, is locked, or its disk is full, while moves arrive."""

import asyncio
import resource
import sqlite3
from pathlib import Path

import psycopg
import pytest

from tests.faults.world import World, until
from tests.postgresql import Cluster


@pytest.mark.parametrize("mode", ["immediate", "fast"])
def test_postgresql_killed_or_restarted_under_load(tmp_path: Path, killable: Cluster, mode: str) -> None:
    async def scene() -> None:
        async with World(tmp_path, cluster=killable, servers=2) as world:
            world.start_load()
            await world.last()
            if mode == "immediate":
                killable.kill()
            else:
                await asyncio.to_thread(killable.stop, mode)
            await asyncio.sleep(0.5)
            await asyncio.to_thread(killable.start)
            await world.recovers()
            await world.last()
            await world.settle()
            world.check()

    asyncio.run(scene())


def test_the_bus_cut_while_the_database_lives(tmp_path: Path, killable: Cluster) -> None:
    listening = "SELECT pid FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()"

    async def scene() -> None:
        async with World(tmp_path, cluster=killable, servers=2) as world:

            def listeners() -> set[int]:
                with psycopg.connect(world.database) as connection:
                    return {pid for (pid,) in connection.execute(listening)}

            world.start_load()
            await until(lambda: len(listeners()) == 2, 20, "the servers do not listen")
            await world.last()
            cut = listeners()
            with psycopg.connect(world.database, autocommit=True) as connection:
                for pid in cut:
                    connection.execute("SELECT pg_terminate_backend(%s)", [pid])
            await world.recovers()  # what was stored meanwhile by the other server is on every screen
            await until(lambda: len(listeners() - cut) == 2, 20, "the servers do not listen again")
            await world.settle()
            world.check()

    asyncio.run(scene())


def test_the_database_locked_for_five_seconds(tmp_path: Path, cluster: Cluster | None) -> None:
    async def scene() -> None:
        async with World(tmp_path, cluster=cluster) as world:
            world.start_load()
            await world.last()
            if cluster is None:
                holding = sqlite3.connect(world.folder / "data" / "maillage.sqlite3", isolation_level=None, timeout=20)
                holding.execute("BEGIN EXCLUSIVE")
                await asyncio.sleep(5)
                holding.execute("COMMIT")
                holding.close()
            else:
                with psycopg.connect(world.database) as connection:
                    connection.execute("LOCK TABLE live_session IN ACCESS EXCLUSIVE MODE")
                    await asyncio.sleep(5)
            await world.recovers()
            await world.settle()
            world.check()

    asyncio.run(scene())


@pytest.mark.only_sqlite
def test_the_disk_is_full_then_is_not(tmp_path: Path) -> None:
    """No file of the server's may grow any more, as on a full disk: writes fail, and nobody is told « kept »."""

    async def scene() -> None:
        async with World(tmp_path) as world:
            world.start_load()
            await world.last()
            pid = world.servers[0].pid
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
            await until(lambda: all(503 in phone.statuses for phone in world.phones), 30, "nobody was told")
            kept = len(world.read()[0])
            await asyncio.sleep(0.5)
            assert len(world.read()[0]) == kept
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            await world.recovers()
            await world.settle()
            world.check()

    asyncio.run(scene())
