"""What the pages of the real region say: exact counts, sources, what is not known, what merged, what does not exist."""

import re

import brotli
import pytest

from maillage.contracts.models import ContratDeVille
from maillage.gatherings.models import Gathering, Workshop
from maillage.memory.models import Experience

QPV = {"08": 8, "10": 10, "51": 13, "52": 4, "54": 18, "55": 3, "57": 26, "67": 24, "68": 11, "88": 6}
REGION_BUDGET = 25_000  # bytes (issue 6)
TROYES_NAMED = "CA Troyes Champagne Métropole, 9 quartiers prioritaires"
CHANTEREIGNE, TROYES = "QN01003M", "200069250"


def areas(html: str) -> list[str]:
    return re.findall(r"<a href=\"[^\"]*\"><title>([^<]*)</title><path", html)


def rows(html: str) -> list[list[str]]:
    body = html.split("<tbody>")[1].split("</tbody>")[0]
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in body.split("</tr>")[:-1]]
    return [[re.sub(r"<small>.*|<[^>]+>", "", cell).strip() for cell in row] for row in cells]


def test_region_shows_39_intercommunalites_and_123_quarters(read):
    html = read()
    assert "123 quartiers prioritaires, dans 39 intercommunalités" in html
    names = areas(html)
    assert len(names) == 10 + 39
    assert "CA Ardenne Métropole, 7 quartiers prioritaires" in names
    assert html.count('<circle class="qpv" cx=') == 123
    table = rows(html)
    assert len(table) == 39
    assert sum(int(row[2]) for row in table) == 123
    assert sum(int(row[3].replace(" ", "")) for row in table) == 418_585


@pytest.mark.parametrize(("code", "number"), QPV.items())
def test_each_departement_counts_its_own_quarters(read, code, number):
    html = read(f"departements/{code}/")
    assert f"{number} quartiers prioritaires, dans " in html
    assert sum(int(row[1]) for row in rows(html)) == number
    assert f"({code}), {number} quartiers prioritaires" in " ".join(areas(read()))


def test_every_fact_says_its_source(read):
    html = read()
    assert "Population municipale 2020 dans les QPV 2024, Insee, Licence Ouverte 2.0, 2025-11-01" in html
    assert "ADMIN EXPRESS" in read("carte.svg")
    assert "418 585 habitants (2020)" in html


def test_having_a_quarter_is_not_having_signed(read, space):
    html = read("?vue=contrats")
    named = [name for name in areas(html) if ", " in name and not re.search(r"\(\d\d\),", name)]
    signed = [name for name in named if name.endswith("contrat signé")]
    assert len(named) == 39
    assert len(signed) == ContratDeVille.objects.filter(space=space, status="signed").count() == 3
    assert all(name.endswith("signature non connue") for name in named if name not in signed)
    assert "Avoir un quartier prioritaire n’est pas avoir signé" in read(f"intercommunalites/{TROYES}/")


def test_a_contract_of_another_space_is_not_shown(read, space, stranger):
    other = stranger.rights.get().space
    ContratDeVille.objects.create(space=other, epci_id=TROYES, status="signed", source="page d’ailleurs")
    assert "page d’ailleurs" not in read(f"intercommunalites/{TROYES}/")
    assert read("?vue=contrats").count("contrat signé</title>") == 3
    ContratDeVille.objects.create(space=space, epci_id=TROYES, status="signed", source="site de la ville")
    assert "site de la ville" in read(f"intercommunalites/{TROYES}/")
    assert read("?vue=contrats").count("contrat signé</title>") == 4


def test_earlier_contracts_stand_after_the_present_one(read, space):
    ContratDeVille.objects.create(
        space=space, epci_id=TROYES, first_year=2015, last_year=2023, status="signed", source="S"
    )
    html = read(f"intercommunalites/{TROYES}/")
    assert html.index("Contrat de ville 2024–2030") < html.index("Contrat de ville 2015–2023")
    assert read("?vue=contrats").count("contrat signé</title>") == 3


def test_a_quarter_leads_to_its_three_communes_and_back_up(read):
    html = read(f"quartiers/{CHANTEREIGNE}/")
    for name in ("La Chapelle-Saint-Luc", "Les Noës-près-Troyes", "Troyes"):
        assert re.search(rf'<a href="/atlas/grand-est/communes/\d+/">{name}</a>', html)
    crumbs = re.findall("<a[^>]*>([^<]*)</a>", html.split('class="crumbs"')[1].split("</nav>")[0])
    assert crumbs == ["Atlas", "Grand Est", "Aube", "CA Troyes Champagne Métropole"]
    assert "8 882 habitants (2020)" in html
    assert "Trouver des réponses à l’isolement social" in html


def test_only_public_gatherings_are_there(read, space):
    hidden = Gathering.objects.get(slug="rt-2025-isolement")
    assert hidden.title.replace("'", "’") in read("communes/10081/")
    assert f"{TROYES_NAMED}, 1 rencontre publique" in areas(read("?vue=rencontres"))
    Gathering.objects.filter(pk=hidden.pk).update(public=False)
    assert hidden.title not in read("communes/10081/")
    assert "Isolement et vulnérabilité" not in read("communes/10081/")
    assert f"{TROYES_NAMED}, aucune rencontre publique" in areas(read("?vue=rencontres"))


