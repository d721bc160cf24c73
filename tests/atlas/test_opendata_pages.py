"""The page of the open data, its files, the API, the feeds: what is public, nothing more, in a constant number of
queries."""

import datetime as dt
import gzip
import json
import re
from xml.etree import ElementTree

import brotli
import pytest
from django.test import Client
from django.urls import reverse

from maillage.atlas.opendata import answering
from maillage.atlas.opendata.lists import ALL, BY_NAME
from maillage.atlas.opendata.writing import write_list
from maillage.contracts.models import ContratDeVille
from maillage.contracts.services import new_facts, remove_contract, take_over_contracts
from maillage.gatherings.models import Gathering, Room, Slot, Workshop
from maillage.gatherings.services import change_gathering, change_part, move_part, remove_part
from maillage.lib.icalendar import Event, fold_line, write_calendar
from maillage.memory.experiences import withdraw_experience
from maillage.memory.models import Experience
from maillage.people.directory import list_organisations
from maillage.people.models import Organisation, Space, User
from maillage.territories.models import Epci
from maillage.territories.services import load_territories
from tests.atlas.opendata import PEOPLE, few_territories, fill, full_space

pytestmark = pytest.mark.django_db

FEEDS = ("atlas:calendar", "atlas:gatherings-atom", "atlas:experiences-atom")
HIDDEN = ("cachée", "Caché", "caché")


@pytest.fixture
def house(db):
    few_territories()
    space = full_space()
    fill(space)
    return space


def addresses() -> list[str]:
    found = [reverse("atlas:open-data", args=["oriv"]), reverse("atlas:api"), reverse("atlas:openapi")]
    found += [reverse("atlas:api-lists", args=["oriv"]), *(reverse(name, args=["oriv"]) for name in FEEDS)]
    for asked in ALL:
        found += [reverse("atlas:open-file", args=["oriv", asked.name, kind]) for kind in asked.formats]
        found += [reverse("atlas:open-schema", args=["oriv", asked.name])]
        found += [reverse("atlas:api-list", args=["oriv", asked.name])]
    day = Gathering.objects.get(public=True)
    return [*found, reverse("atlas:home", args=["oriv"]), reverse("gatherings:public", args=["oriv", day.slug])]


def test_no_byte_names_a_person_nor_what_is_not_public(house, client):
    day = reverse("gatherings:public", args=["oriv", Gathering.objects.get(public=True).slug])
    assert PEOPLE[0] in client.get(day).content.decode()  # on its public page, the programme names who speaks
    seen = 0
    for address in addresses():
        response = client.get(address)
        assert response.status_code == 200, address
        body = response.content.decode()
        if address == day:
            body = "".join(re.findall(r'<script type="application/ld\+json">(.*?)</script>', body))
            assert body
        assert [word for word in (*PEOPLE, *HIDDEN) if word in body] == [], address
        seen += len(body)
    assert seen > 50_000


def test_what_is_no_longer_public_leaves_every_list(house, client):
    change_gathering(gathering=Gathering.objects.get(public=True), by="essai", public=False)
    withdraw_experience(experience=Experience.objects.get(published=1), by="essai")
    for name in ("rencontres", "programmes", "ateliers", "experiences"):
        assert client.get(reverse("atlas:api-list", args=["oriv", name])).json()["total"] == 0
    assert "VEVENT" not in client.get(reverse("atlas:calendar", args=["oriv"])).content.decode()


def test_a_closed_atlas_gives_nothing_to_anybody_else_and_no_other_site_reads_it(house, client, django_user_model):
    house.atlas_public = False
    house.save()
    closed = [address for address in addresses()[3:] if "/rencontres/oriv/" not in address]
    for address in closed:
        response = client.get(address)
        assert response.status_code == 404, address
        assert "Access-Control-Allow-Origin" not in response
    member = User.objects.create_user("membre@exemple.fr", "Membre")
    house.rights.create(user=member, role="organiser")
    client.force_login(member)
    for address in closed:
        response = client.get(address)
        assert response.status_code == 200, address
        assert "Access-Control-Allow-Origin" not in response
        assert "public" not in response.get("Cache-Control", "")


def test_of_an_open_atlas_another_site_reads_files_and_api(house, client):
    for address in addresses()[2:-2]:
        assert client.get(address)["Access-Control-Allow-Origin"] == "*", address
    refused = client.get(reverse("atlas:api-list", args=["oriv", "communes"]), {"x": "1"})
    assert (refused.status_code, refused["Access-Control-Allow-Origin"]) == (400, "*")


