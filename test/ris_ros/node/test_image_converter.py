# SPDX-License-Identifier: Apache-2.0
"""Which converter is chosen, and that cv_bridge and this package's own conversion agree."""
from array import array
import itertools
import sys

import numpy as np
import pytest
from sensor_msgs.msg import Image

from ris_ros.errors import FrameError
from ris_ros.node.conversions import check_colour, check_depth, to_depth, to_rgb
from ris_ros.node.image_converter import (
    CV_BRIDGE_COLOUR,
    CvBridgeConverter,
    ImageConverter,
    choose_converter,
)
from ris_ros.node.image_encodings import COLOUR, DEPTH

HEIGHT, WIDTH = 12, 16
# A stand-in with the interface of cv_bridge, as far as choose_converter tries it out.
WORKING = """
import numpy as np

class CvBridgeError(TypeError):
    pass

class CvBridge:
    def imgmsg_to_cv2(self, img_msg, desired_encoding='passthrough'):
        if img_msg.encoding != 'bgr8':
            raise CvBridgeError(f'Unrecognized image encoding [{img_msg.encoding}]')
        pixels = np.frombuffer(img_msg.data, np.uint8).reshape(img_msg.height, img_msg.width, 3)
        return pixels[..., ::-1] if desired_encoding == 'rgb8' else pixels
"""
NOT_WORKING = {
    'raises ImportError': 'raise ImportError("numpy.core.multiarray failed to import")',
    'raises AttributeError': 'raise AttributeError("_ARRAY_API not found")',
    'leaves the process': 'import sys; sys.exit(print("Traceback", file=sys.stderr))',
    'ends the process': 'import os, signal; os.kill(os.getpid(), signal.SIGSEGV)',
    'swaps the colours': WORKING.replace('[..., ::-1]', ''),
    'has another interface': 'class CvBridge: pass',
}


def random_message(encoding, layout, padding=0, big_endian=False):
    """Return an image of random samples; every row is followed by padding bytes."""
    rng = np.random.default_rng(5)
    shape = layout.rows(HEIGHT), WIDTH * layout.channels
    samples = (rng.uniform(.3, 5, shape) if layout.kind == 'f4'
               else rng.integers(0, 256 ** int(layout.kind[1]), shape))
    rows = samples.astype(('>' if big_endian else '<') + layout.kind).view(np.uint8)
    rows = np.pad(rows, ((0, 0), (0, padding)), constant_values=0xAB)
    return Image(height=HEIGHT, width=WIDTH, encoding=encoding, step=rows.shape[1],
                 is_bigendian=int(big_endian), data=array('B', rows.tobytes()))


@pytest.fixture(scope='module')
def cv_bridge():
    converter = choose_converter()
    if not isinstance(converter, CvBridgeConverter):
        pytest.skip(converter.reason)
    return converter


@pytest.fixture
def choose(tmp_path, monkeypatch):
    """Give a function that chooses a converter beside a cv_bridge with this source."""
    def choose(source):
        (tmp_path / 'cv_bridge.py').write_text(source)
        monkeypatch.syspath_prepend(str(tmp_path))
        monkeypatch.delitem(sys.modules, 'cv_bridge', raising=False)
        converter = choose_converter.__wrapped__()
        sys.modules.pop('cv_bridge', None)
        return converter
    return choose


@pytest.mark.parametrize('encoding', sorted(CV_BRIDGE_COLOUR))
def test_colour_is_converted_alike(cv_bridge, encoding):
    message = random_message(encoding, COLOUR[encoding])
    np.testing.assert_array_equal(
        cv_bridge.to_rgb(message, check_colour(message)), to_rgb(message))
    from cv_bridge import CvBridge
    np.testing.assert_array_equal(CvBridge().imgmsg_to_cv2(message, 'rgb8'), to_rgb(message))


@pytest.mark.parametrize('encoding', DEPTH)
def test_depth_is_converted_alike(cv_bridge, encoding):
    message = random_message(encoding, DEPTH[encoding])
    np.testing.assert_array_equal(
        cv_bridge.to_depth(message, check_depth(message)), to_depth(message))


@pytest.mark.parametrize('encoding', COLOUR)
def test_layouts_that_cv_bridge_cannot_read_are_converted_alike(cv_bridge, encoding):
    for padding, big_endian in itertools.product([1, 8, 24], [False, True]):
        message = random_message(encoding, COLOUR[encoding], padding, big_endian)
        whole = cv_bridge.to_rgb(message, check_colour(message))
        np.testing.assert_array_equal(whole, to_rgb(message))
        message.data = message.data[:-padding]
        np.testing.assert_array_equal(cv_bridge.to_rgb(message, check_colour(message)), whole)


@pytest.mark.parametrize('source', NOT_WORKING.values(), ids=NOT_WORKING)
def test_cv_bridge_that_does_not_work_is_left_alone(choose, source, capfd):
    converter = choose(source)
    assert type(converter) is ImageConverter
    assert 'is installed but does not work here' in converter.reason
    message = random_message('rgb8', COLOUR['rgb8'])
    np.testing.assert_array_equal(
        converter.to_rgb(message, check_colour(message)), to_rgb(message))
    # None of it reaches the node's log.
    assert capfd.readouterr() == ('', '')


def test_cv_bridge_that_works_only_in_a_process_of_its_own_is_left_alone(choose):
    converter = choose('import sys\nif "pytest" in sys.modules: raise ImportError("static TLS")\n'
                       + WORKING)
    assert type(converter) is ImageConverter
    assert 'cannot be loaded: static TLS' in converter.reason


def test_without_cv_bridge_the_reason_says_so(monkeypatch):
    monkeypatch.setattr('importlib.util.find_spec', lambda name: None)
    converter = choose_converter.__wrapped__()
    assert type(converter) is ImageConverter
    assert 'not installed' in converter.reason


def test_cv_bridge_that_works_is_chosen_and_its_errors_are_sentences(choose):
    converter = choose(WORKING)
    assert isinstance(converter, CvBridgeConverter)
    assert 'by cv_bridge' in converter.reason
    message = random_message('bgr8', COLOUR['bgr8'])
    np.testing.assert_array_equal(
        converter.to_rgb(message, check_colour(message)), to_rgb(message))
    message = random_message('mono8', COLOUR['mono8'])
    with pytest.raises(FrameError, match=r'cv_bridge cannot convert .*\[mono8\]'):
        converter.to_rgb(message, check_colour(message))


def test_images_are_not_offered_to_cv_bridge_where_it_does_not_know_them(choose):
    converter = choose(WORKING)
    for encoding in set(COLOUR) - CV_BRIDGE_COLOUR:
        message = random_message(encoding, COLOUR[encoding])
        np.testing.assert_array_equal(
            converter.to_rgb(message, check_colour(message)), to_rgb(message))
