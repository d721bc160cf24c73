"""What each page of the atlas, each search and each list takes with a whole country in it, and how it grew to there.

In process, through all of Django's middleware, packed as for a browser: what a server computes, without its sockets.
A kind has many addresses. Each is asked with nothing kept in the process (« à froid »: said, not in p95); then for the
first time since a gathering changed, and `repeat` times again, kept as it may be: p95 holds both of these.
"""

import logging
import os
import time
from collections.abc import Callable
from functools import partial
from statistics import median
from typing import TypeVar

from django.core.management import call_command
from django.db import connection
from django.test import Client, override_settings

from maillage.atlas.compressing import forget_packed
from maillage.atlas.keeping import forget_all
from maillage.atlas.marks import GATHERINGS, change_mark
from maillage.atlas.network_keeping import count_now
from maillage.atlas.network_summary import BASES
from maillage.config.bench.atlas_pages import Kind, files_of, kinds_of
from maillage.config.bench.growth import slope
from maillage.config.bench.rows import Row, number, percentile
from maillage.config.collecting import spare_collections
from maillage.config.country.making import Country, make_country
from maillage.lib import rates

PERCENTS = (1.0, 10.0, 100.0)
ADDRESSES = 12  # of a kind
EMPTY = 100  # times the empty page
BROWSER = {"host": "127.0.0.1", "accept-encoding": "gzip, deflate, br"}
SEED = 0
T = TypeVar("T")
Sample = tuple[float, float]  # milliseconds of an answer, and of this process's processor for it
Times = dict[str, tuple[Kind, list[Sample], int]]  # kind → its answers (the first ones first), octets of the last
_cold: dict[str, list[Sample]] = {}  # kind → answers of a process that keeps nothing yet


def measure(*, repeat: int, percents: tuple[float, ...] = PERCENTS, addresses: int = ADDRESSES) -> list[Row]:
    logging.getLogger("django.request").setLevel(logging.ERROR)  # places nobody knows are asked for too
    found: dict[float, Times] = {}
    made: list[Row] = []
    base = "-postgresql" if connection.vendor == "postgresql" else ""
    for percent in percents:
        call_command("flush", verbosity=0, interactive=False)
        began = time.perf_counter()
        country = make_country(percent=percent, seed=SEED)
        seconds = time.perf_counter() - began
        note = ", ".join(f"{value} {name}" for name, value in vars(country.sizes).items())
        note += f" ; charge de la machine : {number(os.getloadavg()[0])}"
        made.append(Row(f"atlas-country-{percent:g}{base}", seconds, "s", None, note=note))
        spare_collections()  # what making the country left, a server never had
        empty = _empty(EMPTY)
        found[percent] = _times(country, repeat, addresses)
    whole = max(percents)
    rows = [
        _row(f"atlas-{name}{base}", kind, samples, size, empty) for name, (kind, samples, size) in found[whole].items()
    ]
    return [*made, *rows, *_growth(found, base)]


def _times(country: Country, repeat: int, addresses: int) -> Times:
    found: Times = {}
    for basis in BASES:  # as a job does, beside requests
        sample = _timed(partial(count_now, country.space, public=True, basis=basis))[0]
        kind = Kind(f"network-{basis}-counted", [], None, "compté à côté, toutes les dix minutes au plus")
        found[kind.name] = (kind, [sample], 0)
    for kind in kinds_of(country.space, addresses):
        found[kind.name] = _ask(kind, repeat, country)
    for kind in files_of(country.space):
        found |= _files(kind, repeat)
    return found


def _ask(kind: Kind, repeat: int, country: Country) -> tuple[Kind, list[Sample], int]:
    client = Client()
    _answer(client, kind.addresses[-1])  # templates, modules
    forget_all()
    _cold[kind.name] = [_answer(client, address)[0] for address in kind.addresses]
    change_mark(GATHERINGS, country.space.pk)
    forget_packed()  # what changed is not what was packed
    firsts = [_answer(client, address)[0] for address in kind.addresses]
    samples: list[Sample] = []
    size = 0
    for address in kind.addresses:
        for _time in range(repeat):
            spent, size = _answer(client, address)
            samples.append(spent)
    return kind, [*firsts, *samples], size


def _files(kind: Kind, repeat: int) -> Times:
    """Made for the first time, given again, and not given to who has it."""
    client = Client()
    (address,) = kind.addresses
    first, size = _answer(client, address)
    again = [_answer(client, address)[0] for _time in range(repeat)]
    etag = client.get(address, headers=BROWSER)["ETag"]
    known = [_answer(client, address, {"if-none-match": etag})[0] for _time in range(repeat)]
    told = Kind(kind.name, kind.addresses, None, "la première fois après un changement")
    return {
        f"file-{kind.name}-first": (told, [first], size),
        f"file-{kind.name}": (Kind(kind.name, kind.addresses), again, size),
        f"file-{kind.name}-304": (Kind(kind.name, kind.addresses), known, 0),
    }


def _answer(client: Client, address: str, more: dict[str, str] | None = None) -> tuple[Sample, int]:
    """What it took, octets."""
    rates.table.clear()  # one place asks here what thousands would

    def ask() -> tuple[int, int]:
        response = client.get(address, headers={**BROWSER, **(more or {})})
        return response.status_code, len(response.getvalue())

    sample, (status, size) = _timed(ask)
    if status not in (200, 304, 404):
        raise ValueError(f"{address}: {status}")
    return sample, size


def _timed(work: Callable[[], T]) -> tuple[Sample, T]:
    began, spent = time.perf_counter(), time.process_time()
    done = work()
    return (1000 * (time.perf_counter() - began), 1000 * (time.process_time() - spent)), done


@override_settings(ROOT_URLCONF="maillage.config.bench.empty_urls")
def _empty(times: int) -> float:
    """p95 of a page that says nothing, through the same handler."""
    client = Client()
    return p95([_answer(client, "/")[0] for _time in range(times)])


def p95(samples: list[Sample]) -> float:
    return percentile([waited for waited, _processor in samples], 0.95)


def _row(name: str, kind: Kind, samples: list[Sample], size: int, empty: float) -> Row:
    waited, processor = (median(each) for each in zip(*samples, strict=True))
    told = f"p95 de {len(samples)} réponses ({len(kind.addresses)} adresses) ; médiane {number(waited)} ms, dont "
    told += f"{number(processor)} de processeur"
    firsts = samples[: len(kind.addresses)]
    if 0 < len(firsts) < len(samples):
        spent = median(each for _waited, each in firsts)
        told += f" ; première fois : p95 {number(p95(firsts))} ms, processeur {number(spent)} en médiane"
        if kind.name in _cold:
            told += f" ; à froid : processeur {number(median(each for _waited, each in _cold[kind.name]))}"
    told += f" ; {number(size / 1000)} ko" if size else ""
    told += f" ; {kind.told}" if kind.told else ""
    return Row(name, p95(samples), "ms", empty, kind.goal, note=f"{told} ; référence : une page vide")


def _growth(found: dict[float, Times], base: str) -> list[Row]:
    """How the p95 of each kind grows with the country: slope of the logarithms."""
    rows = []
    whole = max(found)
    for name in found[whole]:
        costs = {percent: p95(times[name][1]) for percent, times in found.items() if name in times}
        said = " ; ".join(f"{number(percent)} % : {number(cost)} ms" for percent, cost in costs.items())
        rows.append(Row(f"atlas-{name}-slope{base}", slope(costs), "", None, note=said))
    return rows