def test_the_same_bytes_are_not_sent_twice(house, client):
    for address in addresses()[2:-2]:
        etag = client.get(address)["ETag"]
        again = client.get(address, headers={"If-None-Match": etag})
        assert (again.status_code, again.content) == (304, b""), address
        assert again["Access-Control-Allow-Origin"] == "*"
    address = reverse("atlas:open-file", args=["oriv", "rencontres", "csv"])
    before = client.get(address)["ETag"]
    change_gathering(gathering=Gathering.objects.get(public=True), by="essai", venue="Ailleurs")
    assert client.get(address, headers={"If-None-Match": before}).status_code == 200


def test_files_are_compressed(house, client):
    address = reverse("atlas:open-file", args=["oriv", "communes", "csv"])
    plain = client.get(address).content
    response = client.get(address, headers={"Accept-Encoding": "gzip, br"})
    assert response["Content-Encoding"] == "br"
    assert brotli.decompress(response.content) == plain
    assert len(response.content) < len(plain) / 3
    response = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(response.content) == plain


@pytest.mark.parametrize(
    ("what", "most"),
    [
        *((f"file:{name}", 8) for name in ("communes", "quartiers", "lieux", "rencontres", "ateliers", "experiences")),
        *((f"api:{name}", 9) for name in ("quartiers", "contrats", "experiences", "rencontres", "ateliers")),
        ("atlas:calendar", 6),
        ("atlas:gatherings-atom", 6),
        ("atlas:experiences-atom", 5),
        ("atlas:open-data", 70),
    ],
)
def test_three_rows_ask_no_more_queries_than_one(db, client, django_assert_max_num_queries, what, most):
    few_territories()
    fill(full_space("un"), days=1)
    fill(full_space("trois"), days=3)
    kind, _colon, name = what.partition(":")

    def ask(slug):
        if kind == "file":
            address = reverse("atlas:open-file", args=[slug, name, "csv"])
        elif kind == "api":
            address = reverse("atlas:api-list", args=[slug, name])
        else:
            address = reverse(what, args=[slug])
        with django_assert_max_num_queries(most) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    assert ask("un") == ask("trois")


# The API


def ask(client, name="", slug="oriv", **said):
    address = reverse("atlas:api-list", args=[slug, name]) if name else reverse("atlas:api-lists", args=[slug])
    return client.get(address, said)


def test_pages_follow_one_another_and_say_everything_once(house, client):
    address, seen = reverse("atlas:api-list", args=["oriv", "communes"]), []
    pages = 0
    while address:
        said = client.get(address).json()
        seen += [row["insee"] for row in said["data"]]
        pages += 1
        address = said["links"]["next"]
    assert pages == said["pages"] > 2
    assert len(seen) == len(set(seen)) == said["total"]
    assert said["links"]["last"] == said["links"]["self"]
    assert said["links"]["prev"].endswith(f"page={pages - 1}")


def test_a_departement_narrows_and_is_kept_from_page_to_page(house, client):
    whole = ask(client, "communes", departement="10").json()
    assert {row["departement"] for row in whole["data"]} == {"10"}
    assert "departement=10" in whole["links"]["next"]
    quarters = ask(client, "quartiers", departement="10").json()["data"]
    assert [row["code"] for row in quarters] == sorted({row["code"] for row in quarters})  # one in three communes, once
    assert "QN01003M" in {row["code"] for row in quarters}
    assert ask(client, "rencontres", departement="54").json()["total"] == 1
    assert ask(client, "rencontres", departement="10").json()["total"] == 0
    assert ask(client, "experiences", departement="10").json()["total"] == 1