def test_an_experience_is_counted_once_written_or_only_presented(read, space):
    named = f"{TROYES_NAMED}, 1 expérience"
    assert named in areas(read("?vue=experiences"))
    workshop = Workshop.objects.get(qpv=CHANTEREIGNE)
    written = make_experience(
        space=space, workshop=workshop, title="Des voisins contre l’isolement", qpv_id=CHANTEREIGNE
    )
    assert "Des voisins" not in read(f"quartiers/{CHANTEREIGNE}/")  # nobody has published it
    assert named in areas(read("?vue=experiences"))
    Experience.objects.filter(pk=written.pk).update(published=1)
    html = read(f"quartiers/{CHANTEREIGNE}/")
    assert f"/atlas/grand-est/experiences/{written.pk}/" in html
    assert "Trouver des réponses à l’isolement" not in html.split("Les faits")[1].split("Expériences")[-1]
    assert named in areas(read("?vue=experiences"))


def make_experience(**facts):
    return Experience.objects.create(**facts)


def test_a_merged_intercommunalite_says_into_which(read):
    html = read("intercommunalites/245701362/")
    assert "a fusionné" in html
    assert 'href="/atlas/grand-est/intercommunalites/992367730/"' in html
    successor = read("intercommunalites/992367730/")
    assert "Née de la fusion de" in successor
    assert "5 quartiers prioritaires" in successor
    assert len(rows(successor)) == 5


@pytest.mark.parametrize(
    ("path", "near"),
    [
        ("quartiers/QN01003/", "Chantereigne Montvilliers Beau-Toquat"),
        ("quartiers/chantereigne/", "Chantereigne Montvilliers Beau-Toquat"),
        ("intercommunalites/200069251/", "CA Troyes Champagne Métropole"),
        ("intercommunalites/troyes-champagne/", "CA Troyes Champagne Métropole"),
        ("communes/la-chapelle-saint-lu/", "La Chapelle-Saint-Luc"),
        ("departements/aub/", "Aube"),
    ],
)
def test_an_unknown_code_is_said_with_the_nearest(read, path, near):
    html = read(path, status=404)
    assert "Aucun territoire" in html
    assert near in html


@pytest.mark.parametrize("path", ["communes/%00/", "quartiers/" + "Q" * 300 + "/", "communes/<script>/", "regions/99/"])
def test_a_hostile_code_is_a_404(client, space, path):
    answer = client.get(f"/atlas/grand-est/{path}")
    assert answer.status_code in (400, 404)
    assert b"<script>/" not in answer.content


def test_an_unknown_view_layer_or_order_is_said_and_left_aside(read):
    html = read("?vue=lune&couches=oasis&tri=poids")
    assert "La vue « lune » n’existe pas" in html
    assert "Couche inconnue : « oasis »" in html
    assert "Le tri « poids » n’existe pas" in html
    assert len(areas(html)) == 49


def test_table_is_sorted_by_its_address(read):
    by_quarters = rows(read("?tri=-qpv"))
    assert by_quarters[0][0] == "Eurométropole de Strasbourg"
    assert by_quarters[0][2] == "21"
    numbers = [int(row[2]) for row in by_quarters]
    assert numbers == sorted(numbers, reverse=True)
    names = [row[0] for row in rows(read("?tri=-nom"))]
    assert names[-1] == "CA Ardenne Métropole"
    html = read("?tri=-qpv&vue=contrats")
    assert html.count("aria-sort=") == 1
    assert re.search(r'aria-sort="descending"><a href="\?vue=contrats&amp;tri=qpv#tableau">QPV', html)


def test_layers_are_symbols_of_their_own_shape(read):
    html = read("?couches=france-services,cites-educatives")
    assert html.count('<use href="#y-france-services"') == 267
    assert html.count('<use href="#y-cites-educatives"') == 16
    assert 'href="?couches=cites-educatives"' in html  # takes the other away
    assert "#y-" not in read()


@pytest.mark.parametrize(
    "query", ["", "?vue=contrats", "?vue=rencontres&couches=france-services,cites-educatives,cites-emploi"]
)
def test_the_whole_region_is_light(client, space, query):
    answer = client.get(f"/atlas/grand-est/{query}", headers={"accept-encoding": "gzip, br"})
    assert answer["Content-Encoding"] == "br"
    assert "Accept-Encoding" in answer["Vary"]
    assert "csrfmiddlewaretoken" not in brotli.decompress(answer.content).decode()
    print(f"\n/atlas/grand-est/{query}: {len(answer.content)} bytes")
    assert len(answer.content) <= REGION_BUDGET


def test_a_page_with_a_token_is_not_ours_to_compress(client, organiser):
    client.force_login(organiser)
    answer = client.get("/atlas/grand-est/", headers={"accept-encoding": "br"})
    assert "csrfmiddlewaretoken" in answer.content.decode()
    assert not answer.has_header("Content-Encoding")


def test_france_is_only_there_with_several_regions(read):
    read("france/", status=404)
    assert "Toutes les régions" not in read()
