"""Help to write a marker, by rules one can say: is it something one could see, and who does it? Never a score. Pure."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from maillage.lib.matching import fold

UNSEEABLE = {  # words of a state of mind or of a plan, not of something one sees happen
    "mieux": "mieux", "davantage": "davantage", "plus de": "plus de", "conscience": "conscience",
    "sensibilise": "sensibilisé", "mobilise": "mobilisé", "renforcer": "renforcer", "favoriser": "favoriser",
    "ameliorer": "améliorer", "developper": "développer", "promouvoir": "promouvoir", "comprendre": "comprendre",
    "dynamique": "dynamique", "synergie": "synergie", "volonte": "volonté", "esprit": "esprit",
}  # fmt: skip
LONGEST = 25  # words one reads at a glance


def hints(text: str, *, actor: str = "", others: Iterable[str] = ()) -> list[str]:
    """Sentences, one a rule that may help; none when there is nothing to say."""
    found = []
    folded = f" {fold(text)} "
    vague = [shown for word, shown in UNSEEABLE.items() if f" {word}" in folded]
    if vague:
        sentence = _("« %s » : comment le verrait-on ? Dites ce que quelqu’un ferait, que l’on pourrait filmer.")
        found.append(sentence % vague[0])
    if actor and fold(actor).split()[-1:] and not any(word in folded for word in fold(actor).split() if len(word) > 3):
        found.append(_("Qui le fait ? Commencez par l’acteur : « %s fait… ».") % actor)
    if len(text.split()) > LONGEST:
        found.append(_("C’est long : un repère tient en une phrase. Peut-être y en a-t-il deux ?"))
    if " et " in folded and len(text.split()) > 12:
        found.append(_("Il y a peut-être deux choses (« et ») : on ne saurait que noter si une seule arrive."))
    if any(char.isdigit() for char in text) and "%" in text:
        found.append(_("Un pourcentage se compte, il ne se voit pas : dites plutôt ce que font les gens."))
    return found
