# SPDX-License-Identifier: Apache-2.0
"""Unicode is normalised once, where text enters."""
import pytest

from ris_ros.errors import CommandError
from ris_ros.language.text import MAX_CHARACTERS, check_command, normalise
from ris_ros.speech.vocabulary import spoken_words


@pytest.mark.parametrize('mark', "'‘’‛′´`ʹʼʻˈ＇")
def test_every_apostrophe_is_the_plain_one(language, mark):
    assert language.parse(f'grab the dog{mark}s bowl').expression == "the dog's bowl"
    query = language.parse(f'the cup that isn{mark}t red')
    assert query.negated_attributes == ('red',)
    assert spoken_words(f'don{mark}t') == ["don't"]


@pytest.mark.parametrize('shapeless', [
    '\u200b', '\u200c', '\u200d', '\u2060', '\ufeff', '\u00ad', '\u202e', '\u202c', '\u2066',
    '\u2069', '\u200e', '\u200f', '\u061c', '\ufe0f', '\u034f', '\u180e', '\u3164', '\U000e0020'])
def test_characters_without_a_shape_are_left_out(language, shapeless):
    query = language.parse(f'grab{shapeless} the r{shapeless}ed mug{shapeless}')
    assert (query.expression, query.head, query.attributes) == ('the red mug', 'mug', ('red',))


@pytest.mark.parametrize('space', ['\u00a0', '\u2009', '\u202f', '\u3000', '\u2028', '\t', '\x00',
                                   '\x1b', '\x85', ' \u200b '])
def test_every_space_parts_words(language, space):
    query = language.parse(f'the{space}red{space}mug')
    assert (query.expression, query.attributes) == ('the red mug', ('red',))


@pytest.mark.parametrize('text', [
    'ｔｈｅ ｒｅｄ ｍｕｇ', '𝐭𝐡𝐞 𝐫𝐞𝐝 𝐦𝐮𝐠', 'ⓣⓗⓔ ⓡⓔⓓ ⓜⓤⓖ', 'ᵗʰᵉ ʳᵉᵈ ᵐᵘᵍ'])
def test_compatibility_letters_are_plain_letters(language, text):
    assert language.parse(text).expression == 'the red mug'


def test_the_command_itself_is_kept_as_it_was_given(language):
    assert language.parse('ｔｈｅ\u00a0mug').text == 'ｔｈｅ\u00a0mug'


@pytest.mark.parametrize('text', ['\u200b', '\u00a0\u3000', '\ufeff \u00ad'])
def test_a_text_without_a_visible_character_is_blank(text):
    with pytest.raises(CommandError, match='blank'):
        check_command(text)


def test_characters_that_stand_for_many_count_as_many():
    with pytest.raises(CommandError, match=str(MAX_CHARACTERS)):
        check_command('ﷺ' * MAX_CHARACTERS)


def test_normalising_twice_changes_nothing_more():
    every = ''.join(map(chr, range(0x20, 0x3100)))
    assert normalise(normalise(every)) == normalise(every)
