"""The organisers' pages of the directory, and lists that are brought in."""

import io
import itertools

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import Workbook

from maillage.lib.spreadsheets import read_table
from maillage.office.models import Activity
from maillage.people.directory import OrganisationGone, write_organisation
from maillage.people.enums import SpaceRole
from maillage.people.merging import merge_organisations
from maillage.people.models import Organisation, OrganisationImport, OrganisationMerge, Person, ToldApart, User
from maillage.people.services import find_or_make_organisation, give_right, make_space
from maillage.territories.services import load_territories

pytestmark = pytest.mark.django_db
numbers = itertools.count()
SIRET = "32655401100030"


@pytest.fixture
def space():
    return make_space(slug="grand-est", name="Grand Est", by="essai")


@pytest.fixture
def zoe(space, client):
    user = User.objects.create_user("zoe@exemple.invalid", name="Zoé")
    give_right(user=user, space=space, role=SpaceRole.ORGANISER, by="essai")
    client.force_login(user)
    return client


def plain(response):
    return response.content.decode().replace("\xa0", " ").replace("\u202f", " ")


def to(name, *args):
    return reverse(f"people:{name}", args=["grand-est", *args])


def upload(client, content, filename="liste.csv", source="ANCT, Licence Ouverte 2.0"):
    content = content.encode() if isinstance(content, str) else content
    return client.post(to("import-organisations"), {"file": SimpleUploadedFile(filename, content), "source": source})


def test_one_is_added_found_changed_and_listed(space, zoe):
    load_territories()
    facts = {"name": "Centre social  Horizon", "kind": "association", "siret": "326 554 011 00030"}
    facts |= {"website": "www.horizon.example", "about": "Accueille", "commune": "57463", "epci": "", "source": "elle"}
    assert zoe.post(to("new-organisation"), facts).status_code == 302
    row = Organisation.objects.get()
    assert (row.name, row.siret, row.website) == ("Centre social Horizon", SIRET, "https://www.horizon.example")
    assert (row.commune.name, row.listed) == ("Metz", False)
    for question in ("horizon", "HORIZON centre", "metz", "326 554 011", SIRET):
        assert "Centre social Horizon" in plain(zoe.get(to("directory"), {"q": question})), question
    assert "Aucune structure ne répond" in plain(
        zoe.get(to("directory"), {"q": "horizon", "genre": "commune"} | {"genre": "inconnu"})
    )
    page = zoe.get(to("organisation", row.pk))
    seen = page.context["form"].seen
    assert zoe.post(to("organisation", row.pk), facts | {"listed": "on", "seen": seen}).status_code == 302
    row.refresh_from_db()
    assert row.listed
    assert list(Activity.objects.order_by("pk").values_list("verb", flat=True))[-3:] == [
        "make-organisation",
        "change-organisation",
        "list-organisation",
    ]


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", " ", "Écrivez le nom de la structure"),
        ("name", "!!!", "avec des lettres ou des chiffres"),
        ("name", "HORIZON", "« Horizon » est déjà dans l’annuaire"),
        ("siret", "32655401100031", "un chiffre est faux ou deux sont échangés"),
        ("siret", "3265540", "a 7 chiffres : un SIRET en a quatorze"),
        ("siret", "abc", "n’est pas un SIRET : on attend quatorze chiffres"),
        ("website", "javascript:alert(1)", "n’est pas l’adresse d’un site"),
        ("website", "ftp://x.example", "n’est pas l’adresse d’un site"),
        ("commune", "Nulle-Part-sur-Rien", "nom inconnu"),
        ("about", "x" * 301, "300"),
        ("kind", "secte", "secte"),
    ],
)
def test_what_is_wrong_is_said_beside_its_box_and_nothing_is_lost(space, zoe, field, value, sentence):
    find_or_make_organisation(space=space, name="Horizon")
    answer = zoe.post(to("new-organisation"), {"name": "Neuve", "about": "Ce qui est écrit reste"} | {field: value})
    assert answer.status_code == 422
    assert sentence in plain(answer)
    assert field == "about" or "Ce qui est écrit reste" in plain(answer)
    assert Organisation.objects.count() == 1


def test_a_commune_of_another_intercommunalite_is_said(space, zoe):
    load_territories()
    answer = zoe.post(to("new-organisation"), {"name": "Neuve", "commune": "Metz", "epci": "CA Ardenne Métropole"})
    assert "Metz est dans une autre intercommunalité : Metz Métropole" in plain(answer)


