"""Every address of the site × everybody × reading and writing × what another space owns."""

from pathlib import Path

import pytest

from maillage.config.logs import PRIVATE
from maillage.config.rights import addresses, write_page
from maillage.lib.needs import Need
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


def test_what_is_excused_is_still_there():
    assert ABSENT.keys() <= {name_of(address) for address in addresses()}
