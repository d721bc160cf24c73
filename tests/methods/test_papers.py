"""The paper twin: nothing of the method is lost, nothing empty is printed, everything is large enough to read."""

import io
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pypdf
import pytest
from django.test import Client

from facilitation import Method, load_method, shipped_methods, start, view
from facilitation.definition import Deck, DeckCard
from maillage.lib.typography import duration_words
from maillage.methods.papers import make_papers, paper_facts, sheet_names
from maillage.methods.words import minutes_words, numbers_of, people_words
from maillage.people.models import Space, User
from maillage.people.services import give_right

SMALLEST = 11  # points
ONE_STAGE = """
id = "minimal"
version = 1
title = "Un seul temps"
first = "parler"
may = { participant = ["lead"] }
roles = { participant = { title = "Participant·e" } }
[stages.parler]
title = "On parle"
minutes = 5
activity = "cards"
next = "end"
"""
FEW = {"codev", "coop-ou-pas-coop"}
SHIPPED = [pytest.param(id_, marks=[] if id_ in FEW else pytest.mark.long) for id_ in sorted(shipped_methods())]


def example() -> Method:
    """The one of docs/methods.md that uses the five activities."""
    page = Path("docs/methods.md").read_text(encoding="utf-8")
    found = re.search(r'```toml\n(id = "petit-essai".*?)```', page, re.DOTALL)
    assert found
    return load_method(found[1], name="petit-essai.toml")


def pages(pdf: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


def smallest(pdf: bytes) -> float:
    sizes = set()

    def note(text, _cm, matrix, _font, size) -> None:
        if text.strip():
            sizes.add(round(abs(size * matrix[3]), 2))

    for page in pypdf.PdfReader(io.BytesIO(pdf)).pages:
        page.extract_text(visitor_text=note)
    return min(sizes)


def plain(text: str) -> str:
    return re.sub(r"[\s\u00a0\u202f]+", "", text)


@pytest.mark.parametrize("id_", SHIPPED)
def test_every_word_for_the_facilitator_is_printed_large_enough_in_an_accessible_pdf(id_) -> None:
    method = shipped_methods()[id_]
    pdf = make_papers(method)
    catalog = pypdf.PdfReader(io.BytesIO(pdf)).trailer["/Root"]
    assert b"<pdfuaid:part>1</pdfuaid:part>" in catalog["/Metadata"].get_data()
    assert smallest(pdf) >= SMALLEST
    printed = plain(" ".join(pages(make_papers(method, "animation"))))
    facts = [stage for block in paper_facts(method)["stages"] for stage in block["stages"]]
    assert [stage["title"] for stage in facts] == [paper["title"] for paper in paper_facts(method)["table"]["stages"]]
    for stage in facts:
        said = [stage["title"], stage["aloud"], stage["rule"], *stage["say"], *stage["watch"], *stage["avoid"]]
        said += [role["rule"] for role in stage["roles"]]
        assert [words for words in said if plain(words) not in printed] == []


@pytest.mark.parametrize("id_", SHIPPED)
def test_the_table_has_one_page(id_) -> None:
    assert len(pages(make_papers(shipped_methods()[id_], "table"))) == 1


def test_a_method_of_one_stage_prints_nothing_empty() -> None:
    method = load_method(ONE_STAGE, name="minimal.toml")
    assert list(sheet_names(method)) == ["animation", "table"]
    animation, table = pages(make_papers(method))
    assert "On parle" in animation
    for absent in ("Qui fait quoi", "Sur papier", "À dire", "À surveiller", "À éviter", "Personnes", "None"):
        assert absent not in animation
    assert "Ce que nous gardons" in table


def test_sheets_follow_what_the_method_does() -> None:
    assert list(sheet_names(example())) == ["animation", "table", "decompte", "reponses", "cartes"]
    methods = shipped_methods()
    assert list(sheet_names(methods["codev"])) == ["animation", "table", "fiche", "cartes"]
    assert list(sheet_names(methods["pot-du-quartier"])) == ["animation", "table", "decompte", "cartes"]


def test_time_counts_every_round() -> None:
    situations, definition = paper_facts(shipped_methods()["coop-ou-pas-coop"])["stages"]
    assert situations["ends"] == ["10\u00a0min", "20\u00a0min", "30\u00a0min", "40\u00a0min", "50\u00a0min"]
    assert [stage["ends"] for stage in situations["stages"]] == [
        "45\u00a0s",
        "7\u00a0min\u00a015\u00a0s",
        "7\u00a0min\u00a045\u00a0s",
        "10\u00a0min",
    ]
    assert definition["stages"][0]["ends"] == "1\u00a0h"
    assert minutes_words(shipped_methods()["coop-ou-pas-coop"]) == "de 40 à 60 minutes"


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0.5, "30 s"), (1, "1 min"), (2.25, "2 min 15 s"), (60, "1 h"), (65, "1 h 05"), (125.5, "2 h 05")],
)
def test_durations_are_said_as_in_a_room(minutes, words) -> None:
    assert duration_words(minutes).replace("\u00a0", " ") == words


