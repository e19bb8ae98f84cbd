# SPDX-License-Identifier: Apache-2.0
"""The services that get and set a node's parameters; no request ends the node."""
from __future__ import annotations

from collections.abc import Iterable

from rcl_interfaces.msg import Parameter as ParameterMsg
from rcl_interfaces.msg import SetParametersResult
from rcl_interfaces.srv import SetParameters, SetParametersAtomically
from rclpy.parameter import Parameter
from rclpy.parameter_service import ParameterService


class NodeParameterService(ParameterService):
    """Answers every request to set parameters, with the reason where they cannot be set.

    rclpy's own raises for a value of an unknown type, for example, and an exception in a callback
    ends the process. The node must be made with ``start_parameter_services=False``.
    """

    def _set_parameters_callback(self, request: SetParameters.Request,
                                 response: SetParameters.Response) -> SetParameters.Response:
        """Set parameters one by one."""
        response.results = [self._set([message]) for message in request.parameters]
        return response

    def _set_parameters_atomically_callback(
            self, request: SetParametersAtomically.Request,
            response: SetParametersAtomically.Response) -> SetParametersAtomically.Response:
        """Set all parameters or none."""
        response.result = self._set(request.parameters)
        return response

    def _set(self, messages: Iterable[ParameterMsg]) -> SetParametersResult:
        """Set parameters together; return whether they were set, and why not."""
        try:
            return self._get_node().set_parameters_atomically(
                [Parameter.from_parameter_msg(message) for message in messages])
        except Exception as error:
            # rclpy raises many kinds: for an undeclared name, an unknown type, an odd value.
            names = ', '.join(repr(message.name) for message in messages)
            return SetParametersResult(successful=False, reason=f'Cannot set {names}: {error}')
