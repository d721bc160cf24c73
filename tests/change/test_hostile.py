"""Ids of another noyau, links of who left, days of 2204, texts too long, signs no database keeps: no 500."""

import datetime as dt
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from maillage.change.drawing import draw_path, draw_rows
from maillage.change.keeping import versions_of
from maillage.change.members import add_member, let_leave, make_group, member_token
from maillage.change.models import (
    Actor,
    Commitment,
    ConditionNote,
    CoreGroup,
    Finding,
    Harvest,
    Marker,
    Member,
    Observation,
    Review,
    Vision,
)
from maillage.change.noting import add_commitment, add_finding, plan_review
from maillage.change.observing import add_observation
from maillage.change.path import add_actor, add_change, add_marker
from maillage.change.queries import path_of
from maillage.people.models import Space

TODAY = timezone.localdate()
LONG, NUL = "mot " * 20_000, "un\x00signe"
PAGES = ("observe", "path", "vision", "conditions", "context", "commitments", "reviews", "members", "observations")


def url(member, page, *args):
    return reverse(f"change:{page}", args=[member_token(member), *args])


@pytest.fixture
def theirs(lead, markers):
    """A noyau of another space, with one of each thing."""
    space = Space.objects.create(slug="ailleurs", name="Ailleurs")
    group, other = make_group(space=space, name="Noyau du Port", lead={"name": "Ana"}, by_words="l’organisation")
    actor = add_actor(group=group, name="La mairie", by=other)
    marker = add_marker(group=group, actor=actor, level="ideal", text="La mairie prête la salle", by=other)
    seen, _new = add_observation(
        group=group, by=other, key=uuid.uuid4(), degree="seen", marker=marker, text="Vu là-bas"
    )
    return {
        "actor": actor,
        "change": add_change(group=group, actor=actor, text="prête", by=other),
        "marker": marker,
        "observation": seen,
        "finding": add_finding(group=group, text="Un constat", by=other),
        "commitment": add_commitment(group=group, what="Écrire", by=other),
        "member": other,
        "review": plan_review(group=group, kind="monthly", on=TODAY, by=other),
    }


def everything() -> dict[str, list]:
    kinds = (CoreGroup, Member, Actor, Marker, Observation, Finding, Commitment, Review, Vision, Harvest, ConditionNote)
    return {kind.__name__: sorted(map(str, kind.objects.values_list())) for kind in kinds}


def test_nothing_of_another_noyau_is_read_nor_changed(client, lead, markers, theirs) -> None:
    before = everything()
    for kind, row in theirs.items():
        page = "review" if kind == "review" else "edit"
        there = url(lead, page, row.pk) if kind == "review" else url(lead, page, kind, row.pk)
        for said in (None, {"do": "save", "text": "à nous"}, {"do": "remove"}, {"do": "version", "number": "1"}):
            answer = client.get(there) if said is None else client.post(there, said)
            assert answer.status_code == 404, (kind, said)
    ids = {name: str(row.pk) for name, row in theirs.items()}
    posts = (
        ("observe", {"marker": ids["marker"], "degree": "seen", "on": TODAY.isoformat(), "seen_by": "myself"}),
        ("path", {"do": "marker", "marker-actor": ids["actor"], "marker-text": "x", "marker-level": "ideal"}),
        ("path", {"do": "change", "change-actor": ids["actor"], "change-text": "x"}),
        ("commitments", {"do": "add", "what": "x", "change": ids["change"]}),
        ("commitments", {"do": "state", "row": ids["commitment"], "state": "done"}),
        ("members", {"do": "leave", "row": ids["member"]}),
        ("members", {"do": "forget", "row": ids["member"]}),
        ("reviews", {"back": ids["review"]}),
        ("vision", {"do": "choose", "vision": ids["marker"]}),
    )
    for page, said in posts:
        assert client.post(url(lead, page), said).status_code in (404, 422), said
    client.post(url(lead, "edit", "marker", markers[0].pk), {"do": "merge", "into": ids["marker"]})
    assert everything() == before


def test_who_left_does_nothing_by_any_page_even_one_that_was_open(client, lead, other) -> None:
    addresses = [url(other, page) for page in PAGES]
    let_leave(member=other, by=lead)
    before = everything()
    for address in addresses:
        answer = client.post(address, {"do": "add", "text": "encore moi", "name": "x", "what": "x"})
        assert (answer.status_code, "ne mène plus" in answer.content.decode()) == (404, True)
    assert everything() == before


