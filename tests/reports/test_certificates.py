"""Certificates of attendance: for whoever was there, and nobody else; said once by the organiser."""

import io

import pypdf
import pytest
from django.urls import reverse

from maillage.office.models import Mail
from maillage.people.enums import SpaceRole
from maillage.people.models import User
from maillage.people.services import give_right
from maillage.registrations.certificates import certified, send_certificates, set_terms, why_no_certificate
from maillage.registrations.enums import Presence
from maillage.registrations.models import CertificateTerms, Opening, Registration
from maillage.registrations.own import token_of
from maillage.registrations.retention import NAMELESS
from maillage.registrations.services import Refused
from maillage.reports.certificates import certificate_facts, make_certificates

pytestmark = pytest.mark.django_db
TERMS = {
    "signed_by": "Murielle Essai",
    "signed_as": "Directrice",
    "made_at": "Strasbourg",
    "duration": "6 heures",
    "half_days": ["morning", "afternoon"],
    "offered": True,
}


@pytest.fixture
def staff(client, day):
    user = User.objects.create_user("orga@exemple.invalid", "Organisatrice")
    give_right(user=user, space=day.space, role=SpaceRole.ORGANISER, by="essai")
    client.force_login(user)
    return client


@pytest.fixture
def present(day):
    """Two of three were there."""
    rows = list(day.registrations.order_by("person__first_name"))
    Registration.objects.filter(pk__in=[row.pk for row in rows[:2]]).update(presence=Presence.PRESENT)
    return rows


def text_of(content: bytes) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages]


def test_a_page_each_for_whoever_was_there(staff, day, present):
    everybody = reverse("reports:certificates", args=[day.pk])
    assert staff.get(everybody).status_code == 404  # nobody said who signs
    page = staff.post(reverse("registrations:certificates", args=[day.pk]), {**TERMS, "signed_by": "", "half_days": []})
    assert page.status_code == 422
    assert "Dites qui signe" in page.content.decode()
    assert "au moins une demi-journée" in page.content.decode()
    staff.post(reverse("registrations:certificates", args=[day.pk]), TERMS)
    answer = staff.get(everybody)
    pages = text_of(answer.content)
    assert [name in text for text, name in zip(pages, ("Prénomcanari0", "Prénomcanari1"), strict=True)] == [True, True]
    for said in ("2e journée régionale", "2 octobre 2025", "matin et après-midi", "6 heures", "Murielle Essai", "ORIV"):
        assert said in pages[0].replace("\xa0", " ")
    one = reverse("reports:certificate", args=[day.pk, present[0].pk])
    assert len(text_of(staff.get(one).content)) == 1
    assert staff.get(reverse("reports:certificate", args=[day.pk, present[2].pk])).status_code == 404
    assert pypdf.PdfReader(io.BytesIO(answer.content)).xmp_metadata is not None


def test_their_page_gives_it_to_them_alone(client, day, present):
    own = [reverse("registrations:own", args=[token_of(row)]) for row in present]
    pdf = [reverse("reports:own-certificate", args=[token_of(row)]) for row in present]
    assert pdf[0] not in client.get(own[0]).content.decode()
    set_terms(gathering=day, by="essai", **TERMS)
    assert pdf[0] in client.get(own[0]).content.decode()
    assert pdf[2] not in client.get(own[2]).content.decode()
    answer = client.get(pdf[0])
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "Prénomcanari0" in text_of(answer.content)[0]
    assert client.get(pdf[2]).status_code == 404
    assert client.get(reverse("reports:own-certificate", args=["inventé"])).status_code == 404
    CertificateTerms.objects.update(offered=False)
    assert pdf[0] not in client.get(own[0]).content.decode()
    assert client.get(pdf[0]).status_code == 404


def test_the_letter_leads_there_once(day, present):
    with pytest.raises(Refused, match="qui signe"):
        send_certificates(gathering=day, by="essai")
    set_terms(gathering=day, by="essai", **TERMS)
    with pytest.raises(Refused, match="adresse de ce serveur"):
        send_certificates(gathering=day, by="essai")
    Opening.objects.create(gathering=day, base_url="https://exemple.invalid")
    assert send_certificates(gathering=day, by="essai") == 2
    assert send_certificates(gathering=day, by="essai") == 0
    assert sorted(Mail.objects.values_list("to", flat=True)) == ["canari0@exemple.invalid", "canari1@exemple.invalid"]
    assert token_of(present[0]) in Mail.objects.order_by("to").first().body


def test_an_erased_name_is_on_none(day, present):
    set_terms(gathering=day, by="essai", **TERMS)
    present[0].person.first_name = NAMELESS
    present[0].person.save()
    assert list(certified(day)) == [present[1]]
    day.registrations.update(presence=Presence.EXPECTED)
    assert "n’est pointé présent" in why_no_certificate(day)


def test_who_came_to_one_half_day_reads_that_one_and_no_duration(day, present):
    terms = set_terms(gathering=day, by="essai", **TERMS)
    _whole, morning = present[:2]
    Registration.objects.filter(pk=morning.pk).update(half_days=["morning"])

    def said():
        people = certificate_facts(day, terms, certified(day))["people"]
        return [(person["half_days"], person["duration"].replace("\xa0", " ")) for person in people]

    assert said() == [("matin et après-midi", "6 heures")] * 2  # half-days are not asked for
    Opening.objects.create(gathering=day, half_days=["morning", "afternoon"])
    assert said() == [("matin et après-midi", "6 heures"), ("matin", "")]
    pages = text_of(make_certificates(day, terms, certified(day)))
    assert ["Durée" in page for page in pages] == [True, False]
