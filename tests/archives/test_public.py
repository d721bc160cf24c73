"""The public archive: the same bytes again, from an empty database too; nobody in it; a bad one changes nothing."""

import csv
import datetime as dt
import hashlib
import io
import json
import zipfile

import pytest
from django.db.models import CharField, TextField
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from maillage.archives import opening
from maillage.archives.contents import ALL
from maillage.archives.importing import import_archive
from maillage.archives.opening import ArchiveRefused
from maillage.archives.package import PACKAGE, names, write_archive
from maillage.archives.participation import with_floor
from maillage.archives.scope import tables
from maillage.gatherings.models import Facilitator, Gathering, Room, Speaker, Workshop
from maillage.live.services import erase_session
from maillage.memory.enums import TakeawayOrigin
from maillage.memory.models import Publication, Takeaway
from maillage.people.models import Person, User
from maillage.people.services import make_space
from maillage.territories.models import Commune, Epci
from tests.archives.world import SECRET, full_day, play_counts, play_notes, unzipped, zipped
from tests.trips.conftest import on

pytestmark = pytest.mark.django_db(transaction=True)


def table(content: bytes, name: str) -> list[dict[str, str]]:
    text = unzipped(content)[f"{name}.csv"].decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))


@pytest.fixture
def day(transactional_db) -> Gathering:
    return full_day()


@pytest.fixture
def archive(day) -> bytes:
    return write_archive(day)


def test_archive_into_an_empty_database_gives_the_same_archive(make_server, room):
    """On PostgreSQL it comes from SQLite: what each database does with the order of things is not in the file."""
    with on(make_server("maison", vendor="sqlite")):
        day = full_day()
        play_counts(day)
        play_counts(day, people=4)
        content = write_archive(day)
        assert write_archive(Gathering.objects.get(pk=day.pk)) == content
        assert [asked.name for asked in ALL if not table(content, asked.name)] == []
    with on(room):
        space = make_space(slug="ailleurs", name="Un autre espace", by="essai")
        again = import_archive(content=content, space=space, by="essai")
        again = Gathering.objects.select_related("space", "commune", "epci").get(pk=again.pk)
        after = write_archive(again)
        before = unzipped(content)
        assert [name for name, said in unzipped(after).items() if said != before[name]] == []
        assert after == content
        assert not Person.objects.exists()


def test_every_file_is_in_the_package_and_every_number_has_its_floor(day):
    play_counts(day)
    play_counts(day, people=4)
    content = write_archive(day)
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert archive.namelist() == names()
    assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    package = json.loads(unzipped(content)[PACKAGE])
    assert {each["path"] for each in package["resources"]} == {n for n in names() if "/" not in n} - {
        PACKAGE,
        "README.md",
    }
    people = table(content, "participation")
    assert [row["personnes"] for row in people if row["repartition"] == "ensemble"] == ["24"]
    assert all(int(row["personnes"]) >= 5 for row in people)
    assert "Élu·e" not in str(people)  # one alone: said with others, or not at all
    results = {(row["titre"], row["choix"]): (row["nombre"], row["reponses"]) for row in table(content, "resultats")}
    assert results[("Le vote", "Coop")] == ("5", "6")
    assert results[("Le vote", "")] == ("", "")  # the table of four: nothing is said of it
    assert [(row["jetons"], row["possibles"], row["personnes"]) for row in table(content, "pots")] == [
        ("15", "60", "6"),
        ("", "", ""),
    ]


@pytest.mark.parametrize(
    ("counts", "large", "small"),
    [
        ({"a": 9, "b": 6, "c": 1}, ["a"], ["c", "b"]),  # alone, it could be found again from the total
        ({"a": 9, "b": 6, "c": 1, "d": 2}, ["a"], ["c", "d", "b"]),
        ({"a": 9, "b": 3, "c": 2}, ["a"], ["c", "b"]),
        ({"a": 5, "b": 5}, ["a", "b"], []),
        ({"a": 3, "b": 2}, [], ["b", "a"]),
    ],
)
def test_small_counts_are_never_said_alone(counts, large, small):
    assert with_floor(counts) == (large, small)


def test_figures_outlive_the_notes(day):
    session = play_counts(day)
    before = write_archive(day)
    erase_session(session=session, by="essai")
    assert write_archive(day) == before


