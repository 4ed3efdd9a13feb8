"""Words set apart are joined in every script; lists and abbreviations stay."""

import unicodedata

import pytest

from models.rendering import normalise


@pytest.mark.parametrize(
    ("received", "plain"),
    [
        ("w/o/r/k a,b,r,o,a,d", "work abroad"),
        ("s/m/s t-o-d-a-y, s*e*n*d p/a/y", "s/m/s today, send pay"),
        ("s*a*l*a*r*y  f·r·e·e  v_i_s_a", "salary  free  visa"),
        ("р/а/б/о/т/а", "работа"),
        ("e.a.s.y p/a/i/d j-o-b", "easy paid job"),  # three letters among surer words
        ("क-मा-ना-ई ई/न/का/म क.ल.म", "कमानाई ईनकाम कलम"),
        ("ई.न.का.म", "ईनकाम"),
        ("รายได้ ร า ย ไ ด้ ดี", "รายได้รายได้ดี"),
        ("စ/လ/စ/လ", "စလစလ"),
        ("ש/כ/ר ג,ב,ו,ה מ.ש.ר.ה", "שכר גבוה משרה"),
        ("و/ظ/ي/ف/ة", "وظيفة"),
        ("ከ/ፍ/ያ/ለ", "ከፍያለ"),
    ],
)
def test_letters_set_apart_are_joined(received: str, plain: str) -> None:
    assert normalise(received)[0] == unicodedata.normalize("NFKC", plain)


@pytest.mark.parametrize(
    "text",
    [
        "M/F/D/V, A,B,C,D, categories B/C/D/E",
        "vitamins a,b,c,d",
        "a.m. or p.m., e.g. a/c, w/o, U.S.A",
        "男/女/老/少, 东,西,南,北",
        "พ.ร.บ.ธุรกิจ",  # an abbreviation before a word
        "तो भी है ही",  # Hindi words of one letter and a sign
        "때 한 번 더",
        "ه\u200cای",
    ],
)
def test_lists_and_short_words_stay(text: str) -> None:
    assert normalise(text)[0] == unicodedata.normalize("NFKC", text)
