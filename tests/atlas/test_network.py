"""Who works with whom, from what was really shared; in public, only what points at nobody."""

import csv
import dataclasses
import io
import itertools
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from maillage.atlas import network_keeping, network_views
from maillage.atlas.layout import place_points
from maillage.atlas.models import KeptNetwork
from maillage.atlas.network import GATHERING, TABLE, WORKSHOP, Network
from maillage.atlas.network_drawing import draw_network
from maillage.atlas.network_keeping import Told
from maillage.atlas.network_summary import summarise
from maillage.atlas.pairs import pairs_of
from maillage.atlas.standing import (
    Year,
    absent_categories,
    absent_epcis,
    betweenness,
    bridges,
    central,
    cut_off,
    growth,
)
from maillage.contracts.models import ContratDeVille, Signatory
from maillage.gatherings.models import Gathering, Slot, Speaker, Workshop
from maillage.memory.experiences import EMPTY, propose_experience, publish_experience
from maillage.office.models import Job
from maillage.people.directory import list_organisations
from maillage.people.enums import SpaceRole
from maillage.people.merging import merge_organisations
from maillage.people.models import Organisation, Person, User
from maillage.people.services import find_or_make_organisation, give_right, make_space
from maillage.plans.enums import PlanStatus
from maillage.plans.models import Placement, Plan
from maillage.registrations.models import Registration
from maillage.territories.models import Region
from maillage.territories.services import load_territories

pytestmark = pytest.mark.django_db
names = itertools.count()


@pytest.fixture
def space():
    space = make_space(slug="grand-est", name="Grand Est", by="essai")
    space.atlas_public = True
    space.save()
    return space


def a_day(space, *tables, year=2025, public=True, published=True, present=True, title="Journée"):
    """Each table: names of organisations, one person of each."""
    n = next(names)
    gathering = Gathering.objects.create(
        space=space,
        slug=f"j{n}",
        kind="regional_day",
        title=title,
        date=date(year, 10, 2) if year else None,
        public=public,
    )
    slot = Slot.objects.create(gathering=gathering, position=1, kind="workshops", title="Matin")
    workshop = Workshop.objects.create(slot=slot, position=1, title="Atelier")
    status = PlanStatus.PUBLISHED if published else PlanStatus.DRAFT
    plan = Plan.objects.create(gathering=gathering, status=status, by="essai")
    for number, table in enumerate(tables, start=1):
        for name in table:
            organisation = find_or_make_organisation(space=space, name=name)
            person = Person.objects.create(space=space, first_name=f"P{next(names)}", organisation=organisation)
            row = Registration.objects.create(
                gathering=gathering, person=person, presence="present" if present else "absent"
            )
            Placement.objects.create(plan=plan, registration=row, slot=slot, workshop=workshop, table=number, reason="")
    return gathering


def pairs(network):
    return {(link.one.name, link.other.name, link.times) for link in network.links}


def list_all(space, *but):
    space.organisations.exclude(name__in=but).update(listed=True)


def plain(response):
    return response.content.decode().replace("\xa0", " ").replace("\u202f", " ")


def sign_in(client, space, role=SpaceRole.ORGANISER):
    user = User.objects.create_user(f"zoe{next(names)}@exemple.invalid", name="Zoé")
    give_right(user=user, space=space, role=role, by="essai")
    client.force_login(user)
    return user


def test_a_table_a_workshop_and_a_gathering_link_differently(space):
    a_day(space, ["Ville", "CAF"], ["CAF", "Horizon"])
    assert pairs(Network(space, False, TABLE)) == {("CAF", "Ville", 1), ("CAF", "Horizon", 1)}
    everybody = {("CAF", "Ville", 1), ("CAF", "Horizon", 1), ("Horizon", "Ville", 1)}
    assert pairs(Network(space, False, WORKSHOP)) == pairs(Network(space, False, GATHERING)) == everybody


