import datetime as dt
from collections import Counter

import pytest
from django.db.models import Count

from maillage.lib.spreadsheets import UnreadableTable, read_table, write_csv, write_xlsx
from maillage.office.models import Activity
from maillage.people.models import Organisation, Person
from maillage.registrations.enums import ImportStatus
from maillage.registrations.imports import (
    ImportClosed,
    NoNames,
    NothingToRead,
    QuestionsWait,
    answer_doubts,
    choose_columns,
    confirm_import,
    drop_import,
    earlier_answers,
    import_registrations,
    start_import,
)
from maillage.registrations.mapping import BadMapping
from maillage.registrations.models import Registration, RegistrationImport, Wish
from maillage.registrations.queries import counts_of, reading_of
from maillage.registrations.services import cancel_registration, erase_needs
from maillage.territories.models import Commune, Department, Epci
from tests.registrations.conftest import make_day
from tests.registrations.day import FILE

CONTENT = FILE.read_bytes()


def run(gathering, content=CONTENT, filename=FILE.name, **options):
    return import_registrations(gathering=gathering, content=content, filename=filename, by="essai", **options)


def content_of(gathering):
    return sorted(
        (
            r.person.full_name,
            r.person.email,
            r.person.phone,
            r.person.category,
            str(r.person.organisation or ""),
            r.person.commune_id,
            r.volunteer_porteur,
            r.porteur_subject,
            r.needs,
            r.newsletter,
            tuple((w.slot.title, w.rank, w.workshop.title) for w in r.wishes.all()),
        )
        for r in gathering.registrations.select_related("person__organisation").prefetch_related(
            "wishes__slot", "wishes__workshop"
        )
    )


def test_the_real_file_is_written_whole(day):
    result = run(day)

    assert (result.created, result.changed, result.unchanged, result.left_out, result.doubts) == (128, 0, 0, 0, ())
    assert result.sentence == "128 personnes inscrites."
    by_rank = (
        Wish.objects.values_list("slot__title", "rank").annotate(number=Count("pk")).order_by("slot__position", "rank")
    )
    # counted in the file, column by column; no row leaves a rank empty before a filled one
    assert list(by_rank) == [
        ("Présentation d’expériences", 1, 114),
        ("Présentation d’expériences", 2, 81),
        ("Présentation d’expériences", 3, 27),
        ("Testons les coopérations", 1, 111),
        ("Testons les coopérations", 2, 74),
        ("Testons les coopérations", 3, 25),
    ]
    counts = counts_of(day)
    assert (counts.registered, counts.volunteers, counts.residents, counts.with_needs) == (128, 16, 19, 23)
    assert counts.without_wish == 0
    assert Registration.objects.filter(newsletter=True).count() == 41
    assert Person.objects.filter(email="").count() == 6
    assert Person.objects.filter(commune=None).count() == 0
    assert Organisation.objects.count() == 100


def test_the_same_file_again_writes_nothing_and_says_so(day):
    run(day)
    before = content_of(day)

    result = run(day)

    assert (result.created, result.changed, result.unchanged) == (0, 0, 128)
    assert result.sentence == "Rien à changer : ce fichier est déjà importé."
    assert content_of(day) == before
    assert Activity.objects.filter(verb="import").count() == 1


def test_twins_in_other_formats_write_the_same(day, space):
    run(day)
    table = read_table(CONTENT, FILE.name)
    twins = {
        "cp1252.csv": CONTENT.decode("utf-8-sig").encode("cp1252"),
        "classeur.xlsx": write_xlsx(table.headers, table.rows, "Inscriptions"),
    }
    for filename, content in twins.items():
        other = make_day(space, slug=filename[:4])
        assert run(other, content, filename).created == 128
        assert content_of(other) == content_of(day)
        assert run(day, content, filename).sentence == "Rien à changer : ce fichier est déjà importé."


def test_an_import_takes_the_same_number_of_queries_for_3_and_for_100_people(day, space, django_assert_max_num_queries):
    few, many = (
        write_csv(["Prénom", "Nom", "Commune"], [(f"P{i}", "Martin", "Metz") for i in range(number)])
        for number in (3, 100)
    )
    run(day)
    for slug, content in (("few", few), ("many", many)):
        other = make_day(space, slug=slug)
        with django_assert_max_num_queries(25):
            run(other, content, "a.csv")


def test_nothing_is_written_before_it_is_confirmed_nor_after_it_is_dropped(day):
    import_ = start_import(gathering=day, content=CONTENT, filename=FILE.name, by="essai")
    assert len(reading_of(import_).of("new")) == 128
    assert not Person.objects.exists()

    drop_import(import_=import_, by="essai")

    import_.refresh_from_db()
    assert (bytes(import_.content), import_.status) == (b"", ImportStatus.DROPPED)
    assert not Person.objects.exists()
    with pytest.raises(ImportClosed):
        confirm_import(import_=import_, by="essai")


