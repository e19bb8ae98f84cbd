# SPDX-License-Identifier: Apache-2.0
"""The lines of an index and of a command on an indexed frame, which a user waits for."""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
import itertools

import numpy as np

from ris_lab.benchmark.clip_lines import MASKS, SIZE
from ris_lab.benchmark.line import Line
from ris_lab.benchmark.scene import SEED, draw_masks, draw_picture
from ris_ros.encoder.backbone import Backbone
from ris_ros.encoder.encoder import Encoder
from ris_ros.frame import Frame
from ris_ros.grounding.result import Grounding
from ris_ros.index.scene_index import SceneIndex
from ris_ros.pipeline import Pipeline
from ris_ros.profile import load_profile
from ris_ros.proposals.sources import GivenProposer
from ris_sim.rendering.camera_pipeline import sample_camera_pipeline
from ris_sim.rendering.renderer import Renderer
from ris_sim.rendering.sensor_depth import sample_sensor
from ris_sim.sampling.scenes import sample_scene
from ris_sim.style import Style

# The CPU time of an index and of a command with the embedded profile, at most.
INDEX_MS, COMMAND_MS = 120, 20
_REPEATS = 9

# The same with the profile home in furnished rooms; how much cheaper than that a command is.
HOME_INDEX_MS, HOME_COMMAND_RATIO = 250, 10
_ROOMS, _THINGS_IN_ROOM = 5, (6, 9)

EMBEDDED_INDEX = 'embedded: a full index, 640 x 480 with depth'
HOME_INDEX = 'home: a full index of a furnished room, 640 x 480 with depth'

_COLOURS = ('red', 'blue', 'green', 'yellow', 'white', 'black', 'orange', 'purple')
_MATERIALS = ('wooden', 'metal', 'plastic', 'glass', 'paper', 'steel')
_THINGS = ('mug', 'bowl', 'bottle', 'box', 'can', 'spoon', 'ball', 'plate')


def new_commands() -> Iterator[str]:
    """Return commands without end; no phrase repeats within 192 of them."""
    things = [f'{colour} {material} {thing}' for colour, material, thing in itertools.product(
        _COLOURS, _MATERIALS, _THINGS)]
    return itertools.cycle(f'pick up the {one} next to the {other}'
                           for one, other in zip(things[::2], things[1::2], strict=True))


def simulated_frame() -> Frame:
    """Return a 640 x 480 frame with depth of a scene of the built-in simulator."""
    scene = sample_scene(np.random.default_rng(SEED))
    return Renderer(SIZE[1], SIZE[0]).render(scene).frame()


def home_frames() -> list[Frame]:
    """Return 640 x 480 frames of furnished rooms, with the faults of cameras and depth sensors."""
    frames, renderer = [], Renderer(SIZE[1], SIZE[0])
    for number in range(_ROOMS):
        rng = np.random.default_rng([SEED, number])
        rendering = renderer.render(sample_scene(rng, count=_THINGS_IN_ROOM, style=Style.HOME))
        image = sample_camera_pipeline(rng).photograph(rendering.image, rng)
        frames.append(Frame(image, sample_sensor(rng).measure(rendering, rng), rendering.camera))
    return frames


def embedded_lines(pipeline: Pipeline, frame: Frame, texts: Iterator[str]) -> list[Line]:
    """Return the lines of the embedded profile.

    Args:
        pipeline: Of that profile.
        frame: 640 x 480, with depth.
        texts: Commands that are new to the pipeline.
    """
    scene = pipeline.index(frame)
    number = len(scene.masks)
    return [
        # A frame that was seen before would be cheaper.
        Line(EMBEDDED_INDEX, lambda: pipeline.index(replace(frame)), most_ms=INDEX_MS,
             note=f'{number} masks'),
        Line('embedded: a new command on an indexed frame',
             lambda: pipeline.ground(scene, next(texts)), most_ms=COMMAND_MS, repeats=_REPEATS,
             note='each with other words'),
    ]


def home_lines(frames: Sequence[Frame]) -> list[Line]:
    """Return the lines of the profile home on pictures as a real camera takes them.

    Args:
        frames: 640 x 480, with depth, one at least.
    """
    pipeline = Pipeline.load('home')
    pictures, texts = itertools.cycle(frames), new_commands()
    first = frames[0]
    scene = pipeline.index(first)

    def command() -> Grounding:
        return pipeline.ground(scene, next(texts))

    def rerun() -> Grounding:
        return pipeline.ground(pipeline.index(replace(first)), next(texts))
    return [
        Line(HOME_INDEX, lambda: pipeline.index(replace(next(pictures))), most_ms=HOME_INDEX_MS,
             repeats=2 * len(frames), note=f'each of {len(frames)} rooms twice'),
        Line('home: a new command on an indexed room', command, rerun, at_least=HOME_COMMAND_RATIO,
             repeats=_REPEATS, note='against indexing the room again for it'),
    ]


def command_line(pipeline: Pipeline, backbone: Backbone) -> Line:
    """Return the line of a command on an indexed frame with ViT-B/32 and 50 masks.

    Args:
        pipeline: Any; only its language part is used.
        backbone: A CLIP ViT-B/32.
    """
    encoder = Encoder(backbone, replace(load_profile('robot').encoder, templates=('{}',)))
    large = replace(pipeline, proposer=GivenProposer(), encoder=encoder, appearance=encoder)
    # The cost of a command does not depend on the values of the features.
    features = np.random.default_rng(SEED).standard_normal(
        (MASKS, backbone.model.text_projection.shape[1]), np.float32)
    scene = SceneIndex.of(Frame(draw_picture(*SIZE)), draw_masks(MASKS, *SIZE), features)
    texts = new_commands()
    return Line('a new command on an indexed frame', lambda: large.ground(scene, next(texts)),
                most_ms=100, repeats=_REPEATS, note='ViT-B/32, 50 masks, each with other words')
