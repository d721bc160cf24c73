"""`maillage serve --room`: a laptop and a Wi-Fi box, no internet. What is printed, then a look at the address."""

import argparse
import threading
from pathlib import Path

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from maillage.config.certificate import Certificate, make_certificate
from maillage.config.installation import wifi_file
from maillage.config.server import check_port, serve
from maillage.lib.lan import lan_addresses
from maillage.lib.qr import qr_terminal
from maillage.lib.typography import typo
from maillage.lib.wifi import Wifi, check_wifi, read_wifi, save_wifi
from maillage.live.faults import report
from maillage.people.models import User
from maillage.people.services import make_sign_in_link

EVERYWHERE = "0.0.0.0"  # noqa: S104 - the room's network is who it is for; which names it answers to: lib/lan.py
LOOK_EVERY = 5.0  # seconds between two looks at the addresses: somebody stands before the screen
MOST_LINKS = 6  # of people of the team; more would hide the address


class CannotServe(Exception):
    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)


def serve_room(options: argparse.Namespace, host: str) -> int:
    refusal = check_port(host, options.port)
    if refusal:
        raise CannotServe(refusal)
    if options.wifi_name is not None:
        save_wifi(wifi_file(), check_wifi(options.wifi_name.strip(), options.wifi_password or ""))
    elif options.wifi_password is not None:
        check_wifi("", options.wifi_password)
    addresses = lan_addresses(fresh=True)
    certificate = None
    if options.tls:
        certificate = make_certificate(Path(settings.DATA_DIR) / "tls", addresses, now=timezone.now())
    print_summary(addresses, options.port, certificate)
    stopped = threading.Event()
    watcher = threading.Thread(target=_watch, args=[options.port, addresses, certificate, stopped], daemon=True)
    watcher.start()
    try:
        files = (str(certificate.certificate), str(certificate.key)) if certificate else None
        return serve(host=host, port=options.port, certificate=files)
    finally:
        stopped.set()


def url_of(address: str, port: int, *, tls: bool) -> str:
    usual = port == (443 if tls else 80)
    return f"{'https' if tls else 'http'}://{address}" + ("" if usual else f":{port}")


def print_summary(addresses: list[str], port: int, certificate: Certificate | None) -> None:
    tls = certificate is not None
    print("Serveur de salle")
    print()
    if addresses:
        print(f"  Adresse        {url_of(addresses[0], port, tls=tls)}")
        for other in addresses[1:]:
            print(f"  ou             {url_of(other, port, tls=tls)}")
    else:
        print(
            typo(
                "  Adresse        aucune : cet ordinateur n’est sur aucun réseau. Reliez-le à la box, elle s’affichera."
            )
        )
    print(f"  À afficher     {url_of('localhost', port, tls=tls)}{reverse('room-server')}")
    print(f"  Wi-Fi          {_wifi_words(read_wifi(wifi_file()))}")
    _print_team(addresses, port, tls)
    if certificate is not None:
        print(
            typo("  Certificat     fait ici : chaque téléphone avertit, une fois, avant de l’accepter. Son empreinte :")
        )
        print(f"                 {certificate.fingerprint}")
    if addresses:
        print()
        print(qr_terminal(url_of(addresses[0], port, tls=tls)))
    print("Ctrl+C arrête le serveur.", flush=True)


def _wifi_words(wifi: Wifi) -> str:
    if not wifi.name:
        return typo("pas dit : --wifi-name et --wifi-password, ou sur la page à afficher")
    return f"{wifi.name}, {'mot de passe ' + wifi.password if wifi.password else 'sans mot de passe'}"


def _print_team(addresses: list[str], port: int, tls: bool) -> None:
    """The way in without mail: one link a person, for twelve hours and one use."""
    base = url_of(addresses[0] if addresses else "localhost", port, tls=tls)
    team = list(
        User.objects.filter(is_active=True, rights__isnull=False).distinct().order_by("email")[: MOST_LINKS + 1]
    )
    for user in team[:MOST_LINKS]:
        print(f"  Équipe         {user.email}  {make_sign_in_link(user=user, base_url=base)}")
    if len(team) > MOST_LINKS:
        print(typo(f"                 et d’autres : maillage sign-in-link ADRESSE --url {base}"))
    if not team:
        print(f"  Équipe         personne encore : maillage sign-in-link ADRESSE --organise ESPACE --url {base}")


def _watch(port: int, addresses: list[str], certificate: Certificate | None, stopped: threading.Event) -> None:
    """The Wi-Fi came back with another address: it is said, here and on the page; the server answers it already."""
    while not stopped.wait(LOOK_EVERY):
        try:
            now = lan_addresses(fresh=True)
            if now == addresses:
                continue
            addresses = now
            say_address(now, port, certificate)
        except Exception as error:  # an edge: whoever stands before the screen keeps a server, even without this line
            report("the addresses of this machine could not be looked at", error)


def say_address(addresses: list[str], port: int, certificate: Certificate | None) -> None:
    print()
    if not addresses:
        print(typo("Le réseau est perdu : les téléphones gardent ce qu’on écrit. L’adresse reviendra ici."), flush=True)
        return
    url = url_of(addresses[0], port, tls=certificate is not None)
    print(typo("L’adresse est maintenant") + f" {url}")
    if certificate is not None:
        print(typo("Relancez avec --tls pour un certificat qui porte cette adresse."))
    print(qr_terminal(url), flush=True)
