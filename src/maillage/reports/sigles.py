"""The field's sigles, spelled out at the head of a document that uses them: whoever was not there may not know them."""

import re
from collections.abc import Iterator
from dataclasses import replace

from maillage.lib.typography import typo
from maillage.reports.blocks import (
    Block,
    Contents,
    Figure,
    Heading,
    Items,
    Note,
    Numbers,
    Paragraph,
    Quote,
    Table,
)

SIGLES = {
    "AOC": "approche orientée changement",
    "ANCT": "Agence nationale de la cohésion des territoires",
    "ARS": "agence régionale de santé",
    "CA": "communauté d’agglomération",
    "CC": "communauté de communes",
    "CAF": "caisse d’allocations familiales",
    "CCAS": "centre communal d’action sociale",
    "CU": "communauté urbaine",
    "CPO": "convention pluriannuelle d’objectifs",
    "CLSPD": "conseil local de sécurité et de prévention de la délinquance",
    "DDETS": "direction départementale de l’emploi, du travail et des solidarités",
    "DREETS": "direction régionale de l’économie, de l’emploi, du travail et des solidarités",
    "DSU": "développement social urbain",
    "EPCI": "établissement public de coopération intercommunale (communauté ou métropole)",
    "GUP": "gestion urbaine de proximité",
    "MJC": "maison des jeunes et de la culture",
    "NPNRU": "nouveau programme national de renouvellement urbain",
    "ORIV": "Observatoire régional de l’intégration et de la ville",
    "PRE": "programme de réussite éducative",
    "QIC": "quartier à impact collectif",
    "QPV": "quartier prioritaire de la politique de la ville",
    "SGARE": "secrétariat général pour les affaires régionales et européennes",
    "TFPB": "taxe foncière sur les propriétés bâties",
}
_WORD = re.compile(rf"\b({'|'.join(SIGLES)})\b")


def with_sigles(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Before the first heading, so before they are used; nothing when there is none. A sentence that people wrote is
    not changed: it is explained beside."""
    used = sorted({name for block in blocks for text in _texts(block) for name in _WORD.findall(text)})
    if not used:
        return blocks
    said = " ; ".join(f"{name}, {SIGLES[name]}" for name in used)
    first = next((place for place, block in enumerate(blocks) if isinstance(block, Heading | Contents)), len(blocks))
    told = Paragraph(typo(said + "."), lead=typo("Les sigles"), tone="soft")
    return (*blocks[:first], told, *blocks[first:])


def spelled_out(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """For a short document: where each is first met, in square brackets, as an editor does in words not their own."""
    known: set[str] = set()

    def spell(text: str) -> str:
        def first(found: re.Match[str]) -> str:
            name = found.group()
            if name in known:
                return name
            known.add(name)
            return f"{name} [{SIGLES[name]}]"

        return _WORD.sub(first, text)

    told: list[Block] = []
    for block in blocks:
        if isinstance(block, Heading):
            told.append(replace(block, text=spell(block.text)))
        elif isinstance(block, Paragraph):
            told.append(replace(block, lead=spell(block.lead), text=spell(block.text)))
        elif isinstance(block, Quote | Note):
            told.append(replace(block, text=spell(block.text)))
        elif isinstance(block, Items):
            told.append(replace(block, items=tuple(spell(item) for item in block.items)))
        elif isinstance(block, Table):
            told.append(replace(block, rows=tuple(tuple(spell(cell) for cell in row) for row in block.rows)))
        else:
            told.append(block)
    return tuple(told)


def _texts(block: Block) -> Iterator[str]:
    """Not the names of organisations: a sigle there is a name."""
    if isinstance(block, Heading):
        yield block.text
    elif isinstance(block, Paragraph):
        yield from (block.lead, block.text)
    elif isinstance(block, Quote | Note):
        yield block.text
    elif isinstance(block, Items):
        yield from block.items
    elif isinstance(block, Table):
        yield from (cell for row in block.rows for cell in row)
    elif isinstance(block, Figure):
        yield block.caption
        yield from (cell for row in block.table.rows for cell in row)
    elif isinstance(block, Numbers):
        yield from (words for _number, words in block.pairs)
