"""The pages of who comes in, under axe-core, in one play: a team, an invitation, an account, a second proof, the log.

On SQLite only: the same HTML on both bases; what these pages do is in tests/people and tests/office.
"""

import base64
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from maillage.lib import totp
from tests.browser.house import ROOT, House
from tests.browser.inspection import Inspection
from tests.browser.phones import Phone, sign_in

pytestmark = pytest.mark.browser

MADE = """
import django; django.setup()
from maillage.people.models import Invitation, User
from maillage.people.services import make_sign_in_link
from maillage.people.team import token_of
print(make_sign_in_link(user=User.objects.get(email="organisation@exemple.invalid"), base_url=""))
print(f"/invitation/{token_of(Invitation.objects.get())}/")
"""


def links_of(house: House) -> list[str]:
    """A new sign-in link, and the one of the letter that was written."""
    environment = house.environment() | {"DJANGO_SETTINGS_MODULE": "maillage.config.settings"}
    done = subprocess.run(
        [sys.executable, "-c", MADE], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.split()


def test_pages_of_who_comes_in(unpack: Callable[..., Phone], house: House, inspection: Inspection) -> None:
    shots = os.environ.get("MAILLAGE_SHOTS")

    def look(name: str) -> None:
        inspection.look(page, name)
        if shots:
            for scheme, width in (("light", 390), ("dark", 390), ("light", 1280), ("dark", 1280)):
                page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
                page.set_viewport_size({"width": width, "height": 844})
                page.screenshot(path=str(Path(shots) / f"{name}-{scheme}-{width}.png"), full_page=True)

    page = unpack().page
    page.goto("/connexion/")
    look("sign-in")
    sign_in_page = page
    page = sign_in(unpack(), house.links.organiser)
    page.goto("/equipe/")
    look("team")
    page.fill("input[name=email]", "paul@exemple.invalid")
    page.get_by_label("Accueil").check()
    page.get_by_role("button", name="Inviter", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("n’envoie pas de courrier")
    look("team after an invitation")
    page.get_by_role("link", name="Journal").click()
    look("log")
    page.select_option("select[name=genre]", "acces")
    page.get_by_role("button", name="Montrer").click()
    expect(page.locator("tbody")).to_contain_text("a invité")
    page.goto("/compte/second-facteur/")
    look("second factor")
    secret = base64.b32decode(re.sub(r"\s", "", page.locator("main code").first.inner_text()))
    page.fill("input[name=code]", totp.code_at(secret, time.time()))
    page.get_by_role("button", name="Demander ce code").click()
    expect(page.locator("main code")).to_have_count(8)
    look("recovery codes")
    recovery = page.locator("main code").first.inner_text()
    page.get_by_role("link", name="Je les ai gardés").click()
    look("account")
    page.goto("/compte/second-facteur/")
    look("second factor asked")
    link, invitation = links_of(house)
    page = sign_in_page
    page.goto(link)
    look("sign-in link")
    page.get_by_role("button", name="Me connecter").click()
    look("second step")
    page.fill("input[name=code]", "000000")
    page.get_by_role("button", name="Entrer").click()
    look("second step refused")
    page.fill("input[name=code]", recovery)
    page.get_by_role("button", name="Entrer").click()
    expect(page.get_by_role("status").first).to_contain_text("Il vous en reste 7")
    page.goto("/compte/appareils/")
    expect(page.locator("tbody tr")).to_have_count(2)
    look("places")
    page.goto(invitation)
    look("invitation")
    inspection.verdict()