def test_a_workshop_without_tables_is_one_table_when_it_is_small(space):
    small, large = a_day(space, ["Ville", "CAF"]), a_day(space, ["Ville", *(f"S{n}" for n in range(12))])
    Placement.objects.filter(plan__gathering__in=[small, large]).update(table=None)
    assert pairs(Network(space, False, TABLE)) == {("CAF", "Ville", 1)}
    assert len(Network(space, False, WORKSHOP).links) == 1 + 13 * 12 // 2


def test_only_what_was_really_shared_counts(space):
    a_day(space, ["Ville", "CAF"], present=False)
    a_day(space, ["Ville", "CAF"], published=False)
    trial = a_day(space, ["Ville", "CAF"])
    Gathering.objects.filter(pk=trial.pk).update(trial=True)
    other = make_space(slug="ailleurs", name="Ailleurs", by="essai")
    a_day(other, ["Ville", "CAF"])
    assert pairs(Network(space, False, TABLE)) == set()
    assert pairs(Network(other, False, TABLE)) == {("CAF", "Ville", 1)}


def test_two_people_of_one_organisation_at_a_table_are_no_link(space):
    a_day(space, ["Ville", "Ville"])
    assert Network(space, False, TABLE).links == []


def test_experiences_link_those_the_public_programme_names(space):
    for name in ("Ville", "CAF", "Horizon"):
        find_or_make_organisation(space=space, name=name)
    gone = find_or_make_organisation(space=space, name="Caisse d’allocations")
    merge_organisations(kept=Organisation.objects.get(name="CAF"), gone=gone, by="essai")
    gathering = a_day(space)
    workshop = Workshop.objects.get(slot__gathering=gathering)
    for n, name in enumerate(["VILLE", "Caisse d’allocations", "Inconnue"]):
        Speaker.objects.create(slot=workshop.slot, workshop=workshop, position=n, name="Ana", organisation=name)
    told = propose_experience(
        space=space, content=EMPTY | {"title": "Un jardin", "year": 2024}, by="essai", workshop=workshop
    )
    assert Network(space, False, "experience").links == []  # nobody has read it again yet
    publish_experience(experience=told, number=1, by="essai")
    [link] = Network(space, False, "experience").links
    assert (link.one.name, link.other.name, link.years) == ("CAF", "Ville", (2024,))


def test_public_links_need_two_occasions_two_people_and_both_listed(space):
    for _day in range(2):
        a_day(space, ["Ville", "CAF", "Secrète"], ["Ville", "Horizon"])
    a_day(space, ["Ville", "Une fois"], ["Une fois"])
    list_all(space, "Secrète")
    alone = Person.objects.filter(organisation__name="Horizon").first()  # one person came twice
    Registration.objects.filter(person__organisation__name="Horizon").exclude(person=alone).update(person=alone)
    assert pairs(Network(space, True, TABLE)) == {("CAF", "Ville", 2)}
    a_day(space, ["Ville", "Horizon"], public=False)  # a gathering whose page is not public changes nothing
    assert pairs(Network(space, True, TABLE)) == {("CAF", "Ville", 2)}
    a_day(space, ["Horizon"])  # a second person of it
    assert ("Horizon", "Ville", 2) in pairs(Network(space, True, TABLE))


class TestPublicOutput(TestCase):
    """Whatever was shared, no public page names an organisation that is not listed, nor any person."""

    @settings(max_examples=15)
    @given(st.data())
    def test_never_names_what_is_not_listed(self, data):
        space = make_space(slug="s", name="S", by="essai")
        space.atlas_public = True
        space.save()
        pool = [f"Zorg{letter}" for letter in "ABCDEF"]
        for _day in range(data.draw(st.integers(1, 3))):
            tables = data.draw(st.lists(st.lists(st.sampled_from(pool), max_size=5), max_size=3))
            a_day(space, *tables, public=data.draw(st.booleans()))
        listed = data.draw(st.sets(st.sampled_from(pool)))
        space.organisations.filter(name__in=listed).update(listed=True)
        basis = data.draw(st.sampled_from(["table", "atelier", "rencontre", "experience"]))
        for address in (
            reverse("atlas:network", args=["s"]),
            reverse("atlas:network-export", args=["s", "csv"]),
            reverse("atlas:network-export", args=["s", "graphml"]),
            reverse("atlas:organisations", args=["s"]),
            *(reverse("atlas:organisation", args=["s", row.pk]) for row in space.organisations.all()),
        ):
            answer = self.client.get(address, {"lien": basis}, follow=True)
            words = answer.content.decode()
            for name in set(pool) - listed:
                assert name not in words, address
            for person in Person.objects.all():
                assert f">{person.first_name}<" not in words


