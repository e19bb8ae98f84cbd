# SPDX-License-Identifier: Apache-2.0
"""The messages agree with the enums and the manifest that they mirror."""
from pathlib import Path
from xml.etree import ElementTree

import ris_ros
from ris_ros.action import Ground as GroundAction
from ris_ros.msg import Grounding
from ris_ros.srv import Ground
from ris_ros.status import Status

REPOSITORY = Path(__file__).resolve().parents[3]


def test_status_constants_are_the_numbers_of_the_enum():
    constants = {name: value for name in dir(Grounding)
                 if name.isupper() and isinstance(value := getattr(Grounding, name), int)}
    assert constants == {status.name: int(status) for status in Status}


def test_service_and_action_ask_and_answer_alike():
    assert (Ground.Request.get_fields_and_field_types()
            == GroundAction.Goal.get_fields_and_field_types())
    assert (Ground.Response.get_fields_and_field_types()
            == GroundAction.Result.get_fields_and_field_types())


def test_package_and_module_have_one_version():
    manifest = ElementTree.parse(REPOSITORY / 'package.xml')
    assert manifest.findtext('version') == ris_ros.__version__


def test_every_message_package_that_is_built_upon_is_declared():
    declared = {item.text for item in ElementTree.parse(REPOSITORY / 'package.xml').iter()
                if item.tag.endswith('depend')}
    build = (REPOSITORY / 'CMakeLists.txt').read_text()
    needed = build.partition('DEPENDENCIES')[2].partition(')')[0].split()
    assert needed
    assert set(needed) <= declared
