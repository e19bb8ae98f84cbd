"""The tagged words of a command, free of spaCy."""
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ris_ros.language.tagging import correct_tags
from ris_ros.language.text import lower_keeping_length

if TYPE_CHECKING:
    from spacy.language import Language as SpacyLanguage


@dataclass(frozen=True)
class Sentence:
    """The words of a command.

    text: the command with its capitals.
    words: its tokens, lower case.
    tags: their Penn Treebank tags.
    offsets: where each token starts in text.
    """

    text: str
    words: tuple[str, ...]
    tags: tuple[str, ...]
    offsets: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.words)

    def word(self, i: int) -> str:
        """Return word i, or '' past the end."""
        return self.words[i] if i < len(self.words) else ''

    def tag(self, i: int) -> str:
        """Return tag i, or '' past the end."""
        return self.tags[i] if i < len(self.tags) else ''

    def joined(self, start: int, end: int) -> str:
        """Return the words from start to before end, lower case, with single spaces."""
        return ' '.join(self.words[start:end])

    def span(self, start: int, end: int) -> str:
        """Return the text of the words from start to before end as it was written."""
        last = end - 1
        return self.text[self.offsets[start]:self.offsets[last] + len(self.words[last])]


def tag_sentence(nlp: SpacyLanguage, text: str) -> Sentence:
    """Tag a command; in lower case, since capitals ('The Red MUG') mislead the tagger."""
    doc = nlp(lower_keeping_length(text))
    words = [token.text for token in doc]
    tags = correct_tags(words, [token.tag_ for token in doc])
    return Sentence(text, tuple(words), tuple(tags), tuple(token.idx for token in doc))