def test_the_page_of_an_organisation_shows_where_it_was_once_several_came(space, client):
    a_day(space, ["Ville"], title="Un jour de mai")
    row = space.organisations.get()
    address = reverse("atlas:organisation", args=["grand-est", row.pk])
    assert client.get(address).status_code == 404
    list_all(space)
    assert "Un jour de mai" not in plain(client.get(address))
    a_day(space, ["Ville"], title="Un jour de juin")
    words = plain(client.get(address))
    assert "Un jour de mai" in words
    assert "Un jour de juin" in words


def test_what_is_closed_or_of_another_space_is_nowhere(space, client):
    other = make_space(slug="ailleurs", name="Ailleurs", by="essai")
    row = find_or_make_organisation(space=other, name="Loin")
    Organisation.objects.update(listed=True)
    assert client.get(reverse("atlas:organisation", args=["grand-est", row.pk])).status_code == 404
    for name in ("atlas:network", "atlas:organisations"):
        assert client.get(reverse(name, args=["ailleurs"])).status_code == 404
    sign_in(client, space)
    for name in ("atlas:own-network", "people:directory"):
        assert client.get(reverse(name, args=["ailleurs"])).status_code == 404
        assert client.get(reverse(name, args=["grand-est"])).status_code == 200


def test_a_reader_does_not_open_the_whole_network(space, client):
    sign_in(client, space, SpaceRole.READER)
    assert client.get(reverse("atlas:own-network", args=["grand-est"])).status_code == 403


def test_an_empty_network_says_so_and_what_to_do(space, client):
    assert "Personne n’a encore partagé une table" in plain(client.get(reverse("atlas:network", args=["grand-est"])))
    sign_in(client, space)
    words = plain(client.get(reverse("atlas:own-network", args=["grand-est"])))
    assert "Personne n’a encore partagé une table" in words
    assert "pointez les présences" in words


def test_a_wrong_address_is_said(space, client):
    a_day(space, ["Ville", "CAF"])
    sign_in(client, space)
    words = plain(client.get(reverse("atlas:own-network", args=["grand-est"]), {"lien": "chaise", "tri": "taille"}))
    assert "Le lien « chaise » n’existe pas" in words
    assert "Le tri « taille » n’existe pas" in words
    export = reverse("atlas:own-network-export", args=["grand-est", "csv"])
    assert client.get(export, {"lien": "chaise"}).status_code == 404
    assert client.get(reverse("atlas:own-network-export", args=["grand-est", "exe"])).status_code == 404


def test_files_hold_the_links_and_no_formula(space, client):
    a_day(space, ["Ville", "=CMD()", "<b>\x01"], ["Ville", "CAF"])
    sign_in(client, space)
    sheet = client.get(reverse("atlas:own-network-export", args=["grand-est", "csv"])).content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(sheet), delimiter=";"))
    assert len(rows) == 1 + 4
    assert not any(cell.startswith("=") for row in rows for cell in row)
    graph = ElementTree.fromstring(
        client.get(reverse("atlas:own-network-export", args=["grand-est", "graphml"])).content
    )
    space_of = "{http://graphml.graphdrawing.org/xmlns}"
    assert len(list(graph.iter(f"{space_of}node"))) == 4
    assert len(list(graph.iter(f"{space_of}edge"))) == 4


