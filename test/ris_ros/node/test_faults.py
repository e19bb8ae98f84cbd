"""Whatever fails in the node, every command gets exactly one answer, whichever way it came."""
import threading

import numpy as np
import pytest
import rclpy
from rclpy.executors import MultiThreadedExecutor
from rclpy.qos import QoSProfile
from sensor_msgs.msg import CameraInfo, Image, PointCloud2
from std_msgs.msg import Header

from ris_ros.conversation import Conversation
from ris_ros.index.updater import Updater
from ris_ros.msg import Grounding
from ris_ros.node import answerer, command_inputs, ground_action, outputs
from ris_ros.node.conversions import from_pixels
from ris_ros.node.diagnostics import Diagnostics
from ris_ros.node.frame_buffer import FrameBuffer
from ris_ros.node.indexer import Indexer
from ris_ros.node.outputs import Outputs
from ris_ros.node.placing import Placer
from ris_ros.node.ris_node import RisNode
from ris_ros.node.tracking_thread import TrackingThread
from ris_ros.pipeline import Pipeline
from ris_sim.node.camera_messages import to_camera_info, to_depth_image
from ris_sim.rendering.renderer import Renderer
from ris_sim.sampling.scenes import sample_scene

TEXT = 'the red thing'
FAULT = 'injected'
# Long enough for a second answer to a command to come, if there were one.
_MOMENT_S = 0.2


class Rig:
    """A node in this process, the camera before it and a client that speaks to it over DDS."""

    def __init__(self, node, client):
        self.node, self.client = node, client
        rendering = Renderer(320, 240).render(sample_scene(np.random.default_rng(3), 'test'))
        reliable = QoSProfile(depth=1)
        camera = client.node
        self.image, self.depth, self.info = (
            camera.create_publisher(kind, topic, reliable) for kind, topic in (
                (Image, 'image'), (Image, 'depth'), (CameraInfo, 'camera_info')))
        self.rendering = rendering

    def show(self):
        """Publish one frame with a stamp of now."""
        header = Header(stamp=self.client.node.get_clock().now().to_msg(), frame_id='optical')
        self.info.publish(to_camera_info(self.rendering.camera, header))
        self.depth.publish(to_depth_image(self.rendering.depth, '16UC1', header))
        self.image.publish(from_pixels(self.rendering.image, 'rgb8', header))

    def ask(self, way, id_):
        """Command by the topic, the service or the action; return the answer."""
        self.show()
        if way == 'topic':
            return self.client.say(f'{TEXT} {id_}')
        if way == 'service':
            return self.client.ask(f'{TEXT} {id_}', id_)
        return self.client.goal_end(self.client.send_goal(f'{TEXT} {id_}', []))[1]

    def answers_to(self, id_):
        """Return all that was published in answer to a command."""
        return [answer for answer in self.client.answers if answer.command == f'{TEXT} {id_}']


@pytest.fixture(scope='module')
def rig(domain, client, answering_profile):
    parameters = {'profile': answering_profile, 'max_image_age': 3600.0, 'mode': 'track'}
    rclpy.init(domain_id=domain, args=['--ros-args', *(
        word for name, value in parameters.items() for word in ('-p', f'{name}:={value}'))])
    node = RisNode()
    executor = MultiThreadedExecutor(12)
    executor.add_node(node)
    spinning = threading.Thread(target=executor.spin, daemon=True)
    spinning.start()
    client.await_active()
    # So that these are made too.
    for kind, topic in ((Image, 'overlay'), (PointCloud2, 'cloud')):
        client.listen(kind, f'ris_node/{topic}')
    rig = Rig(node, client)

    def is_ready():
        rig.show()
        return client.ask('the red thing').position_status == Grounding.FOUND
    client.wait(is_ready, 'a frame with depth')
    yield rig
    node.close()
    executor.shutdown()
    spinning.join(20)
    node.destroy_node()
    rclpy.try_shutdown()


HITS = []


def fail(*args, **settings):
    HITS.append(args)
    raise RuntimeError(FAULT)


