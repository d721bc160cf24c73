"""Files of other people, read with patience; files of ours, written without danger."""

import contextlib
import datetime as dt
import io
import random
import time
import tracemalloc
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maillage.lib import spreadsheets
from maillage.lib.spreadsheets import MAX_COLUMNS, MAX_ROWS, UnreadableTable, apart, read_table, write_csv, write_xlsx
from tests.examples import several

SIMPLE = "Prénom;Nom;Atelier\r\nZoé;Noël;Codev\r\nLéa;Œuf;Jeu\r\n"
ROWS = (("Zoé", "Noël", "Codev"), ("Léa", "Œuf", "Jeu"))


def refusal(data, name="inscrits.csv"):
    with pytest.raises(UnreadableTable) as raised:
        read_table(data, name)
    return raised.value


def workbook(*sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rezip(data, change):
    """The same archive with the contents of some members changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            new.writestr(item.filename, change(item.filename, old.read(item)))
    return out.getvalue()


@pytest.mark.parametrize(
    ("codec", "encoding"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("utf-16", "utf-16"), ("cp1252", "cp1252"), ("utf-32", "utf-32")],
)
@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
@pytest.mark.parametrize("newline", ["\r\n", "\n", "\r"])
def test_any_encoding_separator_and_newline(codec, encoding, separator, newline):
    data = SIMPLE.replace(";", separator).replace("\r\n", newline).encode(codec)
    table = read_table(data, "inscrits.csv")
    assert (table.headers, table.rows, table.lines) == (("Prénom", "Nom", "Atelier"), ROWS, (2, 3))
    assert (table.encoding, table.separator, table.notes) == (encoding, separator, ())


def test_utf16_big_endian():
    assert read_table(b"\xfe\xff" + SIMPLE.encode("utf-16-be"), "x.csv").rows == ROWS


def test_cp1252_signs():
    assert read_table("Nom;Dit\nŒuf;« l’été » – 5 €\n".encode("cp1252"), "x").rows == (("Œuf", "« l’été » – 5 €"),)


def test_two_encodings_in_one_file_are_read_and_said():
    data = SIMPLE.encode() + "Éva;Été;Jeu\r\n".encode() * 5 + "Chloé;Bré;Codev\r\n".encode("cp1252")
    table = read_table(data, "x.csv")
    assert table.rows[0] == ROWS[0]
    assert table.rows[-1] == ("Chloé", "Bré", "Codev")
    assert "ligne 9" in table.notes[0]


def test_a_byte_of_no_encoding_says_where():
    error = refusal("Prénom;Nom\nZoé;x".encode("cp1252") + b"\x81\n")
    assert (error.reason, error.line, error.column) == ("encoding", 2, 6)
    assert "ligne 2" in error.sentence
    assert "CSV UTF-8" in error.sentence


def test_excel_sep_line():
    table = read_table(b"sep=,\r\na,b\r\n1,2\r\n", "x.csv")
    assert (table.headers, table.rows, table.lines, table.separator) == (("a", "b"), (("1", "2"),), (3,), ",")


def test_separator_is_not_fooled_by_text_with_commas():
    data = b"Nom;Besoins\nA;rampe, boucle, place\nB;rien, merci, non\nC;une, deux, trois\n"
    assert read_table(data, "x.csv").separator == ";"


def test_preamble_total_and_blanks_are_left_out_and_said():
    data = (
        "Journée régionale du 2 octobre 2025;;\r\n;;\r\nExport : 128 inscrits;;\r\n\r\n"
        "Prénom;Nom;Atelier\r\nZoé;Noël;Codev\r\n;;\r\nLéa;Œuf;Jeu\r\n;;\r\nTOTAL : 2;;\r\nNombre d'inscrits;;2\r\n"
    )
    table = read_table(data.encode(), "x.csv")
    assert table.headers == ("Prénom", "Nom", "Atelier")
    assert (table.rows, table.lines) == (ROWS, (6, 8))
    assert table.notes == (
        "2 lignes ignorées avant les en-têtes.",
        "2 lignes ignorées à la fin du tableau (totaux ou mentions).",
    )


def test_somebody_who_works_at_total_stays():
    data = "Prénom;Nom;Structure\nA;B;C\nTotal;Martin;Énergie\n".encode()
    assert read_table(data, "x.csv").rows[-1] == ("Total", "Martin", "Énergie")


def test_quoted_newlines_keep_the_line_numbers_right():
    data = b'Nom;Sujet\nA;"une\nphrase; avec ""guillemets"""\nB;x\n'
    table = read_table(data, "x.csv")
    assert table.rows == (("A", 'une\nphrase; avec "guillemets"'), ("B", "x"))
    assert table.lines == (2, 4)


def test_unclosed_quote_says_its_line():
    error = refusal('Nom;Sujet\nA;x\nB;"jamais refermé\nC;y\n'.encode())
    assert (error.reason, error.line) == ("unclosed_quote", 3)
    assert "ligne 3" in error.sentence


def test_a_huge_cell_is_refused_at_its_line():
    assert refusal(b"a;b\n1;2\n3;" + b"x" * 200_000 + b"\n").line == 3


def test_ragged_rows_lose_nothing():
    table = read_table(b"a;b\n1\n1;2;3;4\n", "x.csv")
    assert table.headers == ("a", "b", "Colonne 3", "Colonne 4")
    assert table.rows == (("1", "", "", ""), ("1", "2", "3", "4"))
    assert any("ligne 3" in note for note in table.notes)


def test_one_very_long_row_does_not_hide_the_header():
    table = read_table(b"a;b;c\n1;2;3\n4;5;6\n" + b"x;" * 39 + b"x\n", "x.csv")
    assert table.headers[:3] == ("a", "b", "c")
    assert len(table.rows) == 3


def test_empty_columns_duplicate_and_nameless_headers():
    table = read_table(b"Nom;;nom;NOM;;x\n1;;2;3;4;\n", "x.csv")
    assert table.headers == ("Nom", "nom (2)", "NOM (3)", "Colonne 5", "x")
    assert table.rows == (("1", "2", "3", "4", ""),)
    assert len(table.notes) == 2


def test_headers_repeated_by_a_paste_are_dropped():
    table = read_table(b"a;b\n1;2\na;b\n3;4\n", "x.csv")
    assert (table.rows, table.lines) == ((("1", "2"), ("3", "4")), (2, 4))
    assert "ligne 3" in table.notes[0]


def test_one_column_and_headers_alone():
    assert read_table(b"Nom\nA\nB\n", "x.csv").rows == (("A",), ("B",))
    alone = read_table(b"Nom;Age\n", "x.csv")
    assert (alone.rows, alone.notes) == ((), ("Aucune ligne sous les en-têtes.",))


def test_records_pair_headers_and_cells():
    assert list(read_table(SIMPLE.encode(), "x").records())[1] == (
        3,
        {"Prénom": "Léa", "Nom": "Œuf", "Atelier": "Jeu"},
    )


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b" \r\n\r\n", "empty"),
        (b";;;\n;;;\n", "empty"),
        (b"%PDF-1.7 ...", "pdf"),
        (b"\x89PNG\r\n\x1a\n", "image"),
        (b"\xff\xd8\xff\xe0JFIF", "image"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "legacy_xls"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "protected"),
        (b"\r\n<!DOCTYPE HTML><html><table>", "html"),
        (b"<table><tr><td>a</td></tr></table>", "html"),
        (b"<?xml version='1.0'?><a/>", "xml"),
        (b"PK\x03\x04 coupe", "damaged"),
        (b"\x1f\x8b\x08\x00", "archive"),
        (b"a;b\n\x00\x01\x02", "binary"),
        (b"x" * (spreadsheets.MAX_BYTES + 1), "too_big"),
    ],
)
def test_what_is_no_table_is_named(data, reason):
    error = refusal(data, "dossier/mon fichier.csv")
    assert error.reason == reason
    assert error.sentence.endswith(".")
    if reason != "empty" or not data.startswith(b";"):
        assert "«\u202fmon fichier.csv\u202f»" in error.sentence


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}, "ods"),
        ({"mimetype": b"application/vnd.oasis.opendocument.text"}, "document"),
        ({"word/document.xml": b"<x/>"}, "document"),
        ({"xl/workbook.bin": b""}, "xlsb"),
        ({"photo.jpg": b"x"}, "archive"),
        ({"xl/workbook.xml": b"<x/>"}, "damaged"),
        ({"xl/workbook.xml": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a/>'}, "damaged"),
        ({"xl/workbook.xml": b"0" * (spreadsheets.MAX_UNCOMPRESSED + 1)}, "too_big"),
    ],
)
def test_archives_are_named_too(members, reason):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    assert refusal(out.getvalue(), "x.xlsx").reason == reason


