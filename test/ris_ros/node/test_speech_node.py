# SPDX-License-Identifier: Apache-2.0
"""The speech node over DDS: what it hears, what it publishes, and what it survives."""
from pathlib import Path

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
import numpy as np
import pytest
from ros_graph import TIMEOUT, running
from std_msgs.msg import Bool, String, UInt8MultiArray
from world_checks import WORLDS

from ris_lab.evaluation.metrics import intersection_union, iou
from ris_ros.msg import Grounding, Heard, SpokenCommand
from ris_ros.speech.recogniser import SAMPLE_RATE
from ris_ros.speech.wav_file import read_wav, write_wav
from ris_sim.rendering.renderer import Renderer
from ris_sim.worlds.sdf_reader import read_world

SOUNDS = Path(__file__).parents[1] / 'speech' / 'sounds'
PAUSE = np.zeros(SAMPLE_RATE, np.int16)
WORLD = WORLDS / 'tabletop_7.sdf'


@pytest.fixture(scope='module')
def ears(domain, client):
    """Run a node that listens to a topic; give a client that speaks to it."""
    with running('ris_ros.node.speech_node', domain, source='topic'):
        client.heard = client.listen(Heard, 'ris_speech/heard')
        client.commands = client.listen(String, 'command')
        client.audio = client.node.create_publisher(UInt8MultiArray, 'audio', 100)
        client.button = client.node.create_publisher(Bool, 'push_to_talk', 10)
        client.health = client.listen(DiagnosticArray, '/diagnostics')
        for publisher in (client.audio, client.button):
            client.wait(publisher.get_subscription_count, 'the node to listen')
        for topic in ('command', 'ris_speech/heard'):
            client.wait(lambda topic=topic: client.node.count_publishers(topic), topic)
        client.wait(lambda: client.health and client.health[-1].status[0].message == 'Listening.',
                    'the model to be loaded')
        yield client


def say(ears, samples):
    """Publish sound in blocks; return what was heard and the commands that came of it."""
    heard, commands = len(ears.heard), len(ears.commands)
    samples = np.concatenate([PAUSE, samples, PAUSE])
    for i in range(0, len(samples), 1600):
        ears.audio.publish(UInt8MultiArray(data=samples[i:i + 1600].tobytes()))
    ears.wait(lambda: len(ears.heard) > heard, 'something to be heard')
    report = ears.heard[heard]
    if report.accepted:
        ears.wait(lambda: len(ears.commands) > commands, 'the command')
    return report, [message.data for message in ears.commands[commands:]]


def utterance(name):
    return read_wav(SOUNDS / f'{name}.wav')


def test_what_is_said_becomes_a_command(ears):
    report, commands = say(ears, utterance('red_mug'))
    assert report.text == 'give me the red mug'
    assert report.accepted
    assert report.reason == ''
    assert .35 <= report.confidence <= 1
    assert commands == ['give me the red mug']
    age = ears.node.get_clock().now().nanoseconds - (
        report.header.stamp.sec * 10**9 + report.header.stamp.nanosec)
    assert 0 < age < 60e9


def test_silence_noise_and_broken_messages_are_no_commands(ears):
    heard, commands = len(ears.heard), len(ears.commands)
    noise = np.random.default_rng(0).standard_normal(4 * SAMPLE_RATE) * 2000
    for data in (bytes(2 * SAMPLE_RATE), noise.astype('<i2').tobytes(), b'odd'):
        for i in range(0, len(data), 3200):
            ears.audio.publish(UInt8MultiArray(data=data[i:i + 3200]))
    # It has come through: the next thing that is heard is the next that is said.
    say(ears, utterance('yellow_book'))
    assert [message.data for message in ears.commands[commands:]] == ['where is the yellow book']
    assert not any(report.accepted for report in ears.heard[heard:-1])


def test_rules_change_live_and_stop_passes_them_all(ears):
    def rules(**values):
        for name, value in values.items():
            assert ears.set_parameter('ris_speech', name, value).successful
    try:
        rules(min_confidence=.999)
        report, commands = say(ears, utterance('red_mug'))
        assert 'below min_confidence 1.00' in report.reason
        assert commands == []
        rules(min_confidence=.35, wake_phrase='robot')
        report, commands = say(ears, utterance('red_mug'))
        assert 'wake phrase' in report.reason
        assert say(ears, utterance('blue_ball'))[1] == ['find the blue ball']
        rules(push_to_talk=True, min_confidence=.999)
        report, commands = say(ears, utterance('stop'))
        assert report.accepted
        assert commands == ['stop']
    finally:
        rules(min_confidence=.35, wake_phrase='', push_to_talk=False)


