# SPDX-License-Identifier: Apache-2.0
"""Real nodes in processes of their own, and a client that talks to them over DDS."""
from contextlib import contextmanager
import os
from pathlib import Path
import signal
import subprocess
import sys

from lifecycle_msgs.srv import ChangeState
from node_forks import ForkedNode
import pytest
from rcl_interfaces.srv import SetParameters
import rclpy
from rclpy.parameter import Parameter
from rclpy.qos import DurabilityPolicy, QoSProfile

from ris_ros.client import GroundingClient
from ris_ros.msg import Grounding

TIMEOUT = 600
LATCHED = QoSProfile(depth=10, durability=DurabilityPolicy.TRANSIENT_LOCAL)


def running(module, domain, *arguments, **parameters):
    """Run a node of the package as a process; stop it as ros2 launch does, and check its end."""
    words, environment = _command_line(arguments, parameters), _environment(domain)
    return _ending(module, ForkedNode(module, words, environment))


def running_anew(module, domain, *arguments, **parameters):
    """Do the same with an interpreter that has imported nothing yet, for tests of the start."""
    words, environment = _command_line(arguments, parameters), _environment(domain)
    return _ending(module, subprocess.Popen([sys.executable, '-m', module, *words],
                                            env={**environment, 'PYTHONFAULTHANDLER': '1'}))


# Modules that this computer may lack, such as tf2_ros.
STAND_INS = Path(__file__).parent / 'ris_ros' / 'node' / 'stand_ins'


@contextmanager
def found_first(folder):
    """Let nodes find the modules of a folder before those that are installed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv('PYTHONPATH', str(folder), prepend=os.pathsep)
        yield


def _command_line(arguments, parameters):
    """Return the words after the name of the program."""
    words = [word for name, value in parameters.items() for word in ('-p', f'{name}:={value}')]
    return ['--ros-args', *map(str, arguments), *words]


def _environment(domain):
    """Return the environment of a node in a domain."""
    return {**os.environ, 'ROS_DOMAIN_ID': str(domain), 'OMP_NUM_THREADS': '1'}


@contextmanager
def _ending(module, process):
    """Give a process, and end it."""
    try:
        yield process
        if process.poll() is None:
            # On Ctrl-C both the terminal and ros2 launch send it.
            process.send_signal(signal.SIGINT)
            process.send_signal(signal.SIGINT)
            status = process.wait(TIMEOUT)
            assert status == 0, f'{module} ended with {status}'
    finally:
        process.kill()
        process.wait()


class Client:
    """A node in the test's own process that commands ris_node and keeps what it says.

    Adds to GroundingClient what only tests want: patience, lists of messages, and goals that are
    cancelled just in time.
    """

    def __init__(self, domain):
        self.context = rclpy.Context()
        rclpy.init(context=self.context, domain_id=domain)
        self.node = rclpy.create_node('ris_test', context=self.context)
        self.grounding = GroundingClient(self.node)
        self.answers = self.listen(Grounding, 'ris_node/grounding', LATCHED)

    def close(self):
        """Leave the graph."""
        self.grounding.close()
        self.node.destroy_node()
        rclpy.shutdown(context=self.context)

    def wait(self, condition, what):
        """Spin until a condition holds and return its value."""
        return self.grounding.wait(condition, TIMEOUT, what)

    def spin_for(self, seconds):
        """Let messages come in for some seconds."""
        self.grounding.spin_for(seconds)

    def listen(self, kind, topic, qos=10):
        """Subscribe, and return the list that the messages go into."""
        messages = []
        self.node.create_subscription(kind, topic, messages.append, qos)
        return messages

    def call(self, kind, name, request):
        """Call a service and return its response."""
        return self.grounding.call(kind, name, request, TIMEOUT)

    def call_again(self, kind, name, request):
        """Call a service of a node that has just appeared, and that may answer twice."""
        return self.grounding.call_again(kind, name, request, TIMEOUT)

    def ask_later(self, text):
        """Ask by the service and return the future of the answer."""
        return self.grounding.ground_async(text)

    def result(self, future, what):
        """Wait for a future."""
        return self.grounding.result(future, TIMEOUT, what)

    def ask(self, text, command_id=''):
        """Ask by the service."""
        return self.grounding.ground(text, TIMEOUT, command_id)

    def say(self, text):
        """Ask by the topic; return the answer."""
        return self.say_all([text])

    def say_all(self, texts):
        """Ask by the topic without waiting in between; return the answer to the last."""
        self.wait(lambda: self.node.count_publishers('ris_node/grounding'), 'a speaker')
        before = len(self.answers)
        for text in texts:
            self.grounding.publish(text, TIMEOUT)
        return self.wait(lambda: next(
            (a for a in self.answers[before:] if a.command == texts[-1]), None), f'{texts[-1]!r}')

    def send_goal(self, text, feedback):
        """Send a goal, put its feedback into a list, and return it once it is accepted."""
        return self.grounding.start_goal(text, feedback.append, TIMEOUT, f'goal {text}')

    def goal_end(self, goal):
        """Wait for the end of a goal; return its outcome and its answer."""
        answer = goal.result(TIMEOUT)
        return goal.outcome, answer

    def cancelled(self, busy, text):
        """Cancel a goal that waits behind another command until that came in time; return its end.

        busy: the text of the other command, text: that of the goal.
        """
        def attempt():
            first = self.ask_later(busy)
            goal = self.send_goal(text, [])
            goal.cancel(TIMEOUT)
            outcome, answer = self.goal_end(goal)
            self.result(first, 'the service')
            return answer if outcome == 'canceled' else None
        return self.wait(attempt, 'a goal that is cancelled')

    def set_parameter(self, node, name, value):
        """Set a parameter of a node and return the result."""
        parameter = Parameter(name, value=value).to_parameter_msg()
        request = SetParameters.Request(parameters=[parameter])
        return self.call_again(SetParameters, f'{node}/set_parameters', request).results[0]

    def state(self):
        """Return the label of the node's lifecycle state."""
        return self.grounding.state(TIMEOUT)

    def transition(self, label):
        """Ask for a lifecycle transition; return whether it was made."""
        request = ChangeState.Request()
        request.transition.label = label
        return self.call(ChangeState, 'ris_node/change_state', request).success

    def await_active(self):
        """Wait until the node has started itself."""
        self.grounding.wait_until_active(TIMEOUT)
