from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("office", "0002_mail_about"),
    ]

    operations = [
        migrations.CreateModel(
            name="NamesRule",
            fields=[
                ("space", models.UUIDField(primary_key=True, serialize=False)),
                ("months", models.PositiveSmallIntegerField(verbose_name="mois après la rencontre")),
                ("by", models.CharField(max_length=200)),
                ("changed_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("months__gte", 1), ("months__lte", 36)),
                        name="office_names_rule_bounds",
                        violation_error_message="Les noms se gardent de un à trente-six mois.",
                    )
                ],
            },
        ),
    ]
