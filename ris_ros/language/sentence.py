"""The tagged words of a command, free of spaCy."""
from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from ris_ros.language.openings import SENTENCE_ENDS, count_preludes
from ris_ros.language.spelling import Spelt
from ris_ros.language.tagging import correct_tags

if TYPE_CHECKING:
    from spacy.language import Language as SpacyLanguage


@dataclass(frozen=True)
class Sentence:
    """The words of a command.

    text: the command as it was written.
    words: its tokens, lower case, in good spelling.
    tags: their Penn Treebank tags.
    starts, ends: where each token starts and ends in text.
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
        """Return the words from start to before end, lower case, with single spaces."""
        return ' '.join(self.words[start:end])

    def span(self, start: int, end: int) -> str:
        """Return the text of the words from start to before end as it was written."""
        return self.text[self.starts[start]:self.ends[end - 1]]


def tag_sentence(nlp: SpacyLanguage, text: str, spelt: Spelt) -> Sentence:
    """Tag a command in lower case, since capitals ('The Red MUG') mislead the tagger.

    Each sentence is tagged by itself and without the politeness before it, so that neither
    changes how the rest is read.
    """
    from spacy.tokens import Doc
    whole = nlp.make_doc(spelt.text)
    words = [token.text for token in whole]
    tags = ['UH'] * len(words)
    cuts = [0, *(i for i in range(1, len(words)) if words[i - 1] in SENTENCE_ENDS), len(words)]
    spans = [(start + count_preludes(words[start:end]), end) for start, end in pairwise(cuts)]
    spans = [(start, end) for start, end in spans if start < end]
    docs = [Doc(nlp.vocab, words=words[start:end],
                spaces=[bool(token.whitespace_) for token in whole[start:end]])
            for start, end in spans]
    for (start, end), doc in zip(spans, nlp.pipe(docs, disable=['parser']), strict=True):
        tags[start:end] = correct_tags(words[start:end], [token.tag_ for token in doc])
    return Sentence(
        text, tuple(words), tuple(tags), tuple(spelt.starts[token.idx] for token in whole),
        tuple(spelt.ends[token.idx + len(token) - 1] for token in whole))
