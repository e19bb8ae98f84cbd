# SPDX-License-Identifier: Apache-2.0
"""A node in the ROS graph, and waiting on it with a deadline, whoever spins it."""
from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
import threading
import time
from typing import Any, TypeVar

from rcl_interfaces.srv import SetParameters
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.client import Client
from rclpy.exceptions import InvalidHandle, NameValidationException, ParameterException
from rclpy.executors import ExternalShutdownException
from rclpy.impl.implementation_singleton import rclpy_implementation
from rclpy.node import Node
from rclpy.parameter import Parameter
from rclpy.task import Future

from ris_ros.client.node_turns import NodeTurns
from ris_ros.client.own_node import own_node
from ris_ros.errors import RisError
from ris_ros.ros_words import reason_of
from ris_ros.service_qos import SERVICE_QOS

Value = TypeVar('Value')

# A request that may be granted twice is repeated after this time.
_ASK_AGAIN_S = 5.0
_SPUN = ('A node that you hand in must be spun by its executor in another thread than this one, '
         'and a callback of it may wait only with a MultiThreadedExecutor.')


class NodeNotFoundError(RisError):
    """The node that is asked for is not there, or offers no such service."""


class NodeNotActiveError(RisError):
    """The node is there, but its lifecycle state is not active."""


class WaitTimeoutError(RisError):
    """Something did not happen in time; the message names it."""


