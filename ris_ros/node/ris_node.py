# SPDX-License-Identifier: Apache-2.0
"""The node: commands and images in, answers out."""
from __future__ import annotations

from collections.abc import Sequence
from functools import partial
import sys
import time
from typing import NoReturn

from rcl_interfaces.msg import SetParametersResult
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.clock import Clock, ClockType
from rclpy.lifecycle import LifecycleNode, LifecycleState, TransitionCallbackReturn
from rclpy.parameter import Parameter

from ris_ros.errors import RisError
from ris_ros.node.answerer import Answerer
from ris_ros.node.camera_inputs import CameraSubscriptions
from ris_ros.node.command_inputs import MOST_CALLS, CommandInputs
from ris_ros.node.command_line import help_if_asked
from ris_ros.node.delivery import Delivery
from ris_ros.node.diagnostics import Diagnostics, ForwardedLog
from ris_ros.node.frame_buffer import FrameBuffer
from ris_ros.node.image_clock import ImageClock
from ris_ros.node.image_converter import choose_converter
from ris_ros.node.namespaces import check_nodes, namespaces_of
from ris_ros.node.outputs import Outputs
from ris_ros.node.parameter_service import NodeParameterService
from ris_ros.node.parameters import DESCRIPTORS, LiveSettings, Settings, verdict
from ris_ros.node.placing import Placer
from ris_ros.node.pointing import PointReader
from ris_ros.node.qos_overrides import unused_overrides
from ris_ros.node.recent_scenes import RecentScenes
from ris_ros.node.scene_watch import SceneWatch
from ris_ros.node.shared_pipelines import SharedPipelines
from ris_ros.node.spinning import make_room_for_images, run_nodes
from ris_ros.node.tracking_thread import TrackingThread
from ris_ros.node.transforms import Transforms
from ris_ros.node.worker import Worker
from ris_ros.process import keep_freed_memory, return_freed_memory, use_one_blas_thread
from ris_ros.service_qos import SERVICE_QOS
from ris_ros.srv import LetGo

# Callbacks of one node that may wait at the same time: calls, an action goal beside the one that it
# replaces and one that is being cancelled, a transition; and some that must not have to wait.
# Threads are made when they are needed.
THREADS = MOST_CALLS + 12
# ros2 launch kills a process ten seconds after it has told it to end.
_CLOSING_S = 5.0


