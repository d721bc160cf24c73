"""No page of the atlas reads a table whole where an index serves: every query of every page, as the database plans it.

The country is invented (maillage synthetic-country) and small; the addresses are those the bench measures.
"""

import itertools
import json
import re
from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import resolve, reverse

from maillage.atlas.network_summary import BASES
from maillage.atlas.opendata import sizes
from maillage.atlas.urls import urlpatterns
from maillage.config.bench.atlas_pages import kinds_of
from maillage.config.country.making import make_country
from maillage.people.models import Space

PERCENT = 0.4
asked = itertools.count()
# Read whole because all of it is said, or counted: some dozens or hundreds of rows in a whole country.
SMALL = {"territories_source", "territories_region", "territories_department"}
# What a list of the open data or a count says of all the rows there are, in order, a page at a time.
WHOLE = {
    # a code that nobody has is compared to those that begin alike: SQLite has no index for « begins with »
    "territories_commune": re.compile(r"COUNT\(\*\)|LIMIT|LIKE (UPPER\()?'..?%'"),
    "territories_epci": re.compile(r"COUNT\(\*\)|LIMIT"),
    "territories_qpv": re.compile(r"COUNT\(\*\)|LIMIT"),
    "territories_landmark": re.compile(r"COUNT\(\*\)|LIMIT"),
}
_VALUE = r"(?:'(?:[^']|'')*'(?:::\w+)?|\b\d+(?:\.\d+)?\b)"
VALUES = re.compile(f"{_VALUE}(?:, {_VALUE})*")  # what differs between two queries of one shape, however many in a list
NOT_PAGES = {
    "atlas:opening",  # a button
    "atlas:own-network",  # the same queries as the public one, behind a sign-in
    "atlas:own-network-export",
    "atlas:network-export",  # a file: all the links, so all the presences
    "atlas:open-file",  # a file: all of a list, once after each change
    "atlas:embedded-france",  # as their page
    "atlas:oembed",
    "atlas:core-group",  # one noyau, by its space and its short name: its rows alone
    "atlas:core-group-data",
    "atlas:quarter-story",  # the queries of the quarter's page, and the noyaux of that quarter
}


@pytest.fixture(scope="module")
def country(django_db_setup, django_db_blocker) -> Iterator[Space]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_country(percent=PERCENT, seed=1).space
        transaction.set_rollback(True)


def queries_of(address: str) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        answer = Client().get(address)
    assert answer.status_code in (200, 404), address
    return [query["sql"] for query in captured if query["sql"].startswith("SELECT")]


def read_whole(sql: str) -> list[str]:
    """Tables that this query reads from one end to the other."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")  # what is read whole even so has no index that serves
            cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}")
            (said,) = cursor.fetchone()
            plans = json.loads(said) if isinstance(said, str) else said
            return sorted(set(_scans(plans[0]["Plan"])))
        # sqlite3 keeps statements by their text, and an explained one does not see that the schema changed
        cursor.execute(f"EXPLAIN QUERY PLAN {sql} -- {next(asked)}")
        lines = [row[3] for row in cursor.fetchall()]
    names = _names(sql)
    scanned = {line.split()[1] for line in lines if line.startswith("SCAN ") and "VIRTUAL TABLE" not in line}
    return sorted({names.get(name, name) for name in scanned} & set(connection.introspection.table_names()))


def _scans(node: dict) -> Iterator[str]:
    kind = node["Node Type"]
    if kind == "Seq Scan":
        yield node["Relation Name"]
    for below in node.get("Plans", ()):
        yield from _scans(below)


def _names(sql: str) -> dict[str, str]:
    """Alias → table."""
    return {alias: table for table, alias in re.findall(r'"(\w+)" "?([A-Z]\d+)"?', sql)} | {"e": "atlas_entry"}


def wrong_reads(address: str, explained: set[str] | None = None) -> list[str]:
    """`explained`: shapes of queries seen on other pages, whose plan is the same whatever the codes in them."""
    found = []
    for sql in queries_of(address):
        shape = VALUES.sub("?", sql)
        if explained is not None and shape in explained:
            continue
        if explained is not None:
            explained.add(shape)
        for table in read_whole(sql):
            whole = WHOLE.get(table)
            if table not in SMALL and not (whole and whole.search(sql)):
                found.append(f"{table}: {sql[:1500]}")
    return found


def names_of_pages() -> set[str]:
    return {f"atlas:{pattern.name}" for pattern in urlpatterns if pattern.name} - NOT_PAGES


def test_no_page_reads_a_table_whole_where_an_index_serves(country, monkeypatch):
    monkeypatch.setattr(sizes, "WEIGHED", 1)  # lists are longer than that in a country, and are not read whole there
    kinds = kinds_of(country, 2)
    addresses = [address for kind in kinds for address in kind.addresses[:3]]
    addresses += [reverse("atlas:open-schema", args=[country.slug, "communes"])]
    seen_shapes: set[str] = set()
    wrong = {address: found for address in dict.fromkeys(addresses) if (found := wrong_reads(address, seen_shapes))}
    assert {line for found in wrong.values() for line in found} == set()
    seen = {resolve(address.partition("?")[0]).view_name for address in addresses}
    of_places = re.compile(r"atlas:(embedded|picture|rencontres|experiences|a-retenir|structures)-")  # one is as all
    assert {name for name in names_of_pages() if not of_places.match(name)} <= seen
    assert len(BASES) == sum(kind.name.startswith("network-") for kind in kinds)


@pytest.mark.parametrize(
    ("index", "page"), [("territories_commune_where", "commune"), ("gatherings_speaker_of", "organisation")]
)
def test_an_index_that_is_gone_is_seen(country, db, index, page):
    """Else the test above would be green whatever happens."""
    if page == "organisation" and connection.vendor == "postgresql":
        pytest.skip("rien n’est lu en entier : PostgreSQL passe alors par les expériences de l’espace")
    address = next(kind for kind in kinds_of(country, 1) if kind.name == page).addresses[0]
    assert wrong_reads(address) == []
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX {index}")
    assert wrong_reads(address)
