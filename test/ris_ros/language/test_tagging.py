# SPDX-License-Identifier: Apache-2.0
"""Tags that spaCy gives wrongly are corrected."""
import pytest

from ris_ros.language import tagging


@pytest.mark.parametrize(('words', 'tags', 'right'), [
    ('the orange can closest', 'DT JJ MD VB', 'DT JJ NN JJ'),
    ('can you see', 'MD PRP VB', 'MD PRP VB'),
    ('the robot can see', 'DT NN MD VB', 'DT NN MD VB'),
    ('the cyan thing', 'DT NN NN', 'DT JJ NN'),
    ('light blue pear', 'NN JJ VB', 'JJ JJ NN'),
    ('hammer the nail', 'VB DT NN', 'VB DT NN')])
def test_misread_tags_are_corrected(words, tags, right):
    assert tagging.correct_tags(words.split(), tags.split()) == right.split()
