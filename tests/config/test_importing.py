"""The real files of the cycle, exactly; then what damaged ones get."""

import csv
import datetime
import re
import tomllib
from importlib.resources import files

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from maillage.config.importing import import_gatherings
from maillage.contracts.queries import signed_contracts
from maillage.gatherings.files import read_assumptions, read_gatherings_file
from maillage.gatherings.models import Facilitator, Gathering, Room, Slot, Speaker, Workshop
from maillage.gatherings.reading import FileRefused
from maillage.gatherings.services import change_gathering
from maillage.memory.models import Resource, Takeaway
from maillage.office.models import Activity
from maillage.people.models import Space
from maillage.people.services import make_space
from maillage.territories.models import Commune
from tests.examples import several
from tests.gatherings.conftest import ASSUMPTIONS, DAYS

pytestmark = pytest.mark.django_db
NAME = "journees-grand-est.toml"


def load(source: bytes = DAYS, assumptions: bytes | None = ASSUMPTIONS):
    return import_gatherings(source, filename=NAME, assumptions=assumptions, by="Zoé")


def everything() -> list[object]:
    models = (Space, Gathering, Room, Slot, Workshop, Speaker, Facilitator, Takeaway, Resource, Activity)
    return [list(model.objects.order_by("pk").values_list()) for model in models]


def test_the_real_files_are_taken_over_whole():
    report = load()
    assert report.ignored == ()
    assert report.gatherings == ("jr-2024", "rt-2025-jeunesse", "rt-2025-familles", "rt-2025-isolement", "jr-2025")
    assert Commune.objects.count() == 5115
    space = Space.objects.get()
    assert (space.slug, space.host, space.region_id) == ("grand-est", "ORIV", "44")
    assert space.partners == [
        "DREETS Grand Est",
        "Préfecture de la région Grand Est (SGARE)",
        "Réseau DSU Grand Est",
    ]
    assert [entry["title"] for entry in space.background] == ["Explorer les coopérations"]
    assert len(space.background[0]["steps"]) == 4
    assert list(
        Gathering.objects.order_by("date").values_list("slug", "kind", "date", "commune__name", "epci__name")
    ) == [
        ("jr-2024", "regional_day", datetime.date(2024, 11, 14), None, None),
        ("rt-2025-jeunesse", "territorial_meeting", datetime.date(2025, 3, 7), "Bischheim", None),
        ("rt-2025-familles", "territorial_meeting", datetime.date(2025, 4, 24), None, "Metz Métropole"),
        ("rt-2025-isolement", "territorial_meeting", datetime.date(2025, 5, 16), "La Chapelle-Saint-Luc", None),
        ("jr-2025", "regional_day", datetime.date(2025, 10, 2), "Tomblaine", None),
    ]
    day = Gathering.objects.get(slug="jr-2025")
    assert day.subtitle == "Concevoir des coopérations pour mieux agir auprès des habitants et habitantes !"
    assert day.venue == "Maison régionale des sports"
    assert set(day.sources) == {"subtitle", "date", "venue", "commune"}
    assert len(day.objectives) == 5
    assert day.definition["determinants"][1] == "le but commun"
    assert not Gathering.objects.exclude(slug="jr-2025").exclude(definition={}).exists()


def test_the_programme_of_the_real_day_is_exact_and_invents_no_time():
    load()
    slots = list(Slot.objects.filter(gathering__slug="jr-2025"))
    assert [(slot.kind, slot.title) for slot in slots] == [
        ("plenary", "Ouverture"),
        ("plenary", "Les coopérations"),
        ("plenary", "Coopérer, ça veut dire quoi ?"),
        ("plenary", "Coopérer : Quartiers à Impact Collectif"),
        ("workshops", "Présentation d'expériences"),
        ("break", "Repas"),
        ("workshops", "Testons les coopérations"),
        ("plenary", "Retour sur les ateliers"),
        ("plenary", "Clôture"),
    ]
    assert {(slot.starts_at, slot.ends_at) for slot in slots} == {(None, None)}
    assert [(s.name, s.organisation) for s in slots[0].speakers.all()] == [
        ("Zoé FONTIER", "Secrétariat général pour les affaires régionales et européennes"),
        ("Nicolas BACHET", "Direction régionale de l'économie, de l'emploi, du travail et des solidarités"),
    ]
    morning = [
        (w.number, w.room.name, w.method, w.method_proposed, w.colour, [s.name for s in w.speakers.all()])
        for w in slots[4].workshops.all()
    ]
    experience = ("presentation-experience", True, "")
    assert morning == [
        (1, "Salle Chardon", *experience, ["Philippe ATAIN-KOUADIO"]),
        (2, "Salle Myrtilles", *experience, ["Olivia BRULEFERT", "Anita NOBILI"]),
        (3, "Espace Lorraine", *experience, ["Jérôme MARTIN", "Carlo D'ANGELO"]),
        (4, "Salle Gruber", *experience, ["Adrien NOIRAULT"]),
    ]
    places = [
        (w.commune and w.commune.name, w.epci and w.epci.name, w.qpv and w.qpv.name) for w in slots[4].workshops.all()
    ]
    assert places == [
        ("Vandœuvre-lès-Nancy", None, None),
        ("La Chapelle-Saint-Luc", None, "Chantereigne Montvilliers Beau-Toquat"),
        (None, "CA de Forbach Porte de France", None),
        (None, "Métropole du Grand Nancy", None),
    ]
    afternoon = [
        (w.title, w.method, w.method_proposed, w.room.name, w.colour, [f.name for f in w.facilitators.all()])
        for w in slots[6].workshops.all()
    ]
    assert afternoon == [
        ("Co-développement", "codev", False, "Salle Chardon", "bleu", ["Émilie", "Murielle"]),
        ("Coop ou pas coop", "coop-ou-pas-coop", False, "Salle Myrtilles", "rouge", ["Johan"]),
        ("Anarchaise", "anarchaise", False, "Espace Lorraine", "jaune", ["Gaëlle", "Laurent"]),
        ("Serious Game", "pot-du-quartier", False, "Salle Gruber", "vert", ["Laëtitia", "Rémi"]),
    ]


