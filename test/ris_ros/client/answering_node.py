# SPDX-License-Identifier: Apache-2.0
"""A small node that answers a client at once, where a test wants no models."""
import threading

from lifecycle_msgs.msg import TransitionEvent
from lifecycle_msgs.srv import GetState
import rclpy
from rclpy.action import ActionServer
from rclpy.executors import SingleThreadedExecutor

from ris_ros.action import Ground as GroundAction
from ris_ros.srv import Ground, GroundAll, LetGo


class AnsweringNode:
    """Offers what ris_node does, in a thread of its own, and keeps what it is asked."""

    def __init__(self, domain, name):
        self.asked = []
        self._context = rclpy.Context()
        rclpy.init(context=self._context, domain_id=domain)
        self._node = rclpy.create_node('answering', context=self._context)
        self._node.create_publisher(TransitionEvent, f'{name}/transition_event', 1)
        for kind, service in ((GetState, 'get_state'), (Ground, 'ground'),
                              (GroundAll, 'ground_all'), (LetGo, 'let_go')):
            self._node.create_service(kind, f'{name}/{service}', self._answer)
        self._action = ActionServer(self._node, GroundAction, f'{name}/ground', self._reach)
        self._executor = SingleThreadedExecutor(context=self._context)
        self._executor.add_node(self._node)
        self._end = rclpy.task.Future()
        self._thread = threading.Thread(
            target=self._executor.spin_until_future_complete, args=(self._end,))
        self._thread.start()

    def close(self):
        """Leave the graph."""
        self._end.set_result(None)
        self._thread.join()
        self._executor.shutdown()
        self._action.destroy()
        self._node.destroy_node()
        rclpy.shutdown(context=self._context)

    def _answer(self, request, response):
        if isinstance(response, GetState.Response):
            self.asked.append('state')
            response.current_state.label = 'active'
        elif isinstance(response, Ground.Response):
            self.asked.append(request.text)
            response.grounding.command = request.text
        else:
            self.asked.append(type(request).__name__)
        return response

    def _reach(self, goal):
        self.asked.append(goal.request.text)
        goal.succeed()
        return GroundAction.Result()
