"""A table of contracts, out and in: the same, whole or nothing, and never over what somebody wrote since."""

import datetime as dt
from contextlib import suppress
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from openpyxl import load_workbook

from maillage.contracts.cells import COLUMN_OF, COLUMNS, read_cell, write_cell
from maillage.contracts.enums import SignatoryCategory, SignatureStatus
from maillage.contracts.facts import FIELDS, check_facts, clean_facts, facts_of
from maillage.contracts.models import ContractVersion, ContratDeVille
from maillage.contracts.queries import status_by_epci
from maillage.contracts.services import change_contract, make_contract, new_facts, remove_contract
from maillage.contracts.sheets import SheetRefused, export_rows, import_contracts, import_earlier_contracts
from maillage.lib.spreadsheets import read_table, write_csv, write_xlsx
from maillage.people.services import make_space
from maillage.territories.models import Epci
from maillage.territories.services import load_territories
from tests.contracts.conftest import FENSCH, FORBACH, MERGED, METZ, THIONVILLE
from tests.examples import several

pytestmark = pytest.mark.django_db


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def read(space, *lines: str, head: str = "SIREN;Signature;Source"):
    return import_contracts(space=space, content="\n".join([head, *lines]).encode(), filename="c.csv", by="Ali")


def refused(space, *lines: str, head: str = "SIREN;Signature;Source") -> list[str]:
    before = ContratDeVille.objects.count(), ContractVersion.objects.count()
    with pytest.raises(SheetRefused) as said:
        read(space, *lines, head=head)
    assert (ContratDeVille.objects.count(), ContractVersion.objects.count()) == before
    return [plain(sentence) for sentence in said.value.problems]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_is_exported_and_imported_again_changes_nothing(space, contract, places, form):
    make_contract(space=space, facts=new_facts(FORBACH, note="=1+2\n'@x"), by="Zoé")
    old = new_facts(FENSCH, status="preparing", source="x")  # noted before anybody knew of the merger
    make_contract(space=space, facts=old, by="Zoé")
    headers, rows = export_rows(space, internal=True)
    content = write_csv(headers, rows) if form == "csv" else write_xlsx(headers, rows, "Contrats")
    before = ContractVersion.objects.count()
    done = import_contracts(space=space, content=content, filename=f"c.{form}", by="Ali")
    assert (done.made, done.changed, done.same, done.notes) == (0, 0, 3, [])
    assert ContractVersion.objects.count() == before
    assert plain(done.sentence) == "3 déjà ainsi."
    empty = make_space(slug="vide", name="Vide", by="test")
    import_contracts(space=empty, content=content, filename=f"c.{form}", by="Ali")
    # in a new space nothing is known of Fensch: it is followed to who took over, with its perimeter
    again = {row[0]: row for row in export_rows(empty, internal=True)[1]}
    assert again.pop(MERGED)[2] == "CA du Val de Fensch"
    assert again == {row[0]: row for row in rows if row[0] != FENSCH}


words = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
days = st.just("") | st.dates(dt.date(2024, 1, 1), dt.date(2026, 1, 1)).map(dt.date.isoformat)
signatories = st.fixed_dictionaries(
    {"category": st.sampled_from(SignatoryCategory.values), "name": words, "signed_on": days}
)
documents = st.fixed_dictionaries(
    {
        "title": words,
        "url": st.sampled_from(["https://a.invalid/x", "http://b.invalid:80/?a=b;c#d", "https://c.invalid/é"]),
    }
)
facts = st.fixed_dictionaries(
    {
        "perimeter": words,
        "reference": words,
        "status": st.sampled_from(SignatureStatus.values),
        "source": words,
        "source_date": st.sampled_from(["", "2024", "2024-03", "2024-03-12"]),
        "signed_on": days,
        "axes": st.lists(words, max_size=3),
        "annual_meeting_on": days,
        "revision_on": days,
        "residents_body": words,
        "residents_body_source": words,
        "documents": st.lists(documents, max_size=3),
        "signatories": st.lists(signatories, max_size=3),
        "note": st.text(max_size=60),
    }
)


