# SPDX-License-Identifier: Apache-2.0
"""Every request to set parameters is answered, whatever it holds."""
import re

from damage import FEW
from hypothesis import given
from hypothesis import strategies as st
import pytest
from rcl_interfaces.msg import Parameter, ParameterType, ParameterValue
from rcl_interfaces.srv import SetParameters, SetParametersAtomically
import rclpy
from rclpy.node import Node

from ris_ros.node.parameter_service import NodeParameterService
from ris_ros.node.parameters import DESCRIPTORS, LiveSettings, Settings, check, verdict

# As they come over DDS: no half surrogate pairs.
TEXTS = st.text(st.characters(exclude_categories=['Cs']), max_size=20)
DOUBLES = st.floats() | st.sampled_from([0.0, 0.5, -1.0, 1e300])
INTEGERS = st.integers(-2**63, 2**63 - 1) | st.integers(-1, 300)
VALUES = st.builds(
    ParameterValue, type=st.integers(0, 9) | st.integers(0, 255), bool_value=st.booleans(),
    integer_value=INTEGERS, double_value=DOUBLES,
    string_value=TEXTS | st.sampled_from(['cuda', 'track', 'raw', 'on_command', 'fp32']),
    byte_array_value=st.lists(st.binary(min_size=1, max_size=1), max_size=2),
    bool_array_value=st.lists(st.booleans(), max_size=2),
    integer_array_value=st.lists(INTEGERS, max_size=2),
    double_array_value=st.lists(DOUBLES, max_size=2),
    string_array_value=st.lists(TEXTS, max_size=2))
PARAMETERS = st.lists(st.builds(
    Parameter, name=st.sampled_from(sorted(DESCRIPTORS)) | TEXTS, value=VALUES), max_size=3)


class Example(Node):
    """A node with the parameters of ris_node."""

    def __init__(self, context):
        super().__init__('example', context=context, start_parameter_services=False)
        self.service = NodeParameterService(self)
        self.settings = LiveSettings.declare(self, Settings, DESCRIPTORS)
        self.add_on_set_parameters_callback(
            lambda changes: verdict(self.settings.value, changes))
        self.add_post_set_parameters_callback(self.settings.change)


@pytest.fixture(scope='module')
def node(domain):
    context = rclpy.Context()
    rclpy.init(context=context, domain_id=domain)
    node = Example(context)
    yield node
    node.destroy_node()
    rclpy.shutdown(context=context)


@FEW
@given(PARAMETERS)
def test_parameters_of_every_value_are_set_or_refused_with_a_reason(node, parameters):
    results = node.service._set_parameters_callback(
        SetParameters.Request(parameters=parameters), SetParameters.Response()).results
    assert len(results) == len(parameters)
    together = node.service._set_parameters_atomically_callback(
        SetParametersAtomically.Request(parameters=parameters),
        SetParametersAtomically.Response()).result
    assert all(result.successful or result.reason for result in (*results, together))
    check(node.settings.value)
    assert {name: node.get_parameter(name).value for name in DESCRIPTORS} == {
        name: getattr(getattr(node.settings.value, name), 'value', getattr(
            node.settings.value, name)) for name in DESCRIPTORS}


@pytest.mark.parametrize(('value', 'reason'), [
    (ParameterValue(type=255), 'Cannot set .*mode.*255'),
    (ParameterValue(type=ParameterType.PARAMETER_STRING, string_value='dance'), "mode is 'dance'")])
def test_the_reason_names_the_parameter(node, value, reason):
    request = SetParameters.Request(parameters=[Parameter(name='mode', value=value)])
    result, = node.service._set_parameters_callback(request, SetParameters.Response()).results
    assert not result.successful
    assert re.search(reason, result.reason)
