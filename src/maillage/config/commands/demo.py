"""The second regional day of Grand Est, from its files to phones: what `make demo` runs."""

import argparse
import shutil
from dataclasses import dataclass
from importlib.resources import files

from django.conf import settings
from django.db import connections

from maillage.config.importing import import_gatherings
from maillage.config.installation import lan_address, prepare_installation
from maillage.config.server import check_port, serve
from maillage.gatherings.models import Gathering
from maillage.lib.qr import qr_terminal
from maillage.live.models import Session
from maillage.live.services import open_session
from maillage.live.urls_of import facilitator_url, join_url, projector_url
from maillage.people.enums import SpaceRole
from maillage.people.models import Space, User
from maillage.people.services import give_right, make_sign_in_link
from maillage.plans.models import Plan
from maillage.plans.services import make_plan, publish_plan
from maillage.registrations.models import Registration
from maillage.registrations.services import import_registrations

DAY = "jr-2025"
BY = "Démonstration"
ORGANISER = "organisation@exemple.invalid"
DESK = "accueil@exemple.invalid"


@dataclass(frozen=True)
class Link:
    label: str
    url: str


def run(options: argparse.Namespace) -> int:
    refusal = None if options.no_serve else check_port(options.host, options.port)
    if refusal:
        print(refusal)
        return 1
    if options.reset:
        reset_data()
    prepare_installation()
    gathering = prepare_day()
    base_url = address(options.host, options.port)
    print_links(gathering, base_url, options.host)
    if options.no_serve:
        return 0
    return serve(host=options.host, port=options.port)


def reset_data() -> None:
    """Removes what this demonstration made in the data folder, and nothing else."""
    connections.close_all()
    for name in ("maillage.sqlite3", "maillage.sqlite3-wal", "maillage.sqlite3-shm"):
        (settings.DATA_DIR / name).unlink(missing_ok=True)
    for folder in (settings.KEYS_DIR, settings.MEDIA_ROOT, settings.STATIC_ROOT):
        shutil.rmtree(folder, ignore_errors=True)


def prepare_day() -> Gathering:
    """Loads, plans and opens the day once; a second run finds it done and keeps what people did since."""
    data = files("maillage.gatherings") / "data"
    gathering = Gathering.objects.filter(slug=DAY).first()
    if gathering is None:
        print("Le programme et les territoires…")
        name = "journees-grand-est.toml"
        import_gatherings(
            (data / name).read_bytes(),
            filename=name,
            assumptions=(data / "assumptions-jr-2025.toml").read_bytes(),
            by=BY,
        )
        gathering = Gathering.objects.get(slug=DAY)
    if not Registration.objects.filter(gathering=gathering).exists():
        print("Les 128 inscriptions (inventées)…")
        name = "inscriptions-jr-2025.csv"
        import_registrations(gathering=gathering, content=(data / name).read_bytes(), filename=name, by=BY)
    if not Plan.objects.filter(gathering=gathering).exists():
        print("Qui va où…")
        publish_plan(plan=make_plan(gathering=gathering, by=BY), by=BY)
    if not Session.objects.filter(gathering=gathering, rehearsal=False).exists():
        print("Les séances de l’après-midi…")
        open_sessions(gathering)
    return gathering