def test_two_people_on_one_page_lose_nothing(space, zoe):
    row = find_or_make_organisation(space=space, name="Horizon")
    seen = zoe.get(to("organisation", row.pk)).context["form"].seen
    Organisation.objects.filter(pk=row.pk).update(about="Écrit par Bao")
    answer = zoe.post(to("organisation", row.pk), {"name": "Horizon", "about": "Écrit par Zoé", "seen": seen})
    assert answer.status_code == 422
    assert "Quelqu’un d’autre a modifié cette page" in plain(answer)
    assert "Écrit par Zoé" in plain(answer)
    row.refresh_from_db()
    assert row.about == "Écrit par Bao"


def test_doubles_are_merged_and_parted_from_the_pages(space, zoe):
    kept = find_or_make_organisation(space=space, name="ASSOC DES HABITANTS")
    gone = find_or_make_organisation(space=space, name="Association des habitants")
    Person.objects.create(space=space, first_name="Ana", organisation=kept)
    assert "Presque sûr" in plain(zoe.get(to("doubles")))
    compare = zoe.get(to("merge-organisation", kept.pk), {"avec": str(gone.pk)})
    assert "Laquelle garder ?" in plain(compare)
    answer = zoe.post(to("merge-organisation", kept.pk), {"avec": str(gone.pk), "garder": str(gone.pk)}, follow=True)
    assert "est réunie à « Association des habitants »" in plain(answer)
    assert Person.objects.get().organisation == gone
    # an address from before leads to the one that stays
    assert zoe.get(to("organisation", kept.pk), follow=True).redirect_chain[-1][0] == to("organisation", gone.pk)
    again = zoe.post(to("undo-merge", OrganisationMerge.objects.get().pk), follow=True)
    assert "est de nouveau à part" in plain(again)
    assert Person.objects.get().organisation == kept


def test_merging_with_nobody_or_with_a_name_of_elsewhere_is_said(space, zoe):
    row = find_or_make_organisation(space=space, name="Horizon")
    elsewhere = make_space(slug="ailleurs", name="Ailleurs", by="essai")
    other = find_or_make_organisation(space=elsewhere, name="Loin")
    for given in ("Loin", str(other.pk), "", "x" * 400):
        answer = zoe.post(to("merge-organisation", row.pk), {"avec": given})
        assert answer.status_code == 422
        assert "choisissez-la dans la liste" in plain(answer)
    assert "C’est la même structure" in plain(zoe.post(to("merge-organisation", row.pk), {"avec": "Horizon"}))


def test_another_spaces_rows_and_pages_are_not_found(space, zoe):
    elsewhere = make_space(slug="ailleurs", name="Ailleurs", by="essai")
    row = find_or_make_organisation(space=elsewhere, name="Loin")
    waiting = OrganisationImport.objects.create(
        space=elsewhere, content=b"Nom\nX", filename="a.csv", source="s", by="b"
    )
    for address in (
        reverse("people:directory", args=["ailleurs"]),
        reverse("people:doubles", args=["ailleurs"]),
        reverse("people:import-organisations", args=["ailleurs"]),
        reverse("people:export-organisations", args=["ailleurs", "csv"]),
        reverse("people:organisation", args=["ailleurs", row.pk]),
        to("organisation", row.pk),
        to("merge-organisation", row.pk),
        to("import-preview", waiting.pk),
        to("directory").replace("grand-est", "nulle-part"),
    ):
        assert zoe.get(address).status_code == 404, address


def test_only_organisers_come_in(space, client):
    user = User.objects.create_user("lea@exemple.invalid")
    give_right(user=user, space=space, role=SpaceRole.READER, by="essai")
    assert client.get(to("directory")).status_code == 302
    client.force_login(user)
    assert client.get(to("directory")).status_code == 403


LIST = f"""name,siret,department,epci_siren,adulte_relais_2023
AREL,{SIRET},08,,1
arel,,08,200041630,1
HORIZON,32655401100031,08,999999999,0
,,08,,1
"""


