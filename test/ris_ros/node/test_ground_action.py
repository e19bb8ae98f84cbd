# SPDX-License-Identifier: Apache-2.0
"""The action's goals keep their order, whichever of rclpy's threads is faster."""
import threading
from types import SimpleNamespace

from ris_ros.action import Ground
from ris_ros.node import ground_action
from ris_ros.node.ground_action import GroundAction


class Commands:
    """Notes the commands that goals start, and never answers them."""

    def __init__(self):
        self.texts = []

    def start(self, text, id_, source, feed_back, pointing):
        """Note a command."""
        self.texts.append(text)
        return SimpleNamespace(cancel=lambda reason: False)


def handle(text):
    return SimpleNamespace(
        request=Ground.Goal(text=text), is_active=True, publish_feedback=lambda message: None,
        execute=lambda: None, abort=lambda: None,
        goal_id=SimpleNamespace(uuid=text.encode()))


def serve(monkeypatch):
    """Return the callbacks that rclpy would call, in whatever threads, and the commands."""
    given, commands = {}, Commands()
    monkeypatch.setattr(
        ground_action, 'ActionServer', lambda *args, **callbacks: given.update(callbacks))
    GroundAction(None, commands)
    return given['goal_callback'], given['handle_accepted_callback'], commands


def test_goal_that_is_accepted_first_waits_for_the_one_that_came_first(monkeypatch):
    receive, accept, commands = serve(monkeypatch)
    first, second = handle('first'), handle('second')
    receive(first.request)
    receive(second.request)
    overtaking = threading.Thread(target=accept, args=[second])
    overtaking.start()
    overtaking.join(.2)
    assert commands.texts == []
    accept(first)
    overtaking.join(10)
    assert commands.texts == ['first', 'second']


def test_goal_that_is_never_accepted_holds_up_no_other_for_long(monkeypatch):
    monkeypatch.setattr(ground_action, '_ACCEPTING_S', .05)
    receive, accept, commands = serve(monkeypatch)
    lost, second, third = handle('lost'), handle('second'), handle('third')
    for goal in (lost, second, third):
        receive(goal.request)
    accept(second)
    accept(third)
    assert commands.texts == ['second', 'third']
    accept(lost)  # later than anybody waited
    assert commands.texts == ['second', 'third', 'lost']
