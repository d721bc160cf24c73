"""Geography only: région › département › EPCI › commune › QPV, by their official codes, each fact with its source."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from maillage.territories.enums import Detail, LandmarkKind, Level


class Source(models.Model):
    """A published list: who made it, under which licence, at which date."""

    slug = models.SlugField(primary_key=True, max_length=60)
    title = models.CharField(max_length=200)
    producer = models.CharField(max_length=100)
    licence = models.CharField(max_length=60)
    date = models.CharField(max_length=10)  # 2026, 2026-01 or 2026-01-15, as published
    through = models.CharField(max_length=200, blank=True)  # by whom it reached us, when not by its producer

    def __str__(self) -> str:
        return self.title


class Sourced(models.Model):
    # {"": the list this row is from, "population": that of one fact}: slugs of Source
    sources = models.JSONField(default=dict)

    class Meta:
        abstract = True


class Region(Sourced):
    code = models.CharField(max_length=3, primary_key=True)
    name = models.CharField(max_length=100)

    def __str__(self) -> str:
        return self.name


class Department(Sourced):
    code = models.CharField(max_length=3, primary_key=True)
    name = models.CharField(max_length=100)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="departments")

    def __str__(self) -> str:
        return self.name


class Epci(Sourced):
    siren = models.CharField(max_length=9, primary_key=True)
    name = models.CharField(max_length=200, db_index=True)
    long_name = models.CharField(max_length=200, blank=True)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="epcis")  # of most of its people
    # merged into another: the old SIREN is resolved, what was said of the old one stays said of it
    successor = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="predecessors")
    merged_on = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class Commune(Sourced):
    insee = models.CharField(max_length=5, primary_key=True)
    name = models.CharField(max_length=100, db_index=True)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="communes")
    epci = models.ForeignKey(Epci, on_delete=models.PROTECT, null=True, related_name="communes")
    population = models.PositiveIntegerField(null=True)
    lon = models.FloatField(null=True)  # degrees, WGS 84: a point inside
    lat = models.FloatField(null=True)

    class Meta:
        indexes = [models.Index(fields=["lat", "lon"], name="territories_commune_where")]

    def __str__(self) -> str:
        return self.name


class Qpv(Sourced):
    code = models.CharField(max_length=8, primary_key=True)
    name = models.CharField(max_length=200)
    vintage = models.PositiveSmallIntegerField(default=2024)  # of the list that named it: 2015 or 2024
    epci = models.ForeignKey(Epci, on_delete=models.PROTECT, related_name="qpvs")
    communes = models.ManyToManyField(Commune, related_name="qpvs")
    population = models.PositiveIntegerField(null=True)
    area_ha = models.FloatField(null=True)  # hectares, computed from the outline
    lon = models.FloatField(null=True)  # degrees, WGS 84: a point inside
    lat = models.FloatField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["vintage", "epci"], name="territories_qpv_of_vintage"),
            models.Index(fields=["vintage", "name", "code"], name="territories_qpv_by_name"),
            models.Index(fields=["vintage", "lat", "lon"], name="territories_qpv_where"),
        ]

    def __str__(self) -> str:
        return self.name


class Outline(Sourced):
    """What is drawn of a territory at one detail, ready for SVG: integers, y downwards, in steps of its zone."""

    level = models.CharField(max_length=10, choices=Level)
    code = models.CharField(max_length=9)  # of the territory: no foreign key, five tables have outlines
    detail = models.CharField(max_length=7, choices=Detail)
    zone = models.CharField(max_length=30)  # a lib.projection.ZONES
    path = models.TextField()  # the d of an SVG path
    left = models.IntegerField()
    top = models.IntegerField()
    right = models.IntegerField()
    bottom = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["level", "code", "detail"],
                name="territories_outline_once",
                violation_error_message=_("Ce territoire a déjà un contour à cette échelle."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.level} {self.code} ({self.detail})"


class Shape(Sourced):
    """The outline as published: a GeoJSON geometry, WGS 84. Read to be exported, never to be drawn."""

    level = models.CharField(max_length=10, choices=Level)
    code = models.CharField(max_length=9)
    geometry = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["level", "code"],
                name="territories_shape_once",
                violation_error_message=_("Ce territoire a déjà un contour."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.level} {self.code}"


class Landmark(Sourced):
    """What an open list says is there: a France services, a cité éducative, a cité de l’emploi."""

    kind = models.CharField(max_length=20, choices=LandmarkKind)
    code = models.CharField(max_length=20)  # in its own list
    name = models.CharField(max_length=200)
    address = models.CharField(max_length=200, blank=True)
    communes = models.ManyToManyField(Commune, related_name="landmarks")
    epci = models.ForeignKey(Epci, on_delete=models.PROTECT, null=True, related_name="landmarks")
    qpv = models.ForeignKey(Qpv, on_delete=models.PROTECT, null=True, related_name="landmarks")  # it lies in
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "code"],
                name="territories_landmark_once",
                violation_error_message=_("Ce lieu est déjà dans la liste."),
            )
        ]

    def __str__(self) -> str:
        return self.name