@pytest.mark.parametrize(
    "data",
    [random.Random(7).randbytes(3_000), b"\x01\x02\x03abc"],
    ids=["random", "control"],
)
def test_bytes_under_a_workbooks_name_are_said_to_be_none(data):
    with pytest.raises(UnreadableTable) as refusal:
        read_table(data, "inscriptions.XLSX")

    assert refusal.value.reason == "not_workbook"
    assert refusal.value.sentence.startswith("«\u202finscriptions.XLSX\u202f» porte un nom de classeur Excel")


def test_a_csv_under_a_workbooks_name_is_read():
    assert (
        read_table("Prénom;Nom\nZoé;Un\n".encode(), "inscriptions.xlsx").rows
        == read_table("Prénom;Nom\nZoé;Un\n".encode(), "inscriptions.csv").rows
    )


def test_limits_of_rows_and_columns_say_where():
    error = refusal(b"a;b\n" + b"1;2\n" * (MAX_ROWS + 1))
    assert (error.reason, error.line) == ("too_many_rows", MAX_ROWS + 2)
    assert read_table(b"a;b\n" + b"1;2\n" * MAX_ROWS, "x").lines[-1] == MAX_ROWS + 1
    error = refusal(b"a;b\n1;2\n" + b";".join([b"x"] * (MAX_COLUMNS + 1)) + b"\n")
    assert (error.reason, error.line, error.column) == ("too_many_columns", 3, MAX_COLUMNS + 1)
    wide = workbook(("F", [["a", "b"], ["x"] * (MAX_COLUMNS + 1)]))
    assert refusal(wide, "x.xlsx").reason == "too_many_columns"
    long = workbook(("F", [["a"]] + [["x"]] * (MAX_ROWS + 200)))
    assert refusal(long, "x.xlsx").reason == "too_many_rows"