def test_nobody_is_in_the_archive_nor_on_the_public_pages(day, client):
    play_counts(day)
    session, _porteur = play_notes(day)
    assert plant() > 30  # there is something that could leak, in so many columns
    everything = b"".join(unzipped(write_archive(day)).values())
    assert SECRET.encode() not in everything.lower()
    assert b"une phrase confi" in everything.lower()
    assert str(session.pk).encode() not in everything
    assert SECRET.encode() not in write_archive(day)
    for address in public_addresses(day):
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert SECRET not in answer.content.decode("utf-8", "replace").lower(), address


# What the house publishes, by its own columns: their words are meant to be read. All the rest is planted, a table that
# comes later included. A move's kind and a session's codes are the machine's.
PUBLISHED = {"gathering", "room", "slot", "workshop", "takeaway", "experience", "experienceversion", "theme", "space"}
PUBLISHED |= {
    "contratdeville",
    "contractversion",
    "signatory",
    "methodversion",
    "keptfigures",
    "entry",
    "move",
    "session",
}
PUBLISHED |= {"speaker", "facilitator"}  # the public page names them, as the programme does: see the next test
ASKED = {"questionnaires.questionnaire", "questionnaires.question"}  # what an organiser asks goes with its counts
LISTS = {"answer": "values", "plan": "notes"}


def plant() -> int:
    """Every text column of every row of every other table says SECRET. How many columns."""
    planted = 0
    for model in tables().values():
        name = model._meta.model_name
        if name in PUBLISHED or model._meta.label_lower in ASKED or model._meta.app_label == "territories":
            continue
        columns = [
            column
            for column in model._meta.concrete_fields
            if isinstance(column, CharField | TextField) and not column.choices and not column.primary_key
        ]
        columns = [column for column in columns if (column.max_length or 99) >= 16]
        for number, row in enumerate(model._base_manager.all()):
            said = {column.name: f"{SECRET}{number:04}@x.fr" for column in columns}
            said |= {LISTS[name]: [SECRET]} if name in LISTS else {}
            if said:
                model._base_manager.filter(pk=row.pk).update(**said)
        planted += len(columns) if model._base_manager.exists() else 0
    return planted


def test_who_speaks_and_who_facilitates_is_on_the_page_and_not_in_the_archive(day, client):
    Speaker.objects.update(name=SECRET, role=SECRET, organisation=SECRET)
    Facilitator.objects.update(name=SECRET)
    page = client.get(reverse("gatherings:public", args=[day.space.slug, day.slug])).content.decode()
    assert SECRET in page
    assert SECRET.encode() not in b"".join(unzipped(write_archive(day)).values())


def public_addresses(day: Gathering) -> list[str]:
    space = day.space.slug
    lists = [
        reverse("atlas:open-file", args=[space, name, "csv"]) for name in ("rencontres", "ateliers", "experiences")
    ]
    feeds = [reverse(f"atlas:{name}", args=[space]) for name in ("calendar", "gatherings-atom", "experiences-atom")]
    page = reverse("gatherings:public", args=[space, day.slug])
    search = f"{reverse('atlas:search', args=[space])}?q={SECRET}x"
    return [page, *lists, *feeds, reverse("atlas:open-data", args=[space]), search.replace(f"{SECRET}x", "jardin")]


