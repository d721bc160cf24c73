"""Moves of any kind by anybody in rooms of every shipped method: nothing raises, each refusal is a sentence."""

from tests.fuzz import counting
from tests.fuzz.drawing import Chance
from tests.fuzz.rooms import check_room, firsts, play_move

IN_A_ROOM = 80  # moves, before another room: the later ones are in rooms that hold something


def test_any_move_is_taken_or_refused_in_words() -> None:
    chance = Chance(counting.random_of("moves"))
    rooms = firsts()
    state, accepted, stages = rooms[0], 0, set()
    for turn in counting.counted("moves"):
        if turn % IN_A_ROOM == 0:
            check_room(state)
            state = rooms[turn // IN_A_ROOM % len(rooms)]
        after, past = play_move(chance, state, turn)
        counting.inside["moves"] += past
        accepted += after is not state
        state = after
        stages.add((state.method.id, state.stage))
    check_room(state)
    # rooms that refuse everything would prove nothing
    assert accepted > counting.number_of("moves") / 5
    assert len(stages) > 4 * len(rooms) / 2
