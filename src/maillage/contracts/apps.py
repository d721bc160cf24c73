from django.apps import AppConfig


class ContractsConfig(AppConfig):
    name = "maillage.contracts"

    def ready(self) -> None:
        from maillage.contracts.receivers import give_back_signatures  # models are loaded only now
        from maillage.people.signals import parted

        parted.connect(give_back_signatures, dispatch_uid="maillage.contracts")