class Connection:
    """A node of your own or of this class's making, with calls that wait for an answer.

    Somebody has to spin the node, or nothing comes in:

    - Without a node, this class makes one in a context of its own and spins it in a thread.
      Callbacks run in that thread.
    - A node that is in an executor is spun by whoever runs that executor; methods here only wait.
      Called from one of the node's own callbacks, they need a ``MultiThreadedExecutor``, because
      a ``SingleThreadedExecutor`` is busy with that callback.
    - A node that is in no executor is spun here, while a method waits. Callbacks run in the thread
      that waits.

    Who spins a node adds it to the executor before a client waits: a node that is added while a
    client spins it would be spun by both.

    All methods may be called from several threads at once.

    Attributes:
        node: The node, for further publishers and subscriptions.
    """

    def __init__(self, node: Node | None = None, *, domain_id: int | None = None,
                 node_name: str = '', arguments: Sequence[str] = ()) -> None:
        """Join the graph.

        Args:
            node: Your node; None makes one.
            domain_id: ROS domain of the node that is made; None takes ``ROS_DOMAIN_ID``.
            node_name: Of the node that is made; '' for one that no other node has.
            arguments: For the node that is made, such as ``['--ros-args', '-r', '__ns:=/robot']``.

        Raises:
            RisError: ROS refuses a name or an argument; nothing is left in the graph then.
        """
        self._thread: threading.Thread | None = None
        self._clients: dict[tuple[type, str], Client] = {}
        self._making_client = threading.RLock()
        self._closing = Future()
        # What close() undoes, the last first.
        self._made = ExitStack()
        with self._closed_on_failure():
            self.node = (self._made.enter_context(own_node(domain_id, node_name, arguments))
                         if node is None else node)
            self._group = ReentrantCallbackGroup()
            self._turns = NodeTurns.join(self.node)
            self._made.callback(self._turns.leave)
            if node is None:
                self._turns.executor.add_node(self.node)
                self._thread = threading.Thread(target=self._spin, name=self.node.get_name(),
                                                daemon=True)
                self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Leave the graph; a node that was handed in lives on.

        A callback may call it, too. Where the client spins its own node, it leaves when that
        callback has returned.
        """
        with self._making_client:
            self._closing.set_result(None)
        if self._thread is threading.current_thread():
            return  # a thread cannot wait for its own end; it leaves at the end of `_spin`
        if self._thread is not None:
            # Nothing may be destroyed that the thread is just waiting for.
            self._thread.join()
        self._made.close()

    def wait(self, condition: Callable[[], Value], timeout: float, what: str) -> Value:
        """Wait until a condition holds; this is the one place that waits.

        Args:
            condition: Called again and again, in this thread, until its result is true.
            timeout: Seconds.
            what: What is waited for, for the message of the error.

        Returns:
            What the condition returned.

        Raises:
            RisError: The client was closed meanwhile.
            WaitTimeoutError: The condition did not hold in time.
        """
        deadline = time.monotonic() + timeout
        while True:
            seen = self._turns.changes
            try:
                value = condition()
            except InvalidHandle:  # it asks something that close() has destroyed
                if self._closing.done():
                    raise RisError(_closed_while(what)) from None
                raise
            if value:
                return value
            if (left := deadline - time.monotonic()) <= 0:
                raise WaitTimeoutError(f'Waited {timeout:.3g} s in vain for {what}.')
            if self._closing.done():
                raise RisError(_closed_while(what))
            self._turns.take(seen, left)

    def spin_for(self, seconds: float) -> None:
        """Let callbacks run for some seconds, or until the client is closed."""
        deadline = time.monotonic() + seconds
        while not self._closing.done() and (left := deadline - time.monotonic()) > 0:
            self._turns.take(self._turns.changes, left)

    def result(self, future: Future, timeout: float, what: str) -> Any:
        """Wait for a future and return its result.

        Args:
            future: Of this node.
            timeout: Seconds.
            what: What is waited for, for the message of the error.

        Raises:
            WaitTimeoutError: The future was not done in time; it can be waited for again.
        """
        future.add_done_callback(self._turns.note_change)
        self.wait(future.done, timeout, what)
        return future.result()

    def call(self, kind: type, name: str, request: object, timeout: float) -> Any:
        """Call a service and return its response.

        Args:
            kind: Type of the service, such as ``std_srvs.srv.Trigger``.
            name: Name of the service.
            request: An instance of ``kind.Request``.
            timeout: Seconds for the service to appear and to answer.

        Raises:
            NodeNotFoundError: Nobody offers the service.
            WaitTimeoutError: The service does not answer in time.
        """
        deadline = time.monotonic() + timeout
        client = self._await_service(kind, name, timeout)
        future = client.call_async(request)
        try:
            return self.result(future, deadline - time.monotonic(),
                               f'an answer of {client.srv_name}')
        except WaitTimeoutError:
            future.cancel()  # else the client would keep it
            raise self._unanswered(client.srv_name, timeout) from None

    def call_again(self, kind: type, name: str, request: object, timeout: float) -> Any:
        """Call a service, and call it again where no response comes, if that does no harm.

        A node that has just appeared may get a request before it has discovered who asks. ROS drops
        its response then. Arguments and exceptions are those of `call`.
        """
        deadline = time.monotonic() + timeout
        client = self._await_service(kind, name, timeout)
        while (left := deadline - time.monotonic()) > 0:
            try:
                return self.call(kind, name, request, min(left, _ASK_AGAIN_S))
            except WaitTimeoutError:
                continue
        raise self._unanswered(client.srv_name, timeout)

    def set_parameter(self, node: str, name: str, value: object, timeout: float = 10.0) -> None:
        """Set a parameter of any node.

        Args:
            node: Name of the node, such as ``'ris_node'``.
            name: Name of the parameter.
            value: Its new value.
            timeout: Seconds.

        Raises:
            NodeNotFoundError: The node is not there.
            RisError: The node refuses the value; the message says why.
            WaitTimeoutError: The node does not answer in time.
        """
        parameter = Parameter(name, value=value).to_parameter_msg()
        result = self.call_again(
            SetParameters, f'{node}/set_parameters',
            SetParameters.Request(parameters=[parameter]), timeout).results[0]
        if not result.successful:
            raise RisError(f'{node} refused {name} {value!r}: {result.reason}')

    def _refuse_if_closed(self) -> None:
        """Keep a client that is closed from making anything more.

        Raises:
            RisError: It is closed.
        """
        if self._closing.done():
            raise RisError('The client is closed.')

    def _service(self, kind: type, name: str) -> Client:
        """Return the client of a service, made once."""
        with self._making_client:
            self._refuse_if_closed()
            if (kind, name) not in self._clients:
                client = self.node.create_client(
                    kind, name, qos_profile=SERVICE_QOS, callback_group=self._group)
                self._made.callback(self.node.destroy_client, client)
                self._clients[kind, name] = client
            return self._clients[kind, name]

    def _await_service(self, kind: type, name: str, timeout: float) -> Client:
        """Return the client of a service that is there."""
        client = self._service(kind, name)
        try:
            self.wait(client.service_is_ready, timeout, name)
        except WaitTimeoutError:
            raise self._not_found(client.srv_name, timeout) from None
        return client

    def _not_found(self, what: str, timeout: float) -> NodeNotFoundError:
        return NodeNotFoundError(
            f'Nobody offers {what} after {timeout:.3g} s. Does the node run, under that name and '
            f'namespace, and is ROS_DOMAIN_ID the same? {_SPUN}')

    def _unanswered(self, name: str, timeout: float) -> WaitTimeoutError:
        hint = f' {_SPUN}' if self._thread is None else ''
        return WaitTimeoutError(f'Waited {timeout:.3g} s in vain for an answer of {name}.{hint}')

    @contextmanager
    def _closed_on_failure(self) -> Iterator[None]:
        """Leave nothing behind where a part of this client cannot be made.

        Raises:
            RisError: ROS refuses a name or an argument.
        """
        try:
            yield
        except (NameValidationException, ParameterException,
                rclpy_implementation.RCLError) as error:
            self.close()
            raise RisError(f'The client cannot be made: {reason_of(error)}') from error
        except BaseException:
            self.close()
            raise

    def _spin(self) -> None:
        """Spin the node that was made here until it is closed."""
        while not self._closing.done() and self.node.context.ok():
            try:
                self._turns.executor.spin_until_future_complete(self._closing)
            except ExternalShutdownException:
                break
            except Exception as error:
                if self._closing.done() and isinstance(error, RisError):
                    break  # a callback was just asking something
                # A failed callback, or rclpy about something that was just destroyed (rclpy issue
                # 1284), must not keep later answers from coming in.
                self.node.get_logger().error(
                    f'A callback of the client failed: {type(error).__name__}: {error}')
        if self._closing.done():
            self._made.close()


def _closed_while(what: str) -> str:
    return f'The client was closed while it waited for {what}.'
