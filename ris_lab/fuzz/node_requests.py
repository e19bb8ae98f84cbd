# SPDX-License-Identifier: Apache-2.0
"""Parameter sets and lifecycle transitions for a node, hostile ones among them."""
from __future__ import annotations

from collections import Counter, deque
from random import Random

from lifecycle_msgs.srv import ChangeState
from rcl_interfaces.srv import (
    DescribeParameters,
    GetParameters,
    GetParameterTypes,
    ListParameters,
    SetParameters,
    SetParametersAtomically,
)

from ris_lab.fuzz.flood_report import RequestCount
from ris_lab.fuzz.parameter_values import (
    AT_TRANSITIONS,
    NAMES,
    allowed_parameter,
    default_parameters,
    hostile_parameter,
)
from ris_lab.fuzz.texts import hostile_text
from ris_ros.client import GroundingClient
from ris_ros.errors import RisError

_SHORT_ROUND = ('deactivate', 'activate')
_LONG_ROUND = ('deactivate', 'cleanup', 'configure', 'activate')
# Messages from one transition of a round to the next, and ids that are no transition's.
_BETWEEN = 15
_NO_TRANSITIONS = (0, 8, 9, 50, 60, 99, 255)


class NodeRequests:
    """Calls a node's services for parameters and transitions, and counts the responses.

    Transitions come in rounds that end in the state active, with other messages in between.

    Attributes:
        sent: Requests by kind.
        counts: Requests and responses, of parameters and of transitions.
    """

    def __init__(self, client: GroundingClient, name: str, rng: Random, patience: float) -> None:
        """Call nothing yet.

        Args:
            client: Of the node.
            name: The node's name.
            rng: Chooses.
            patience: Longest wait for a response, seconds.
        """
        self.sent: Counter = Counter()
        self.counts = {kind: RequestCount() for kind in ('parameters', 'transitions')}
        self._client, self._name, self._rng, self._patience = client, name, rng, patience
        self._agenda: deque[tuple[int, str]] = deque()

    def set_parameters(self) -> None:
        """Set one to three parameters, and all to the node's own values now and then."""
        parameters = [
            self._rng.choice((hostile_parameter, allowed_parameter))(self._rng)
            for _ in range(self._rng.randint(1, 3))]
        self.sent['parameters'] += 1
        if self._rng.random() < .5:
            self._request('parameters', SetParameters, 'set_parameters',
                          SetParameters.Request(parameters=parameters))
        else:
            self._request('parameters', SetParametersAtomically, 'set_parameters_atomically',
                          SetParametersAtomically.Request(parameters=parameters))
        if self._rng.random() < .2:
            self._restore()

    def read_parameters(self) -> None:
        """Ask about parameters, many of which there are not."""
        names = [hostile_parameter(self._rng).name for _ in range(3)]
        self.sent['parameters (read)'] += 1
        service, name, request = self._rng.choice((
            (DescribeParameters, 'describe_parameters', DescribeParameters.Request(names=names)),
            (GetParameters, 'get_parameters', GetParameters.Request(names=names)),
            (GetParameterTypes, 'get_parameter_types', GetParameterTypes.Request(names=names)),
            (ListParameters, 'list_parameters', ListParameters.Request(
                prefixes=names, depth=self._rng.choice((0, 1, 2**64 - 1))))))
        self._request('parameters', service, name, request)

    def ask_for_no_transition(self) -> None:
        """Ask for a transition that there is not."""
        self.sent['transitions (hostile)'] += 1
        request = ChangeState.Request()
        if self._rng.random() < .5:
            request.transition.label = hostile_text(self._rng)[:2000]
        else:
            request.transition.id = self._rng.choice(_NO_TRANSITIONS)
        self._request('transitions', ChangeState, 'change_state', request)

    def plan_round(self, number: int) -> None:
        """Plan the transitions of a round from a message on, unless one is under way."""
        if not self._agenda:
            labels = _LONG_ROUND if self._rng.random() < .25 else _SHORT_ROUND
            self._agenda.extend(
                (number + _BETWEEN * turn, label) for turn, label in enumerate(labels))

    def change_state(self, number: int) -> bool:
        """Make the transition that is due at a message; return whether one was.

        One that a parameter makes fail is made again without it.

        Raises:
            RisError: The node cannot be configured any more.
        """
        if not self._agenda or self._agenda[0][0] > number:
            return False
        label = self._agenda.popleft()[1]
        self.sent['transitions'] += 1
        if label == 'configure' and self._rng.random() < .5:
            self._restore(AT_TRANSITIONS)
        if not self._transition(label) and label == 'configure':
            self._restore(AT_TRANSITIONS)
            if not self._transition(label):
                raise RisError(f'{self._name} cannot be configured any more.')
        return True

    def begin_anew(self) -> None:
        """Give the node its own parameters, and configure and activate it with them."""
        self._restore()
        while self._agenda:
            self._transition(self._agenda.popleft()[1])
        for label in _LONG_ROUND:
            self._transition(label)

    def _restore(self, names: tuple[str, ...] = NAMES) -> None:
        """Give parameters the node's own values again."""
        self._request('parameters', SetParameters, 'set_parameters',
                      SetParameters.Request(parameters=default_parameters(names)))

    def _transition(self, label: str) -> bool:
        """Ask for a transition; return whether it was made."""
        request = ChangeState.Request()
        request.transition.label = label
        return self._request('transitions', ChangeState, 'change_state', request).success

    def _request(self, kind: str, service: type, name: str, request: object) -> object:
        """Call one of the node's services, and count it."""
        self.counts[kind].sent += 1
        response = self._client.call(service, f'{self._name}/{name}', request, self._patience)
        self.counts[kind].answered += 1
        return response
