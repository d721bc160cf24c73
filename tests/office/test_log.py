"""The activity log as organisers read it. And the code, read: each verb it writes has words."""

import ast
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from maillage.gatherings.models import Gathering
from maillage.lib.languages import spoken
from maillage.office.models import Activity
from maillage.office.retention import erase_all_due, waiting
from maillage.office.services import record_activity
from maillage.office.verbs import WORDS, WRITTEN, LogKind, kind_of, words_of
from maillage.people.models import User
from maillage.people.services import give_right, make_space
from maillage.ui.catalogues import sentences

SOURCE = Path(__file__).resolve().parents[2] / "src" / "maillage"
TAKES_A_VERB = re.compile(r"def (\w+)\([^)]*\bverb\b")
CODE = re.compile(r"[a-z]+(-[a-z]+)*")
ELSEWHERE = {"before", "make", "home"}  # of a contract's versions, of an invented country; no verbs of the log
OF_CONTRACTS = {"make", "change", "restore", "put-back", "remove", "import"}  # « -contract » is put behind


def verbs_in_the_code(form: re.Pattern[str] = CODE) -> set[str]:
    """What is given as `verb` to any function of the house that has one."""
    texts = {path: path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py") if "migrations" not in path.parts}
    takers = "|".join({found[1] for text in texts.values() for found in TAKES_A_VERB.finditer(text)})
    writes = re.compile(rf"\bverb\b|\b(?:{takers})\(")
    trees = {path: ast.parse(text) for path, text in texts.items() if writes.search(text)}
    places: dict[str, int] = {}
    for tree in trees.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                names = [argument.arg for argument in node.args.args]
                if "verb" in names:
                    places[node.name] = names.index("verb")
    found = set()
    for path, tree in trees.items():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            given = [keyword.value for keyword in node.keywords if keyword.arg == "verb"]
            place = places.get(getattr(node.func, "id", getattr(node.func, "attr", "")))
            if place is not None and place < len(node.args):
                given.append(node.args[place])
            said = [part.value for value in given for part in ast.walk(value) if isinstance(part, ast.Constant)]
            found |= {
                f"{text}-contract" if "contracts" in path.parts and text in OF_CONTRACTS else text for text in said
            }
    return {text for text in found if isinstance(text, str) and form.fullmatch(text)} - ELSEWHERE


def test_each_verb_has_words():
    found = verbs_in_the_code()
    assert len(found) > 80  # the reading still finds them
    assert not {verb for verb in found if verb not in WORDS}


def test_each_verb_that_is_words_is_one_that_catalogues_know():
    written = verbs_in_the_code(re.compile(r"(?:a|est|s’est) [^{}]+"))
    assert len(written) > 15
    assert written <= set(WRITTEN) | {one for _context, one in sentences("fr")}  # a noyau marks its own where it acts
    with spoken("en"):
        assert words_of("a noté une action") != "a noté une action"
        assert words_of("ce que quelqu’un écrivit jadis") == "ce que quelqu’un écrivit jadis"
        assert words_of("a noté une action (répétition)").startswith(words_of("a noté une action"))
    assert words_of("a noté une action (répétition)") == "a noté une action (répétition)"


def test_words_and_kinds():
    assert words_of("give-right") == "a donné un rôle"
    assert words_of("a noté une action") == "a noté une action"
    assert words_of("quelque-chose") == "a fait autre chose (quelque-chose)"
    assert kind_of("a ouvert une séance") == LogKind.ROOM
    assert kind_of("a effacé une séance") == LogKind.DATA
    assert kind_of("a noté une action") == LogKind.KEPT
    assert kind_of("a accueilli un membre") == LogKind.CHANGE
    assert {kind for kind, _words in WORDS.values()} | {LogKind.KEPT, LogKind.CHANGE} == set(LogKind)


@pytest.fixture
def space(db):
    return make_space(slug="oriv", name="ORIV", by="essai")


@pytest.fixture
def zoe(client, space):
    user = User.objects.create_user("zoe@exemple.invalid", "Zoé")
    give_right(user=user, space=space, role="organiser", by="essai")
    client.force_login(user)
    return user


def plain(response) -> str:
    return response.content.decode().replace("\xa0", " ").replace("\u202f", " ")


def lines(page) -> int:
    return plain(page).count('<th scope="row">')


def test_it_is_read_by_kind_by_person_by_gathering_and_another_space_is_not_in_it(client, zoe, space):
    day, other = (
        Gathering.objects.create(space=space, slug=slug, kind="other", title=title)
        for slug, title in (("un", "Journée des lilas"), ("deux", "Autre jour"))
    )
    record_activity(space="oriv", by="Paul", verb="publish-plan", about="Journée des lilas", about_id=day.pk)
    record_activity(space="oriv", by="Paul", verb="register", about="Journée des lilas", about_id=zoe.pk)
    record_activity(space="oriv", by="Amel", verb="add-slot", about="Matin", about_id=other.pk)
    record_activity(space="ailleurs", by="Quelqu’un d’ailleurs", verb="sign-in")
    page = client.get("/journal/oriv/")
    assert lines(page) == 5  # with the space, and Zoé's role
    assert "a publié la répartition" in plain(page)
    assert "d’ailleurs" not in plain(page)
    for asked, number in (
        ({"genre": "acces"}, 2),
        ({"qui": "Paul"}, 2),
        ({"rencontre": day.pk}, 2),
        ({"rencontre": other.pk, "genre": "rencontres", "qui": "Amel"}, 1),
        ({"rencontre": other.pk, "qui": "Paul"}, 0),
        ({"genre": "nimporte", "qui": "?", "rencontre": "x", "page": "99"}, 5),
    ):
        assert lines(client.get("/journal/oriv/", asked)) == number, asked
    assert "/journal/oriv/" in plain(client.get("/equipe/oriv/"))


def test_the_file_has_the_same_lines_and_leaves_one(client, zoe, space):
    record_activity(space="oriv", by="=cmd()", verb="invite", about="a@x.invalid")
    answer = client.get("/journal/oriv/journal.csv", {"qui": "=cmd()"})
    said = answer.content.decode("utf-8-sig").splitlines()
    assert said[0] == "quand;qui;quoi;à propos de"
    assert said[1].endswith(";a invité;a@x.invalid")
    assert ";=cmd()" not in said[1]
    assert len(said) == 2
    assert Activity.objects.filter(verb="export", by="Zoé", about="le journal").count() == 1


def test_a_hundred_lines_a_page_in_as_many_questions(client, zoe, space, django_assert_max_num_queries):
    Activity.objects.bulk_create(Activity(space="oriv", by="Paul", verb="add-room", about=f"{n}") for n in range(250))
    with django_assert_max_num_queries(12):
        page = client.get("/journal/oriv/", {"qui": "Paul", "page": "3"})
    assert lines(page) == 50
    assert "Page 3 sur 3" in plain(page)
    assert "?qui=Paul&amp;page=2" in plain(page)


def test_lines_go_when_it_is_said(space):
    now = datetime(2030, 6, 15, 12, 0, tzinfo=UTC)
    Activity.objects.all().delete()
    for verb, days in (("sign-in", 300), ("sign-in", 400), ("invite", 400), ("invite", 1000), ("invite", 1120)):
        Activity.objects.filter(pk=record_activity(space="oriv", by="z", verb=verb, about=str(days)).pk).update(
            at=now - timedelta(days=days)
        )
    due = {rule.key: rows for rule, rows in waiting(space.pk, now=now)}["log"]
    assert sorted(row.at.date().isoformat() for row in due) == ["2030-06-01", "2030-06-01"]
    assert erase_all_due(now=now)["log"] == 2
    assert sorted(Activity.objects.filter(space="oriv").values_list("about", flat=True)) == ["1000", "300", "400"]
    assert erase_all_due(now=now)["log"] == 0