@pytest.mark.parametrize(
    ("name", "said", "status", "code", "words"),
    [
        ("communes", {"dep": "10"}, 400, "unknown_parameter", "« dep »"),
        ("sources", {"departement": "10"}, 400, "unknown_parameter", "« departement »"),
        ("communes", {"departement": "99"}, 400, "bad_parameter", "« 99 »"),
        ("communes", {"departement": ""}, 400, "bad_parameter", "département"),
        ("communes", {"page": "0"}, 400, "bad_parameter", "à partir de 1"),
        ("communes", {"page": "deux"}, 400, "bad_parameter", "« deux »"),
        ("communes", {"page": "²"}, 400, "bad_parameter", "« ² »"),
        ("communes", {"page": "9" * 30}, 400, "bad_parameter", "nombre"),
        ("communes", {"page": ["1", "2"]}, 400, "bad_parameter", "deux fois"),
        ("communes", {"page": "999"}, 404, "no_such_page", "la dernière"),
        ("usines", {}, 404, "unknown_list", "quartiers"),
        ("a.b", {}, 404, "unknown_list", "quartiers"),
        ("", {"page": "1"}, 400, "unknown_parameter", "« page »"),
    ],
)
def test_what_is_refused_is_said_in_json_and_in_french(house, client, name, said, status, code, words):
    response = ask(client, name, **said)
    assert (response.status_code, response["Content-Type"]) == (status, "application/json")
    error = response.json()["error"]
    assert (error["status"], error["code"]) == (status, code)
    assert words in error["sentence"].replace("\xa0", " ").replace("\u202f", " ")


def test_other_addresses_and_methods_are_refused_in_json_too(house, client):
    assert ask(client, "communes", slug="nulle-part").json()["error"]["code"] == "unknown_space"
    assert client.get("/api/v1/a/b/c").json()["error"]["code"] == "unknown_address"
    for method in ("post", "put", "delete", "patch", "options"):
        response = getattr(Client(enforce_csrf_checks=False), method)("/api/v1/oriv/communes")
        assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")
        assert response.json()["error"]["code"] == "read_only"
        assert "Access-Control-Allow-Origin" not in response


def test_the_openapi_document_holds_together_and_the_answers_are_what_it_says(house, client):
    document = client.get(reverse("atlas:openapi")).json()
    assert document["openapi"] == "3.1.0"
    for reference in re.findall(r'"\$ref": ?"#/([^"]+)"', json.dumps(document)):
        node = document
        for part in reference.split("/"):
            node = node[part]
    names = {path.rpartition("/")[2] for path in document["paths"]} - {""}
    assert names == set(BY_NAME)
    for name in names:
        said = ask(client, name).json()
        page = document["paths"][f"/api/v1/{{space}}/{name}"]["get"]["responses"]["200"]
        schema = page["content"]["application/json"]["schema"]
        assert set(said) == set(schema["required"]) == set(schema["properties"])
        row = document["components"]["schemas"][name]
        assert said["data"]
        for each in said["data"]:
            assert list(each) == row["required"]
            for key, value in each.items():
                assert _is(value, row["properties"][key]), (name, key, value)
    assert not _is("x", {"type": "integer"})


KINDS = {"string": str, "integer": int, "number": (int, float), "boolean": bool, "array": list, "object": dict}


def _is(value, schema) -> bool:
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if value is None:
        return "null" in kinds
    right = any(isinstance(value, KINDS[kind]) for kind in kinds if kind != "null")
    right = right and ("enum" not in schema or value in schema["enum"])
    return right and ("pattern" not in schema or re.search(schema["pattern"], value) is not None)


# Feeds


def unfolded(content: bytes) -> list[str]:
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    text = content.decode()
    assert "\n" not in text.replace("\r\n", "")
    assert text.endswith("END:VCALENDAR\r\n")
    return text.replace("\r\n ", "").split("\r\n")


def test_a_calendar_is_one_an_agenda_reads(house, client):
    day = Gathering.objects.get(public=True)
    response = client.get(reverse("atlas:calendar", args=["oriv"]))
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    lines = unfolded(response.content)
    assert lines.count("BEGIN:VEVENT") == 1
    assert f"UID:{day.pk}@maillage" in lines
    assert "DTSTART:20251002T070000Z" in lines  # 9 h in Paris, in summer
    assert "DTEND:20251002T103000Z" in lines
    assert "SUMMARY:Journée 0 </script><b>" in lines
    assert r"CATEGORIES:Coopérer\; ensemble\, vraiment" in lines
    assert "STATUS:CONFIRMED" in lines
    assert "SEQUENCE:0" in lines
    stamp = next(line for line in lines if line.startswith("DTSTAMP"))
    change_gathering(gathering=day, by="essai", date=dt.date(2025, 10, 3))
    lines = unfolded(client.get(reverse("atlas:calendar", args=["oriv"])).content)
    assert "SEQUENCE:1" in lines
    assert f"UID:{day.pk}@maillage" in lines
    assert next(line for line in lines if line.startswith("DTSTAMP")) >= stamp