def test_a_list_is_shown_then_taken_whole(space, zoe):
    load_territories()
    answer = upload(zoe, LIST)
    assert answer.status_code == 302
    preview = zoe.get(answer.url)
    words = plain(preview)
    assert Organisation.objects.count() == 0
    assert "2 structures nouvelles" in words
    assert "Ligne 3, colonne « name » : « arel » est déjà à la ligne 2 : une seule structure." in words
    assert "Elle apporte : Intercommunalité" in words
    other = plain(zoe.get(upload(zoe, f"Nom;SIRET\nHORIZON;{SIRET}\nHorizon;21080065200153\n").url))
    assert "Ce qu’elle dit d’autre n’est pas pris : SIRET" in other
    assert "Ligne 4, colonne « siret » : « 32655401100031 » n’est pas un SIRET" in words
    assert "Ligne 4, colonne « epci_siren »" in words
    assert "Ligne 5, colonne « name » : le nom manque" in words
    assert "Colonnes que personne ne lit : department, adulte_relais_2023" in words
    zoe.post(answer.url, {"do": "confirm"})
    assert list(Organisation.objects.order_by("name").values_list("name", "siret", "epci", "source", "listed")) == [
        ("AREL", SIRET, "200041630", "ANCT, Licence Ouverte 2.0", False),
        ("HORIZON", "", None, "ANCT, Licence Ouverte 2.0", False),
    ]
    assert not OrganisationImport.objects.filter(filename="liste.csv", pk__in=[answer.url.split("/")[-2]]).exists()
    assert zoe.get(answer.url).status_code == 404
    assert zoe.post(answer.url, {"do": "confirm"}, follow=True).status_code == 200  # twice the same button
    assert "n’apporte rien de nouveau" in plain(zoe.get(upload(zoe, LIST).url))


def test_what_is_known_is_completed_and_never_replaced(space, zoe):
    row = find_or_make_organisation(space=space, name="Horizon")
    row.about = "Écrit à la main"
    row.save()
    numbered = find_or_make_organisation(space=space, name="AREL Mézières")
    numbered.siret = SIRET
    numbered.save()
    answer = upload(zoe, f"Nom;Activité;Genre;SIRET\nHORIZON;Autre chose;Associations;\nArel;;;{SIRET}\n")
    words = plain(zoe.get(answer.url))
    assert "l’annuaire dit déjà « Écrit à la main » pour « Horizon » : c’est gardé" in words
    assert "« Arel » a le SIRET de « AREL Mézières », qui est dans l’annuaire" in words
    zoe.post(answer.url, {"do": "confirm"})
    row.refresh_from_db()
    assert (row.name, row.about, row.kind) == ("Horizon", "Écrit à la main", "association")
    assert Organisation.objects.count() == 2


@pytest.mark.parametrize(
    ("content", "filename", "sentence"),
    [
        (b"", "vide.csv", "Ce fichier est vide"),
        (b"%PDF-1.4", "liste.csv", "est un document PDF"),
        (b"Ville;Code\nMetz;57463\n", "l.csv", "Aucune colonne ne porte le nom des structures"),
        (b"Nom;SIRET\n", "l.csv", ""),
    ],
)
def test_a_file_that_is_no_list_is_refused_with_a_sentence(zoe, content, filename, sentence):
    answer = upload(zoe, content, filename)
    assert answer.status_code == 422
    assert sentence in plain(answer)
    assert not OrganisationImport.objects.exists()


def test_where_a_list_comes_from_must_be_said(zoe):
    assert "chaque fait a sa source" in plain(upload(zoe, "Nom\nHorizon", source=" "))


def test_a_workbook_is_read_too_and_a_list_may_be_dropped(space, zoe):
    book = Workbook()
    book.active.append(["Structure", "Type", "Site"])
    book.active.append(["Horizon", "Bailleur", "javascript:x"])
    out = io.BytesIO()
    book.save(out)
    answer = upload(zoe, out.getvalue(), "liste.xlsx")
    assert "n’est pas l’adresse d’un site" in plain(zoe.get(answer.url))
    zoe.post(answer.url, {"do": "drop"})
    assert (Organisation.objects.count(), OrganisationImport.objects.count()) == (0, 0)


def test_what_is_exported_comes_back_the_same(space, zoe):
    load_territories()
    zoe.post(
        to("new-organisation"),
        {"name": "=Horizon", "kind": "caf", "siret": SIRET, "commune": "57463", "about": "A ; « b »"},
    )
    first = zoe.get(to("export-organisations", "csv")).content
    assert read_table(first, "a.csv").rows[0][0] == "=Horizon"
    before = Organisation.objects.values().get()
    Organisation.objects.all().delete()
    answer = upload(zoe, first, source="x")
    zoe.post(answer.url, {"do": "confirm"})
    after = Organisation.objects.values().get()
    skipped = {"id", "source"}
    assert {k: v for k, v in after.items() if k not in skipped} == {k: v for k, v in before.items() if k not in skipped}
    assert zoe.get(to("export-organisations", "xlsx")).status_code == 200
    assert zoe.get(to("export-organisations", "exe")).status_code == 404