class BrokenPublisher:
    """A publisher that fails with every message, or with those of a verdict."""

    def __init__(self, publisher, only_verdicts=False):
        self.publisher, self.only_verdicts = publisher, only_verdicts

    def publish(self, message):
        """Fail."""
        if self.only_verdicts and message.status != Grounding.FOUND:
            self.publisher.publish(message)
        else:
            fail()

    def get_subscription_count(self):
        """Return that somebody listens."""
        return 1


def break_publisher(name):
    def break_(patch, node):
        parts = node._outputs
        patch.setattr(parts, name, BrokenPublisher(getattr(parts, name), name == '_grounding'))
    return break_


def break_call(owner, name):
    return lambda patch, node: patch.setattr(owner, name, fail)


def break_message(patch, node):
    make = outputs.to_grounding
    patch.setattr(outputs, 'to_grounding', lambda answer: (
        fail() if answer.grounding.candidates else make(answer)))


def break_models(patch, node):
    patch.setattr(node._answerer, '_ready_models', fail)


def break_comparison(patch, node):
    patch.setattr(Indexer, 'last', None)
    patch.setattr(Updater, 'unchanged', fail)


def break_build(owner, *names):
    def break_(patch, node):
        # Nothing that was built before will do.
        node._answerer.indexer._session.last = None
        for name in names:
            patch.setattr(owner, name, fail)
    return break_


# Each fault with whether a verdict is still given.
FAULTS = {
    'interruption': (break_call(command_inputs, 'interruption'), False),
    'check_text': (break_call(answerer, 'check_command'), False),
    'models': (break_models, False),
    'newest frame': (break_build(FrameBuffer, 'await_newest'), False),
    'comparing': (break_comparison, False),
    'waiting for an index': (break_build(Indexer, 'await_index'), False),
    'indexing': (break_build(Updater, 'update', 'renew'), False),
    'parsing': (break_call(Pipeline, 'parse'), False),
    'grounding': (break_call(Pipeline, 'answer'), False),
    'dialogue': (break_call(Conversation, 'answer'), False),
    'placing': (break_call(Placer, 'complete'), False),
    'message': (break_message, False),
    'publisher ~/grounding': (break_publisher('_grounding'), False),
    **{f'publisher ~/{name}': (break_publisher(f'_{name}'), True) for name in (
        'mask', 'centroid', 'pose', 'target', 'cloud', 'overlay', 'detections')},
    'detections': (break_call(outputs, 'to_detections'), True),
    'cloud': (break_call(outputs, 'object_cloud'), True),
    'overlay': (break_call(outputs, 'draw_overlay'), True),
    'all illustrations': (break_call(Outputs, 'illustrate'), True),
    'diagnostics': (break_call(Diagnostics, 'record'), True),
    'tracking': (break_call(TrackingThread, 'hear'), True),
    'feedback': (break_call(ground_action.Ground, 'Feedback'), True),
}


@pytest.mark.parametrize('way', ['topic', 'service', 'action'])
@pytest.mark.parametrize('stage', FAULTS)
def test_fault_at_any_stage_still_gives_exactly_one_answer(rig, monkeypatch, stage, way):
    break_, is_answered = FAULTS[stage]
    id_ = f'{stage} {way}'.replace('~/', '')
    policy = 'on_change' if stage == 'comparing' else 'on_command'
    assert rig.client.set_parameter('ris_node', 'index_policy', policy).successful
    with monkeypatch.context() as patch:
        break_(patch, rig.node)
        HITS.clear()
        answer = rig.ask(way, id_)
        rig.client.wait(lambda: rig.answers_to(id_), 'the answer on ~/grounding')
        rig.client.spin_for(_MOMENT_S)
        if stage == 'publisher ~/target':
            rig.client.wait(lambda: rig.show() or HITS, 'a target')
        # Detections are published only where vision_msgs is installed, feedback only to goals.
        assert HITS or 'detections' in stage or (stage == 'feedback' and way != 'action')
    assert [answer.status for answer in rig.answers_to(id_)] == [answer.status]
    if is_answered:
        assert answer.status == Grounding.FOUND, answer.message
    else:
        assert answer.status == Grounding.MODEL_ERROR
        assert FAULT in answer.message
    assert rig.ask(way, f'{id_} mended').status == Grounding.FOUND
