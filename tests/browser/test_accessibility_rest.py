"""Pages no other test opens under axe-core: no link of the demonstration leads to them; and « effacer une personne ».

Found by holding docs/rights.md against the pages the others look at. Each at 320 or 1280 px, light or dark, by turns.
"""

from collections.abc import Callable

import pytest

from tests.browser.house import House
from tests.browser.inspection import Inspection
from tests.browser.phones import WALL, Phone, sign_in

pytestmark = pytest.mark.browser
LOOKS = (("light", 320), ("dark", 1280), ("light", 1280), ("dark", 320))
OF_THE_TEAM = (
    "office:job", "people:import-preview", "methods:version", "methods:deck", "methods:activity",
    "registrations:erasure",
    "registrations:question", "registrations:erase-question", "registrations:desk-person", "registrations:opening",
    "plans:comparison", "plans:waiting", "memory:rehearsed-takeaways", "memory:rehearsed-follow-up",
    "memory:rehearsed-action", "memory:letter", "memory:action", "questionnaires:preview", "questionnaires:question",
    "questionnaires:paper-sheet", "change:shared",
)  # fmt: skip
OF_ANYBODY = (
    "people:invitation", "memory:own-action", "memory:follow-up-answer", "memory:propose-experience", "change:edit",
    "questionnaires:personal", "questionnaires:refusal", "atlas:core-group", "atlas:people", "atlas:france",
    "atlas:region", "atlas:rencontres-epci", "atlas:structures-epci",
)  # fmt: skip


def test_pages_no_link_leads_to(unpack: Callable[..., Phone], house: House, inspection: Inspection) -> None:
    inspection.looks = LOOKS
    there = house.ask("world", *OF_THE_TEAM, *OF_ANYBODY)
    staff, anybody = sign_in(unpack(viewport=WALL), house.links.organiser), unpack().page
    for page, names in ((staff, OF_THE_TEAM), (anybody, OF_ANYBODY)):
        for name in names:
            answer = page.goto(there[name])
            assert answer is not None
            assert answer.status == 200, name
            for one in page.locator("details").all():
                one.evaluate("one => { one.open = true }")
            inspection.look(page, name)
    inspection.verdict()
