from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('change', '0001_noyaux'),
    ]

    operations = [
        migrations.AddField(
            model_name='coregroup',
            name='contact',
            field=models.CharField(blank=True, default='', max_length=200),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='harvest',
            name='evidence',
            field=models.CharField(blank=True, default='', max_length=300),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='review',
            name='attended',
            field=models.CharField(blank=True, default='', max_length=300),
            preserve_default=False,
        ),
    ]
