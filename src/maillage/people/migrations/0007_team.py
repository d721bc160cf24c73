import django.db.models.deletion
from django.db import migrations, models

import maillage.lib.identifiers

ROLES = [("organiser", "organisation"), ("facilitator", "animation"), ("desk", "accueil"), ("reader", "lecture")]
OF_A_DAY = models.Q(("gathering", None), ("role__in", ["facilitator", "desk"]), _connector="OR")
OF_A_DAY_SENTENCE = "Pour une seule rencontre, on confie l’animation ou l’accueil."


class Migration(migrations.Migration):
    dependencies = [("people", "0006_told_apart")]

    operations = [
        migrations.AddField(
            model_name="right", name="gathering", field=models.UUIDField(blank=True, null=True)
        ),
        migrations.RemoveConstraint(model_name="right", name="people_right_once"),
        migrations.AddConstraint(
            model_name="right",
            constraint=models.UniqueConstraint(
                condition=models.Q(("gathering", None)),
                fields=("user", "space", "role"),
                name="people_right_once",
                violation_error_message="Cette personne a déjà ce rôle.",
            ),
        ),
        migrations.AddConstraint(
            model_name="right",
            constraint=models.UniqueConstraint(
                condition=models.Q(("gathering__isnull", False)),
                fields=("user", "space", "role", "gathering"),
                name="people_right_once_a_day",
                violation_error_message="Cette personne a déjà ce rôle pour cette rencontre.",
            ),
        ),
        migrations.AddConstraint(
            model_name="right",
            constraint=models.CheckConstraint(
                condition=OF_A_DAY, name="people_right_of_a_day", violation_error_message=OF_A_DAY_SENTENCE
            ),
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=maillage.lib.identifiers.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("email", models.EmailField(max_length=254, verbose_name="adresse électronique")),
                ("role", models.CharField(choices=ROLES, max_length=12, verbose_name="rôle")),
                ("gathering", models.UUIDField(blank=True, null=True)),
                ("by", models.CharField(max_length=200)),
                ("sent_at", models.DateTimeField()),
                ("accepted_at", models.DateTimeField(null=True)),
                (
                    "space",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="invitations", to="people.space"
                    ),
                ),
            ],
            options={
                "ordering": ["-sent_at", "-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=OF_A_DAY, name="people_invitation_of_a_day", violation_error_message=OF_A_DAY_SENTENCE
                    )
                ],
            },
        ),
    ]