def test_the_assumptions_are_marked_as_such(places):
    load()
    assert list(Room.objects.values_list("name", "capacity", "capacity_assumed")) == [
        ("Espace Lorraine", 40, True),
        ("Salle Chardon", 42, True),
        ("Salle Gruber", 42, True),
        ("Salle Myrtilles", 45, True),
    ]
    sizes = Workshop.objects.order_by("slot__position", "position").values_list(
        "min_people", "max_people", "table_min", "table_max", "compose", "sizes_assumed"
    )
    assert list(sizes) == [(12, 40, None, None, "mixed", True)] * 4 + [
        (12, 40, 6, 9, "peers", True),
        (8, 45, None, None, "mixed", True),
        (12, 30, None, None, "mixed", True),
        (12, 40, 4, 5, "mixed", True),
    ]


def test_without_assumptions_no_size_is_invented(places):
    load(assumptions=None)
    assert not Room.objects.exclude(capacity=None).exists()
    assert not Workshop.objects.exclude(max_people=None, min_people=None, table_max=None).exists()


def test_contracts_takeaways_and_resources_come_with_their_source(places):
    load()
    assert [(c.epci.name, c.source) for c in signed_contracts(Space.objects.get())] == [
        ("CA de Forbach Porte de France", "support projeté de la 2e journée régionale"),
        ("CC de Freyming-Merlebach", "support projeté de la 2e journée régionale"),
        (
            "CC des Portes de Romilly sur Seine",
            "support projeté de la 2e journée régionale, nom coupé aux deux bouts : « …de Romilly sur Sei… »",
        ),
    ]
    kept = Takeaway.objects.order_by("gathering__date").values_list("gathering__slug", "origin", "text")
    assert [(slug, origin, text[:25]) for slug, origin, text in kept] == [
        ("rt-2025-jeunesse", "programme", "Privilégier une approche "),
        ("rt-2025-familles", "programme", "Articuler les structures "),
        ("rt-2025-isolement", "programme", "Confronter les constats p"),
    ]
    assert Resource.objects.count() == 2


def test_importing_the_same_files_again_changes_nothing(places):
    assert load().changed
    before = everything()
    report = load()
    assert everything() == before
    assert not report.changed
    assert report.sentences == ["Ce fichier est déjà importé : rien n’a changé."]


def test_what_an_organiser_entered_since_is_kept_and_said(places):
    load()
    day = Gathering.objects.get(slug="jr-2025")
    change_gathering(gathering=day, venue="Salle des fêtes", by="Zoé")
    Room.objects.filter(name="Salle Chardon").update(capacity=60, capacity_assumed=False)
    Workshop.objects.get(title="Anarchaise").delete()
    report = load()
    day.refresh_from_db()
    assert day.venue == "Salle des fêtes"
    assert "venue" not in day.sources
    assert Room.objects.get(name="Salle Chardon").capacity == 60
    assert not Workshop.objects.filter(title="Anarchaise").exists()
    assert "gardé tel quel : jr-2025 : lieu, déjà renseigné autrement" in [
        line.replace("\u00a0", " ") for line in report.sentences
    ]
    assert any("le programme" in line for line in report.changes.kept)


