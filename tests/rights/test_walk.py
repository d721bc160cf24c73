"""Every address of the site × everybody × reading and writing × what another space owns."""

import re
from pathlib import Path

import pytest
from django.test import Client

from maillage.config.logs import PRIVATE
from maillage.config.rights import addresses, write_page
from maillage.lib.needs import Need
from tests.browser.addresses import ELSEWHERE
from tests.rights.walking import ABSENT, Walk, name_of, path_of

ROOT = Path(__file__).resolve().parents[2]


def test_every_view_says_what_it_asks():
    silent = sorted({f"{address.view} ({address.route})" for address in addresses() if address.needs is None})
    assert not silent, "these views declare no permission (@needs, lib/needs.py): " + ", ".join(silent)


def test_the_page_of_rights_says_what_the_code_does():
    assert (ROOT / "docs" / "rights.md").read_text(encoding="utf-8") == write_page(), (
        "run: maillage rights > docs/rights.md"
    )


def test_no_address_that_opens_by_itself_goes_into_a_log(walk: Walk):
    """A link, a code: whoever reads the log must not be able to use it."""
    shown = []
    for address in addresses():
        if address.needs is None or address.needs.get not in (Need.LINK, Need.LEADING_LINK, Need.CODE):
            continue
        values = walk.here.of(address)
        held = str(values[address.keys[0]])
        if held in PRIVATE.sub(lambda found: (found[1] or found[2]) + "…", f"GET {path_of(address, values)} 200"):
            shown.append(address.route)
    assert not shown, f"config/logs.py shows: {sorted(shown)}"


@pytest.mark.parametrize("part", range(4))
def test_nobody_opens_what_is_not_theirs(walk: Walk, part: int):
    faults = [fault for address in addresses()[part::4] for fault in walk.faults(address)]
    assert not faults, "\n".join(faults)
    # what axe opens (tests/browser/test_accessibility_whole.py) is the same: it would look at no page there
    assert walk.shows_nothing <= ELSEWHERE.keys() | ABSENT.keys()


def test_what_is_excused_is_still_there():
    assert ABSENT.keys() <= {name_of(address) for address in addresses()}


ALONE = (
    Need.ANYBODY,
    Need.PUBLISHED,
    Need.ATLAS,
    Need.CODE,
    Need.LINK,
    Need.LEADING_LINK,
)  # whoever comes
ASKS = re.compile(r'<textarea|<input[^>]*type="(?:text|email|tel)"(?![^>]*(?:readonly|type="hidden"))')
OF_A_CODE = {"home", "live:code"}  # the code of a room says nothing of anybody


def test_each_form_of_the_public_says_why_who_reads_and_how_long(walk: Walk):
    """A form that is sent and holds what somebody writes leads, beside it, to « Vos données »."""
    asked, silent = [], []
    for address in addresses():
        name = name_of(address)
        if address.needs is None or address.needs.get not in ALONE or name in OF_A_CODE:
            continue
        page = Client().get(path_of(address, walk.here.of(address)), walk.here.queries.get(name, {}))
        if page.status_code != 200 or "text/html" not in page.headers.get("Content-Type", ""):
            continue
        main = re.search(r"<main.*?</main>", page.content.decode(), re.DOTALL)
        forms = re.findall(r'<form[^>]*method="post".*?</form>', main[0] if main else "", re.DOTALL)
        if any(ASKS.search(form) for form in forms):
            asked.append(name)
            if 'href="/donnees/"' not in main[0]:
                silent.append(name)
    assert {"registrations:form", "registrations:own-answers", "live:join", "questionnaires:answer"} <= set(asked)
    assert silent == []
