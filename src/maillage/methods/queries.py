import hashlib
from dataclasses import dataclass, replace
from typing import NamedTuple

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from facilitation import Method, MethodError, load_method, shipped_methods
from maillage.lib.matching import fold
from maillage.methods.models import MethodVersion
from maillage.methods.speaking import in_words
from maillage.people.models import Space


@dataclass(frozen=True, slots=True)
class KnownMethod:
    """A method a space may use: its own newest version, else the shipped one."""

    method: Method
    version: MethodVersion | None  # None: shipped with this release

    @property
    def said(self) -> Method:
        """As it reads in the language that is spoken."""
        return in_words(self.method)

    @property
    def own(self) -> bool:
        return self.version is not None

    @property
    def checksum(self) -> str:
        return self.version.checksum if self.version else ""


def latest_version(method: str, space: Space) -> MethodVersion | None:
    """The space's own newest version of a method, else the shipped one; None when nobody has written it yet.

    Of those that this release ships, its own text: a file of another server may bring others, for its own sessions.
    """
    own = own_versions(space, method).first()
    if own is not None:
        return own
    versions = MethodVersion.objects.filter(space__isnull=True, method=method)
    shipped = shipped_methods().get(method)
    if shipped is not None:
        versions = versions.filter(checksum=hashlib.sha256(shipped.source.encode()).hexdigest())
    return versions.order_by("-version", "-created_at").first()


def own_versions(space: Space, method: str) -> QuerySet[MethodVersion]:
    """Newest first."""
    return MethodVersion.objects.filter(space=space, method=method).order_by("-version", "-created_at")


def library(space: Space) -> tuple[list[KnownMethod], list["UnreadableVersion"]]:
    """All a space may use, by title; then those of its own that this release refuses, to be mended."""
    newest = {row.method: row for row in MethodVersion.objects.filter(space=space).order_by("version", "created_at")}
    known = [KnownMethod(method, None) for id_, method in shipped_methods().items() if id_ not in newest]
    refused = []
    for version in newest.values():
        try:
            known.append(KnownMethod(read_version(version), version))
        except UnreadableVersion as refusal:
            refused.append(refusal)
    return sorted(known, key=lambda item: fold(item.method.title)), refused


class Known(NamedTuple):
    title: str
    summary: str
    private: bool  # what somebody brings there stays there


def shipped_titles() -> dict[str, str]:
    """Method → title, of those that this release brings; nothing needs to have been written for them to be chosen."""
    return {id_: method.title for id_, method in shipped_methods().items()}


def what_is_done(space: Space) -> dict[str, Known]:
    """Method → its title and what one does there, for whoever tells of it."""
    return {
        known.method.id: Known(known.said.title, known.said.summary, known.method.sheet is not None)
        for known in library(space)[0]
    }


def find_method(space: Space, id_: str) -> KnownMethod | None:
    version = own_versions(space, id_).first()
    if version is not None:
        return KnownMethod(read_version(version), version)
    shipped = shipped_methods().get(id_)
    return KnownMethod(shipped, None) if shipped else None


def with_preset(method: Method, preset: str) -> Method:
    """The same, planned with that one of its presets; itself when it has no such one."""
    return replace(method, preset=preset) if preset in method.presets else method


def compositions(space: Space) -> dict[str, str]:
    """Method → how it wants its tables composed."""
    return {known.method.id: known.method.compose for known in library(space)[0]}


def preset_titles(space: Space) -> dict[str, dict[str, str]]:
    """Method → preset → its title, the usual one first; a method with one length only has none to choose."""
    found = {}
    for known in library(space)[0]:
        presets = sorted(known.said.presets.values(), key=lambda preset: preset.id != known.method.preset)
        if len(presets) > 1:
            found[known.method.id] = {preset.id: preset.title for preset in presets}
    return found


def read_version(version: MethodVersion) -> Method:
    """Raises UnreadableVersion."""
    try:
        return load_method(version.source, name=f"{version.method}.toml")
    except MethodError as error:  # accepted when it was kept: the language itself has changed since
        raise UnreadableVersion(version, error) from error


class UnreadableVersion(Exception):
    """A version kept by an earlier release is refused by this one."""

    def __init__(self, version: MethodVersion, error: MethodError) -> None:
        self.version = version
        self.sentence = _(
            "La version {number} de « {title} » n’est plus lisible par cette version de Maillage : {why}"
        ).format(number=version.version, title=version.title, why=error.problems[0].sentence)
        super().__init__(self.sentence)
