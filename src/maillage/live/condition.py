"""How the live part goes, in words: how long an action takes to reach the screens, here and in the other processes."""

import socket
from dataclasses import dataclass

from django.utils.translation import gettext as _

from maillage.lib.typography import count
from maillage.live import bus
from maillage.live.runtime import live

SLOW, VERY_SLOW = 0.8, 2.5  # seconds an action takes to the screens: one waits, then one taps again
FELT = 0.095  # seconds: below, nobody does
LONG_QUEUE = 500  # moves; half a second of work


@dataclass(frozen=True, slots=True)
class Process:
    """One that serves, as the page shows it."""

    name: str
    screens: int
    queue: int
    lag: float | None  # seconds from a move to the last screen; None when nothing moved for a minute
    bus: float | None  # seconds the bus takes; None without one

    @property
    def lag_words(self) -> str:
        return seconds_words(self.lag) if self.lag is not None else _("rien n’a bougé")

    @property
    def bus_words(self) -> str:
        return seconds_words(self.bus) if self.bus is not None else "–"


@dataclass(frozen=True, slots=True)
class Condition:
    level: str  # "well", "slow", "bad"
    sentence: str
    processes: tuple[Process, ...]

    @property
    def screens(self) -> str:
        screens = sum(one.screens for one in self.processes)
        return count(screens, _("écran en ligne"), _("écrans en ligne"), zero=_("aucun écran en ligne"))


def condition() -> Condition:
    here = live()
    own = here.figures()
    rows = [(here.peers.place, "", own), *((peer.place, peer.machine, peer.figures) for peer in here.peers.known())]
    processes, machine_here = [], socket.gethostname()
    for order, (place, machine, figures) in enumerate(rows, start=1):
        name = _("processus {place}").format(place=place or order)
        processes.append(
            Process(
                name=f"{name} ({machine})" if machine and machine != machine_here else name,
                screens=int(figures.get("screens", 0)),
                queue=int(figures.get("queue", 0)),
                lag=figures.get("lag"),
                bus=figures.get("bus"),
            )
        )
    processes.sort(key=lambda one: one.name)
    deaf = bus.exists() and here.committer.alive and not here.ear.listening
    return Condition(*words(processes, deaf=deaf), tuple(processes))


def words(processes: list[Process], *, deaf: bool) -> tuple[str, str]:
    """The level and the sentence, of the slowest process."""
    lags = [one.lag for one in processes if one.lag is not None]
    queue = max((one.queue for one in processes), default=0)
    if deaf:
        return "bad", _(
            "Les processus du serveur ne s’entendent plus : d’un téléphone à l’autre, une action peut mettre une "
            "seconde de plus. Rien n’est perdu."
        )
    if not lags:
        if queue >= LONG_QUEUE:
            return "bad", _("Des actions attendent d’être enregistrées. Rien n’est perdu : les téléphones les gardent.")
        return "well", _("Tout est prêt. Rien n’a bougé depuis une minute.")
    lag = max(lags) + (max((one.bus for one in processes if one.bus is not None), default=0) if processes[1:] else 0)
    about = _("{time} environ").format(time=seconds_words(lag)) if lag >= FELT else seconds_words(lag)
    if lag >= VERY_SLOW or queue >= LONG_QUEUE:
        return "bad", _(
            "Le serveur est très chargé : une action arrive sur les écrans en {about}. Rien n’est perdu : ce qui est "
            "envoyé s’enregistre, les écrans suivent."
        ).format(about=about)
    if lag >= SLOW:
        return "slow", _("Le serveur est chargé : une action arrive sur les écrans en {about}.").format(about=about)
    return "well", _("Tout va bien : une action arrive sur les écrans en {about}.").format(about=about)


def seconds_words(seconds: float) -> str:
    """« 0,1 s », « 4 s »: no finer than anybody feels."""
    if seconds < FELT:
        return _("moins de 0,1 s")
    return f"{seconds:.1f}".replace(".", ",") + "\u00a0s" if seconds < 2.95 else f"{seconds:.0f}\u00a0s"
