"""A server, the relay, a server one version behind: killed, restarted, left behind, while moves arrive."""

import asyncio
import signal
from pathlib import Path

from tests.faults.world import World
from tests.postgresql import Cluster


def test_a_server_killed_under_load(tmp_path: Path, cluster: Cluster | None) -> None:
    async def scene() -> None:
        async with World(tmp_path, cluster=cluster) as world:
            world.start_load()
            await world.last()
            world.servers[0].kill()
            world.servers[0].start()
            await world.is_up(world.ports[0])
            await world.recovers()
            await world.last()
            await world.settle()
            world.check()

    asyncio.run(scene())


def test_one_server_of_two_killed_under_load(tmp_path: Path, killable: Cluster) -> None:
    async def scene() -> None:
        async with World(tmp_path, cluster=killable, servers=2) as world:
            world.start_load()
            await world.last()
            world.servers[0].kill()
            await world.recovers()  # the other takes all of it
            world.servers[0].start()
            await world.is_up(world.ports[0])
            await world.last()
            await world.settle()
            world.check()

    asyncio.run(scene())


def test_servers_restarted_one_after_the_other_with_open_streams(tmp_path: Path, killable: Cluster) -> None:
    """The first is a release behind: it does not know a move that the second stores, and decides nothing after it."""

    async def scene() -> None:
        async with World(tmp_path, cluster=killable, servers=2) as world:
            old = world.servers[0]
            old.kill(signal.SIGTERM)
            old.environment = {**old.environment, "MAILLAGE_TEST_UNKNOWN": "rename"}
            old.start()
            await world.is_up(world.ports[0])
            world.start_load()
            await world.last()
            for session in world.leads:
                lead = world.lead(session)
                lead.port = world.ports[1]
                assert (await lead.post("z", "rename", {"name": "Zoé"})).status == 201
                await lead.hang_up()
            await world.last()
            for server in world.servers:
                server.kill(signal.SIGTERM)
                server.environment = world.environment
                server.start()
                await world.is_up(world.ports[world.servers.index(server)])
                await world.recovers()
            await world.settle()
            world.check()
            assert any(503 in phone.statuses for phone in world.phones)  # the old one said « not now »

    asyncio.run(scene())


def test_the_relay_killed_under_load(tmp_path: Path, cluster: Cluster | None) -> None:
    async def scene() -> None:
        async with World(tmp_path, cluster=cluster) as world:
            world.start_load()
            await world.last()
            world.relay.kill()
            await asyncio.sleep(0.5)
            world.relay.start()
            await world.is_up(world.port)
            await world.recovers()
            await world.settle()
            world.check()

    asyncio.run(scene())
