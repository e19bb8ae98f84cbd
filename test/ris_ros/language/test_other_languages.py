# SPDX-License-Identifier: Apache-2.0
"""Commands in other languages are refused; English ones with foreign names never are."""
from pathlib import Path

from annotated import read_sentences, read_unseen
import pytest

from ris_ros.errors import CommandError
from ris_ros.language.other_languages import is_english, is_foreign_stop
from ris_ros.language.stop_orders import is_stop_order

HERE = Path(__file__).parent


def _lines(name: str) -> list[str]:
    """Return the lines of a list, its comments and headings left out."""
    lines = (HERE / name).read_text(encoding='utf-8').splitlines()
    return [line for line in lines if line and line[0] != '#']


@pytest.mark.parametrize('text', _lines('other_languages.txt'))
def test_another_language_is_told(text):
    assert not is_english(text)


@pytest.mark.parametrize('text', [
    'nimm nicht den roten Ball', 'no toques el vaso', 'не трогай стакан', '不要碰玻璃杯'])
def test_another_language_is_refused_in_a_sentence(language, text):
    with pytest.raises(CommandError, match='I understand English only'):
        language.parse(text)


def test_no_english_sentence_is_refused():
    texts = [one.text for name in ('sentences.txt', 'fresh_sentences.txt')
             for one in read_sentences(name)] + [one.text for one in read_unseen()]
    texts += _lines('places.txt') + _lines('stop_phrasings.txt')
    assert len(texts) > 1000
    assert not [text for text in texts if not is_english(text) and not is_foreign_stop(text)]


@pytest.mark.parametrize('text', [
    'café', 'the jalapeño jar', 'jalapeño', 'la croix can', 'pick up the Le Creuset pot',
    'Le Creuset pot', 'crème brûlée', 'pico de gallo', 'Dos Equis bottle', 'salsa verde jar',
    'Häagen-Dazs tub', 'Löwenbräu mug', 'pinot noir bottle', 'eau de cologne bottle', 'the piñata',
    'red die left of the other die', 'Van Gogh mug', 'Der Spiegel magazine', 'Nestlé box',
    'cafe au lait', 'pain au chocolat', 'a grand piano', 'links of the chain', '42', '🤖'])
def test_foreign_names_in_english_are_not_refused(text):
    assert is_english(text)


@pytest.mark.parametrize('text', [
    'stopp', 'Stopp!', 'halt', 'Halt, sofort!', 'nein, stopp', 'arrêt', 'arrêtez !', 'alto',
    '¡para!', 'fermati', 'basta', 'arrête de bouger', 'стоп', '停止', '止まれ'])
def test_an_order_to_stop_in_another_language_is_obeyed(language, text):
    assert is_stop_order(text)
    assert language.parse(text).expression is None


@pytest.mark.parametrize('text', [
    'nimm den roten Ball', 'the alto saxophone', 'para cord', 'halt sign', 'non-stop mug'])
def test_other_texts_are_no_foreign_order_to_stop(text):
    assert not is_foreign_stop(text)