class RisNode(LifecycleNode):
    """Answers commands about the newest camera image.

    Commands are taken in every state of the node; those that cannot be answered get a status
    that says why.  Images are subscribed to while the node is active.

    The node only connects its parts: `CameraSubscriptions` stores into the `FrameBuffer`,
    `CommandInputs` hands jobs to the `Worker`, which has the `Answerer` answer them, and
    `Delivery` publishes the answers.
    """

    def __init__(self, name: str = 'ris_node', namespace: str | None = None,
                 shared: SharedPipelines | None = None) -> None:
        """Declare the parameters, start the threads and take commands.

        Args:
            name: Of the node.
            namespace: Of the node; None for what the command line says.
            shared: The models of the process's other nodes; None where there are none.
        """
        super().__init__(name, namespace=namespace, start_parameter_services=False)
        NodeParameterService(self)
        self._commands: CommandInputs | None = None
        command = f'ros2 lifecycle set {self.get_fully_qualified_name()}'
        self._not_loaded = f'No models are loaded: configure the node ({command} configure).'
        self._not_active = f'The node is not active: activate it ({command} activate).'
        self._settings = LiveSettings.declare(self, Settings, DESCRIPTORS)
        self._image_clock = ImageClock(self._settings, self._now, self._is_simulated)
        self._frames = FrameBuffer(self._settings, self._warn)
        self._outputs = Outputs(self, self._report)
        self._camera = CameraSubscriptions(self, self._frames, self._outputs.show)
        self._transforms = Transforms(self)
        self._placer = Placer(self._transforms, self._settings)
        recent = RecentScenes()
        self._scene = SceneWatch(self._settings, self._placer, self._outputs, self._report)
        self._answerer = Answerer(
            self._frames, self._settings, self._placer, self._image_clock, self._report,
            PointReader(recent, self._placer), self._scene, shared)
        self._answerer.indexer.listen(recent.add)
        self._answerer.indexer.listen(self._scene.note)
        self._answerer.unload(self._not_loaded)
        self._diagnostics = Diagnostics(
            self, self._frames, self._answerer.indexer, self._image_clock, self._state_label)
        self._log = ForwardedLog(self._warn)
        self._tracking = TrackingThread(
            self._frames, self._answerer.indexer, self._settings, self._image_clock, self._placer,
            self._outputs, self._report, self._scene.hold)
        delivery = Delivery(self._outputs, self._diagnostics, self._tracking, self.get_logger(),
                            self._report)
        self._worker = Worker(self._answerer, self._settings, delivery.deliver, self._report)
        self._listen_to_transforms()
        self._commands = CommandInputs(self, self._worker)
        self.create_service(LetGo, '~/let_go', self._let_go, qos_profile=SERVICE_QOS,
                            callback_group=ReentrantCallbackGroup())
        self.add_on_set_parameters_callback(self._check_parameters)
        self.add_post_set_parameters_callback(self._apply_parameters)
        if self._settings.value.autostart:
            self._answerer.begin_start()
            # Not by the node's clock, which may stand still.
            self._autostart = self.create_timer(
                0.0, self._start_up, clock=Clock(clock_type=ClockType.STEADY_TIME))

    def end(self) -> None:
        """Tell the threads to stop, and do not wait for them."""
        self._log.close()
        self._answerer.close()
        self._worker.end()
        self._tracking.end()

    def close(self, timeout: float = _CLOSING_S) -> None:
        """Stop the threads, so that nothing more is published; leave those that hang.

        Args:
            timeout: Longest wait for all of them, seconds.
        """
        self.end()
        deadline = time.monotonic() + timeout
        self._worker.stop(timeout)
        self._tracking.close(max(0.0, deadline - time.monotonic()))

    def destroy_node(self) -> None:
        """Destroy what the base class does not know.

        Anything left would keep the node in the graph, and 70 MB of Fast DDS's shared memory
        allocated, after the process has ended.
        """
        if self._commands is not None:
            self._commands.destroy()
        super().destroy_node()
        self._state_machine.destroy_when_not_in_use()

    def on_configure(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Load the models; a failure leaves the node unconfigured, to be tried again."""
        self._frames.converter = choose_converter()
        self.get_logger().info(self._frames.converter.reason)
        try:
            self._answerer.load()
        except Exception as error:
            # Models raise exceptions of every kind; the log and the callers must hear why.
            return self._fail('Configuring', error)
        self._diagnostics.recover()
        self._answerer.pause(self._not_active)
        self.get_logger().info(f'Configured: profile {self._settings.value.profile!r} is loaded.')
        return super().on_configure(state)

    def on_activate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Subscribe to the camera and start to answer."""
        try:
            settings = self._settings.value
            self._camera.open(settings.image_transport, settings.image_geometry)
        except Exception as error:
            # rclpy raises many kinds for a bad QoS override or topic name.
            self._camera.close()
            return self._fail('Activating', error)
        result = super().on_activate(state)
        self._diagnostics.recover()
        # Now the node has all its topics.
        if names := unused_overrides(self):
            self._warn(f'The node has no topic for these parameters: {", ".join(names)}. '
                       'Expected the full name, after remapping, of a topic that it listens to '
                       '(subscription) or publishes on (publisher).')
        self._answerer.start()
        self.get_logger().info('Activated: the camera is listened to.')
        self.get_logger().info('Ready for commands.')
        return result

    def on_deactivate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Leave the camera alone."""
        self._answerer.pause(self._not_active)
        self._worker.pause(self._not_active)
        self._camera.close()
        self._tracking.let_go()
        self.get_logger().info('Deactivated: the camera is left alone.')
        return super().on_deactivate(state)

    def on_cleanup(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Free the models; where a command does not let go of them, the node stays inactive."""
        self._diagnostics.recover()
        try:
            self._answerer.unload(self._not_loaded)
        except RisError as error:
            return self._fail('Cleaning up', error)
        return_freed_memory()
        self.get_logger().info('Cleaned up: no models are loaded any more.')
        return super().on_cleanup(state)

    def on_shutdown(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Leave the camera alone and free the models, from whatever state."""
        self.on_deactivate(state)
        try:
            self._answerer.unload('No models are loaded, because the node was shut down: '
                                  'start it again.')
        except RisError as error:
            self._report(error)  # they go with the process
        self.get_logger().info('Shut down for good.')
        return super().on_shutdown(state)

    def _start_up(self) -> None:
        """Configure and activate once."""
        self._autostart.cancel()
        try:
            if self.trigger_configure() == TransitionCallbackReturn.SUCCESS:
                self.trigger_activate()
        finally:
            self._answerer.end_start()

    def _fail(self, transition: str, error: Exception) -> TransitionCallbackReturn:
        """Tell the log, the diagnostics and later callers why a transition failed."""
        reason = f'{transition} failed: {error}'
        self._diagnostics.fail(reason)
        self._answerer.pause(reason)
        self.get_logger().error(reason)
        return TransitionCallbackReturn.FAILURE

    def _let_go(self, request: LetGo.Request, response: LetGo.Response) -> LetGo.Response:
        """Let go of an object that is held, or of all."""
        response.object_ids = self._tracking.let_go(request.object_id)
        return response

    def _check_parameters(self, changes: list[Parameter]) -> SetParametersResult:
        """Return whether parameters can be set, and why not."""
        return verdict(self._settings.value, changes)

    def _apply_parameters(self, changes: list[Parameter]) -> None:
        """Put changed parameters in force."""
        self._settings.change(changes)
        self._listen_to_transforms()

    def _listen_to_transforms(self) -> None:
        """Subscribe to TF once it is needed."""
        if self._settings.value.target_frame:
            self._transforms.listen()

    def _state_label(self) -> str:
        """Return the name of the node's lifecycle state."""
        return self._state_machine.current_state[1]

    def _now(self) -> float:
        """Return the node's time in seconds."""
        return self.get_clock().now().nanoseconds * 1e-9

    def _is_simulated(self) -> bool:
        """Tell whether that is simulated time."""
        return self.get_clock().ros_time_is_active

    def _warn(self, sentence: str) -> None:
        """Pass on a warning of a model."""
        self._diagnostics.warn(sentence)
        self.get_logger().warning(sentence)

    def _report(self, error: Exception) -> None:
        """Log an exception that a command ran into."""
        self.get_logger().error(f'{type(error).__name__}: {error}')


def make_nodes(namespaces: Sequence[str]) -> list[RisNode]:
    """Make one node for each camera, all on one set of models; a single node without namespaces.

    Raises:
        RisError: The command line sets a namespace as well, or gives two nodes one camera.
    """
    if not namespaces:
        return [RisNode()]
    shared = SharedPipelines()
    nodes = [RisNode(namespace=f'/{namespace}', shared=shared) for namespace in namespaces]
    check_nodes(nodes, namespaces)
    return nodes


def close_nodes(nodes: Sequence[RisNode], timeout: float = _CLOSING_S) -> None:
    """Stop the threads of all nodes; wait no longer for all of them than for one."""
    for node in nodes:
        node.end()
    deadline = time.monotonic() + timeout
    for node in nodes:
        node.close(max(0.0, deadline - time.monotonic()))


_USAGE = """
Usage: ris_node [--namespaces NAME ...] [--ros-args ...]

Answers commands from the pictures of a camera (docs/node.md).

  --namespaces NAME ...  serve several cameras, one in each namespace, with one set of models
"""


def main(args: list[str] | None = None) -> NoReturn:
    """Run the node, or one for each of --namespaces, until it is interrupted."""
    help_if_asked(args, _USAGE)
    make_room_for_images()
    keep_freed_memory()
    use_one_blas_thread()
    try:
        namespaces = namespaces_of(args)
    except RisError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    run_nodes(partial(make_nodes, namespaces), 'ris_node', args, advice='See config/ris.yaml.',
              threads=THREADS * max(1, len(namespaces)), close=close_nodes)


if __name__ == '__main__':
    main()
