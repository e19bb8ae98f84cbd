"""Referring expressions that name exactly one visible object, with the truth."""
from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ris_ros.simulation.scene import Scene, SceneObject
from ris_ros.simulation.visibility import visible_share
from ris_ros.simulation.vocabulary import PREFIXES, may_mean, noun_phrase

KINDS = ('attribute', 'size', 'position', 'relation')
TARGET_SHARE = .0015
VISIBLE_SHARE = .4
SEEN_PIXELS = 30
ATTEMPTS = 60

SIZE_WORDS = {'small': ('small', 'smallest', 'little', 'smaller', 'tiny'),
              'large': ('large', 'largest', 'big', 'bigger', 'biggest')}
POSITION_FORMS = {
    'left': ('leftmost {}', '{} on the far left', '{} furthest to the left', '{} on the left'),
    'right': ('rightmost {}', '{} on the far right', '{} furthest to the right',
              '{} on the right'),
    'near': ('nearest {}', 'closest {}', '{} closest to the camera', '{} in the front'),
    'far': ('farthest {}', '{} furthest away', '{} farthest from the camera', '{} in the back')}
RELATION_WORDS = {
    'left_of': ('left of', 'to the left of', 'on the left of'),
    'right_of': ('right of', 'to the right of', 'on the right of'),
    'in_front_of': ('in front of',),
    'behind': ('behind',),
    'near': ('next to', 'near', 'beside', 'close to', 'by'),
    'on': ('on', 'on', 'on top of'),
    'in': ('in', 'in', 'inside')}
SIDE_RELATIONS = ('left_of', 'right_of', 'in_front_of', 'behind', 'near')
# A stacked thing is mostly told by what it is on; a unique one needs no relation, yet has it.
STACKED_FIRST = .5
ALONE_SHARE = .3


@dataclass(frozen=True)
class Expression:
    """An expression and what it names.

    kind: one of KINDS, or 'absent'.  text: the command.  target_index: into scene.objects, None
    when nothing there is meant.  matching_indices: visible objects that the noun phrase alone
    fits.  phrase: that noun phrase.  detail: 'small', 'left', 'near' ..., '' for attribute.
    """

    kind: str
    text: str
    target_index: int | None
    matching_indices: tuple[int, ...]
    phrase: str
    detail: str = ''


@dataclass(frozen=True)
class Sight:
    """A visible object: its index, pixel count, visible share, mean pixel and depth."""

    index: int
    thing: SceneObject
    pixels: int
    share: float
    u: float
    v: float
    depth: float

    @property
    def sizes(self) -> np.ndarray:
        """Longest edge and mean edge in metres: two notions of size."""
        edges = np.array(self.thing.extents)
        return np.array([edges.max(), np.prod(edges) ** (1 / 3)])


def visible_objects(scene: Scene, labels: np.ndarray) -> tuple[Sight, ...]:
    """List the objects of which enough pixels show to be recognised at all."""
    sights = []
    model = scene.camera.model(labels.shape[1], labels.shape[0])
    for i, thing in enumerate(scene.objects):
        rows, columns = np.nonzero(labels == i + 1)
        if len(rows) >= SEEN_PIXELS:
            others = [*scene.objects[:i], *scene.objects[i + 1:]]
            share = visible_share(thing, others, scene.camera, model)
            depth = scene.camera.to_optical(np.array([thing.position]))[0, 2]
            sights.append(Sight(i, thing, len(rows), share, float(columns.mean()),
                                float(rows.mean()), float(depth)))
    return tuple(sights)


def generate_expressions(scene: Scene, labels: np.ndarray, rng: np.random.Generator,
                         per_kind: int = 1,
                         kinds: tuple[str, ...] = KINDS) -> tuple[Expression, ...]:
    """Draw up to per_kind different expressions of each kind.

    labels: (H, W) uint8 of the rendering. What is named, target or anchor, covers at least
    TARGET_SHARE of the picture and shows at least VISIBLE_SHARE of its silhouette; everything of
    which SEEN_PIXELS show counts as something the words could mean. A scene in which a kind
    cannot be said clearly gives none of it.
    """
    sights = visible_objects(scene, labels)
    targets = [s for s in sights
               if s.pixels >= TARGET_SHARE * labels.size and s.share >= VISIBLE_SHARE]
    makers = {'attribute': attribute, 'size': size, 'position': position, 'relation': relation,
              'absent': absent}
    found: dict[tuple, Expression] = {}
    for kind in kinds:
        wanted = len(found) + per_kind
        for _ in range(ATTEMPTS * per_kind if targets else 0):
            expression = makers[kind](sights, targets, labels.shape, rng)
            if expression is not None:
                key = (kind, expression.phrase, expression.target_index, expression.detail)
                found.setdefault(key, expression)
            if len(found) == wanted:
                break
    return tuple(found.values())


def named(sights: tuple[Sight, ...], targets: list[Sight], rng: np.random.Generator,
          forms: tuple[str, ...]) -> tuple[Sight, str, list[Sight]]:
    """Draw a target, a noun phrase for it and all visible objects that the phrase may mean."""
    target = targets[rng.integers(len(targets))]
    phrase, keys = noun_phrase(target.thing, rng, str(rng.choice(forms)))
    return target, phrase, [s for s in sights if may_mean(s.thing, phrase, keys)]


def command(rest: str, rng: np.random.Generator) -> str:
    """Put an imperative or nothing before an expression."""
    return f'{rng.choice(PREFIXES)} {rest}'.strip()


def indices(sights: list[Sight]) -> tuple[int, ...]:
    """Return the objects' indices."""
    return tuple(s.index for s in sights)


