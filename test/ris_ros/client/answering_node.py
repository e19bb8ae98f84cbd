# SPDX-License-Identifier: Apache-2.0
"""A small node that answers a client at once, where a test wants no models."""
from contextlib import ExitStack
import threading

from lifecycle_msgs.msg import TransitionEvent
from lifecycle_msgs.srv import GetState
import rclpy
from rclpy.action import ActionServer, GoalResponse
from rclpy.executors import SingleThreadedExecutor

from ris_ros.action import Ground as GroundAction
from ris_ros.srv import Ground, GroundAll, LetGo

REFUSED = 'a goal that is refused'


class AnsweringNode:
    """Offers what ris_node does, in a thread of its own, and keeps what it is asked."""

    def __init__(self, domain, name):
        self.asked = []
        self._made = ExitStack()
        context = rclpy.Context()
        rclpy.init(context=context, domain_id=domain)
        self._made.callback(rclpy.shutdown, context=context)
        node = rclpy.create_node('answering', context=context)
        self._made.callback(node.destroy_node)
        node.create_publisher(TransitionEvent, f'{name}/transition_event', 1)
        for kind, service in ((GetState, 'get_state'), (Ground, 'ground'),
                              (GroundAll, 'ground_all'), (LetGo, 'let_go')):
            node.create_service(kind, f'{name}/{service}', self._answer)
        action = ActionServer(node, GroundAction, f'{name}/ground', self._reach,
                              goal_callback=self._admit)
        self._made.callback(action.destroy)
        executor = self._made.enter_context(SingleThreadedExecutor(context=context))
        executor.add_node(node)
        end = rclpy.task.Future()
        thread = threading.Thread(target=executor.spin_until_future_complete, args=(end,))
        thread.start()
        self._made.callback(thread.join)
        self._made.callback(end.set_result, None)

    def close(self):
        """Leave the graph."""
        self._made.close()

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

    def _admit(self, goal):
        self.asked.append(goal.text)
        return GoalResponse.REJECT if goal.text == REFUSED else GoalResponse.ACCEPT

    def _reach(self, goal):
        goal.succeed()
        return GroundAction.Result()