def test_a_file_may_tell_only_the_space_and_names_one_that_had_its_short_name_for_a_name(places):
    make_space(slug="metz", name="metz", by="ligne de commande")
    only_the_space = b'[space]\nslug = "metz"\nname = "Ville de Metz"\nregion = "44"\n'
    assert load(only_the_space, None).changed
    space = Space.objects.get(slug="metz")
    assert (space.name, space.region_id) == ("Ville de Metz", "44")
    assert not load(only_the_space, None).changed
    load(only_the_space.replace(b"Ville de", b"Mairie de"), None)
    assert Space.objects.get(slug="metz").name == "Ville de Metz"


def test_a_fact_missing_then_given_is_completed(places):
    source = DAYS.decode().replace('theme = "La coopération entre acteurs"\n', "").encode()
    load(source)
    assert Gathering.objects.get(slug="jr-2025").theme == ""
    assert load().changes.filled == ["jr-2025 : complétée"]
    assert Gathering.objects.get(slug="jr-2025").theme == "La coopération entre acteurs"


def test_what_is_not_taken_over_is_listed(places):
    source = DAYS.replace(b'colour = "bleu"', b'colour = "bleu"\nmaterial = "chaises"').replace(
        b"[space]", b"weather = 3\n[space]"
    )
    assert load(source).ignored == (
        f"{NAME} : gatherings[5].programme[7].workshops[1].material",
        f"{NAME} : weather",
    )
    assert load(source).sentences[0].endswith("workshops[1].material")


@pytest.mark.parametrize(
    ("old", "new", "key", "expected"),
    [
        ('commune = "67043"', 'commune = "Bischem"', "gatherings[2].commune", "noms proches : Bischheim (67043"),
        ('commune_outside = "54526"', 'commune_outside = "99999"', "gatherings[5].commune_outside", "nom inconnu"),
        ('epci = "Metz Métropole"', 'epci = "Metz"', "gatherings[3].epci", "Metz Métropole ("),
        ('qpv = "Chantereigne', 'qpv = "Chanteraine', "workshops[2].qpv", "Chantereigne Montvilliers"),
        ("date = 2025-03-07", 'date = "demain"', "gatherings[2].date", "une date comme 2025-10-02, lu « demain »"),
        ("date = 2025-03-07", "date = 2025-03-07T10:00:00", "gatherings[2].date", "on attend une date"),
        ('kind = "regional_day"', 'kind = "party"', "gatherings[1].kind", "regional_day, territorial_meeting ou other"),
        ('colour = "bleu"', 'colour = "mauve"', "workshops[1].colour", "bleu, rouge, jaune ou vert, lu « mauve »"),
        ('room = "Salle Gruber"', 'room = "Salle Grubert"', "workshops[4].room", "n’est pas dans rooms"),
        ('id = "jr-2024"', 'id = "JR 2024"', "gatherings[1].id", "des minuscules"),
        ('id = "jr-2024"', 'id = "jr-2025"', "gatherings[5].id", "sert déjà"),
        ("number = 1", 'number = "un"', "workshops[1].number", "un nombre entier de 1 à 999"),
        ('slug = "grand-est"', "", "space.slug", "il manque"),
        ('region = "44"', 'region = "11"', "space.region", "n’est pas livrée"),
        ('url = "https://www.oriv.org/pub', 'url = "javascript:alert(1)//', "resources[1].url", "https://"),
        ('title = "Ouverture"', f'title = "{"x" * 201}"', "programme[1].title", "au plus 200 caractères, lu 201"),
        ('title = "Ouverture"', 'title = "\\u0000"', "programme[1].title", "caractère de contrôle"),
        ('title = "Ouverture"', 'title = ["Ouverture"]', "programme[1].title", "un texte entre guillemets"),
        (
            'speakers = [{ organisation = "ORIV" }]',
            "speakers = [{ rang = 1 }]",
            "speakers[1].name",
            "un nom ou une structure",
        ),
        ('source = "support projeté de la 2e journée régionale"', "", "signed_contracts[1].source", "il manque"),
        ("[[gatherings]]", "[[gathering", "", "ce n’est pas du TOML lisible (ligne 13, colonne"),
    ],
)
def test_a_wrong_file_is_refused_with_file_key_and_what_was_expected(places, old, new, key, expected):
    source = DAYS.decode()
    assert old in source
    with pytest.raises(FileRefused) as refusal:
        load(source.replace(old, new, 1).encode())
    problem = next(p for p in refusal.value.problems if p.key.endswith(key))
    assert problem.filename == NAME
    assert expected in problem.sentence
    assert str(problem) in refusal.value.sentence
    assert everything() == [[] for _ in everything()]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (b"", "[space]"),
        (b"\xff\xfe", "ligne 1 : on attend un texte en UTF-8"),
        (b"a = " + b"[" * 5000, "hors de mesure"),
        (b"a = " + b"9" * 5000, "hors de mesure"),
        (b"# " + b"x" * 1_000_000, "plus de 1 Mo"),
    ],
)
def test_what_is_no_file_of_gatherings_gets_a_sentence(source, expected):
    with pytest.raises(FileRefused) as refusal:
        read_gatherings_file(source, filename=NAME)
    assert expected in refusal.value.sentence


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            '"Salle Gruber" = 42',
            '"Salle Grise" = 42',
            "rooms.Salle Grise : « Salle Grise » n’est pas dans le",
        ),
        ('"Anarchaise"', '"Anarchie"', "round_2.Anarchie : « Anarchie » n’est pas dans le programme (Co-dév"),
        ("[round_1]", "[round_3]", "round_3 : la rencontre n’a que 2 créneaux d’ateliers"),
        ('gathering = "jr-2025"', 'gathering = "jr-2026"', "gathering : « jr-2026 » n’existe pas (jr-2025"),
        ('"Europe/Paris"', '"Europe/Nancy"', "timezone : on attend un fuseau horaire"),
        ("max = 30", "max = 3", "round_2.Anarchaise.max : le plus est plus petit que le moins"),
        ('"peers"', '"mates"', "compose : on attend mixed, peers ou free, lu « mates »"),
        ("= 42", "= -1", "rooms.Salle Chardon : on attend un nombre entier de 1 à 5000"),
    ],
)
def test_wrong_assumptions_are_refused_and_nothing_is_imported(places, old, new, expected):
    source = ASSUMPTIONS.decode()
    assert old in source
    with pytest.raises(FileRefused) as refusal:
        load(assumptions=source.replace(old, new, 1).encode())
    assert expected in refusal.value.sentence
    assert not Space.objects.exists()


