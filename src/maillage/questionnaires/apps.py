from django.apps import AppConfig


class QuestionnairesConfig(AppConfig):
    name = "maillage.questionnaires"

    def ready(self) -> None:
        from maillage.gatherings.glance import Phase, register  # models are loaded only now
        from maillage.gatherings.removal import register_loss, removing
        from maillage.gatherings.signals import copied
        from maillage.office import processing
        from maillage.office import retention as keeping
        from maillage.questionnaires import glimpse, removal, retention
        from maillage.questionnaires.held import held
        from maillage.questionnaires.models import Questionnaire
        from maillage.questionnaires.processings import PROCESSINGS
        from maillage.questionnaires.services import copy_with_gathering
        from maillage.registrations import erasure, own
        from maillage.registrations.held import register_holder, register_letters
        from maillage.registrations.signals import names_erased

        register(Phase.BEFORE, glimpse.before)
        register(Phase.AFTER, glimpse.after)
        own.register(glimpse.own_part)
        register_loss(removal.losses)
        erasure.register_what_stays(retention.what_stays)
        removing.connect(removal.forget, dispatch_uid="maillage.questionnaires")
        copied.connect(copy_with_gathering, dispatch_uid="maillage.questionnaires")
        names_erased.connect(retention.forget_people, dispatch_uid="maillage.questionnaires")
        keeping.register(retention.TEXTS)
        keeping.clears(retention.TEXTS.key, *retention.TABLES)
        for each in PROCESSINGS:
            processing.register(each)
        register_holder(held)
        register_letters(Questionnaire.objects)