def test_dealt_cards_are_enough_for_the_table_and_spread_in_their_order() -> None:
    cards = [card for card in paper_facts(shipped_methods()["anarchaise"])["cards"] if card["kind"] == "deck"]
    assert Counter(card["title"] for card in cards) == {"Le cercle": 10, "La porte": 10, "Le papier": 10}
    assert len({card["title"] for card in cards[:3]}) == 3  # three people at the table hold three different cards
    read_aloud = [
        card for card in paper_facts(shipped_methods()["coop-ou-pas-coop"])["cards"] if card["kind"] == "deck"
    ]
    assert len(read_aloud) == 12  # one of each is enough


def test_blank_cards_carry_the_word_of_their_kind_and_fill_their_pages() -> None:
    codev = shipped_methods()["codev"]
    counts = Counter(card["title"] for card in paper_facts(codev)["cards"])
    assert set(counts) == {kind.title for kind in codev.kinds.values()}
    assert (counts["Questions"], counts["Le titre"]) == (8, 1)  # one porteur a table writes one title
    for page in pages(make_papers(codev, "cartes")):
        assert len(re.findall(r"Étapes? (?:\d|facultative)", page)) == 8


def test_cards_say_the_stages_as_the_other_sheets_number_them() -> None:
    feet = {card["title"]: card["foot"] for card in paper_facts(shipped_methods()["codev"])["cards"]}
    assert feet["Idées du groupe"] == "Étape 4"
    assert feet["Notes de la table"] == "Étapes 2, 3, 4 et 5"
    assert feet["La demande"] == "Étape facultative\u00a0: «\u202fLa demande\u202f»"


def test_a_long_card_is_printed_whole_on_a_larger_one() -> None:
    text = "Une phrase de cette situation qui en compte beaucoup. " * 18 + "La fin."
    coop = shipped_methods()["coop-ou-pas-coop"]
    deck = Deck("situations", "Situations", (DeckCard("longue", "La longue", text), DeckCard("courte", "", "Courte.")))
    pdf = make_papers(replace(coop, decks={"situations": deck}), "cartes")
    *_small, large = pages(pdf)
    assert plain(text) in plain(large)
    assert smallest(pdf) >= SMALLEST


def test_hands_are_counted_before_and_after_and_pots_by_table() -> None:
    (poll,) = paper_facts(shipped_methods()["coop-ou-pas-coop"])["counts"]
    assert (poll["columns"], poll["rounds"]) == (["Premier vote", "Second vote"], 5)
    assert poll["choices"] == ["Coop", "Pas coop", "Ça dépend"]
    (pots,) = paper_facts(shipped_methods()["pot-du-quartier"])["counts"]
    assert [(phase["title"], phase["rounds"]) for phase in pots["phases"]] == [
        ("En silence", 3),
        ("Après la parole", 3),
        ("Avec la règle", 3),
    ]
    (page,) = pages(make_papers(shipped_methods()["pot-du-quartier"], "decompte"))
    assert (page.count("Tour 3"), page.count("Table 6")) == (3, 3)


def test_those_who_are_not_asked_the_same_have_their_own_sheet() -> None:
    player, observer = pages(make_papers(shipped_methods()["anarchaise"], "reponses"))
    assert "Qu’avez-vous cru" in player
    assert "ont renoncé" not in player
    assert "ont renoncé" in observer


@pytest.mark.django_db
def test_who_reads_a_method_prints_it() -> None:
    space = Space.objects.create(slug="est", name="Réseau de l’Est")

    def client(role: str, where: Space) -> Client:
        user = User.objects.create_user(f"{role}-{where.slug}@exemple.invalid")
        give_right(user=user, space=where, role=role, by="test")
        signed_in = Client()
        signed_in.force_login(user)
        return signed_in

    reader = client("reader", space)
    page = reader.get("/methodes/est/codev/").content.decode()
    links = re.findall(r'href="(/methodes/est/codev/papier/[^"]*)"', page)
    assert [link.split("/")[-1] for link in links] == [
        "tout.pdf",
        "animation.pdf",
        "table.pdf",
        "fiche.pdf",
        "cartes.pdf",
    ]
    for link in links:
        answer = reader.get(link)
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert reader.get("/methodes/est/codev/papier/decompte.pdf").status_code == 404  # codev counts no hand
    assert reader.get("/methodes/est/codev/papier/autre.pdf").status_code == 404
    assert reader.get("/methodes/est/inconnue/papier/tout.pdf").status_code == 404
    assert Client().get(links[0]).status_code == 302
    assert client("organiser", Space.objects.create(slug="ouest", name="Ouest")).get(links[0]).status_code == 404


def test_people_are_counted_by_table_only_where_the_method_has_tables_of_a_size() -> None:
    methods = shipped_methods()
    assert people_words(methods["codev"]) == "5 à 10 personnes par table"
    assert people_words(methods["evaluation"]) == "3 à 1\u202f000 personnes"


@pytest.mark.parametrize("id_", sorted(shipped_methods()))
def test_paper_numbers_the_stages_as_the_screens_do(id_: str) -> None:
    method = shipped_methods()[id_]
    shown = {step["id"]: step["number"] for step in view(start(method), "nobody")["shared"]["steps"]}
    paper = numbers_of(method)
    assert {stage: str(number or "") for stage, number in shown.items()} == {stage: paper[stage] for stage in shown}