def test_who_is_central_and_who_bridges_in_words(space):
    a_day(space, ["Ville", "A"], ["Ville", "B"], ["Ville", "C"], ["A", "B"], ["C", "D"])
    network = Network(space, False, TABLE)
    first = central(network)[0]
    assert (first.name, first.words) == ("Ville", "a partagé une table avec 3 structures")
    said = {one.name: one.words for one in bridges(network)}
    assert said["C"] == "sans elle, 1 structure ne serait plus reliée aux autres"
    assert said["Ville"] == "sans elle, 2 structures ne seraient plus reliées aux autres"


def test_thousands_are_grouped_on_the_page(space, client, monkeypatch):
    a_day(space, ["Ville", "CAF"], ["Ville", "CAF"])
    list_all(space)
    counted = summarise(Network(space, False, TABLE))
    large = [dataclasses.replace(one, degree=1207, times=25_310) for one in counted.actors]
    years = [Year(2025, 1_463, 2_207, 1_001)]
    many = dataclasses.replace(counted, actors=large, growth=years, how_many_actors=2_405)
    monkeypatch.setattr(network_views, "tell", lambda *_args, **_more: Told(many, None))
    page = plain(client.get(reverse("atlas:network", args=["grand-est"])))
    for number in ("1 207", "25 310", "1 463", "2 207", "1 001", "2 403"):
        assert number in page, number


def test_growth_counts_a_link_new_once(space):
    a_day(space, ["Ville", "A"], year=2024)
    a_day(space, ["Ville", "A"], ["Ville", "B"], year=2025)
    a_day(space, ["A", "B"], year=None)
    rows = [(row.year, row.organisations, row.links, row.new) for row in growth(Network(space, False, TABLE))]
    assert rows == [(2024, 2, 1, 1), (2025, 3, 2, 1), (None, 2, 1, 1)]


def test_absent_categories_and_territories(space):
    load_territories()
    space.region = Region.objects.get(pk="44")
    space.save()
    network = Network(space, False, TABLE)
    assert absent_categories(network) == []  # nobody at all: nothing to say
    before = {one.name for one in absent_epcis(network)}
    assert len(before) == 39
    a_day(space, ["Ville", "A"])
    person = Person.objects.first()
    person.category, person.commune_id = "elected_official", "57463"
    person.save()
    Person.objects.exclude(pk=person.pk).update(category="association")
    network = Network(space, False, TABLE)
    assert "Habitant·e" in absent_categories(network)
    assert "Élu·e" not in absent_categories(network)
    assert before - {one.name for one in absent_epcis(network)} == {"Metz Métropole"}


def brute_betweenness(neighbours):
    """Every shortest way, listed."""
    found = dict.fromkeys(neighbours, 0.0)
    for one, other in itertools.combinations(neighbours, 2):
        ways, shortest = [], [[one]]
        while shortest and not ways:
            longer = [[*way, to] for way in shortest for to in neighbours[way[-1]] if to not in way]
            ways = [way for way in longer if way[-1] == other]
            shortest = longer if len(longer) < 5000 else []
        for way in ways:
            for between in way[1:-1]:
                found[between] += 1 / len(ways)
    return found


@given(st.sets(st.tuples(st.integers(0, 5), st.integers(0, 5)).filter(lambda pair: pair[0] < pair[1]), min_size=1))
def test_betweenness_is_what_counting_by_hand_gives(edges):
    neighbours = {n: set() for edge in edges for n in edge}
    for one, other in edges:
        neighbours[one].add(other)
        neighbours[other].add(one)
    fast, slow = betweenness(neighbours), brute_betweenness(neighbours)
    assert {n: round(v, 6) for n, v in fast.items()} == {n: round(v, 6) for n, v in slow.items()}
    for n in neighbours:
        if cut_off(neighbours, n):
            assert fast[n] > 0