@pytest.mark.parametrize("name", ["directory", "doubles"])
def test_as_many_queries_for_one_as_for_three(space, zoe, name):
    def make():
        n = next(numbers)
        find_or_make_organisation(space=space, name=f"ASSOC {chr(65 + n) * 6}")
        find_or_make_organisation(space=space, name=f"Association {chr(65 + n) * 6}")

    make()
    zoe.get(to(name))
    with CaptureQueriesContext(connection) as one:
        zoe.get(to(name))
    make()
    make()
    with CaptureQueriesContext(connection) as three:
        zoe.get(to(name))
    assert len(one) == len(three)


def test_those_that_are_ticked_are_shown_and_only_of_this_space(space, zoe):
    elsewhere = make_space(slug="ailleurs", name="Ailleurs", by="essai")
    rows = [
        find_or_make_organisation(space=each, name=name)
        for each, name in ((space, "A"), (space, "B"), (elsewhere, "C"))
    ]
    answer = zoe.post(
        to("list-organisations"),
        {"structure": [rows[0].pk, rows[2].pk], "do": "list", "retour": to("directory") + "?q=a"},
    )
    assert answer.url == to("directory") + "?q=a"
    assert list(Organisation.objects.filter(listed=True)) == [rows[0]]
    assert Activity.objects.filter(verb="list-organisation").count() == 1
    zoe.post(to("list-organisations"), {"structure": [rows[0].pk], "do": "unlist"})
    assert not Organisation.objects.filter(listed=True).exists()
    assert "Cochez d’abord" in plain(zoe.post(to("list-organisations"), {"do": "list"}, follow=True))
    assert zoe.post(to("list-organisations"), {"structure": "x", "do": "list"}).status_code == 404


def test_a_structure_merged_while_its_page_is_sent_does_not_come_back(space):
    kept, gone = (find_or_make_organisation(space=space, name=name) for name in ("Kappa", "Gamma"))
    read = Organisation.objects.get(pk=gone.pk)
    merge_organisations(kept=kept, gone=gone, by="essai")
    with pytest.raises(OrganisationGone):
        write_organisation(organisation=read, facts={"about": "Trop tard"}, by="essai")
    assert list(space.organisations.all()) == [kept]


def test_two_said_different_are_not_proposed_again_until_it_is_taken_back(space, zoe):
    one, other = (
        find_or_make_organisation(space=space, name=f"Centre social {name}") for name in ("Vauban", "Vaubann")
    )
    assert "Ce ne sont pas les mêmes" in plain(zoe.get(to("doubles")))
    told = {"une": str(one.pk), "autre": str(other.pk)}
    assert zoe.post(to("tell-apart"), told).status_code == 302
    assert zoe.post(to("tell-apart"), told).status_code == 302  # a second thumb
    words = plain(zoe.get(to("doubles")))
    assert "Aucun doublon trouvé" in words
    assert "Dites différentes" in words
    assert [str(line) for line in Activity.objects.filter(verb="tell-organisations-apart")] == [
        "Zoé : tell-organisations-apart Centre social Vauban / Centre social Vaubann"
    ]
    assert zoe.post(to("doubt-again", ToldApart.objects.get().pk)).status_code == 302
    assert "Ce ne sont pas les mêmes" in plain(zoe.get(to("doubles")))


def test_telling_apart_what_is_gone_or_elsewhere_is_refused(space, zoe):
    one, other = (
        find_or_make_organisation(space=space, name=f"Centre social {name}") for name in ("Vauban", "Vaubann")
    )
    elsewhere = find_or_make_organisation(space=make_space(slug="ailleurs", name="A", by="essai"), name="Loin")
    said = plain(zoe.post(to("tell-apart"), {"une": str(one.pk), "autre": str(elsewhere.pk)}, follow=True))
    assert "retirée ou réunie entre-temps" in said
    merge_organisations(kept=one, gone=other, by="Zoé")
    zoe.post(to("tell-apart"), {"une": str(one.pk), "autre": str(other.pk)})
    assert zoe.post(to("tell-apart"), {"une": "x"}).status_code == 404
    assert not ToldApart.objects.exists()
