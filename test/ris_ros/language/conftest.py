# SPDX-License-Identifier: Apache-2.0
"""The spaCy model, loaded once."""
import pytest

from ris_ros.language.command import Language
from ris_ros.language.english_model import load_nlp


@pytest.fixture(scope='session')
def nlp():
    return load_nlp()


@pytest.fixture(scope='session')
def language(nlp):
    return Language(nlp)
