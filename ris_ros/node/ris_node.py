"""The node: commands and images in, answers out."""
from __future__ import annotations

import itertools
from typing import NoReturn

from rcl_interfaces.msg import SetParametersResult
from rclpy.callback_groups import MutuallyExclusiveCallbackGroup, ReentrantCallbackGroup
from rclpy.executors import MultiThreadedExecutor
from rclpy.lifecycle import LifecycleNode, LifecycleState, TransitionCallbackReturn
from rclpy.parameter import Parameter
from rclpy.qos import QoSProfile
from rclpy.qos_overriding_options import QoSOverridingOptions
from std_msgs.msg import String

from ris_ros.allocator import keep_freed_memory
from ris_ros.blas import use_one_blas_thread
from ris_ros.grounding.result import Grounding
from ris_ros.language.dialogue import Act, interruption
from ris_ros.node.answerer import Answerer
from ris_ros.node.command import Answer, Command
from ris_ros.node.diagnostics import Diagnostics, ForwardedLog
from ris_ros.node.frame_buffer import FrameBuffer
from ris_ros.node.ground_action import GroundAction
from ris_ros.node.image_converter import choose_converter
from ris_ros.node.inputs import CameraSubscriptions
from ris_ros.node.messages import to_grounding
from ris_ros.node.outputs import Outputs
from ris_ros.node.parameters import (
    DESCRIPTORS,
    LiveSettings,
    Settings,
    verdict,
)
from ris_ros.node.placing import Placer
from ris_ros.node.spinning import make_room_for_images, run_node
from ris_ros.node.tracking_thread import TrackingThread
from ris_ros.node.transforms import Transforms
from ris_ros.node.worker import Job, Source, Worker
from ris_ros.srv import Ground
from ris_ros.status import Status

# Threads that may wait at the same time: some service calls, an action goal beside the one that it
# replaces and one that is being cancelled, a transition; and some that must not have to wait.
_THREADS = 12


