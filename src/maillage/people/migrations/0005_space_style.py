import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0004_directory'),
    ]

    operations = [
        migrations.CreateModel(
            name='SpaceStyle',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('accent', models.CharField(blank=True, max_length=7)),
                ('logo', models.BinaryField(null=True)),
                ('logo_width', models.PositiveSmallIntegerField(default=0)),
                ('logo_height', models.PositiveSmallIntegerField(default=0)),
                ('space', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='style', to='people.space')),
            ],
        ),
    ]
