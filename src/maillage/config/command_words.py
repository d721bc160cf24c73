"""What each command of `maillage` does, in the words of its help."""

# The line of the list of commands, then what `maillage COMMANDE --help` says first.
COMMANDS = {
    "demo": (
        "la journée du 2 octobre 2025, prête à jouer",
        "Prépare la journée du 2 octobre 2025 (vrai programme, inscriptions inventées), donne les adresses, et sert "
        "jusqu’à Ctrl+C. Une seconde fois, les données sont gardées.",
    ),
    "serve": ("sert l’installation", "Met les tables à jour, puis sert l’installation jusqu’à Ctrl+C."),
    "import-gathering": (
        "importe un fichier de rencontres (TOML)",
        "Lit un fichier de rencontres et enregistre ce qu’il dit. Le même fichier importé deux fois ne change rien.",
    ),
    "import-registrations": (
        "importe un fichier d’inscriptions (CSV ou XLSX)",
        "Enregistre les inscriptions d’un fichier. Les lignes qui font douter sont listées, non devinées : elles se "
        "règlent dans le navigateur.",
    ),
    "import-contracts": (
        "importe un fichier de contrats de ville (CSV ou XLSX)",
        "Note dans un espace les contrats d’un fichier : un export de Maillage, ou la liste de l’ANCT pour 2015–2023. "
        "Chaque cellule qui ne va pas est dite avec sa ligne et sa colonne, et rien n’est alors importé.",
    ),
    "import-territories": (
        "importe des territoires officiels (GeoJSON, JSON, CSV, zip)",
        "Lit les fichiers officiels : QPV de l’ANCT, régions, départements, intercommunalités et communes de l’IGN ou "
        "de @etalab/decoupage-administratif, France services, cités éducatives. Tous à la fois, dans n’importe quel "
        "ordre. Au premier doute, rien n’est importé et chaque point est dit.",
    ),
    "import-opendata": (
        "reprend les listes publiées par une page « données » de Maillage",
        "Lit les fichiers CSV, JSON ou GeoJSON pris sur la page « données » d’un atlas : territoires et leurs sources, "
        "contrats de ville, rencontres, expériences. Tous à la fois, dans n’importe quel ordre ; tout est pris, "
        "ou rien.",
    ),
    "territories": (
        "dit ce qui est connu d’une région",
        "Compte les intercommunalités, les communes et les quartiers prioritaires connus d’une région.",
    ),
    "plan": (
        "répartit les inscrits dans les ateliers et les tables",
        "Répartit les inscrits dans les ateliers et les tables, et dit ce qui n’a pas pu être satisfait.",
    ),
    "rehearse": (
        "joue la journée avec des robots",
        "Des robots rejoignent chaque séance comme le feraient des téléphones, la jouent, et disent ce qu’ils ont vu. "
        "Sans adresse de serveur, tout se passe sur une copie des données.",
    ),
    "report": (
        "écrit le compte rendu d’une rencontre",
        "Écrit le compte rendu d’une rencontre : PDF accessible, DOCX, ODT ou HTML, selon le nom du fichier. Aussi sa "
        "synthèse, son affiche, ses diapositives (PDF). Ces documents comptent les participants et n’en nomment aucun.",
    ),
    "change-report": (
        "écrit le récit d’un noyau sur une période",
        "Écrit ce qu’un noyau a vu changer : sa vision, ses observations, ce qui n’était pas attendu, ce qui a été "
        "décidé. En PDF accessible, DOCX, ODT ou HTML. Avec --public, sans aucun nom.",
    ),
    "carry": (
        "emporte une rencontre sur le serveur d’une salle, et la rapporte",
        "« carry out RENCONTRE -o FICHIER » écrit la rencontre dans un fichier chiffré : ses séances se jouent alors "
        "sur le serveur qui l’importe, et lui seul. « carry in FICHIER » l’importe, à l’aller comme au retour. "
        "« carry back RENCONTRE » la reprend ici quand l’autre serveur est perdu. « carry status » dit où est chacune.",
    ),
    "archive": (
        "archive une rencontre, sans aucun nom ; ou tout un espace, chiffré",
        "« archive RENCONTRE -o FICHIER.zip » écrit ce qui reste d’une rencontre : programme, à retenir, nombres, "
        "territoires, sous Licence Ouverte 2.0 et sans donnée personnelle. « archive --complete ESPACE -o FICHIER » "
        "écrit tout un espace, noms compris, dans un fichier chiffré : c’est sa sauvegarde.",
    ),
    "archive-import": (
        "reprend une archive",
        "« archive-import FICHIER.zip --space ESPACE » reprend l’archive d’une rencontre. « archive-import FICHIER "
        "--complete » remet tout un espace dans une installation vide ; ce dont le temps est passé depuis s’efface "
        "aussitôt. Tout est repris, ou rien.",
    ),
    "backup": (
        "sauvegarde toute l’installation dans un fichier chiffré",
        "Écrit tous les espaces, noms compris, dans un fichier chiffré, pendant que le serveur sert. Sans phrase de "
        "passe donnée, en fait une et la dit une seule fois. Se vérifie par « maillage verify », se remet par "
        "« maillage restore ».",
    ),
    "restore": (
        "remet une sauvegarde dans une installation vide",
        "Remet tout ce que contient un fichier de « maillage backup » dans une installation vide, SQLite ou "
        "PostgreSQL. Ce dont le temps est passé depuis s’efface aussitôt. Tout est repris, ou rien.",
    ),
    "verify": (
        "vérifie une sauvegarde, ou ce que cette installation contient",
        "« verify FICHIER » relit une sauvegarde jusqu’au bout, sans rien changer. « verify » seul vérifie les données "
        "d’ici : les liens entre les lignes, les gestes de chaque séance, les clés.",
    ),
    "upgrade": (
        "met les tables à jour après une nouvelle version ; l’essaie d’abord ; en revient",
        "Met les tables à la version de Maillage qui est installée : une copie d’abord, puis tout d’un seul coup, ou "
        "rien. « --dry-run » le joue sur une copie et dit ce qui changera, combien de temps, quelle place. « --back » "
        "remet les tables d’avant la dernière mise à jour. « maillage serve » fait la même mise à jour en démarrant.",
    ),
    "rights": (
        "dit qui ouvre quelle page (docs/rights.md)",
        "Écrit le tableau de toutes les adresses, avec ce que chacune demande. Il est lu dans le code.",
    ),
    "retention": (
        "dit ce qui sera effacé, et quand",
        "Liste ce qui sera effacé, espace par espace, avec sa date. Rien ne s’efface sans --apply ; le serveur, lui, "
        "efface chaque heure ce qui est dû.",
    ),
    "method": (
        "liste les méthodes livrées, ou vérifie un fichier de méthode",
        "« method list » dit les méthodes livrées avec Maillage. « method check FICHIER » lit un fichier de méthode et "
        "dit chaque point à corriger, avec sa ligne et sa clé.",
    ),
    "doctor": (
        "vérifie que cette installation est saine",
        "Vérifie que cette installation est saine ; ce qui ne va pas est dit avec la façon d’en sortir.",
    ),
    "sign-in-link": (
        "donne un lien de connexion à une personne de l’équipe",
        "Écrit un lien qui connecte une personne de l’équipe, sans mot de passe. Il n’est que pour elle.",
    ),
    "synthetic-country": (
        "invente un pays entier, pour mesurer",
        "Remplit une base vide d’un pays qui n’existe pas, aussi grand que le vrai : 1 600 quartiers prioritaires, "
        "1 250 intercommunalités, 35 000 communes, 20 000 structures, 5 000 rencontres, 10 000 expériences. "
        "Une base qui contient déjà quelque chose est refusée.",
    ),
    "bench": (
        "mesure, à côté d’une référence",
        "Mesure ce que coûtent les pages, les gestes et les documents, à côté d’une référence. Demande Linux.",
    ),
}