def test_workbook_values_as_a_reader_sees_them():
    data = workbook(
        ("Vide", []),
        (
            "Inscrits",
            [
                ["Journée régionale"],
                [],
                ["Nom", "Date", "Heure", "Nombre", "Part", "Vient", "Erreur", "Code"],
                [
                    "Noël",
                    dt.date(2025, 10, 2),
                    dt.time(14, 30),
                    12.0,
                    0.5,
                    True,
                    "#N/A",
                    "067",
                ],
                ["Œuf", dt.datetime(2025, 9, 4, 13, 24), None, 7, 1234.25, False, None, "x"],  # noqa: DTZ001 - as Excel
                ["Total", None, None, 19],
            ],
        ),
        ("Après", [["x"]]),
    )
    table = read_table(data, "inscrits.csv")  # the name lies, the content decides
    assert table.rows == (
        ("Noël", "2025-10-02", "14:30", "12", "0,5", "Oui", "", "067"),
        ("Œuf", "2025-09-04 13:24", "", "7", "1234,25", "Non", "", "x"),
    )
    assert table.lines == (4, 5)
    assert (table.encoding, table.separator) == ("", "")
    assert table.notes == (
        "Seule la feuille «\u202fInscrits\u202f» a été lue (1 vide avant elle, 1 après elle).",
        "1 ligne ignorée avant les en-têtes.",
        "1 ligne ignorée à la fin du tableau (totaux ou mentions).",
    )


