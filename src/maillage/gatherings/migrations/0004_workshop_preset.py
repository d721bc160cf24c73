from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("gatherings", "0003_home"),
    ]

    operations = [
        migrations.AddField(
            model_name="workshop",
            name="preset",
            field=models.CharField(blank=True, max_length=60, verbose_name="durée"),
        ),
    ]
