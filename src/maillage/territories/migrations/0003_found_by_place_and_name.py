from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("territories", "0002_sources_outlines_landmarks")]

    operations = [
        migrations.AddIndex(
            model_name="commune", index=models.Index(fields=["lat", "lon"], name="territories_commune_where")
        ),
        migrations.AddIndex(
            model_name="qpv", index=models.Index(fields=["vintage", "name", "code"], name="territories_qpv_by_name")
        ),
        migrations.AddIndex(
            model_name="qpv", index=models.Index(fields=["vintage", "lat", "lon"], name="territories_qpv_where")
        ),
    ]