@given(st.integers(0, 12), st.data())
def test_points_stay_on_the_sheet_and_are_the_same_twice(n, data):
    keys = [f"k{i}" for i in range(n)]
    possible = list(itertools.combinations(range(n), 2))
    links = dict.fromkeys(data.draw(st.sets(st.sampled_from(possible))) if possible else (), 2)
    spots = place_points(keys, links, aspect=1.5)
    assert spots == place_points(keys, links, aspect=1.5)
    assert all(0 <= x <= 1 and 0 <= y <= 1 for x, y in spots)
    assert len(set(spots)) == n


def test_linked_points_are_nearer_than_others():
    spots = place_points(list("abcd"), {(0, 1): 3, (2, 3): 3}, aspect=1.5)
    far = {
        pair: sum((a - b) ** 2 for a, b in zip(spots[pair[0]], spots[pair[1]], strict=True))
        for pair in itertools.combinations(range(4), 2)
    }
    assert max(far[0, 1], far[2, 3]) < min(value for pair, value in far.items() if pair not in ((0, 1), (2, 3)))


def test_names_on_the_drawing_do_not_collide(space):
    a_day(
        space, *([f"Association du quartier {n}", f"Centre social {m}"] for n in range(8) for m in range(n % 3, 8, 2))
    )
    network = Network(space, False, TABLE)
    svg = draw_network(network, "Essai").svg
    root = ElementTree.fromstring(svg)
    for kind, letters in (("wide", 17), ("narrow", 34)):
        boxes = []
        [group] = [one for one in root.iter("g") if one.get("class") == f"labels {kind}"]
        for text in group:
            lines = [text.text or "", *(span.text or "" for span in text)]
            wide, x, y = max(map(len, lines)) * 0.54 * letters, float(text.get("x")), float(text.get("y"))
            left = {"start": x, "end": x - wide}.get(text.get("text-anchor"), x - wide / 2)
            boxes.append((left, y - letters * 0.8, left + wide, y - letters * 0.8 + len(lines) * letters))
        assert boxes
        for one, other in itertools.combinations(boxes, 2):
            apart = one[2] <= other[0] + 1 or other[2] <= one[0] + 1 or one[3] <= other[1] + 1 or other[3] <= one[1] + 1
            assert apart, (kind, one, other)


@pytest.mark.parametrize("address", ["atlas:network", "atlas:own-network", "atlas:organisations"])
def test_as_many_queries_for_one_as_for_three(space, client, address):
    sign_in(client, space)
    a_day(space, ["Ville", "CAF"])
    a_day(space, ["Ville", "CAF"])
    list_all(space)
    url = reverse(address, args=["grand-est"])
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get(url)
    for _day in range(2):
        a_day(space, ["Ville", "CAF", "A", "B"], ["Ville", "C"])
    list_all(space)
    with CaptureQueriesContext(connection) as more:
        client.get(url)
    assert len(more) == len(one)


def test_the_page_of_an_organisation_says_its_facts_and_no_address_that_runs(space, client):
    row = find_or_make_organisation(space=space, name="Horizon <b>")
    row.listed, row.website, row.about, row.source = True, "https://horizon.example/", "Accueille", "elle-même"
    row.save()
    address = reverse("atlas:organisation", args=["grand-est", row.pk])
    words = plain(client.get(address))
    assert 'href="https://horizon.example/"' in words
    assert "Horizon &lt;b&gt;" in words
    assert "Accueille" in words
    Organisation.objects.update(website="javascript:alert(1)")
    assert "javascript:" not in plain(client.get(address))


def test_contracts_it_signed_are_said_with_their_source(space, client):
    load_territories()
    row = find_or_make_organisation(space=space, name="CAF")
    gone = find_or_make_organisation(space=space, name="Caisse d’allocations")
    Organisation.objects.update(listed=True)
    for year, status in ((2015, "signed"), (2024, "preparing")):
        contract = ContratDeVille.objects.create(
            space=space,
            epci_id="200039865",
            first_year=year,
            last_year=year + 5,
            status=status,
            source=f"Source {year}",
        )
        Signatory.objects.create(contract=contract, category="other", name=gone.name, organisation=gone)
    merge_organisations(kept=row, gone=gone, by="essai")
    words = plain(client.get(reverse("atlas:organisation", args=["grand-est", row.pk])))
    assert "Metz Métropole 2015–2020" in words
    assert "Source 2015" in words
    assert "Source 2024" not in words  # not signed yet


