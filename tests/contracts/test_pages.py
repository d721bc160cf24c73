"""The organiser's pages: who may, what is shown, and two people who write at once."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from maillage.contracts.facts import facts_of
from maillage.contracts.models import ContratDeVille
from maillage.contracts.services import change_contract, make_contract, new_facts, remove_contract
from maillage.people.services import give_right, make_space
from maillage.territories.models import Department, Epci, Qpv
from tests.contracts.conftest import FORBACH, METZ, SOURCE, THIONVILLE

pytestmark = pytest.mark.django_db
NOTE = "appeler la cheffe de projet"


def text(response) -> str:
    return " ".join(response.content.decode().replace("\u202f", " ").replace("\u00a0", " ").split())


def url(name: str, *args) -> str:
    return reverse(f"contracts:{name}", args=["grand-est", *args])


def fields(response) -> dict[str, str]:
    """What a browser would send back, untouched."""
    form = response.context["form"]
    sent = {bound.html_name: bound.value() for bound in form}
    if response.context["sides"]:
        sent["asked"] = response.context["asked"]
    return {name: "" if value is None else str(value) for name, value in sent.items()}


def change(contract, **said) -> None:
    change_contract(contract=contract, facts=facts_of(contract) | said, opened=None, by="Quelqu’un")


READ = ["list", "detail", "history", "export"]
WRITE = ["new", "import", "edit"]
ACTIONS = ["restore", "remove", "put-back"]
OF_CONTRACT = {"detail": (), "history": (), "edit": (), "remove": (), "put-back": (), "restore": (1,)}


def address(name, contract) -> str:
    if name in OF_CONTRACT:
        return url(name, contract.pk, *OF_CONTRACT[name])
    return url(name, "csv") if name == "export" else url(name)


@pytest.mark.parametrize("name", READ + WRITE)
def test_a_page_asks_to_sign_in_is_404_from_another_space_and_opens_by_role(
    client, contract, organiser, reader, stranger, name
):
    page = address(name, contract)
    assert client.get(page)["Location"] == f"/connexion/?next={page}"
    client.force_login(stranger)
    assert client.get(page).status_code == 404
    client.force_login(reader)
    answer = client.get(page)
    assert answer.status_code == (200 if name in READ else 403)
    client.force_login(organiser)
    assert client.get(page).status_code == 200


@pytest.mark.parametrize("name", [*ACTIONS, "edit", "new", "import"])
def test_an_action_is_the_organisers_alone(client, contract, reader, stranger, name):
    page, before = address(name, contract), facts_of(contract)
    assert client.post(page)["Location"] == f"/connexion/?next={page}"
    for user, status in ((stranger, 404), (reader, 403)):
        client.force_login(user)
        assert client.post(page).status_code == status
    contract.refresh_from_db()
    assert (contract.version, contract.removed_at, facts_of(contract)) == (1, None, before)


def test_every_address_of_contracts_is_in_this_walk():
    from maillage.contracts.urls import urlpatterns

    assert {pattern.name for pattern in urlpatterns} == {*READ, *WRITE, *ACTIONS, "spaces"}


def test_a_contract_of_another_space_is_not_reached_through_ones_own(client, contract, stranger):
    client.force_login(stranger)
    for name in OF_CONTRACT:
        page = reverse(f"contracts:{name}", args=["ailleurs", contract.pk, *OF_CONTRACT[name]])
        assert (client.post if name in ACTIONS else client.get)(page).status_code == 404
    assert client.get(reverse("contracts:spaces"))["Location"] == "/contrats/ailleurs/"


def test_a_contract_has_one_address_that_of_its_space(client, contract, organiser):
    other = make_space(slug="autre", name="Autre", by="test")
    give_right(user=organiser, space=other, role="organiser", by="test")
    client.force_login(organiser)
    assert client.get(reverse("contracts:detail", args=["autre", contract.pk])).status_code == 404
    assert "Autre" in text(client.get(reverse("contracts:spaces")))


def test_the_list_counts_in_words_and_filters(client, contract, space, organiser, places):
    make_contract(space=space, facts=new_facts(FORBACH), by="Zoé")
    make_contract(space=space, facts=new_facts("200068757", status="preparing", source="un courriel"), by="Zoé")
    old = new_facts(METZ, first_year=2015, last_year=2023, status="signed", source="ANCT")
    make_contract(space=space, facts=old, by="Zoé")
    for number, siren in enumerate((METZ, THIONVILLE)):
        Qpv.objects.create(code=f"QN0570{number}N", name="Quartier", epci=places[siren])
    client.force_login(organiser)
    page = text(client.get(url("list")))
    assert "1 signé, 1 en préparation et 1 dont la signature n’est pas connue." in page
    assert page.index("2024–2030") < page.index("2015–2023") < page.rindex("1 signé.")
    assert "1 intercommunalité a un quartier prioritaire, et rien n’est noté ici de son contrat" in page
    assert f'href="/contrats/grand-est/nouveau/?epci={THIONVILLE}"' in page
    page = text(client.get(url("list"), {"departement": "88"}))
    assert "1 contrat trouvé sur 4." in page
    assert "CA d’Épinal" in page
    assert "Forbach" not in page
    page = text(client.get(url("list"), {"signature": "not_signed"}))
    assert "Aucun contrat ne répond à ce choix." in page
    page = text(client.get(url("list"), {"departement": "99", "signature": "<script>"}))
    assert "CA d’Épinal" in page


def test_a_long_list_is_in_pages_that_keep_the_filter(client, space, organiser, places):
    department = Department.objects.get(code="57")
    for number in range(102):
        epci = Epci.objects.create(siren=f"10000{number:04}", name=f"CC {number:03}", department=department)
        make_contract(space=space, facts=new_facts(epci.siren), by="Zoé")
    client.force_login(organiser)
    page = client.get(url("list"), {"departement": "57"})
    assert "102 contrats trouvés sur 102." in text(page)
    assert 'href="?departement=57&amp;page=2"' in text(page)
    assert "102 dont la signature n’est pas connue." in text(page)
    page = text(client.get(url("list"), {"departement": "57", "page": "2"}))
    assert "CC 101" in page
    assert "CC 099" not in page
    assert "102 dont la signature n’est pas connue." in page


def test_an_empty_list_says_what_comes_there(client, space, organiser, reader):
    client.force_login(organiser)
    assert "Notez-les un à un, ou importez un fichier" in text(client.get(url("list")))
    client.force_login(reader)
    page = text(client.get(url("list")))
    assert "Qui organise dans cet espace les note ici." in page
    assert "Noter un contrat" not in page


@pytest.mark.parametrize("name", ["list", "history", "detail", "export"])
def test_a_page_asks_as_much_of_the_database_for_three_rows_as_for_one(client, contract, space, organiser, name):
    client.force_login(organiser)
    department = Department.objects.get(code="57")

    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(address(name, contract)).status_code == 200
        return len(queries)

    client.get(address(name, contract))
    one = asked()
    for number in range(2):
        epci = Epci.objects.create(siren=f"10000000{number}", name=f"CC {number}", department=department)
        make_contract(space=space, facts=facts_of(contract) | {"epci": epci.siren, "note": ""}, by="Zoé")
        rows = facts_of(contract)["signatories"]
        row = {"category": "commune", "name": f"Ville {number}", "signed_on": ""}
        change(contract, signatories=[*rows, row], axes=[f"Axe {number}"])
        contract = ContratDeVille.objects.get(pk=contract.pk)
    assert asked() == one


def test_a_reader_sees_the_contract_and_never_the_note_nor_its_history(client, contract, reader, organiser):
    change(contract, note="autre secret")
    change(ContratDeVille.objects.get(pk=contract.pk), axes=["Emploi"])
    for user, seen in ((organiser, True), (reader, False)):
        client.force_login(user)
        assert ("autre secret" in text(client.get(url("detail", contract.pk)))) is seen
        history = text(client.get(url("history", contract.pk)))
        assert (NOTE in history) is seen
        assert "Retiré : Cadre de vie" in history
        assert ("autre secret" in client.get(url("export", "csv")).content.decode()) is seen
        assert b"Emploi" in client.get(url("export", "csv")).content


def test_a_contract_is_noted_with_all_it_says(client, space, organiser, places):
    client.force_login(organiser)
    sent = fields(client.get(url("new"), {"epci": FORBACH}))
    assert sent["epci"] == "CA de Forbach Porte de France"
    sent |= {"status": "signed", "source": SOURCE, "signed_on": "2024-03-12", "axes": "Emploi\n\n  Santé "}
    sent |= {"signatories-1-category": "caf", "signatories-1-name": "CAF de la Moselle"}
    sent |= {"documents-0-title": "Le contrat", "documents-0-url": "https://exemple.invalid/c.pdf"}
    made = client.post(url("new"), sent, follow=True)
    page = text(made)
    assert "Signé</strong>, le 12 mars 2024." in page
    assert f"Source : {SOURCE}." in page
    assert "1 signataire noté, sans date de signature." in page
    assert '<a href="https://exemple.invalid/c.pdf" rel="noreferrer nofollow">Le contrat</a>' in page
    assert facts_of(ContratDeVille.objects.get())["axes"] == ["Emploi", "Santé"]


def test_all_that_is_wrong_is_said_at_once_beside_its_field_and_nothing_is_lost(client, space, organiser, places):
    client.force_login(organiser)
    sent = fields(client.get(url("new")))
    sent |= {
        "epci": "CA de Forbach",
        "first_year": "2030",
        "last_year": "2204",
        "status": "signed",
        "signed_on": "demain",
    }
    sent |= {"documents-0-title": "Contrat", "documents-0-url": "javascript:alert(1)"}
    sent |= {"signatories-2-name": "Vivest", "note": "à garder"}
    answer = client.post(url("new"), sent)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {
        "epci", "last_year", "source", "signed_on", "documents-0-url", "signatories-2-category",
    }  # fmt: skip
    page = text(answer)
    assert "noms proches : CA de Forbach Porte de France" in page
    assert "245700372" in page
    assert "2204 : on attend une année entre 1990 et 2100." in page
    assert "« javascript:alert(1) » n’est pas un lien que l’on peut donner à lire." in page
    assert 'href="javascript' not in page
    assert "Choisissez la catégorie de « Vivest »." in page
    assert fields(answer)["note"] == "à garder"
    assert not ContratDeVille.objects.exists()


def test_an_old_siren_is_followed_to_who_took_over_and_it_is_said(client, space, organiser, places):
    client.force_login(organiser)
    sent = fields(client.get(url("new"))) | {"epci": "245 701 362"}
    page = text(client.post(url("new"), sent, follow=True))
    said = "CA Portes de France-Thionville (245701362) a fusionné : le contrat est noté pour Thionville Fensch"
    assert said in page
    made = ContratDeVille.objects.get()
    assert (made.epci.name, made.perimeter) == ("Thionville Fensch Agglomération", "CA Portes de France-Thionville")
    sent |= {"first_year": "2015", "last_year": "2023"}  # over before the merger: it stays that of who signed
    client.post(url("new"), sent)
    assert str(ContratDeVille.objects.get(first_year=2015).epci) == "CA Portes de France-Thionville"


def test_an_unknown_siren_and_a_contract_already_noted_are_said(client, contract, organiser):
    client.force_login(organiser)
    sent = fields(client.get(url("new")))
    page = text(client.post(url("new"), sent | {"epci": "123456789"}))
    assert "Aucune intercommunalité connue n’a le SIREN 123456789" in page
    page = text(client.post(url("new"), sent | {"epci": "Metz Métropole"}))
    assert "Ce contrat est déjà noté : Metz Métropole 2024–2030." in page


def test_nothing_odd_in_an_address_or_a_field_breaks_a_page(client, contract, organiser):
    client.force_login(organiser)
    for odd in ("\x00", "\x00" + METZ, "9" * 400, "²", "'; --", "\ud800".encode("utf-8", "surrogatepass")):
        answers = [
            client.get(url("new"), {"epci": odd}),
            client.get(url("list"), {"departement": odd, "page": odd}),
            client.get(url("history", contract.pk), {"page": odd}),
        ]
        assert {answer.status_code for answer in answers} <= {200, 400}  # 400: the house refuses a NUL for all pages
    assert client.post(url("restore", contract.pk, 10**30)).status_code == 404
    sent = fields(client.get(url("edit", contract.pk)))
    for turn, odd in enumerate(("\x00", "x" * 6_000, "\u202e", "-1")):  # each field has one of them, then all have it
        for name in [*sent][turn::4]:
            assert client.post(url("edit", contract.pk), sent | {name: odd}).status_code in (302, 400, 422)
        assert client.post(url("edit", contract.pk), dict.fromkeys(sent, odd)).status_code in (302, 400, 404, 409, 422)


# Two at once


def test_two_people_who_change_different_things_both_keep_them(client, contract, organiser):
    client.force_login(organiser)
    mine = fields(client.get(url("edit", contract.pk)))
    change(contract, annual_meeting_on="2025-03-01", axes=["Emploi", "Cadre de vie", "Santé"])
    mine |= {"reference": "CV185", "axes": "Emploi\nÉducation"}
    page = text(client.post(url("edit", contract.pk), mine, follow=True))
    assert "avec ce que quelqu’un d’autre a changé entre-temps" in page
    now = facts_of(ContratDeVille.objects.get())
    assert (now["reference"], now["annual_meeting_on"]) == ("CV185", "2025-03-01")
    assert now["axes"] == ["Emploi", "Santé", "Éducation"]


@pytest.mark.parametrize(("choice", "kept"), [("theirs", "2027-01-01"), ("mine", "2027-06-01")])
def test_what_both_changed_is_chosen_and_nothing_is_typed_again(client, contract, organiser, choice, kept):
    client.force_login(organiser)
    page = url("edit", contract.pk)
    mine = fields(client.get(page))
    change(contract, revision_on="2027-01-01", reference="CV185")
    both = client.post(page, mine | {"revision_on": "2027-06-01", "note": "nouvelle note"})
    assert both.status_code == 422
    shown = text(both)
    assert "Vous êtes deux à avoir changé la même chose" in shown
    assert "Enregistré par Quelqu’un" in shown
    assert "1er janvier 2027" in shown
    assert "1er juin 2027" in shown
    assert ContratDeVille.objects.get().version == 2
    again = fields(both)
    assert (again["note"], again["reference"], again["opened"]) == ("nouvelle note", "CV185", "2")
    unchosen = client.post(page, again)
    assert unchosen.status_code == 422
    assert "Choisissez l’un des deux." in text(unchosen)
    client.post(page, fields(unchosen) | {"choice-revision_on": choice})
    now = facts_of(ContratDeVille.objects.get())
    assert (now["revision_on"], now["note"], now["reference"]) == (kept, "nouvelle note", "CV185")


def test_a_third_change_while_one_chooses_is_asked_about_again(client, contract, organiser):
    client.force_login(organiser)
    page = url("edit", contract.pk)
    mine = fields(client.get(page)) | {"revision_on": "2027-06-01"}
    change(contract, revision_on="2027-01-01")
    chosen = fields(client.post(page, mine)) | {"choice-revision_on": "mine"}
    change(ContratDeVille.objects.get(), revision_on="2027-02-02")
    again = client.post(page, chosen)
    assert again.status_code == 422
    assert "2 février 2027" in text(again)
    client.post(page, fields(again) | {"choice-revision_on": "mine"})
    assert facts_of(ContratDeVille.objects.get())["revision_on"] == "2027-06-01"


@pytest.mark.parametrize("opened", ["", "0", "99", "-1", "²", "x", "9" * 30])
def test_a_form_that_does_not_say_what_it_was_opened_at_overwrites_nothing(client, contract, organiser, opened):
    client.force_login(organiser)
    page = url("edit", contract.pk)
    mine = fields(client.get(page)) | {"opened": opened, "revision_on": "2027-06-01"}
    change(contract, revision_on="2027-01-01")
    assert client.post(page, mine).status_code == 422
    assert facts_of(ContratDeVille.objects.get())["revision_on"] == "2027-01-01"


def test_what_two_changes_make_together_is_checked_and_said(client, contract, organiser):
    """Each was right alone: a signatory's date, and the period it must be near to."""
    client.force_login(organiser)
    page = url("edit", contract.pk)
    mine = fields(client.get(page))
    mine |= {"signatories-2-category": "caf", "signatories-2-name": "CAF", "signatories-2-signed_on": "2022-01-01"}
    change(
        contract,
        first_year=2026,
        annual_meeting_on="",
        signatories=[
            *({"category": "commune", "name": f"Ville {n}", "signed_on": ""} for n in range(9)),
            *facts_of(contract)["signatories"],
        ],
    )
    answer = client.post(page, mine)
    assert answer.status_code == 422
    assert "Le 01/01/2022 est loin de la période" in text(answer)
    assert fields(answer)["signatories-2-name"] == "CAF"
    assert ContratDeVille.objects.get().version == 2