FORMS = {
    "observe": {"marker": "", "text": "Une fête", "on": TODAY.isoformat(), "seen_by": "myself", "source": "Une visite"},
    "path": {"do": "actor", "actor-name": "Le club"},
    "vision": {"do": "write", "text": "Ici", "horizon": str(TODAY.year + 3), "seen": "0"},
    "conditions": {"condition": "means", "state": "absent", "finding": "Rien", "on": TODAY.isoformat()},
    "context": {"text": "La salle est vide", "said_by": "La mairie", "source": "Le planning"},
    "commitments": {"do": "add", "what": "Écrire", "who": "La mairie", "due": TODAY.isoformat()},
    "reviews": {"kind": "monthly", "on": TODAY.isoformat()},
    "members": {"do": "add", "name": "Nour", "organisation": "CAF", "category": "resident"},
}
UNTYPED = ("do", "kind", "condition", "state", "marker", "seen_by", "category")
CASES = [
    (page, name, bad)
    for page, fields in FORMS.items()
    for name, value in fields.items()
    if not value[:1].isdigit() and name not in UNTYPED
    for bad in (LONG, NUL)
] + [
    (page, name, bad)
    for page, fields in FORMS.items()
    for name, value in fields.items()
    if value[:1].isdigit()
    for bad in ("2204-01-01", "0001-01-01", "32/13/2026", NUL, "²", "9" * 30)
]


def test_what_no_page_can_take_is_said_and_nothing_typed_is_lost(client, lead) -> None:
    before = everything()
    for page, name, bad in CASES:
        answer = client.post(url(lead, page), FORMS[page] | {name: bad})
        assert answer.status_code == 422, (page, name, bad[:20])
        body = answer.content.decode()
        for kept, value in FORMS[page].items():
            if kept not in (name, *UNTYPED) and not value[:1].isdigit():
                assert value in body, (page, name, bad[:20], kept)
    assert everything() == before


def test_a_version_that_can_be_no_more_is_said(client, lead, other) -> None:
    there = url(lead, "edit", "member", other.pk)
    said = {"do": "save", "name": "Paul", "category": "resident", "seen": 1}
    client.post(there, said | {"joined_on": (TODAY - dt.timedelta(days=60)).isoformat()})
    let_leave(member=Member.objects.get(pk=other.pk), by=lead, on=TODAY - dt.timedelta(days=9))
    answer = client.post(there, {"do": "version", "number": "1"}, follow=True)  # arrived today, after having left
    assert answer.status_code == 200
    assert "après le départ" in answer.content.decode()
    assert versions_of(other).count() == 3


def test_a_review_takes_hostile_words_with_a_sentence(client, lead) -> None:
    review = plan_review(group=lead.group, kind="monthly", on=TODAY, by=lead)
    there = url(lead, "review", review.pk)
    held = {"do": "hold", "attended": "mairie", "learned": "On voit mieux", "decisions": "Écrire", "seen": "1"}
    for name in ("attended", "learned", "decisions"):
        for bad in (LONG, NUL):
            assert client.post(there, held | {name: bad}).status_code == 422, name
    assert client.post(there, held | {"next_on": "2204-01-01"}).status_code == 422
    for what in (NUL, LONG, ""):
        assert client.post(there, {"do": "action", "what": what}).status_code == 302
    assert not Commitment.objects.exists()
    assert Review.objects.get().agenda is None


def test_the_report_page_takes_any_days(client, lead) -> None:
    there = reverse("reports:change-report", args=[member_token(lead)])
    ask = {"since": "2026-01-01", "until": "2026-02-01", "form": "html"}
    for days in ({"since": "0001-01-01"}, {"until": "9999-12-31"}, {"since": "0001-01-01", "until": "0001-01-02"}):
        assert client.get(there, ask | days).status_code == 200, days
    for days in ({"since": "2204-01-01"}, {"until": "33/13/2026"}, {"form": "exe"}, {"since": "²"}):
        assert client.get(there, ask | days).status_code == 422, days


def test_long_names_without_a_space_are_drawn_inside(lead) -> None:
    actor = add_actor(group=lead.group, name="W" * 120, by=lead)
    add_marker(group=lead.group, actor=actor, level="ideal", text="m" * 300, by=lead)
    add_marker(group=lead.group, actor=actor, level="ideal", text="<script>alert(1)</script> & « oui »", by=lead)
    ways = path_of(lead.group)
    for width in (360, 720, 960):
        assert draw_path(ways, width=width).height < 2_000
        assert "<script>" not in draw_rows(ways, width=width)


def test_a_file_of_observations_is_for_who_holds_the_noyau(client, other) -> None:
    answer = client.post(url(other, "observations"), {"file": SimpleUploadedFile("x.csv", b"id;jour")})
    assert answer.status_code == 404


def test_a_homonym_who_joins_is_another_person(lead) -> None:
    first = add_member(group=lead.group, name="Nour", category="resident", by=lead)
    second = add_member(group=lead.group, name="Nour", category="association", by=lead)
    assert first.pk != second.pk
