"""Pages made for an account are not left in the browser of a shared laptop."""

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