def test_a_confirmed_import_forgets_its_file_and_cannot_be_confirmed_twice(day):
    import_ = start_import(gathering=day, content=CONTENT, filename=FILE.name, by="essai")

    assert confirm_import(import_=import_, by="essai").created == 128

    import_.refresh_from_db()
    assert (bytes(import_.content), import_.status) == (b"", ImportStatus.DONE)
    with pytest.raises(ImportClosed):
        confirm_import(import_=import_, by="essai")
    assert day.registrations.count() == 128


DOUBTFUL = write_csv(
    ["Prénom", "Nom", "Courriel", "Vous êtes", "Commune", "Atelier du matin - choix 1"],
    [
        ("Ana", "Un", "ana@exemple.fr", "Habitante", "Metz", "Le village des solidarités"),
        ("Bob", "Deux", "bob@exemple.fr", "Élu", "Mets", "Le village des solidarités"),
        ("Cléo", "Trois", "cléo@exemple.fr", "Élue", "Reims", "Poterie"),
    ],
)


def test_a_question_without_a_proposal_stops_everything_until_it_is_answered(day):
    import_ = start_import(gathering=day, content=DOUBTFUL, filename="a.csv", by="essai")
    with pytest.raises(QuestionsWait) as refusal:
        confirm_import(import_=import_, by="essai")
    assert refusal.value.sentence == "1 personne attend une réponse : rien n’est encore écrit."
    assert not Person.objects.exists()

    [waiting] = reading_of(import_).waiting
    answer_doubts(import_=import_, answers={waiting.waiting[0].key: "-"}, by="essai")
    import_.refresh_from_db()

    assert confirm_import(import_=import_, by="essai").created == 3
    assert Person.objects.get(first_name="Bob").commune.name == "Metz"
    assert not Wish.objects.filter(registration__person__first_name="Cléo").exists()


def test_answers_are_remembered_when_the_file_comes_back(day):
    import_ = start_import(gathering=day, content=DOUBTFUL, filename="a.csv", by="essai")
    [waiting] = reading_of(import_).waiting
    answer_doubts(import_=import_, answers={waiting.waiting[0].key: "-"}, by="essai")
    confirm_import(import_=import_, by="essai")

    again = start_import(gathering=day, content=DOUBTFUL, filename="a.csv", by="essai")

    assert reading_of(again).nothing_to_do
    assert reading_of(again).doubtful == ()


def test_the_command_line_writes_safe_rows_and_lists_the_others(day):
    result = run(day, DOUBTFUL, "a.csv")

    assert result.created == 1
    assert result.doubts == (
        "Ligne 3 : Commune « Mets » : est-ce Metz ?",
        "Ligne 4 : Atelier « Poterie » : aucun atelier de « Présentation d’expériences » ne porte ce nom.",
    )
    assert run(day, DOUBTFUL, "a.csv", accept="proposed").created == 1
    assert sorted(Person.objects.values_list("first_name", flat=True)) == ["Ana", "Bob"]


def test_what_the_command_line_took_as_proposed_is_not_asked_by_the_page(day):
    two = DOUBTFUL.replace(b"Poterie", b"")
    run(day, two, "a.csv", accept="proposed")

    again = start_import(gathering=day, content=two, filename="a.csv", by="essai")

    assert reading_of(again).asked_now(earlier_answers(day, but=again)) == ()
    assert reading_of(again).nothing_to_do


def test_needs_erased_after_the_day_are_no_news(day):
    run(day)
    day.date = dt.date(2025, 10, 2)
    day.save()
    erase_needs(gathering=day, by="essai")

    again = start_import(gathering=day, content=CONTENT, filename=FILE.name, by="essai")

    assert reading_of(again).questions == ()


def test_one_structure_in_two_spellings_is_one_row(day):
    run(day, "Prénom;Nom;Structure\nAda;Adam;Ville de Épinal\n".encode(), "a.csv")
    run(day, "Prénom;Nom;Structure\nBob;Bober;Ville d’Épinal\n".encode(), "b.csv")

    assert [each.name for each in day.space.organisations.all()] == ["Ville de Épinal"]
    assert {row.person.organisation.name for row in day.registrations.all()} == {"Ville de Épinal"}


