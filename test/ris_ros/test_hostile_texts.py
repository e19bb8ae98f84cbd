# SPDX-License-Identifier: Apache-2.0
"""Whatever a person or a program says: a status and a sentence, within a moment."""
from random import Random
import time
import tracemalloc
import unicodedata

from damage import FEW
from hypothesis import given
from hypothesis import strategies as st
import numpy as np
import pytest
from simulated_table import lay_out

from ris_ros import Frame, Pipeline
from ris_ros.conversation import Conversation
from ris_ros.errors import CommandError
from ris_ros.language.command import RULES, Language
from ris_ros.language.dialogue import LastAnswer, interruption, resolve
from ris_ros.language.text import MAX_CHARACTERS, check_command
from ris_ros.status import Status

# Far above what the longest text takes (.3 s), and far below what a person would call a hang.
MOMENT_S = 20
ALPHABET = st.one_of(
    st.characters(), st.characters(categories=['Cs', 'Cf', 'Cc', 'Mn', 'Me', 'Nd', 'No']),
    st.sampled_from('\0\u202e\u2067\u0301\u20dd\ufeff\ufffd٣५"\'()[]{}%\\'))
PIECES = st.sampled_from(['the ', 'red mug', ' next to ', ' one', 'second ', 'it', 'not ', 'stop',
                          ' all ', ', ', 'no, '])
TEXTS = st.lists(PIECES | st.text(ALPHABET, max_size=12), max_size=8).map(''.join)
ANSWERED = {Status.FOUND, Status.NOT_FOUND, Status.AMBIGUOUS, Status.BAD_COMMAND, Status.STOPPED}


@pytest.fixture(scope='module')
def pipeline():
    return Pipeline.load('embedded')


@pytest.fixture(scope='module')
def table(pipeline):
    image, masks = lay_out(('mug', 'red', -.16, -.06), ('mug', 'red', .16, -.06),
                           ('bowl', 'green', 0, -.14))
    return pipeline.index(Frame(image), masks)


def rows():
    """Return the characters of each 256 codes of Unicode, half surrogate pairs included."""
    for start in range(0, 0x110000, 256):
        letters = [chr(code) for code in range(start, start + 256)]
        if any(unicodedata.category(letter) != 'Cn' for letter in letters):
            yield letters


@pytest.mark.slow
def test_every_block_of_unicode_is_read(pipeline):
    rng = Random(0)
    last = LastAnswer(pipeline.parse('the red mug'), 3, 1, 0.0)
    read = refused = 0
    for number, letters in enumerate(rows()):
        text = 'the red {}, {}' .format(*(''.join(rng.choices(letters, k=6)) for _ in 'ab'))
        assert check_command(text).encode()
        interruption(text)
        # Private use makes up half of the rows; one in eight of all is parsed.
        if number % 8 == 0:
            try:
                query = pipeline.parse(text)
            except CommandError:  # it is mostly in another script
                refused += 1
                continue
            assert query.text == text
            resolve(query, last, 1.0)
            read += 1
    assert number > 700
    assert read > 50
    assert refused > 0


@pytest.mark.slow
@FEW
@given(st.lists(TEXTS, min_size=1, max_size=3))
def test_every_text_of_a_dialogue_gets_a_status_and_a_sentence_that_can_be_sent(
        pipeline, table, texts):
    conversation = Conversation(pipeline)
    for now, text in enumerate(texts):
        answer = conversation.answer(table, text, float(now))
        assert answer.status in ANSWERED
        assert answer.message
        for words in (answer.message, answer.expression or '', answer.target or ''):
            words.encode()
        assert np.isfinite(answer.confidence)
        assert len(answer.candidates) >= answer.count


@pytest.mark.slow
@FEW
@given(TEXTS)
def test_the_rule_of_the_paper_reads_every_text_or_refuses_it(papers, text):
    try:
        query = papers.parse(text)
    except CommandError:
        return
    assert query.expression.encode()


@pytest.fixture(scope='module')
def papers():
    return Language.load(RULES[1])


@pytest.mark.slow
@pytest.mark.parametrize('part', [
    '(', '"', ' of', ' the', ' next to the box', ' and the mug', ' that is on the table', ' not',
    ' stop', ' left', 'a', '\u0301', ',', '.', ' 9', 'the one ', '\u202e'])
def test_the_longest_text_takes_a_moment(pipeline, table, part):
    start = time.process_time()
    answer = Conversation(pipeline).answer(table, ('the mug' + part * 1000)[:MAX_CHARACTERS], 0.0)
    assert answer.status in ANSWERED
    assert time.process_time() - start < MOMENT_S


@pytest.mark.parametrize('letter', ['x', 'stop ', '\0', '\u0301', '\ud800', '\ufdfa', '𝕏', ' '])
def test_a_million_characters_are_refused_at_once(pipeline, table, letter):
    text = (letter * 10**6)[:10**6]
    tracemalloc.start()
    start = time.process_time()
    answer = Conversation(pipeline).answer(table, text, 0.0)
    taken, peak = time.process_time() - start, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert answer.status is Status.BAD_COMMAND
    assert '1000000 characters' in answer.message
    assert len(answer.message) < 200
    assert taken < 1
    assert peak < 10**7


def test_characters_that_grow_are_refused_as_well():
    # Normalised, each of these is eighteen characters.
    with pytest.raises(CommandError, match='characters'):
        check_command('\ufdfa' * MAX_CHARACTERS)
