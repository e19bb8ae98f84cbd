# SPDX-License-Identifier: Apache-2.0
"""The paper's rule for the noun phrase, by spaCy's dependency parser.

Yu et al., Zero-shot Referring Image Segmentation with Global-Local Context Features, CVPR 2023.
"""
from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.language import Language as SpacyLanguage
    from spacy.tokens import Doc, Span, Token


def join_tokens(doc: Doc) -> str:
    """Join the doc's tokens with single spaces, leaving out tokens that are a single space."""
    return ' '.join(token.text for token in doc if token.text != ' ')


def head_token(doc: Doc) -> Token:
    """Return the last token that is its own head, in a doc that is not empty."""
    return [token for token in doc if token.head.i == token.i][-1]


def noun_chunk(doc: Doc) -> Span | None:
    """Return the noun chunk of the head, else that of the head's first child, else None."""
    head = head_token(doc)
    chunks = list(doc.noun_chunks)
    for token in [head, *list(head.children)[:1]]:
        for chunk in chunks:
            if chunk.start <= token.i < chunk.end:
                return chunk
    return None


def noun_phrase(doc: Doc) -> str:
    """Return the text of noun_chunk(doc), or the whole text where it is None."""
    chunk = noun_chunk(doc)
    return doc.text if chunk is None else chunk.text


def head_noun(doc: Doc) -> str:
    """Return the head of noun_chunk(doc), or the head of the whole text where it is None."""
    chunk = noun_chunk(doc)
    return (head_token(doc) if chunk is None else chunk.root).text


def paper_doc(nlp: SpacyLanguage, text: str) -> Doc:
    """Return the doc of the re-joined lower-case text, which the paper calls the sentence."""
    return nlp(join_tokens(nlp(text.lower())))