def test_push_to_talk(ears):
    assert ears.set_parameter('ris_speech', 'push_to_talk', True).successful
    try:
        report, commands = say(ears, utterance('red_mug'))
        assert report.reason == 'The push-to-talk button was not held.'
        assert commands == []

        def said_while_held():
            ears.button.publish(Bool(data=True))
            return say(ears, utterance('red_mug'))[1]
        # The button and the sound are two topics; one may overtake the other.
        assert ears.wait(said_while_held, 'a command')[0].endswith('red mug')
    finally:
        ears.button.publish(Bool(data=False))
        ears.set_parameter('ris_speech', 'push_to_talk', False)


@pytest.mark.parametrize(('parameters', 'sentence'), [
    ({'source': 'microphone', 'device': 'none_such'}, 'microphone'),
    ({'source': 'topic', 'engine': 'whisper'}, 'no Whisper weights'),
])
def test_what_is_missing_is_reported_and_the_node_lives(client, domain, parameters, sentence):
    reports = client.listen(DiagnosticArray, '/diagnostics')
    with running('ris_ros.node.speech_node', domain, '-r', '__node:=deaf', **parameters) as process:
        def status():
            return next((item for report in reports for item in report.status
                         if item.name == 'deaf: speech' and sentence in item.message), None)
        found = client.wait(status, sentence)
        assert found.level == DiagnosticStatus.ERROR
        reports.clear()
        client.wait(status, 'another report')
        assert process.poll() is None


def test_bad_audio_type_ends_it_with_a_sentence(domain, capfd):
    with running('ris_ros.node.speech_node', domain, source='topic', audio_type='Noise') as process:
        assert process.wait(TIMEOUT) == 2
    assert "audio_type is 'Noise'" in capfd.readouterr().err


@pytest.fixture(scope='module')
def robot(domain, client):
    """Run ris_node in front of a table; give a client that hears its answers."""
    with running('ris_ros.node.ris_node', domain):
        client.await_active()
        with running('ris_sim.node.camera', domain, world=WORLD, rate=3.0):
            client.wait(lambda: client.ask('the book').status != Grounding.NO_IMAGE, 'images')
            client.typed = client.listen(String, 'command')
            client.spoken = client.node.create_publisher(SpokenCommand, 'command/spoken', 10)
            client.wait(client.spoken.get_subscription_count, 'the node to listen')
            yield client


def answers_to(robot, texts, chances):
    """Publish a spoken command, then another one; return all that was answered by then."""
    before = len(robot.answers)
    robot.spoken.publish(SpokenCommand(texts=texts, chances=chances))
    robot.wait(lambda: len(robot.answers) > before, 'an answer')
    robot.ask('the book', command_id='the next one')
    robot.wait(lambda: robot.answers[-1].command_id == 'the next one', 'the next answer')
    return robot.answers[before:-1]


def test_of_what_may_have_been_said_the_scene_chooses_and_there_is_one_answer(robot):
    answer, = answers_to(robot, ['take the yellow hook', 'take the yellow book', 'stop'],
                         [.5, .4, .05])
    assert answer.status in (Grounding.FOUND, Grounding.AMBIGUOUS)
    assert answer.command == 'take the yellow hook'
    assert answer.expression == 'the yellow book'
    assert answer.message.startswith('Heard "take the yellow hook", ')
    assert '"take the yellow book"' in answer.message


@pytest.mark.parametrize(('texts', 'chances', 'status'), [
    ([], [], Grounding.BAD_COMMAND), (['  '], [.9], Grounding.BAD_COMMAND),
    (['stop', 'take the book'], [.1, .9], Grounding.STOPPED),
    (['take the yellow book'], [], Grounding.AMBIGUOUS),
    (['take the yellow book'], [float('nan')], Grounding.AMBIGUOUS)])
def test_a_broken_message_gets_one_answer_too(robot, texts, chances, status):
    answer, = answers_to(robot, texts, chances)
    assert answer.status == status


def test_from_spoken_words_to_the_mask(robot, domain, tmp_path):
    path = tmp_path / 'said.wav'
    write_wav(path, np.concatenate([PAUSE, utterance('yellow_book')]))
    robot.typed.clear()
    with running('ris_ros.node.speech_node', domain, source=str(path)):
        answer = robot.wait(lambda: next((
            a for a in robot.answers if a.command == 'where is the yellow book'), None),
            'the answer')
    assert robot.typed == []  # it came with its alternatives, and so it was asked once
    # How sure the answer is depends on the profile; which object is best must not.
    assert (answer.status, answer.question) == (Grounding.ANSWERED, 'where')
    assert 'in front of the camera' in answer.message
    scene = read_world(WORLD)
    label = [thing.name for thing in scene.objects].index('yellow_book_4') + 1
    truth = Renderer().render(scene).labels == label
    best, mask = answer.candidates[0], np.zeros(truth.shape, bool)
    mask[best.box.y_offset:best.box.y_offset + best.box.height,
         best.box.x_offset:best.box.x_offset + best.box.width] = np.frombuffer(
             best.mask.data, np.uint8).reshape(best.box.height, best.box.width) > 0
    assert iou(*intersection_union(mask, truth)) > .5
