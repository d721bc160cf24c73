"""The components as a page gets them: words set in French, nothing that a screen reader would spell."""

from django import forms
from django.template import engines


class Essay(forms.Form):
    kind = forms.ChoiceField(label='Est-ce un "vrai" choix ?', choices=[("", "---------"), ("a", "Oui <b>")])
    colour = forms.ChoiceField(required=False, choices=[("", "---------")], help_text="L'ordre compte !")

    def clean(self):
        self.add_error("colour", "Mauvais <i> choix !")
        raise forms.ValidationError("Rien n'est enregistré !")


def render(source: str, **context: object) -> str:
    return engines["django"].from_string(source).render(context)


def test_empty_choice_of_a_select_is_words():
    form = Essay()
    assert ">À choisir</option>" in render("{% field form.kind %}", form=form)
    html = render("{% field form.colour %}", form=form)
    assert ">Aucun choix</option>" in html
    assert "----" not in html


def test_labels_help_and_faults_are_set_in_french_and_escaped_once():
    form = Essay({"kind": "a"})
    html = render("{% form_errors form %}{% field form.kind %}{% field form.colour %}", form=form)
    assert html.count("Est-ce un «\u202fvrai\u202f» choix\u202f?") == 1
    assert "L’ordre compte\u202f!" in html
    assert html.count("Mauvais &lt;i&gt; choix\u202f!") == 2
    assert "Rien n’est enregistré\u202f!" in html
    assert "Oui &lt;b&gt;" in html


def test_messages_names_and_empty_places_are_set_in_french():
    html = render(
        '{% include "ui/_empty.html" with title=title sentence=sentence url="/x" action="C\'est parti" %}',
        title="Rien d'inscrit",
        sentence='<b> "Importez" un fichier !',
    )
    assert "Rien d’inscrit" in html
    assert "&lt;b&gt; «\u202fImportez\u202f» un fichier\u202f!" in html
    assert "C’est parti" in html
