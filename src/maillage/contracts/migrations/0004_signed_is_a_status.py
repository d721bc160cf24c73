from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('contracts', '0003_first_versions'),
    ]

    operations = [
        migrations.RemoveField(
            model_name='contratdeville',
            name='signed',
        ),
    ]
