from uuid import uuid4

from maillage.live.throttle import KNOCKS, MOST_AT_HOME, MOST_OF_ALL, MOST_OF_ONE, WINDOW, Throttle


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_address_that_guesses_must_wait_then_may_again() -> None:
    clock = Clock()
    throttle = Throttle(clock)
    for _try in range(MOST_OF_ONE):
        assert throttle.wait("192.0.2.1") == 0
        throttle.wrong("192.0.2.1")
    clock.now += 100
    assert throttle.wait("192.0.2.1") == int(WINDOW - 100)
    assert throttle.wait("192.0.2.2") == 0
    clock.now += WINDOW
    assert throttle.wait("192.0.2.1") == 0


def test_where_a_gathering_is_at_home_a_joker_closes_none_of_its_doors() -> None:
    throttle = Throttle(Clock())
    here, elsewhere = uuid4(), uuid4()
    throttle.at_home("192.0.2.1", here)
    for _try in range(MOST_OF_ONE):
        throttle.wrong("192.0.2.1")
    assert throttle.wait("192.0.2.1", here) == 0
    assert throttle.wait("192.0.2.1", elsewhere) > 0
    assert throttle.wait("192.0.2.1") > 0
    for _try in range(MOST_AT_HOME - MOST_OF_ONE):
        throttle.wrong("192.0.2.1")
    assert throttle.wait("192.0.2.1", here) > 0  # no hand types so many: a program guesses


def test_many_addresses_together_must_wait_and_who_never_erred_still_enters() -> None:
    throttle = Throttle(Clock())
    for number in range(MOST_OF_ALL):
        throttle.wrong(f"198.51.{number // 250}.{number % 250}")
    assert throttle.wait("198.51.0.7") > 0  # one error is enough, during an attack
    assert throttle.wait("203.0.113.1") == 0
    throttle.wrong("203.0.113.1")
    assert throttle.wait("203.0.113.1") > 0


def test_during_an_attack_an_ipv6_network_counts_as_one() -> None:
    throttle = Throttle(Clock())
    for number in range(MOST_OF_ALL):
        throttle.wrong(f"2001:db8:7:{number:x}::1")
    assert throttle.wait("2001:db8:7:ffff::1") > 0
    assert throttle.wait("2001:db8:8:1::1") == 0


def test_ipv6_subscriber_counts_as_one() -> None:
    throttle = Throttle(Clock())
    for number in range(MOST_OF_ONE):
        throttle.wrong(f"2001:db8:0:1::{number:x}")
    assert throttle.wait("2001:db8:0:1:ffff::1") > 0
    assert throttle.wait("2001:db8:0:2::1") == 0


def test_a_room_entered_from_there_stays_open_whatever_a_program_guesses_beside() -> None:
    throttle = Throttle(Clock())
    day, room, other = uuid4(), uuid4(), uuid4()
    throttle.at_home("192.0.2.1", day, room)
    for _try in range(3 * MOST_AT_HOME):
        throttle.wrong("192.0.2.1")
    assert throttle.wait("192.0.2.1", day, room) == 0
    assert throttle.wait("192.0.2.1", day, other) > 0  # that one's code would be news


def test_a_room_that_knocks_opens_and_one_lucky_guess_does_not() -> None:
    clock = Clock()
    throttle = Throttle(clock)
    day, room = uuid4(), uuid4()
    for _try in range(MOST_OF_ONE):
        throttle.wrong("192.0.2.1")
    waits = [throttle.wait("192.0.2.1", day, room) for _person in range(KNOCKS)]
    assert [bool(wait) for wait in waits] == [True] * (KNOCKS - 1) + [False]
    lucky = uuid4()
    for _hour in range(KNOCKS):  # one right guess in each window never adds up
        clock.now += WINDOW
        for _try in range(MOST_OF_ONE):
            throttle.wrong("192.0.2.1")
        assert throttle.wait("192.0.2.1", day, lucky) > 0
    for _try in range(MOST_AT_HOME):
        throttle.wrong("192.0.2.1")
    assert all(throttle.wait("192.0.2.1", day, uuid4()) for _try in range(5))
    assert [throttle.wait("192.0.2.1", day, room) for _person in range(KNOCKS)][-1] > 0  # a program: nobody new