def test_workbook_formulas_are_read_as_values_or_said_missing():
    data = workbook(("F", [["a", "b"], ["x", "=1+1"], ["y", "=A2"]]))
    assert "2 (la première" in read_table(data, "x.xlsx").notes[0]

    def computed(name, content):
        return content.replace(b"<f>1+1</f><v></v>", b"<f>1+1</f><v>2</v>").replace(
            b"<f>1+1</f><v />", b"<f>1+1</f><v>2</v>"
        )

    table = read_table(rezip(data, computed), "x.xlsx")
    assert table.rows[0] == ("x", "2")
    assert "1 (la première : ligne 3, colonne 2)" in table.notes[0].replace("\u00a0", " ")


def test_workbook_with_a_dtd_is_refused_though_sound():
    def declare(name, content):
        return b"<!DOCTYPE worksheet>" * (name == "xl/worksheets/sheet1.xml") + content

    data = rezip(workbook(("F", [["a", "b"], ["1", "2"]])), declare)
    error = refusal(data, "x.xlsx")
    assert error.reason == "damaged"
    assert "ordinaire" in error.sentence


def test_workbook_that_understates_its_size_is_read_whole():
    data = workbook(("F", [["a", "b"], ["1", "2"], ["3", "4"]]))

    def understate(name, content):
        return content.replace(b'<dimension ref="A1:B3"', b'<dimension ref="A1:A1"')

    smaller = rezip(data, understate)
    assert smaller != data
    assert read_table(smaller, "x.xlsx").rows == (("1", "2"), ("3", "4"))


def test_workbook_that_lies_about_its_rows_and_columns_ends():
    data = workbook(("F", [["a", "b"], ["1", "2"]]))

    def forge(name, content):
        return content.replace(b'r="2"', b'r="1048570"').replace(b'r="B2"', b'r="ZZZZZ1048570"')

    with contextlib.suppress(UnreadableTable):
        assert len(read_table(rezip(data, forge), "x.xlsx").rows) <= 1


CELL = st.text(
    st.one_of(
        st.sampled_from("=+-@\t\r\n'\";,| éœ«»’0"),
        st.characters(blacklist_categories=["Cs", "Cc"], max_codepoint=0xFFFF),
    ),
    max_size=8,
).filter(lambda cell: "\ue002" not in cell)
ROWS_OF_CELLS = st.lists(st.tuples(CELL, CELL, CELL), max_size=6)
HEADERS = ("Identifiant", "Prénom", "Besoins", "Sujet")


@given(ROWS_OF_CELLS)
def test_csv_round_trip_is_exact(rows):
    table = [(f"n{i}", *row) for i, row in enumerate(rows)]
    read = read_table(write_csv(HEADERS, table), "x.csv")
    assert read.headers == HEADERS
    assert list(read.rows) == table


@given(ROWS_OF_CELLS)
@settings(max_examples=several(40))
def test_xlsx_round_trip_is_text_never_formula(rows):
    table = [(f"n{i}", *(cell.replace("\r", "") for cell in row)) for i, row in enumerate(rows)]
    data = write_xlsx(HEADERS, table, "Inscriptions : [2025]")
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "inlineStr"}
    assert all(cell.data_type != "n" or cell.value is None for row in sheet.iter_rows() for cell in row)
    read = read_table(data, "x.xlsx")
    assert list(read.rows) == table


@pytest.mark.parametrize("cell", ["=1+1", "+33 6", "-5", "@nom", "\tx", "\rx", "\nx", "'=1", "''-", "'été", "a=b"])
def test_no_cell_of_a_csv_begins_a_formula(cell):
    text = write_csv(["a", "b"], [["x", cell]]).decode("utf-8-sig")
    written = text.split("\r\n", 1)[1].split(";", 1)[1].lstrip('"')
    assert written[0] not in "=+-@\t\r\n"
    assert read_table(text.encode(), "x.csv").rows == (("x", cell),)


def test_csv_opens_in_french_excel():
    assert write_csv(["Prénom"], [["Zoé"]]) == b"\xef\xbb\xbfPr\xc3\xa9nom\r\nZo\xc3\xa9\r\n"


