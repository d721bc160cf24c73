from maillage.live.throttle import MOST_OF_ALL, MOST_OF_ONE, WINDOW, Throttle


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_address_that_guesses_must_wait_then_may_again() -> None:
    clock = Clock()
    throttle = Throttle(clock)
    for _try in range(MOST_OF_ONE):
        assert throttle.wait("192.0.2.1", "KAVU72") == 0
        throttle.wrong("192.0.2.1")
    clock.now += 100
    assert throttle.wait("192.0.2.1", "KAVU72") == int(WINDOW - 100)
    assert throttle.wait("192.0.2.2", "KAVU72") == 0
    clock.now += WINDOW
    assert throttle.wait("192.0.2.1", "KAVU72") == 0


def test_right_codes_never_count() -> None:
    throttle = Throttle(Clock())
    for _person in range(MOST_OF_ONE * 10):
        assert throttle.wait("192.0.2.1", "KAVU72") == 0
        throttle.right("192.0.2.1", "KAVU72")


def test_joker_does_not_lock_the_room_behind_the_same_address() -> None:
    throttle = Throttle(Clock())
    throttle.right("192.0.2.1", "KAVU72")
    for _try in range(MOST_OF_ONE):
        throttle.wrong("192.0.2.1")
    assert throttle.wait("192.0.2.1", "KAVU72") == 0
    assert throttle.wait("192.0.2.1", "BEPA13") > 0


def test_many_addresses_together_must_wait_and_who_never_erred_still_enters() -> None:
    throttle = Throttle(Clock())
    for number in range(MOST_OF_ALL):
        throttle.wrong(f"198.51.{number // 250}.{number % 250}")
    assert throttle.wait("198.51.0.7", "KAVU72") > 0  # one error is enough, during an attack
    assert throttle.wait("203.0.113.1", "KAVU72") == 0
    throttle.wrong("203.0.113.1")
    assert throttle.wait("203.0.113.1", "KAVU72") > 0


def test_during_an_attack_an_ipv6_network_counts_as_one() -> None:
    throttle = Throttle(Clock())
    for number in range(MOST_OF_ALL):
        throttle.wrong(f"2001:db8:7:{number:x}::1")
    assert throttle.wait("2001:db8:7:ffff::1", "KAVU72") > 0
    assert throttle.wait("2001:db8:8:1::1", "KAVU72") == 0


def test_ipv6_subscriber_counts_as_one() -> None:
    throttle = Throttle(Clock())
    for number in range(MOST_OF_ONE):
        throttle.wrong(f"2001:db8:0:1::{number:x}")
    assert throttle.wait("2001:db8:0:1:ffff::1", "KAVU72") > 0
    assert throttle.wait("2001:db8:0:2::1", "KAVU72") == 0
