import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0005_space_style")]

    operations = [
        migrations.RemoveIndex(model_name="organisation", name="people_organisation_listed"),
        migrations.AddIndex(
            model_name="organisation",
            index=models.Index(
                condition=models.Q(("listed", True)),
                fields=["space", "folded_name", "id"],
                name="people_organisation_listed",
            ),
        ),
        migrations.AddIndex(
            model_name="organisation",
            index=models.Index(
                condition=models.Q(("listed", True)), fields=["space", "kind"], name="people_organisation_kinds"
            ),
        ),
        migrations.CreateModel(
            name="ToldApart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first", models.UUIDField()),
                ("second", models.UUIDField()),
                ("by", models.CharField(max_length=200)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "space",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="told_apart", to="people.space"
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("space", "first", "second"),
                        name="people_told_apart_once",
                        violation_error_message="C’est déjà dit de ces deux structures.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("first__lt", models.F("second"))),
                        name="people_told_apart_of_two",
                        violation_error_message="On distingue deux structures.",
                    ),
                ],
            },
        ),
    ]