@given(st.one_of(st.binary(max_size=300), st.text(max_size=200).map(str.encode)), st.text(max_size=20))
@settings(max_examples=several(300))
def test_random_bytes_are_a_table_or_refused(data, filename):
    with contextlib.suppress(UnreadableTable):
        table = read_table(data, filename)
        assert len(set(table.headers)) == len(table.headers)
        assert all(len(row) == len(table.headers) for row in table.rows)
        assert len(table.lines) == len(table.rows)


WORKBOOK = write_xlsx(["a", "b"], [["1", "2"], ["3", "=4"]], "F")


@given(st.lists(st.tuples(st.integers(0, len(WORKBOOK) - 1), st.integers(0, 255)), min_size=1, max_size=8))
@settings(max_examples=several(150))
def test_damaged_workbooks_are_read_or_refused(changes):
    data = bytearray(WORKBOOK)
    for place, byte in changes:
        data[place] = byte
    with contextlib.suppress(UnreadableTable):
        read_table(bytes(data), "x.xlsx")


SHEET_PARTS = st.sampled_from(
    [
        "<row r=",
        "'999999999'",
        "<c",
        "<v>",
        "</v>",
        "t='s'",
        "t='d'",
        "t='e'",
        "<f>",
        "r='A'",
        ">",
        "-1",
        "1e999",
        "</row>",
    ]
)


@given(st.lists(SHEET_PARTS, max_size=12).map(" ".join), st.booleans())
@settings(max_examples=several(100))
def test_sheets_of_nonsense_are_read_or_refused(nonsense, whole):
    body = f"<row r='1'><c r='A1' t='inlineStr'><is><t>a</t></is></c></row>{nonsense}"

    def change(name, content):
        if not name.startswith("xl/worksheets/"):
            return content
        return (b"<worksheet xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><sheetData>" * whole) + (
            body.encode() + b"</sheetData></worksheet>"
        )

    with contextlib.suppress(UnreadableTable):
        read_table(rezip(WORKBOOK, change), "x.xlsx")


def forged(inner):
    """A workbook whose first sheet holds these rows after an honest header."""

    def change(name, content):
        if name != "xl/worksheets/sheet1.xml":
            return content
        return content.replace(b"</sheetData>", inner.encode() + b"</sheetData>")

    return rezip(workbook(("S", [["Nom"]])), change)


@pytest.mark.parametrize("inner", ["<row>" + "<c/>" * 12_000_000 + "</row>", "<row/>" * 8_000_000])
def test_bomb_is_refused_before_it_unfolds(inner):
    data = forged(inner)
    assert len(data) < 200_000
    assert refusal(data, "bombe.xlsx").reason == "damaged"


def test_what_says_the_kind_of_a_workbook_is_not_unfolded_whole():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", b"application/vnd.oasis.opendocument.spreadsheet" + bytes(20_000_000))
    tracemalloc.start()
    try:
        assert refusal(out.getvalue(), "classeur.ods").reason == "ods"
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()


def test_what_takes_too_long_is_stopped_and_holds_nobody_up(monkeypatch):
    data = forged("<row/>" * 7_000_000)  # some 2 s of a quick processor
    monkeypatch.setattr(apart, "SECONDS", 1)
    began = time.process_time()
    assert refusal(data, "bombe.xlsx").reason == "too_big"
    assert time.process_time() - began < 0.8  # the work was another process's


def test_large_workbook_is_read_apart_and_the_same(monkeypatch):
    data = workbook(("S", [["Nom", "Ville"], *([f"Personne {n}", "Épinal"] for n in range(50))]))
    here = read_table(data, "a.xlsx")
    monkeypatch.setattr("maillage.lib.spreadsheets.workbook.HERE", 0)
    assert read_table(data, "a.xlsx") == here
    long = forged('<row r="2"><c r="A2" t="inlineStr"><is><t>' + "N" * 40_000 + "</t></is></c></row>")
    refused = refusal(long, "b.xlsx")
    assert (refused.reason, refused.line) == ("too_big", 2)
