"""The growing map beside its obvious twin, a dict copied each time."""

import threading
import time

from hypothesis import given, settings
from hypothesis import strategies as st

from facilitation.register import Register
from tests.examples import several

QUICK = settings(max_examples=several(100), deadline=None, derandomize=True, database=None)


@QUICK
@given(st.lists(st.tuples(st.integers(0, 200), st.integers(), st.integers(0, 300)), max_size=300))
def test_any_version_is_what_a_copied_dict_would_be(puts: list[tuple[int, int, int]]) -> None:
    """Each put goes on from any earlier version, so versions branch."""
    versions: list[tuple[Register[int, int], dict[int, int]]] = [(Register(), {})]
    for key, value, from_ in puts:
        register, twin = versions[-1 - from_ % min(len(versions), 3)]
        versions.append((register.put(key, value), {**twin, key: value}))
    for (earlier, was), (later, now) in zip(versions, versions[1:] + versions[:1], strict=True):
        assert set(later.differing(earlier)) == {
            key for key in was.keys() | now.keys() if was.get(key) is not now.get(key)
        }
    for register, twin in versions:
        assert list(register.items()) == list(twin.items())
        assert list(register) == list(twin)
        assert list(register.values()) == list(twin.values())
        assert len(register) == len(twin)
        assert all(register.get(key) == twin.get(key) for key in range(201))
        assert register == twin
        assert Register(twin.items()) == register


def test_versions_grown_from_one_by_several_threads_do_not_mix() -> None:
    base = Register((number, "base") for number in range(100))
    grown: dict[int, Register[int, str]] = {}

    def grow(thread: int) -> None:
        version = base
        for number in range(300):
            version = version.put(1_000 * thread + number, f"{thread}")
        grown[thread] = version

    threads = [threading.Thread(target=grow, args=(thread,)) for thread in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number, version in grown.items():
        assert set(version.values()) == {"base", f"{number}"}
        assert len(version) == 400


def test_growing_is_not_quadratic() -> None:
    def spent(size: int) -> float:
        began = time.process_time()
        register: Register[int, int] = Register()
        for number in range(size):
            register = register.put(number, number)
        return time.process_time() - began

    spent(1_000)
    small, large = min(spent(2_000) for _ in range(3)), min(spent(20_000) for _ in range(3))
    assert large < 40 * small  # ten times more, twice as long each at worst; a copied dict takes a hundred times