def attribute(sights, targets, shape, rng) -> Expression | None:
    """Name the only object of its kind or colour."""
    forms = ('colour+category', 'colour+category', 'category', 'colour', 'material+category',
             'colour+material+category')
    target, phrase, same = named(sights, targets, rng, forms)
    if len(same) != 1:
        return None
    return Expression('attribute', command(phrase, rng), target.index, indices(same), phrase)


def size(sights, targets, shape, rng) -> Expression | None:
    """Name the clearly smallest or largest of several."""
    target, phrase, same = named(sights, targets, rng, ('colour+category', 'category', 'colour'))
    rest = [s.sizes for s in same if s is not target]
    if not rest:
        return None
    if (target.sizes * 1.25 < np.min(rest, axis=0)).all():
        word = 'small'
    elif (target.sizes > 1.25 * np.max(rest, axis=0)).all():
        word = 'large'
    else:
        return None
    text = f'{rng.choice(SIZE_WORDS[word])} {phrase}'
    return Expression('size', command(text, rng), target.index, indices(same), phrase, word)


def offsets(one: Sight, other: Sight, shape) -> dict[str, float]:
    """Say how far one is left of, right of ... the other, in shares of the picture.

    In front and behind count only as far as both the picture and the true depth agree.
    """
    height, width = shape
    right = (one.u - other.u) / width
    down, closer = (one.v - other.v) / height, 2 * (other.depth - one.depth)
    return {'left': -right, 'right': right, 'near': min(down, closer),
            'far': min(-down, -closer)}


def position(sights, targets, shape, rng) -> Expression | None:
    """Name the one that is clearly at one end of several."""
    target, phrase, same = named(sights, targets, rng,
                                 ('category', 'category', 'colour+category', 'colour', 'object'))
    side = str(rng.choice(list(POSITION_FORMS)))
    rest = [s for s in same if s is not target]
    if not rest or min(offsets(target, s, shape)[side] for s in rest) < .05:
        return None
    text = str(rng.choice(POSITION_FORMS[side])).format(phrase)
    return Expression('position', command(text, rng), target.index, indices(same), phrase, side)


def relation(sights, targets, shape, rng) -> Expression | None:
    """Tell the target from others like it by where it is to something unique."""
    stacked = [s for s in targets if s.thing.support is not None]
    if stacked and rng.random() < STACKED_FIRST:
        return stacked_relation(sights, targets, stacked, rng)
    target, phrase, same = named(sights, targets, rng, ('category', 'colour+category', 'colour'))
    anchors = [s for s in targets if s not in same and not are_stacked(s, target)]
    if len(same) < 2 or not anchors:
        return None
    anchor, anchor_phrase, alike = named(sights, anchors, rng, ('colour+category', 'category'))
    if len(alike) != 1:
        return None
    kind = str(rng.choice(SIDE_RELATIONS))
    rest = [s for s in same if s is not target]
    if not (is_nearest(target, rest, anchor) if kind == 'near'
            else is_only_one(kind, target, rest, anchor, shape)):
        return None
    text = f'{phrase} {rng.choice(RELATION_WORDS[kind])} the {anchor_phrase}'
    return Expression('relation', command(text, rng), target.index, indices(same), phrase, kind)


def stacked_relation(sights, targets, stacked, rng) -> Expression | None:
    """Name what is on or in something unique; mostly there are others like it elsewhere."""
    forms = ('category', 'category', 'colour+category', 'colour', 'object')
    target, phrase, same = named(sights, stacked, rng, forms)
    anchors = [s for s in targets if s.thing.name == target.thing.support and s not in same]
    if not anchors or (len(same) == 1 and rng.random() > ALONE_SHARE):
        return None
    anchor, anchor_phrase, alike = named(sights, anchors, rng, ('colour+category', 'category'))
    if len(alike) != 1 or any(are_stacked(s, anchor) for s in same if s is not target):
        return None
    kind = 'in' if target.thing.contained else 'on'
    text = f'{phrase} {rng.choice(RELATION_WORDS[kind])} the {anchor_phrase}'
    return Expression('relation', command(text, rng), target.index, indices(same), phrase, kind)


def are_stacked(one: Sight, other: Sight) -> bool:
    """Say whether one of two objects stands on or lies in the other."""
    return one.thing.support == other.thing.name or other.thing.support == one.thing.name


def is_only_one(kind: str, target: Sight, rest: list[Sight], anchor: Sight, shape) -> bool:
    """Say whether the target clearly stands so to the anchor and none of the rest does."""
    side = {'left_of': 'left', 'right_of': 'right', 'in_front_of': 'near', 'behind': 'far'}[kind]
    opposite = {'left': 'right', 'right': 'left', 'near': 'far', 'far': 'near'}[side]
    return (offsets(target, anchor, shape)[side] > .05
            and all(offsets(s, anchor, shape)[opposite] > .01 for s in rest))


def is_nearest(target: Sight, rest: list[Sight], anchor: Sight) -> bool:
    """Say whether the target is near the anchor, the others not, on the table and in the image."""
    def distances(s: Sight) -> np.ndarray:
        a, b = np.array(s.thing.position), np.array(anchor.thing.position)
        return np.array([np.linalg.norm(a - b), np.hypot(s.u - anchor.u, s.v - anchor.v)])
    near = distances(target)
    return near[0] < .22 and all((distances(s) > 1.5 * near).all() for s in rest)


def absent(sights, targets, shape, rng) -> Expression | None:
    """Name something that is not there: one thing in another thing's colour."""
    one, other = (targets[rng.integers(len(targets))].thing for _ in range(2))
    phantom = replace(one, colour=other.colour, material='plain')
    phrase, keys = noun_phrase(phantom, rng)
    if any(may_mean(s.thing, phrase, keys) for s in sights):
        return None
    return Expression('absent', command(phrase, rng), None, (), phrase)
