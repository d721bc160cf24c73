"""Static files under names that carry their hash, imports of ES modules included, compressed once."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from servestatic.storage import CompressedManifestStaticFilesStorage

REMARKS = {  # a licence's begins with //! or /*!
    ".js": re.compile(rb"^[ \t]*//(?!!).*\n", re.MULTILINE),  # a line that is nothing else
    ".css": re.compile(rb"/\*(?!!).*?\*/\n?", re.DOTALL),
}


class StaticStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # servestatic has no types
    """What phones load is what runs: what explains our scripts and styles to their readers stays in the sources."""

    support_js_module_import_aggregation = True

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._urls: dict[str, str] = {}

    def url(self, name: str, force: bool = False) -> str:
        """Found once: a page asks for eight, and the manifest does not change while the server runs."""
        if force:
            return str(super().url(name, force))
        found = self._urls.get(name)
        if found is None:
            found = self._urls[name] = str(super().url(name))
        return found

    def post_process(
        self, paths: dict[str, tuple[Storage, str]], dry_run: bool = False, **options: Any
    ) -> Iterator[Any]:
        lean = {
            name: (_WithoutRemarks(storage) if Path(name).suffix in REMARKS else storage, path)
            for name, (storage, path) in paths.items()
        }
        yield from super().post_process(lean, dry_run, **options)
        self._urls.clear()


class _WithoutRemarks:
    def __init__(self, storage: Storage) -> None:
        self.storage = storage

    def open(self, path: str) -> "ContentFile[bytes]":
        with self.storage.open(path) as source:
            return ContentFile(REMARKS[Path(path).suffix].sub(b"", source.read()), name=path)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.storage, name)
