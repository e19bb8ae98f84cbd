# SPDX-License-Identifier: Apache-2.0
"""The quality of service of all services, actions and their clients."""
from __future__ import annotations

from rclpy.qos import QoSProfile

# Of rclpy's own ten, requests and responses beyond the tenth of a burst are lost without a word.
SERVICE_QOS = QoSProfile(depth=1000)
# The same for the three services of an action; servers and clients name them alike.
ACTION_QOS = {f'{service}_service_qos_profile': SERVICE_QOS
              for service in ('goal', 'result', 'cancel')}
