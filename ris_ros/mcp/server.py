# SPDX-License-Identifier: Apache-2.0
"""The MCP server: JSON on stdin and stdout, everything else on stderr."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mcp.server.mcpserver import MCPServer

from ris_ros import __version__
from ris_ros.mcp.tools import RobotTools
from ris_ros.node.spinning import make_room_for_images

_INSTRUCTIONS = """A robot's camera looks at real things. `ground` finds the one object that words
mean, `ask` answers questions about the scene, and `look` shows the picture with the outlined
objects of the last answer. Act on the status FOUND only; after AMBIGUOUS ask the person which one
is meant. `stop` ends the search and is no emergency stop."""


@dataclass(frozen=True)
class McpOptions:
    """The command line of ``ris mcp``.

    Attributes:
        ris_node: Name of ris_node, with its namespace where it has one.
        timeout: Seconds for an answer.
        ros_arguments: For ROS, from ``--ros-args`` on.
    """

    ris_node: str = 'ris_node'
    timeout: float = 30.0
    ros_arguments: Sequence[str] = ()


def run(options: McpOptions) -> int:
    """Serve the tools until stdin ends."""
    make_room_for_images()
    tools = RobotTools(options.ris_node, options.timeout, options.ros_arguments)
    server = MCPServer('ris_ros', title='The eyes of a robot', instructions=_INSTRUCTIONS,
                       version=__version__, log_level='WARNING')
    for tool in tools.all():
        server.add_tool(tool)
    try:
        server.run()
    except KeyboardInterrupt:
        pass
    finally:
        tools.close()
    return 0
