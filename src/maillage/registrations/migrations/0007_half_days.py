from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('registrations', '0006_listing'),
    ]

    operations = [
        migrations.AddField(
            model_name='opening',
            name='half_days',
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name='registration',
            name='half_days',
            field=models.JSONField(blank=True, default=list),
        ),
    ]
