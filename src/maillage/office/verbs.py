"""The log's verbs in plain words, and the kinds a reader sorts them by.

Older lines hold their words themselves (« a noté une action »): they are shown as they are. `tests/office/test_log.py`
reads the code, and fails when a verb has no words here.
"""

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from maillage.lib.languages import said as say


class LogKind(TextChoices):
    ACCESS = "acces", gettext_lazy("entrées et rôles")
    DATA = "donnees", gettext_lazy("imports, exports, effacements")
    DAY = "rencontres", gettext_lazy("rencontres, inscriptions, places")
    ROOM = "salles", gettext_lazy("séances et méthodes")
    KEPT = "memoire", gettext_lazy("à retenir, actions, expériences")
    ASKED = "questionnaires", gettext_lazy("questionnaires")
    PLACES = "contrats", gettext_lazy("contrats, structures, atlas")
    CHANGE = "noyaux", gettext_lazy("noyaux")


WORDS: dict[str, tuple[LogKind, str | Promise]] = {
    # who comes in, who may
    "sign-in": (LogKind.ACCESS, gettext_lazy("est entré·e")),
    "end-sessions": (LogKind.ACCESS, gettext_lazy("s’est déconnecté·e partout")),
    "change-address": (LogKind.ACCESS, gettext_lazy("a changé son adresse")),
    "set-second-factor": (LogKind.ACCESS, gettext_lazy("demande un code en plus à l’entrée")),
    "remove-second-factor": (LogKind.ACCESS, gettext_lazy("ne demande plus de code en plus à l’entrée")),
    "renew-recovery-codes": (LogKind.ACCESS, gettext_lazy("a refait ses codes de secours")),
    "use-recovery-code": (LogKind.ACCESS, gettext_lazy("est entré·e par un code de secours")),
    "link-identity": (LogKind.ACCESS, gettext_lazy("a lié son compte au fournisseur d’identité")),
    "unlink-identity": (LogKind.ACCESS, gettext_lazy("a défait la liaison de son compte")),
    "make-space": (LogKind.ACCESS, gettext_lazy("a ouvert l’espace")),
    "give-right": (LogKind.ACCESS, gettext_lazy("a donné un rôle")),
    "withdraw-right": (LogKind.ACCESS, gettext_lazy("a retiré un rôle")),
    "invite": (LogKind.ACCESS, gettext_lazy("a invité")),
    "withdraw-invitation": (LogKind.ACCESS, gettext_lazy("a retiré une invitation")),
    # what comes in, goes out, goes away
    "export": (LogKind.DATA, gettext_lazy("a emporté un fichier")),
    "import": (LogKind.DATA, gettext_lazy("a importé")),
    "undo-import": (LogKind.DATA, gettext_lazy("a annulé un import")),
    "import-gatherings": (LogKind.DATA, gettext_lazy("a importé des rencontres")),
    "import-contracts": (LogKind.DATA, gettext_lazy("a importé des contrats")),
    "import-organisations": (LogKind.DATA, gettext_lazy("a importé des structures")),
    "import-plan": (LogKind.DATA, gettext_lazy("a importé une répartition")),
    "import-archive": (LogKind.DATA, gettext_lazy("a importé une archive")),
    "complete-archive": (LogKind.DATA, gettext_lazy("a fait une archive complète")),
    "restore-complete": (LogKind.DATA, gettext_lazy("a remis une archive complète")),
    "erase-needs": (LogKind.DATA, gettext_lazy("a effacé les besoins")),
    "erase-names": (LogKind.DATA, gettext_lazy("a effacé les noms")),
    "erase-texts": (LogKind.DATA, gettext_lazy("a effacé des textes")),
    "erase-person": (LogKind.DATA, gettext_lazy("a effacé une personne, à sa demande")),
    "change-names-rule": (LogKind.DATA, gettext_lazy("a changé la règle des noms, en mois")),
    # gatherings
    "make-gathering": (LogKind.DAY, gettext_lazy("a préparé une rencontre")),
    "copy-gathering": (LogKind.DAY, gettext_lazy("a copié une rencontre")),
    "change-gathering": (LogKind.DAY, gettext_lazy("a changé une rencontre")),
    "remove-gathering": (LogKind.DAY, gettext_lazy("a retiré une rencontre")),
    "add-room": (LogKind.DAY, gettext_lazy("a ajouté une salle")),
    "add-slot": (LogKind.DAY, gettext_lazy("a ajouté un créneau")),
    "add-workshop": (LogKind.DAY, gettext_lazy("a ajouté un atelier")),
    "carry-out": (LogKind.DAY, gettext_lazy("a emporté une rencontre")),
    "carry-in": (LogKind.DAY, gettext_lazy("a reçu une rencontre")),
    "carry-back": (LogKind.DAY, gettext_lazy("a rapporté une rencontre")),
    "carry-home": (LogKind.DAY, gettext_lazy("a repris une rencontre")),
    # registrations
    "open-registrations": (LogKind.DAY, gettext_lazy("a ouvert les inscriptions")),
    "close-registrations": (LogKind.DAY, gettext_lazy("a fermé les inscriptions")),
    "change-registration-form": (LogKind.DAY, gettext_lazy("a changé le formulaire d’inscription")),
    "sign-up": (LogKind.DAY, gettext_lazy("s’est inscrit·e")),
    "change-answers": (LogKind.DAY, gettext_lazy("a changé ses réponses")),
    "register": (LogKind.DAY, gettext_lazy("a inscrit une personne")),
    "walk-in": (LogKind.DAY, gettext_lazy("a accueilli une personne sur place")),
    "edit-registration": (LogKind.DAY, gettext_lazy("a changé une inscription")),
    "cancel-registration": (LogKind.DAY, gettext_lazy("a annulé une inscription")),
    "restore-registration": (LogKind.DAY, gettext_lazy("a repris une inscription")),
    "renew-link": (LogKind.DAY, gettext_lazy("a changé un lien personnel")),
    "wishes": (LogKind.DAY, gettext_lazy("a noté des vœux")),
    "promote": (LogKind.DAY, gettext_lazy("a donné une place à qui attendait")),
    "move-in-waiting-list": (LogKind.DAY, gettext_lazy("a changé l’ordre de la liste d’attente")),
    "agree-to-listing": (LogKind.DAY, gettext_lazy("a accepté d’être dans l’annuaire")),
    "change-listing": (LogKind.DAY, gettext_lazy("a changé sa fiche d’annuaire")),
    "withdraw-listing": (LogKind.DAY, gettext_lazy("s’est retiré·e de l’annuaire")),
    "remove-listing": (LogKind.DAY, gettext_lazy("a retiré une personne de l’annuaire")),
    "set-certificates": (LogKind.DAY, gettext_lazy("a réglé les attestations")),
    "send-certificates": (LogKind.DAY, gettext_lazy("a envoyé les attestations")),
    # who sits where
    "make-plan": (LogKind.DAY, gettext_lazy("a fait une répartition")),
    "rebalance-plan": (LogKind.DAY, gettext_lazy("a rééquilibré la répartition")),
    "publish-plan": (LogKind.DAY, gettext_lazy("a publié la répartition")),
    "unpublish-plan": (LogKind.DAY, gettext_lazy("a cessé de publier la répartition")),
    "take-up-plan": (LogKind.DAY, gettext_lazy("a repris une répartition plus ancienne")),
    "drop-draft": (LogKind.DAY, gettext_lazy("a laissé une répartition")),
    "move-person": (LogKind.DAY, gettext_lazy("a déplacé une personne")),
    "undo-move": (LogKind.DAY, gettext_lazy("a annulé un déplacement")),
    "lock": (LogKind.DAY, gettext_lazy("a fixé une place")),
    "unlock": (LogKind.DAY, gettext_lazy("a libéré une place fixée")),
    "lock-group": (LogKind.DAY, gettext_lazy("a fixé un groupe")),
    "unlock-group": (LogKind.DAY, gettext_lazy("a libéré un groupe fixé")),
    "seat-arrival": (LogKind.DAY, gettext_lazy("a placé une personne arrivée")),
    "add-pair": (LogKind.DAY, gettext_lazy("a noté deux personnes ensemble ou à part")),
    "remove-pair": (LogKind.DAY, gettext_lazy("a retiré deux personnes ensemble ou à part")),
    "ask-workshop": (LogKind.DAY, gettext_lazy("a demandé un autre atelier")),
    "workshop-promotion": (LogKind.DAY, gettext_lazy("a donné une place dans un atelier")),
    # rooms
    "reopen-session": (LogKind.ROOM, gettext_lazy("a rouvert une séance")),
    "shift-clocks": (LogKind.ROOM, gettext_lazy("a décalé toutes les horloges")),
    "save-method": (LogKind.ROOM, gettext_lazy("a enregistré une méthode")),
    "duplicate-method": (LogKind.ROOM, gettext_lazy("a copié une méthode")),
    # questionnaires; the questions of a registration have the same verbs
    "make-questionnaire": (LogKind.ASKED, gettext_lazy("a préparé un questionnaire")),
    "copy-questionnaire": (LogKind.ASKED, gettext_lazy("a copié un questionnaire")),
    "set-questionnaire": (LogKind.ASKED, gettext_lazy("a réglé un questionnaire")),
    "remove-questionnaire": (LogKind.ASKED, gettext_lazy("a retiré un questionnaire")),
    "add-question": (LogKind.ASKED, gettext_lazy("a ajouté une question")),
    "change-question": (LogKind.ASKED, gettext_lazy("a changé une question")),
    "move-question": (LogKind.ASKED, gettext_lazy("a déplacé une question")),
    "remove-question": (LogKind.ASKED, gettext_lazy("a retiré une question")),
    "erase-question": (LogKind.ASKED, gettext_lazy("a effacé une question et ses réponses")),
    "bring-back-question": (LogKind.ASKED, gettext_lazy("a remis une question")),
    "send-letters": (LogKind.ASKED, gettext_lazy("a envoyé un questionnaire")),
    "send-reminders": (LogKind.ASKED, gettext_lazy("a rappelé un questionnaire")),
    "remove-sheet": (LogKind.ASKED, gettext_lazy("a retiré une réponse sur papier")),
    "hide-text": (LogKind.ASKED, gettext_lazy("a caché un texte")),
    "show-text": (LogKind.ASKED, gettext_lazy("a montré de nouveau un texte")),
    # contracts, organisations, the atlas
    "make-contract": (LogKind.PLACES, gettext_lazy("a ajouté un contrat")),
    "change-contract": (LogKind.PLACES, gettext_lazy("a changé un contrat")),
    "restore-contract": (LogKind.PLACES, gettext_lazy("a repris une version d’un contrat")),
    "put-back-contract": (LogKind.PLACES, gettext_lazy("a remis un contrat retiré")),
    "remove-contract": (LogKind.PLACES, gettext_lazy("a retiré un contrat")),
    "import-contract": (LogKind.PLACES, gettext_lazy("a importé un contrat")),
    "record-signature": (LogKind.PLACES, gettext_lazy("a noté une signature")),
    "make-organisation": (LogKind.PLACES, gettext_lazy("a ajouté une structure")),
    "change-organisation": (LogKind.PLACES, gettext_lazy("a changé une structure")),
    "list-organisation": (LogKind.PLACES, gettext_lazy("a montré une structure au public")),
    "unlist-organisation": (LogKind.PLACES, gettext_lazy("ne montre plus une structure au public")),
    "merge-organisations": (LogKind.PLACES, gettext_lazy("a réuni deux structures")),
    "undo-merge": (LogKind.PLACES, gettext_lazy("a séparé deux structures réunies")),
    "tell-organisations-apart": (LogKind.PLACES, gettext_lazy("a dit que deux structures sont différentes")),
    "propose-double-again": (LogKind.PLACES, gettext_lazy("a remis deux structures parmi les doublons")),
    "add-tie": (LogKind.PLACES, gettext_lazy("a noté un lien entre structures")),
    "remove-tie": (LogKind.PLACES, gettext_lazy("a retiré un lien entre structures")),
    "open-atlas": (LogKind.PLACES, gettext_lazy("a ouvert l’atlas à tous")),
    "close-atlas": (LogKind.PLACES, gettext_lazy("a fermé l’atlas au public")),
}

