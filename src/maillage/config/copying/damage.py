"""A copy that cannot be trusted."""


class CopyDamaged(Exception):
    def __init__(self, where: object, why: str) -> None:
        self.sentence = f"La copie {where} ne se relit pas bien ({why}) : rien n’a été changé."
        super().__init__(self.sentence)