@given(facts)
def test_any_cell_reads_back_as_it_was(said):
    """Through the cell, then through both kinds of file."""
    cleaned = clean_facts(new_facts(METZ) | said)
    if check_facts(cleaned, today=dt.date(2026, 11, 28)):
        return
    cells = {COLUMN_OF[name]: write_cell(name, cleaned[name]) for name in FIELDS}
    for content, name in (
        (write_csv(list(cells), [list(cells.values())]), "c.csv"),
        (write_xlsx(list(cells), [list(cells.values())], "Contrats"), "c.xlsx"),
    ):
        ((_line, record),) = read_table(content, name).records()
        again = {name: read_cell(name, record[COLUMN_OF[name]]) for name in FIELDS if name != "epci"}
        assert clean_facts(cleaned | again) == cleaned


@pytest.mark.parametrize("name", ["Ville ;", "A ; B", "Ville ; 2024-03-12", "Ville ; 12/03/2024", "Ville ;;", "A : B"])
@pytest.mark.parametrize("signed_on", ["", "2024-03-12"])
def test_a_name_that_looks_like_the_rest_of_its_line_stays_a_name(name, signed_on):
    line = {"category": "commune", "name": name, "signed_on": signed_on}
    assert read_cell("signatories", write_cell("signatories", [line])) == [line]


