# SPDX-License-Identifier: Apache-2.0
"""A node that has its frames indexed by a pool, over DDS and a link that fails."""
import time

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from loopback_proxy import LoopbackProxy
from node_rig import Rig
import numpy as np
from pool_robots import ROBOTS
import pytest
from ros_graph import running

from ris_ros.msg import Grounding
from ris_sim.rendering.renderer import Renderer
from ris_sim.sampling.scenes import sample_scene

# Long enough to tell "stop" from an answer without the pool.
PATIENCE = 4.0


@pytest.fixture(scope='module')
def proxy(pool):
    proxy = LoopbackProxy(pool)
    yield proxy
    proxy.close()


@pytest.fixture(scope='module')
def rig(proxy, domain, client):
    """Run a node whose own profile has other models than the pool."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv('RIS_POOL_TOKEN', ROBOTS['robot15'])
        with running('ris_ros.node.ris_node', domain, pool=proxy.url, pool_patience=PATIENCE,
                     pool_fallback='home', pool_colour='png', index_policy='on_command',
                     index_max_lag=0.0):
            client.await_active()
            yield Rig(None, client)


@pytest.fixture
def scenes():
    """Return what gives another scene each time, so that the last index is of no use."""
    renderer = Renderer(160, 120)
    return (renderer.render(sample_scene(np.random.default_rng([7, seed]), 'test', (2, 3)))
            for seed in range(100))


def answer_by(rig, scenes, is_pool):
    """Command in front of new scenes until the pool, or the robot, answers."""
    found = []

    def is_there():
        rig.rendering = next(scenes)
        found.append(rig.ask('service', f'n{time.monotonic_ns()}'))
        return found[-1].pool_fallback is not is_pool
    rig.client.wait(is_there, 'an answer from an index by ' + ('the pool' if is_pool else 'itself'))
    return found[-1]


def report(rig):
    """Return level, message and values of the next report of the node."""
    reports = rig.client.listen(DiagnosticArray, '/diagnostics')
    rig.client.wait(lambda: reports, 'diagnostics')
    status = reports[0].status[0]
    return status.level, status.message, {item.key: item.value for item in status.values}


def test_the_node_says_who_answers_and_goes_back_to_the_pool_by_itself(rig, proxy, scenes):
    answer = answer_by(rig, scenes, is_pool=True)
    assert answer.profile == 'embedded'
    assert 'by itself' not in answer.message
    assert report(rig)[2]['pool fault'] == ''
    proxy.cut()
    answer = answer_by(rig, scenes, is_pool=False)
    assert answer.profile == 'home'
    assert 'The robot answered by itself, with the profile home.' in answer.message
    assert dict(zip(answer.stage_names, answer.stage_seconds, strict=True))['indexing'] < PATIENCE
    level, message, values = report(rig)
    assert level == DiagnosticStatus.WARN
    assert 'The robot answers by itself: The pool' in message
    assert 'out of reach' in values['pool fault']
    proxy.mend()
    answer_by(rig, scenes, is_pool=True)


def test_stop_does_not_wait_for_the_pool(rig, proxy, scenes):
    answer_by(rig, scenes, is_pool=True)
    proxy.stalled = True
    futures = []

    def is_waited_for():
        # It is answered at once where the node has not received the new scene yet.
        rig.rendering = next(scenes)
        rig.show()
        futures.append(rig.client.ask_later('the blue thing'))
        rig.client.spin_for(0.3)
        return not futures[-1].done()
    rig.client.wait(is_waited_for, 'a command that waits for the pool')
    start = time.monotonic()
    stopped = rig.client.say('stop')
    assert (stopped.status, stopped.profile, stopped.pool_fallback) == (
        Grounding.STOPPED, '', False)
    assert time.monotonic() - start < PATIENCE / 2
    assert rig.client.result(futures[-1], 'the answer').status == Grounding.UNKNOWN
    proxy.mend()


def test_each_command_gets_one_answer_while_the_link_comes_and_goes(rig, proxy, scenes):
    answer_by(rig, scenes, is_pool=True)
    names = [f'flap{number}' for number in range(12)]
    for number, name in enumerate(names):
        (proxy.cut if number % 4 == 1 else proxy.mend)()
        rig.rendering = next(scenes)
        assert rig.ask(('service', 'action')[number % 2], name).status != Grounding.MODEL_ERROR
    proxy.mend()
    answer_by(rig, scenes, is_pool=True)
    assert [len(rig.answers_to(name)) for name in names] == [1] * len(names)