@pytest.mark.parametrize(
    ("written", "territory", "proposed", "offered"),
    [
        ("Xyzville", "", "=", ["Villé"]),
        ("Vandoeuvre", "", "54547", ["Vandœuvre-lès-Nancy"]),
        ("vandœuvre", "", "54547", ["Vandœuvre-lès-Nancy"]),
        ("Vandeuvre-les-Nancy", "", "54547", ["Vandœuvre-lès-Nancy"]),
        ("Châlons", "", "=", ["Châlons-en-Champagne", "Châlons-sur-Vesle"]),
        ("Châlons", "CC du Nord", "51109", ["Châlons-sur-Vesle"]),
        ("Qwertz", "", "=", []),
    ],
)
def test_a_commune_is_proposed_when_it_is_likely_and_only_offered_when_it_is_not(
    day, written, territory, proposed, offered
):
    department = Department.objects.get()
    north = Epci.objects.create(siren="211111111", name="CC du Nord", department=department)
    Commune.objects.all().delete()
    for insee, name, epci in (
        ("67507", "Villé", None),
        ("54547", "Vandœuvre-lès-Nancy", None),
        ("51108", "Châlons-en-Champagne", None),
        ("51109", "Châlons-sur-Vesle", north),
    ):
        Commune.objects.create(insee=insee, name=name, department=department, epci=epci)
    content = write_csv(["Prénom", "Nom", "Commune", "Intercommunalité"], [("Ana", "Un", written, territory)])

    [[doubt, _rows]] = reading_of(start_import(gathering=day, content=content, filename="a.csv", by="essai")).questions

    assert doubt.proposed == proposed
    assert [label for value, label in doubt.choices if value not in "=-"] == offered


def test_a_newer_file_changes_only_what_it_says_and_only_when_told(day):
    run(day)
    newer = CONTENT.decode("utf-8-sig").replace(";CAF;Strasbourg;", ";DDETS;Strasbourg;").encode()
    import_ = start_import(gathering=day, content=newer, filename="b.csv", by="essai")
    [changed] = reading_of(import_).doubtful
    assert "« CAF » → « DDETS »" in changed.doubts[0].sentence
    answer_doubts(import_=import_, answers={changed.doubts[0].key: "file"}, by="essai")

    result = confirm_import(import_=import_, by="essai")

    assert (result.created, result.changed, result.unchanged) == (0, 1, 127)
    person = Person.objects.get(first_name="Jean-Marc", last_name="Faure")
    assert person.organisation.name == "DDETS"
    assert person.registrations.get().wishes.count() == 3


def test_somebody_who_cancelled_stays_cancelled(day):
    run(day)
    registration = day.registrations.first()
    cancel_registration(registration=registration, by="essai")

    assert run(day).sentence == "Rien à changer : ce fichier est déjà importé."
    registration.refresh_from_db()
    assert registration.status == "cancelled"


def test_the_same_person_at_two_gatherings_is_one_person(day, space):
    run(day)
    run(make_day(space, slug="rt-2026"))

    assert Person.objects.exclude(email="").count() == 122
    assert Person.objects.filter(email="").count() == 12  # without an address nobody can say it is the same person


def test_formulas_stay_text_from_file_to_table(day):
    content = write_csv(["Prénom", "Nom", "Téléphone", "Structure"], [("=1+1", "@b", "+33 6 00 00 00 01", "-x")])

    run(day, content, "a.csv")

    person = Person.objects.get()
    assert (person.first_name, person.last_name, person.phone) == ("=1+1", "@b", "+33 6 00 00 00 01")


@pytest.mark.parametrize(
    ("content", "filename"),
    [
        (b"", "vide.csv"),
        (b"\x00\x01\x02\xff" * 500, "binaire.csv"),
        (b"%PDF-1.7 rien", "faux.xlsx"),
        (b"PK\x03\x04" + b"x" * 200, "abime.xlsx"),
        (CONTENT[:40], "coupe.csv"),
        (b"a" * 10_500_000, "gros.csv"),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_a_sentence_and_leaves_nothing(day, content, filename):
    with pytest.raises((UnreadableTable, NothingToRead)) as refusal:
        start_import(gathering=day, content=content, filename=filename, by="essai")

    assert len(refusal.value.sentence) > 20
    assert not RegistrationImport.objects.exists()


def test_a_table_of_something_else_asks_for_the_columns(day):
    content = write_csv(["Article", "Prix"], [("Chaises", "12"), ("Tables", "40")])

    def sent(day, content, filename):
        start_import(gathering=day, content=content, filename=filename, by="essai")

    for read in (run, sent):
        with pytest.raises(NoNames) as refusal:
            read(day, content, "devis.csv")
        assert "Ses colonnes sont : Article, Prix." in refusal.value.sentence
    import_ = start_import(gathering=day, content=content, filename="devis.csv", by="essai", other_titles=True)

    assert import_.mapping == {}
    with pytest.raises(BadMapping):
        choose_columns(import_=import_, mapping={"email": 1}, by="essai")
    choose_columns(import_=import_, mapping={"full_name": 0}, by="essai")
    import_.refresh_from_db()
    assert Counter(c.verdict for c in reading_of(import_).candidates) == {"new": 2}