# lines that hold their words: whichever of these is in them says their kind
TOLD = (
    ("effacé une séance", LogKind.DATA),
    ("effacé un nom", LogKind.DATA),
    ("séance", LogKind.ROOM),
    ("répétition", LogKind.ROOM),
    ("documents", LogKind.PLACES),
    ("reten", LogKind.KEPT),
    ("tranchée", LogKind.KEPT),
    ("phrase", LogKind.KEPT),
    ("action", LogKind.KEPT),
    ("expérience", LogKind.KEPT),
    ("de côté", LogKind.KEPT),
)


# These nouns keep the words themselves.
WRITTEN = (
    gettext_noop("a ouvert une séance"),
    gettext_noop("a changé un lien d’animation"),
    gettext_noop("a ouvert une séance de répétition"),
    gettext_noop("a clos une séance"),
    gettext_noop("a effacé une séance"),
    gettext_noop("a effacé la répétition"),
    gettext_noop("a ajouté un « à retenir »"),
    gettext_noop("a modifié un « à retenir »"),
    gettext_noop("a retiré un « à retenir »"),
    gettext_noop("a repris un « à retenir »"),
    gettext_noop("a repris une version d’un « à retenir »"),
    gettext_noop("a annulé son geste sur un « à retenir »"),
    gettext_noop("a changé l’ordre de ce qui est à retenir"),
    gettext_noop("a publié ce qui est à retenir"),
    gettext_noop("a cessé de publier ce qui est à retenir"),
    gettext_noop("a envoyé ce qui a été retenu"),
    gettext_noop("a marqué une phrase « non tranchée »"),
    gettext_noop("a repris une phrase « non tranchée »"),
    gettext_noop("a laissé de côté ce qu’un atelier donnait"),
    gettext_noop("a séparé des phrases semblables"),
    gettext_noop("a repris ce qui était laissé de côté"),
    gettext_noop("a noté une action"),
    gettext_noop("a changé une action"),
    gettext_noop("a accepté une action"),
    gettext_noop("a retiré une action"),
    gettext_noop("a repris une action"),
    gettext_noop("a repris une version d’une action"),
    gettext_noop("a changé qui porte une action"),
    gettext_noop("a dit à qui écrire pour une action"),
    gettext_noop("a effacé l’adresse de qui porte une action"),
    gettext_noop("a proposé une expérience"),
    gettext_noop("a modifié une expérience"),
    gettext_noop("a publié une expérience"),
    gettext_noop("a retiré une expérience"),
    gettext_noop("a repris une expérience retirée"),
    gettext_noop("a effacé une expérience"),
    gettext_noop("a ouvert l’appel à expériences"),
    gettext_noop("a fermé l’appel à expériences"),
    gettext_noop("a changé le style des documents"),
    gettext_noop("a retiré le logo des documents"),
)
REHEARSED = " (répétition)"  # behind those of a rehearsal


def words_of(verb: str) -> str:
    known = WORDS.get(verb)
    if known is not None:
        return str(known[1])
    if " " not in verb:
        return _("a fait autre chose (%s)") % verb
    if verb.endswith(REHEARSED):
        return _("{verb} (répétition)").format(verb=say(verb.removesuffix(REHEARSED)))
    return say(verb)


def kind_of(verb: str) -> LogKind:
    known = WORDS.get(verb)
    if known is not None:
        return known[0]
    return next((kind for mark, kind in TOLD if mark in verb), LogKind.CHANGE)