LINES = DAYS.decode().splitlines()
values = st.sampled_from(["1", '"x"', "true", "[]", "{}", "2025-01-01", "1.5", "nan", '""', "[1]", "[[]]", "12:00:00"])


@st.composite
def damaged(draw) -> bytes:
    """The real file with lines dropped, doubled, cut, or their value replaced by another type."""
    lines = list(LINES)
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(lines) - 1))
        match draw(st.sampled_from(["drop", "double", "cut", "value", "bytes"])):
            case "drop":
                del lines[place]
            case "double":
                lines.insert(place, lines[place])
            case "cut":
                lines[place] = lines[place][: draw(st.integers(0, len(lines[place])))]
            case "value":
                lines[place] = f"{lines[place].partition('=')[0]}= {draw(values)}"
            case "bytes":
                lines[place] += draw(st.text(max_size=5))
    return "\n".join(lines).encode("utf-8", "surrogatepass")


def refusal_of(reader, source: bytes) -> FileRefused | None:
    try:
        reader(source, filename=NAME)
    except FileRefused as refusal:
        return refusal
    return None


@settings(max_examples=several(150), deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(damaged())
def test_a_damaged_file_is_read_or_refused_in_words_never_a_crash(source):
    refusal = refusal_of(read_gatherings_file, source)
    if refusal:
        assert refusal.problems
        assert all(problem.sentence.endswith((".", ").")) for problem in refusal.problems)


tables = st.recursive(
    st.one_of(st.booleans(), st.integers(-9, 99), st.text(max_size=8), st.dates(), st.none()),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["min", "max", "tables", "compose", "Anarchaise", "Salle Gruber"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@settings(max_examples=several(150), deadline=None, derandomize=True)
@given(st.dictionaries(st.sampled_from(["gathering", "timezone", "rooms", "round_1", "round_2", "x"]), tables))
def test_assumptions_of_any_shape_are_read_or_refused(monkeypatch_tomllib, values):
    monkeypatch_tomllib(values)
    refusal = refusal_of(read_assumptions, b"")
    assert refusal is None or refusal.problems


@pytest.fixture(scope="module")
def monkeypatch_tomllib():
    """Any Python value stands for what tomllib could have read: shapes, not syntax, are tried here."""
    patch = pytest.MonkeyPatch()
    yield lambda values: patch.setattr(tomllib, "loads", lambda _text: values)
    patch.undo()


def test_the_shipped_registrations_are_beside_the_programme():
    data = files("maillage.gatherings") / "data" / "inscriptions-jr-2025.csv"
    assert len(data.read_text(encoding="utf-8-sig").splitlines()) == 129


def test_the_shipped_structures_are_named_in_good_french():
    """They stand on badges and in the report. What the import must doubt about is in other columns."""
    data = files("maillage.gatherings") / "data" / "inscriptions-jr-2025.csv"
    rows = csv.reader(data.read_text(encoding="utf-8-sig").splitlines(), delimiter=";")
    column = next(rows).index("Structure")
    names = {row[column] for row in rows}
    assert len(names) > 90
    assert [name for name in names if re.search(r"\b(de|du|des) (de|du|des|d['’]|les)\b|\bde [AEIOUÉÈ]|'", name)] == []