def test_a_day_without_hours_lasts_the_day_and_one_without_a_date_is_in_no_agenda(house, client):
    day = Gathering.objects.get(public=True)
    day.slots.update(starts_at=None, ends_at=None)
    lines = unfolded(client.get(reverse("atlas:calendar", args=["oriv"])).content)
    assert "DTSTART;VALUE=DATE:20251002" in lines
    assert "DTEND;VALUE=DATE:20251003" in lines
    change_gathering(gathering=day, by="essai", date=None)
    assert "BEGIN:VEVENT" not in unfolded(client.get(reverse("atlas:calendar", args=["oriv"])).content)


def test_a_line_is_folded_between_characters_and_nothing_ends_one_early():
    line = "SUMMARY:" + "é€😀" * 60
    folded = fold_line(line)
    assert all(len(part.encode()) <= 75 for part in folded.split("\r\n"))
    assert folded.replace("\r\n ", "") == line
    now = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
    evil = Event("1", "a\r\nEND:VCALENDAR\x00;,\\", dt.date(2025, 1, 1), None, now, url="https://a\r\nX:1")
    lines = unfolded(write_calendar("n", [evil], product="p"))
    assert lines.count("END:VCALENDAR") == 1
    assert r"SUMMARY:a\nEND:VCALENDAR \;\,\\" in lines
    assert "URL:https://aX:1" in lines


@pytest.mark.parametrize(
    ("said", "events"),
    [
        ({"theme": "cooperer ensemble vraiment"}, 1),
        ({"departement": "54"}, 1),
        ({"departement": "10"}, 0),
        ({"commune": "54547"}, 1),
        ({"epci": "245400676"}, 1),
        ({"region": "44"}, 1),
        ({"qpv": "QN01003M"}, 1),  # its experience was presented there
        ({"qpv": "QN01001M"}, 0),
    ],
)
def test_by_theme_and_by_territory(house, client, said, events):
    for name in ("atlas:calendar", "atlas:gatherings-atom"):
        body = client.get(reverse(name, args=["oriv"]), said).content.decode()
        assert body.count("BEGIN:VEVENT") + body.count("<entry>") == events


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"theme": "cuisine"}, 404),
        ({"departement": "99"}, 404),
        ({"ville": "Troyes"}, 400),
        ({"departement": "10", "epci": "245400676"}, 400),
    ],
)
def test_a_feed_of_nothing_known_is_refused_in_a_sentence(house, client, said, status):
    response = client.get(reverse("atlas:calendar", args=["oriv"]), said)
    assert (response.status_code, response["Content-Type"]) == (status, "text/plain; charset=utf-8")
    assert response.content.decode().strip().endswith(".")


def test_atom_feeds_are_whole(house, client):
    space = {"a": "http://www.w3.org/2005/Atom"}
    for name in FEEDS[1:]:
        feed = ElementTree.fromstring(client.get(reverse(name, args=["oriv"])).content)
        assert feed.find("a:id", space).text
        assert feed.find("a:title", space).text
        assert feed.find("a:author/a:name", space).text == "ORIV"
        entries = feed.findall("a:entry", space)
        assert len(entries) == 1
        assert entries[0].find("a:id", space).text.startswith("urn:uuid:")
        assert dt.datetime.fromisoformat(entries[0].find("a:updated", space).text).tzinfo
        assert client.get(entries[0].find("a:link", space).get("href")).status_code == 200


# What search engines read


def test_the_public_page_says_the_event_and_nothing_closes_its_block(house, client):
    day = Gathering.objects.get(public=True)
    body = client.get(reverse("gatherings:public", args=["oriv", day.slug])).content.decode()
    blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script>', body, re.DOTALL)
    assert len(blocks) == 1
    assert "<" not in blocks[0]
    said = json.loads(blocks[0])
    assert (said["@type"], said["name"]) == ("Event", "Journée 0 </script><b>")
    assert said["startDate"] == "2025-10-02T09:00:00+02:00"
    assert said["location"]["name"] == "Maison des sports"
    change_gathering(gathering=day, by="essai", date=None)
    assert "ld+json" not in client.get(reverse("gatherings:public", args=["oriv", day.slug])).content.decode()


def test_a_territory_says_where_it_is(house, client):
    body = client.get(reverse("atlas:qpv", args=["oriv", "QN01003M"])).content.decode()
    said = json.loads(re.findall(r'<script type="application/ld\+json">(.*?)</script>', body, re.DOTALL)[0])
    assert (said["@type"], said["identifier"]) == ("Place", "QN01003M")
    assert said["containedInPlace"]["name"]
    assert set(said["geo"]) == {"@type", "latitude", "longitude"}


