"""The site map: what it lists opens, for whoever reads it."""

import re

import pytest

from maillage.people.enums import SpaceRole
from maillage.people.models import User
from maillage.people.services import give_right, make_space

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("signed_in", [False, True])
def test_each_link_opens(client, signed_in):
    space = make_space(slug="ici", name="Ici", by="essai")
    space.atlas_public = True
    space.region_id = None
    space.save()
    if signed_in:
        user = User.objects.create_user("zoe@ici.invalid", "Zoé")
        give_right(user=user, space=space, role=SpaceRole.ORGANISER, by="essai")
        client.force_login(user)
    main = re.search(r"<main.*</main>", client.get("/plan-du-site/").content.decode(), re.DOTALL)
    assert main
    links = re.findall(r'<a href="([^"]+)"', main[0])
    assert ("/atlas/ici/" in links, "/equipe/ici/" in links) == (True, signed_in)
    assert {link: client.get(link, follow=True).status_code for link in links} == dict.fromkeys(links, 200)
