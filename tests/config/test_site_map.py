"""The site map: what it lists opens, for whoever reads it."""

import re

import pytest

from maillage.people.enums import SpaceRole
from maillage.people.models import User
from maillage.people.services import give_right, make_space
from tests.atlas.opendata import few_territories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("signed_in", [False, True])
def test_each_link_opens(client, signed_in):
    few_territories()
    space, other = (make_space(slug=slug, name=slug, by="essai") for slug in ("ici", "ailleurs"))
    space.atlas_public = other.atlas_public = True
    space.region_id = "44"  # the other has no map to show
    space.save()
    other.save()
    if signed_in:
        user = User.objects.create_user("zoe@ici.invalid", "Zoé")
        give_right(user=user, space=space, role=SpaceRole.ORGANISER, by="essai")
        client.force_login(user)
    main = re.search(r"<main.*</main>", client.get("/plan-du-site/").content.decode(), re.DOTALL)
    assert main
    links = re.findall(r'<a href="([^"]+)"', main[0])
    assert "/atlas/ailleurs/" not in links
    assert ("/atlas/ici/" in links, "/equipe/ici/" in links) == (True, signed_in)
    assert {link: client.get(link, follow=True).status_code for link in links} == dict.fromkeys(links, 200)
