# SPDX-License-Identifier: Apache-2.0
"""How well queries agree with annotated sentences: one number for each bar."""
from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
import re

from annotated import Gold

from ris_ros.language.nouns import singular
from ris_ros.language.query import Query

_DETERMINERS = frozenset(
    'the a an this that these those some any all each every both my your his her its'.split())


def measure(golds: Sequence[Gold], parse: Callable[[str], Query]) -> dict[str, float]:
    """Return head, target, expression, null_recall, false_rejects, position, relation and flips.

    head, target: share of right ones where there is a noun. expression: mean F1 over words.
    null_recall: share of sentences without an object that are told; false_rejects: share of the
    others that are taken for those. position, relation: F1 over all sentences. flips: sentences
    with left for right or the other way round.
    """
    pairs = [(gold, parse(gold.text)) for gold in golds]
    objects = [(g, q) for g, q in pairs if g.expressions]
    nouns = [(g, q) for g, q in objects if g.targets]
    nothing = [q for g, q in pairs if not g.expressions]
    return {
        'head': _share(q.head in {singular(h.lower()) for h in g.heads} for g, q in nouns),
        'target': _share(_core(q.target) in map(_core, g.targets) for g, q in nouns),
        'expression': _share(max(_overlap(_words(e), _words(q.expression)) for e in g.expressions)
                             for g, q in objects),
        'null_recall': _share(q.expression is None for q in nothing),
        'false_rejects': _share(q.expression is None for _, q in objects),
        'position': _f1(_count_positions(g, q) for g, q in objects),
        'relation': _f1(_count_relations(g, q) for g, q in objects),
        'flips': sum(_is_flipped(g, q) for g, q in objects),
    }


def _share(values: Iterable[float]) -> float:
    values = list(values)
    return sum(values) / len(values) if values else 1.0


def _f1(counts: Iterable[tuple[int, int, int]]) -> float:
    """Return F1 of (right, given, wanted) counts."""
    right, given, wanted = map(sum, zip(*counts, strict=True))
    return 2 * right / (given + wanted) if given + wanted else 1.0


def _words(text: str | None) -> list[str]:
    return re.findall(r'\w+', (text or '').lower())


def _core(text: str | None) -> list[str]:
    """Return the words without the determiners in front."""
    words = _words(text)
    while len(words) > 1 and words[0] in _DETERMINERS:
        words.pop(0)
    return words


def _overlap(gold: list[str], got: list[str]) -> float:
    """Return F1 over words."""
    rest, right = list(gold), 0
    for word in got:
        if word in rest:
            rest.remove(word)
            right += 1
    return 2 * right / (len(gold) + len(got)) if got else 0.0


def _parts(position: str | None) -> set[str]:
    return set(position.split('+')) if position else set()


def _count_positions(gold: Gold, query: Query) -> tuple[int, int, int]:
    """Count against the annotated alternative that agrees best; nth:2 agrees with nth:2:left."""
    got = _parts(query.position)
    counts = []
    for wanted in map(_parts, gold.positions):
        right = sum(any(w == g or w.startswith(g + ':') or g.startswith(w + ':') for g in got)
                    for w in wanted)
        counts.append((right, len(got), len(wanted)))
    return min(counts, key=lambda c: c[1] + c[2] - 2 * c[0])


def _count_relations(gold: Gold, query: Query) -> tuple[int, int, int]:
    """Count relations of the right type and anchor; optional ones count for nothing."""
    def is_same(anchor: str, other: str) -> bool:
        return _overlap(_core(anchor), _core(other)) >= .5 or (
            _core(anchor)[:len(_core(other))] == _core(other))
    wanted = [(kind, anchor) for kind, anchor, optional in gold.relations if not optional]
    may = [anchor for _, anchor, optional in gold.relations if optional] + gold.targets
    right, given = 0, 0
    for relation in query.relations:
        same = [w for w in wanted if w[0] == relation.type.value and is_same(w[1], relation.anchor)]
        if same:
            wanted.remove(same[0])
            right += 1
        elif any(is_same(anchor, relation.anchor) for anchor in may):
            continue
        given += 1
    return right, given, right + len(wanted)


def _is_flipped(gold: Gold, query: Query) -> bool:
    """Tell whether a side is named, and none of the annotated sides."""
    kinds = [kind for kind, *_ in gold.relations]
    wanted = _sides([*gold.positions, *kinds])
    got = _sides([query.position, *(r.type.value for r in query.relations)])
    return bool(wanted and got and not wanted & got)


def _sides(values: Iterable[str | None]) -> set[str]:
    return {side for side in ('left', 'right') for value in values if value and side in value}