def test_a_large_network_is_kept_and_says_when_it_was_counted(space, client, monkeypatch):
    monkeypatch.setattr(network_keeping, "AT_ONCE", 3)
    for _day in range(2):
        a_day(space, ["Ville", "CAF"], ["Ville", "Horizon"])
    list_all(space)
    address = reverse("atlas:network", args=["grand-est"])
    first = plain(client.get(address))
    assert "Compté le" in first
    a_day(space, ["Ville", "Autre"], ["Ville", "Autre"])
    a_day(space, ["Ville", "Autre"])
    list_all(space)
    assert plain(client.get(address)) == first  # within ten minutes
    KeptNetwork.objects.update(counted_at=timezone.now() - timedelta(minutes=11))
    assert ">Autre<" in plain(client.get(address))


def test_what_is_kept_is_not_shown_once_somebody_left_the_directory(space, client, monkeypatch):
    monkeypatch.setattr(network_keeping, "AT_ONCE", 3)
    for _day in range(2):
        a_day(space, ["Ville", "CAF"], ["Ville", "Horizon"])
    list_all(space)
    address = reverse("atlas:network", args=["grand-est"])
    assert "Horizon" in plain(client.get(address))
    Organisation.objects.filter(name="Horizon").update(listed=False)
    assert "Horizon" not in plain(client.get(address))
    monkeypatch.setattr(network_keeping, "IN_A_REQUEST", 3)  # a country: nobody waits for it
    KeptNetwork.objects.update(people=4)
    Organisation.objects.filter(name="CAF").update(listed=False)
    words = plain(client.get(address))
    assert "en train d’être compté" in words
    assert "CAF" not in words


def test_a_network_of_a_country_is_counted_beside_the_request_once(space, client, monkeypatch):
    monkeypatch.setattr(network_keeping, "AT_ONCE", 1)
    monkeypatch.setattr(network_keeping, "IN_A_REQUEST", 1)
    for _day in range(2):
        a_day(space, ["Ville", "CAF"])
    list_all(space)
    address = reverse("atlas:network", args=["grand-est"])
    for _time in range(2):
        assert "en train d’être compté" in plain(client.get(address))
    [job] = Job.objects.all()
    assert (job.kind, job.about) == ("network-table-public", space.pk)
    export = reverse("atlas:network-export", args=["grand-est", "csv"])
    waiting = client.get(export)
    assert (waiting.status_code, waiting["Retry-After"]) == (503, "60")
    assert "en train d’être fait" in waiting.content.decode()
    network_keeping.count_now(space, public=True, basis=TABLE)  # what the job does
    assert ">Ville<" in plain(client.get(address))
    assert "Ville" in client.get(export).getvalue().decode("utf-8-sig")
    list_organisations(space=space, keys=[space.organisations.get(name="CAF").pk], listed=False, by="Zoé")
    assert client.get(export).status_code == 503  # it named somebody who left
    assert Job.objects.count() == 1


def slow_pairs(occasions, least):
    """One by one, as a person would count."""
    found = {}
    for year, members in occasions:
        for pair in itertools.combinations(sorted(members), 2):
            found.setdefault(pair, []).append(year)
    return {
        pair: (len(years), tuple(sorted({year for year in years if year})))
        for pair, years in found.items()
        if len(years) >= least
    }


@given(
    st.lists(st.tuples(st.none() | st.integers(2020, 2023), st.sets(st.integers(0, 6)).map(list)), max_size=12),
    st.integers(1, 3),
)
def test_pairs_counted_in_arrays_are_those_counted_by_hand(occasions, least):
    assert pairs_of(occasions, 7, least=least).said() == slow_pairs(occasions, least)