class AnyContract(TestCase):
    @settings(max_examples=several(40), deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(facts)
    def test_any_contract_goes_out_and_comes_back_the_same(self, said):
        from maillage.territories.models import Department, Region

        region = Region.objects.create(code="44", name="Grand Est")
        department = Department.objects.create(code="57", name="Moselle", region=region)
        Epci.objects.create(siren=METZ, name="Metz Métropole", department=department)
        space = make_space(slug="grand-est", name="Grand Est", by="test")
        whole = clean_facts(new_facts(METZ) | said)
        if check_facts(whole, today=dt.date(2026, 11, 28)):
            return
        make_contract(space=space, facts=whole, by="Zoé")
        headers, rows = export_rows(space, internal=True)
        done = import_contracts(space=space, content=write_csv(headers, rows), filename="c.csv", by="Ali")
        assert (done.made, done.changed, done.same) == (0, 0, 1)


def test_each_wrong_cell_is_said_with_its_line_and_column_and_nothing_is_imported(space, places):
    head = "SIREN;Première année;Dernière année;Signature;Source;Signé le;Documents;Signataires"
    said = refused(
        space,
        f"{METZ};2024;2030;signé;un site;2024-03-12;;",
        f"{FORBACH};2030;2024;signé;;2204-01-01;Contrat javascript:alert(1);Mairie ; Forbach",
        "123456789;2024;2030;peut-être;x;;;",
        "999999999;;;;;;;",
        ";;;signé;x;;;",
        f"{METZ};2024;2030;;;;;",
        head=head,
    )
    assert [sentence.split(" : ")[0] for sentence in said] == [
        "Ligne 3, colonne « Signataires »",
        "Ligne 3, colonne « Dernière année »",
        "Ligne 3, colonne « Source »",
        "Ligne 3, colonne « Signé le »",
        "Ligne 3, colonne « Documents »",
        "Ligne 4, colonne « Signature »",
        "Ligne 4, colonne « SIREN »",
        "Ligne 5, colonne « SIREN »",
        "Ligne 6, colonne « SIREN »",
        "Ligne 7, colonne « SIREN »",
    ]
    assert "la catégorie étant l’une de : « État », « Intercommunalité », « Commune »" in said[0]
    assert "« peut-être » : on attend « signature non connue », « en préparation »" in said[5]
    assert "aucune intercommunalité connue n’a le SIREN 999999999" in said[7]
    assert "ce contrat est déjà à la ligne 2" in said[-1]


@pytest.mark.parametrize(
    ("head", "cell", "column", "part"),
    [
        ("Première année", "24", "Première année", "on attend une année en quatre chiffres"),
        ("Première année", "2204", "Première année", "on attend une année entre 1990 et 2100"),
        ("Signé le", "31/02/2024", "Signé le", "on attend une date"),
        ("Réunion annuelle", "bientôt", "Réunion annuelle", "on attend une date"),
        ("Documents", "https://exemple.invalid/", "Documents", "on attend un titre puis un lien"),
        ("Documents", "Contrat ftp://exemple.invalid/", "Documents", "n’est pas un lien"),
        ("Date de la source", "hier", "Source", "pas la source"),
        ("Conseil citoyen ou table de quartier", "Il vit", "Source sur le conseil citoyen", "dites d’où"),
        ("Version", "12", "", ""),
    ],
)
def test_a_cell_alone_may_be_wrong(space, places, head, cell, column, part):
    if not column:  # of a contract that is not there yet, a version says nothing
        assert read(space, f"{METZ};{cell}", head=f"SIREN;{head}").made == 1
        return
    said = refused(space, f"{METZ};{cell}", head=f"SIREN;{head}")
    assert said[0].startswith(f"Ligne 2, colonne « {column} » : ")
    assert part in said[0]


def test_a_file_that_is_no_table_of_contracts_says_what_it_lacks(space, places):
    assert refused(space, "x;y", head="Prénom;Nom de famille") == [
        "Il manque la colonne « SIREN » ou « Intercommunalité » ; ce fichier a : Prénom, Nom de famille."
    ]
    with pytest.raises(SheetRefused) as said:
        import_contracts(space=space, content=b"\x00\x01", filename="c.xlsx", by="Ali")
    assert "c.xlsx" in said.value.sentence


@pytest.mark.parametrize("column", list(COLUMNS))
@pytest.mark.parametrize("cell", ["a\x00b", "²", "-1", "9" * 40, "\u202e", "x" * 6_000, "éà;;"])
def test_no_cell_breaks_the_import(space, contract, column, cell):
    content = write_xlsx(["SIREN", "Intercommunalité", column + " "], [[METZ, "Metz Métropole", cell]], "Contrats")
    single = write_csv(["Intercommunalité", column], [["Metz Métropole", cell]])
    for data, name in ((content, "c.xlsx"), (single, "c.csv")):
        with suppress(SheetRefused):  # and nothing else
            import_contracts(space=space, content=data, filename=name, by="Ali")


def test_too_many_wrong_lines_are_not_all_read(space, places):
    said = refused(space, *(f"{number:09};;" for number in range(400)))
    assert len(said) == 31
    assert said[-1] == "La suite n’a pas été lue : corrigez d’abord ces lignes."


def test_dates_and_names_are_read_as_people_write_them(space, places):
    done = read(
        space,
        'Metz metropole;Signé;recueil;12/03/2024;"État ; Préfecture ; 12/03/2024\ncaf;CAF 57"',
        head="Intercommunalité;Signature;Source;Signé le;Signataires",
    )
    assert plain(done.sentence) == "1 contrat noté."
    made = facts_of(ContratDeVille.objects.get())
    assert (made["signed_on"], made["status"]) == ("2024-03-12", "signed")
    assert made["signatories"] == [
        {"category": "state", "name": "Préfecture", "signed_on": "2024-03-12"},
        {"category": "caf", "name": "CAF 57", "signed_on": ""},
    ]


def test_an_old_siren_is_followed_and_it_is_said(space, places):
    done = read(space, f"{THIONVILLE};en préparation;un courriel", f"{FENSCH};;")
    assert [plain(note).split(" (")[0] for note in done.notes] == [
        "Ligne 2 : CA Portes de France-Thionville",
        "Ligne 3 : CA du Val de Fensch",
    ]
    assert {(row.epci_id, row.perimeter) for row in ContratDeVille.objects.all()} == {
        (MERGED, "CA Portes de France-Thionville"),
        (MERGED, "CA du Val de Fensch"),
    }
    again = read(space, f"{THIONVILLE};en préparation;un courriel", f"{FENSCH};;")
    assert (again.made, again.same) == (0, 2)


def test_a_column_that_is_not_there_changes_nothing_and_an_empty_cell_empties(space, contract):
    before = facts_of(contract)
    done = read(space, f"{METZ};;CV185", head="SIREN;Axes;Référence")
    assert plain(done.sentence) == "1 modifié."
    now = facts_of(ContratDeVille.objects.get())
    assert now == before | {"axes": [], "reference": "CV185"}


def test_an_older_export_is_merged_with_what_was_changed_since(space, contract):
    headers, rows = export_rows(space, internal=True)
    change_contract(
        contract=contract, facts=facts_of(contract) | {"annual_meeting_on": "2025-03-01"}, opened=None, by="Zoé"
    )
    rows[0][headers.index("Référence")] = "CV185"
    done = import_contracts(space=space, content=write_csv(headers, rows), filename="c.csv", by="Ali")
    assert done.changed == 1
    assert "réunit ce fichier et ce qui a été changé depuis son export" in plain(done.notes[0])
    now = facts_of(ContratDeVille.objects.get())
    assert (now["reference"], now["annual_meeting_on"]) == ("CV185", "2025-03-01")


def test_an_older_export_never_overwrites_what_somebody_wrote_since(space, contract):
    headers, rows = export_rows(space, internal=True)
    change_contract(contract=contract, facts=facts_of(contract) | {"reference": "CV1"}, opened=None, by="Zoé")
    rows[0][headers.index("Référence")] = "CV2"
    with pytest.raises(SheetRefused) as said:
        import_contracts(space=space, content=write_csv(headers, rows), filename="c.csv", by="Ali")
    assert plain(said.value.problems[0]).startswith(
        "Ligne 2, colonne « Référence » : changé autrement dans Maillage depuis cet export"
    )
    assert ContratDeVille.objects.get().reference == "CV1"
    rows[0][headers.index("Version")] = "77"
    with pytest.raises(SheetRefused) as said:
        import_contracts(space=space, content=write_csv(headers, rows), filename="c.csv", by="Ali")
    assert "« 77 » n’est pas une version de ce contrat" in plain(said.value.problems[0])


def test_a_contract_removed_since_the_export_is_not_brought_back(space, contract):
    headers, rows = export_rows(space, internal=True)
    remove_contract(contract=contract, by="Zoé")
    with pytest.raises(SheetRefused) as said:
        import_contracts(space=space, content=write_csv(headers, rows), filename="c.csv", by="Ali")
    assert "ce contrat a été retiré depuis cet export" in plain(said.value.sentence)


def test_the_generation_before_is_read_from_its_own_list_once(space):
    Epci.objects.all().delete()
    load_territories(region="44")
    done = import_earlier_contracts(space=space, by="démonstration")
    assert (done.made, done.same, done.notes) == (39, 0, [])
    told = status_by_epci(space, year=2016)
    assert len(told) == 38  # two that merged into one: each kept with its name
    assert set(told.values()) == {"signed"}
    assert status_by_epci(space, year=2026) == {}
    both = ContratDeVille.objects.filter(epci="200067874").order_by("perimeter")
    assert [row.perimeter for row in both] == ["CC de Bischwiller et Environs", "CC de la Région de Haguenau"]
    thionville = ContratDeVille.objects.get(epci=THIONVILLE)
    assert (thionville.reference, thionville.source, thionville.perimeter) == (
        "CV188",
        "ANCT, plateforme Dauphin, 2023",
        "",
    )
    facts = facts_of(thionville) | {"note": "vu"}
    change_contract(contract=thionville, facts=facts, opened=None, by="Zoé")
    remove_contract(contract=both[0], by="Zoé")
    again = import_earlier_contracts(space=space, by="démonstration")
    assert (again.made, again.changed, again.same) == (0, 0, 38)
    assert "a été retiré, il le reste" in plain(again.notes[0])
    assert ContratDeVille.objects.get(epci=THIONVILLE).note == "vu"


def test_the_page_takes_a_file_or_says_why_not(client, space, contract, organiser):
    client.force_login(organiser)
    page = reverse("contracts:import", args=["grand-est"])

    def send(content: bytes):
        return client.post(page, {"file": SimpleUploadedFile("c.csv", content)}, follow=True)

    answer = send(f"SIREN;Signature\n{FORBACH};signé\n".encode())
    assert answer.status_code == 422
    assert "Ligne 2, colonne « Source » : dites d’où vous le savez" in plain(answer.content.decode())
    answer = send(f"SIREN;Référence\n{METZ};CV185\n".encode())
    assert "1 modifié." in plain(answer.content.decode())
    assert client.post(page).status_code == 422
    assert send(b"").status_code == 422


def test_an_export_opens_in_a_spreadsheet_with_no_formula(client, space, contract, organiser):
    change_contract(contract=contract, facts=facts_of(contract) | {"reference": "=1+1"}, opened=None, by="Zoé")
    client.force_login(organiser)
    answer = client.get(reverse("contracts:export", args=["grand-est", "xlsx"]))
    sheet = load_workbook(BytesIO(answer.content)).active
    assert sheet["D2"].value == "=1+1"
    assert sheet["D2"].data_type == "s"
    assert client.get(reverse("contracts:export", args=["grand-est", "pdf"])).status_code == 404