def test_the_page_says_how_much_each_list_is(house, client):
    body = client.get(reverse("atlas:open-data", args=["oriv"])).content.decode().replace("\xa0", " ")
    for asked in ALL:
        assert f'id="{asked.name}"' in body
    size = len(client.get(reverse("atlas:open-file", args=["oriv", "communes", "csv"])).content)
    said = int(re.search(r"communes\.csv.*?environ (\d+) ko", body, re.DOTALL)[1]) * 1000
    assert 0.7 * size < said < 1.3 * size
    assert "Licence Ouverte 2.0" in body


def test_a_file_is_made_once_and_again_when_something_of_it_changed(house, client, django_assert_max_num_queries):
    address = reverse("atlas:open-file", args=["oriv", "structures", "csv"])
    first = client.get(address)
    with django_assert_max_num_queries(4):  # the space, the marks, the session of nobody: no row of the list
        again = client.get(address)
    assert again.content == first.content
    with django_assert_max_num_queries(4):
        assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 304
    row = Organisation.objects.filter(listed=True).first()
    list_organisations(space=house, keys=[row.pk], listed=False, by="essai")
    later = client.get(address)
    assert str(row.pk) not in later.content.decode()
    assert later["ETag"] != first["ETag"]


def import_some_contracts():
    facts = new_facts(Epci.objects.order_by("pk")[5].pk, first_year=2015, last_year=2023)
    take_over_contracts(space=Space.objects.get(), made=[facts], changed=[], by="essai", about="liste.csv")


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("contrats", lambda: remove_contract(contract=ContratDeVille.objects.filter(removed_at=None)[0], by="essai")),
        ("contrats", lambda: import_some_contracts()),
        ("experiences", lambda: withdraw_experience(experience=Experience.objects.get(published=1), by="essai")),
        ("ateliers", lambda: change_part(part=Room.objects.get(), by="essai", name="Salle verte")),
        ("ateliers", lambda: move_part(part=Workshop.objects.get(title="Rue"), up=True, by="essai")),
        ("programmes", lambda: remove_part(part=Slot.objects.get(position=2), by="essai")),
        ("communes", lambda: load_territories()),
    ],
)
def test_whatever_changes_a_list_changes_its_file(house, client, name, change):
    address = reverse("atlas:open-file", args=["oriv", name, "json"])
    before = client.get(address)
    change()
    after = client.get(address, headers={"If-None-Match": before["ETag"]})
    assert after.status_code == 200
    assert after.getvalue() == write_list(BY_NAME[name], BY_NAME[name].asked(house), "json") != before.getvalue()


def test_a_long_file_is_sent_part_by_part(house, client, monkeypatch):
    monkeypatch.setattr(answering, "LONG", 1_000)
    address = reverse("atlas:open-file", args=["oriv", "communes", "csv"])
    plain = write_list(BY_NAME["communes"], BY_NAME["communes"].asked(house), "csv")
    response = client.get(address)
    assert response.streaming
    assert response.getvalue() == plain
    packed = client.get(address, headers={"Accept-Encoding": "br"})
    assert packed.streaming
    assert brotli.decompress(packed.getvalue()) == plain


def test_a_gathering_with_a_day_offers_its_own_calendar(house, client):
    day = Gathering.objects.get(public=True)
    page = client.get(reverse("gatherings:public", args=["oriv", day.slug])).content.decode()
    address = reverse("atlas:gathering-calendar", args=["oriv", day.slug])
    assert f'href="{address}"' in page
    said = client.get(address).content.decode()
    assert said.count("BEGIN:VEVENT") == 1
    assert f"UID:{day.pk}@maillage" in said.replace("\r\n ", "")
    change_gathering(gathering=day, by="essai", date=None)
    assert address not in client.get(reverse("gatherings:public", args=["oriv", day.slug])).content.decode()
    assert client.get(address).status_code == 404
    change_gathering(gathering=day, by="essai", date=dt.date(2026, 1, 2), public=False)
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("asked", ["/api/v1/nulle-part/communes?departement=%00", "/api/v1/a%00b/"])
def test_a_request_that_holds_a_nul_is_refused_in_json(client, asked):
    """Once answered by a page, where a program expects what /api/v1/openapi.json says (found by schemathesis)."""
    answer = client.get(asked)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "unreadable"
    assert answer.json()["error"]["sentence"].endswith(".")
