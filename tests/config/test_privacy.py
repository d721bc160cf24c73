"""Pages of an account are not left in the browser of a shared laptop; an address that holds a NUL is no address."""

import pytest
from django.test import Client
from django.urls import reverse

from maillage.people.models import User

pytestmark = pytest.mark.django_db


def test_pages_of_an_account_are_not_kept() -> None:
    client = Client()
    assert not client.get("/").has_header("Cache-Control")
    client.force_login(User.objects.create_user("lise@exemple.fr"))
    assert client.get(reverse("gatherings:list"))["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("address", ["/rencontres/?q=a%00b", "/animer/%00/", "/methodes/%00/"])
def test_a_nul_in_an_address_is_refused(address) -> None:
    assert Client().get(address).status_code == 400
