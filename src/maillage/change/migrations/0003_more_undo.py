from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('change', '0002_who_said_it'),
    ]

    operations = [
        migrations.AddField(
            model_name='change',
            name='for_whom',
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name='member',
            name='former_names',
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name='offering',
            name='withdrawn_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='photo',
            name='removed_at',
            field=models.DateTimeField(null=True),
        ),
    ]