def test_the_public_page_gives_it_and_the_organisers_page_too(day, client):
    public = reverse("archives:public", args=[day.space.slug, day.slug])
    assert public in client.get(reverse("gatherings:public", args=[day.space.slug, day.slug])).content.decode()
    Publication.objects.filter(gathering=day).delete()
    unpublished = Takeaway.objects.filter(gathering=day, rehearsal=False).exclude(origin=TakeawayOrigin.PROGRAMME)
    ids = [str(pk).encode() for pk in unpublished.values_list("pk", flat=True)]
    kept, given = (unzipped(each)["a-retenir.csv"] for each in (write_archive(day), client.get(public).content))
    assert ids
    assert [one in kept for one in ids] == [True] * len(ids)
    assert [one in given for one in ids] == [False] * len(ids)  # what the desk did not publish stays with the desk
    Publication.objects.create(gathering=day, by="Inès")
    answer = client.get(public)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    assert answer.content == write_archive(day)
    assert client.get(public, headers={"if-none-match": answer["ETag"]}).status_code == 304

    own = reverse("archives:archive", args=[day.pk])
    assert client.get(own).status_code == 302  # to sign in
    organiser = Client()
    organiser.force_login(User.objects.get(), backend="django.contrib.auth.backends.ModelBackend")
    assert own in organiser.get(reverse("gatherings:detail", args=[day.pk])).content.decode()
    assert organiser.get(own).content == answer.content

    day.space.atlas_public = False  # what the space says beside its gatherings is closed; an organiser still takes it
    day.space.save()
    closed = client.get(public).content
    assert table(answer.content, "contrats")
    assert table(answer.content, "experiences")
    assert not table(closed, "contrats")
    assert not table(closed, "experiences")
    assert table(closed, "ateliers") == table(answer.content, "ateliers")
    assert organiser.get(own).content == answer.content

    day.public = False
    day.save()
    assert client.get(public).status_code == 404


def test_a_day_to_come_offers_no_archive(day, client):
    day.date = dt.date(2999, 1, 1)
    day.save()
    page = client.get(reverse("gatherings:public", args=[day.space.slug, day.slug])).content.decode()
    assert "archive.zip" not in page


def test_nobody_is_found_by_two_archives_taken_while_people_sign_up_or_enter(day, client):
    public = reverse("archives:public", args=[day.space.slug, day.slug])
    told = table(client.get(public).content, "participation")
    assert told[0]["personnes"] == "24"
    for date in (timezone.localdate(), dt.date(2999, 1, 1)):
        Gathering.objects.update(date=date)
        assert table(client.get(public).content, "participation") == []
        assert table(write_archive(Gathering.objects.get(pk=day.pk)), "participation") == told  # its organisers' own


def refused(content: bytes, space) -> str:
    before = Gathering.with_trials.count(), Room.objects.count(), Takeaway.objects.count(), Epci.objects.count()
    with pytest.raises(ArchiveRefused) as refusal:
        import_archive(content=content, space=space, by="essai")
    after = Gathering.with_trials.count(), Room.objects.count(), Takeaway.objects.count(), Epci.objects.count()
    assert after == before
    return refusal.value.sentence.replace("\xa0", " ").replace("\u202f", " ")


def test_a_bad_zip_is_refused_in_words(day, archive, monkeypatch):
    space = day.space
    good = unzipped(archive)
    assert "pas un fichier zip" in refused(b"", space)
    assert "pas un fichier zip" in refused(archive[:-30], space)
    assert "hors de l’archive" in refused(zipped(good | {"../x.csv": b""}), space)
    assert "hors de l’archive" in refused(zipped(good | {"/etc/x": b""}), space)
    assert "n’est pas un fichier d’une archive" in refused(zipped(good | {"virus.exe": b""}), space)
    assert "manque « salles.csv »" in refused(zipped({n: c for n, c in good.items() if n != "salles.csv"}), space)
    assert "ce n’est pas une archive" in refused(zipped({}), space)
    assert "il a été changé" in refused(zipped(good | {"salles.csv": b"autre"}), space)
    package = json.loads(good[PACKAGE])
    newer = json.dumps(package | {"maillage": {"archive": 2}}).encode()
    assert "autre version du format (2)" in refused(zipped(good | {PACKAGE: newer}), space)
    assert "n’est pas du JSON" in refused(zipped(good | {PACKAGE: b"["}), space)
    half = json.dumps(package | {"title": "\ud83d"}).encode()
    assert "demi-caractère" in refused(zipped(good | {PACKAGE: half}), space)
    wrong = good["schemas/salles.schema.json"].replace(b'"nom"', b'"titre"')
    assert "ces colonnes ne sont pas" in refused(zipped(good | {"schemas/salles.schema.json": wrong}), space)
    monkeypatch.setattr(opening, "MOST_UNFOLDED", 10_000)
    assert "dépasserait" in refused(archive, space)


