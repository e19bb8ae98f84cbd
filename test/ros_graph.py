"""Real nodes in processes of their own, and a client that talks to them over DDS."""
from contextlib import contextmanager
import os
import signal
import subprocess
import sys
import time

from action_msgs.msg import GoalStatus
from lifecycle_msgs.srv import ChangeState, GetState
from rcl_interfaces.srv import SetParameters
import rclpy
from rclpy.action import ActionClient
from rclpy.executors import SingleThreadedExecutor
from rclpy.parameter import Parameter
from rclpy.qos import DurabilityPolicy, QoSProfile
from std_msgs.msg import String

from ris_ros.action import Ground as GroundAction
from ris_ros.msg import Grounding
from ris_ros.srv import Ground

TIMEOUT = 600
PATIENCE = 10
LATCHED = QoSProfile(depth=10, durability=DurabilityPolicy.TRANSIENT_LOCAL)


@contextmanager
def running(module, domain, *arguments, **parameters):
    """Run a node of the package as a process; stop it as ros2 launch does, and check its end."""
    words = [word for name, value in parameters.items() for word in ('-p', f'{name}:={value}')]
    environment = {**os.environ, 'ROS_DOMAIN_ID': str(domain), 'OMP_NUM_THREADS': '1',
                   'PYTHONFAULTHANDLER': '1'}
    process = subprocess.Popen(
        [sys.executable, '-m', module, '--ros-args', *arguments, *words],
        env=environment)
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
    """A node in the test's own process that commands ris_node and keeps what it says."""

    def __init__(self, domain):
        self.context = rclpy.Context()
        rclpy.init(context=self.context, domain_id=domain)
        self.node = rclpy.create_node('ris_test', context=self.context)
        self.executor = SingleThreadedExecutor(context=self.context)
        self.executor.add_node(self.node)
        self.answers = self.listen(Grounding, 'ris_node/grounding', LATCHED)
        self._command = self.node.create_publisher(String, 'command', 10)
        self._clients = {}
        self._action = ActionClient(self.node, GroundAction, 'ris_node/ground')

    def close(self):
        """Leave the graph."""
        self._action.destroy()
        self.executor.shutdown()
        self.node.destroy_node()
        rclpy.shutdown(context=self.context)

    def wait(self, condition, what):
        """Spin until a condition holds and return its value."""
        deadline = time.monotonic() + TIMEOUT
        while not (value := condition()):
            assert time.monotonic() < deadline, f'waited {TIMEOUT} s in vain for {what}'
            self.executor.spin_once(timeout_sec=0.05)
        return value

    def listen(self, kind, topic, qos=10):
        """Subscribe, and return the list that the messages go into."""
        messages = []
        self.node.create_subscription(kind, topic, messages.append, qos)
        return messages

    def call(self, kind, name, request):
        """Call a service and return its response."""
        return self.result(self.call_later(kind, name, request), name)

    def call_later(self, kind, name, request):
        """Call a service and return the future."""
        if name not in self._clients:
            self._clients[name] = self.node.create_client(kind, name)
        client = self._clients[name]
        self.wait(client.service_is_ready, f'the service {name}')
        return client.call_async(request)

    def result(self, future, what):
        """Wait for a future."""
        self.wait(future.done, what)
        return future.result()

    def ask(self, text, command_id=''):
        """Ask by the service."""
        request = Ground.Request(text=text, command_id=command_id)
        return self.call(Ground, 'ris_node/ground', request).grounding

    def say(self, text):
        """Ask by the topic; return the answer."""
        return self.say_all([text])

    def say_all(self, texts):
        """Ask by the topic without waiting in between; return the answer to the last."""
        self.wait(self._command.get_subscription_count, 'a listener to commands')
        self.wait(lambda: self.node.count_publishers('ris_node/grounding'), 'a speaker')
        before = len(self.answers)
        for text in texts:
            self._command.publish(String(data=text))
        return self.wait(lambda: next(
            (a for a in self.answers[before:] if a.command == texts[-1]), None), f'{texts[-1]!r}')

    def send_goal(self, text, feedback):
        """Send a goal, put its feedback into a list, and return the goal's handle."""
        self.wait(self._action.server_is_ready, 'the action server')
        goal = GroundAction.Goal(text=text, command_id=f'goal {text}')
        handle = self.result(self._action.send_goal_async(
            goal, lambda message: feedback.append(message.feedback)), 'the goal to be accepted')
        assert handle.accepted
        return handle

    def goal_end(self, handle):
        """Wait for the end of a goal; return its final status and its result's grounding."""
        response = self.result(handle.get_result_async(), 'the result')
        names = {GoalStatus.STATUS_SUCCEEDED: 'succeeded', GoalStatus.STATUS_ABORTED: 'aborted',
                 GoalStatus.STATUS_CANCELED: 'canceled'}
        return names[response.status], response.result.grounding

    def cancelled(self, busy, text):
        """Cancel a goal that waits behind another command until that came in time; return its end.

        busy: the text of the other command, text: that of the goal.
        """
        def attempt():
            first = self.call_later(Ground, 'ris_node/ground', Ground.Request(text=busy))
            goal = self.send_goal(text, [])
            self.result(goal.cancel_goal_async(), 'the cancel response')
            status, answer = self.goal_end(goal)
            self.result(first, 'the service')
            return answer if status == 'canceled' else None
        return self.wait(attempt, 'a goal that is cancelled')

    def set_parameter(self, node, name, value):
        """Set a parameter of a node and return the result."""
        parameter = Parameter(name, value=value).to_parameter_msg()
        request = SetParameters.Request(parameters=[parameter])
        return self.call(SetParameters, f'{node}/set_parameters', request).results[0]

    def state(self):
        """Return the label of the node's lifecycle state.

        It is asked again after a while: a node that takes another one's place gets requests before
        it knows where to send the response.
        """
        for _ in range(TIMEOUT // PATIENCE):
            future = self.call_later(GetState, 'ris_node/get_state', GetState.Request())
            self.executor.spin_until_future_complete(future, PATIENCE)
            if future.done():
                return future.result().current_state.label
        raise AssertionError(f'waited {TIMEOUT} s in vain for the state')

    def transition(self, label):
        """Ask for a lifecycle transition; return whether it was made."""
        request = ChangeState.Request()
        request.transition.label = label
        return self.call(ChangeState, 'ris_node/change_state', request).success

    def await_active(self):
        """Wait until the node has started itself."""
        self.wait(lambda: self.state() == 'active', 'the node to be active')
