import django.db.models.deletion
from django.db import migrations, models

import maillage.lib.identifiers


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0006_told_apart'),
        ('registrations', '0005_certificates'),
        ('territories', '0003_found_by_place_and_name'),
    ]

    operations = [
        migrations.CreateModel(
            name='Listing',
            fields=[
                ('id', models.UUIDField(default=maillage.lib.identifiers.uuid7, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=120, verbose_name='votre nom, tel qu’il sera lu')),
                ('about', models.CharField(blank=True, max_length=300, verbose_name='ce que vous faites, ou ce que vous cherchez')),
                ('contact', models.CharField(blank=True, max_length=200, verbose_name='comment vous joindre')),
                ('folded_name', models.CharField(max_length=120)),
                ('folded', models.TextField()),
                ('agreed_at', models.DateTimeField()),
                ('commune', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='territories.commune')),
                ('organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.organisation')),
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='listing', to='people.person')),
                ('space', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='listings', to='people.space')),
            ],
            options={
                'indexes': [models.Index(fields=['space', 'folded_name', 'id'], name='registrations_listing_by_name')],
            },
        ),
    ]
