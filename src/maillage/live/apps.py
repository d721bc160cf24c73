from django.apps import AppConfig
from django.db.models.signals import pre_delete


class LiveConfig(AppConfig):
    name = "maillage.live"

    def ready(self) -> None:
        from maillage.gatherings.access import may_see_job
        from maillage.gatherings.glance import Phase  # models are loaded only now
        from maillage.gatherings.glance import register as register_glimpse
        from maillage.gatherings.removal import register_hold, register_loss
        from maillage.live import removal, retention, seats
        from maillage.live.entry import entry_part
        from maillage.live.glimpse import before, during
        from maillage.live.held import held
        from maillage.live.models import Session
        from maillage.live.processings import PROCESSINGS
        from maillage.live.rehearsal import KIND, page_of_job
        from maillage.live.services import forget_deleted
        from maillage.live.trial import KIND as TRIAL
        from maillage.live.trial import may_see_trial, page_of_trial
        from maillage.office import kinds, processing
        from maillage.office.retention import register as register_retention
        from maillage.people.signals import account_closed
        from maillage.registrations.held import register_holder
        from maillage.registrations.own import register

        account_closed.connect(seats.end_watching, dispatch_uid="maillage.live")
        pre_delete.connect(forget_deleted, sender=Session)
        register_loss(removal.losses)
        register_hold(removal.hold)
        register(entry_part)
        register_glimpse(Phase.BEFORE, before)
        register_glimpse(Phase.DURING, during)
        kinds.register(KIND, may_see=may_see_job, start=page_of_job)
        kinds.register(TRIAL, may_see=may_see_trial, start=page_of_trial)
        register_retention(retention.NOTES)
        for each in PROCESSINGS:
            processing.register(each)
        register_holder(held)
