# SPDX-License-Identifier: Apache-2.0
"""The tagged words of a command, free of spaCy."""
from __future__ import annotations

from dataclasses import dataclass

from ris_ros.language.text import word_set

# Groups of Penn Treebank tags.
NOUN_TAGS = word_set('NN NNS NNP NNPS')
PARTICIPLE_TAGS = word_set('VBN VBG VBD')
COMPARISON_TAGS = word_set('JJR JJS')
ADJECTIVE_TAGS = PARTICIPLE_TAGS | COMPARISON_TAGS | {'JJ'}
ADVERB_TAGS = word_set('RB RBR RBS')
PRONOUN_TAGS = word_set('PRP EX')
DETERMINER_TAGS = word_set('DT PDT PRP$ WDT')
VERB_TAGS = word_set('VB VBD VBG VBN VBP VBZ MD')
FINITE_TAGS = word_set('VBD VBP VBZ MD')
# The base form of a verb, which the tagger does not tell from its present tense.
BASE_TAGS = word_set('VB VBP')
# They open an object after its verb: "take the cup", "take it", "take my cup".
OBJECT_OPENING_TAGS = word_set('DT PRP PRP$')


@dataclass(frozen=True)
class Sentence:
    """The words of a command.

    Attributes:
        text: The command as it was written.
        words: Its tokens in lower case and in good spelling.
        tags: Their Penn Treebank tags.
        starts: Where each token starts in text.
        ends: Where each token ends in text.
    """

    text: str
    words: tuple[str, ...]
    tags: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.words)

    def word(self, i: int) -> str:
        """Return word i, or '' past the end."""
        return self.words[i] if i < len(self.words) else ''

    def tag(self, i: int) -> str:
        """Return tag i, or '' past the end."""
        return self.tags[i] if i < len(self.tags) else ''

    def joined(self, start: int, end: int) -> str:
        """Return the words from start to before end in lower case, with single spaces."""
        return ' '.join(self.words[start:end])

    def span(self, start: int, end: int) -> str:
        """Return the original text of the words from start to before end."""
        return self.text[self.starts[start]:self.ends[end - 1]]
