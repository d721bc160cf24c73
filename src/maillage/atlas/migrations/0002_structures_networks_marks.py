import django.db.models.deletion
from django.db import migrations, models


def doubt_index(apps, editor):
    """Without its communes the index is made again at the next search: organisations are then in it."""
    apps.get_model("atlas", "Entry").objects.filter(kind="commune").delete()


class Migration(migrations.Migration):
    dependencies = [("atlas", "0001_search_index"), ("people", "0003_space_atlas_public")]

    operations = [
        migrations.AlterField(
            model_name="entry",
            name="kind",
            field=models.CharField(
                choices=[
                    ("experience", "expérience"),
                    ("gathering", "rencontre"),
                    ("organisation", "structure"),
                    ("contract", "contrat de ville"),
                    ("qpv", "quartier prioritaire"),
                    ("epci", "intercommunalité"),
                    ("commune", "commune"),
                    ("department", "département"),
                ],
                max_length=12,
            ),
        ),
        migrations.CreateModel(
            name="Mark",
            fields=[
                ("key", models.CharField(max_length=60, primary_key=True, serialize=False)),
                ("value", models.UUIDField()),
            ],
        ),
        migrations.CreateModel(
            name="KeptNetwork",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public", models.BooleanField()),
                ("basis", models.CharField(max_length=12)),
                ("said", models.JSONField()),
                ("people", models.PositiveIntegerField()),
                ("counted_at", models.DateTimeField()),
                ("space", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="people.space")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("space", "public", "basis"),
                        name="atlas_network_once",
                        violation_error_message="Ce réseau est déjà compté.",
                    )
                ],
            },
        ),
        migrations.RunPython(doubt_index, migrations.RunPython.noop),
    ]
