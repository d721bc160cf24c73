from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("questionnaires", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="response",
            name="counted",
            field=models.BooleanField(default=True),  # what was answered before was shown already
        ),
        migrations.AlterField(
            model_name="response",
            name="counted",
            field=models.BooleanField(default=False),
        ),
    ]