def test_a_contract_removed_while_one_writes_is_said(client, contract, organiser):
    client.force_login(organiser)
    page = url("edit", contract.pk)
    mine = fields(client.get(page))
    remove_contract(contract=contract, by="Quelqu’un")
    assert client.post(page, mine).status_code == 404


# History, removal


def test_the_history_says_who_when_what_and_goes_back(client, contract, organiser):
    client.force_login(organiser)
    change(contract, status="preparing", signed_on="", axes=["Cadre de vie"])
    page = text(client.get(url("history", contract.pk)))
    assert "Quelqu’un a modifié le contrat" in page
    assert "signé → en préparation" in page
    assert "30 mai 2024 → rien" in page
    assert "Retiré : Emploi" in page
    page = text(client.post(url("restore", contract.pk, 1), follow=True))
    assert "Le contrat dit de nouveau ce que disait la version 1." in page
    assert "Zoe est revenu à une version d’avant" in page
    now = ContratDeVille.objects.get()
    assert (now.status, now.axes, now.version) == ("signed", ["Emploi", "Cadre de vie"], 3)
    assert client.post(url("restore", contract.pk, 99)).status_code == 404


def test_a_long_history_is_in_pages_each_change_whole(client, contract, organiser):
    for number in range(35):
        change(ContratDeVille.objects.get(), reference=f"CV{number}")
    client.force_login(organiser)
    first, second = (text(client.get(url("history", contract.pk), {"page": page})) for page in (1, 2))
    assert "CV33 → CV34" in first
    assert "CV4 → CV5" in first
    assert "CV3 → CV4" in second
    assert "rien → CV0" in second


def test_a_removal_is_said_and_undone(client, contract, organiser, reader):
    client.force_login(organiser)
    page = text(client.post(url("remove", contract.pk), follow=True))
    assert "Ce contrat est retiré" in page
    assert "1 contrat retiré" in text(client.get(url("list")))
    assert client.get(url("edit", contract.pk)).status_code == 404
    client.force_login(reader)
    assert client.get(url("detail", contract.pk)).status_code == 404
    assert client.get(url("history", contract.pk)).status_code == 404
    assert "contrat retiré" not in text(client.get(url("list")))
    client.force_login(organiser)
    assert "Le contrat est remis" in text(client.post(url("put-back", contract.pk), follow=True))
    remove_contract(contract=contract, by="Zoé")
    make_contract(space=contract.space, facts=new_facts(METZ), by="Ali")
    assert "Ce contrat est déjà noté" in text(client.post(url("put-back", contract.pk), follow=True))
