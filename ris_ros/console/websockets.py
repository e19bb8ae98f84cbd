# SPDX-License-Identifier: Apache-2.0
"""uvicorn's WebSockets, which end in order also where a browser is just leaving."""
from __future__ import annotations

from uvicorn.protocols.websockets.auto import AutoWebSocketsProtocol
from websockets.exceptions import InvalidState


class OrderlyWebSockets(AutoWebSocketsProtocol):
    """A connection whose end at the server's does not stop the server from ending.

    uvicorn says goodbye to every browser; to one that has said it first, it cannot, and raises.
    """

    def shutdown(self) -> None:
        """End the connection with the server."""
        try:
            super().shutdown()
        except InvalidState:
            self.transport.close()
