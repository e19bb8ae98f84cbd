"""The tagged words of a command, free of spaCy."""
from __future__ import annotations

from dataclasses import dataclass


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
