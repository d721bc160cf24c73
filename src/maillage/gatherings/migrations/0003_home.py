from django.db import migrations, models

import maillage.lib.identifiers


def give_uids(apps, schema_editor):
    Room = apps.get_model("gatherings", "Room")
    for pk in Room.objects.filter(uid=None).values_list("pk", flat=True):
        Room.objects.filter(pk=pk).update(uid=maillage.lib.identifiers.uuid7())


class Migration(migrations.Migration):
    dependencies = [
        ("gatherings", "0002_trial"),
    ]

    operations = [
        migrations.AddField(
            model_name="gathering",
            name="away_since",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="gathering",
            name="generation",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="room",
            name="uid",
            field=models.UUIDField(default=None, editable=False, null=True),
        ),
        migrations.RunPython(give_uids, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="room",
            name="uid",
            field=models.UUIDField(default=maillage.lib.identifiers.uuid7, editable=False, unique=True),
        ),
    ]
