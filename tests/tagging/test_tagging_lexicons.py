"""The word lists: what is shipped is sound, and a mistake is named by file and line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import tagging
from config.files import lexicon_files
from tagging import Lexicon, LexiconError, Tagger, load_lexicons
from tagging.lexicon import NEEDED_SETS, TABLES
from tagging.reading import TomlFile

ROOM = Path(tagging.__file__).parent

HAZARDS = {
    *(
        "earthquake",
        "geological",
        "volcano",
        "tsunami",
        "flood",
        "rainstorm",
        "typhoon",
        "snowstorm",
        "cold_wave",
        "road_ice",
    ),
    *(
        "wind",
        "sandstorm",
        "fog_haze",
        "drought",
        "hail_thunder",
        "heat",
        "forest_fire",
        "fire",
        "explosion",
        "mine",
        "tick",
    ),
    *(
        "traffic_accident",
        "gas_co",
        "hazardous_chemical",
        "building_collapse",
        "drowning",
        "electric_shock",
        "radiation",
    ),
    *("food_poisoning", "infectious_disease", "animal_disease", "space_weather", "public_security"),
}
"""The keys of the labelling rules."""

MISTAKES = [
    (
        "lexicons/emergency.toml",
        'weight = 3\nwords = ["余震"',
        'weight = "很重"\nwords = ["余震"',
        'weight = "很重"',
        "数",
    ),
    ("lexicons/emergency.toml", '"余震", "震中"', '"余震" "震中"', "余震", "TOML"),
    ("lexicons/emergency.toml", 'of = "tick"', 'of = "ticks"', 'of = "ticks"', "没有“ticks”这一类"),
    ("lexicons/emergency.toml", '"@crash"]', '"@krach"]', "@krach", "没有叫“krach”的词组"),
    ("lexicons/kinds.toml", "weight = 0.6", "weight = 0.6\nnear = 20", "near = 20", "没有 needs"),
    ("lexicons/kinds.toml", "weight = 0.6", "weight = 60", "weight = 60", "-10 到 10"),
    ("lexicons/audience.toml", '"学生公寓"', '"学生公寓", "毫不相干"', "毫不相干", "不起作用"),
    ("lexicons/audience.toml", "weight = 2", "wieght = 2", "wieght", "不认识的项"),
    ("lexicons/kinds.toml", '"辟谣", "谣言"', '"辟谣", "辟谣"', '"辟谣", "辟谣"', "写了两次"),
    ("lexicons/traditional.toml", "與与", "與", "與", "两个字"),
    ("areas.csv", "双辽市,220382,county,plain,", "双辽市,22038,county,plain,", "双辽市,", "六位"),
    ("areas.csv", "双辽市,220382,county,plain,", "双辽市,220382,county,always,", "双辽市,", "use"),
    ("areas.csv", "双辽市,220382,county,plain,", "双辽市,220382,county,plain", "双辽市,", "列"),
    ("areas.csv", "双辽市,220382,county,plain,", "榆树市,220382,county,plain,", "榆树市,220382", "已经有了"),
    ("lexicons/emergency.toml", "\n[[terms]]", "\n[[term]]", "[[term]]", "不认识的段“term”"),
    ("lexicons/places.toml", "[sets]", "[set]", "[set]", "不认识的段“set”"),
    ("lexicons/places.toml", "surname = [", "surnam = [", "[sets]", "没有叫“surname”的词组"),
    ("lexicons/warnings.toml", "red = [", "purple = [", "purple", "不认识的项“purple”"),
    ("lexicons/warnings.toml", "upgrade = [", "upgrad = [", "upgrad", "不认识的项“upgrad”"),
    ("lexicons/words.toml", "stop = [", "stopp = [", "stopp", "不认识的项“stopp”"),
    ("lexicons/traditional.toml", "pairs =", "pair =", "pair", "不认识的段“pair”"),
    ("lexicons/kinds.toml", '"辟谣", "谣言"', '" 辟谣", "谣言"', '" 辟谣"', "看不见的字符"),
    (
        "theme_days.toml",
        "\nweekday = { month = 9, which",
        "\nweekday = { month = 9.5, which",
        "month = 9.5",
        "weekday 应写成",
    ),
    ("theme_days.toml", "\n[[day]]", "\n[[days]]", "[[days]]", "不认识的段“days”"),
    ("theme_days.toml", 'date = "05-22"', 'date = "05-32"', "05-32", "月-日"),
    ("theme_days.toml", "weekday = { month = 9, which = 2, weekday = 6 }", "", "first_aid", "要写而且只写一项"),
    ("lexicons/warnings.toml", 'red = ["红色"', 'red = ["黄色", "红色"', "yellow = [", "“黄色”在“red”里已经有了"),
    (
        "lexicons/warnings.toml",
        'upgrade = ["升级"',
        'upgrade = ["降级", "升级"',
        "upgrade = [",
        "“降级”在“downgrade”里",
    ),
    (
        "lexicons/emergency.toml",
        'alias = ["海啸"]',
        'alias = ["海啸", "雪崩"]',
        'alias = ["海啸"',
        "“雪崩”在“geological”里",
    ),
    ("lexicons/emergency.toml", '"@crash"]', '"＠crash"]', "＠crash", "全角"),
    (
        "lexicons/emergency.toml",
        'words = ["余震", ',
        'words = ["@harm", "余震", ',
        '"@harm", "余震"',
        "只能写在 needs 里",
    ),
    ("lexicons/emergency.toml", '"地震云", ', '"地震云、地震光", ', "地震云、地震光", "分成几个词"),
    ("lexicons/emergency.toml", '"楼市地震", "股市地震"', '"楼市地震，股市地震"', "楼市地震，股市", "分开写"),
    ("areas.csv", "双辽市,220382,county", "双辽市,210382,county", "双辽市,", "不是本省的代码"),
    ("areas.csv", "双辽市,220382,county", "双辽市,220399,county", "双辽市,", "GB/T 2260"),
    ("areas.csv", "双辽市,220382,county", "双辽市,220187,county", "双辽市,", "不属于上面的四平市"),
    ("areas.csv", "双辽市,220382,county", "双辽市,220300,county", "双辽市,", "GB/T 2260"),
    ("areas.csv", "四平市,220300,city", "四平市,220302,city", "四平市,", "GB/T 2260"),
    ("areas.csv", "county,plain,220181 220124", "county,plain,220181 22012", "九台区", "六位"),
    ("areas.csv", "county,plain,220181 220124", "county,plain,210181 220124", "九台区", "不是本省的代码"),
    ("theme_days.toml", 'name = "世界气象日"', 'name = "全国爱耳日"', 'key = "meteorology', "已经有了"),
    ("theme_days.toml", "season = [9, 10]\n", "", '国家发展改革委"', "惯例的日子或多在哪几个月"),
    ("theme_days.toml", "\nseason = [9, 10]", "\nseason = [9, 13]", "season = [9, 13]", "月份"),
]


def test_every_hazard_of_the_labels_is_in_the_lists(lexicon: Lexicon) -> None:
    assert set(lexicon.hazards) == HAZARDS
    with_terms = {group.key for group in lexicon.groups if group.table == "hazard"}
    assert with_terms == HAZARDS


def test_every_county_of_the_province_is_in_the_lists(lexicon: Lexicon) -> None:
    codes = set(lexicon.areas.official)
    assert len([code for code in codes if code.endswith("0000")]) == 1
    assert len([code for code in codes if code.endswith("00") and not code.endswith("0000")]) == 9
    assert len([code for code in codes if not code.endswith("00")]) == 60


@pytest.mark.parametrize("name", [*TABLES.values(), "theme_days.toml"])
def test_an_empty_list_is_refused_instead_of_finding_nothing(name: str) -> None:
    with pytest.raises(LexiconError, match=name.replace(".", r"\.")):
        load_lexicons(lexicon_files() | {name: ""})


def test_sets_that_the_rules_name_are_those_that_are_asked_for(lexicon: Lexicon) -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in ROOM.glob("*.py") if path.name != "lexicon.py")
    named = {name for name in lexicon.sets if re.search(rf'["@]{name}"', code)}
    by_terms = {need[1:] for group in lexicon.groups for need in group.needs if need.startswith("@")}
    assert named == {name for sets in NEEDED_SETS.values() for name in sets}
    assert set(lexicon.sets) == named | by_terms, "a set that nobody asks for does nothing"


def test_a_missing_file_is_named() -> None:
    files = lexicon_files()
    del files["theme_days.toml"]
    with pytest.raises(LexiconError, match=r"theme_days\.toml"):
        load_lexicons(files)


@pytest.mark.parametrize(("name", "good", "bad", "near", "says"), MISTAKES)
def test_a_mistake_is_named_by_file_and_line(name: str, good: str, bad: str, near: str, says: str) -> None:
    files = lexicon_files()
    assert good in files[name]
    files[name] = files[name].replace(good, bad, 1)
    with pytest.raises(LexiconError) as caught:
        load_lexicons(files)
    assert says in str(caught.value)
    found = re.match(r"(\S+) 第 (\d+) 行：", str(caught.value))
    assert found is not None
    assert found.group(1) == name
    line = next(number for number, text in enumerate(files[name].split("\n"), 1) if near in text)
    assert abs(int(found.group(2)) - line) <= 3


def test_a_list_nested_without_end_is_named() -> None:
    with pytest.raises(LexiconError, match=r"deep\.toml.*嵌套"):
        TomlFile("deep.toml", "x = " + "[" * 20_000)


@pytest.mark.parametrize(("name", "lost"), [(name, each) for name, sets in NEEDED_SETS.items() for each in sets])
def test_a_lost_set_is_asked_for_in_the_file_it_belongs_to(name: str, lost: str) -> None:
    files = lexicon_files()
    files[name] = re.sub(rf"(?m)^{lost} = .*$", "", files[name], count=1)
    with pytest.raises(LexiconError, match=rf"^{name} 第 \d+ 行：.*“{lost}”"):
        load_lexicons(files)


def test_the_version_changes_with_a_word() -> None:
    files = lexicon_files()
    before = load_lexicons(files).version
    files["lexicons/words.toml"] = files["lexicons/words.toml"].replace('"雾凇"', '"雾凇岛"', 1)
    assert load_lexicons(files).version != before
    assert load_lexicons(lexicon_files()).version == before


def test_the_taggers_version_names_rules_and_lists(tagger: Tagger, lexicon: Lexicon) -> None:
    assert tagger.version.endswith(lexicon.version)
    assert tagger.version != lexicon.version
