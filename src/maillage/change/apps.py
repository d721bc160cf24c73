from django.apps import AppConfig


class ChangeConfig(AppConfig):
    name = "maillage.change"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from maillage.change import retention  # models are loaded only now
        from maillage.change.held import forget_person
        from maillage.change.processings import PROCESSINGS
        from maillage.office import processing
        from maillage.office.retention import Rule, clears, register
        from maillage.registrations.signals import person_erased

        register(
            Rule(
                "noyaux",
                _("Noms de qui a quitté un noyau"),
                term=retention.term,
                stays=_("Ce que ces personnes ont noté, sous « un membre du noyau »."),
                due=retention.due_names,
                erase=retention.forget_departed,
            )
        )
        clears("noyaux", "change_member")
        clears("names", "change_member")
        register(
            Rule(
                "noyaux-photos",
                _("Photos retirées d’une observation d’un noyau"),
                term=retention.photos_term,
                stays=_("L’observation, avec ses mots."),
                due=retention.due_photos,
                erase=retention.erase_photos,
            )
        )
        clears("noyaux-photos", "change_photo")
        for each in PROCESSINGS:
            processing.register(each)
        person_erased.connect(forget_person, dispatch_uid="maillage.change")
