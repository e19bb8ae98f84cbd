# SPDX-License-Identifier: Apache-2.0
"""The ROS side of the console: a client of ris_node's service and topics."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
import itertools
import threading
import time
from uuid import uuid4

from builtin_interfaces.msg import Time
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from rclpy.clock import Clock, ClockType
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from rclpy.serialization import deserialize_message
from rclpy.task import Future
from sensor_msgs.msg import Image

from ris_ros.client import GroundingClient
from ris_ros.client.requests import Region
from ris_ros.console.held_objects import HeldObjects
from ris_ros.console.pictures import PictureFeed
from ris_ros.console.scene_list import SceneList
from ris_ros.console.transcript import Transcript, console_id
from ris_ros.console.voice_link import VoiceLink
from ris_ros.errors import RisError
from ris_ros.msg import Grounding, Scene, Target

_ORDINALS = ('first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth',
             'tenth')
# A lost picture is not sent again: only the newest one counts, and the node waits for nobody.
_NEWEST = QoSProfile(depth=1, reliability=ReliabilityPolicy.BEST_EFFORT)
_LATCHED = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
_LOOK_S = 0.25  # how often is looked whether the node is there
# Diagnostics come once a second; a node whose last ones are older than this is not heard.
_SILENT_S = 3.0
_LEVELS = {DiagnosticStatus.OK: 'ok', DiagnosticStatus.WARN: 'warn'}


@dataclass(frozen=True)
class PartHealth:
    """What a node says of itself.

    Attributes:
        level: 'ok', 'warn', 'error', or 'absent' where it is not heard.
        message: In a sentence.
        values: What else it says, by its names.
    """

    level: str = 'absent'
    message: str = ''
    values: tuple[tuple[str, str], ...] = ()

    def value(self, name: str) -> str:
        """Return a value by its name; '' where there is none."""
        return dict(self.values).get(name, '')


class RobotLink:
    """Sends commands to ris_node, and keeps what it and the speech node say.

    ROS's callbacks run in one thread of the client's; the methods may be called from any thread
    and wait for nothing.

    Attributes:
        name: Of ris_node, in full without the first slash.
        transcript: Of commands and answers.
        scene: What the node remembers.
        voice: The way to the speech node.
    """

    def __init__(self, ris_node: str, transcript: Transcript, pictures: PictureFeed,
                 on_change: Callable[[], None], arguments: Sequence[str] = ()) -> None:
        """Join the graph.

        Args:
            ris_node: Name of ris_node, with its namespace where it has one.
            transcript: Takes the commands and answers.
            pictures: Takes the camera's images.
            on_change: Called from a thread of ROS whenever there is something new.
            arguments: For ROS.
        """
        self.transcript, self.scene = transcript, SceneList()
        self._on_change = on_change
        self._numbers, self._session = itertools.count(1), uuid4().hex[:6]
        self._held = HeldObjects(transcript)
        self._healths: dict[str, tuple[float, PartHealth]] = {}
        self._health_lock = threading.Lock()
        self._was_present = False
        self._client = GroundingClient(ris_node=ris_node, node_name='ris_console',
                                       arguments=arguments)
        node = self._client.node
        self.name = node.resolve_service_name(ris_node).removeprefix('/')
        namespace = ris_node[:ris_node.rfind('/') + 1]
        self._speech = node.resolve_service_name(f'{namespace}ris_speech').rpartition('/')[2]
        self.voice = VoiceLink(node, namespace, transcript, on_change, self._speech_trouble)
        self._client.on_answer(self._hear_answer, include_earlier=True)
        self._client.on_target(self._hear_target)
        node.create_subscription(Image, f'{ris_node}/view', pictures.keep, _NEWEST, raw=True)
        node.create_subscription(Image, f'{ris_node}/mask', self._hear_mask, _NEWEST, raw=True)
        node.create_subscription(Scene, f'{ris_node}/scene', self._hear_scene, _LATCHED)
        node.create_subscription(DiagnosticArray, '/diagnostics', self._hear_diagnostics, 10)
        node.create_timer(_LOOK_S, self._look, clock=Clock(clock_type=ClockType.STEADY_TIME))

    def close(self) -> None:
        """Leave the graph."""
        self._client.close()

    @property
    def is_present(self) -> bool:
        """Whether ris_node is there, in whatever state."""
        return self._client.is_present()

    @property
    def node_health(self) -> PartHealth:
        """What ris_node says of itself."""
        return self._health(f'{self.name}: grounding')

    @property
    def speech_health(self) -> PartHealth:
        """What the speech node says of itself."""
        return self._health(f'{self._speech}: speech')

    def _speech_trouble(self) -> str:
        """Return what the speech node complains of; '' for nothing."""
        health = self.speech_health
        return health.message if health.level in ('warn', 'error') else ''

    def ask(self, who: str, text: str, region: Region | None = None,
            stamp: Time | None = None, place: str = '') -> None:
        """Send a command; the transcript gets the answer, or the reason why there is none.

        Args:
            who: The operator's name.
            text: The command; '' with a region is "this".
            region: What was pointed at in the camera's image: a pixel (u, v), or a box (x, y,
                width, height).
            stamp: Of the image that was shown then.
            place: What was pointed at, in words.
        """
        id_ = console_id(self._session, next(self._numbers), who)
        self.transcript.ask(id_, who, ', '.join(filter(None, (text, place))))
        if not self.is_present:
            self.transcript.fail(id_, f'{self.name} is not there.')
        else:
            try:
                # The answer with its masks comes on ~/grounding, as those to others do.
                answer = self._client.ground_async(text, id_, omit_masks=True,
                                                   region=region, region_stamp=stamp)
                answer.add_done_callback(partial(self._end, id_))
            except RisError as error:
                self.transcript.fail(id_, str(error))
        self._on_change()

    def choose(self, who: str, number: int, answer_id: str) -> None:
        """Choose an object by its number, unless another answer has come since it was shown."""
        overlay = self.transcript.overlay
        if answer_id != overlay.id:
            self.refuse(who, f'number {number}',
                        'A newer answer has come; its numbers mean other objects.')
        elif not 1 <= number <= len(overlay.objects):
            self.refuse(who, f'number {number}', 'No object has that number.')
        else:
            self.ask(who, f'the {_ORDINALS[number - 1]} one' if number <= len(_ORDINALS)
                     else f'number {number}')

    def point(self, who: str, text: str, pixel: tuple[int, int], stamp: Time) -> None:
        """Mean what is at a pixel: a numbered object, or whatever the node finds there.

        Args:
            who: The operator's name.
            text: Words that go with pointing ("the one left of this"); '' for none.
            pixel: (u, v) of the camera's image.
            stamp: Of the image that was shown.
        """
        overlay = self.transcript.overlay
        number = self.transcript.number_at(*pixel)
        if number and not text and len(overlay.objects) > 1:
            self.choose(who, number, overlay.id)
        else:
            self.ask(who, text, pixel, stamp, f'click at {pixel}')

    def mean(self, who: str, text: str, id_: int) -> None:
        """Mean a thing that the node remembers.

        Args:
            who: The operator's name.
            text: Words that go with pointing ("the one left of this"); '' for none.
            id_: Of the thing.
        """
        thing, place = self.scene.find(id_), f'thing {id_} of the list'
        if thing is not None and thing.is_visible:
            self.ask(who, text, thing.box, thing.stamp, place)
            return
        reason = ('It is not remembered any more.' if thing is None else
                  f'It is {thing.presence}, so it cannot be pointed at.')
        self.refuse(who, ', '.join(filter(None, (text, place))), reason)

    def refuse(self, who: str, text: str, reason: str) -> None:
        """Note something that an operator wanted and that is not sent, with the reason."""
        id_ = console_id(self._session, next(self._numbers), who)
        self.transcript.ask(id_, who, text)
        self.transcript.fail(id_, reason)
        self._on_change()

    def _end(self, id_: str, answer: Future) -> None:
        """Take note of a call that failed; an answer is heard on its topic."""
        if answer.exception() is not None:
            self.transcript.fail(id_, str(answer.exception()))
            self._on_change()

    def _hear_answer(self, answer: Grounding) -> None:
        self.transcript.hear(answer)
        self._on_change()

    def _hear_target(self, target: Target) -> None:
        if self._held.hear(target):
            self._on_change()

    def _hear_mask(self, raw: bytes) -> None:
        """Outline the tracked object, if one is tracked; an answer's mask comes with it."""
        if self._held.is_due():
            self._held.outline(deserialize_message(raw, Image))
            self._on_change()

    def _hear_scene(self, scene: Scene) -> None:
        self.scene.hear(scene)
        self._on_change()

    def _hear_diagnostics(self, message: DiagnosticArray) -> None:
        """Keep what each node says of itself."""
        now = time.monotonic()
        with self._health_lock:
            for status in message.status:
                self._healths[status.name] = now, PartHealth(
                    _LEVELS.get(status.level, 'error'), status.message,
                    tuple((item.key, item.value) for item in status.values))

    def _health(self, name: str) -> PartHealth:
        """Return what a node said last, if that is not too long ago."""
        with self._health_lock:
            heard_at, health = self._healths.get(name, (0.0, PartHealth()))
        return health if time.monotonic() - heard_at < _SILENT_S else PartHealth()

    def _look(self) -> None:
        """End what waits for a node that has gone."""
        present = self.is_present
        if self._was_present and not present:
            self._held.forget()
            self.transcript.forget_overlay()
            self.scene.forget()
            self.transcript.fail_open(f'{self.name} went away before it answered.')
            self._on_change()
        self._was_present = present