class RisNode(LifecycleNode):
    """Answers commands about the newest camera image.

    Commands are taken in every state of the node; those that cannot be answered get a status
    that says why.  Images are subscribed to while the node is active.
    """

    def __init__(self, name: str = 'ris_node') -> None:
        super().__init__(name)
        self._action: GroundAction | None = None
        self._settings = LiveSettings.declare(self, Settings, DESCRIPTORS)
        self._ids = itertools.count(1)
        self._frames = FrameBuffer(self._settings)
        self._camera = CameraSubscriptions(self, self._frames)
        self._answerer = Answerer(self._frames, self._settings, self._now, self._report)
        self._outputs = Outputs(self)
        self._diagnostics = Diagnostics(
            self, self._frames, self._answerer.indexer, self._settings,
            self._state_label)
        self._log = ForwardedLog(self._warn)
        self._transforms = Transforms(self)
        self._placer = Placer(self._transforms, self._settings)
        self._worker = Worker(lambda job: self._placer.complete(self._answerer.answer(job)),
                              self._deliver, self._report)
        self._tracking = TrackingThread(
            self._frames, self._answerer.indexer, self._settings, self._placer, self._outputs,
            self._report)
        if self._settings.value.target_frame:
            self._transforms.listen()
        self._take_commands()
        self.add_on_set_parameters_callback(self._check)
        self.add_post_set_parameters_callback(self._apply)
        if self._settings.value.autostart:
            self._autostart = self.create_timer(0.0, self._start_up)

    def close(self) -> None:
        """Stop the threads, so that nothing is published any more."""
        self._log.close()
        self._answerer.close()
        self._worker.stop()
        self._tracking.close()

    def destroy_node(self) -> None:
        """Close what the base class does not know of.

        What still held the node would keep its place in the graph and Fast DDS's shared memory, 70
        MB of it, beyond the end of the process.
        """
        if self._action is not None:
            self._action.destroy()
        super().destroy_node()
        self._state_machine.destroy_when_not_in_use()

    def on_configure(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Load the models; a failure leaves the node unconfigured, to be tried again."""
        self._frames.converter = choose_converter()
        self.get_logger().info(self._frames.converter.reason)
        try:
            self._answerer.load()
        except Exception as error:
            # Model code raises what it likes; the sentence must reach the log and the callers.
            return self._fail('Configuring', error)
        self._diagnostics.recover()
        self._answerer.pause()
        self.get_logger().info(f'Profile {self._settings.value.profile!r} is loaded.')
        return super().on_configure(state)

    def on_activate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Subscribe to the camera and start to answer."""
        try:
            self._camera.open(self._settings.value.image_transport)
        except Exception as error:
            # rclpy raises many kinds for a bad QoS override or topic name.
            self._camera.close()
            return self._fail('Activating', error)
        result = super().on_activate(state)
        self._diagnostics.recover()
        self._answerer.start()
        self.get_logger().info('Ready for commands.')
        return result

    def on_deactivate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Leave the camera alone."""
        self._answerer.pause()
        self._camera.close()
        self._tracking.let_go()
        return super().on_deactivate(state)

    def on_cleanup(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Free the models."""
        self._diagnostics.recover()
        self._answerer.unload()
        return super().on_cleanup(state)

    def on_shutdown(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Leave the camera alone and free the models, from whatever state."""
        self.on_deactivate(state)
        self._answerer.unload()
        return super().on_shutdown(state)

    def _take_commands(self) -> None:
        """Open the topic, the service and the action."""
        self.create_subscription(
            String, 'command', lambda message: self._start_job(message.data, '', Source.TOPIC),
            QoSProfile(depth=10), callback_group=MutuallyExclusiveCallbackGroup(),
            qos_overriding_options=QoSOverridingOptions.with_default_policies())
        # A callback waits for its answer; it must not keep anybody waiting, least of all 'stop'.
        self.create_service(Ground, '~/ground', self._serve,
                            callback_group=ReentrantCallbackGroup())
        self._action = GroundAction(
            self, lambda text, id_, feed_back: self._start_job(
                text, id_, Source.ACTION, on_stage=feed_back))

    def _start_up(self) -> None:
        """Configure and activate once."""
        self._autostart.cancel()
        with self._answerer.lock:
            if self.trigger_configure() == TransitionCallbackReturn.SUCCESS:
                self.trigger_activate()

    def _fail(self, transition: str, error: Exception) -> TransitionCallbackReturn:
        """Tell the log, the diagnostics and later callers why a transition failed."""
        reason = f'{transition} failed: {error}'
        self._diagnostics.fail(reason)
        self._answerer.pause(reason)
        self.get_logger().error(reason)
        return TransitionCallbackReturn.FAILURE

    def _start_job(self, text: str, id_: str, source: Source, **watch: object) -> Job:
        """Queue a command and return its job; 'stop' and the like are done at once."""
        command = Command(id_ or f'{source.value}-{next(self._ids)}', text,
                          self.get_clock().now().to_msg())
        job = Job(command, source, **watch)
        if turn := interruption(text):
            self._stop(turn.act, f'Stopped by the command {command.id!r}.')
            answer = Answer(command, Grounding(Status.STOPPED, turn.message))
            self._deliver(answer)
            job.finish(answer)
        else:
            self._worker.submit(job)
        return job

    def _stop(self, act: Act, reason: str) -> None:
        """End all that is under way at a person's word: every command, run or waiting.

        What is held in the mode track is let go when the answer STOPPED is delivered.
        """
        self._worker.interrupt(reason)
        self._answerer.interrupt(act)

    def _serve(self, request: Ground.Request, response: Ground.Response) -> Ground.Response:
        """Answer a service call."""
        job = self._start_job(request.text, request.command_id, Source.SERVICE)
        job.wait()
        answer = job.answer or Answer(
            job.command, Grounding(Status.UNKNOWN, 'The node is shutting down.'))
        response.grounding = to_grounding(answer)
        return response

    def _deliver(self, answer: Answer) -> None:
        """Publish an answer and note how it ended."""
        self._diagnostics.record(answer)
        self._outputs.publish(answer)
        self._tracking.hear(answer)
        self.get_logger().info(f'{answer.command.id}: {answer.grounding.status.name} '
                               f'{answer.grounding.message}')

    def _check(self, changes: list[Parameter]) -> SetParametersResult:
        """Return whether parameters can be set, and why not."""
        return verdict(self._settings.value, changes)

    def _apply(self, changes: list[Parameter]) -> None:
        """Take over changed parameters."""
        self._settings.change(changes)
        if self._settings.value.target_frame:
            self._transforms.listen()

    def _state_label(self) -> str:
        """Return the name of the node's lifecycle state."""
        return self._state_machine.current_state[1]

    def _now(self) -> float:
        """Return the node's time in seconds."""
        return self.get_clock().now().nanoseconds * 1e-9

    def _warn(self, sentence: str) -> None:
        """Tell what a model warns of."""
        self._diagnostics.warn(sentence)
        self.get_logger().warning(sentence)

    def _report(self, error: Exception) -> None:
        """Log an exception that a command ran into."""
        self.get_logger().error(f'{type(error).__name__}: {error}')


def main(args: list[str] | None = None) -> NoReturn:
    """Run the node until it is interrupted."""
    make_room_for_images()
    keep_freed_memory()
    use_one_blas_thread()
    run_node(RisNode, 'ris_node', args, advice='See config/ris.yaml.', close=RisNode.close,
             executor=lambda: MultiThreadedExecutor(num_threads=_THREADS))


if __name__ == '__main__':
    main()
