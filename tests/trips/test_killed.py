"""SIGKILL at each point of a trip: never two homes, never none; done again, it is done once."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from maillage.gatherings.models import Gathering
from maillage.live import keys
from maillage.live.models import Session
from maillage.registrations.models import Registration
from maillage.trips.sealing import FileRefused, Unfinished, read_lines
from maillage.trips.services import carry_in
from tests.trips.conftest import PHRASE, Server, log_of, on
from tests.trips.day import prepare_day, sit, the_session, write

ROOT = Path(__file__).resolve().parents[2]
KILLED = -9


def step(server: Server, name: str, file: Path, point: str = "") -> int:
    """Runs one step on this server in a process of its own; its exit code."""
    database = server.database
    url = ""
    if database["ENGINE"].endswith("postgresql"):
        url = f"postgresql://{database['USER']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("MAILLAGE_", "DJANGO_"))}
    environment |= {
        "MAILLAGE_DATA_DIR": str(server.folder),
        "MAILLAGE_DATABASE_URL": url,
        "MAILLAGE_SECRET_KEY": f"the secret of {server.name}, long enough to be one",
        "PYTHONPATH": os.pathsep.join([*filter(None, sys.path), str(ROOT)]),
    }
    arguments = [sys.executable, "-m", "tests.trips.carrying", name, str(file), *filter(None, [point])]
    done = subprocess.run(
        arguments, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=180, check=False
    )
    assert done.returncode in (0, KILLED), done.stderr
    return done.returncode


def is_home(server: Server) -> bool:
    """Whether this server accepts a move of the session now."""
    with on(server):
        gathering, sessions = Gathering.objects.first(), list(Session.objects.all())
        if gathering is None:
            assert not sessions
            return False
        assert {session.away for session in sessions} == {gathering.away_since is not None}  # whole, whichever it is
        return gathering.away_since is None


def _prepare(home: Server) -> None:
    with on(home):
        prepare_day()
        assert write(sit("Amel"), "dit à la maison").accepted


def _points(*short: str, long: tuple[str, ...]) -> pytest.MarkDecorator:
    """Each costs a process or two: the short suite kills where most is at stake, `make long` everywhere."""
    return pytest.mark.parametrize("point", [*short, *(pytest.param(one, marks=pytest.mark.long) for one in long)])


def opens(file: Path) -> bool:
    try:
        with file.open("rb") as opened:
            return bool(list(read_lines(opened, PHRASE)))
    except (FileRefused, FileNotFoundError):
        return False


@_points("before-the-salt", long=("before-the-rows", "before-the-commit", "before-the-name"))
def test_killed_while_it_leaves(home, room, tmp_path, point):
    file = tmp_path / "aller"
    _prepare(home)
    assert step(home, "out", file, point) == KILLED
    draft = file.with_name("aller.partiel")
    committed = point in ("before-the-salt", "before-the-name")
    assert is_home(home) is not committed
    assert not file.exists()
    assert opens(draft) is (point == "before-the-name")  # never while its rows are not committed
    assert step(home, "out", file) == 0  # done again
    assert opens(file)
    assert not is_home(home)
    room.carry_in(file)
    assert is_home(room)
    assert log_of(room) == log_of(home)


@_points("after-a-key", long=("before-the-keys", "before-the-commit", "after-the-commit"))
def test_killed_while_it_arrives(home, room, tmp_path, point):
    file = tmp_path / "aller"
    _prepare(home)
    home.carry_out(file)
    assert step(room, "in", file, point) == KILLED
    arrived = point == "after-the-commit"
    assert is_home(room) is arrived
    with on(room):
        assert Registration.objects.count() == (4 if arrived else 0)
    assert room.carry_in(file).already is arrived
    assert is_home(room)
    assert log_of(room) == log_of(home)
    with on(room):
        assert keys.has_key(the_session().pk)
        assert write(sit("Bao"), "on joue").accepted


@_points("before-the-commit", long=("before-the-keys", "after-the-commit"))
def test_killed_while_it_comes_home(home, room, tmp_path, point):
    out, back = tmp_path / "aller", tmp_path / "retour"
    _prepare(home)
    home.carry_out(out)
    room.carry_in(out)
    with on(room):
        assert write(sit("Bao"), "dans la salle").accepted
    assert step(room, "out", back, "before-the-salt") == KILLED
    assert (is_home(home), is_home(room)) == (False, False)  # on its way
    assert step(room, "out", back) == 0
    assert step(home, "in", back, point) == KILLED
    assert is_home(home) is (point == "after-the-commit")
    assert home.carry_in(back).already is (point == "after-the-commit")
    assert log_of(home) == log_of(room)


@pytest.mark.long
def test_draft_of_a_killed_process_is_refused_with_a_sentence(home, room, tmp_path):
    file = tmp_path / "aller"
    _prepare(home)
    step(home, "out", file, "before-the-salt")
    with (
        on(room),
        file.with_name("aller.partiel").open("rb") as opened,
        pytest.raises(Unfinished, match="jusqu’au bout"),
    ):
        carry_in(file=opened, passphrase=PHRASE, by="essai")
