from django.db import migrations, models

import maillage.lib.folded
from maillage.lib.matching import fold


def fold_names(apps, editor):
    speakers = apps.get_model("gatherings", "Speaker")
    for name in speakers.objects.exclude(organisation="").values_list("organisation", flat=True).distinct().order_by():
        speakers.objects.filter(organisation=name).update(folded_organisation=fold(name)[:200])


class Migration(migrations.Migration):
    dependencies = [("gatherings", "0004_workshop_preset")]

    operations = [
        migrations.AddField(
            model_name="speaker",
            name="folded_organisation",
            field=maillage.lib.folded.FoldedField(
                blank=True, default="", editable=False, max_length=200, of="organisation"
            ),
            preserve_default=False,
        ),
        migrations.RunPython(fold_names, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="speaker",
            index=models.Index(fields=["folded_organisation"], name="gatherings_speaker_of"),
        ),
    ]
