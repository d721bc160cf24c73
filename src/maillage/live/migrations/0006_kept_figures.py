import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("gatherings", "0004_workshop_preset"),
        ("live", "0005_snapshot"),
    ]

    operations = [
        migrations.CreateModel(
            name="KeptFigures",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rows", models.JSONField()),
                (
                    "gathering",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="kept_figures",
                        to="gatherings.gathering",
                    ),
                ),
                (
                    "workshop",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="kept_figures",
                        to="gatherings.workshop",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("gathering", "workshop"), name="live_kept_figures_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("workshop__isnull", True)),
                        fields=("gathering",),
                        name="live_kept_figures_of_gathering",
                    ),
                ],
            },
        ),
    ]
