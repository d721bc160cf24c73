"""How the server goes, in words: for who runs rooms, in the control room and on a page."""

import uuid

import pytest
from django.urls import reverse

from maillage.live import figures, runtime
from maillage.live.condition import Process, seconds_words, words
from maillage.live.figures import Recent
from maillage.live.peers import EVERY, GONE_AFTER, MOST_A_PIECE, Peers
from maillage.people.enums import SpaceRole
from maillage.people.models import Space, User
from maillage.people.services import give_right


def plain(sentence: str) -> str:
    return sentence.replace("\u00a0", " ").replace("\u202f", " ")


def process(**said) -> Process:
    return Process(**({"name": "processus 1", "screens": 0, "queue": 0, "lag": None, "bus": None} | said))


@pytest.mark.parametrize(
    ("processes", "level", "said"),
    [
        ([process()], "well", "Tout est prêt. Rien n’a bougé depuis une minute."),
        ([process(lag=0.12)], "well", "Tout va bien : une action arrive sur les écrans en 0,1\u00a0s environ."),
        ([process(lag=0.01)], "well", "Tout va bien : une action arrive sur les écrans en moins de 0,1 s."),
        ([process(lag=0.1), process(lag=0.3, bus=0.2)], "well", "en 0,5\u00a0s environ"),
        (
            [process(lag=1.24)],
            "slow",
            "est chargé : une action arrive sur les écrans en 1,2\u00a0s environ.",
        ),
        ([process(lag=0.1), process(lag=4.2)], "bad", "en 4\u00a0s environ. Rien n’est perdu"),
        ([process(lag=0.1, queue=900)], "bad", "Le serveur est très chargé"),
        ([process(queue=900)], "bad", "attendent d’être enregistrées"),
    ],
)
def test_the_slowest_process_speaks(processes, level, said) -> None:
    found = words(processes, deaf=False)
    assert found[0] == level
    assert plain(said) in plain(found[1])


def test_processes_that_do_not_hear_each_other_say_so() -> None:
    level, sentence = words([process(lag=0.1)], deaf=True)
    assert (level, "ne s’entendent plus" in sentence) == ("bad", True)


def test_seconds_are_said_as_they_are_felt() -> None:
    assert [seconds_words(one) for one in (0.0, 0.095, 0.94, 2.949, 3.4)] == [
        "moins de 0,1 s",
        "0,1\u00a0s",
        "0,9\u00a0s",
        "2,9\u00a0s",
        "3\u00a0s",
    ]


def test_recent_lag_forgets_after_a_minute() -> None:
    now = [0.0]
    recent = Recent(clock=lambda: now[0])
    assert recent.usual() is None
    for n in range(100):
        recent.add(n / 100)
    assert recent.usual() == 0.95
    now[0] = 61.0
    assert recent.usual() is None


def test_peers_know_each_other_and_forget_who_is_gone() -> None:
    now = [100.0]
    one, two = Peers(clock=lambda: now[0]), Peers(clock=lambda: now[0])
    rooms = {f"{n:032x}": n for n in range(2 * MOST_A_PIECE + 5)}
    counts = {uuid.UUID(hex=room): (n, n // 2) for room, n in rooms.items()}
    pieces = two.describe("machine-b", {"screens": 7, "lag": 0.1}, counts)
    assert len(pieces) == 3
    session = list(counts)[10]
    for piece in pieces[:-1]:
        one.hear(piece)
    assert one.screens(session) == 0  # not whole yet
    one.hear(pieces[-1])
    assert (one.screens(session), one.seats(session)) == (10, 5)
    now[0] += 0.25
    two.hear(pieces[-1])
    assert two.lag == 0.25  # its own word, by its own clock
    assert (one.lag, two.known()) == (None, [])
    for piece in two.describe("machine-b", {"screens": 0}, {}):
        one.hear(piece)
    assert one.screens(session) == 0  # its screens left
    now[0] += GONE_AFTER + EVERY
    assert one.known() == []
    one.hear(pieces[-1])
    one.hear(two.farewell())
    assert one.known() == []


@pytest.mark.parametrize(
    "news",
    [
        {"say": "here"},
        {"say": "here", "who": 12},
        {"say": "here", "who": "x", "sessions": [["zz", 1, 1]], "last": "n"},
        {"say": "here", "who": "x", "sessions": 3},
        {"say": "here", "who": "x", "sessions": [], "figures": {"lag": "much"}, "last": "n"},
    ],
)
def test_news_nobody_understands_are_left_out(news) -> None:
    peers = Peers()
    peers.hear(news)
    assert peers.known() == []


@pytest.fixture
def server_page(client, db):
    def get(role: SpaceRole | None):
        space, _made = Space.objects.get_or_create(slug="essai", defaults={"name": "Essai"})
        user = User.objects.create_user(f"{role or 'none'}@exemple.fr", "Lise")
        if role is not None:
            give_right(user=user, space=space, role=role, by="essai")
        client.force_login(user)
        return client.get(reverse("live:condition"))

    return get


@pytest.mark.parametrize("role", [SpaceRole.ORGANISER, SpaceRole.FACILITATOR])
def test_who_runs_rooms_reads_the_page(server_page, role) -> None:
    runtime.live().peers.hear(
        {"say": "here", "who": "b", "part": 0, "sessions": [], "last": "n", "place": "2", "machine": "autre-machine"}
        | {"figures": {"screens": 12, "lag": 0.3, "bus": 0.004, "queue": 3}}
    )
    page = server_page(role).content.decode()
    assert "processus 2 (autre-machine)" in page
    assert "12 écrans en ligne" in page.replace("\u00a0", " ")
    assert "une action arrive sur les écrans en 0,3" in page


@pytest.mark.parametrize("role", [SpaceRole.DESK, SpaceRole.READER, None])
def test_others_do_not(server_page, role) -> None:
    assert server_page(role).status_code == 403


def test_a_visitor_is_asked_to_sign_in(client, db) -> None:
    assert client.get(reverse("live:condition")).status_code == 302


def test_a_move_on_a_screen_is_measured(phone) -> None:
    lead = phone("Lise", role="facilitator")
    before = figures.recent.usual()
    lead.move("open")
    with lead.stream() as events:
        events.next()
        lead.move("pause")
        events.until("paused")
        lead.move("resume")
        events.until("running")
    assert figures.recent.usual() is not None
    assert before is None or before >= 0
    assert figures.moves.value("accepted", "") >= 3
