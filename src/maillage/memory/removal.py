"""What goes with a gathering that is deleted."""

from django.utils.translation import ngettext

from maillage.gatherings.models import Gathering


def losses(gathering: Gathering) -> list[str]:
    takeaways, sheets = gathering.takeaways.count(), gathering.sheets.count()
    said = []
    if takeaways:
        said.append(ngettext("{n} phrase à retenir", "{n} phrases à retenir", takeaways).format(n=takeaways))
    if sheets:
        sentence = ngettext("{n} fiche gardée par son porteur", "{n} fiches gardées par leurs porteurs", sheets)
        said.append(sentence.format(n=sheets))
    return said
