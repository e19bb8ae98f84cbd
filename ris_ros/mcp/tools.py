# SPDX-License-Identifier: Apache-2.0
"""The tools that a model is offered: ground, look, ask and stop."""
from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
import itertools
import time
from uuid import uuid4

from mcp.server.mcpserver import Image
from mcp.server.mcpserver.exceptions import ToolError
from rclpy.time import Time

from ris_ros.client import GroundingClient, NodeNotFoundError, WaitTimeoutError
from ris_ros.errors import RisError
from ris_ros.mcp.answers import ToolAnswer, to_tool_answer
from ris_ros.mcp.snapshot import Snapshot, outline, take_snapshot
from ris_ros.msg import Grounding
from ris_ros.status import Status

_PRESENT_S = 10.0  # after this a node that is there has been discovered
_PICTURE_S = 5.0
_STOP_S = 2.0  # ris_node answers "stop" within milliseconds, whatever it is busy with
_VERDICTS = (Status.FOUND, Status.NOT_FOUND, Status.AMBIGUOUS, Status.ANSWERED, Status.STOPPED)


class RobotTools:
    """Asks ris_node in a model's name; each tool may be called from any thread."""

    def __init__(self, ris_node: str, timeout: float, arguments: Sequence[str] = ()) -> None:
        """Join the graph.

        Args:
            ris_node: Name of ris_node, with its namespace where it has one.
            timeout: Seconds for an answer.
            arguments: For ROS.
        """
        self._name, self._timeout = ris_node, timeout
        self._numbers, self._session = itertools.count(1), uuid4().hex[:6]
        self._shown: Snapshot | None = None
        self._answer: Grounding | None = None
        self._client = GroundingClient(ris_node=ris_node, node_name='ris_mcp', arguments=arguments)
        self._client.on_answer(self._keep_answer, include_earlier=True)
        self._known_at = time.monotonic() + _PRESENT_S

    def close(self) -> None:
        """Leave the graph."""
        self._client.close()

    def all(self) -> tuple[Callable, ...]:
        """Return the tools."""
        return self.ground, self.look, self.ask, self.stop

    def ground(self, text: str = '', u: int | None = None, v: int | None = None) -> ToolAnswer:
        """Find the one object that words mean in what the robot's camera sees now.

        The words are plain English, such as "pick up the red mug next to the bowl"; the robot does
        not move, it only finds the object. After AMBIGUOUS, "the second one" chooses. With a pixel
        (u, v) of the picture that `look` has returned, the words may be "this" or "the one left of
        this".
        """
        with _told():
            return self._verdict(self._ask(text, self._timeout, self._pixel(u, v)))

    def look(self) -> list[str | Image]:
        """Show what the robot's camera sees now, with the last answer's objects outlined."""
        with _told():
            self._require_node()
            self._shown = shown = take_snapshot(self._client, self._name, _PICTURE_S)
        height, width = shown.image.shape[:2]
        said = (f"The camera's picture of {self._seconds_since(Time.from_msg(shown.stamp)):.1f} s "
                f'ago, {width} pixels wide and {height} high.')
        answer = self._answer
        if answer is None or not answer.count:
            return [f'{said} Nothing is outlined.', _image(shown)]
        marked = outline(shown, answer)
        asked = self._seconds_since(Time.from_msg(answer.command_stamp))
        drawn = ('Outlined are' if marked is not shown else
                 'Not outlined, because the picture has another size now, are')
        return [f'{said} {drawn} the objects of the answer to {answer.command!r}, given '
                f'{asked:.0f} s ago: {answer.message}', _image(marked)]

    def ask(self, question: str) -> ToolAnswer:
        """Ask what is in front of the robot's camera, and get a sentence with the objects.

        Such as "what do you see", "how many mugs are there", "is there a red ball", "what is left
        of the bowl", "where is the mug".
        """
        with _told():
            answer = self._ask(question, self._timeout)
            if Status(answer.status) in _VERDICTS and not answer.question:
                raise ToolError(
                    f'{question!r} was taken for a command and not for a question. It was answered '
                    f'with {Status(answer.status).name}: {answer.message} Use the tool ground for '
                    'commands; questions begin as "where is" or "how many" do.')
            return self._verdict(answer)

    def stop(self) -> str:
        """End what ris_node looks for or tracks. It brakes no motor: it is no emergency stop."""
        with _told():
            return self._ask('stop', _STOP_S).message

    def _ask(self, text: str, timeout: float, pixel: tuple[int, int] | None = None) -> Grounding:
        """Send a text to ris_node; RisError where it is not there or does not answer."""
        self._require_node()
        stamp = self._shown.stamp if pixel is not None and self._shown is not None else None
        return self._client.ground(text, timeout, f'mcp-{self._session}-{next(self._numbers)}',
                                   omit_masks=True, region=pixel, region_stamp=stamp)

    def _verdict(self, answer: Grounding) -> ToolAnswer:
        """Return an answer that says something of the scene; RisError where there is none."""
        if Status(answer.status) not in _VERDICTS:
            raise RisError(f'{Status(answer.status).name}: {answer.message}')
        return to_tool_answer(answer)

    def _pixel(self, u: int | None, v: int | None) -> tuple[int, int] | None:
        """Return the pixel of the camera's image that is pointed at; None without one."""
        if u is None and v is None:
            return None
        if u is None or v is None:
            raise RisError('A pixel needs both u and v; give both or none.')
        if self._shown is None:
            raise RisError('A pixel is one of the picture that look returns; look first.')
        return self._shown.camera_pixel(u, v)

    def _require_node(self) -> None:
        """Raise RisError where ris_node is not there."""
        left = self._known_at - time.monotonic()
        try:
            self._client.wait(self._client.is_present, left, self._name)
        except WaitTimeoutError:
            raise NodeNotFoundError(
                f'{self._name} is not there. Start it, and give this server its ROS_DOMAIN_ID and '
                'its name (ris mcp --node NAME).') from None

    def _keep_answer(self, answer: Grounding) -> None:
        """Keep the newest answer, whoever asked, unless a newer command replaced it."""
        if Status(answer.status) is not Status.UNKNOWN:
            self._answer = answer

    def _seconds_since(self, when: Time) -> float:
        """Return the age of something by the node's clock, in seconds."""
        now = self._client.node.get_clock().now()
        return max(0.0, (now.nanoseconds - when.nanoseconds) * 1e-9)


def _image(snapshot: Snapshot) -> Image:
    """Return a picture as the content of a tool's answer."""
    return Image(data=snapshot.jpeg(), format='jpeg')


@contextmanager
def _told() -> Iterator[None]:
    """Tell the model what went wrong, where it is something that it can mend."""
    try:
        yield
    except RisError as error:
        raise ToolError(str(error)) from error
