"""The second regional day of Grand Est, from its files to phones: what `make demo` runs."""

import argparse
import os
import shlex
import shutil
import sys
from importlib.resources import files

from django.conf import settings
from django.db import connections
from django.urls import reverse
from django.utils import timezone

from maillage.change.demonstration import make_demonstration
from maillage.config.arguments import DEFAULT_HOST, DEFAULT_PORT
from maillage.config.importing import import_gatherings
from maillage.config.installation import base_url, prepare_installation
from maillage.config.server import check_port, serve
from maillage.config.upgrading import hold_serving
from maillage.contracts.models import ContratDeVille
from maillage.contracts.sheets import EARLIER_YEARS, import_earlier_contracts
from maillage.gatherings.models import Gathering
from maillage.gatherings.words import date_words
from maillage.lib.codes import spaced_code
from maillage.lib.qr import qr_terminal
from maillage.lib.typography import typo
from maillage.live.models import Session
from maillage.live.opening import open_gathering
from maillage.live.queries import open_sessions
from maillage.live.seats import make_projection_token
from maillage.memory.experience_queries import workshops_untold
from maillage.memory.experiences import publish_experience, tell_of_workshop
from maillage.people.enums import SpaceRole
from maillage.people.models import User
from maillage.people.services import give_right, make_sign_in_link, open_atlas
from maillage.plans.models import Plan
from maillage.plans.services import make_plan, publish_plan
from maillage.registrations.enums import Source
from maillage.registrations.imports import import_registrations
from maillage.registrations.models import Registration
from maillage.registrations.queries import WITH_NEEDS
from maillage.territories.models import Outline
from maillage.territories.services import load_territories

DAY = "jr-2025"
MAKE_DATA = "data"  # the Makefile's DATA, when nobody says another
BY = "Démonstration"
ORGANISER = "organisation@exemple.invalid"
DESK = "accueil@exemple.invalid"


def run(options: argparse.Namespace) -> int:
    refusal = None if options.no_serve else check_port(options.host, options.port)
    if refusal:
        print(refusal, file=sys.stderr)
        return 1
    if options.reset:
        reset_data()
    prepare_installation()
    settings.DEMO_MARK.touch()
    gathering = prepare_day()
    print_links(gathering, base_url(options.host, options.port))
    # Not through typo(): a command is copied as it stands.
    again = f"les données restent, «\u202f{reset_command(options)}\u202f» recommence."
    print(again[0].upper() + again[1:] if options.no_serve else f"Ctrl+C arrête le serveur\u202f; {again}", flush=True)
    if options.no_serve:
        return 0
    hold_serving()
    return serve(host=options.host, port=options.port)


def reset_command(options: argparse.Namespace) -> str:
    """What begins this very demonstration anew: its own folder, its own port, by the way it was started."""
    by_make = "MAKELEVEL" in os.environ
    usual_data = MAKE_DATA if by_make else None
    given = [
        ("HOST", "--host", options.host if options.host != DEFAULT_HOST else None),
        ("PORT", "--port", str(options.port) if options.port != DEFAULT_PORT else None),
        ("DATA", "--data", options.data if options.data != usual_data else None),
    ]
    if by_make:
        words = ["make", "demo-reset", *(f"{variable}={value}" for variable, _option, value in given if value)]
    else:
        pairs = [(option, value) for _variable, option, value in given if value]
        words = ["maillage", "demo", "--reset", *(word for pair in pairs for word in pair)]
    return shlex.join(words)


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
    bare = not Outline.objects.exists()
    if bare:
        print("Les territoires et leurs contours…")
        load_territories(outlines=True)
    gathering = Gathering.objects.filter(slug=DAY).first()
    if gathering is None:
        print("Le programme…")
        name = "journees-grand-est.toml"
        import_gatherings(
            (data / name).read_bytes(),
            filename=name,
            assumptions=(data / "assumptions-jr-2025.toml").read_bytes(),
            by=BY,
        )
        gathering = Gathering.objects.get(slug=DAY)
    if bare:  # once: whoever closes the atlas of the demonstration finds it closed
        open_atlas(space=gathering.space, public=True, by=BY)
    if not ContratDeVille.objects.filter(space=gathering.space, last_year=EARLIER_YEARS[1]).exists():
        print("Les contrats de ville 2015–2023…")
        import_earlier_contracts(space=gathering.space, by=BY)
    if not Registration.objects.filter(gathering=gathering).exists():
        print("Les 128 inscriptions (inventées)…")
        name = "inscriptions-jr-2025.csv"
        import_registrations(gathering=gathering, content=(data / name).read_bytes(), filename=name, by=BY)
    # Its day is past, yet its needs serve whoever plays it: they are erased a day after its last start.
    gathering.registrations.filter(WITH_NEEDS, source=Source.IMPORT).update(needs_at=timezone.now())
    if not Plan.objects.filter(gathering=gathering).exists():
        print("Qui va où…")
        publish_plan(plan=make_plan(gathering=gathering, by=BY), by=BY)
    if not Session.objects.filter(gathering=gathering, rehearsal=False).exists():
        print("Les séances de l’après-midi…")
        open_gathering(gathering=gathering, by=BY)
    for workshop in workshops_untold(gathering.space):  # the morning's four: what the programme says, and no more
        experience = tell_of_workshop(workshop=workshop, by=BY)
        publish_experience(experience=experience, number=1, by=BY)
    make_demonstration(space=gathering.space, by=BY, today=timezone.localdate())
    return gathering


def staff(email: str, name: str, role: SpaceRole, gathering: Gathering) -> User:
    user = User.objects.filter(email=email).first() or User.objects.create_user(email, name)
    give_right(user=user, space=gathering.space, role=role, by=BY)
    return user


def print_links(gathering: Gathering, base: str) -> None:
    organiser = staff(ORGANISER, "Organisation (démonstration)", SpaceRole.ORGANISER, gathering)
    desk = staff(DESK, "Accueil (démonstration)", SpaceRole.DESK, gathering)
    day_url = reverse("gatherings:detail", args=[gathering.pk])
    desk_url = reverse("registrations:desk", args=[gathering.pk])
    print()
    print(f"{gathering.title}, {date_words(gathering)} – démonstration (inscriptions inventées)")
    print()
    print(f"  Organisation   {make_sign_in_link(user=organiser, base_url=base, next_url=day_url)}")
    print(f"  Accueil        {make_sign_in_link(user=desk, base_url=base, next_url=desk_url)}")
    print(f"  Page publique  {base}{reverse('gatherings:public', args=[gathering.space.slug, gathering.slug])}")
    print(f"  Atlas          {base}{reverse('atlas:home', args=[gathering.space.slug])}")
    scanned = ""
    for session in open_sessions(gathering.pk):
        join = base + reverse("live:join", args=[session.join_code])
        print()
        print(typo(f"  {session}{f' – {session.workshop.room}' if session.workshop.room else ''}"))
        print(f"    Participer   {join}   code {spaced_code(session.join_code)}")
        print(f"    Animer       {base}{reverse('live:facilitate', args=[session.facilitator_code])}")
        print(f"    Projeter     {base}{reverse('live:project', args=[make_projection_token(session.pk)])}")
        if not scanned or session.workshop.method == "codev":
            scanned, title = join, str(session)
    if scanned:  # one is enough to hold a phone to; eight would hide the links
        print()
        print(typo(f"  {title}, à scanner :"))
        print(qr_terminal(scanned))
