from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('registrations', '0007_half_days'),
    ]

    operations = [
        migrations.AddField(
            model_name='registrationimport',
            name='record',
            field=models.JSONField(default=dict),
        ),
    ]
