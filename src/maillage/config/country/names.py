"""Names that sound right and are of nobody."""

import random


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_BEGINNINGS = _words(
    "Aubre Avre Bell Bourd Brian Chant Char Clair Combe Cour Dam Dour Esp Fer Fleur Fon Gar Grand Haut Hêtr Jou Lau "
    "Lign Long Mar Mont Mous Nan Noir Orb Pier Plan Pom Quin Rav Roch Sal Sau Ser Tail Tour Val Vern Vieux Vill"
)
_ENDINGS = _words(
    "ac ange argues as ault ay ecourt elle emont erie ers euil eville ey iers igny in ival oire on onne ouze y"
)
_BEFORE = ("", "", "", "", "", "Saint-", "Sainte-", "La ", "Le ", "Les ", "Vieux-", "Mont-")
_AFTER = ("", "", "", "", "", "-sur-Orbe", "-les-Bois", "-le-Grand", "-en-Plaine", "-la-Forêt")
_QUARTERS = ("Cité", "Grand Ensemble", "Les Hauts de", "Le Plateau de", "Bellevue", "Les Tilleuls", "Le Vallon de")
FIRST = _words(
    "Aïcha Ali Amel Anaïs Bruno Chloé David Élise Fatou Gaël Hélène Ilyès Jeanne Karim Léa Malik Nina Omar Paul Rose"
)
LAST = _words(
    "Adam Berger Colin Diallo Etienne Faure Garcia Haddad Imbert Jacob Klein Lopez Muller Nguyen Olivier Petit"
)
THEMES = (
    "Accès aux droits",
    "Aller vers",
    "Cadre de vie",
    "Cantine solidaire",
    "Culture partagée",
    "Éducation",
    "Emploi des femmes",
    "Insertion des jeunes",
    "Isolement des aînés",
    "Jardins partagés",
    "Lutte contre les discriminations",
    "Mobilité",
    "Parentalité",
    "Pouvoir d’agir",
    "Réemploi",
    "Rénovation urbaine",
    "Santé mentale",
    "Sport pour tous",
    "Transition écologique",
    "Usages du numérique",
)
WORDS = _words(
    "les habitants du quartier ont demandé un lieu ouvert le soir et le centre social a prêté ses salles avec une "
    "équipe de bénévoles la mairie le bailleur et l’association ont tenu réunion chaque mois pour décider ensemble "
    "des travaux des familles isolées sont venues des jeunes ont monté un atelier vélo la caisse d’allocations a "
    "financé une part et le délégué du préfet a suivi le projet sans rien imposer ce qui a changé la confiance "
    "entre voisins et services"
)


def commune(chance: random.Random) -> str:
    return chance.choice(_BEFORE) + chance.choice(_BEGINNINGS) + chance.choice(_ENDINGS) + chance.choice(_AFTER)


def quarter(chance: random.Random, town: str) -> str:
    kind = chance.choice(_QUARTERS)
    return (
        f"{kind} {chance.choice(_BEGINNINGS)}{chance.choice(_ENDINGS)}" if kind.endswith("de") else f"{kind} – {town}"
    )


def told(chance: random.Random, words: int) -> str:
    start = chance.randrange(len(WORDS))
    said = " ".join(WORDS[(start + n * chance.choice((1, 1, 1, 7))) % len(WORDS)] for n in range(words))
    return f"{said[0].upper()}{said[1:]}."
