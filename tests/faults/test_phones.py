"""Phones that repeat, come back all at once, read a byte a second; a clock that jumps; two thumbs on « next »."""

import asyncio
import json
import time
from pathlib import Path

from tests.faults import WHOLE
from tests.faults.phones import Phone, read_head
from tests.faults.world import World, until
from tests.postgresql import Cluster

CROWD = 250 if WHOLE else 30  # phones in each of the four rooms


def test_each_move_sent_three_times_in_any_order(tmp_path: Path, cluster: Cluster | None) -> None:
    async def scene() -> None:
        async with World(tmp_path, cluster=cluster) as world:

            async def write(phone: Phone) -> None:
                moves = [(f"{phone.name}-{n}", {"kind": "idea", "text": f"trois-{phone.name}-{n}-"}) for n in range(15)]
                sent = moves * 3
                phone.drawn.shuffle(sent)
                for key, payload in sent:
                    while await phone.post(key, "write", payload) is None:
                        await phone.pause(0)
                assert phone.repeats >= len(moves) * 2

            await asyncio.gather(*map(write, world.phones))
            watching = [asyncio.ensure_future(phone.watch()) for phone in world.phones]
            heads = world.read()[1]
            await until(lambda: all(p.last >= heads[p.session] for p in world.phones), 20, "screens are behind")
            for task in watching:
                task.cancel()
            world.check()
            for phone in world.phones:
                assert [phone.shared.count(f"trois-{phone.name}-{n}-") for n in range(15)] == [1] * 15

    asyncio.run(scene())


def test_a_crowd_cut_at_once_comes_back_spread(tmp_path: Path, cluster: Cluster | None) -> None:
    async def scene() -> None:
        async with World(tmp_path, cluster=cluster, people=CROWD) as world:
            world.start_load()
            await until(lambda: all(phone.seen for phone in world.phones), 60, "not everybody saw the room")
            world.relay.kill()
            world.relay.start()
            await world.is_up(world.port)
            await world.recovers()
            await world.settle()
            world.check()

    asyncio.run(scene())


def test_one_who_reads_a_byte_a_second_keeps_nobody_waiting(tmp_path: Path, cluster: Cluster | None) -> None:
    async def scene() -> None:
        async with World(tmp_path, cluster=cluster) as world:
            slow = world.phones[0]
            reader, writer = await asyncio.open_connection("127.0.0.1", world.ports[0], limit=1)
            writer.write(slow.head("GET", "stream?after=0"))

            async def sip() -> None:
                while await reader.read(1):
                    await asyncio.sleep(1)

            sipping = asyncio.ensure_future(sip())
            world.start_load()
            await world.last()
            await world.recovers()
            await world.settle()
            world.check()
            sipping.cancel()
            writer.close()

    asyncio.run(scene())


def test_a_clock_that_jumps_an_hour_changes_no_screen(tmp_path: Path, cluster: Cluster | None) -> None:
    async def scene() -> None:
        async with World(tmp_path, cluster=cluster) as world:
            world.start_load()
            await world.last()
            ends = {phone.shared.split('data-ends-at="')[1].split('"')[0] for phone in world.phones}
            for seconds in (3_600, -3_600, 0):
                world.clock.write_text(str(seconds))
                await world.last(1)
            await world.recovers()
            lead = world.lead(world.phones[0].session)
            lead.send("extend", {"seconds": 120})
            lead.start()
            await until(lambda: lead.acknowledged, 20, "nobody added two minutes")
            await world.settle()
            world.check()
            later = {phone.shared.split('data-ends-at="')[1].split('"')[0] for phone in world.phones}
            moved = [int(end) for end in later - ends]
            assert len(moved) == 1
            assert moved[0] - 120_000 in map(int, ends)  # two minutes more, not an hour
            assert abs(moved[0] / 1000 - time.time()) < 45 * 60
            await lead.stop()

    asyncio.run(scene())


def test_two_facilitators_press_next_at_the_same_instant(tmp_path: Path, cluster: Cluster | None) -> None:
    """Twenty times: the step moves once, and the second thumb is told."""

    async def scene() -> None:
        async with World(tmp_path, cluster=cluster, method="pas-a-pas") as world:
            first, second = world.lead(world.phones[0].session), world.lead(world.phones[0].session)
            for phone in (first, second):
                assert (await phone.ask("GET", "since/0")).status == 200  # a connection that is open already
            for step in range(20):
                payload = {"from": f"etape.{step + 1}" if step else "etape"}
                both = await asyncio.gather(
                    first.post(f"a{step}", "advance", payload), second.post(f"b{step}", "advance", payload)
                )
                assert sorted(answer.status for answer in both if answer) == [201, 409]
                (late,) = [answer for answer in both if answer and answer.status == 409]
                assert json.loads(late.body)["reason"] == "stale_stage"
            for phone in (first, second):
                await phone.hang_up()

    asyncio.run(scene())


def test_a_stream_behind_a_proxy_that_holds_it_back_is_asked_for_by_polling(
    tmp_path: Path, cluster: Cluster | None
) -> None:
    """The relay does hold streams back, and lets short answers pass: the page's client: test_live_stream."""

    async def scene() -> None:
        async with World(tmp_path, cluster=cluster, holds=True) as world:
            phone = world.phones[0]
            reader, writer = await asyncio.open_connection("127.0.0.1", world.port)
            writer.write(phone.head("GET", "stream?after=0"))
            await asyncio.sleep(1)
            try:
                async with asyncio.timeout(1):
                    await read_head(reader)
                raise AssertionError("the stream passed")
            except TimeoutError:
                writer.close()
            assert b'id="shared"' in (await phone.ask("GET", "since/0")).body
            await phone.hang_up()

    asyncio.run(scene())
