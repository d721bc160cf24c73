"""A column that holds another one as `fold` compares it, so that an index finds a name however it was written."""

from typing import Any

from django.db import models

from maillage.lib.matching import fold


class FoldedField(models.CharField):  # type: ignore[type-arg]
    """Written with its row, by `save` and by `bulk_create`; `update` of the other column leaves it behind."""

    def __init__(self, *args: Any, of: str = "", **options: Any) -> None:
        self.of = of
        super().__init__(*args, **{"editable": False, "blank": True, **options})

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        folded = fold(getattr(model_instance, self.of))[: self.max_length]
        setattr(model_instance, self.attname, folded)
        return folded

    def deconstruct(self) -> Any:
        name, path, args, options = super().deconstruct()
        return name, path, args, {**options, "of": self.of}