def test_a_bomb_is_not_unfolded_whatever_it_says_of_its_size(day, archive, monkeypatch):
    bomb = zipped(unzipped(archive) | {"README.md": b"0" * 5_000_000})
    lying = bomb.replace((5_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert lying != bomb
    monkeypatch.setattr(opening, "MOST_UNFOLDED", 1_000_000)
    assert "Rien n’a été repris" in refused(lying, day.space)


def rewritten(archive: bytes, name: str, column: str, wrong: str) -> bytes:
    """With the package's own word for it: only what the cell says is wrong."""
    files = unzipped(archive)
    rows = list(csv.reader(io.StringIO(files[f"{name}.csv"].decode("utf-8-sig"), newline=""), delimiter=";"))
    rows[1][rows[0].index(column)] = wrong
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerows(rows)
    content = out.getvalue().encode("utf-8-sig")
    was = hashlib.sha256(files[f"{name}.csv"]).hexdigest().encode()
    files[PACKAGE] = files[PACKAGE].replace(was, hashlib.sha256(content).hexdigest().encode())
    return zipped(files | {f"{name}.csv": content})


WRONG = [
    ("rencontre", "fuseau", "Lune/Mer", "fuseau"),
    ("rencontre", "definition", '{"a":1}', "definition"),
    ("rencontre", "definition", '{"text":"\\ud83d"}', "demi-caractère"),
    ("rencontre", "publique", "peut-être", "true ou false"),
    ("salles", "capacite", "99999", "hors de portée"),
    ("salles", "nom", "x" * 101, "salles.csv"),
    ("ateliers", "moment", "00000000-0000-7000-8000-000000000000", "ne désigne rien"),
    ("a-retenir", "atelier", "00000000-0000-7000-8000-000000000000", "ne désigne rien"),
    ("a-retenir", "origine", "rumeur", "n’est pas l’un de"),
    ("a-retenir", "texte", "x" * 601, "dépasse"),
    ("a-retenir", "rang", "-1", "hors de portée"),
    ("participation", "personnes", "beaucoup", "n’est pas un nombre"),
    ("experiences", "annee", "12", "année possible"),
    ("contrats", "signature", "peut-être", "n’est pas l’un de"),
    ("contrats", "siren_epci", "999999999", "inconnue"),
]


def test_a_wrong_cell_is_said_with_its_file_and_nothing_is_half_imported(day, archive):
    space = day.space
    Gathering.objects.filter(pk=day.pk).delete()
    space.experiences.all().delete()
    space.contracts.all().delete()
    for name, column, wrong, sentence in WRONG:
        said = refused(rewritten(archive, name, column, wrong), space)
        assert sentence in said, said
        assert f"{name}.csv" in said, said
    assert import_archive(content=archive, space=space, by="essai").pk == day.pk  # and the good one is taken after all


def test_what_is_here_already_is_not_changed(day, archive):
    assert "est déjà sur ce serveur" in refused(archive, day.space)
    Gathering.objects.filter(pk=day.pk).delete()
    Commune.objects.filter(pk="54547").update(population=1)
    import_archive(content=archive, space=day.space, by="essai")
    assert Commune.objects.get(pk="54547").population == 1
    assert Workshop.objects.filter(slot__gathering=day.pk).count() == 2


def test_one_made_before_a_column_was_there_is_taken(day, archive):
    files = unzipped(archive)
    rows = list(csv.reader(io.StringIO(files["a-retenir.csv"].decode("utf-8-sig"), newline=""), delimiter=";"))
    late = rows[0].index("non_tranche")
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerows(row[:late] + row[late + 1 :] for row in rows)
    content = out.getvalue().encode("utf-8-sig")
    name = next(each for each in files if "a-retenir" in each and "schema" in each)
    schema = json.loads(files[name])
    schema["fields"] = [field for field in schema["fields"] if field["name"] != "non_tranche"]
    was = hashlib.sha256(files["a-retenir.csv"]).hexdigest().encode()
    package = files[PACKAGE].replace(was, hashlib.sha256(content).hexdigest().encode())
    older = zipped(files | {"a-retenir.csv": content, name: json.dumps(schema).encode(), PACKAGE: package})
    Gathering.objects.filter(pk=day.pk).delete()
    taken = import_archive(content=older, space=day.space, by="essai")
    sentences = Takeaway.objects.filter(gathering=taken)
    assert (sentences.count(), sentences.filter(unsettled=True).count()) == (len(rows) - 1, 0)
