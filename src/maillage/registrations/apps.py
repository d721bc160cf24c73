from django.apps import AppConfig


class RegistrationsConfig(AppConfig):
    name = "maillage.registrations"

    def ready(self) -> None:
        # Imported here, when every app is loaded: gatherings must not know that registrations exist.
        from maillage.gatherings.glance import Phase, register, register_public
        from maillage.gatherings.removal import register_loss, removing
        from maillage.gatherings.signals import copied
        from maillage.office import processing
        from maillage.office import retention as keeping
        from maillage.people.presence import register_remembered
        from maillage.registrations import questions, removal, retention
        from maillage.registrations.activity import DESK_LAST
        from maillage.registrations.glimpses import before, during, sign_up_action
        from maillage.registrations.processings import PROCESSINGS

        register(Phase.BEFORE, before)
        register(Phase.DURING, during)
        register_public(sign_up_action)
        register_loss(removal.losses)
        copied.connect(questions.copy_questions, dispatch_uid="maillage.registrations")
        removing.connect(removal.forget_people, dispatch_uid="maillage.registrations")
        register_remembered(DESK_LAST)
        for rule in retention.RULES:
            keeping.register(rule)
            keeping.clears(rule.key, *retention.TABLES[rule.key])
        for each in PROCESSINGS:
            processing.register(each)
