"""Geography only: région › département › EPCI › commune › QPV, by their official codes."""

from django.db import models


class Region(models.Model):
    code = models.CharField(max_length=3, primary_key=True)
    name = models.CharField(max_length=100)

    def __str__(self) -> str:
        return self.name


class Department(models.Model):
    code = models.CharField(max_length=3, primary_key=True)
    name = models.CharField(max_length=100)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="departments")

    def __str__(self) -> str:
        return self.name


class Epci(models.Model):
    siren = models.CharField(max_length=9, primary_key=True)
    name = models.CharField(max_length=200, db_index=True)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="epcis")

    def __str__(self) -> str:
        return self.name


class Commune(models.Model):
    insee = models.CharField(max_length=5, primary_key=True)
    name = models.CharField(max_length=100, db_index=True)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="communes")
    epci = models.ForeignKey(Epci, on_delete=models.PROTECT, null=True, related_name="communes")
    population = models.PositiveIntegerField(null=True)  # Insee, reference population 2023

    def __str__(self) -> str:
        return self.name


class Qpv(models.Model):
    code = models.CharField(max_length=8, primary_key=True)
    name = models.CharField(max_length=200)
    epci = models.ForeignKey(Epci, on_delete=models.PROTECT, related_name="qpvs")
    communes = models.ManyToManyField(Commune, related_name="qpvs")
    population = models.PositiveIntegerField(null=True)  # Insee, population municipale 2020

    def __str__(self) -> str:
        return self.name
